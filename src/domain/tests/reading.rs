//! What rows say that people, two generations of programs and the workbook itself have written.

use super::problem::Kind::*;
use super::*;
use Column::*;
use Level::{Error, Warning};
use Operation::{Arm, Metrology, Repair, Sold};

fn held(cells: &[(Column, Cell)]) -> Row {
    row(&[date(Materials, 2), text(OccupiedBy, "MR(93)"), text(OccupiedSince, "20-01-2026 07:00:00")]).with(cells)
}

#[test]
fn a6_a_serial_float_since_when_is_an_occupation_and_not_a_free_spool() {
    let spool = read(held(&[text(ArmWorker, "MR(93)"), (OccupiedSince, Cell::Number(46155.48180555556))]), vec![]);
    let holder = spool.occupation.unwrap();
    assert_eq!(holder.since.unwrap().to_rfc3339(), "2026-05-13T11:33:48-04:00");
    assert!(spool.problems.is_empty());
}

#[test]
fn a6_a_cell_that_cannot_be_read_is_neither_free_nor_absent_and_names_its_column() {
    let garbage = text(OccupiedSince, "abc");
    let spool = read(row(&[date(Materials, 2), garbage]), vec![]);
    assert!(!spool.is_free() && Operation::ALL.iter().all(|operation| !occupation::can(&spool, *operation)));
    let problem = spool.unreadable().unwrap();
    assert_eq!((problem.column, problem.value.as_str(), problem.kind), (OccupiedSince, "abc", NotADate));
    assert!(matches!(occupation::obstacle(&spool, Arm), Some(Refusal::Unreadable { .. })));
}

#[test]
fn a9_each_filler_in_ocupado_por_is_free_with_a_warning_and_anything_else_is_neither() {
    for filler in ["-", " N/A ", "'", " ", "disponible", "DISPONIBLE"] {
        let spool = read(row(&[date(Materials, 2), (OccupiedBy, Cell::Text(filler.into()))]), vec![]);
        assert!(spool.is_free() && occupation::can(&spool, Arm), "{filler:?}");
        assert_eq!(spool.problems.iter().map(|p| (p.column, p.kind)).collect::<Vec<_>>(), [(OccupiedBy, Filler)]);
    }
    for cell in [Cell::text("en uso"), Cell::text("93"), Cell::Number(93.0), Cell::Bool(true), Cell::Error("#REF!".into())] {
        let spool = read(row(&[(OccupiedBy, cell)]), vec![]);
        assert!(!spool.is_free() && spool.occupation.is_none());
        assert_eq!(spool.unreadable().unwrap().kind, NotAWorker);
    }
}

#[test]
fn a13_each_contradiction_is_a_warning_of_its_own_and_leaves_the_row_actionable() {
    let welded_held = welded("").with(&[text(OccupiedBy, "MR(93)"), date(OccupiedSince, 20)]);
    let fixtures: Vec<(Row, Column, problem::Kind)> = vec![
        (row(&[date(ArmDate, 3)]), ArmWorker, DateWithoutWorker),
        (row(&[text(ArmWorker, "MR(93)"), date(ArmDate, 3), date(SoldDate, 4)]), SoldWorker, DateWithoutWorker),
        (row(&[text(SoldWorker, "SL(95)"), date(SoldDate, 4)]), SoldDate, WeldedBeforeFitted),
        (row(&[date(QcDate, 5)]), QcDate, InspectedBeforeWelded),
        (welded("RECHAZADO (Ciclo 1/3)").with(&[date(QcDate, 5)]), QcDate, ApprovalDateAgainstText),
        (welded("METROLOGIA APROBADO ✓"), Detail, ApprovedWithoutDate),
        (row(&[text(Detail, "RECHAZADO (Ciclo 1/3)")]), Detail, RepairBeforeWelded),
        (welded("EN_REPARACION (Ciclo 1/3) - Ocupado: MR(93)"), Detail, RepairWithoutOccupant),
        (row(&[text(ArmWorker, "MR(93)"), text(OccupiedBy, "MR(93)")]), OccupiedSince, OccupiedWithoutSince),
        (row(&[date(OccupiedSince, 20)]), OccupiedSince, SinceWithoutOccupant),
        (held(&[]), OccupiedBy, OccupiedWithoutOperation),
        (welded_held, OccupiedBy, OccupiedAndDone),
        (held(&[text(ArmWorker, "MR(93)"), text(SoldWorker, "SL(95)")]), SoldWorker, TwoOperationsOpen),
        (row(&[text(ArmWorker, "JR(7)")]), ArmWorker, UnknownName),
        (row(&[(Ot, Cell::Error("#N/A".into()))]), Ot, NotText),
    ];
    for (row, column, kind) in fixtures {
        let found = problems(row);
        assert!(found.contains(&(column, kind, Warning)), "{kind:?}: {found:?}");
        assert!(found.iter().all(|(_, _, level)| *level == Warning), "{kind:?}: {found:?}");
    }
}

#[test]
fn a_row_that_cannot_be_read_is_not_accused_of_contradictions() {
    assert_eq!(problems(held(&[text(OccupiedBy, "???")])), [(OccupiedBy, NotAWorker, Error)]);
    assert_eq!(problems(welded("").with(&[text(ArmDate, "pronto")])), [(ArmDate, NotADate, Error)]);
}

#[test]
fn a7_an_error_where_a_rejection_would_stand_hides_no_rejection() {
    let spool = read(welded("").with(&[(Detail, Cell::Error("#REF!".into()))]), vec![]);
    assert_eq!(spool.unreadable().map(|problem| problem.column), Some(Detail));
    assert!(!occupation::can(&spool, Metrology));
}

#[test]
fn i7_a_fit_up_with_a_date_is_done_whoever_did_it() {
    for (worker, dated, done) in [("MR(93)", true, true), ("", true, true), ("MR(93)", false, false), ("", false, false)] {
        let mut cells = vec![date(Materials, 2), text(ArmWorker, worker)];
        if dated {
            cells.push(date(ArmDate, 3));
        }
        let spool = read(row(&cells), vec![]);
        assert_eq!(occupation::can(&spool, Sold), done, "{worker:?} {dated}");
        assert_eq!(spool.problems.len(), usize::from(dated && worker.is_empty()));
    }
}

#[test]
fn i2_rows_of_every_generation_name_the_same_occupant() {
    for stamp in ["Marta Ríos", "Marta Rios", "MR(93)", "Rios(93)"] {
        let spool = read(held(&[text(OccupiedBy, stamp), text(ArmWorker, stamp), text(OccupiedSince, "2026-01-19")]), vec![]);
        let holder = spool.occupation.as_ref().unwrap();
        assert_eq!((holder.worker.get(), holder.name.as_str(), holder.operation), (MARTA, "Marta Ríos", Some(Arm)));
        assert!(spool.problems.is_empty(), "{stamp}");
    }
}

#[test]
fn i1_an_instant_that_names_its_offset_is_that_instant() {
    for iso in ["2026-01-20T10:00:00Z", "2026-01-20T10:00Z", "2026-01-20T10:00:00.000+00:00", "2026-01-20T07:00:00-03:00"] {
        let at = Cell::text(iso).read_moment(ZONE).unwrap().unwrap();
        assert_eq!((morning() - at).num_minutes(), 60, "{iso}");
    }
    let spool = read(held(&[text(ArmWorker, "MR(93)")]), vec![]);
    assert_eq!(spool.occupation.unwrap().since, Some(morning() - Duration::hours(1)));
}

#[test]
fn a2_the_order_of_instants_survives_the_skipped_hour() {
    let minute = |minute| at_plant(NaiveDate::from_ymd_opt(2026, 9, 6).unwrap().and_hms_opt(0, minute, 0).unwrap(), ZONE);
    assert!((1..60).all(|m| minute(m) - minute(m - 1) == Duration::minutes(1)));
}

#[test]
fn d14_the_columns_decide_arm_and_sold_whatever_the_text_says() {
    let spool = read(row(&[date(Materials, 2), text(Detail, "Disponible - ARM completado, SOLD completado")]), vec![]);
    assert_eq!(state(&spool), "--");
    let spool = read(held(&[text(ArmWorker, "MR(93)"), text(Detail, "MR(93) trabajando SOLD")]), vec![]);
    assert_eq!(spool.occupation.unwrap().operation, Some(Arm));
}

#[test]
fn d14_metrology_and_repair_are_read_from_every_spelling() {
    for (detail, expected) in [
        ("", "ccM"),
        ("Disponible - ARM completo, SOLD completo, Metrología pendiente", "ccM"),
        ("PENDIENTE_METROLOGIA", "ccM"),
        ("METROLOGIA RECHAZADO - Pendiente reparación", "ccR"),
        ("RECHAZADO(Ciclo 2/3)", "ccR2"),
        ("RECHAZADO (Ciclo 1/3) - Pendiente reparación", "ccR1"),
        ("REPARACION_PAUSADA (Ciclo 2/3)", "ccP2"),
        ("EN_REPARACION (Ciclo 2/3) - Ocupado: MR(93)", "ccP2"),
        ("BLOQUEADO: contactar supervisor", "ccB"),
    ] {
        assert_eq!(state(&read(welded(detail), vec![])), expected, "{detail:?}");
    }
    for spelling in ["METROLOGIA_APROBADO ✓", "METROLOGIA APROBADO ✓", ""] {
        assert_eq!(state(&read(welded(spelling).with(&[date(QcDate, 5)]), vec![])), "ccA", "{spelling:?}");
    }
}

#[test]
fn d8_of_two_open_operations_the_last_take_is_in_course_then_the_text_then_none() {
    let both = [text(ArmWorker, "MR(93)"), text(SoldWorker, "SL(95)")];
    let course = |spool: &Spool| spool.occupation.as_ref().and_then(|holder| holder.operation);
    let taken = Bench::ready()
        .play(&[(MARTA, Ask::Take(Arm))])
        .by_hand(&[text(SoldWorker, "SL(95)"), text(Detail, "SL(95) trabajando SOLD")]);
    assert_eq!(course(&taken.spool), Some(Arm));
    let said = held(&both).with(&[text(Detail, "SL(95) trabajando SOLD (ARM pausado, SOLD en progreso)")]);
    assert_eq!(course(&read(said, vec![])), Some(Sold));
    for silent in ["", "EN_REPARACION (Ciclo 1/3) - Ocupado: MR(93)"] {
        let bench = Bench::new(held(&both).with(&[text(Detail, silent)]));
        assert_eq!(course(&bench.spool), None, "a guess could stamp the wrong date");
        assert_eq!(bench.decide(MARTA, Ask::Complete).unwrap_err(), Refusal::NotStarted { tag: bench.spool.tag().clone() });
    }
}

#[test]
fn a_text_about_repair_is_no_repair_before_the_weld() {
    let spool = read(held(&[text(Detail, "EN_REPARACION (Ciclo 1/3) - Ocupado: MR(93)")]), vec![]);
    assert_eq!(spool.occupation.unwrap().operation, None);
}

#[test]
fn d17_a_stamp_that_is_written_can_always_be_read_again() {
    for (given, family, stamp) in [("", "", "W(7)"), ("1", "-", "W(7)"), ("(Juan)", "d'Or", "JD(7)"), ("ñandú", "", "Ñ(7)")] {
        let worker =
            Worker { id: WorkerId::new(7).unwrap(), given: given.into(), family: family.into(), active: true, roles: vec![] };
        assert_eq!(worker.stamp(), stamp);
        assert_eq!(people().read_stamp(stamp).and_then(|stamp| stamp.id()), Some(worker.id));
    }
}

#[test]
fn b10_without_its_columns_metrology_and_repair_are_off_and_the_rest_goes_on() {
    for gone in [Detail, QcDate] {
        let bench = Bench::new(welded("RECHAZADO (Ciclo 1/3)").with(&[(gone, Cell::Missing)]));
        assert_eq!(bench.spool.inspection, None);
        for operation in [Metrology, Repair] {
            assert_eq!(occupation::obstacle(&bench.spool, operation), Some(Refusal::InspectionOff));
        }
    }
    let bare = row(&[date(Materials, 2), (Detail, Cell::Missing), (Version, Cell::Missing), (QcDate, Cell::Missing)]);
    let bench = Bench::new(bare).play(&[(MARTA, Ask::Take(Arm)), (MARTA, Ask::Complete)]);
    assert_eq!(state(&bench.spool), "c-");
    assert_eq!(bench.cell(Version), &Cell::Missing);
}

#[test]
fn b7_rows_of_one_tag_are_told_apart_and_keep_their_ids_when_the_sheet_is_sorted() {
    let of = |nv: &str| row(&[text(Nv, nv)]);
    let (a, b) = (of("NV1"), of("NV2"));
    let ids = |rows: &[&Row]| identify(rows.iter().copied()).into_iter().map(|i| (i.id, i.duplicate)).collect::<Vec<_>>();
    let (forth, back) = (ids(&[&a, &b, &b]), ids(&[&b, &b, &a]));
    assert!(forth.iter().all(|(_, duplicate)| *duplicate));
    assert_eq!([&forth[0], &forth[1], &forth[2]], [&back[2], &back[0], &back[1]]);
    assert_ne!(forth[1], forth[2]);
}

#[test]
fn b11_one_reader_fills_every_field_from_its_own_column() {
    let cells = row(&[
        date(Column::Materials, 2),
        text(Column::ArmWorker, "OP(94)"),
        date(Column::ArmDate, 3),
        text(Column::SoldWorker, "SL(95)"),
        date(Column::SoldDate, 4),
        date(Column::QcDate, 5),
        text(Column::OccupiedBy, "MR(93)"),
        (Column::OccupiedSince, Cell::moment(morning())),
        text(Column::Version, "effe76e0-68b1-43c9-8454-6026d5a7eb2e"),
        text(Column::Detail, "RECHAZADO (Ciclo 2/3) - Pendiente reparación"),
    ]);
    // Without `..`: a new field does not compile until this test says what it holds.
    let Spool {
        identity,
        fila,
        row: kept,
        nv,
        ot,
        materials,
        arm,
        sold,
        qc,
        inspection,
        inspectable,
        cycle,
        occupation,
        detail,
        version,
        problems,
        help,
        events,
        search,
    } = read(cells.clone(), vec![]);
    assert_eq!((identity.tag.as_str(), fila, kept), ("MK-1", 2, cells));
    assert_eq!((nv.as_str(), ot.as_str(), materials), ("NV0650", "1335", Some(day(2))));
    assert_eq!((arm.worker.map(|stamp| stamp.text().to_owned()), arm.done), (Some("OP(94)".into()), Some(day(3))));
    assert_eq!((sold.worker.map(|stamp| stamp.text().to_owned()), sold.done), (Some("SL(95)".into()), Some(day(4))));
    assert_eq!((arm.progress, sold.progress, qc), (Some(Progress::Done), Some(Progress::Done), Some(day(5))));
    assert_eq!((inspectable, inspection, cycle), (true, Some(Inspection::Rejected), 2));
    let holder = occupation.unwrap();
    assert_eq!((holder.worker.get(), holder.name.as_str(), holder.since), (MARTA, "Marta Ríos", Some(morning())));
    assert!(detail.starts_with("RECHAZADO") && version.unwrap().starts_with("effe76e0"));
    assert!(!problems.is_empty() && events.is_empty() && help.is_none());
    assert_eq!(search, "MK1 NV0650 1335");
}

#[test]
fn a_tag_with_a_sign_that_is_not_seen_is_none() {
    for text in ["MK-1\u{0}", "MK\u{7}1", "MK-\u{202e}1-KM", "\u{2066}MK-1", "MK-1\u{9b}"] {
        assert_eq!(crate::domain::Tag::read(text), None, "{text:?}");
    }
    assert_eq!(crate::domain::Tag::read("\u{feff}MK-ñ 1\u{a0}").unwrap().as_str(), "MK-ñ 1");
}
