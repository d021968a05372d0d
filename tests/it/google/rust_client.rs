//! The client that the Sheets adapter uses, google-sheets4 with yup-oauth2, against the stand-in.

use crate::stand_in::{Fault, Google, Method, On, plant};
use google_sheets4::api::{
    AppendCellsRequest, BatchUpdateSpreadsheetRequest, CellData, ExtendedValue, GridCoordinate, Request, RowData,
    SheetProperties, UpdateCellsRequest, UpdateSheetPropertiesRequest,
};
use google_sheets4::hyper_util::client::legacy::{Client, connect::HttpConnector};
use google_sheets4::hyper_util::rt::TokioExecutor;
use google_sheets4::{Error, FieldMask, Sheets};
use serde_json::json;
use std::time::Duration;
use yup_oauth2::{CustomHyperClientBuilder, ServiceAccountAuthenticator, ServiceAccountKey};

const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets";

/// A hub whose tokens come from the stand-in's own token endpoint.
async fn hub(google: &Google) -> Sheets<HttpConnector> {
    let key: ServiceAccountKey = serde_json::from_str(&google.credentials()).unwrap();
    let tokens = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let auth = ServiceAccountAuthenticator::with_client(key, CustomHyperClientBuilder::from(tokens)).build().await.unwrap();
    let mut hub = Sheets::new(Client::builder(TokioExecutor::new()).build(HttpConnector::new()), auth);
    hub.base_url(google.url());
    hub
}

fn text(text: &str) -> CellData {
    let value = ExtendedValue { string_value: Some(text.into()), ..ExtendedValue::default() };
    CellData { user_entered_value: Some(value), ..CellData::default() }
}

/// A fence, a row and an audit row: the batch of `reliability.md` 1.5.
fn batch(fence: i32) -> BatchUpdateSpreadsheetRequest {
    let properties = SheetProperties { sheet_id: Some(fence), hidden: Some(true), ..SheetProperties::default() };
    let fenced = UpdateSheetPropertiesRequest { properties: Some(properties), fields: Some(FieldMask::new(&["hidden"])) };
    let place = GridCoordinate { sheet_id: Some(plant::OPERACIONES as i32), row_index: Some(1), column_index: Some(27) };
    let row = UpdateCellsRequest {
        start: Some(place),
        rows: Some(vec![RowData { values: Some(vec![text("MR(93)")]) }]),
        fields: Some(FieldMask::new(&["userEnteredValue", "userEnteredFormat.numberFormat"])),
        ..UpdateCellsRequest::default()
    };
    let audit = AppendCellsRequest {
        sheet_id: Some(plant::METADATA as i32),
        rows: Some(vec![RowData { values: Some(vec![text("un-id"), text("13-05-2026 11:33:48")]) }]),
        fields: Some(FieldMask::new(&["userEnteredValue"])),
        ..AppendCellsRequest::default()
    };
    BatchUpdateSpreadsheetRequest {
        requests: Some(vec![
            Request { update_sheet_properties: Some(fenced), ..Request::default() },
            Request { update_cells: Some(row), ..Request::default() },
            Request { append_cells: Some(audit), ..Request::default() },
        ]),
        include_spreadsheet_in_response: Some(true),
        response_ranges: Some(vec!["Operaciones!D2:AD2".into()]),
        response_include_grid_data: Some(true),
    }
}

#[tokio::test]
async fn the_rust_client_gets_a_token_reads_and_writes() {
    let google = Google::with(plant::Plant::of(40).build()).await;
    let hub = hub(&google).await;
    let read = hub.spreadsheets().values_batch_get(plant::BOOK).value_render_option("UNFORMATTED_VALUE").add_scope(SCOPE);
    let (_, read) = read.add_ranges("Operaciones!A1:D3").add_ranges("Metadata!A600:A").doit().await.unwrap();
    let ranges = read.value_ranges.unwrap();
    assert_eq!(ranges[0].values.as_ref().unwrap()[1][..3], [json!("NV0600"), json!(4000), json!("MK-1300-CW-25000-001")]);
    assert_eq!((ranges[1].range.as_deref(), &ranges[1].values), (Some("Metadata!A600:A1000"), &None));
    let write = hub.spreadsheets().batch_update(batch(plant::ROLES as i32), plant::BOOK).add_scope(SCOPE);
    let (_, reply) = write.doit().await.unwrap();
    assert_eq!(reply.replies.unwrap().len(), 3);
    let sheets = reply.updated_spreadsheet.unwrap().sheets.unwrap();
    let cells = sheets[0].data.as_ref().unwrap()[0].row_data.as_ref().unwrap()[0].values.as_ref().unwrap();
    let shown: Vec<Option<&str>> = [0, 24].map(|place: usize| cells[place].formatted_value.as_deref()).into();
    assert_eq!(shown, [Some("MK-1300-CW-25000-001"), Some("MR(93)")]);
    let book = google.book(plant::BOOK);
    assert!(book.sheet(plant::ROLES).unwrap().hidden);
    assert_eq!(google.journal().count("token"), 1, "one token for both calls");
}

/// `reliability.md` 3: how errors surface, and that a cut body hides a write that has happened.
#[tokio::test]
async fn the_rust_client_sees_each_failure_in_its_own_way() {
    let google = Google::with(plant::Plant::of(10).build()).await;
    let hub = hub(&google).await;
    let write = async |fence: i64| {
        let call = hub.spreadsheets().batch_update(batch(fence as i32), plant::BOOK).add_scope(SCOPE).doit();
        tokio::time::timeout(Duration::from_secs(10), call).await.expect("an answer").map(|_| ())
    };
    match write(12_345).await.unwrap_err() {
        Error::BadRequest(body) => {
            assert_eq!(body["error"]["message"], "Invalid requests[0].updateSheetProperties: No sheet with id: 12345")
        }
        other => panic!("{other:?}"),
    }
    for (fault, code) in [(Fault::TooMany, 429), (Fault::Unavailable, 503)] {
        google.fail(On::Writes, fault);
        match write(plant::ROLES).await.unwrap_err() {
            Error::BadRequest(body) => assert_eq!(body["error"]["code"], code),
            other => panic!("{other:?}"),
        }
    }
    google.fail(On::Writes, Fault::BadGateway);
    match write(plant::ROLES).await.unwrap_err() {
        Error::Failure(response) => assert_eq!(response.status(), 502),
        other => panic!("{other:?}"),
    }
    assert_eq!(google.journal().entries().len(), 0, "none of these was applied");
    google.fail(On::Only(Method::BatchUpdate), Fault::CutBody);
    let cut = write(plant::ROLES).await.unwrap_err();
    assert!(matches!(&cut, Error::JsonDecodeError(body, _) if body.is_empty()), "{cut:?}");
    assert_eq!(google.journal().entries().len(), 1, "and yet it was applied");
    google.fail(On::Writes, Fault::LostAfter);
    let lost = write(plant::ROLES).await.unwrap_err();
    assert!(matches!(lost, Error::HttpError(_)), "{lost:?}");
    assert_eq!(google.journal().entries().len(), 2);
    google.fail(On::Tokens, Fault::Unavailable);
    google.revoke_tokens();
    assert!(matches!(write(plant::ROLES).await.unwrap_err(), Error::BadRequest(body) if body["error"]["code"] == 401));
}
