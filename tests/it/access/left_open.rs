//! A page of a supervisor that was left open longer than his session.

use super::sign_in::{form_of, take};
use super::{PASSWORD, PIN, Persona, SUPERVISOR, asking, locked_plant, now, register, supervisor, tablet, worker};
use crate::pages::Screen;
use crate::support::eventually;
use chrono::Duration;
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::json;
use std::time::Duration as StdDuration;
use tokio::time::timeout;

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (&**name, &**value)).collect()
}

fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn h4_a_form_that_is_sent_after_the_session_has_ended_loses_nothing_and_takes_name_and_password_along() {
    let plant = locked_plant().await;
    let (device, _) = tablet(&plant, "Armado 1").await;
    assert_eq!(take(&device, &plant, "MK-0001", 93).await.0, 200);
    let mut boss = supervisor(&plant).await;
    let spool = device.get(&plant, "/api/occupation/status/MK-0001").await.json["id"].as_str().unwrap().to_owned();
    let path = format!("/supervisor/carretes/{spool}/liberar");
    let open = Screen::of(&boss.get(&plant, &path).await);
    plant.later(Duration::hours(12) + Duration::minutes(1));
    // The browser has forgotten the cookie of the session by itself.
    boss.cookies.clear();
    let (seen, key) = (open.attribute("input[name=visto]", "value"), open.attribute("input[name=id_operacion]", "value"));
    let tag = open.attribute("input[name=tag]", "value");
    let typed = [("visto", &*seen), ("id_operacion", &key), ("tag", &tag), ("motivo", "otro"), ("otro", "se fue <b>sin avisar")];
    let typed = owned(&typed);

    let asked = boss.form(&plant, &path, &pairs(&typed)).await;
    let page = Screen::of(&asked);
    assert_eq!(
        (asked.status, page.count("input[name=supervisor]"), page.count("input[name=clave]")),
        (403, 1, 1),
        "{}",
        asked.text
    );
    assert!(page.text("section.confirm").contains("se fue <b>sin avisar"), "{}", asked.text);
    assert!(page.text("h2").contains("Liberar MK-0001"), "{}", page.text("h2"));
    let bare = Persona::new().form(&plant, &path, &[("motivo", "otro")]).await.text;
    assert!(!bare.contains("MK-0001"), "who is not known is told nothing that he did not send: {bare}");
    assert_eq!(form_of(&page, &path), typed);

    let with = |password: &str| [&typed[..], &owned(&[("supervisor", SUPERVISOR), ("clave", password)])[..]].concat();
    let wrong = boss.form(&plant, &path, &pairs(&with("no es esta clave"))).await;
    let page = Screen::of(&wrong);
    assert!(
        wrong.status == 403 && wrong.text.contains("CLAVE_INCORRECTA") && !wrong.text.contains("no es esta"),
        "{}",
        wrong.text
    );
    assert_eq!((form_of(&page, &path), page.attribute("input[name=supervisor]", "value")), (typed.clone(), SUPERVISOR.into()));
    assert_eq!(device.get(&plant, "/api/occupation/status/MK-0001").await.json["ocupado"], true, "she has it still");

    let done = boss.form(&plant, &path, &pairs(&with(PASSWORD))).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let history = device.get(&plant, "/api/history/MK-0001").await;
    let last = history.json["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["evento_tipo"], &last["worker_nombre"]), (&json!("LIBERAR_SPOOL"), &json!(SUPERVISOR)));
    assert_eq!(boss.get(&plant, "/supervisor").await.status, 200, "and he is signed in");
}

#[tokio::test]
async fn h4_a_form_that_htmx_sends_after_the_session_has_ended_is_asked_in_its_place() {
    let plant = locked_plant().await;
    let (_, id) = tablet(&plant, "Armado 1").await;
    let boss = supervisor(&plant).await;
    plant.later(Duration::hours(12) + Duration::minutes(1));
    let path = "/supervisor/tabletas/nombrar";
    let request = boss.request(&plant, Method::POST, path).header("hx-request", "true");
    let part = plant.send(request.form(&[("id", &*id), ("nombre", "Soldadura 7")])).await;
    assert!(part.status == 403 && part.text.starts_with("<hx-partial hx-target=\"#contenido\""), "{}", part.text);
    assert!(!part.headers.contains_key("hx-redirect"), "the page is not left");
    let page = Screen::of(&part);
    assert_eq!(form_of(&page, path), owned(&[("id", &id), ("nombre", "Soldadura 7")]));
    assert_eq!(page.count("input[name=supervisor][autofocus]"), 1);
}

#[tokio::test]
async fn h4_passwords_that_come_with_a_form_are_counted_as_those_of_the_page_where_one_signs_in() {
    let plant = locked_plant().await;
    let mut statuses = Vec::new();
    for number in 0..6 {
        let fields = [("supervisor", SUPERVISOR), ("clave", &*format!("clave {number} que no es"))];
        statuses.push(Persona::new().form(&plant, "/supervisor/claves/muro", &fields).await.status);
    }
    assert_eq!(statuses, [403, 403, 403, 403, 403, 429]);
    assert_eq!(Persona::new().form(&plant, "/entrar", &[("nombre", SUPERVISOR), ("clave", PASSWORD)]).await.status, 429);
    assert!(register(&plant).book().unwrap().house.wall.is_empty());
}

#[tokio::test]
async fn h4_the_stream_of_a_supervisor_ends_within_seconds_of_his_session() {
    let plant = locked_plant().await;
    let boss = supervisor(&plant).await;
    let mut stream = boss.request(&plant, Method::GET, "/vivo/carretes").send().await.unwrap().bytes_stream();
    assert!(stream.next().await.unwrap().is_ok(), "it hears something");
    plant.later(Duration::hours(12));
    let goes_on = timeout(StdDuration::from_secs(4), async { while let Some(Ok(_)) = stream.next().await {} }).await;
    assert!(goes_on.is_err(), "twelve hours are not over");
    plant.later(Duration::seconds(1));
    let ended = timeout(StdDuration::from_secs(5), async { while let Some(Ok(_)) = stream.next().await {} }).await;
    assert!(ended.is_ok(), "the stream goes on");
}

#[tokio::test]
async fn h4_a_supervisor_who_walks_away_from_a_shared_tablet_is_signed_out_after_ten_minutes_whatever_it_shows() {
    let plant = locked_plant().await;
    let (mut shared, _) = tablet(&plant, "Armado 1").await;
    let (other, desk) = (tablet(&plant, "Armado 2").await.0, supervisor(&plant).await);
    let name = [("nombre", SUPERVISOR), ("clave", PASSWORD)];
    assert_eq!(shared.form(&plant, "/entrar", &name).await.status, 303);
    let mut stream = shared.request(&plant, Method::GET, "/vivo/carretes").send().await.unwrap().bytes_stream();
    assert!(stream.next().await.unwrap().is_ok());
    // He works on it: nine minutes twice are no ten without anything.
    for _ in 0..2 {
        plant.later(Duration::minutes(9));
        assert_eq!(shared.get(&plant, "/supervisor").await.status, 200);
        eventually("that was noted", async || {
            register(&plant).book().unwrap().sessions.values().any(|session| session.heard == now(&plant))
        })
        .await;
    }
    // From now on the screen alone asks: its stream, its part that follows the others, a card of a list.
    plant.later(Duration::minutes(6));
    assert_eq!(take(&other, &plant, "MK-0001", 93).await.0, 200);
    let id = other.get(&plant, "/api/occupation/status/MK-0001").await.json["id"].as_str().unwrap().to_owned();
    for (path, source) in [
        ("/supervisor".to_owned(), "div#lista"),
        (format!("/carretes/{id}/tarjeta?trabajador=93"), "article#spool-1"),
        ("/vivo/carretes".to_owned(), "div#vivo"),
    ] {
        let request = shared.request(&plant, Method::GET, &path).header("hx-request", "true").header("hx-source", source);
        assert_eq!(request.send().await.unwrap().status(), 200, "{path}");
    }
    plant.later(Duration::minutes(5));
    let ended = shared.get(&plant, "/supervisor").await;
    assert_eq!((ended.status, ended.headers["location"].to_str().unwrap()), (303, "/entrar?volver=/supervisor"));
    assert_eq!(shared.get(&plant, "/").await.status, 200, "it is a tablet as before");
    assert_eq!(desk.get(&plant, "/supervisor").await.status, 200, "at his own desk he stays for his shift");
}

#[tokio::test]
async fn h4_a_supervisor_who_signed_in_on_a_tablet_before_it_was_let_in_is_signed_out_of_it_like_any_other() {
    let plant = locked_plant().await;
    let (mut shared, code) = asking(&plant).await;
    assert_eq!(shared.form(&plant, "/entrar", &[("nombre", SUPERVISOR), ("clave", PASSWORD)]).await.status, 303);
    let fields = [("codigo", &*code), ("nombre", "Armado 1")];
    assert_eq!(shared.form(&plant, "/supervisor/tabletas/registrar", &fields).await.status, 303);
    assert_eq!(shared.get(&plant, "/supervisor").await.status, 200);
    plant.later(Duration::minutes(11));
    assert_eq!(shared.get(&plant, "/supervisor").await.status, 303);
    assert_eq!(shared.get(&plant, "/").await.status, 200);
}

#[tokio::test]
async fn h4_the_stream_of_a_list_that_lies_open_keeps_no_worker_signed_in() {
    let plant = locked_plant().await;
    let marta = worker(&plant, 93, "Armado 1").await;
    register(&plant).ask_pins(true).await.unwrap();
    let mut stream = marta.request(&plant, Method::GET, "/vivo/carretes").send().await.unwrap().bytes_stream();
    assert!(stream.next().await.unwrap().is_ok());
    plant.later(Duration::minutes(6));
    // The stream looks every few seconds whether it still may.
    let looks = timeout(StdDuration::from_secs(4), async { while let Some(Ok(_)) = stream.next().await {} }).await;
    assert!(looks.is_err(), "the tablet may look on");
    plant.later(Duration::minutes(5));
    assert_eq!(take(&marta, &plant, "MK-0001", 93).await, (401, "PIN_REQUERIDO".into()));
}

#[tokio::test]
async fn h4_a_worker_who_gives_his_pin_on_a_tablet_takes_it_from_the_supervisor_who_was_signed_in_there() {
    let plant = locked_plant().await;
    let mut shared = worker(&plant, 93, "Armado 1").await;
    register(&plant).ask_pins(true).await.unwrap();
    let name = [("nombre", SUPERVISOR), ("clave", PASSWORD)];
    assert_eq!(shared.form(&plant, "/entrar", &name).await.status, 303);
    let kept = shared.clone();
    assert_eq!(take(&shared, &plant, "MK-0001", 93).await, (401, "PIN_REQUERIDO".into()));
    let pin = [("trabajador", "93"), ("pin", PIN)];
    assert_eq!(shared.form(&plant, "/pin", &[pin[0], ("pin", "111213")]).await.status, 403);
    assert_eq!(shared.get(&plant, "/supervisor").await.status, 200, "a wrong one takes nothing from anybody");
    assert_eq!(shared.form(&plant, "/pin", &pin).await.status, 303);
    assert_eq!(take(&shared, &plant, "MK-0001", 93).await.0, 200);
    assert_eq!(kept.get(&plant, "/supervisor").await.status, 303, "his session has ended");

    let mut desk = supervisor(&plant).await;
    let told = desk.form(&plant, "/pin", &pin).await;
    assert!(told.status == 403 && told.text.contains("toca Salir"), "{}", told.text);
}

#[tokio::test]
async fn h4_a_form_of_thousands_of_fields_or_of_one_that_is_endless_is_answered_in_few_words() {
    let plant = locked_plant().await;
    let (device, _) = tablet(&plant, "Armado 1").await;
    let (many, long) = ("a&".repeat(32_000), "\"".repeat(60_000));
    let nobody = Persona::new();
    for (who, path, body) in [
        (&nobody, "/supervisor/claves/muro", many.clone()),
        (&device, "/supervisor/claves/muro", many),
        (&nobody, "/supervisor/claves/muro", format!("motivo={long}")),
        (&nobody, "/entrar", format!("nombre={long}&clave=x")),
        (&nobody, "/entrar", format!("nombre=x&clave=x&volver=/{long}")),
    ] {
        let request = who.request(&plant, Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        let reply = plant.send(request.body(body)).await;
        assert!(reply.status == 403 && reply.text.len() < 16_384, "{path}: {}, {} bytes", reply.status, reply.text.len());
    }
}

#[tokio::test]
async fn h4_a_supervisor_who_signed_in_on_a_tablet_before_it_was_let_in_goes_with_it_when_it_is_revoked() {
    let plant = locked_plant().await;
    for minutes in [0, 11] {
        let (mut shared, code) = asking(&plant).await;
        assert_eq!(shared.form(&plant, "/entrar", &[("nombre", SUPERVISOR), ("clave", PASSWORD)]).await.status, 303);
        let id = register(&plant).let_in(&code, "Armado 1", SUPERVISOR, now(&plant)).await.unwrap();
        plant.later(Duration::minutes(minutes));
        let mut stream = shared.request(&plant, Method::GET, "/vivo/carretes").send().await.unwrap().bytes_stream();
        assert!(stream.next().await.unwrap().is_ok(), "it hears something");
        assert_eq!(shared.get(&plant, "/").await.status, 200, "as a supervisor, or as a tablet");
        register(&plant).revoke(&id).await.unwrap();
        let ended = timeout(StdDuration::from_secs(5), async { while let Some(Ok(_)) = stream.next().await {} }).await;
        assert!(ended.is_ok(), "after {minutes} minutes the stream goes on");
        assert_eq!(shared.get(&plant, "/supervisor").await.status, 303, "after {minutes} minutes");
        assert_eq!(shared.get(&plant, "/").await.status, 303);
    }
}
