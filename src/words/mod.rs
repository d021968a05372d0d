//! Every Spanish sentence that is not in a template, in one place: domain types in, Spanish out.
//!
//! One sentence for one thing, whoever says it: pages, API, command line, report of an import. All
//! of them say "tú". A refusal says what happened, who has the spool and since when, and what to do now; a success
//! names the operation and how far it has come (`field-failures.md` G13, I3, I10).

mod catalogue;
mod door;
mod fault;
mod figures;
mod labels;
mod obstacle;
mod problem;
mod supervisor;

pub use catalogue::{HOME, Language, Number, Said, language, say, source, speak, text, those_of, unfilled};
pub use door::{Door, asked};
pub use fault::{Fault, Wants};
pub use figures::{
    BANDS, HELD, LASTS, NO_HOUR, WAITING, ending, hour, narrowed, nobody, nothing, stage, stretch, verdict, weekday, within, yes,
};
pub use labels::{
    BAD_ROW, NO_OPERATION, SUPERVISOR, TO_INSPECT, UNKNOWN_HOLDERS, drop_reasons, event, help, help_reasons, in_course, not_yet,
    numbered, pause_reasons, ready, reason, remedy, standing,
};
pub use obstacle::{Obstacle, age, obstacle};
pub use problem::{problem, problem_kind, value};
pub use supervisor::{act, millis, outcome, percent, problem_title, reasons};

use crate::domain::cell::visible;
use crate::domain::decision::{Candidate, Ending, Missing};
use crate::domain::{Action, AuditEvent, Column, Help, Inspection, Moment, Occupation, Operation, Refusal, Role, Spool, Tag};
use crate::error::{Error, Service};
use chrono::{NaiveDate, Timelike};

/// The longest piece of a caller's own text that is said back to him.
const ECHO: usize = 60;

/// How many rows of one tag a sentence lists.
const LISTED: usize = 4;

/// What a refusal says to the person, with every time dated.
pub fn refusal(refusal: &Refusal) -> String {
    told(refusal, None)
}

/// [`refusal`] as said at `now`: a time of today goes without its date.
pub fn refusal_at(refusal: &Refusal, now: Moment) -> String {
    told(refusal, Some(now))
}

fn told(refusal: &Refusal, now: Option<Moment>) -> String {
    match refusal {
        Refusal::UnknownSpool { asked } => {
            format!("No existe ningún carrete «{}». Revisa el TAG o búscalo en la lista.", echo(asked))
        }
        Refusal::UnknownWorker { id } => format!("No existe ningún trabajador con el número {id}. Vuelve a elegir tu nombre."),
        Refusal::InactiveWorker { name } => {
            format!("{name} no figura entre los trabajadores activos y no puede registrar trabajo. Avisa al supervisor.")
        }
        Refusal::AmbiguousTag { tag, candidates } => ambiguous(tag, candidates),
        Refusal::Unreadable { tag, problem: found } => {
            format!("{tag} no se puede usar: {} Avisa al supervisor para que se corrija en la planilla.", problem(found))
        }
        Refusal::YoursForOther { tag, operation } => {
            let of = operation.map(|of| format!(" para {}", self::operation(of))).unwrap_or_default();
            format!("Ya tienes {tag}{of}. Complétalo, páusalo o cancélalo antes de tomarlo para otra operación.")
        }
        Refusal::Occupied { tag, holder, overdue } => occupied(tag, holder, *overdue, now),
        Refusal::BeingTaken { tag, name } => {
            format!("{tag} lo está tomando {name} en este momento. Elige otro carrete o actualiza la lista.")
        }
        Refusal::Blocked { tag } => format!("{tag} está BLOQUEADO: metrología lo rechazó demasiadas veces. Llama al supervisor."),
        Refusal::RoleMissing { operation: of, needed } => role_missing(*of, needed),
        Refusal::AlreadyDone { tag, operation: of, on } => already_done(tag, *of, *on),
        Refusal::Prerequisite { tag, operation: of, missing } => prerequisite(tag, *of, *missing),
        Refusal::NotAvailable { tag, operation: of, state } => not_available(tag, *of, *state),
        Refusal::NotStarted { tag } => {
            format!("{tag} no tiene ninguna operación en curso que se pueda completar o cancelar. Páusalo y avisa al supervisor.")
        }
        Refusal::NotOwner { tag, holder: None } => format!("No tienes {tag}: ahora está libre. Tómalo primero."),
        Refusal::NotOwner { tag, holder: Some(holder) } => {
            format!("No tienes {tag}: {} Solo quien lo tiene, o un supervisor, puede soltarlo.", held(holder, now))
        }
        Refusal::Ended { tag, ending } => ended(tag, ending, now),
        Refusal::FutureDate { date, today } => {
            format!("La fecha {} todavía no llega: hoy es {}. Indica hoy o un día anterior.", day(*date), day(*today))
        }
        Refusal::NotYours { tag } => {
            format!("Esa acción no es tuya o no es de {tag}: solo puedes deshacer tu propia última acción.")
        }
        Refusal::ChangedSince { tag } => {
            format!("{tag} cambió después de esa acción y ya no se puede deshacer. Actualiza la lista.")
        }
        Refusal::AlreadyFree { tag } => format!("{tag} ya está libre: no hay nada que liberar."),
        Refusal::NotDone { tag, operation: of } => {
            format!("{} de {tag} no está {}: no hay nada que reabrir.", self::operation(*of), finished(*of))
        }
        Refusal::NextBegun { tag, next } => {
            format!("No se puede reabrir {tag}: {} ya empezó. Hay que cancelarla primero.", self::operation(*next))
        }
        Refusal::NotBlocked { tag } => format!("{tag} no está bloqueado: no hay nada que desbloquear."),
        Refusal::ReasonMissing => "Falta el motivo. Escríbelo: queda en el historial del carrete.".into(),
        Refusal::SeenOtherwise { tag } => {
            format!("{tag} cambió desde que abriste esta página y no se escribió nada. Mira cómo está ahora y confirma otra vez.")
        }
        Refusal::NothingToCorrect { tag } => {
            format!("La fila de {tag} ya no necesita esa corrección. Mira cómo está ahora.")
        }
        Refusal::WorkerMissing { tag, column } => {
            format!("Falta el trabajador que se anota en {} de {tag}. Elígelo en la lista.", column.header())
        }
        Refusal::HelpAsked { tag, help } => help_asked(tag, help, now),
        Refusal::NoHelp { tag } => format!("Nadie pide ayuda con {tag}, o ya está resuelto. Actualiza la lista."),
        Refusal::NotAsker { tag, name } => {
            format!("La ayuda con {tag} la pidió {name}: solo {name} o un supervisor puede darla por resuelta.")
        }
        Refusal::InspectionOff => format!(
            "METROLOGÍA y REPARACIÓN están desactivadas: en la planilla falta la columna {} o {}. Avisa a la oficina.",
            Column::Detail.header(),
            Column::QcDate.header()
        ),
        Refusal::KeyReused => {
            "Ese identificador de operación ya se usó para otra acción. Actualiza la página e inténtalo otra vez.".into()
        }
    }
}

/// What any failure says to the person. `now` leaves today's date out of a time; `reference` is
/// the request id by which a bug is found in the log.
pub fn error(error: &Error, now: Option<Moment>, reference: Option<&str>) -> String {
    match error {
        Error::Refused(refusal) => told(refusal, now),
        Error::Conflict => "El carrete cambió mientras se guardaba y no se escribió nada. Actualiza la lista e inténtalo otra vez.".into(),
        Error::Unavailable { service: Service::Workbook, .. } => {
            "La planilla no responde y no se guardó nada. Espera unos segundos e inténtalo otra vez.".into()
        }
        Error::Unavailable { service: Service::Locks, .. } => {
            "No se puede comprobar quién tiene cada carrete y no se guardó nada. Espera unos segundos e inténtalo otra vez.".into()
        }
        Error::Unavailable { service: Service::Events, .. } => {
            "El aviso a las pantallas no responde. Espera unos segundos e inténtalo otra vez.".into()
        }
        Error::Withdrawn => "No se alcanzó a guardar a tiempo y no se escribió nada. Inténtalo otra vez.".into(),
        Error::OutcomeUnknown => {
            "Se envió, pero todavía no se sabe si quedó guardado. Espera: la pantalla se pondrá al día sola; no lo repitas en otra tableta.".into()
        }
        Error::Internal(_) => {
            let reference = reference.map(|id| format!(" con la referencia {id}")).unwrap_or_default();
            format!("Algo falló en el programa. Avisa al supervisor{reference}.")
        }
    }
}

/// What a success says: the operation, the spool, and how far it has come.
///
/// It is made from the event alone, so that a repeated request reads the first result.
pub fn done(spool: &Spool, event: Option<&AuditEvent>) -> String {
    let tag = spool.tag();
    let Some(event) = event else {
        let of = spool.occupation.as_ref().and_then(|holder| holder.operation);
        let of = of.map(|of| format!(" para {}", operation(of))).unwrap_or_default();
        return format!("Ya tienes {tag}{of}: no hacía falta tomarlo otra vez.");
    };
    let (of, what) = match event.operation {
        Some(of) => (operation(of), event.action),
        None => ("Carrete", event.action),
    };
    let is_feminine = matches!(event.operation, Some(Operation::Metrology | Operation::Repair));
    let ended = |stem: &str| format!("{of} {stem}{}", if is_feminine { "a" } else { "o" });
    match what {
        Action::Take if event.notes.previous.is_some() => format!("{}: {tag} es tuyo ahora, por relevo.", ended("tomad")),
        Action::Take => format!("{}: {tag} es tuyo ahora.", ended("tomad")),
        Action::Pause => format!("{}: {tag} queda libre con el trabajo a medias.", ended("pausad")),
        Action::Complete => completed(event, tag, &ended("completad")),
        Action::Cancel => format!("{}: {tag} queda libre, como antes de tomarlo.", ended("cancelad")),
        Action::Release => format!("{tag} liberado: queda libre con el trabajo a medias."),
        Action::Reopen => format!("{}: {tag} se puede tomar otra vez.", ended("reabiert")),
        Action::Undo => format!("Última acción deshecha ({of}): {tag} está como antes."),
        Action::Unblock => format!("{tag} desbloqueado: se puede reparar una vez más."),
        Action::Correct => format!("{tag} corregido: sus columnas ya no se contradicen en eso."),
        Action::AskHelp => format!("Ayuda pedida con {tag}: tu supervisor la ve ahora en su pantalla."),
        Action::SeeHelp => format!("Ayuda con {tag} marcada como vista: quien la pidió lo ve en su tableta."),
        Action::SolveHelp => format!("Ayuda con {tag} resuelta."),
        Action::Other => format!("{tag} guardado."),
    }
}

/// An operation as screens write it, with its accent.
pub fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Arm => "ARM",
        Operation::Sold => "SOLD",
        Operation::Metrology => "METROLOGÍA",
        Operation::Repair => "REPARACIÓN",
    }
}

/// A role as screens write it, with its accent.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Metrologia => "Metrología",
        other => other.name(),
    }
}

/// A day as the plant writes it: 21-11-2026.
pub fn day(date: NaiveDate) -> String {
    date.format("%d-%m-%Y").to_string()
}

/// A day and the time on the plant's wall: 21-11-2026 10:42.
pub fn moment(at: Moment) -> String {
    at.format("%d-%m-%Y %H:%M").to_string()
}

/// A time of the day within a sentence: `a las 10:42`, and `el 20-11-2026 a las 10:42` when it is
/// not of the day of `now`.
pub fn at(moment: Moment, now: Option<Moment>) -> String {
    let clock = clock(moment);
    match now.is_some_and(|now| now.date_naive() == moment.date_naive()) {
        true => format!("a {clock}"),
        false => format!("el {} a {clock}", day(moment.date_naive())),
    }
}

/// [`at`] for a beginning: `desde las 10:42`, `desde el 20-11-2026 a las 10:42`.
pub fn since(moment: Moment, now: Option<Moment>) -> String {
    match now.is_some_and(|now| now.date_naive() == moment.date_naive()) {
        true => format!("desde {}", clock(moment)),
        false => format!("desde el {} a {}", day(moment.date_naive()), clock(moment)),
    }
}

fn clock(moment: Moment) -> String {
    let article = if moment.hour() == 1 { "la" } else { "las" };
    format!("{article} {}", moment.format("%H:%M"))
}

/// "lo tiene Nicolás Ríos (ARM) desde las 10:42."
fn held(holder: &Occupation, now: Option<Moment>) -> String {
    let of = holder.operation.map(|of| format!(" ({})", operation(of))).unwrap_or_default();
    let since = holder.since.map(|at| format!(" {}", since(at, now))).unwrap_or_default();
    format!("lo tiene {}{of}{since}.", holder.name)
}

fn occupied(tag: &Tag, holder: &Occupation, overdue: bool, now: Option<Moment>) -> String {
    let advice = match overdue {
        true => "Está vencido: puedes relevarlo.",
        false => "Elige otro carrete o pídele que lo pause.",
    };
    format!("{tag} {} {advice}", held(holder, now))
}

fn help_asked(tag: &Tag, help: &Help, now: Option<Moment>) -> String {
    let since = help.since.map(|at| format!(" {}", since(at, now))).unwrap_or_default();
    let seen = match &help.seen_by {
        Some(name) => format!("{name} ya lo vio."),
        None => "El supervisor todavía no lo ha visto.".to_owned(),
    };
    format!("{} ya pide ayuda con {tag}{since}. {seen}", help.name)
}

fn ambiguous(tag: &Tag, candidates: &[Candidate]) -> String {
    let row = |row: &Candidate| format!("{}, {}, fila {}", numbered("NV", &row.nv), numbered("OT", &row.ot), row.fila);
    let rows: Vec<String> = candidates.iter().take(LISTED).map(row).collect();
    let more = if candidates.len() > LISTED { "; y más" } else { "" };
    format!("Hay {} carretes con el TAG {tag} ({}{more}). Elige en la lista cuál de ellos es.", candidates.len(), rows.join("; "))
}

fn role_missing(of: Operation, needed: &[Role]) -> String {
    let roles: Vec<&str> = needed.iter().map(|needed| role(*needed)).collect();
    format!("Para {} hace falta el rol {}. Elige otra operación o avisa al supervisor.", operation(of), roles.join(" o "))
}

fn already_done(tag: &Tag, of: Operation, on: Option<NaiveDate>) -> String {
    let on = on.map(|date| format!(" desde el {}", day(date))).unwrap_or_default();
    format!("{} de {tag} ya está {}{on}. Elige otro carrete.", operation(of), finished(of))
}

/// The word for a finished operation.
fn finished(of: Operation) -> &'static str {
    match of {
        Operation::Arm | Operation::Sold => "completado",
        Operation::Metrology => "aprobada",
        Operation::Repair => "completada",
    }
}

fn prerequisite(tag: &Tag, of: Operation, missing: Missing) -> String {
    let of = operation(of);
    match missing {
        Missing::Materials => {
            let column = Column::Materials.header();
            format!("{tag} todavía no tiene materiales ({column} está vacía) y no se puede empezar {of}. Elige otro carrete.")
        }
        Missing::Arm => format!("Antes de {of} hay que completar ARM en {tag}. Elige otro carrete."),
        Missing::Sold => format!("Antes de {of} hay que completar SOLD en {tag}. Elige otro carrete."),
    }
}

fn not_available(tag: &Tag, of: Operation, state: Option<Inspection>) -> String {
    let state = match state {
        None => "aún no está soldado",
        Some(Inspection::Pending) if of == Operation::Metrology => {
            return format!("METROLOGÍA no se toma: registra directamente APROBADO o RECHAZADO en {tag}.");
        }
        Some(Inspection::Pending) => "espera el veredicto de metrología",
        Some(Inspection::Approved) => "ya está aprobado",
        Some(Inspection::Rejected) => "está rechazado y espera reparación",
        Some(Inspection::InRepair) => "está en reparación",
        Some(Inspection::RepairPaused) => "tiene la reparación en pausa",
        Some(Inspection::Blocked) => "está bloqueado",
    };
    format!("{tag} no está disponible para {}: {state}. Elige otro carrete.", operation(of))
}

/// How and when an occupation ended (`design.md` 4: 410 says how and when).
fn ended(tag: &Tag, ending: &Ending, now: Option<Moment>) -> String {
    let of = ending.operation.map(|of| format!(" ({})", operation(of))).unwrap_or_default();
    let Some(event) = &ending.by else {
        return format!("Ya no tienes {tag}{of}: se cambió a mano en la planilla. Si sigues con él, tómalo otra vez.");
    };
    let when = event.at.map(|moment| format!(" {}", at(moment, now))).unwrap_or_default();
    match event.action {
        Action::Pause => format!("Ya pausaste {tag}{of}{when}. Tómalo otra vez para seguir."),
        Action::Complete => format!("Ya completaste {tag}{of}{when}. No hay nada más que hacer con él."),
        Action::Cancel => format!("Ya cancelaste {tag}{of}{when}. Tómalo otra vez para empezar."),
        Action::Take => format!("{} tomó el relevo de {tag}{of}{when}. Elige otro carrete.", event.worker_name),
        Action::Release => {
            let reason = event.notes.reason.as_deref().map(|reason| format!(", motivo: {}", echo(reason))).unwrap_or_default();
            let who = match event.worker_name.as_str() {
                SUPERVISOR => "El supervisor".to_owned(),
                name => format!("{name} (supervisor)"),
            };
            format!("{who} liberó {tag}{of}{when}{reason}. Tómalo otra vez si sigues con él.")
        }
        _ => {
            format!("Ya no tienes {tag}{of}: cambió{when}. Actualiza la lista.")
        }
    }
}

fn completed(event: &AuditEvent, tag: &Tag, completed: &str) -> String {
    match (event.operation, event.notes.approved) {
        (_, Some(true)) => format!("METROLOGÍA aprobada: {tag} está terminado."),
        (_, Some(false)) => {
            let blocked = event.notes.after.iter().any(|(column, cell)| {
                *column == Column::Detail
                    && crate::domain::detail::read(&cell.display()) == Some(crate::domain::detail::Verdict::Blocked)
            });
            match (blocked, event.notes.cycle) {
                (true, _) => format!("METROLOGÍA rechazada: {tag} queda BLOQUEADO. Avisa al supervisor."),
                (false, Some(cycle)) => format!("METROLOGÍA rechazada: {tag} espera reparación (ciclo {cycle})."),
                (false, None) => format!("METROLOGÍA rechazada: {tag} espera reparación."),
            }
        }
        (Some(Operation::Arm), _) => format!("{completed}: {tag}. Sigue SOLD."),
        (Some(Operation::Sold | Operation::Repair), _) => format!("{completed}: {tag}. Sigue METROLOGÍA."),
        _ => format!("{completed}: {tag}."),
    }
}

/// A caller's own text, short and without what is not seen.
fn echo(text: &str) -> String {
    let clean = visible(text);
    match clean.chars().count() > ECHO {
        true => format!("{}…", clean.chars().take(ECHO).collect::<String>()),
        false => clean,
    }
}

#[cfg(test)]
pub(crate) mod tests;
