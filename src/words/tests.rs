use super::*;
use crate::domain::problem::Kind;
use crate::domain::{Level, Notes, Problem, WorkerId};
use std::sync::Arc;
use uuid::Uuid;

pub(crate) fn moment(text: &str) -> Moment {
    Moment::parse_from_rfc3339(text).unwrap()
}

fn tag() -> Tag {
    Tag::read("MK-1").unwrap()
}

fn holder() -> Occupation {
    Occupation {
        worker: WorkerId::new(94).unwrap(),
        stamp: "NR(94)".into(),
        name: "Nicolás Ríos".into(),
        since: Some(moment("2026-11-21T10:42:00-03:00")),
        operation: Some(Operation::Arm),
    }
}

fn help() -> Help {
    let holder = holder();
    Help { worker: holder.worker, name: holder.name, since: holder.since, reason: None, seen_by: None }
}

fn ended_by(action: Action) -> Refusal {
    let event = AuditEvent {
        id: Uuid::nil(),
        at: Some(moment("2026-11-21T10:42:00-03:00")),
        action,
        event_type: String::new(),
        tag: "MK-1".into(),
        spool: None,
        worker: WorkerId::SYSTEM,
        worker_name: "Nicolás Ríos".into(),
        operation: None,
        date: None,
        notes: Notes { reason: Some("cambio de turno".into()), ..Notes::default() },
    };
    Refusal::Ended { tag: tag(), ending: Ending { operation: Some(Operation::Arm), by: Some(Arc::new(event)) } }
}

/// Every kind of refusal, with status, code and sentence. The match below does not compile when
/// one is missing from it, and the test fails when one is missing from here.
#[rustfmt::skip]
pub(crate) fn refusals() -> Vec<(Refusal, u16, &'static str, &'static str)> {
    let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    let problem = Problem { column: Column::OccupiedBy, value: "turno noche".into(), level: Level::Error, kind: Kind::NotAWorker };
    let twin = |fila| Candidate { id: "0".into(), nv: "NV0650".into(), ot: "1335".into(), fila };
    vec![
        (Refusal::UnknownSpool { asked: "MK-9\n".into() }, 404, "SPOOL_NO_ENCONTRADO",
            "No existe ningún carrete «MK-9 ». Revisa el TAG o búscalo en la lista."),
        (Refusal::UnknownWorker { id: 9 }, 404, "WORKER_NO_ENCONTRADO",
            "No existe ningún trabajador con el número 9. Vuelve a elegir tu nombre."),
        (Refusal::InactiveWorker { name: "Pedro Soto".into() }, 403, "NO_AUTORIZADO",
            "Pedro Soto no figura entre los trabajadores activos y no puede registrar trabajo. Avisa al supervisor."),
        (Refusal::AmbiguousTag { tag: tag(), candidates: vec![twin(4), twin(9)] }, 409, "TAG_DUPLICADO",
            "Hay 2 carretes con el TAG MK-1 (NV0650, OT 1335, fila 4; NV0650, OT 1335, fila 9). Elige en la lista cuál de ellos es."),
        (Refusal::Unreadable { tag: tag(), problem }, 422, "DATOS_ILEGIBLES",
            "MK-1 no se puede usar: Ocupado_Por («turno noche») no es un trabajador con la forma INICIALES(ID). Avisa al supervisor para que se corrija en la planilla."),
        (Refusal::YoursForOther { tag: tag(), operation: Some(Operation::Arm) }, 400, "OPERACION_YA_INICIADA",
            "Ya tienes MK-1 para ARM. Complétalo, páusalo o cancélalo antes de tomarlo para otra operación."),
        (Refusal::Occupied { tag: tag(), holder: holder(), relief: false }, 409, "SPOOL_OCCUPIED",
            "MK-1 lo tiene Nicolás Ríos (ARM) desde las 10:42. Elige otro carrete o pídele que lo pause."),
        (Refusal::BeingTaken { tag: tag(), name: "Nicolás Ríos".into() }, 409, "SPOOL_OCCUPIED",
            "MK-1 lo está tomando Nicolás Ríos en este momento. Elige otro carrete o actualiza la lista."),
        (Refusal::Blocked { tag: tag() }, 403, "SPOOL_BLOQUEADO",
            "MK-1 está BLOQUEADO: metrología lo rechazó demasiadas veces. Llama al supervisor."),
        (Refusal::RoleMissing { operation: Operation::Sold, needed: vec![Role::Soldador, Role::Ayudante] }, 403, "ROL_NO_AUTORIZADO",
            "Para SOLD hace falta el rol Soldador o Ayudante. Elige otra operación o avisa al supervisor."),
        (Refusal::AlreadyDone { tag: tag(), operation: Operation::Metrology, on: Some(day(20)) }, 400, "OPERACION_YA_COMPLETADA",
            "METROLOGÍA de MK-1 ya está aprobada desde el 20-11-2026. Elige otro carrete."),
        (Refusal::Prerequisite { tag: tag(), operation: Operation::Arm, missing: Missing::Materials }, 400, "DEPENDENCIAS_NO_SATISFECHAS",
            "MK-1 todavía no tiene materiales (Fecha_Materiales está vacía) y no se puede empezar ARM. Elige otro carrete."),
        (Refusal::NotAvailable { tag: tag(), operation: Operation::Repair, state: Some(Inspection::Approved) }, 400, "OPERACION_NO_DISPONIBLE",
            "MK-1 no está disponible para REPARACIÓN: ya está aprobado. Elige otro carrete."),
        (Refusal::NotStarted { tag: tag() }, 400, "OPERACION_NO_INICIADA",
            "MK-1 no tiene ninguna operación en curso que se pueda completar o cancelar. Páusalo y avisa al supervisor."),
        (Refusal::NotOwner { tag: tag(), holder: Some(holder()) }, 403, "NO_AUTORIZADO",
            "No tienes MK-1: lo tiene Nicolás Ríos (ARM) desde las 10:42. Solo quien lo tiene, o un supervisor, puede soltarlo."),
        (ended_by(Action::Release), 410, "LOCK_EXPIRED",
            "Nicolás Ríos (supervisor) liberó MK-1 (ARM) a las 10:42, motivo: cambio de turno. Tómalo otra vez si sigues con él."),
        (Refusal::FutureDate { date: day(22), today: day(21) }, 400, "VALIDACION",
            "La fecha 22-11-2026 todavía no llega: hoy es 21-11-2026. Indica hoy o un día anterior."),
        (Refusal::NotYours { tag: tag() }, 403, "NO_AUTORIZADO",
            "Esa acción no es tuya o no es de MK-1: solo puedes deshacer tu propia última acción."),
        (Refusal::ChangedSince { tag: tag() }, 409, "VERSION_CONFLICT",
            "MK-1 cambió después de esa acción y ya no se puede deshacer. Actualiza la lista."),
        (Refusal::AlreadyFree { tag: tag() }, 400, "OPERACION_NO_INICIADA", "MK-1 ya está libre: no hay nada que liberar."),
        (Refusal::NotDone { tag: tag(), operation: Operation::Arm }, 400, "OPERACION_NO_DISPONIBLE",
            "ARM de MK-1 no está completado: no hay nada que reabrir."),
        (Refusal::NextBegun { tag: tag(), next: Operation::Sold }, 400, "OPERACION_YA_INICIADA",
            "No se puede reabrir MK-1: SOLD ya empezó. Hay que cancelarla primero."),
        (Refusal::NotBlocked { tag: tag() }, 400, "OPERACION_NO_DISPONIBLE", "MK-1 no está bloqueado: no hay nada que desbloquear."),
        (Refusal::ReasonMissing, 400, "VALIDACION", "Falta el motivo. Escríbelo: queda en el historial del carrete."),
        (Refusal::SeenOtherwise { tag: tag() }, 409, "VERSION_CONFLICT",
            "MK-1 cambió desde que abriste esta página y no se escribió nada. Mira cómo está ahora y confirma otra vez."),
        (Refusal::NothingToCorrect { tag: tag() }, 400, "OPERACION_NO_DISPONIBLE",
            "La fila de MK-1 ya no necesita esa corrección. Mira cómo está ahora."),
        (Refusal::WorkerMissing { tag: tag(), column: Column::ArmWorker }, 400, "VALIDACION",
            "Falta el trabajador que se anota en Armador de MK-1. Elígelo en la lista."),
        (Refusal::HelpAsked { tag: tag(), help: help() }, 409, "AYUDA_YA_PEDIDA",
            "Nicolás Ríos ya pide ayuda con MK-1 desde las 10:42. El supervisor todavía no lo ha visto."),
        (Refusal::NoHelp { tag: tag() }, 400, "AYUDA_NO_PEDIDA",
            "Nadie pide ayuda con MK-1, o ya está resuelto. Actualiza la lista."),
        (Refusal::NotAsker { tag: tag(), name: "Nicolás Ríos".into() }, 403, "NO_AUTORIZADO",
            "La ayuda con MK-1 la pidió Nicolás Ríos: solo Nicolás Ríos o un supervisor puede darla por resuelta."),
        (Refusal::InspectionOff, 400, "OPERACION_NO_DISPONIBLE",
            "METROLOGÍA y REPARACIÓN están desactivadas: en la planilla falta la columna Estado_Detalle o Fecha_QC_Metrología. Avisa a la oficina."),
        (Refusal::KeyReused, 400, "CLAVE_REUTILIZADA",
            "Ese identificador de operación ya se usó para otra acción. Actualiza la lista e inténtalo otra vez."),
    ]
}

fn place(refusal: &Refusal) -> usize {
    match refusal {
        Refusal::UnknownSpool { .. } => 0,
        Refusal::UnknownWorker { .. } => 1,
        Refusal::InactiveWorker { .. } => 2,
        Refusal::AmbiguousTag { .. } => 3,
        Refusal::Unreadable { .. } => 4,
        Refusal::YoursForOther { .. } => 5,
        Refusal::Occupied { .. } => 6,
        Refusal::BeingTaken { .. } => 7,
        Refusal::Blocked { .. } => 8,
        Refusal::RoleMissing { .. } => 9,
        Refusal::AlreadyDone { .. } => 10,
        Refusal::Prerequisite { .. } => 11,
        Refusal::NotAvailable { .. } => 12,
        Refusal::NotStarted { .. } => 13,
        Refusal::NotOwner { .. } => 14,
        Refusal::Ended { .. } => 15,
        Refusal::FutureDate { .. } => 16,
        Refusal::NotYours { .. } => 17,
        Refusal::ChangedSince { .. } => 18,
        Refusal::AlreadyFree { .. } => 19,
        Refusal::NotDone { .. } => 20,
        Refusal::NextBegun { .. } => 21,
        Refusal::NotBlocked { .. } => 22,
        Refusal::ReasonMissing => 23,
        Refusal::SeenOtherwise { .. } => 24,
        Refusal::NothingToCorrect { .. } => 25,
        Refusal::WorkerMissing { .. } => 26,
        Refusal::HelpAsked { .. } => 27,
        Refusal::NoHelp { .. } => 28,
        Refusal::NotAsker { .. } => 29,
        Refusal::InspectionOff => 30,
        Refusal::KeyReused => 31,
    }
}

/// Words that no sentence for the floor may hold: English, leftovers of code, and Spanish without
/// its tildes. `Fecha_Ocupacion` is one word and the workbook's own.
const DENIED: [&str; 42] = [
    "Error",
    "error",
    "Failed",
    "failed",
    "fetch",
    "Worker",
    "worker",
    "Spool",
    "spool",
    "invalid",
    "unknown",
    "null",
    "undefined",
    "Some",
    "None",
    "Object",
    "server",
    "lock",
    "not",
    "the",
    "operacion",
    "Operacion",
    "accion",
    "metrologia",
    "reparacion",
    "todavia",
    "numero",
    "pagina",
    "ultima",
    "ningun",
    "intentalo",
    "tomalo",
    "pausalo",
    "tambien",
    "aqui",
    "dia",
    "vacia",
    "esta_",
    "direccion",
    "ocupacion",
    // The workbook has one name, and what is overdue is a spool.
    "libro",
    "vencida",
];

fn reads_well(sentence: &str) {
    for word in sentence.split(|c: char| !c.is_alphanumeric() && c != '_') {
        assert!(!DENIED.contains(&word), "{word:?} in {sentence:?}");
    }
    assert!(!sentence.contains(['{', '}']) && sentence.ends_with('.'), "{sentence:?}");
}

#[test]
fn g13_every_refusal_has_its_sentence() {
    let now = moment("2026-11-21T12:00:00-03:00");
    let refusals = refusals();
    for (refusal, _, _, sentence) in &refusals {
        assert_eq!(refusal_at(refusal, now), *sentence);
        reads_well(sentence);
    }
    let places: Vec<usize> = refusals.iter().map(|(refusal, ..)| place(refusal)).collect();
    assert_eq!(places, (0..32).collect::<Vec<_>>(), "one of each");
}

#[test]
fn a_row_that_has_another_name_now_is_not_called_by_the_number_of_its_card() {
    let unknown = |asked: &str| refusal(&Refusal::UnknownSpool { asked: asked.into() });
    assert_eq!(unknown("9f0c6a1b2d3e4f50"), "Ese carrete cambió en la planilla. Actualiza la lista.");
    for tag in ["MK-1", "9F0C6A1B2D3E4F50", "1234567890123456", "9f0c6a1b2d3e4f5"] {
        assert!(unknown(tag).contains(tag), "a scanner may read it: {tag}");
    }
}

#[test]
fn a_410_says_how_the_occupation_ended() {
    let now = moment("2026-11-22T12:00:00-03:00");
    for (action, beginning) in [
        (Action::Pause, "Ya pausaste MK-1 (ARM) el 21-11-2026 a las 10:42."),
        (Action::Complete, "Ya completaste MK-1 (ARM) el 21-11-2026"),
        (Action::Cancel, "Ya cancelaste MK-1 (ARM) el 21-11-2026"),
        (Action::Take, "Nicolás Ríos tomó el relevo de MK-1 (ARM) el 21-11-2026"),
        (Action::Other, "Ya no tienes MK-1 (ARM): cambió el 21-11-2026"),
    ] {
        let sentence = refusal_at(&ended_by(action), now);
        assert!(sentence.starts_with(beginning), "{sentence}");
        reads_well(&sentence);
    }
    let by_hand = Refusal::Ended { tag: tag(), ending: Ending { operation: None, by: None } };
    assert_eq!(refusal(&by_hand), "Ya no tienes MK-1: se cambió a mano en la planilla. Si sigues con él, tómalo otra vez.");
}

#[test]
fn times_are_dated_unless_they_are_of_today() {
    let (then, now) = (moment("2026-11-21T01:05:00-03:00"), moment("2026-11-21T23:59:00-03:00"));
    assert_eq!((since(then, Some(now)).as_str(), at(then, Some(now)).as_str()), ("desde la 01:05", "a la 01:05"));
    assert_eq!(since(then, None), "desde el 21-11-2026 a la 01:05");
    assert_eq!(at(moment("2026-11-20T13:05:00-03:00"), Some(now)), "el 20-11-2026 a las 13:05");
}

#[test]
fn g13_every_error_and_every_fault_reads_well() {
    for cause in [
        Error::Conflict,
        Error::unavailable(Service::Workbook, "x"),
        Error::unavailable(Service::Locks, "x"),
        Error::unavailable(Service::Events, "x"),
        Error::Withdrawn,
        Error::OutcomeUnknown,
        Error::Internal("secret".into()),
    ] {
        let sentence = error(&cause, None, Some("abc-1"));
        reads_well(&sentence);
        assert!(!sentence.contains("secret"), "the cause is for the log only");
    }
    assert!(error(&Error::Internal(String::new()), None, Some("abc-1")).contains("abc-1"));
    for fault in [
        Fault::UnknownRoute,
        Fault::WrongMethod,
        Fault::AddressTooLong,
        Fault::BadAddress,
        Fault::BodyTooLarge,
        Fault::BodyCut,
        Fault::NotJsonType,
        Fault::NotJson,
        Fault::NotAnObject,
        Fault::Missing("campo", Wants::Worker),
        Fault::NotForm,
        Fault::NothingChosen,
        Fault::TooManyChosen(51),
        Fault::Wrong("campo", Wants::Date),
        Fault::Repeated("campo", "MK-1".into()),
        Fault::OtherSite,
        Fault::NotRead("conectando con la planilla".into()),
        Fault::TooSlow,
        Fault::TooSlowAction,
    ] {
        reads_well(&fault.sentence());
    }
}

#[test]
fn every_problem_has_its_words() {
    use Kind::*;
    for kind in [
        NoColumn,
        BadTag,
        NotADate,
        NotAWorker,
        NotText,
        Filler,
        UnknownName,
        DateWithoutWorker,
        WeldedBeforeFitted,
        InspectedBeforeWelded,
        ApprovalDateAgainstText,
        ApprovedWithoutDate,
        RepairBeforeWelded,
        RepairWithoutOccupant,
        OccupiedWithoutSince,
        SinceWithoutOccupant,
        OccupiedWithoutOperation,
        OccupiedAndDone,
        TwoOperationsOpen,
    ] {
        let found = Problem { column: Column::OccupiedSince, value: "x\n".into(), level: Level::Warning, kind };
        let sentence = problem(&found);
        reads_well(&sentence);
        assert!(sentence.starts_with("Fecha_Ocupacion («x») "), "{sentence}");
    }
}

#[test]
fn a_serial_number_in_a_date_column_is_shown_as_the_day_it_is() {
    assert_eq!(value(Column::SoldDate, "46057"), "04-02-2026");
    assert_eq!(value(Column::OccupiedSince, "46057.5"), "04-02-2026 12:00");
    assert_eq!(value(Column::Ot, "46057"), "46057", "an order is no day");
    for written in ["31-02-2026", "ayer", "-4", ""] {
        assert_eq!(value(Column::SoldDate, written), written);
    }
    let found =
        Problem { column: Column::QcDate, value: "46057".into(), level: Level::Warning, kind: Kind::InspectedBeforeWelded };
    assert_eq!(problem(&found), "Fecha_QC_Metrología («04-02-2026») tiene fecha aunque la soldadura no la tiene.");
}
