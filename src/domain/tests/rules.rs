//! Sequences that the plant has stumbled over, each with what must happen instead.

use super::Ask::*;
use super::*;
use Operation::{Arm, Metrology, Repair, Sold};

/// From the materials to the first verdict.
fn to_inspect() -> Bench {
    Bench::ready().play(&[(MARTA, Take(Arm)), (MARTA, Complete), (SARA, Take(Sold)), (SARA, Complete)])
}

fn refused(bench: &Bench, who: u32, ask: Ask) -> &'static str {
    code(&bench.decide(who, ask).unwrap_err())
}

#[test]
fn d4_a_take_writes_occupation_worker_and_text_in_one_change() {
    let bench = Bench::ready().play(&[(MARTA, Take(Arm))]);
    let columns: Vec<Column> = bench.changes[0].cells.iter().map(|(column, _)| *column).collect();
    assert_eq!(columns, [Column::OccupiedBy, Column::OccupiedSince, Column::ArmWorker, Column::Detail, Column::Version]);
    assert_eq!(bench.cell(Column::ArmWorker), &Cell::text("MR(93)"));
    assert_eq!(bench.spool.detail, "MR(93) trabajando ARM (ARM en progreso, SOLD pendiente)");
    assert_eq!(bench.spool.version, Some(bench.last().id.to_string()));
}

#[test]
fn d4_a_row_left_half_done_is_paused_or_released_and_never_completed() {
    let half = || Bench::ready().by_hand(&[text(Column::OccupiedBy, "MR(93)"), text(Column::OccupiedSince, "20-01-2026 07:00")]);
    assert_eq!(refused(&half(), MARTA, Complete), "no-ini");
    assert_eq!(refused(&half(), MARTA, Cancel), "no-ini");
    for (who, ask) in [(MARTA, Pause), (OMAR, Release)] {
        let bench = half().play(&[(who, ask)]);
        assert!(bench.spool.is_free() && occupation::can(&bench.spool, Arm));
        assert_eq!(bench.spool.detail, "Disponible - ARM pendiente, SOLD pendiente");
    }
}

#[test]
fn a_half_done_repair_keeps_its_rejection_when_it_is_let_go() {
    let half = Bench::new(welded("RECHAZADO (Ciclo 2/3) - Pendiente reparación")).by_hand(&[text(Column::OccupiedBy, "NV(96)")]);
    let bench = half.play(&[(NICO, Pause)]);
    assert_eq!(state(&bench.spool), "ccR2");
}

#[test]
fn d8_a_weld_taken_paused_taken_and_completed_changes_only_its_own_columns() {
    let bench = Bench::ready().play(&[(MARTA, Take(Arm)), (MARTA, Complete)]);
    let fitted = bench.spool.row.clone();
    let bench = bench.play(&[(SARA, Take(Sold)), (SARA, Pause), (OMAR, Take(Sold)), (OMAR, Complete)]);
    let differ = fitted.differences(&bench.spool.row);
    assert_eq!(differ, [Column::SoldWorker, Column::SoldDate, Column::Version, Column::Detail]);
    assert_eq!(bench.cell(Column::SoldWorker), &Cell::text("OP(94)"));
    assert_eq!(bench.cell(Column::SoldDate), &Cell::date(day(20)));
}

#[test]
fn d9_never_begun_paused_and_done_are_three_states_and_a_paused_one_names_its_worker() {
    let bench = Bench::ready();
    assert_eq!(bench.spool.arm.progress, Some(Progress::Pending));
    let bench = bench.play(&[(MARTA, Take(Arm)), (MARTA, Pause)]);
    assert_eq!(bench.spool.arm.progress, Some(Progress::Paused));
    assert_eq!(bench.spool.arm.worker.as_ref().map(Stamp::text), Some("MR(93)"));
    assert_eq!(bench.spool.detail, "Disponible - ARM pausado, SOLD pendiente");
    let bench = bench.play(&[(OMAR, Take(Arm)), (OMAR, Complete)]);
    assert_eq!(bench.spool.arm.progress, Some(Progress::Done));
    assert_eq!(bench.spool.detail, "Disponible - ARM completado, SOLD pendiente");
}

#[test]
fn d10_a_cancel_leaves_the_row_as_before_the_take_and_is_audited() {
    for first in [&[][..], &[(OMAR, Take(Arm)), (OMAR, Pause)][..]] {
        let before = Bench::ready().play(first);
        let bench = before.clone().play(&[(MARTA, Take(Arm)), (MARTA, Cancel)]);
        assert_eq!(bench.cell(Column::ArmWorker), before.cell(Column::ArmWorker));
        assert_eq!(state(&bench.spool), state(&before.spool));
        assert_eq!(bench.last().event_type, "CANCELAR_ARM");
    }
}

#[test]
fn d10_the_cancel_of_a_takeover_gives_the_work_back_to_who_began_it_but_not_the_spool() {
    let bench = Bench::ready().play(&[(OMAR, Take(Arm))]).later(13).play(&[(MARTA, Seize(Arm)), (MARTA, Cancel)]);
    assert_eq!(state(&bench.spool), "p-");
    assert_eq!(bench.cell(Column::ArmWorker), &Cell::text("OP(94)"));
}

#[test]
fn d10_a_cancel_puts_a_filler_back_and_calls_it_pending() {
    let bench = Bench::ready().by_hand(&[text(Column::ArmWorker, "-")]).play(&[(MARTA, Take(Arm)), (MARTA, Cancel)]);
    assert_eq!(bench.cell(Column::ArmWorker), &Cell::text("-"));
    assert_eq!(bench.spool.detail, "Disponible - ARM pendiente, SOLD pendiente");
}

#[test]
fn d10_a_cancelled_repair_is_rejected_again_with_its_cycle() {
    let bench = to_inspect().play(&[(VERA, Reject), (NICO, Take(Repair)), (NICO, Cancel)]);
    assert_eq!(bench.spool.detail, "RECHAZADO (Ciclo 1/3) - Pendiente reparación");
}

#[test]
fn d12_the_qc_date_is_the_day_of_the_last_approval_however_often_it_was_rejected() {
    let mut bench = to_inspect();
    for _ in 0..2 {
        bench = bench.play(&[(VERA, Reject)]);
        assert_eq!(bench.cell(Column::QcDate), &Cell::Empty, "a rejection writes no date");
        bench = bench.later(24).play(&[(NICO, Take(Repair)), (NICO, Complete)]);
    }
    let bench = bench.play(&[(VERA, Approve)]);
    assert_eq!(bench.spool.qc, Some(day(22)));
    assert_eq!(state(&bench.spool), "ccA");
}

#[test]
fn d12_a_date_that_the_earlier_app_left_with_a_rejection_goes_when_the_repair_is_done() {
    let old = Bench::new(welded("METROLOGIA RECHAZADO - Pendiente reparación").with(&[date(Column::QcDate, 5)]));
    assert_eq!(old.spool.inspection, Some(Inspection::Rejected));
    assert_eq!(refused(&old, VERA, Approve), "no-va");
    let bench = old.play(&[(NICO, Take(Repair)), (NICO, Complete)]);
    assert_eq!(bench.cell(Column::QcDate), &Cell::Empty);
    assert!(occupation::can(&bench.spool, Metrology) && bench.spool.problems.is_empty());
}

#[test]
fn d13_the_third_rejection_in_a_row_blocks_and_an_approval_forgets_them() {
    let mend = [(VERA, Reject), (NICO, Take(Repair)), (NICO, Pause), (OMAR, Take(Repair)), (OMAR, Complete)];
    let twice = to_inspect().play(&mend).play(&mend);
    let bench = twice.clone().play(&[(VERA, Reject)]);
    assert_eq!((state(&bench.spool), bench.spool.detail.as_str()), ("ccB3".into(), "BLOQUEADO - Contactar supervisor"));
    let bench = twice.play(&[(VERA, Approve), (OMAR, Reopen(Metrology))]).later(1);
    assert_eq!(state(&bench.spool), "ccM2", "an approval by mistake forgave nothing");
    let fresh = Bench { spool: to_inspect().play(&mend).play(&[(VERA, Approve)]).spool, ..to_inspect() };
    assert_eq!(fresh.spool.cycle, 0);
}

#[test]
fn a_repair_that_was_completed_by_mistake_is_to_be_done_again_until_it_was_inspected() {
    let mend = [(VERA, Reject), (NICO, Take(Repair)), (NICO, Complete)];
    let repaired = to_inspect().play(&mend).play(&mend);
    let bench = repaired.clone().play(&[(OMAR, Reopen(Repair))]);
    assert_eq!(bench.spool.detail, "RECHAZADO (Ciclo 2/3) - Pendiente reparación");
    let again = bench.play(&[(NICO, Take(Repair)), (NICO, Complete)]);
    assert_eq!(state(&again.spool), "ccM2", "it was the same repair");
    assert_eq!(state(&again.play(&[(VERA, Reject)]).spool), "ccB3");
    assert_eq!(refused(&repaired.play(&[(VERA, Approve)]), OMAR, Reopen(Repair)), "no-hecho");
    assert_eq!(refused(&to_inspect(), OMAR, Reopen(Repair)), "no-hecho", "nothing was repaired");
}

#[test]
fn d13_a_cycle_that_only_an_old_text_knows_survives_the_repair() {
    let old = Bench::new(welded("RECHAZADO (Ciclo 2/3) - Pendiente reparación"));
    let bench = old.play(&[(NICO, Take(Repair)), (NICO, Complete)]);
    assert_eq!(state(&bench.spool), "ccM2");
    assert_eq!(state(&bench.play(&[(VERA, Reject)]).spool), "ccB3");
}

#[test]
fn d13_a_spool_unblocked_in_the_workbook_or_in_the_app_is_repaired_once_more_and_never_writes_3_of_3() {
    let mend = [(VERA, Reject), (NICO, Take(Repair)), (NICO, Complete)];
    let blocked = to_inspect().play(&mend).play(&mend).play(&[(VERA, Reject)]);
    let by_hand = blocked.clone().by_hand(&[text(Column::Detail, "RECHAZADO")]);
    for open in [by_hand, blocked.play(&[(OMAR, Unblock)])] {
        let bench = open.play(&[(NICO, Take(Repair))]);
        assert_eq!(bench.spool.detail, "EN_REPARACION (Ciclo 2/3) - Ocupado: NV(96)");
        let bench = bench.play(&[(NICO, Complete), (VERA, Reject)]);
        assert_eq!(bench.spool.inspection, Some(Inspection::Blocked));
    }
}

#[test]
fn without_a_limit_nothing_is_blocked_and_an_old_block_opens_where_it_stood() {
    let mut bench = to_inspect();
    bench.rules.repair_max_cycles = 0;
    let mend = [(VERA, Reject), (NICO, Take(Repair)), (NICO, Complete)];
    let bench = bench.play(&mend).play(&mend).play(&mend).play(&[(VERA, Reject)]);
    assert_eq!(bench.spool.detail, "RECHAZADO (Ciclo 4) - Pendiente reparación");
    let bench = bench.by_hand(&[text(Column::Detail, "BLOQUEADO - Contactar supervisor")]).play(&[(OMAR, Unblock)]);
    assert_eq!(bench.spool.detail, "RECHAZADO (Ciclo 4) - Pendiente reparación");
}

#[test]
fn d15_anybody_who_is_active_may_repair_and_an_empty_list_of_roles_is_no_role() {
    let bench = to_inspect().play(&[(VERA, Reject)]);
    assert!(bench.decide(NICO, Take(Repair)).is_ok());
    assert_eq!(refused(&Bench::ready(), NICO, Take(Arm)), "rol");
}

#[test]
fn d16_an_inactive_worker_begins_nothing_whatever_his_roles_were() {
    assert_eq!(refused(&Bench::ready(), IVAN, Take(Arm)), "rol");
    assert_eq!(refused(&to_inspect(), IVAN, Approve), "rol");
    assert_eq!(refused(&to_inspect().play(&[(VERA, Reject)]), IVAN, Take(Repair)), "rol");
}

#[test]
fn d3_the_owner_of_a_long_shift_completes_and_another_may_not() {
    let bench = Bench::ready().play(&[(MARTA, Take(Arm))]).later(9);
    assert_eq!(refused(&bench, OMAR, Complete), "ajeno");
    assert_eq!(state(&bench.play(&[(MARTA, Complete)]).spool), "c-");
}

#[test]
fn i3_a_refused_take_says_who_has_it_for_what_and_since_when() {
    let bench = Bench::ready().play(&[(MARTA, Take(Arm))]);
    let Err(Refusal::Occupied { holder, relief: false, .. }) = bench.decide(OMAR, Take(Arm)) else { panic!() };
    assert_eq!((holder.name.as_str(), holder.operation, holder.since), ("Marta Ríos", Some(Arm), Some(bench.now)));
}

#[test]
fn a_takeover_needs_an_overdue_occupation_a_confirmation_and_names_whom_it_ended() {
    let bench = Bench::ready().play(&[(OMAR, Take(Arm))]);
    assert_eq!(refused(&bench, MARTA, Seize(Arm)), "ocupado");
    let bench = bench.later(12);
    assert_eq!(refused(&bench, MARTA, Seize(Arm)), "ocupado", "twelve hours are not over yet");
    let mut never = bench.clone().later(1000);
    never.rules.occupation_max = None;
    assert_eq!(refused(&never, MARTA, Seize(Arm)), "ocupado");
    let bench = bench.later(1);
    assert_eq!(refused(&bench, MARTA, Take(Arm)), "vencido");
    for (who, ask) in [(NICO, Take(Arm)), (MARTA, Take(Sold)), (BETO, Take(Sold)), (BETO, Approve)] {
        assert_eq!(refused(&bench, who, ask), "ocupado", "{who} {ask:?}: nobody is told that he may what he may not");
    }
    let bench = bench.play(&[(MARTA, Seize(Arm))]);
    assert_eq!(bench.last().notes.previous, WorkerId::new(OMAR));
    assert_eq!(refused(&bench, OMAR, Pause), "fin");
}

#[test]
fn an_occupation_that_ended_says_how_whoever_ended_it() {
    let taken = Bench::ready().play(&[(MARTA, Take(Arm))]);
    let ending = |bench: &Bench| match bench.decide(MARTA, Pause) {
        Err(Refusal::Ended { ending, .. }) => ending.by.map(|event| event.action),
        other => panic!("{other:?}"),
    };
    for (who, ask, action) in [
        (MARTA, Pause, Action::Pause),
        (MARTA, Complete, Action::Complete),
        (MARTA, Cancel, Action::Cancel),
        (MARTA, Undo(0), Action::Undo),
        (OMAR, Release, Action::Release),
    ] {
        assert_eq!(ending(&taken.clone().play(&[(who, ask)])), Some(action));
    }
    assert_eq!(ending(&taken.clone().later(13).play(&[(OMAR, Seize(Arm))])), Some(Action::Take));
    assert_eq!(ending(&taken.by_hand(&[(Column::OccupiedBy, Cell::Empty)])), None, "a hand in the workbook");
}

#[test]
fn undoing_a_takeover_returns_the_spool_to_whom_it_was_taken_from() {
    let bench = Bench::ready().play(&[(OMAR, Take(Arm))]).later(13);
    let before = bench.spool.row.clone();
    let bench = bench.play(&[(MARTA, Seize(Arm)), (MARTA, Undo(0))]);
    assert_eq!(before.differences(&bench.spool.row), [Column::Version]);
    assert_eq!(refused(&bench, MARTA, Pause), "fin");
    let bench = bench.play(&[(OMAR, Cancel)]);
    assert_eq!(state(&bench.spool), "--", "the cancel still knows what stood there before");
}

#[test]
fn undoing_a_verdict_takes_the_cycle_back_too() {
    let bench = to_inspect().play(&[(VERA, Reject), (NICO, Take(Repair)), (NICO, Complete), (VERA, Reject), (VERA, Undo(0))]);
    assert_eq!(state(&bench.spool), "ccM1");
    let bench = bench.play(&[(VERA, Approve), (VERA, Undo(0)), (VERA, Reject)]);
    assert_eq!(state(&bench.spool), "ccR2");
}

#[test]
fn an_undo_is_refused_when_a_hand_or_anybody_was_there_since_and_cannot_be_undone_itself() {
    let bench = Bench::ready().play(&[(MARTA, Take(Arm)), (MARTA, Complete)]);
    assert_eq!(refused(&bench.clone().by_hand(&[date(Column::ArmDate, 19)]), MARTA, Undo(0)), "cambió");
    assert_eq!(refused(&bench.clone().play(&[(SARA, Take(Sold))]), MARTA, Undo(1)), "cambió");
    assert_eq!(refused(&bench, MARTA, Undo(1)), "cambió", "only the last action");
    assert_eq!(refused(&bench.play(&[(MARTA, Undo(0))]), MARTA, Undo(0)), "no-tuyo");
}

#[test]
fn who_undoes_a_take_that_another_one_has_ended_is_told_who_ended_it_and_why() {
    let taken = Bench::ready().play(&[(MARTA, Take(Arm))]);
    for (who, ask, later) in [(OMAR, Release, 0), (OMAR, Seize(Arm), 13)] {
        let ended = taken.clone().later(later).play(&[(who, ask)]);
        let Err(Refusal::Ended { ending, .. }) = ended.decide(MARTA, Undo(1)) else {
            panic!("{:?}", ended.decide(MARTA, Undo(1)))
        };
        assert_eq!(ending.by.as_deref(), Some(ended.last()), "{ask:?}");
        assert!(ending.is_loss());
    }
    let paused = taken.clone().play(&[(MARTA, Pause)]);
    assert_eq!(refused(&paused, MARTA, Undo(1)), "cambió", "she ended it herself");
    let again = taken.play(&[(OMAR, Release), (MARTA, Take(Arm))]);
    assert_eq!(refused(&again, MARTA, Undo(2)), "cambió", "she has it again");
}

#[test]
fn metrology_refuses_its_own_repairer_as_it_refuses_any_occupation() {
    let bench = to_inspect().play(&[(VERA, Reject), (VERA, Take(Repair))]);
    assert_eq!(refused(&bench, VERA, Approve), "tuyo");
    assert_eq!(refused(&bench, OMAR, Approve), "ocupado");
}

#[test]
fn a_completion_may_be_dated_back_but_never_ahead() {
    let bench = Bench::ready().play(&[(MARTA, Take(Arm))]);
    let (people, rules) = (people(), Rules::default());
    let at = Circumstance { rules: &rules, people: &people, now: bench.now, id: Uuid::new_v4() };
    let marta = people.get(WorkerId::new(MARTA).unwrap()).unwrap();
    let complete = |on| occupation::complete(&bench.spool, marta, Some(on), &at);
    assert_eq!(complete(day(21)), Err(Refusal::FutureDate { date: day(21), today: day(20) }));
    let change = complete(day(16)).unwrap().unwrap();
    assert_eq!((change.event.date, &change.after()[Column::ArmDate]), (Some(day(16)), &Cell::date(day(16))));
}

#[test]
fn a2_an_evening_in_utc_is_still_the_plants_day() {
    let mut bench = Bench::ready().play(&[(MARTA, Take(Arm))]);
    bench.now = chrono::DateTime::parse_from_rfc3339("2026-01-21T02:30:00Z").unwrap().with_timezone(&ZONE).fixed_offset();
    bench.try_(MARTA, Complete).unwrap();
    assert_eq!(bench.spool.arm.done, Some(day(20)));
}

#[test]
fn reopening_names_what_has_begun_since_and_who_must_stop_first() {
    let bench = to_inspect();
    assert_eq!(bench.decide(OMAR, Reopen(Arm)), Err(Refusal::NextBegun { tag: bench.spool.tag().clone(), next: Sold }));
    let bench = bench.play(&[(OMAR, Reopen(Sold))]);
    assert_eq!(bench.cell(Column::SoldWorker), &Cell::text("SL(95)"));
    assert_eq!(bench.spool.detail, "Disponible - ARM completado, SOLD pausado");
    let held = Bench::ready().play(&[(MARTA, Take(Arm))]);
    assert_eq!(refused(&held, OMAR, Reopen(Arm)), "no-hecho", "it is in course, not finished");
}

#[test]
fn sold_can_be_reopened_where_the_sheet_has_no_metrology_and_where_it_was_stamped_too_early() {
    let bare = Bench::new(welded("").with(&[(Column::Detail, Cell::Missing)])).play(&[(OMAR, Reopen(Sold))]);
    assert_eq!(state(&bare.spool), "cp");
    let early = Bench::new(row(&[date(Column::Materials, 2), date(Column::SoldDate, 4)])).play(&[(OMAR, Reopen(Sold))]);
    assert_eq!(state(&early.spool), "--");
}

#[test]
fn a_lock_follows_its_row_and_one_that_may_be_on_its_way_is_left_alone() {
    use reconcile::{Verdict::*, judge};
    use std::time::Duration;
    let (marta, omar) = (WorkerId::new(MARTA).unwrap(), WorkerId::new(OMAR).unwrap());
    let (young, old) = (Duration::from_secs(60), Duration::from_secs(61));
    let free = Bench::ready();
    let held = free.clone().play(&[(MARTA, Take(Arm))]);
    let torn = held.clone().by_hand(&[text(Column::OccupiedBy, "???")]);
    for (bench, lock, expected) in [
        (&free, None, Leave),
        (&free, Some((marta, young)), Leave),
        (&free, Some((marta, old)), Remove),
        (&held, None, Create(marta)),
        (&held, Some((marta, old)), Leave),
        (&held, Some((omar, young)), Leave),
        (&held, Some((omar, old)), Replace(marta)),
        (&torn, Some((omar, old)), Leave),
    ] {
        assert_eq!(judge(&bench.spool, lock), expected);
    }
}
