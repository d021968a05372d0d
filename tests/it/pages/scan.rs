//! A tag as a scanner typed it.

use super::{Screen, id};
use crate::support::{Reply, TestPlant};
use reqwest::Method;
use serde_json::Value;

async fn scan(plant: &TestPlant, tag: &str) -> Reply {
    let address = format!("/escaneo?trabajador=93&tag={}", tag.replace('/', "%2F").replace('\'', "%27").replace(']', "%5D"));
    plant.send(plant.request(Method::GET, &address).header("HX-Request", "true")).await
}

#[tokio::test]
async fn a_known_tag_leads_to_its_card_whatever_the_keyboard_made_of_its_hyphens() {
    let plant = TestPlant::embedded().await;
    let spool = id(&plant, "MK-0007").await;
    for tag in ["MK-0007", "MK'0007", "MK/0007", "MK_0007", "MK–0007", "mk-0007", "]C1MK-0007"] {
        let reply = scan(&plant, tag).await;
        assert_eq!(reply.status, 204, "{tag}: {}", reply.text);
        let told: Value = serde_json::from_str(reply.headers["hx-trigger"].to_str().unwrap()).unwrap();
        assert_eq!(told["escaneado"]["id"], spool.as_str(), "{tag}");
        assert_eq!(told["escaneado"]["lugar"], format!("/carretes?trabajador=93&carrete={spool}"), "{tag}");
    }
    // Without htmx the same address leads there by itself, also to a card beyond the first sixty.
    let page = Screen::open(&plant, "/escaneo?trabajador=93&tag=MK%2FRARO%20%C3%B1%26%3Cb%3E").await;
    assert_eq!(page.texts("article.spool h3"), ["MK/RARO ñ&<b>"]);
    assert_eq!(page.count("#lista[data-carrete]"), 1);
}

#[tokio::test]
async fn a_tag_of_several_rows_is_a_choice_and_an_unknown_one_a_sentence() {
    let plant = TestPlant::embedded().await;
    let choice = Screen::of(&scan(&plant, "MK'REPETIDO").await);
    assert_eq!(choice.texts(".result a b"), ["NV0650 · OT 1", "NV0650 · OT 2"]);
    let one = Screen::open(&plant, &choice.attribute(".result a", "href")).await;
    assert_eq!(one.count("article.spool"), 1);
    let page = Screen::open(&plant, "/escaneo?trabajador=93&tag=MK-REPETIDO").await;
    assert_eq!((page.text("h1").as_str(), page.count("main a.person")), ("Marta Ríos", 2));
    let unknown = scan(&plant, "MK-NADA").await;
    assert_eq!(unknown.status, 404);
    assert!(Screen::of(&unknown).text("[hx-target='#alertas'] .toast.bad p").contains("No existe ningún carrete «MK-NADA»"));
    for nothing in ["", "---", "]C1"] {
        assert!(matches!(scan(&plant, nothing).await.status, 400 | 404), "{nothing}");
    }
    assert_eq!(plant.get("/escaneo?trabajador=97&tag=MK-0007").await.status, 403, "he has left");
}
