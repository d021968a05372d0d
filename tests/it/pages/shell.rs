//! What a tablet installs, and how heavy the first visit is.

use super::Screen;
use crate::support::TestPlant;
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn the_manifest_names_icons_that_exist_in_the_sizes_that_tablets_want() {
    let plant = TestPlant::embedded().await;
    assert_eq!(Screen::open(&plant, "/").await.attribute("link[rel=manifest]", "href"), "/manifest.webmanifest");
    let reply = plant.get("/manifest.webmanifest").await;
    assert_eq!(reply.headers["content-type"], "application/manifest+json");
    let manifest: Value = serde_json::from_str(&reply.text).unwrap();
    assert_eq!((manifest["lang"].as_str(), manifest["start_url"].as_str()), (Some("es-CL"), Some("/")));
    assert_eq!(manifest["display"], "fullscreen");
    for icon in manifest["icons"].as_array().unwrap() {
        let answer = plant.request(Method::GET, icon["src"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], icon["type"].as_str().unwrap());
        let bytes = answer.bytes().await.unwrap();
        if let Some((width, _)) = icon["sizes"].as_str().unwrap().split_once('x') {
            // The width stands in the bytes 16 to 19 of a PNG.
            assert_eq!(u32::from_be_bytes(bytes[16..20].try_into().unwrap()).to_string(), width);
        }
    }
}

#[tokio::test]
async fn the_worker_keeps_the_shell_of_this_build_and_no_page_with_data() {
    let plant = TestPlant::embedded().await;
    let reply = plant.get("/sw.js").await;
    assert!(reply.headers["content-type"].to_str().unwrap().starts_with("text/javascript"));
    assert_eq!(reply.headers["cache-control"], "no-cache");
    let build = plant.get("/health").await.json["build"].as_str().unwrap().to_owned();
    assert!(reply.text.contains(&build), "another build is another worker");
    let kept = reply.text.split("const SHELL = [").nth(1).unwrap().split("];").next().unwrap();
    for asset in kept.split('\'').skip(1).step_by(2) {
        assert_eq!(plant.get(asset).await.status, 200, "{asset}");
    }
    for data in ["/carretes", "/tablero", "/api", "POST", "'/'"] {
        assert!(!reply.text.contains(data), "{data}");
    }
    let offline = Screen::open(&plant, "/sin-conexion").await;
    assert!(offline.text("main").contains("no se puede registrar"));
    assert_eq!((offline.count("article"), offline.count("form")), (0, 0));
}

#[tokio::test]
async fn a_first_visit_is_at_most_sixty_kilobytes_on_the_way() {
    let plant = TestPlant::embedded().await;
    // What travels, not what it unpacks to.
    let client = reqwest::Client::builder().no_gzip().build().unwrap();
    let weight = async |asset: &str| {
        let answer = client.get(plant.url(asset)).header("Accept-Encoding", "gzip").send().await.unwrap();
        answer.bytes().await.unwrap().len()
    };
    let list = Screen::open(&plant, "/carretes?trabajador=93").await;
    let mut sum = 0;
    let mut told = Vec::new();
    for (selector, name) in [("script", "src"), ("link[rel=stylesheet]", "href"), ("link[rel=icon]", "href")] {
        for asset in list.attributes(selector, name) {
            let bytes = weight(&asset).await;
            told.push(format!("{asset} {bytes}"));
            sum += bytes;
        }
    }
    sum += weight(spoolboard::web::assets::url("icons.svg")).await;
    println!("first visit: {sum} bytes of assets, compressed\n{}", told.join("\n"));
    assert!(sum <= 60 * 1_024, "{sum}");
}
