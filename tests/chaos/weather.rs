//! Lets a plan happen: Google, people, Redis and the processes, each in a lane of its own.

use crate::app::App;
use crate::dice::Dice;
use crate::plan::{Ambush, Deed, Plan, Trouble, Weather};
use crate::stand_in::a1::letters;
use crate::stand_in::grid::Sheet;
use crate::stand_in::{Google, Held, Human, Latency, On, When};
use crate::support::google::BOOK;
use crate::support::redis::RealRedis;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::block_in_place;
use tokio::time::{Instant, sleep, sleep_until, timeout};

const ROWS: &str = "Operaciones";
const AUDIT: &str = "Metadata";

/// Everything that can be troubled.
pub(crate) struct World {
    pub(crate) google: Google,
    pub(crate) redis: RealRedis,
    pub(crate) apps: Vec<App>,
}

/// Google as it is on any day of this run.
pub(crate) fn fair(google: &Google, plan: &Plan) {
    let (fixed, jitter) = plan.latency;
    google.calm();
    google.away(false);
    google.latency(Latency { fixed, jitter }, Latency { fixed, jitter });
}

/// Everything that goes wrong, until all of it is over.
pub(crate) async fn happens(world: &mut World, plan: &Plan) {
    let start = Instant::now();
    let World { google, redis, apps } = world;
    let (redis, apps) = (Mutex::new(redis), Mutex::new(apps.as_mut_slice()));
    tokio::join!(
        at_google(google, plan, start),
        by_people(google, plan, start),
        at_redis(&redis, plan, start),
        to_apps(&apps, plan, start),
        behind_a_batch(google, &redis, &apps, plan, start),
    );
}

async fn at_google(google: &Google, plan: &Plan, start: Instant) {
    for (at, weather) in &plan.google {
        sleep_until(start + *at).await;
        match weather {
            Weather::Once(on, fault, times) => google.fail_times(on.clone(), *fault, *times),
            Weather::Spell(on, fault, share, time) => {
                google.chance(on.clone(), *fault, *share as f64 / 100.0);
                sleep(*time).await;
                fair(google, plan);
            }
            Weather::Away(time) => {
                google.away(true);
                sleep(*time).await;
                google.away(false);
            }
        }
    }
}

async fn at_redis(redis: &Mutex<&mut RealRedis>, plan: &Plan, start: Instant) {
    for (at, trouble) in &plan.redis {
        sleep_until(start + *at).await;
        let mut redis = redis.lock().await;
        match trouble {
            Trouble::Killed(time) => {
                block_in_place(|| redis.kill9());
                sleep(*time).await;
                block_in_place(|| redis.restart());
            }
            Trouble::Frozen(time) => {
                block_in_place(|| redis.freeze());
                sleep(*time).await;
                block_in_place(|| redis.thaw());
            }
            Trouble::Flushed => block_in_place(|| redis.flushall()),
        }
    }
}

/// Holds a batch on its way, strikes, and lets Google apply it when others have taken over.
async fn behind_a_batch(google: &Google, redis: &Mutex<&mut RealRedis>, apps: &Mutex<&mut [App]>, plan: &Plan, start: Instant) {
    let Some((at, ambush, late)) = plan.ambush else { return };
    sleep_until(start + at).await;
    let (mut redis, mut apps) = (redis.lock().await, apps.lock().await);
    let mut gate = google.hold(On::Holding("updateCells".into()), Held::BeforeApplying);
    if timeout(BATCH, gate.arrived()).await.is_err() {
        return;
    }
    match ambush {
        Ambush::PowerCut => {
            for app in apps.iter_mut() {
                app.kill().await;
            }
            block_in_place(|| redis.kill9());
            block_in_place(|| redis.restart());
            for app in apps.iter_mut() {
                app.restart().await;
            }
        }
        Ambush::LeaseLost => block_in_place(|| redis.flushall()),
    }
    sleep(late).await;
    gate.open();
}

async fn to_apps(apps: &Mutex<&mut [App]>, plan: &Plan, start: Instant) {
    for (at, which, trouble) in &plan.apps {
        sleep_until(start + *at).await;
        let mut apps = apps.lock().await;
        let app = &mut apps[*which];
        match trouble {
            Trouble::Frozen(time) => {
                app.signal("-STOP");
                sleep(*time).await;
                app.signal("-CONT");
            }
            Trouble::Killed(time) => {
                app.kill().await;
                sleep(*time).await;
                app.restart().await;
            }
            Trouble::Flushed => {}
        }
    }
}

async fn by_people(google: &Google, plan: &Plan, start: Instant) {
    let mut dice = Dice::of(plan.seed, 6);
    for (at, deed) in &plan.people {
        sleep_until(start + *at).await;
        does(google, deed, &mut dice).await;
    }
}

async fn does(google: &Google, deed: &Deed, dice: &mut Dice) {
    let mut own = dice.clone();
    dice.next();
    let now = |deed: &mut dyn FnMut(&mut Human<'_>)| google.human(BOOK, |human| deed(human));
    match deed {
        Deed::Note => now(&mut |human| {
            let row = any_row(human, &mut own);
            // A note; a date as text, and one that is none; the numbers by which the office knows a spool.
            let (header, text) = *own.one(&[
                ("Notas", "revisar con la oficina"),
                ("Fecha_Materiales", "'03-01-2026"),
                ("Fecha_Materiales", "'ayer"),
                ("NV", "77"),
                ("OT", "1400"),
            ]);
            human.types(ROWS, header, row, text);
        }),
        Deed::Occupies => now(&mut |human| {
            let row = any_row(human, &mut own);
            let stamp = format!("TV({})", 101 + own.below(30));
            human.types(ROWS, "Ocupado_Por", row, &stamp);
        }),
        Deed::Frees => now(&mut |human| {
            let row = any_row(human, &mut own);
            human.types(ROWS, "Ocupado_Por", row, "");
            human.types(ROWS, "Fecha_Ocupacion", row, "");
        }),
        Deed::Sorts(when) => {
            // By what differs: rows that are all alike stay where they are.
            let by = *own.one(&["TAG_SPOOL", "Soldador", "Fecha_Ocupacion", "Estado_Detalle"]);
            let downwards = own.percent(50);
            let deed = move |human: &mut Human<'_>| human.sorts(ROWS, by, downwards);
            moves(google, *when, deed);
        }
        Deed::InsertsRows(when) => {
            let (before, count) = (2 + own.below(30), 1 + own.below(3));
            let deed = move |human: &mut Human<'_>| human.inserts_rows(ROWS, before, count);
            moves(google, *when, deed);
        }
        Deed::DeletesRow => now(&mut |human| {
            let row = any_row(human, &mut own);
            if human.sees(ROWS, "Ocupado_Por", row).is_empty() {
                human.deletes_rows(ROWS, row, 1);
            }
        }),
        // Left of these, a column would push cells of the office under our hands: the one residue
        // that the adapter documents.
        Deed::InsertsColumn => {
            let before = *own.one(&["Ocupado_Por", "Fecha_Ocupacion", "Notas", "Total_Uniones"]);
            let name = format!("Obs {}", own.below(1_000));
            now(&mut |human| human.inserts_column(ROWS, before, &name));
        }
        Deed::Renames(time) => {
            let header = *own.one(&["Ocupado_Por", "Armador", "Fecha_Soldadura", "Fecha_Materiales"]);
            now(&mut |human| human.renames_header(ROWS, header, "Columna nueva"));
            sleep(*time).await;
            now(&mut |human| human.renames_header(ROWS, "Columna nueva", header));
        }
        Deed::DeletesFence => now(&mut |human| {
            let fence = human.book().sheets.iter().find(|sheet| sheet.title.starts_with("_fence_"));
            if let Some(title) = fence.map(|sheet| sheet.title.clone()) {
                human.deletes_sheet(&title);
            }
        }),
        Deed::Protects(time) => {
            now(&mut |human| human.protects_sheet(AUDIT, &[]));
            sleep(*time).await;
            now(&mut |human| human.unprotects_sheet(AUDIT));
        }
        Deed::EmptiesHeader(time) => {
            let header = *own.one(&["Ocupado_Por", "Armador", "Fecha_Soldadura", "Fecha_Materiales"]);
            let mut cell = String::new();
            now(&mut |human| {
                cell = format!("{}1", letters(human.column(ROWS, header)));
                human.edits(ROWS, &cell, "");
            });
            sleep(*time).await;
            now(&mut |human| human.edits(ROWS, &cell, header));
        }
        Deed::RenamesTab(time, of_audit) => {
            let tab = if *of_audit { AUDIT } else { ROWS };
            let other = format!("{tab} 2026");
            now(&mut |human| human.renames_sheet(tab, &other));
            sleep(*time).await;
            now(&mut |human| human.renames_sheet(&other, tab));
        }
        Deed::ProtectsRows(time) => {
            let first = 2 + own.below(60);
            now(&mut |human| human.protects_rows(ROWS, first, &[]));
            sleep(*time).await;
            now(&mut |human| human.unprotects_sheet(ROWS));
        }
        Deed::LosesAudit(time, anew) => {
            let Some(lost) = google.book(BOOK).by_title(AUDIT).cloned() else { return };
            now(&mut |human| human.deletes_sheet(AUDIT));
            sleep(*time).await;
            let made = Sheet { rows: lost.rows[..1].to_vec(), ..Sheet::new(lost.id + 1, AUDIT, 1_000, lost.column_count) };
            now(&mut |human| human.restores_sheet(if *anew { made.clone() } else { lost.clone() }));
        }
    }
}

/// Somebody moves rows: now, or in the middle of the next round trip. People are not paced by our calls: while
/// one already lies in wait for it the next does not stand in line for the one after.
fn moves(google: &Google, when: Option<When>, deed: impl FnOnce(&mut Human<'_>) + Send + 'static) {
    match when.filter(|_| !google.is_awaited()) {
        None => google.human(BOOK, deed),
        Some(when) => google.human_will(when, BOOK, deed),
    }
}

/// A row that holds a spool, counted from 1.
fn any_row(human: &Human<'_>, dice: &mut Dice) -> usize {
    loop {
        let row = 2 + dice.below(human.book().by_title(ROWS).map_or(1, |sheet| sheet.rows.len().max(2) - 1));
        if !human.sees(ROWS, "TAG_SPOOL", row).is_empty() {
            return row;
        }
    }
}

/// How long an ambush waits for a batch.
const BATCH: Duration = Duration::from_secs(3);

/// How long everything may take to be as it was: who has replaced the fence too often rests for a minute.
pub(crate) const RECOVERY: Duration = Duration::from_secs(75);
