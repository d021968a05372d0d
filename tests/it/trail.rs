//! What was done on which tablet, kept outside the workbook.

use crate::access::{PASSWORD, Persona, SUPERVISOR, asking, locked_plant, now, register, tablet};
use crate::support::{TestPlant, eventually};
use reqwest::Client;
use scraper::{Html, Selector};
use serde_json::json;
use spoolboard::trail::{Mark, Step};

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

    /// What both lists of the tablets say of the build of this one.
    async fn builds(&self) -> [String; 2] {
        let mut found = ["/supervisor/actividad", "/diagnostico"].map(str::to_owned);
        for (list, cell) in found.iter_mut().zip([2, 1]) {
            let html = Html::parse_document(&self.plant.get(list).await.text);
            let (rows, names) = (Selector::parse("tbody tr").unwrap(), Selector::parse("th a[href*=tableta]").unwrap());
            let is_mine = |row: &scraper::ElementRef<'_>| {
                row.select(&names).any(|name| name.value().attr("href").unwrap().ends_with(&format!("={}", self.id)))
            };
            let row = html.select(&rows).find(is_mine).unwrap();
            *list = row.select(&Selector::parse("td").unwrap()).nth(cell).unwrap().text().collect();
        }
        found
    }

    /// Asks as htmx does on a page of this build, if it is one of those that say theirs.
    async fn asks(&self, path: &str, build: Option<&str>) {
        let asked = self.client.get(self.plant.url(path)).header("HX-Request", "true");
        let asked = if let Some(build) = build { asked.header("Page-Build", build) } else { asked };
        assert_eq!(asked.send().await.unwrap().status(), 200);
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
async fn f4_a_day_of_more_steps_than_a_page_holds_is_paged_back_and_cards_that_a_list_fetches_are_no_steps() {
    let plant = TestPlant::embedded().await;
    let id = plant.get("/api/spools?q=MK-0001").await.json["items"][0]["id"].as_str().unwrap().to_owned();
    let mine = Tablet::at(&plant).await;
    for number in 0..500 {
        assert_eq!(mine.post("/rastro", &[("que", &format!("paso {number:03}"))]).await, 204);
    }
    for (card, status) in [(&*id, 200), ("nada", 404)] {
        let card = mine.client.get(plant.url(&format!("/carretes/{card}/tarjeta?trabajador=93"))).send().await.unwrap();
        assert_eq!(card.status(), status);
    }
    let lines = mine.replayed().await;
    assert_eq!(lines.len(), 500);
    assert!(!lines.iter().any(|line| line.contains("tarjeta") && line.contains("200")), "{lines:?}");
    assert!(lines[499].contains("/tarjeta") && lines[499].contains("404"), "{}", lines[499]);
    let page = plant.get(&format!("/diagnostico?tableta={}", mine.id)).await.text;
    let html = Html::parse_document(&page);
    let link = Selector::parse("section:first-of-type a[href*='antes=']").unwrap();
    let older = html.select(&link).next().unwrap().value().attr("href").unwrap().to_owned();
    let page = Html::parse_document(&plant.get(&older).await.text);
    let rows = Selector::parse("section:first-of-type tbody tr").unwrap();
    let rest: Vec<String> = page.select(&rows).map(|row| row.text().collect()).collect();
    // That the page was opened is a step, too.
    assert!(rest[0].contains("GET /") && rest[1].contains("paso 000") && rest.len() == 3, "{rest:?}");
    assert_eq!(page.select(&link).count(), 0);
}

#[tokio::test]
async fn f4_a_tablet_that_is_kept_on_an_old_page_is_listed_with_the_build_of_that_page() {
    let plant = TestPlant::embedded().await;
    let (mine, current) = (Tablet::at(&plant).await, plant.running.app.site.build.as_str());
    assert_eq!(mine.builds().await, [current, current], "it has just opened a page");
    mine.asks("/carretes?trabajador=93", Some("2026.10-ayer")).await;
    let old = ["2026.10-ayer ANTERIOR", "2026.10-ayer (anterior)"];
    assert_eq!(mine.builds().await, old);
    // Who says none, or what cannot be one, changes nothing of it.
    mine.asks("/carretes?trabajador=93", None).await;
    for hostile in ["", "<b>x</b>", "a b", &"9".repeat(65)] {
        mine.asks("/carretes?trabajador=93", Some(hostile)).await;
        assert_eq!(mine.post("/rastro", &[("que", "abre PAUSAR"), ("build", hostile)]).await, 204);
    }
    let take = json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM"});
    let call = mine.client.post(plant.url("/api/occupation/tomar")).json(&take).send().await.unwrap();
    assert_eq!(call.status(), 200);
    assert_eq!(mine.builds().await, old);
    // What a page tells when it is in a hurry holds it as a field.
    assert_eq!(mine.post("/rastro", &[("que", "abre PAUSAR"), ("build", "2026.11-hoy")]).await, 204);
    assert_eq!(mine.builds().await, ["2026.11-hoy ANTERIOR", "2026.11-hoy (anterior)"]);
    mine.client.get(plant.url("/tablero")).send().await.unwrap();
    assert_eq!(mine.builds().await, [current, current], "it has opened a page anew");
    mine.asks("/carretes?trabajador=93", Some(current)).await;
    assert_eq!(mine.builds().await, [current, current]);
    // A program that never opened a page says none, which is not an old one.
    let program = Tablet { id: format!("{:032x}", 7), ..Tablet::at(&plant).await };
    plant.get_with_cookie("/api/workers", &format!("tableta={}", program.id)).await;
    assert_eq!(program.builds().await, ["no la dice", "no la dice"]);
}

#[tokio::test]
async fn f4_how_long_each_answer_took_stands_beside_its_step() {
    let plant = TestPlant::embedded().await;
    let mine = Tablet::at(&plant).await;
    let at = plant.running.app.plant.clock().now().to_utc();
    let text = |text: &str| text.to_owned();
    let (tablet, build, what) = (mine.id.clone(), text("b"), text("POST /lento"));
    let slow = Step { at, tablet, build, what, fields: text(""), status: 200, code: text(""), took: 2_345 };
    plant.running.app.trail.keep(slow);
    let lines = mine.replayed().await;
    let line = lines.iter().find(|line| line.contains("/lento")).unwrap();
    assert!(line.ends_with("|200|2345 ms"), "{line}");
}

#[tokio::test]
async fn f4_what_is_done_on_an_enrolled_tablet_while_a_supervisor_is_signed_in_on_it_is_in_its_replay() {
    let plant = locked_plant().await;
    let (mut there, id) = tablet(&plant, "Armado 1").await;
    assert_eq!(there.get(&plant, "/supervisor").await.status, 303, "what is refused is a step, too");
    assert_eq!(there.form(&plant, "/entrar", &[("nombre", SUPERVISOR), ("clave", PASSWORD)]).await.status, 303);
    let page = there.get(&plant, "/supervisor").await;
    assert_eq!((page.status, page.headers.contains_key("set-cookie")), (200, false), "it is no other tablet");
    assert_eq!(there.form(&plant, "/rastro", &[("que", "abre LIBERAR")]).await.status, 204);
    let trail = &plant.running.app.trail;
    let (from, until) =
        (chrono::DateTime::UNIX_EPOCH, Mark::at(plant.running.app.plant.clock().now().to_utc() + chrono::TimeDelta::hours(1)));
    let steps = async || trail.steps(&id, from, until, 100).await.unwrap().steps;
    let found = steps().await;
    let done: Vec<&str> = found.iter().map(|step| step.what.as_str()).collect();
    assert_eq!(done, ["GET /supervisor", "POST /entrar", "GET /supervisor", "POST /rastro"]);
    assert!(found.iter().any(|step| step.what == "POST /entrar" && step.took > 0), "a password takes its time: {found:?}");
    assert_eq!(trail.tablets().await.unwrap().len(), 1);
    // Once it is a tablet no more, he signs in on some browser.
    register(&plant).revoke(&id).await.unwrap();
    there.form(&plant, "/entrar", &[("nombre", SUPERVISOR), ("clave", PASSWORD)]).await;
    let page = there.get(&plant, "/supervisor").await;
    assert_eq!(page.status, 200);
    assert_eq!((steps().await.len(), trail.tablets().await.unwrap().len()), (found.len(), 2));
}

#[tokio::test]
async fn h4_behind_a_locked_door_a_wall_a_token_and_a_browser_that_is_not_known_leave_no_step_whatever_cookie_they_show() {
    let plant = locked_plant().await;
    let (there, id) = tablet(&plant, "Armado 1").await;
    assert_eq!(there.get(&plant, "/").await.status, 200);
    let token = register(&plant).add_token("informes", true, SUPERVISOR, now(&plant)).await.unwrap();
    let mut wall = Persona::new();
    wall.keep(&wall.get(&plant, &format!("/muro/{}", register(&plant).new_wall(now(&plant)).await.unwrap())).await);
    for mut other in [wall, Persona::token(&token), asking(&plant).await.0, Persona::new()] {
        for cookie in [None, Some(id.clone()), Some(format!("{:032x}", 7))] {
            other.cookies.retain(|(name, _)| name != "tableta");
            other.cookies.extend(cookie.map(|id| ("tableta".to_owned(), id)));
            for path in ["/kiosko", "/", "/api/spools", "/tableta"] {
                let reply = other.get(&plant, path).await;
                let given = reply.headers.get("set-cookie").is_some_and(|line| line.to_str().unwrap().starts_with("tableta="));
                assert!(!given, "{path}");
            }
            let take = json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM"});
            other.post(&plant, "/api/occupation/tomar", take).await;
        }
    }
    let tablets = plant.running.app.trail.tablets().await.unwrap();
    assert_eq!(tablets.iter().map(|tablet| (tablet.id.as_str(), tablet.steps)).collect::<Vec<_>>(), [(id.as_str(), 1)]);
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
