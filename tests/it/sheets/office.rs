//! The office works in the workbook while everybody taps: right cells or a clear refusal, never a
//! wrong cell (`field-failures.md` B6, C4).

use super::application::{connected, small_google};
use crate::history::{Answer, Asked, Screen, check, from};
use crate::stand_in::Google;
use crate::support::google::{BOOK, sheets_of};
use crate::support::{Reply, TestPlant, cell, eventually, fresh};
use futures_util::future::join_all;
use serde_json::json;
use spoolboard::domain::Cell;
use std::sync::Mutex;
use std::time::Duration;

/// Twenty people with three spools each, and what each was told.
struct Floor<'a> {
    google: &'a Google,
    plant: &'a TestPlant,
    asked: Mutex<Vec<Asked>>,
}

impl Floor<'_> {
    async fn tap(&self, verb: &'static str, tag: &str, worker: u32) -> Reply {
        let (op, at) = (fresh(), self.google.now());
        let body = json!({"tag_spool": tag, "worker_id": worker, "operacion": "ARM"});
        let reply = self.plant.post_as(&op, &format!("/api/occupation/{}", verb.to_lowercase()), body).await;
        let answer = Answer::Told(self.google.now(), reply.status, reply.code().into());
        self.asked.lock().unwrap().push(Asked { op, tag: tag.into(), verb: verb.into(), worker, at, answer });
        reply
    }

    /// Takes and pauses three spools in turn until `over`; every refusal is one that says what to do.
    async fn work(&self, worker: u32, over: &tokio_util::sync::CancellationToken) {
        for round in 0_u32.. {
            let tag = format!("MK-{:04}", 1 + (worker - 101) + 20 * (round / 2 % 3));
            let reply = self.tap(if round % 2 == 0 { "TOMAR" } else { "PAUSAR" }, &tag, worker).await;
            let garbled = reply.status == 422 && tag == "MK-0008";
            assert!(garbled || matches!(reply.status, 200 | 409 | 503 | 410 | 403), "{} {}", reply.status, reply.text);
            assert!(reply.status == 200 || !reply.message().is_empty());
            if over.is_cancelled() {
                return;
            }
        }
    }

    /// What the office does, each deed after some more changes of ours have landed.
    async fn office(&self, over: &tokio_util::sync::CancellationToken) {
        let human = |deed: fn(&mut crate::stand_in::Human<'_>)| self.google.human(BOOK, deed);
        let some_more = async || {
            let landed = self.google.journal().entries().len();
            self.google.changes(landed + 4).await;
        };
        some_more().await;
        human(|office| office.inserts_column("Operaciones", "Ocupado_Por", "Comentario"));
        some_more().await;
        human(|office| office.sorts("Operaciones", "TAG_SPOOL", true));
        some_more().await;
        human(|office| {
            for (tag, text) in [("MK-0007", "'03-01-2026"), ("MK-0008", "'ayer")] {
                let row = office.row("Operaciones", "TAG_SPOOL", tag).unwrap();
                office.types("Operaciones", "Fecha_Materiales", row, text);
            }
        });
        some_more().await;
        human(|office| office.renames_header("Operaciones", "Ocupado_Por", "Quien lo tiene"));
        let stopped = async || self.plant.get("/ready").await.json["workbook"]["ok"] == false;
        eventually("nothing is written without the column", stopped).await;
        human(|office| office.renames_header("Operaciones", "Quien lo tiene", "ocupado por"));
        eventually("work goes on", async || self.plant.get("/ready").await.status == 200).await;
        some_more().await;
        human(|office| office.inserts_rows("Operaciones", 3, 2));
        some_more().await;
        human(|office| office.sorts("Operaciones", "TAG_SPOOL", false));
        some_more().await;
        over.cancel();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b6_columns_and_rows_that_move_while_everybody_taps_cost_no_cell_of_another_spool() {
    let google = small_google().await;
    let before = google.book(BOOK);
    let plant = connected(&google, None).await;
    let (floor, over) = (Floor { google: &google, plant: &plant, asked: Mutex::default() }, Default::default());
    let people = join_all((101..=120).map(|worker| floor.work(worker, &over)));
    tokio::join!(people, floor.office(&over));
    let sheets = || sheets_of(&google.book(BOOK)).operaciones;
    let occupied = || {
        let sheet = sheets();
        let place = sheet.place("Ocupado_Por").unwrap();
        // One row of the plant names nobody who exists.
        sheet.rows.iter().filter(|(_, cells)| cells.get(place).is_some_and(|cell| cell.display().contains('('))).count()
    };
    let shown = async || plant.get("/api/dashboard/occupied").await.json;
    eventually("the screens show the workbook", async || shown().await["total"] == occupied()).await;
    let board = shown().await;
    let owner =
        |item: &serde_json::Value| (item["tag_spool"].as_str().unwrap().to_owned(), item["worker_id"].as_u64().unwrap() as u32);
    let occupied = board["items"].as_array().unwrap().iter().map(owner).collect();
    let screens = vec![Screen { name: "board".into(), occupied }];
    let asked = floor.asked.into_inner().unwrap();
    let history = from::journal(&before, &google.journal(), asked, screens, Duration::from_secs(2));
    let counted = check(&history).unwrap_or_else(|violation| panic!("{violation}"));
    assert!(counted.saved > 20, "{counted:?}");
    let sheet = sheets();
    let rows = sheet.rows.iter().filter(|(fila, _)| cell(&sheet, *fila, "TAG_SPOOL") != Cell::Empty);
    assert!(rows.clone().all(|(fila, _)| cell(&sheet, *fila, "Comentario") == Cell::Empty), "the office's column is untouched");
    assert_eq!(rows.count(), 69);
}
