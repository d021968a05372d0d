//! Every state × every action × everybody, with the expected outcome written down
//! (`design.md` 4, `field-failures.md` D5, D6).

use super::Ask::*;
use super::*;
use Operation::{Arm, Metrology, Repair, Sold};

/// What workers ask, in the order of the table's columns.
const ACTS: [Ask; 14] = [
    Take(Arm),
    Seize(Arm),
    Take(Sold),
    Seize(Sold),
    Take(Repair),
    Seize(Repair),
    Take(Metrology),
    Seize(Metrology),
    Pause,
    Complete,
    Cancel,
    Approve,
    Reject,
    Undo(0),
];

/// What supervisors ask.
const MENDS: [Ask; 5] = [Release, Reopen(Arm), Reopen(Sold), Reopen(Metrology), Unblock];

/// Omar has the spool or had it last and did all that was done, Beto has every role, Nico has
/// none; before all that Dora took the spool and cancelled.
const WHO: [(&str, u32); 4] = [("dueño", OMAR), ("otro", BETO), ("sin-rol", NICO), ("antes", DORA)];

fn states() -> Vec<(&'static str, Bench)> {
    let by = |asks: &[Ask]| asks.iter().map(|ask| (OMAR, *ask)).collect::<Vec<_>>();
    let then = |bench: &Bench, asks: &[Ask]| bench.clone().play(&by(asks));
    let held = [text(Column::OccupiedBy, "OP(94)"), (Column::OccupiedSince, Cell::moment(morning()))];

    let to_fit = Bench::ready().play(&[(DORA, Take(Arm)), (DORA, Cancel)]);
    let fitting = then(&to_fit, &[Take(Arm)]);
    let to_weld = then(&fitting, &[Complete]);
    let welding = then(&to_weld, &[Take(Sold)]);
    let to_inspect = then(&welding, &[Complete]);
    let rejected = then(&to_inspect, &[Reject]);
    let mending = then(&rejected, &[Take(Repair)]);
    let mended = then(&mending, &[Complete]);
    let rejected_again = then(&mended, &[Reject]);
    let mending_again = then(&rejected_again, &[Take(Repair)]);
    vec![
        ("sin-materiales", to_fit.clone().by_hand(&[(Column::Materials, Cell::Empty)])),
        ("por-armar", to_fit.clone()),
        ("armando", fitting.clone()),
        ("armando-vencida", fitting.clone().later(13)),
        ("arm-pausado", then(&fitting, &[Pause])),
        ("por-soldar", to_weld.clone()),
        ("soldando", welding.clone()),
        ("soldando-vencida", welding.clone().later(13)),
        ("sold-pausado", then(&welding, &[Pause])),
        ("por-medir", to_inspect.clone()),
        ("aprobado", then(&to_inspect, &[Approve])),
        ("rechazado-1", rejected),
        ("reparando-1", mending.clone()),
        ("reparando-vencida", mending.clone().later(13)),
        ("reparación-pausada", then(&mending, &[Pause])),
        ("reparado", mended),
        ("rechazado-2", rejected_again),
        ("reparando-2", mending_again.clone()),
        ("bloqueado", then(&mending_again, &[Complete, Reject])),
        ("a-medias-en-arm", to_fit.by_hand(&held)),
        ("a-medias-en-sold", to_weld.by_hand(&held)),
        ("ocupado-y-hecho", to_inspect.by_hand(&held)),
        ("ocupante-ilegible", fitting.clone().by_hand(&[text(Column::OccupiedBy, "???")])),
        ("fecha-ilegible", fitting.by_hand(&[text(Column::SoldDate, "pronto")])),
    ]
}

/// The state that a success leads to, `=` where it writes nothing, or the refusal.
fn outcome(bench: &Bench, who: u32, ask: Ask) -> String {
    let mut bench = bench.clone();
    match bench.decide(who, ask) {
        Ok(None) => "=".into(),
        Ok(Some(change)) => {
            bench.land(change);
            state(&bench.spool)
        }
        Err(refusal) => code(&refusal).into(),
    }
}

/// The table as the rules have it: a line with the state and what supervisors get, then one for
/// each worker.
fn actual() -> Vec<String> {
    let mut lines = Vec::new();
    for (name, bench) in states() {
        let row = |who: u32, asks: &[Ask]| asks.iter().map(|ask| outcome(&bench, who, *ask)).collect::<Vec<_>>().join(" ");
        lines.push(format!("{name} {} | {}", state(&bench.spool), row(OMAR, &MENDS)));
        lines.extend(WHO.map(|(title, who)| format!("{title} {}", row(who, &ACTS))));
    }
    lines
}

#[test]
fn d5_d6_every_action_on_every_state_has_the_outcome_that_the_table_names() {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let actual = actual();
    let expected: Vec<String> = TABLE.trim().lines().map(words).collect();
    for (expected, actual) in expected.iter().zip(&actual) {
        assert_eq!(expected, actual);
    }
    assert_eq!(expected.len(), actual.len(), "a state without lines, or lines without a state");
}

#[test]
fn the_table_leaves_no_combination_out() {
    let mut combinations = 0;
    for (name, block) in states().iter().zip(TABLE.trim().lines().collect::<Vec<_>>().chunks(1 + WHO.len())) {
        let (title, mends) = block[0].split_once('|').unwrap();
        assert_eq!(title.split_whitespace().next(), Some(name.0));
        assert_eq!(mends.split_whitespace().count(), MENDS.len(), "{}", name.0);
        combinations += MENDS.len();
        for ((title, _), line) in WHO.iter().zip(&block[1..]) {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!((words[0], words.len() - 1), (*title, ACTS.len()), "{}", name.0);
            combinations += words.len() - 1;
        }
    }
    assert_eq!(combinations, 24 * (MENDS.len() + WHO.len() * ACTS.len()));
}

/// For each state: its name, how it reads, and what release, reopen ARM, SOLD and METROLOGIA, and
/// unblock lead to; then for each worker TAKE of ARM, SOLD, REPARACION and METROLOGIA, each
/// without and with the confirmation of a takeover, PAUSE, COMPLETE, CANCEL, APROBADO, RECHAZADO
/// and DESHACER of the last event. States are spelled as `state` says, refusals as `code` says.
const TABLE: &str = "
sin-materiales      --     | libre    no-hecho no-hecho no-hecho no-bloq
  dueño   sin-mat  sin-mat  sin-arm  sin-arm  sin-arm  sin-arm  no-va    no-va    ajeno    ajeno    ajeno    sin-arm  sin-arm  no-tuyo
  otro    sin-mat  sin-mat  sin-arm  sin-arm  sin-arm  sin-arm  no-va    no-va    ajeno    ajeno    ajeno    sin-arm  sin-arm  no-tuyo
  sin-rol rol      rol      rol      rol      sin-arm  sin-arm  rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   sin-mat  sin-mat  sin-arm  sin-arm  sin-arm  sin-arm  no-va    no-va    fin      fin      fin      sin-arm  sin-arm  i-@
por-armar           --     | libre    no-hecho no-hecho no-hecho no-bloq
  dueño   i-@      i-@      sin-arm  sin-arm  sin-arm  sin-arm  no-va    no-va    ajeno    ajeno    ajeno    sin-arm  sin-arm  no-tuyo
  otro    i-@      i-@      sin-arm  sin-arm  sin-arm  sin-arm  no-va    no-va    ajeno    ajeno    ajeno    sin-arm  sin-arm  no-tuyo
  sin-rol rol      rol      rol      rol      sin-arm  sin-arm  rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   i-@      i-@      sin-arm  sin-arm  sin-arm  sin-arm  no-va    no-va    fin      fin      fin      sin-arm  sin-arm  i-@
armando             i-@    | p-       no-hecho no-hecho no-hecho no-bloq
  dueño   =        =        tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     p-       c-       --       tuyo     tuyo     --
  otro    ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  sin-rol ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  antes   ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  fin      fin      fin      ocupado  ocupado  no-tuyo
armando-vencida     i-@    | p-       no-hecho no-hecho no-hecho no-bloq
  dueño   =        =        tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     p-       c-       --       tuyo     tuyo     --
  otro    vencido  i-@      ocupado  sin-arm  ocupado  sin-arm  ocupado  no-va    ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  sin-rol ocupado  rol      ocupado  rol      ocupado  sin-arm  ocupado  rol      ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  antes   vencido  i-@      ocupado  sin-arm  ocupado  sin-arm  ocupado  no-va    fin      fin      fin      ocupado  ocupado  no-tuyo
arm-pausado         p-     | libre    no-hecho no-hecho no-hecho no-bloq
  dueño   i-@      i-@      sin-arm  sin-arm  sin-arm  sin-arm  no-va    no-va    fin      fin      fin      sin-arm  sin-arm  i-@
  otro    i-@      i-@      sin-arm  sin-arm  sin-arm  sin-arm  no-va    no-va    ajeno    ajeno    ajeno    sin-arm  sin-arm  no-tuyo
  sin-rol rol      rol      rol      rol      sin-arm  sin-arm  rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   i-@      i-@      sin-arm  sin-arm  sin-arm  sin-arm  no-va    no-va    fin      fin      fin      sin-arm  sin-arm  no-tuyo
por-soldar          c-     | libre    p-       no-hecho no-hecho no-bloq
  dueño   hecho    hecho    ci@      ci@      sin-sold sin-sold no-va    no-va    fin      fin      fin      sin-sold sin-sold i-@
  otro    hecho    hecho    ci@      ci@      sin-sold sin-sold no-va    no-va    ajeno    ajeno    ajeno    sin-sold sin-sold no-tuyo
  sin-rol rol      rol      rol      rol      sin-sold sin-sold rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   hecho    hecho    ci@      ci@      sin-sold sin-sold no-va    no-va    fin      fin      fin      sin-sold sin-sold no-tuyo
soldando            ci@    | cp       sigue    no-hecho no-hecho no-bloq
  dueño   tuyo     tuyo     =        =        tuyo     tuyo     tuyo     tuyo     cp       ccM      c-       tuyo     tuyo     c-
  otro    ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  sin-rol ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  antes   ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  fin      fin      fin      ocupado  ocupado  no-tuyo
soldando-vencida    ci@    | cp       sigue    no-hecho no-hecho no-bloq
  dueño   tuyo     tuyo     =        =        tuyo     tuyo     tuyo     tuyo     cp       ccM      c-       tuyo     tuyo     c-
  otro    ocupado  hecho    vencido  ci@      ocupado  sin-sold ocupado  no-va    ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  sin-rol ocupado  rol      ocupado  rol      ocupado  sin-sold ocupado  rol      ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  antes   ocupado  hecho    vencido  ci@      ocupado  sin-sold ocupado  no-va    fin      fin      fin      ocupado  ocupado  no-tuyo
sold-pausado        cp     | libre    sigue    no-hecho no-hecho no-bloq
  dueño   hecho    hecho    ci@      ci@      sin-sold sin-sold no-va    no-va    fin      fin      fin      sin-sold sin-sold ci@
  otro    hecho    hecho    ci@      ci@      sin-sold sin-sold no-va    no-va    ajeno    ajeno    ajeno    sin-sold sin-sold no-tuyo
  sin-rol rol      rol      rol      rol      sin-sold sin-sold rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   hecho    hecho    ci@      ci@      sin-sold sin-sold no-va    no-va    fin      fin      fin      sin-sold sin-sold no-tuyo
por-medir           ccM    | libre    sigue    cp       no-hecho no-bloq
  dueño   hecho    hecho    hecho    hecho    no-va    no-va    no-va    no-va    fin      fin      fin      ccA      ccR1     ci@
  otro    hecho    hecho    hecho    hecho    no-va    no-va    no-va    no-va    ajeno    ajeno    ajeno    ccA      ccR1     no-tuyo
  sin-rol rol      rol      rol      rol      no-va    no-va    rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   hecho    hecho    hecho    hecho    no-va    no-va    no-va    no-va    fin      fin      fin      ccA      ccR1     no-tuyo
aprobado            ccA    | libre    sigue    sigue    ccM      no-bloq
  dueño   hecho    hecho    hecho    hecho    no-va    no-va    no-va    no-va    fin      fin      fin      hecho    hecho    ccM
  otro    hecho    hecho    hecho    hecho    no-va    no-va    no-va    no-va    ajeno    ajeno    ajeno    hecho    hecho    no-tuyo
  sin-rol rol      rol      rol      rol      no-va    no-va    rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   hecho    hecho    hecho    hecho    no-va    no-va    no-va    no-va    fin      fin      fin      hecho    hecho    no-tuyo
rechazado-1         ccR1   | libre    sigue    sigue    no-hecho no-bloq
  dueño   hecho    hecho    hecho    hecho    ccE1@    ccE1@    no-va    no-va    fin      fin      fin      no-va    no-va    ccM
  otro    hecho    hecho    hecho    hecho    ccE1@    ccE1@    no-va    no-va    ajeno    ajeno    ajeno    no-va    no-va    no-tuyo
  sin-rol rol      rol      rol      rol      ccE1@    ccE1@    rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   hecho    hecho    hecho    hecho    ccE1@    ccE1@    no-va    no-va    fin      fin      fin      no-va    no-va    no-tuyo
reparando-1         ccE1@  | ccP1     sigue    sigue    no-hecho no-bloq
  dueño   tuyo     tuyo     tuyo     tuyo     =        =        tuyo     tuyo     ccP1     ccM1     ccR1     tuyo     tuyo     ccR1
  otro    ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  sin-rol ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  antes   ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  fin      fin      fin      ocupado  ocupado  no-tuyo
reparando-vencida   ccE1@  | ccP1     sigue    sigue    no-hecho no-bloq
  dueño   tuyo     tuyo     tuyo     tuyo     =        =        tuyo     tuyo     ccP1     ccM1     ccR1     tuyo     tuyo     ccR1
  otro    ocupado  hecho    ocupado  hecho    vencido  ccE1@    ocupado  no-va    ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  sin-rol ocupado  rol      ocupado  rol      vencido  ccE1@    ocupado  rol      ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  antes   ocupado  hecho    ocupado  hecho    vencido  ccE1@    ocupado  no-va    fin      fin      fin      ocupado  ocupado  no-tuyo
reparación-pausada  ccP1   | libre    sigue    sigue    no-hecho no-bloq
  dueño   hecho    hecho    hecho    hecho    ccE1@    ccE1@    no-va    no-va    fin      fin      fin      no-va    no-va    ccE1@
  otro    hecho    hecho    hecho    hecho    ccE1@    ccE1@    no-va    no-va    ajeno    ajeno    ajeno    no-va    no-va    no-tuyo
  sin-rol rol      rol      rol      rol      ccE1@    ccE1@    rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   hecho    hecho    hecho    hecho    ccE1@    ccE1@    no-va    no-va    fin      fin      fin      no-va    no-va    no-tuyo
reparado            ccM1   | libre    sigue    sigue    no-hecho no-bloq
  dueño   hecho    hecho    hecho    hecho    no-va    no-va    no-va    no-va    fin      fin      fin      ccA      ccR2     ccE1@
  otro    hecho    hecho    hecho    hecho    no-va    no-va    no-va    no-va    ajeno    ajeno    ajeno    ccA      ccR2     no-tuyo
  sin-rol rol      rol      rol      rol      no-va    no-va    rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   hecho    hecho    hecho    hecho    no-va    no-va    no-va    no-va    fin      fin      fin      ccA      ccR2     no-tuyo
rechazado-2         ccR2   | libre    sigue    sigue    no-hecho no-bloq
  dueño   hecho    hecho    hecho    hecho    ccE2@    ccE2@    no-va    no-va    fin      fin      fin      no-va    no-va    ccM1
  otro    hecho    hecho    hecho    hecho    ccE2@    ccE2@    no-va    no-va    ajeno    ajeno    ajeno    no-va    no-va    no-tuyo
  sin-rol rol      rol      rol      rol      ccE2@    ccE2@    rol      rol      ajeno    ajeno    ajeno    rol      rol      no-tuyo
  antes   hecho    hecho    hecho    hecho    ccE2@    ccE2@    no-va    no-va    fin      fin      fin      no-va    no-va    no-tuyo
reparando-2         ccE2@  | ccP2     sigue    sigue    no-hecho no-bloq
  dueño   tuyo     tuyo     tuyo     tuyo     =        =        tuyo     tuyo     ccP2     ccM2     ccR2     tuyo     tuyo     ccR2
  otro    ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  sin-rol ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  antes   ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  fin      fin      fin      ocupado  ocupado  no-tuyo
bloqueado           ccB3   | libre    sigue    sigue    no-hecho ccR2
  dueño   bloq     bloq     bloq     bloq     bloq     bloq     bloq     bloq     fin      fin      fin      bloq     bloq     ccM2
  otro    bloq     bloq     bloq     bloq     bloq     bloq     bloq     bloq     ajeno    ajeno    ajeno    bloq     bloq     no-tuyo
  sin-rol bloq     bloq     bloq     bloq     bloq     bloq     bloq     bloq     ajeno    ajeno    ajeno    bloq     bloq     no-tuyo
  antes   bloq     bloq     bloq     bloq     bloq     bloq     bloq     bloq     fin      fin      fin      bloq     bloq     no-tuyo
a-medias-en-arm     --@    | --       no-hecho no-hecho no-hecho no-bloq
  dueño   tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     --       no-ini   no-ini   tuyo     tuyo     no-tuyo
  otro    ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  sin-rol ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  antes   ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  fin      fin      fin      ocupado  ocupado  cambió
a-medias-en-sold    c-@    | c-       sigue    no-hecho no-hecho no-bloq
  dueño   tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     c-       no-ini   no-ini   tuyo     tuyo     cambió
  otro    ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  sin-rol ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  antes   ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  fin      fin      fin      ocupado  ocupado  no-tuyo
ocupado-y-hecho     ccM@   | ccM      sigue    sigue    no-hecho no-bloq
  dueño   tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     tuyo     ccM      no-ini   no-ini   tuyo     tuyo     cambió
  otro    ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  sin-rol ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ajeno    ajeno    ajeno    ocupado  ocupado  no-tuyo
  antes   ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  ocupado  fin      fin      fin      ocupado  ocupado  no-tuyo
ocupante-ilegible   ?-     | ilegible ilegible ilegible ilegible ilegible
  dueño   ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible
  otro    ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible
  sin-rol ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible
  antes   ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible
fecha-ilegible      i?@    | ilegible ilegible ilegible ilegible ilegible
  dueño   ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible
  otro    ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible
  sin-rol ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible
  antes   ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible ilegible
";
