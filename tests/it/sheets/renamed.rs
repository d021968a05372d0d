//! A row whose name somebody corrects while nobody knows yet what became of a batch for it.

use super::restart::{Life, shop};
use super::{BATCHES, landed};
use crate::stand_in::{Fault, Google, Held, Method, On, When};
use crate::support::eventually;
use crate::support::google::{BOOK, quick, seldom};
use spoolboard::domain::{Cell, Column};
use uuid::Uuid;

/// What the office corrects, in the row of MK-0001.
const CORRECTED: [(&str, &str); 3] = [("TAG_SPOOL", "MK-0901"), ("NV", "NV9901"), ("OT", "9901")];

/// The tag of that row after it.
fn tag(name: &str) -> &str {
    if name == "TAG_SPOOL" { "MK-0901" } else { "MK-0001" }
}

fn holds(life: &Life, name: &str, id: Uuid, who: &str) {
    assert_eq!(life.cell(tag(name), Column::OccupiedBy), Cell::text(who), "{name}");
    assert_eq!(life.cell(tag(name), Column::Version), Cell::text(id.to_string()), "{name}");
    assert_eq!(life.audited(id), 1, "{name}");
}

/// A TAKE of MK-0001 that lands, of which nobody can tell yet; the name is corrected meanwhile.
async fn in_doubt(google: &Google, life: &Life, id: Uuid, (name, text): (&str, &str)) -> Box<dyn FnOnce()> {
    google.fail(BATCHES, Fault::LostAfter);
    let mut asks = google.hold(On::Only(Method::Get), Held::BeforeApplying);
    let taking = life.applying(life.take("MK-0001", 93, id));
    asks.arrived().await;
    google.human(BOOK, |human| human.types("Operaciones", name, 2, text));
    Box::new(move || {
        taking.abort();
        asks.open();
    })
}

#[tokio::test]
async fn b6_a_name_that_the_office_corrects_takes_nothing_from_a_row_whose_batch_is_looked_into() {
    for corrected in CORRECTED {
        for dies in [false, true] {
            let ((google, data), id) = (shop(4).await, Uuid::new_v4());
            let mut life = Life::begin(&google, &data, seldom()).await;
            let go_on = in_doubt(&google, &life, id, corrected).await;
            if dies {
                life.killed();
                go_on();
                life = Life::begin(&google, &data, quick()).await;
            } else {
                go_on();
            }
            assert!(landed(&life.taken("MK-0004", 94, Uuid::new_v4()).await), "it has been looked into");
            holds(&life, corrected.0, id, "MR(93)");
            life.killed();
        }
    }
}

#[tokio::test]
async fn b6_a_row_that_was_hit_gets_back_what_it_had_although_its_name_was_corrected() {
    for corrected in CORRECTED {
        let ((google, data), first, id) = (shop(4).await, Uuid::new_v4(), Uuid::new_v4());
        let life = Life::begin(&google, &data, seldom()).await;
        assert!(landed(&life.taken("MK-0001", 94, first).await));
        google.human_will(When::BeforeWrite, BOOK, move |human| {
            human.inserts_rows("Operaciones", 2, 1);
            human.types("Operaciones", corrected.0, 3, corrected.1);
        });
        // What is meant for MK-0002 comes into that row.
        assert!(landed(&life.taken("MK-0002", 93, id).await), "{corrected:?}");
        holds(&life, corrected.0, first, "MR(94)");
        assert_eq!(life.cell("MK-0002", Column::OccupiedBy), Cell::text("MR(93)"));
        eventually("memory has followed", async || life.shown("MK-0002").version == Some(id.to_string())).await;
        life.killed();
    }
}
