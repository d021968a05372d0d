//! The stand-in for Google (`tests/stand_in`) against Google's documents and public recordings, and two
//! real clients against the stand-in.

mod batch;
mod checked;
mod faults;
mod fence;
mod gspread;
mod history;
mod protection;
mod rust_client;
mod token;
mod values;
mod writing;

use crate::stand_in::book::Book;
use crate::stand_in::grid::Sheet;
use crate::stand_in::{Google, plant};
use serde_json::{Value, json};

/// The workbook of the small tests.
const BOOK: &str = "1InventadoCuaderno_0123456789abcdefghijklmno";

/// An empty workbook with one sheet, as `burnash/gspread` makes one for each recording.
fn blank(rows: usize, columns: usize) -> Book {
    let mut book = Book::new(BOOK);
    book.locale = "en_US".into();
    book.sheets = vec![Sheet::new(0, "Sheet1", rows, columns)];
    book
}

/// A client that sends plain requests with a bearer token.
struct Caller {
    google: Google,
    http: reqwest::Client,
    token: String,
    book: String,
}

impl Caller {
    async fn with(book: Book) -> Caller {
        let id = book.id.clone();
        let google = Google::with(book).await;
        let (http, token) = (reqwest::Client::new(), google.token());
        Caller { google, http, token, book: id }
    }

    async fn plant(spools: usize) -> Caller {
        Caller::with(plant::Plant::of(spools).build()).await
    }

    async fn send(
        &self,
        verb: &str,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<(u16, Value), reqwest::Error> {
        let url = format!("{}v4/spreadsheets/{}{path}", self.google.url(), self.book);
        let request = self.http.request(verb.parse().unwrap(), url).query(query).bearer_auth(&self.token);
        let request = if let Some(body) = body { request.json(&body) } else { request };
        let response = request.send().await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> (u16, Value) {
        self.send("GET", path, query, None).await.unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("POST", path, &[], Some(body)).await.unwrap()
    }

    /// A batch of these requests.
    async fn batch(&self, requests: Value) -> (u16, Value) {
        self.post(":batchUpdate", json!({ "requests": requests })).await
    }

    /// The sentence with which a batch of one request is refused, with 400.
    async fn refusal(&self, request: Value) -> String {
        let (status, body) = self.batch(json!([request])).await;
        assert_eq!((status, &body["error"]["status"]), (400, &json!("INVALID_ARGUMENT")), "{body}");
        body["error"]["message"].as_str().unwrap().to_owned()
    }

    /// What a range holds, unformatted.
    async fn values(&self, range: &str) -> Value {
        let (status, body) = self.get("/values:batchGet", &[("ranges", range), ("valueRenderOption", "UNFORMATTED_VALUE")]).await;
        assert_eq!(status, 200, "{body}");
        body["valueRanges"][0]["values"].clone()
    }

    /// Writes values, RAW or USER_ENTERED.
    async fn put(&self, range: &str, option: &str, values: Value) -> (u16, Value) {
        let body = Some(json!({ "values": values }));
        self.send("PUT", &format!("/values/{range}"), &[("valueInputOption", option)], body).await.unwrap()
    }
}
