//! What a supervisor puts right and who calls him: reasons, remedies, help.

use super::Ask::*;
use super::*;
use Operation::{Arm, Metrology, Repair, Sold};
use problem::Kind;

fn refused(bench: &Bench, who: u32, ask: Ask) -> &'static str {
    code(&bench.decide(who, ask).unwrap_err())
}

/// The remedies of a row, by name.
fn remedies(spool: &Spool) -> Vec<String> {
    Remedy::all(spool).into_iter().map(Remedy::name).collect()
}

#[test]
fn a_supervisor_must_say_why_and_the_event_names_him_and_whom_he_freed() {
    let people = people();
    let bench = Bench::ready().play(&[(MARTA, Take(Arm))]);
    let at = Circumstance { rules: &bench.rules, people: &people, now: bench.now, id: Uuid::new_v4() };
    let release = |reason| mend::decide(&bench.spool, &Mend::Release, &mandate(reason), &at);
    assert_eq!(release("  "), Err(Refusal::ReasonMissing));
    let event = release(" se fue ").unwrap().unwrap().event;
    assert_eq!(
        (event.event_type.as_str(), event.worker, event.worker_name.as_str(), event.notes.previous),
        ("LIBERAR_SPOOL", WorkerId::SYSTEM, "Jefa", WorkerId::new(MARTA))
    );
    assert_eq!(event.notes.reason.as_deref(), Some("se fue"));
}

#[test]
fn a_supervisor_frees_whom_he_was_shown_and_nobody_who_came_since() {
    let people = people();
    let shown = Bench::ready().play(&[(MARTA, Take(Arm))]);
    let since = shown.clone().play(&[(MARTA, Pause), (OMAR, Take(Arm))]);
    let decide = |bench: &Bench| {
        let at = Circumstance { rules: &bench.rules, people: &people, now: bench.now, id: Uuid::new_v4() };
        let mandate = Mandate { seen: Some(shown.spool.row.print()), ..mandate("fin de turno") };
        mend::decide(&bench.spool, &Mend::Release, &mandate, &at)
    };
    assert!(decide(&shown).is_ok());
    assert_eq!(decide(&since), Err(Refusal::SeenOtherwise { tag: since.spool.tag().clone() }));
    assert_eq!(decide(&shown.clone().play(&[(MARTA, Pause)])), Err(Refusal::AlreadyFree { tag: shown.spool.tag().clone() }));
}

#[test]
fn the_print_of_a_row_is_of_its_content_and_not_of_how_it_was_sent() {
    let row = welded("");
    let sent = row.with(&[(Column::ArmDate, Cell::Date(46_025.000_000_1)), (Column::SoldDate, row[Column::SoldDate].clone())]);
    let first = row.with(&[(Column::ArmDate, Cell::Number(46_025.0))]);
    assert_eq!(sent.print(), first.print());
    assert_ne!(row.print(), row.with(&[text(Column::ArmWorker, "OP(94)")]).print());
    // Two cells are not one longer cell.
    let (one, two) = (row.with(&[text(Column::Nv, "a")]), row.with(&[text(Column::Ot, "a")]));
    assert_ne!(one.print(), two.print());
}

#[test]
fn a_preview_is_what_the_change_then_writes() {
    let people = people();
    let bench = Bench::ready().play(&[(MARTA, Take(Arm))]);
    let at = Circumstance { rules: &bench.rules, people: &people, now: bench.now, id: Uuid::new_v4() };
    let shown = mend::preview(&bench.spool, &Mend::Release, &at).unwrap();
    let columns: Vec<Column> = shown.iter().map(|(column, ..)| *column).collect();
    assert_eq!(columns, [Column::OccupiedBy, Column::OccupiedSince, Column::Detail]);
    let after = bench.clone().play(&[(OMAR, Release)]).spool.row;
    assert!(shown.iter().all(|(column, before, then)| bench.cell(*column) == before && after[*column] == *then));
    assert_eq!(mend::preview(&bench.spool, &Mend::Unblock, &at), Err(Refusal::NotBlocked { tag: bench.spool.tag().clone() }));
}

#[test]
fn who_was_freed_without_a_take_in_the_audit_is_told_that_it_ended_and_how() {
    let half = Bench::ready().by_hand(&[text(Column::OccupiedBy, "MR(93)"), text(Column::OccupiedSince, "20-01-2026 07:00")]);
    let bench = half.play(&[(OMAR, Release)]);
    let Err(Refusal::Ended { ending, .. }) = bench.decide(MARTA, Complete) else { panic!() };
    assert_eq!(ending.by.map(|event| event.action), Some(Action::Release));
    assert_eq!(refused(&bench, SARA, Complete), "ajeno");
}

#[test]
fn a13_every_contradiction_has_the_remedies_that_this_table_names_and_each_makes_it_go() {
    use Column::*;
    let half = |more: &[(Column, Cell)]| row(&[date(Materials, 2), text(OccupiedBy, "MR(93)")]).with(more);
    let since = text(OccupiedSince, "20-01-2026 07:00");
    let rows: [(Row, Kind, &[&str]); 14] = [
        (row(&[date(ArmDate, 3)]), Kind::DateWithoutWorker, &["nombrar Armador"]),
        (row(&[date(SoldDate, 3), text(SoldWorker, "SL(95)")]), Kind::WeldedBeforeFitted, &[]),
        (row(&[date(QcDate, 3)]), Kind::InspectedBeforeWelded, &["vaciar Fecha_QC_Metrología"]),
        (
            welded("RECHAZADO (Ciclo 1/3)").with(&[date(QcDate, 5)]),
            Kind::ApprovalDateAgainstText,
            &["vaciar Fecha_QC_Metrología", "texto"],
        ),
        (welded("METROLOGIA APROBADO ✓"), Kind::ApprovedWithoutDate, &["texto"]),
        (row(&[text(Detail, "RECHAZADO (Ciclo 1/3)")]), Kind::RepairBeforeWelded, &["texto"]),
        (welded("EN_REPARACION (Ciclo 2/3) - Ocupado: MR(93)"), Kind::RepairWithoutOccupant, &["texto"]),
        (half(&[text(ArmWorker, "MR(93)")]), Kind::OccupiedWithoutSince, &["desde"]),
        (row(std::slice::from_ref(&since)), Kind::SinceWithoutOccupant, &["vaciar Fecha_Ocupacion"]),
        (half(std::slice::from_ref(&since)), Kind::OccupiedWithoutOperation, &["empezar"]),
        (welded("").with(&[text(OccupiedBy, "MR(93)"), since.clone()]), Kind::OccupiedAndDone, &[]),
        (
            half(&[since.clone(), text(ArmWorker, "MR(93)"), text(SoldWorker, "SL(95)")]),
            Kind::TwoOperationsOpen,
            &["vaciar Soldador"],
        ),
        (row(&[text(ArmWorker, "-")]), Kind::Filler, &["vaciar Armador"]),
        (row(&[text(ArmWorker, "XY(777)"), date(ArmDate, 3)]), Kind::UnknownName, &["nombrar Armador"]),
    ];
    for (row, kind, names) in rows {
        let bench = Bench::new(row);
        let problem = bench.spool.problems.iter().find(|problem| problem.kind == kind);
        let problem = problem.unwrap_or_else(|| panic!("{kind:?}: {:?}", bench.spool.problems)).clone();
        let found = Remedy::of(&bench.spool, &problem);
        assert_eq!(found.iter().map(|remedy| remedy.name()).collect::<Vec<_>>(), names, "{kind:?}");
        for remedy in found {
            let after = bench.clone().play(&[(OMAR, Correct(remedy))]);
            assert!(!after.spool.problems.contains(&problem), "{kind:?}, {remedy:?}: {:?}", after.spool.problems);
            assert!(after.spool.problems.len() < bench.spool.problems.len(), "{remedy:?} brings nothing new");
            assert_eq!((after.last().event_type.as_str(), after.last().worker), ("CORREGIR_SPOOL", WorkerId::SYSTEM));
            assert_eq!(after.spool.occupation.is_some(), bench.spool.occupation.is_some(), "who has it keeps it");
        }
    }
}

#[test]
fn d4_a_row_left_half_done_becomes_an_ordinary_one_that_its_occupant_completes() {
    let held = [text(Column::OccupiedBy, "MR(93)"), text(Column::OccupiedSince, "20-01-2026 07:00")];
    let arm = Bench::ready().by_hand(&held).play(&[(OMAR, Correct(Remedy::Begin)), (MARTA, Complete)]);
    assert_eq!(state(&arm.spool), "c-");
    let sold = Bench::new(row(&[date(Column::Materials, 2), text(Column::ArmWorker, "OP(94)"), date(Column::ArmDate, 3)]));
    let sold = sold.by_hand(&[text(Column::OccupiedBy, "MR(93)")]).play(&[(OMAR, Correct(Remedy::Begin))]);
    assert_eq!(state(&sold.spool), "ci@");
    assert!(sold.spool.problems.is_empty(), "since when is written, too: {:?}", sold.spool.problems);
    let repair = Bench::new(welded("RECHAZADO (Ciclo 2/3)")).by_hand(&held).play(&[(OMAR, Correct(Remedy::Begin))]);
    assert_eq!(repair.spool.detail, "EN_REPARACION (Ciclo 2/3) - Ocupado: MR(93)");
    let bare = Bench::new(row(&held));
    assert_eq!(remedies(&bare.spool), Vec::<String>::new(), "without materials nothing can have begun");
}

#[test]
fn i2_since_when_somebody_has_it_is_the_hour_of_his_take_if_the_audit_knows_it() {
    let taken = Bench::ready().play(&[(MARTA, Take(Arm))]);
    let hour = taken.now;
    let bench = taken.by_hand(&[(Column::OccupiedSince, Cell::Empty)]).later(3).play(&[(OMAR, Correct(Remedy::Since))]);
    assert_eq!(bench.spool.occupation.as_ref().unwrap().since, Some(hour));
    assert_eq!(correct::likely(&bench.spool, Column::ArmWorker), WorkerId::new(MARTA));
}

#[test]
fn what_cannot_be_read_or_is_in_order_or_belongs_to_the_office_has_no_remedy() {
    let torn = Bench::new(row(&[text(Column::OccupiedBy, "turno noche"), text(Column::ArmWorker, "-")]));
    assert_eq!(remedies(&torn.spool), Vec::<String>::new());
    assert_eq!(refused(&torn, OMAR, Correct(Remedy::Empty(Column::ArmWorker))), "ilegible");
    assert_eq!(refused(&Bench::ready(), OMAR, Correct(Remedy::Retell)), "sano");
    let office = Bench::new(row(&[text(Column::Materials, "-")]));
    assert!(!office.spool.problems.is_empty() && remedies(&office.spool).is_empty());
    let named = Bench::new(row(&[date(Column::ArmDate, 3)]));
    let (people, remedy) = (people(), Remedy::Name(Column::ArmWorker));
    let at = Circumstance { rules: &named.rules, people: &people, now: named.now, id: Uuid::nil() };
    let nobody = mend::decide(&named.spool, &Mend::Correct(remedy, None), &mandate("x"), &at);
    assert!(matches!(nobody, Err(Refusal::WorkerMissing { .. })), "{nobody:?}");
}

#[test]
fn every_remedy_is_read_back_from_its_name() {
    for column in Column::ALL {
        for remedy in [Remedy::Empty(column), Remedy::Name(column), Remedy::Begin, Remedy::Since, Remedy::Retell] {
            assert_eq!(Remedy::read(&remedy.name()), Some(remedy));
        }
    }
    assert_eq!(Remedy::read("vaciar todo"), None);
}

#[test]
fn a_call_for_help_is_open_seen_and_solved_and_changes_no_cell_of_the_work() {
    let bench = Bench::ready().play(&[(MARTA, Take(Arm))]);
    let before = bench.spool.row.clone();
    assert_eq!(refused(&bench, MARTA, SeeHelp), "no-pidió");
    let bench = bench.play(&[(MARTA, CallHelp)]);
    assert_eq!(before.differences(&bench.spool.row), [Column::Version]);
    let help = bench.spool.help.clone().unwrap();
    assert_eq!((help.name.as_str(), help.reason.as_deref(), help.seen_by), ("Marta Ríos", Some("falta plano"), None));
    assert_eq!(refused(&bench, SARA, CallHelp), "ya-pidió");
    assert_eq!(refused(&bench, SARA, SolveHelp), "otro-pidió");
    let seen = bench.play(&[(OMAR, SeeHelp)]);
    assert_eq!(seen.spool.help.as_ref().unwrap().seen_by.as_deref(), Some("Jefa"));
    for end in [SolveHelp, EndHelp] {
        let bench = seen.clone().play(&[(MARTA, end)]);
        assert_eq!((bench.spool.help.clone(), refused(&bench, MARTA, EndHelp)), (None, "no-pidió"));
        let again = bench.play(&[(SARA, CallHelp)]).spool.help.unwrap();
        assert_eq!((again.name.as_str(), again.seen_by), ("Sara Lagos", None), "a new one is not seen yet");
    }
    assert_eq!(state(&seen.play(&[(MARTA, Complete)]).spool), "c-", "the work goes on");
}

#[test]
fn a_call_for_help_of_which_the_row_knows_nothing_is_none() {
    let mut bench = Bench::ready().play(&[(MARTA, CallHelp)]);
    let asked = bench.last().clone();
    let notes = Notes { undoes: Some(asked.id), ..Notes::default() };
    let void = AuditEvent { id: Uuid::new_v4(), action: Action::Undo, event_type: "DESHACER_SPOOL".into(), notes, ..asked };
    let mut events = Vec::clone(&bench.spool.events);
    events.push(Arc::new(void));
    bench.spool = read(bench.spool.row.clone(), events);
    assert_eq!(bench.spool.help, None);
}

#[test]
fn help_and_corrections_do_not_make_a_wait_any_shorter() {
    let paused = Bench::ready().play(&[(MARTA, Take(Arm)), (MARTA, Pause)]);
    let since = stage::Stage::of(&paused.spool).since(&paused.spool, ZONE);
    let bench = paused.later(30).by_hand(&[text(Column::OccupiedSince, "-")]).play(&[
        (SARA, CallHelp),
        (OMAR, SeeHelp),
        (OMAR, EndHelp),
        (OMAR, Correct(Remedy::Empty(Column::OccupiedSince))),
    ]);
    assert_eq!(stage::Stage::of(&bench.spool).since(&bench.spool, ZONE), since);
}

#[test]
fn a_spool_lies_idle_when_it_was_begun_and_nobody_went_on_for_longer_than_the_plant_allows() {
    let max = Rules::default().idle_max;
    let idle = |bench: &Bench, max| stage::idle(&bench.spool, bench.now, max, ZONE).is_some();
    let paused = Bench::ready().play(&[(MARTA, Take(Arm)), (MARTA, Pause)]);
    for (hours, expected) in [(23, false), (24, false), (25, true)] {
        assert_eq!(idle(&paused.clone().later(hours), max), expected, "{hours} h");
    }
    assert!(!idle(&paused.clone().later(1_000), None), "never, where the setting says so");
    let freed = Bench::ready().play(&[(MARTA, Take(Arm)), (OMAR, Release)]).later(25);
    assert!(idle(&freed, max));
    assert!(!idle(&Bench::ready().later(1_000), max), "what nobody began waits, and does not lie idle");
    assert!(!idle(&Bench::ready().play(&[(MARTA, Take(Arm))]).later(1_000), max), "what somebody has is overdue at most");
    let repair = Bench::new(welded("REPARACION_PAUSADA (Ciclo 1/3)"));
    assert!(!idle(&repair.later(1_000), max), "nobody knows since when");
    let approved = Bench::new(welded("METROLOGIA APROBADO ✓").with(&[date(Column::QcDate, 5)])).later(1_000);
    assert!(!idle(&approved.play(&[(OMAR, Reopen(Metrology))]), max));
    assert!(!idle(&Bench::new(welded("RECHAZADO (Ciclo 1/3)")).play(&[(NICO, Take(Repair)), (NICO, Cancel)]).later(99), max));
    assert!(idle(
        &Bench::ready().play(&[(MARTA, Take(Arm)), (MARTA, Complete), (SARA, Take(Sold)), (SARA, Pause)]).later(99),
        max
    ));
}
