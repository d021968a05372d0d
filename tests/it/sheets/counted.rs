//! What `/metrics` and `/ready` say of the Google workbook.

use crate::stand_in::{Google, OWNER};
use crate::support::google::{BOOK, book_of};
use crate::support::{TestPlant, eventually, small_plant};

#[tokio::test]
async fn what_is_asked_of_google_is_counted() {
    let google = Google::with(book_of(&small_plant())).await;
    google.quota(60_000, 60_000);
    let plant = TestPlant::at_google(&google, None).await;
    eventually("it is ready", async || plant.get("/ready").await.status == 200).await;
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 200);
    google.human(BOOK, |human| human.types("Operaciones", "Armador", 5, "MR(93)"));
    let counted = async |line: &str| plant.get("/metrics").await.text.contains(line);
    eventually("a hand was seen", async || counted("spoolboard_sheets_hand_edits_total 1").await).await;
    let metrics = plant.get("/metrics").await.text;
    for line in [
        "spoolboard_sheets_calls_total{kind=\"read\",outcome=\"ok\"} ",
        // The first fence, its replacement, and the TAKE.
        "spoolboard_sheets_calls_total{kind=\"write\",outcome=\"ok\"} 3",
        "spoolboard_sheets_call_seconds_count{kind=\"write\"} 3",
        "spoolboard_sheets_tokens{kind=\"read\"} ",
        "spoolboard_sheets_tokens{kind=\"write\"} ",
        "spoolboard_sheets_batch_changes_sum 1.0",
        "spoolboard_sheets_commit_seconds_count 1",
        "spoolboard_sheets_fence_rotations_total 2",
        "spoolboard_data_age_seconds 0",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    google.human(BOOK, |human| human.protects_sheet("Operaciones", &[OWNER]));
    assert_eq!(plant.worker(93).take("MK-0002", "ARM").await.status, 503);
    eventually("what Google refuses is counted", async || {
        plant
            .get("/metrics")
            .await
            .text
            .lines()
            .any(|line| line.starts_with("spoolboard_sheets_calls_total{kind=\"write\",outcome=\"") && !line.contains("\"ok\""))
    })
    .await;
    assert_eq!(plant.get("/ready").await.json["workbook"]["alarms"], 0);
}
