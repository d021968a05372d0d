//! What travels packed is what travels plain.

use crate::support::TestPlant;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method};

/// Pages that are packed once for everybody, those that are packed for each who asks, files, and what is for machines.
const PACKED: [&str; 12] = [
    "/",
    "/carretes?trabajador=93",
    "/carretes?trabajador=93&q=mk",
    "/registro?trabajador=93",
    "/tablero",
    "/tablero?ver=listos",
    "/kiosko",
    "/tablero.csv",
    "/api/spools",
    "/sw.js",
    "/manifest.webmanifest",
    "/supervisor",
];

/// A client that unpacks nothing by itself.
fn plain() -> Client {
    Client::builder().no_gzip().build().unwrap()
}

/// What `accept` brings, as it travels.
async fn raw(plant: &TestPlant, path: &str, accept: &str) -> (HeaderMap, Vec<u8>) {
    let answer = plain().get(plant.url(path)).header("Accept-Encoding", accept).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    (answer.headers().clone(), answer.bytes().await.unwrap().to_vec())
}

/// The bytes without the operation ids, which each rendering makes anew.
fn without_ids(bytes: &[u8]) -> String {
    let is_id = |word: &str| word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.split_inclusive('"').map(|part| if is_id(part.trim_end_matches('"')) { "ID\"" } else { part }).collect()
}

#[tokio::test]
async fn a_packed_answer_unpacks_to_the_plain_one_and_says_that_it_depends_on_who_asks() {
    let plant = TestPlant::embedded().await;
    let mut paths: Vec<String> = PACKED.map(str::to_owned).to_vec();
    for name in ["app.css", "screen.js", "icons.svg"] {
        paths.push(spoolboard::web::assets::url(name).to_owned());
    }
    for path in &paths {
        let (headers, packed) = raw(&plant, path, "gzip, deflate, br, zstd").await;
        assert_eq!(headers["content-encoding"], "gzip", "{path}");
        assert!(packed.starts_with(&[0x1f, 0x8b]), "{path}");
        // The client of the tests unpacks what it asks for packed.
        let unpacked = plant.request(Method::GET, path).send().await.unwrap().bytes().await.unwrap();
        for accept in ["identity", "br", "gzip;q=0", "deflate, gzip; q=0"] {
            let (headers, bytes) = raw(&plant, path, accept).await;
            assert!(!headers.contains_key("content-encoding"), "{path} for {accept}");
            assert!(packed.len() < bytes.len(), "{path}: {} packed, {} plain", packed.len(), bytes.len());
            assert_eq!(without_ids(&unpacked), without_ids(&bytes), "{path} for {accept}");
            assert_eq!(headers["vary"], "accept-encoding", "{path} for {accept}");
        }
        assert_eq!(headers["vary"], "accept-encoding", "{path}");
    }
}

#[tokio::test]
async fn a_packed_board_is_of_now_for_the_second_who_asks_too() {
    let plant = TestPlant::embedded().await;
    let (_, before) = raw(&plant, "/tablero", "gzip").await;
    assert_eq!(raw(&plant, "/tablero", "gzip").await.1, before, "packed once");
    assert_eq!(plant.worker(93).take("MK-0001", "ARM").await.status, 200);
    let answer = plant.get("/tablero").await;
    assert!(answer.text.contains("MK-<wbr><b>0001</b>"), "{}", answer.text);
    assert_ne!(raw(&plant, "/tablero", "gzip").await.1, before);
}
