//! What holds for any sequence of actions by anybody, and for any content of the cells.

use super::*;
use proptest::prelude::*;

fn asks() -> impl Strategy<Value = Ask> {
    let operation = proptest::sample::select(Operation::ALL.to_vec());
    prop_oneof![
        6 => operation.clone().prop_map(Ask::Take),
        2 => operation.clone().prop_map(Ask::Seize),
        2 => Just(Ask::Pause),
        5 => Just(Ask::Complete),
        1 => Just(Ask::Cancel),
        2 => Just(Ask::Approve),
        3 => Just(Ask::Reject),
        1 => (0usize..3).prop_map(Ask::Undo),
        1 => Just(Ask::Release),
        1 => operation.prop_map(Ask::Reopen),
        1 => Just(Ask::Unblock),
        1 => Just(Ask::CallHelp),
        1 => proptest::sample::select(vec![Ask::SeeHelp, Ask::SolveHelp, Ask::EndHelp, Ask::Correct(Remedy::Retell)]),
    ]
}

/// Who acts; `None` is whoever has the spool, else Omar who may do everything: without him most
/// sequences are refusals.
fn who() -> impl Strategy<Value = Option<u32>> {
    let anybody = proptest::sample::select(vec![MARTA, OMAR, SARA, NICO, VERA, DORA]);
    prop_oneof![3 => Just(None), 1 => anybody.prop_map(Some)]
}

/// Which spool, who, what, and how many minutes later.
fn steps() -> impl Strategy<Value = Vec<(usize, Option<u32>, Ask, i64)>> {
    proptest::collection::vec((0..3usize, who(), asks(), 0..400i64), 1..120)
}

/// A change is one event, whose id is the version and whose cells are the row's.
fn check_change(before: &Bench, change: &Change, after: &Spool) {
    let event = &change.event;
    assert_eq!(change.image, before.spool.row);
    assert_eq!(after.version.as_deref(), Some(event.id.to_string().as_str()));
    assert_eq!(event.notes.after, change.cells);
    assert!(event.notes.before.iter().all(|(column, cell)| before.spool.row[*column] == *cell));
    assert_eq!(event.notes.before.len(), change.cells.len());
    assert!(change.cells.iter().all(|(column, _)| column.is_ours() && !matches!(before.spool.row[*column], Cell::Missing)));
    assert!(event.operation.is_some() && event.at == Some(before.now) && event.spool.as_deref() == Some(after.id()));
}

/// The text that was written says what the columns say.
fn check_text(spool: &Spool) {
    let verdict = detail::read(&spool.detail);
    match spool.inspection {
        None => assert_eq!(verdict, None, "{}", spool.detail),
        Some(Inspection::Pending) => assert!(matches!(verdict, None | Some(Verdict::Pending)), "{}", spool.detail),
        Some(Inspection::Approved) => assert_eq!(verdict, Some(Verdict::Approved)),
        Some(Inspection::Rejected) => assert_eq!(verdict, Some(Verdict::Rejected(Some(spool.cycle)))),
        Some(Inspection::InRepair) => assert_eq!(verdict, Some(Verdict::InRepair(Some(spool.cycle)))),
        Some(Inspection::RepairPaused) => assert_eq!(verdict, Some(Verdict::RepairPaused(Some(spool.cycle)))),
        Some(Inspection::Blocked) => assert_eq!(verdict, Some(Verdict::Blocked)),
    }
    let (arm, sold) = (spool.arm.progress.unwrap(), spool.sold.progress.unwrap());
    // An undo of the first action puts the empty text back.
    if verdict.is_none() && !spool.detail.is_empty() {
        let expected = match &spool.occupation {
            Some(holder) => detail::working(&holder.stamp, holder.operation.unwrap(), arm, sold),
            None => detail::available(arm, sold),
        };
        assert_eq!(spool.detail, expected);
    }
    assert!(!spool.detail.contains("3/3"));
}

/// COMPLETE writes worker, date and release together, in the columns of its own operation only.
fn check_complete(change: &Change, spool: &Spool) {
    let columns: Vec<Column> = change.cells.iter().map(|(column, _)| *column).collect();
    let (own, other) = match change.event.operation.unwrap() {
        Operation::Arm => (vec![Column::ArmWorker, Column::ArmDate], vec![Column::SoldWorker, Column::SoldDate, Column::QcDate]),
        Operation::Sold => (vec![Column::SoldWorker, Column::SoldDate], vec![Column::ArmWorker, Column::ArmDate, Column::QcDate]),
        _ => (vec![Column::QcDate], vec![Column::ArmWorker, Column::ArmDate, Column::SoldWorker, Column::SoldDate]),
    };
    assert!(own.iter().chain(&[Column::OccupiedBy, Column::OccupiedSince]).all(|column| columns.contains(column)));
    assert!(other.iter().all(|column| !columns.contains(column)));
    assert!(spool.occupation.is_none() && spool.row[Column::OccupiedSince].is_empty());
}

/// For each operation: takeable, excluded with a reason, or flagged; exactly one of the three.
fn check_total(spool: &Spool) {
    for operation in Operation::ALL {
        let flagged = spool.unreadable().is_some();
        let excluded = !flagged && (spool.occupation.is_some() || occupation::obstacle(spool, operation).is_some());
        let takeable = occupation::can(spool, operation);
        assert_eq!(u8::from(flagged) + u8::from(excluded) + u8::from(takeable), 1, "{operation} of {spool:?}");
    }
}

fn check_step(before: &Bench, after: &Bench, ask: Ask, who: u32) {
    let change = after.changes.last().unwrap();
    let id = WorkerId::new(who);
    let (was, is) = (before.spool.occupation.as_ref().map(|o| o.worker), after.spool.occupation.as_ref().map(|o| o.worker));
    check_change(before, change, &after.spool);
    check_text(&after.spool);
    match ask {
        Ask::Take(_) => assert!(was.is_none() && is == id, "only a free spool is taken"),
        Ask::Seize(_) => {
            assert!(is == id && change.event.notes.previous == was);
            let max = before.rules.occupation_max;
            assert!(before.spool.occupation.as_ref().is_none_or(|holder| holder.overdue(before.now, max)));
        }
        Ask::Pause | Ask::Cancel => assert!(was == id && is.is_none()),
        Ask::Complete => {
            assert_eq!(was, id);
            check_complete(change, &after.spool);
        }
        Ask::Undo(_) => {
            // The row is as it was before the change that is undone, whatever its version was.
            let undone = after.changes.iter().find(|c| Some(c.event.id) == change.event.notes.undoes).unwrap();
            assert!(undone.image.differences(&after.spool.row).iter().all(|column| *column == Column::Version));
            assert_eq!(undone.event.worker, id.unwrap());
        }
        Ask::Approve | Ask::Reject | Ask::Reopen(_) | Ask::Unblock => assert!(was.is_none() && is.is_none()),
        Ask::Release => assert!(was.is_some() && is.is_none()),
        Ask::CallHelp | Ask::SeeHelp | Ask::SolveHelp | Ask::EndHelp => {
            assert_eq!(before.spool.row.differences(&after.spool.row), [Column::Version]);
            assert_eq!(after.spool.help.is_some(), matches!(ask, Ask::CallHelp | Ask::SeeHelp));
        }
        Ask::Correct(_) => panic!("what the app itself wrote needs no correction"),
    }
}

fn check_now(bench: &Bench) {
    check_total(&bench.spool);
    assert_eq!(bench.spool.events.len(), bench.changes.len(), "one event a change");
    assert!(audit::sessions(&bench.spool.events).iter().all(|session| session.minutes(morning()).is_some_and(|m| m >= 0)));
    let open = audit::sessions(&bench.spool.events).iter().filter(|session| session.end.is_none()).count();
    assert_eq!(open, usize::from(bench.spool.occupation.is_some()), "an open session is an occupation");
    if let Some(holder) = &bench.spool.occupation {
        for other in [MARTA, OMAR, SARA, NICO, VERA, DORA].map(|who| WorkerId::new(who).unwrap()) {
            let people = people();
            let owns = occupation::own(&bench.spool, people.get(other).unwrap()).is_ok();
            assert_eq!(owns, other == holder.worker, "one owner, and nobody else");
        }
    }
}

proptest! {
    #[test]
    fn any_sequence_of_actions_keeps_every_promise(steps in steps()) {
        let old = |detail: &str| Bench::new(welded(detail));
        let mut benches = [Bench::ready(), old(""), old("RECHAZADO (Ciclo 1/3) - Pendiente reparación")];
        let mut now = morning();
        for (which, who, ask, minutes) in steps {
            now += Duration::minutes(minutes);
            let bench = &mut benches[which];
            bench.now = now;
            let who = who.unwrap_or(bench.spool.occupation.as_ref().map_or(OMAR, |holder| holder.worker.get()));
            let before = bench.clone();
            match bench.try_(who, ask) {
                Ok(()) if bench.changes.len() > before.changes.len() => check_step(&before, bench, ask, who),
                // Already so, or refused: nothing changed, and a repeat is told the same.
                told => {
                    prop_assert_eq!(&bench.spool.row, &before.spool.row);
                    prop_assert_eq!(told, bench.clone().try_(who, ask));
                }
            }
            check_now(bench);
        }
    }

    #[test]
    fn a7_g18_any_cells_are_read_and_exactly_what_cannot_be_is_flagged(cells in grid()) {
        let row = Column::ALL.into_iter().zip(cells).fold(Row::default(), |row, cell| row.with(&[cell]));
        let spool = read(row.clone(), vec![]);
        let flagged: Vec<Column> =
            Column::ALL.into_iter().filter(|column| spool.problems.iter().any(|p| p.column == *column && p.level == Level::Error)).collect();
        let expected: Vec<Column> = Column::ALL.into_iter().filter(|column| is_torn(*column, &row[*column])).collect();
        prop_assert_eq!(flagged, expected);
        check_total(&spool);
        for who in [MARTA, OMAR] {
            for ask in [Ask::Take(Operation::Arm), Ask::Pause, Ask::Complete, Ask::Cancel, Ask::Release, Ask::Reject] {
                let mut bench = Bench::new(row.clone());
                let told = bench.try_(who, ask);
                let turned_away = matches!(told, Err(Refusal::Unreadable { .. }));
                prop_assert_eq!(turned_away, spool.unreadable().is_some());
                prop_assert!(told.is_ok() || bench.spool.row.differences(&row).is_empty());
            }
        }
    }

    #[test]
    fn any_text_is_a_tag_that_reads_the_same_again_or_none(text in "'{0,3}.{0,120}") {
        if let Some(tag) = spool::Tag::read(&text) {
            prop_assert!((1..=Tag::MAX).contains(&tag.as_str().chars().count()));
            prop_assert_eq!(Tag::read(tag.as_str()), Some(tag));
        }
    }
}

/// A text, and the same with signs in it that nobody sees.
fn with_unseen() -> impl Strategy<Value = (String, String)> {
    let unseen =
        ['\u{202e}', '\u{2066}', '\u{200b}', '\u{200d}', '\u{feff}', '\u{ad}', '\u{61c}', '\u{fe0f}', '\u{e0041}', '\u{3164}'];
    let piece = ("[a-zA-Zñé0-9 ()-]{0,6}", proptest::sample::select(unseen.to_vec()));
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| {
        let plain = pieces.iter().map(|(text, _)| text.as_str()).collect();
        (plain, pieces.iter().map(|(text, sign)| format!("{text}{sign}")).collect())
    })
}

proptest! {
    #[test]
    fn a8_what_is_not_seen_is_in_no_text_that_is_shown((plain, hostile) in with_unseen(), column in 0..Column::COUNT) {
        prop_assert_eq!(cell::visible(&hostile), plain.clone());
        prop_assert_eq!(cell::spelt_out(&plain), plain);
        let row = Column::ALL.into_iter().zip(grid_of(column, &hostile)).fold(Row::default(), |row, cell| row.with(&[cell]));
        let spool = read(row, vec![]);
        let worker = Worker { id: WorkerId::new(7).unwrap(), given: cell::visible(&hostile), family: String::new(), active: true, roles: vec![] };
        let holder = spool.occupation.as_ref().map(|holder| format!("{}{}", holder.stamp, holder.name));
        let stamps = [&spool.arm.worker, &spool.sold.worker].map(|stamp| stamp.as_ref().map_or("", Stamp::text).to_owned());
        let shown = [spool.nv.clone(), spool.ot.clone(), spool.detail.clone(), spool.tag().to_string(), spool.search.clone(), worker.full_name()];
        for text in shown.into_iter().chain(stamps).chain(holder) {
            prop_assert!(!text.chars().any(cell::is_unseen), "{:?}", text);
        }
    }
}

/// Cells of which one holds this text.
fn grid_of(place: usize, text: &str) -> Vec<Cell> {
    (0..Column::COUNT).map(|column| if column == place { Cell::text(text) } else { Cell::Empty }).collect()
}

fn grid() -> impl Strategy<Value = Vec<Cell>> {
    let words = ["", "-", "N/A", "DISPONIBLE", "MR(93)", "Marta Ríos", "XX(7)", "20-01-2026", "2026-01-20 07:30", "32-01-2026"];
    let details = ["PENDIENTE_METROLOGIA", "RECHAZADO (Ciclo 2/3)", "EN_REPARACION", "BLOQUEADO", "MR(93) trabajando ARM"];
    let known = proptest::sample::select([&words[..], &details[..]].concat());
    let cell = prop_oneof![
        6 => known.prop_map(|word| Cell::Text(word.into())),
        2 => ".{0,12}".prop_map(Cell::Text),
        5 => Just(Cell::Empty),
        1 => Just(Cell::Missing),
        2 => (-10.0..60_000.0).prop_map(Cell::Number),
        4 => (40_000.0..47_000.0).prop_map(Cell::Date),
        1 => any::<f64>().prop_filter("equal to itself", |n| !n.is_nan()).prop_map(Cell::Number),
        1 => any::<bool>().prop_map(Cell::Bool),
        1 => Just(Cell::Error("#REF!".into())),
    ];
    proptest::collection::vec(cell, Column::COUNT)
}

/// Which cells cannot be what their column says, told in other words than the reader's.
fn is_torn(column: Column, cell: &Cell) -> bool {
    match column {
        _ if *cell == Cell::Missing && column.is_critical() => true,
        Column::Nv | Column::Ot | Column::Version => false,
        Column::Detail => matches!(cell, Cell::Error(_)),
        Column::Tag => matches!(cell, Cell::Error(_)) || Tag::read(&cell.display()).is_none(),
        Column::ArmWorker | Column::SoldWorker => matches!(cell, Cell::Error(_) | Cell::Bool(_)),
        Column::Materials | Column::ArmDate | Column::SoldDate | Column::QcDate => cell.read_date().is_err(),
        Column::OccupiedSince => cell.read_moment(ZONE).is_err(),
        Column::OccupiedBy => match cell {
            Cell::Empty | Cell::Missing => false,
            Cell::Text(text) => {
                let free = cell.is_filler() || cell::fold(text) == "disponible";
                !free && people().read_stamp(text).and_then(|stamp| stamp.id()).is_none()
            }
            _ => true,
        },
    }
}
