//! What boards count: stages and their ages, what was finished when, a worker's own record.

use super::Ask::*;
use super::*;
use crate::domain::finished::{Finished, by_day, by_hour, finished};
use crate::domain::record::Record;
use crate::domain::stage::{Ages, Stage};
use Operation::{Arm, Metrology, Repair, Sold};

/// An instant of UTC, as the plant's zone writes it.
fn utc(text: &str) -> Moment {
    text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().with_timezone(&ZONE).fixed_offset()
}

fn of(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn g18_each_state_of_a_spool_is_one_stage_and_what_can_begin_is_what_waits_for_it() {
    let ready = Bench::ready;
    let arm = [(MARTA, Take(Arm)), (MARTA, Complete)];
    let sold = [(SARA, Take(Sold)), (SARA, Complete)];
    let rejected = [(VERA, Reject), (NICO, Take(Repair))];
    let all = |steps: &[&[(u32, Ask)]]| ready().play(&steps.concat());
    let blocked = all(&[&arm, &sold, &rejected, &[(NICO, Complete)], &rejected, &[(NICO, Complete), (VERA, Reject)]]);
    let no_column = welded("").with(&[(Column::Detail, Cell::Missing)]);
    for (bench, stage) in [
        (Bench::new(row(&[])), Stage::NoMaterials),
        (ready(), Stage::ArmReady),
        (all(&[&arm[..1]]), Stage::ArmRunning),
        (all(&[&[arm[0], (MARTA, Pause)]]), Stage::ArmPaused),
        (all(&[&arm]), Stage::SoldReady),
        (all(&[&arm, &sold[..1]]), Stage::SoldRunning),
        (all(&[&arm, &[sold[0], (SARA, Pause)]]), Stage::SoldPaused),
        (all(&[&arm, &sold]), Stage::ToInspect),
        (all(&[&arm, &sold, &[(VERA, Approve)]]), Stage::Approved),
        (all(&[&arm, &sold, &rejected[..1]]), Stage::Rejected),
        (all(&[&arm, &sold, &rejected]), Stage::Repairing),
        (all(&[&arm, &sold, &rejected, &[(NICO, Pause)]]), Stage::RepairPaused),
        (all(&[&arm, &sold, &rejected, &[(NICO, Complete)]]), Stage::ToInspect),
        (blocked, Stage::Blocked),
        (Bench::new(no_column), Stage::Welded),
        (ready().by_hand(&[text(Column::OccupiedBy, "turno noche")]), Stage::Problem),
        (ready().by_hand(&[text(Column::OccupiedBy, "MR(93)")]), Stage::Unclear),
    ] {
        let spool = &bench.spool;
        assert_eq!(Stage::of(spool), stage, "{}", spool.detail);
        let waits = match stage {
            Stage::ArmReady | Stage::ArmPaused => Some(Arm),
            Stage::SoldReady | Stage::SoldPaused => Some(Sold),
            Stage::ToInspect => Some(Metrology),
            Stage::Rejected | Stage::RepairPaused => Some(Repair),
            _ => None,
        };
        let can: Vec<Operation> = Operation::ALL.into_iter().filter(|operation| occupation::can(spool, *operation)).collect();
        assert_eq!(can, waits.into_iter().collect::<Vec<_>>(), "{stage:?}");
    }
}

#[test]
fn a_spool_is_in_its_stage_since_the_event_or_the_typed_day_that_brought_it_there() {
    let since = |bench: &Bench| Stage::of(&bench.spool).since(&bench.spool, ZONE);
    let midnight = |of| Some(at_plant(day(of).and_hms_opt(0, 0, 0).unwrap(), ZONE));
    let minute = |minutes| Some(morning() + Duration::minutes(minutes));
    let armed = [(MARTA, Take(Arm)), (MARTA, Complete)];
    assert_eq!(since(&Bench::new(row(&[]))), None, "nobody knows");
    assert_eq!(since(&Bench::ready()), midnight(2), "the day of its materials");
    assert_eq!(since(&Bench::ready().play(&armed[..1])), minute(1), "the occupation says it");
    assert_eq!(since(&Bench::ready().play(&armed)), minute(2), "the event has an hour");
    assert_eq!(since(&Bench::new(welded(""))), midnight(4), "the office typed it");
    let cancelled = Bench::ready().play(&[(MARTA, Take(Arm)), (MARTA, Cancel)]);
    assert_eq!(since(&cancelled), minute(2));
    let undone = Bench::ready().play(&[(MARTA, Take(Arm)), (MARTA, Undo(0))]);
    assert_eq!(since(&undone), midnight(2), "as if nothing had happened");
    let typed_later = cancelled.by_hand(&[date(Column::Materials, 21)]);
    assert_eq!(since(&typed_later), midnight(21));
}

#[test]
fn ages_are_of_instants_on_a_day_of_25_hours_and_on_one_of_23() {
    // 21:00 of 04-04-2026 to 21:00 of the next day: the clocks went back between.
    let long = Ages::at(utc("2026-04-06T01:00:00Z"), &[Some(utc("2026-04-05T00:00:00Z"))]);
    assert_eq!((long.bands, long.oldest), ([0, 0, 1, 0, 0], Some(25 * 60)));
    // 21:00 of 05-09-2026 to 21:00 of the next day: an hour was skipped.
    let short = Ages::at(utc("2026-09-07T00:00:00Z"), &[Some(utc("2026-09-06T01:00:00Z"))]);
    assert_eq!((short.bands, short.oldest), ([0, 1, 0, 0, 0], Some(23 * 60)));
    let now = morning();
    let ago = |minutes| Some(now - Duration::minutes(minutes));
    let day = 24 * 60;
    let since = [ago(-5), ago(239), ago(240), ago(day - 1), ago(day), ago(3 * day), ago(7 * day), None];
    let ages = Ages::at(now, &since);
    assert_eq!((ages.count, ages.bands, ages.unknown), (8, [2, 2, 1, 1, 1], 1));
    assert_eq!((ages.median, ages.oldest), (Some(day - 1), Some(7 * day)));
    assert_eq!(Ages::at(now, &[]), Ages::default());
}

fn all_finished(spool: &Spool, from: NaiveDate) -> Vec<(Operation, NaiveDate, Option<u32>)> {
    let mut found = Vec::new();
    finished(spool, from, ZONE, &mut found);
    found.into_iter().map(|one: Finished| (one.operation, one.day, one.hour)).collect()
}

#[test]
fn what_was_finished_has_the_day_of_the_workbook_and_the_hour_of_the_audit() {
    let typed = read(welded(""), vec![]);
    assert_eq!(all_finished(&typed, day(1)), [(Arm, day(3), None), (Sold, day(4), None)]);
    assert_eq!(all_finished(&typed, day(4)), [(Sold, day(4), None)]);
    let steps =
        [(MARTA, Take(Arm)), (MARTA, Complete), (SARA, Take(Sold)), (SARA, Complete), (VERA, Reject), (NICO, Take(Repair))];
    let bench = Bench::ready().play(&steps).later(3).play(&[(NICO, Complete)]);
    let all = [(Arm, day(20), Some(8)), (Sold, day(20), Some(8)), (Repair, day(20), Some(11))];
    assert_eq!(all_finished(&bench.spool, day(20)), all, "a rejection finishes nothing");
    let approved = bench.clone().play(&[(VERA, Approve)]);
    assert_eq!(all_finished(&approved.spool, day(20))[2], (Metrology, day(20), Some(11)));
    let undone = bench.play(&[(NICO, Undo(0))]);
    assert_eq!(all_finished(&undone.spool, day(20)), all[..2], "what was taken back was not finished");
    let corrected = Bench::ready().play(&steps[..2]).by_hand(&[date(Column::ArmDate, 19)]);
    assert_eq!(all_finished(&corrected.spool, day(1)), [(Arm, day(19), None)], "the office knows better, and no hour");
}

/// One ARM that was completed at an instant, with the date of the plant's wall.
fn completed(at: &str) -> Spool {
    let at = utc(at);
    let event = AuditEvent {
        id: Uuid::new_v4(),
        at: Some(at.with_timezone(&chrono::Utc).fixed_offset()),
        action: Action::Complete,
        event_type: "COMPLETAR_ARM".into(),
        tag: "MK-1".into(),
        spool: None,
        worker: WorkerId::new(MARTA).unwrap(),
        worker_name: "Marta Ríos".into(),
        operation: Some(Arm),
        date: None,
        notes: Notes::default(),
    };
    let row = row(&[(Column::ArmDate, Cell::date(at.date_naive())), text(Column::ArmWorker, "MR(93)")]);
    read(row, vec![Arc::new(event)])
}

#[test]
fn a2_an_hour_that_occurs_twice_is_one_hour_of_one_day_and_none_is_lost_at_midnight() {
    for (at, day, hour) in [
        // Clocks go back from 24:00 to 23:00 on 04-04-2026.
        ("2026-04-05T02:30:00Z", of(2026, 4, 4), 23),
        ("2026-04-05T03:30:00Z", of(2026, 4, 4), 23),
        ("2026-04-05T04:00:00Z", of(2026, 4, 5), 0),
        // They go forward from 24:00 of 05-09-2026 to 01:00 of the next day.
        ("2026-09-06T03:59:59Z", of(2026, 9, 5), 23),
        ("2026-09-06T04:00:00Z", of(2026, 9, 6), 1),
        // An evening in the plant is the next day in UTC.
        ("2026-01-21T02:30:00Z", of(2026, 1, 20), 23),
    ] {
        assert_eq!(all_finished(&completed(at), day), [(Arm, day, Some(hour))], "{at}");
    }
    let mut all = Vec::new();
    for at in ["2026-04-05T02:30:00Z", "2026-04-05T03:30:00Z", "2026-04-05T04:00:00Z"] {
        finished(&completed(at), of(2026, 4, 1), ZONE, &mut all);
    }
    all.push(Finished { operation: Sold, day: of(2026, 4, 4), hour: None });
    let hours = by_hour(&all, of(2026, 4, 4));
    assert_eq!((hours.hours[23], hours.hours[0], hours.unknown), ([2, 0, 0, 0], [0; 4], [0, 1, 0, 0]));
    let days = by_day(&all, of(2026, 4, 5));
    assert_eq!((days.len(), days[0].0), (14, of(2026, 3, 23)));
    assert_eq!(days[12..], [(of(2026, 4, 4), [2, 1, 0, 0]), (of(2026, 4, 5), [1, 0, 0, 0])]);
}

#[test]
fn a_record_counts_finished_work_of_the_day_and_the_week_and_time_with_two_spools_once() {
    let worker = |id| WorkerId::new(id).unwrap();
    // 20-01-2026 is a Tuesday.
    let first = Bench::ready().play(&[(MARTA, Take(Arm))]).later(2).play(&[(MARTA, Complete)]);
    let second = Bench::ready().later(1).play(&[(MARTA, Take(Arm)), (MARTA, Pause)]).later(3).play(&[(MARTA, Take(Arm))]);
    let now = second.now + Duration::hours(1);
    let spools = [Arc::new(first.spool), Arc::new(second.spool)];
    let record = Record::of(worker(MARTA), spools.iter(), now, ZONE);
    assert_eq!(record.today.finished, [1, 0, 0, 0]);
    // 08:01–10:02, 09:01–09:02 within it, and 12:03 on.
    assert_eq!((record.today.minutes, record.today.spools), (121 + 60, 1 + usize::from(spools[0].id() != spools[1].id())));
    assert_eq!(record.entries.len(), 3);
    assert!(record.entries[0].end.is_none(), "what he has now stands first");
    let next_day = Record::of(worker(MARTA), spools[..1].iter(), now + Duration::hours(20), ZONE);
    assert_eq!((next_day.today, next_day.week.finished), (Default::default(), [1, 0, 0, 0]));
    let next_week = Record::of(worker(MARTA), spools[..1].iter(), now + Duration::days(6), ZONE);
    assert!(next_week.entries.is_empty() && next_week.week == Default::default());
    assert!(Record::of(worker(SARA), spools.iter(), now, ZONE).entries.is_empty());
}

#[test]
fn a_record_holds_verdicts_and_says_nothing_of_what_was_undone_or_freed_by_hand() {
    let worker = |id| WorkerId::new(id).unwrap();
    let judged = Bench::new(welded("")).play(&[(VERA, Reject), (NICO, Take(Repair)), (NICO, Complete), (VERA, Approve)]);
    let record = Record::of(worker(VERA), [Arc::new(judged.spool)].iter(), judged.now, ZONE);
    assert_eq!((record.today.finished, record.today.rejected, record.entries.len()), ([0, 0, 1, 0], 1, 2));
    assert_eq!(record.today.minutes, 0, "a verdict takes no time");
    for bench in [
        Bench::ready().play(&[(MARTA, Take(Arm)), (MARTA, Undo(0))]),
        Bench::ready().play(&[(MARTA, Take(Arm))]).by_hand(&[(Column::OccupiedBy, Cell::Empty)]),
    ] {
        let record = Record::of(worker(MARTA), [Arc::new(bench.spool)].iter(), bench.now, ZONE);
        assert!(record.entries.is_empty() && record.today == Default::default());
    }
}
