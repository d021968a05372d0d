//! The demonstration plant: an invented workbook in which something has just happened.
//!
//! Each spool has a story, and the plant's own rules play it: what stands in the cells and in the
//! audit is what the app would have written. All people are invented.

use super::audit_row::{HEADERS, to_cells};
use super::{Sheet, Sheets};
use crate::domain::spool::identify;
use crate::domain::{
    Cell, Circumstance, Column, Decision, Moment, Operation, People, Role, Row, Rules, Spool, Worker, WorkerId, metrology,
    occupation,
};
use chrono::Duration;
use chrono_tz::Tz;
use std::sync::Arc;
use uuid::Uuid;

use Role::{Armador, Ayudante, Despacho, Metrologia, Pintura, Revestimiento, Soldador};
use Story::*;

/// Everybody: number, names, whether active, roles. One is inactive and one has no role.
const CREW: [(u32, &str, &str, bool, &[Role]); 12] = [
    (41, "Marcela", "Huenchumán", true, &[Metrologia]),
    (52, "Rodolfo", "Astudillo Pinto", true, &[Armador]),
    (63, "Juan Carlos", "Pérez López", true, &[Armador, Soldador]),
    (74, "Úrsula", "Ñanco", true, &[Soldador]),
    (76, "Andrés", "Pizarro", true, &[Soldador]),
    (85, "Eliana", "Cifuentes", true, &[Ayudante]),
    (88, "Hernán", "Quilodrán", true, &[Armador]),
    (93, "Marta", "Ríos", true, &[Armador]),
    (94, "Nelson", "Retamal", true, &[Soldador, Revestimiento]),
    (95, "Camilo", "Poblete", false, &[Armador]),
    (97, "Bárbara", "Sáez", true, &[]),
    (99, "Ismael", "Toro", true, &[Pintura, Despacho]),
];
const INSPECTOR: u32 = 41;

/// How far a spool has come.
#[derive(Clone, Copy)]
enum Story {
    NoMaterials,
    BadDate,
    Ready,
    Arming,
    ArmPaused,
    Armed,
    Welding,
    WeldPaused,
    Welded,
    Approved,
    Rejected,
    Repairing,
    RepairPaused,
    Repaired,
    Blocked,
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// OT, the TAG after `MK-`, the story, fitter, welder, and how many minutes ago its last step was.
type Line = (&'static str, &'static str, Story, u32, u32, i64);

#[rustfmt::skip]
const NV0650: [Line; 14] = [
    ("1335", "1335-CW-25238-010", NoMaterials,  0,  0,  0),
    ("1335", "1335-CW-25238-011", Arming,      93,  0,  95),
    ("1335", "1335-CW-25238-012", Ready,        0,  0,  0),
    ("1335", "1335-CW-25238-013", Ready,        0,  0,  0),
    ("1335", "1335-TW-17422-001", Welding,     52, 94,  40),
    ("1335", "1335-TW-17422-002", Approved,    52, 74,  3 * DAY),
    ("1335", "1335-TW-17422-003", Approved,    93, 76,  2 * DAY),
    ("1335", "1335-TW-17422-004", Armed,       93,  0,  5 * HOUR),
    ("1335", "1335-GW-30118-001", ArmPaused,   88,  0,  20 * HOUR),
    ("1335", "1335-GW-30118-002", Welded,      63, 63,  4 * HOUR),
    ("1335", "1335-GW-30118-003", Rejected,    88, 94,  26 * HOUR),
    ("1335", "1335-GW-30118-004", Blocked,     52, 94,  30 * HOUR),
    // One TAG on two rows, told apart by OT.
    ("1335", "1335-CW-25300-007", Ready,        0,  0,  0),
    ("1336", "1335-CW-25300-007", Armed,       52,  0,  2 * DAY),
];

#[rustfmt::skip]
const NV0671: [Line; 14] = [
    ("1923", "1923-TW-17422-004", Arming,      52,  0,  12),
    ("1923", "1923-TW-17422-005", Arming,      85,  0,  3 * HOUR + 20),
    ("1923", "1923-TW-17422-006", Ready,        0,  0,  0),
    ("1923", "1923-TW-17422-007", Ready,        0,  0,  0),
    ("1923", "1923-TW-17422-008", NoMaterials,  0,  0,  0),
    ("1923", "1923-TW-17422-009", Armed,       88,  0,  26 * HOUR),
    ("1923", "1923-CW-40077-001", Welding,     88, 76,  2 * HOUR + 15),
    ("1923", "1923-CW-40077-002", WeldPaused,  93, 74,  19 * HOUR),
    // Begun yesterday and never let go: vencida.
    ("1923", "1923-CW-40077-003", Welding,     93, 94,  14 * HOUR + 25),
    ("1923", "1923-CW-40077-004", Welded,      52, 76,  90),
    ("1923", "1923-CW-40077-005", Repairing,   63, 74,  55),
    ("1923", "1923-CW-40077-006", RepairPaused, 52, 76, 7 * HOUR),
    ("1923", "1923-CW-40077-007", Repaired,    93, 94,  3 * HOUR),
    ("1923", "1923-CW-40077-008", Approved,    93, 63,  6 * DAY),
];

#[rustfmt::skip]
const NV0688: [Line; 12] = [
    ("2044", "2044-TK-51209-001", Approved,    88, 74,  9 * DAY),
    ("2044", "2044-TK-51209-002", Approved,    52, 76,  8 * DAY),
    ("2044", "2044-TK-51209-003", Welded,      88, 94,  25 * HOUR),
    ("2044", "2044-TK-51209-004", Welding,     52, 74,  25),
    ("2044", "2044-TK-51209-005", Armed,       63,  0,  50),
    ("2044", "2044-TK-51209-006", ArmPaused,   93,  0,  3 * DAY),
    ("2044", "2044-TK-51209-007", Arming,      88,  0,  5 * HOUR + 10),
    ("2044", "2044-TK-51209-008", Ready,        0,  0,  0),
    ("2044", "2044-TK-51209-009", Ready,        0,  0,  0),
    ("2044", "2044-TK-51209-010", BadDate,      0,  0,  0),
    ("2044", "2044-TK-51209-011", NoMaterials,  0,  0,  0),
    ("2044", "2044-TK-51209-012", NoMaterials,  0,  0,  0),
];

#[rustfmt::skip]
const HEADER: [&str; 17] = [
    "NV", "OT", "TAG_SPOOL", "Cliente", "Ubicación", "Fecha_Materiales", "Armador", "Fecha_Armado", "Soldador",
    "Fecha_Soldadura", "Fecha_QC_Metrología", "FLAG", "Ocupado_Por", "Fecha_Ocupacion", "version", "Estado_Detalle", "Notas",
];

/// The demonstration plant as it stands at `now` in `zone`; the same for the same `now`.
pub fn plant(now: Moment, zone: Tz) -> Sheets {
    let lines: Vec<(&str, &str, Line)> = [
        ("NV0650", "Minera Quebrada Honda", &NV0650[..]),
        ("NV0671", "Celulosa Los Maitenes", &NV0671),
        ("NV0688", "Puerto Caleta Sur", &NV0688),
    ]
    .into_iter()
    .flat_map(|(nv, client, lines)| lines.iter().map(move |line| (nv, client, *line)))
    .collect();
    let people = People::new(crew());
    let start: Vec<Row> = lines.iter().map(|(nv, _, line)| beginning(nv, line, now)).collect();
    let mut events = Vec::new();
    let mut operaciones = Sheet { header: HEADER.map(str::to_owned).to_vec(), rows: Vec::new() };
    for ((fila, identity), (row, (_, client, line))) in (2..).zip(identify(&start)).zip(start.into_iter().zip(&lines)) {
        let spool = Spool::read(identity, fila, row, Arc::default(), &people, chrono_tz::UTC);
        let spool = play(spool, line, &people, now);
        events.extend(spool.events.iter().cloned());
        operaciones.rows.push((fila, cells(&spool.row, client)));
    }
    events.sort_by_key(|event| event.at);
    let metadata = (2..).zip(&events).map(|(fila, event)| (fila, to_cells(event, zone).to_vec())).collect();
    let metadata = Sheet { header: HEADERS.map(str::to_owned).to_vec(), rows: metadata };
    let (trabajadores, roles) = crew_sheets();
    Sheets { operaciones, trabajadores, roles, metadata }
}

fn crew() -> Vec<Worker> {
    let worker = |(id, given, family, active, roles): (u32, &str, &str, bool, &[Role])| {
        let (given, family, roles) = (given.to_owned(), family.to_owned(), roles.to_vec());
        WorkerId::new(id).map(|id| Worker { id, given, family, active, roles })
    };
    CREW.into_iter().filter_map(worker).collect()
}

fn crew_sheets() -> (Sheet, Sheet) {
    let id = |id: u32| Cell::Number(f64::from(id));
    let header = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let people = CREW
        .iter()
        .map(|(n, given, family, active, _)| vec![id(*n), Cell::text(*given), Cell::text(*family), Cell::Bool(*active)]);
    let roles = CREW
        .iter()
        .flat_map(|(n, _, _, _, roles)| roles.iter().map(|role| vec![id(*n), Cell::text(role.name()), Cell::Bool(true)]));
    let (people, roles) = ((2..).zip(people).collect(), (2..).zip(roles).collect());
    (
        Sheet { header: header(&["Id", "Nombre", "Apellido", "Activo"]), rows: people },
        Sheet { header: header(&["Id", "Rol", "Activo"]), rows: roles },
    )
}

/// The row as the office typed it, before anybody worked on the spool.
fn beginning(nv: &str, (ot, tag, story, _, _, minutes): &Line, now: Moment) -> Row {
    let arrived = now - Duration::minutes(*minutes) - Duration::days(30);
    let materials = match story {
        NoMaterials => Cell::Empty,
        BadDate => Cell::text("31-02-2026 (confirmar)"),
        _ => Cell::date(arrived.date_naive()),
    };
    Row::default().with(&[
        (Column::Nv, Cell::text(nv)),
        (Column::Ot, Cell::text(*ot)),
        (Column::Tag, Cell::text(format!("MK-{tag}"))),
        (Column::Materials, materials),
    ])
}

fn cells(row: &Row, client: &str) -> Vec<Cell> {
    let cell = |name: &str| match (Column::from_header(name), name) {
        (Some(column), _) => row[column].clone(),
        (None, "Cliente") => Cell::text(client),
        (None, "Ubicación") => Cell::text("Taller 2"),
        (None, "FLAG") => Cell::text("-"),
        _ => Cell::Empty,
    };
    let mut cells: Vec<Cell> = HEADER.iter().map(|name| cell(name)).collect();
    cells.truncate(cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1));
    cells
}

/// One act of a story.
#[derive(Clone, Copy)]
enum Act {
    Take(u32, Operation),
    Pause(u32),
    Complete(u32),
    Inspect(bool),
}

/// What happened to a spool, as minutes before now; the last act `ago` minutes ago.
fn acts(story: Story, fitter: u32, welder: u32, ago: i64) -> Vec<(i64, Act)> {
    use Act::{Complete, Inspect, Pause, Take};
    let after = |before: Story, gap: i64, then: &[(i64, Act)]| {
        let mut all = acts(before, fitter, welder, ago + gap);
        all.extend_from_slice(then);
        all
    };
    let arm = (ago, Take(fitter, Operation::Arm));
    let weld = (ago, Take(welder, Operation::Sold));
    let mend = (ago, Take(welder, Operation::Repair));
    let earlier = |(_, act): (i64, Act)| (ago + 170, act);
    match story {
        NoMaterials | BadDate | Ready => Vec::new(),
        Arming => vec![arm],
        ArmPaused => vec![earlier(arm), (ago, Pause(fitter))],
        Armed => vec![earlier(arm), (ago, Complete(fitter))],
        Welding => after(Armed, 21 * HOUR, &[weld]),
        WeldPaused => after(Armed, DAY, &[earlier(weld), (ago, Pause(welder))]),
        Welded => after(Armed, DAY, &[earlier(weld), (ago, Complete(welder))]),
        Approved => after(Welded, 22 * HOUR, &[(ago, Inspect(true))]),
        Rejected => after(Welded, 22 * HOUR, &[(ago, Inspect(false))]),
        Repairing => after(Rejected, DAY, &[mend]),
        RepairPaused => after(Rejected, DAY, &[earlier(mend), (ago, Pause(welder))]),
        Repaired => after(Rejected, DAY, &[earlier(mend), (ago, Complete(welder))]),
        // Two repairs did not help; the third rejection in a row blocks.
        Blocked => {
            let again = ago + 3 * DAY;
            let between = [(again, Inspect(false)), (again - 60, mend.1), (again - 300, Complete(welder)), (ago, Inspect(false))];
            after(Repaired, 4 * DAY, &between)
        }
    }
}

/// Lets the plant's rules play the story of a spool.
fn play(mut spool: Spool, line: &Line, people: &People, now: Moment) -> Spool {
    let (_, _, story, fitter, welder, ago) = *line;
    let rules = Rules::default();
    let find = |id: u32| WorkerId::new(id).and_then(|id| people.get(id));
    for (nth, (minutes, act)) in acts(story, fitter, welder, ago).into_iter().enumerate() {
        let id = uuid::Builder::from_random_bytes(
            *Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{} {nth}", spool.id()).as_bytes()).as_bytes(),
        );
        let at = Circumstance { rules: &rules, people, now: now - Duration::minutes(minutes), id: id.into_uuid() };
        let decision: Option<Decision> = match act {
            Act::Take(worker, operation) => find(worker).map(|worker| occupation::take(&spool, worker, operation, false, &at)),
            Act::Pause(worker) => find(worker).map(|worker| occupation::pause(&spool, worker, Some("Fin de turno".into()), &at)),
            Act::Complete(worker) => find(worker).map(|worker| occupation::complete(&spool, worker, None, &at)),
            Act::Inspect(approved) => find(INSPECTOR).map(|worker| metrology::inspect(&spool, worker, approved, &at)),
        };
        // A rule that says no would end the story early; a test sees to it that none does.
        let Some(Ok(Some(change))) = decision else { break };
        let mut events = Vec::clone(&spool.events);
        let row = change.after();
        events.push(Arc::new(change.event));
        spool = Spool::read(spool.identity, spool.fila, row, Arc::new(events), people, chrono_tz::UTC);
    }
    spool
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Level, undo};
    use crate::workbook::Mirror;

    const ZONE: Tz = chrono_tz::America::Santiago;

    #[test]
    fn every_story_is_played_to_its_end_and_only_the_bad_date_is_a_problem() {
        let now = chrono::DateTime::parse_from_rfc3339("2026-05-13T11:33:48-04:00").unwrap();
        let sheets = plant(now, ZONE);
        let told: usize = [&NV0650[..], &NV0671, &NV0688]
            .iter()
            .flat_map(|lines| lines.iter())
            .map(|line| acts(line.2, line.3, line.4, line.5).len())
            .sum();
        assert_eq!(sheets.metadata.rows.len(), told);
        let header = crate::domain::Header::read(&sheets.operaciones.header);
        let rows: Vec<Row> = sheets.operaciones.rows.iter().map(|(_, cells)| header.row(cells.clone())).collect();
        let people = People::new(crew());
        let spools = identify(&rows).into_iter().zip(rows);
        let spools = spools.map(|(identity, row)| Spool::read(identity, 2, row, Arc::default(), &people, chrono_tz::UTC));
        let spools: Vec<Spool> = spools.collect();
        let problems: Vec<_> = spools.iter().flat_map(|spool| &spool.problems).collect();
        assert!(
            problems.len() == 1 && problems[0].column == Column::Materials && problems[0].level == Level::Error,
            "{problems:?}"
        );
        assert_eq!(spools.iter().filter(|spool| spool.identity.duplicate).count(), 2);
        assert_eq!(spools.iter().filter(|spool| spool.occupation.is_some()).count(), 9);
        assert!(now < now + Duration::minutes(1) && plant(now, ZONE) == sheets, "the same for the same instant");
    }

    #[test]
    fn the_last_act_of_a_story_can_be_taken_back() {
        let now = chrono::DateTime::parse_from_rfc3339("2026-05-13T11:33:48-04:00").unwrap();
        let mirror = Mirror::new(ZONE);
        mirror.load(plant(now, ZONE).load(ZONE, now));
        let view = mirror.view();
        let spool = view.find("MK-1923-TW-17422-004").unwrap();
        let (last, worker) = (spool.events.last().unwrap(), view.people.get(WorkerId::new(52).unwrap()).unwrap());
        let at = Circumstance { rules: &Rules::default(), people: &view.people, now, id: Uuid::new_v4() };
        let undone = undo::undo(spool, worker, last.id, &at).unwrap().unwrap();
        assert!(undone.after()[Column::OccupiedBy].is_empty() && undone.after()[Column::ArmWorker].is_empty());
    }
}
