//! What was done on which tablet, kept outside the workbook.

use crate::support::{TestPlant, eventually};
use reqwest::Client;
use scraper::{Html, Selector};

/// A tablet: it keeps its cookie.
struct Tablet<'a> {
    plant: &'a TestPlant,
    client: Client,
    id: String,
}

impl Tablet<'_> {
    async fn at(plant: &TestPlant) -> Tablet<'_> {
        let client = Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let first = client.get(plant.url("/")).send().await.unwrap();
        let cookie = first.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let id = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
        Tablet { plant, client, id }
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> u16 {
        self.client.post(self.plant.url(path)).form(fields).send().await.unwrap().status().as_u16()
    }

    /// What the page of this tablet tells, line by line.
    async fn replayed(&self) -> Vec<String> {
        let page = self.client.get(self.plant.url(&format!("/diagnostico?tableta={}", self.id))).send().await.unwrap();
        let html = Html::parse_document(&page.text().await.unwrap());
        let rows = Selector::parse("section:first-of-type tbody tr").unwrap();
        html.select(&rows).map(|row| row.text().collect::<Vec<_>>().join("|")).collect()
    }
}

#[tokio::test]
async fn f4_what_was_tapped_on_a_tablet_is_replayed_with_its_outcome() {
    let plant = TestPlant::embedded().await;
    let id = plant.get("/api/spools?q=MK-0001").await.json["items"][0]["id"].as_str().unwrap().to_owned();
    let (mine, other) = (Tablet::at(&plant).await, Tablet::at(&plant).await);
    let take = format!("/carretes/{id}/tomar");
    assert_eq!(mine.post(&take, &[("trabajador", "93"), ("operacion", "ARM")]).await, 303);
    assert_eq!(other.post(&take, &[("trabajador", "94"), ("operacion", "ARM")]).await, 409);
    assert_eq!(mine.post("/rastro", &[("que", "abre PAUSAR"), ("otro", "clave-secreta")]).await, 204);
    let lines = mine.replayed().await;
    let has = |words: &[&str]| lines.iter().any(|line| words.iter().all(|word| line.contains(word)));
    assert!(has(&["POST", &take, "trabajador=93 operacion=ARM", "303"]), "{lines:?}");
    assert!(has(&["POST /rastro", "que=abre PAUSAR"]), "{lines:?}");
    assert!(!has(&["clave-secreta"]) && !has(&["trabajador=94"]), "{lines:?}");
    let lines = other.replayed().await;
    assert!(lines.iter().any(|line| line.contains("trabajador=94") && line.contains("409 SPOOL_OCCUPIED")), "{lines:?}");
    assert_eq!(plant.stored().metadata.rows.len(), 1, "the workbook's audit holds the take alone");
}

#[tokio::test]
async fn f4_the_page_lists_the_tablets_and_a_restart_forgets_none() {
    let plant = TestPlant::embedded().await;
    let id = Tablet::at(&plant).await.id;
    let forged = plant.get_with_cookie("/", "tableta=%3Cscript%3E").await;
    assert!(forged.headers.contains_key("set-cookie"), "an id that we did not give is replaced");
    let plant = plant.restarted().await;
    eventually("the tablet is listed", async || plant.get("/diagnostico").await.text.contains(&id)).await;
}
