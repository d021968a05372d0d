//! Supervisors with a password, workers with a PIN and a badge; whoever guesses.

use super::{PASSWORD, PIN, Persona, SUPERVISOR, locked_plant, now, register, supervisor, tablet, worker};
use crate::pages::Screen;
use crate::support::TestPlant;
use chrono::Duration;
use reqwest::Method;
use serde_json::json;
use spoolboard::access::Denied;
use spoolboard::domain::WorkerId;

fn marta() -> WorkerId {
    WorkerId::new(93).unwrap()
}

#[tokio::test]
async fn h4_a_supervisor_signs_in_for_a_shift_and_out_at_its_end() {
    let plant = locked_plant().await;
    let mut boss = supervisor(&plant).await;
    assert_eq!(boss.get(&plant, "/supervisor/tabletas").await.status, 200);
    let kept = boss.clone();
    assert_eq!(boss.form(&plant, "/salir", &[]).await.status, 303);
    assert!(boss.cookies.iter().all(|(name, _)| name != "sb_session"));
    assert_eq!(kept.get(&plant, "/supervisor/tabletas").await.status, 303, "the cookie is good for nothing afterwards");

    let boss = supervisor(&plant).await;
    plant.later(Duration::hours(12));
    assert_eq!(boss.get(&plant, "/supervisor/tabletas").await.status, 200);
    plant.later(Duration::minutes(1));
    let ended = boss.get(&plant, "/supervisor/tabletas").await;
    assert_eq!((ended.status, ended.headers["location"].to_str().unwrap()), (303, "/entrar?volver=/supervisor/tabletas"));
}

#[tokio::test]
async fn h4_a_dangerous_act_asks_for_the_password_again_after_ten_minutes() {
    let plant = locked_plant().await;
    let (_, id) = tablet(&plant, "Armado 1").await;
    let mut boss = supervisor(&plant).await;
    plant.later(Duration::minutes(11));
    let page = boss.get(&plant, "/supervisor/tabletas").await.text;
    assert!(page.contains("name=\"clave\""), "the form asks for it");
    let act = async |boss: &mut Persona, extra: &[(&str, &str)]| {
        let mut fields = vec![("id", id.as_str()), ("nombre", "Soldadura 1")];
        fields.extend(extra);
        boss.form(&plant, "/supervisor/tabletas/nombrar", &fields).await
    };
    let without = act(&mut boss, &[]).await;
    assert!(without.status == 403 && without.text.contains("CLAVE_REQUERIDA"));
    assert!(act(&mut boss, &[("clave", "no es esta clave")]).await.text.contains("CLAVE_INCORRECTA"));
    assert_eq!(register(&plant).book().unwrap().devices[&id].name, "Armado 1");
    assert_eq!(act(&mut boss, &[("clave", PASSWORD)]).await.status, 303);
    assert_eq!(register(&plant).book().unwrap().devices[&id].name, "Soldadura 1");
    assert_eq!(act(&mut boss, &[]).await.status, 303, "and then not for another ten minutes");
    assert!(!boss.get(&plant, "/supervisor/tabletas").await.text.contains("name=\"clave\""));
}

/// The fields of the one form on a page.
pub(super) fn form_of(page: &Screen, path: &str) -> Vec<(String, String)> {
    let inputs = format!("form[method=post][action='{path}'] input[type=hidden]");
    page.attributes(&inputs, "name").into_iter().zip(page.attributes(&inputs, "value")).collect()
}

#[tokio::test]
async fn h4_a_page_left_open_loses_nothing_that_was_typed_when_the_password_is_asked_for() {
    let plant = locked_plant().await;
    let (device, id) = tablet(&plant, "Armado 1").await;
    assert_eq!(take(&device, &plant, "MK-0001", 93).await.0, 200);
    let mut boss = supervisor(&plant).await;
    let spool = device.get(&plant, "/api/occupation/status/MK-0001").await.json["id"].as_str().unwrap().to_owned();
    let path = format!("/supervisor/carretes/{spool}/liberar");
    let open = Screen::of(&boss.get(&plant, &path).await);
    assert_eq!(open.count("input[name=clave]"), 0, "he has just given it");
    plant.later(Duration::minutes(11));
    let (seen, key) = (open.attribute("input[name=visto]", "value"), open.attribute("input[name=id_operacion]", "value"));
    let reason = "lo dejó tirado <b>y se fue</b>";
    let typed = [("visto", &*seen), ("id_operacion", &*key), ("motivo", "otro"), ("otro", reason)];
    let asked = boss.form(&plant, &path, &typed).await;
    let page = Screen::of(&asked);
    assert_eq!(asked.status, 403);
    assert!(page.text("section.confirm").contains(reason) && page.text("h2").contains("Liberar MK-0001"), "{}", asked.text);
    assert_eq!(page.count("input[name=clave][autofocus]"), 1, "the field is there, and the focus on it");
    let mut fields = form_of(&page, &path);
    assert_eq!(fields, typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let wrong = [&fields[..], &[("clave".into(), "no es esta clave".into())]].concat();
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (&**name, &**value)).collect();
    let again = boss.form(&plant, &path, &wrong).await;
    assert!(again.text.contains("CLAVE_INCORRECTA") && !again.text.contains("no es esta clave"), "{}", again.text);
    assert_eq!(form_of(&Screen::of(&again), &path), fields);
    fields.push(("clave".into(), PASSWORD.into()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(boss.form(&plant, &path, &fields).await.status, 303);
    let history = device.get(&plant, "/api/history/MK-0001").await;
    assert_eq!(history.json["events"].as_array().unwrap().last().unwrap()["evento_tipo"], "LIBERAR_SPOOL");
    assert!(device.get(&plant, "/historial/MK-0001").await.text.contains("lo dejó tirado"));

    // A form that htmx sends is asked in its place on the page.
    plant.later(Duration::minutes(11));
    let request = boss.request(&plant, Method::POST, "/supervisor/tabletas/nombrar").header("hx-request", "true");
    let part = plant.send(request.form(&[("id", &*id), ("nombre", "Soldadura 7")])).await;
    assert!(part.status == 403 && part.text.starts_with("<hx-partial hx-target=\"#contenido\""), "{}", part.text);
    let kept = form_of(&Screen::of(&part), "/supervisor/tabletas/nombrar");
    assert_eq!(kept, [("id", &*id), ("nombre", "Soldadura 7")].map(|(name, value)| (name.to_owned(), value.to_owned())));

    // Somebody else's secret is typed again rather than sent back.
    for (path, field, secret) in
        [("/supervisor/claves/pin", "pin", PIN), ("/supervisor/claves/credencial", "codigo", "CREDENCIAL-0093")]
    {
        let asked = boss.form(&plant, path, &[("trabajador", "93"), (field, secret)]).await;
        assert!(asked.status == 403 && !asked.text.contains(secret), "{}", asked.text);
        let page = Screen::of(&asked);
        assert_eq!((page.count(&format!("input[name={field}][required]")), form_of(&page, path).len()), (1, 1));
    }
}

#[tokio::test]
async fn h4_who_signed_in_gives_his_password_to_free_a_spool_and_is_named_for_it() {
    let plant = locked_plant().await;
    let (device, _) = tablet(&plant, "Armado 1").await;
    assert_eq!(take(&device, &plant, "MK-0001", 93).await.0, 200);
    let mut boss = supervisor(&plant).await;
    plant.later(Duration::minutes(11));
    let spool = device.get(&plant, "/api/occupation/status/MK-0001").await.json["id"].as_str().unwrap().to_owned();
    let path = format!("/supervisor/carretes/{spool}/liberar");
    let page = Screen::of(&boss.get(&plant, &path).await);
    assert!(page.count("input[name=clave]") > 0, "the form asks for it");
    let hidden = |name: &str| page.attribute(&format!("input[name={name}]"), "value");
    let (seen, key) = (hidden("visto"), hidden("id_operacion"));
    let mut fields = vec![("motivo", "fin de turno"), ("visto", &*seen), ("id_operacion", &*key)];
    assert!(boss.form(&plant, &path, &fields).await.text.contains("CLAVE_REQUERIDA"));
    fields.push(("clave", PASSWORD));
    let freed = boss.form(&plant, &path, &fields).await;
    assert_eq!(freed.status, 303, "{}", freed.text);
    let history = device.get(&plant, "/api/history/MK-0001").await;
    let last = history.json["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["evento_tipo"], &last["worker_nombre"]), (&json!("LIBERAR_SPOOL"), &json!(SUPERVISOR)));
    let ended = device.post(&plant, "/api/occupation/pausar", json!({"tag_spool": "MK-0001", "worker_id": 93})).await;
    assert!(ended.status == 410 && ended.message().contains(SUPERVISOR), "{}", ended.message());
}

#[tokio::test]
async fn a_name_that_nobody_has_is_answered_as_one_that_somebody_has() {
    let plant = locked_plant().await;
    let mut persona = Persona::new();
    let wrong = persona.form(&plant, "/entrar", &[("nombre", SUPERVISOR), ("clave", "no es esta clave")]).await;
    let nobody = persona.form(&plant, "/entrar", &[("nombre", "Nadie Tal"), ("clave", "no es esta clave")]).await;
    assert_eq!((wrong.status, nobody.status), (403, 403));
    assert_eq!(wrong.text.replace(SUPERVISOR, "Nadie Tal"), nobody.text);
    let statuses = async |name: &str| {
        let mut found = Vec::new();
        for _ in 0..6 {
            found.push(Persona::new().form(&plant, "/entrar", &[("nombre", name), ("clave", "no es esta clave")]).await.status);
        }
        found
    };
    assert_eq!(statuses(SUPERVISOR).await, statuses("Nadie Tal").await, "also when it has to wait");
}

/// A value as it stands in an address.
fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn the_way_back_after_signing_in_is_never_another_site() {
    let plant = locked_plant().await;
    for (asked, to) in [
        ("/diagnostico", "/diagnostico"),
        ("//mal.example/", "/supervisor"),
        ("https://mal.example/", "/supervisor"),
        ("/\\mal.example", "/supervisor"),
        ("/\t/mal.example", "/supervisor"),
        ("/\r\n/mal.example", "/supervisor"),
        ("/\u{1}/mal.example", "/supervisor"),
    ] {
        let mut boss = Persona::new();
        let fields = [("nombre", SUPERVISOR), ("clave", PASSWORD), ("volver", asked)];
        assert_eq!(boss.form(&plant, "/entrar", &fields).await.headers["location"], to, "{asked:?}");
        // Who is signed in already is led on by the address alone.
        let asked = encoded(asked);
        assert_eq!(boss.get(&plant, &format!("/entrar?volver={asked}")).await.headers["location"], to, "{asked:?}");
    }
}

#[tokio::test]
async fn another_password_and_the_end_of_an_account_end_its_sessions() {
    let plant = locked_plant().await;
    let boss = supervisor(&plant).await;
    register(&plant).remove_supervisor("elena toro").await.unwrap();
    assert_eq!(boss.get(&plant, "/supervisor/tabletas").await.status, 303);
    register(&plant).add_supervisor(SUPERVISOR, "otra clave larga", now(&plant)).await.unwrap();
    assert_eq!(boss.get(&plant, "/supervisor/tabletas").await.status, 303, "the same name is not the same account");
    for weak in ["corta", "aaaaaaaaaaaa", "Pedro Araya Soto"] {
        assert!(matches!(register(&plant).add_supervisor("Pedro Araya Soto", weak, 0).await, Err(Denied::Weak)), "{weak}");
    }
}

pub(super) async fn take(persona: &Persona, plant: &TestPlant, tag: &str, worker: u32) -> (u16, String) {
    let reply =
        persona.post(plant, "/api/occupation/tomar", json!({"tag_spool": tag, "worker_id": worker, "operacion": "ARM"})).await;
    (reply.status, reply.code().to_owned())
}

#[tokio::test]
async fn h4_where_the_plant_asks_for_pins_nobody_acts_in_anothers_name() {
    let plant = locked_plant().await;
    let (door, marta_in) = (register(&plant), worker(&plant, 93, "Armado 1").await);
    let (tablet_in, _) = tablet(&plant, "Armado 2").await;
    assert_eq!(take(&tablet_in, &plant, "MK-0001", 94).await.0, 200, "off by default");
    door.ask_pins(true).await.unwrap();
    assert_eq!(take(&marta_in, &plant, "MK-0002", 93).await.0, 200);
    assert_eq!(take(&marta_in, &plant, "MK-0003", 94).await, (401, "PIN_REQUERIDO".into()));
    assert_eq!(take(&tablet_in, &plant, "MK-0003", 93).await, (401, "PIN_REQUERIDO".into()));
    let boss = supervisor(&plant).await;
    assert_eq!(take(&boss, &plant, "MK-0003", 93).await, (401, "PIN_REQUERIDO".into()), "a supervisor is no worker");
    let list = tablet_in.get(&plant, "/carretes?trabajador=93").await;
    assert_eq!((list.status, list.headers["location"].to_str().unwrap()), (303, "/pin?trabajador=93"));

    let mut stolen = tablet_in.clone();
    stolen.cookies.push(("sb_session".into(), marta_in.cookie("sb_session").to_owned()));
    assert_eq!(take(&stolen, &plant, "MK-0003", 93).await.0, 401, "a session is good on its own tablet only");
    plant.later(Duration::minutes(9));
    assert_eq!(take(&marta_in, &plant, "MK-0004", 93).await.0, 200);
    crate::support::eventually("she was heard", async || {
        door.book().unwrap().sessions.values().any(|it| it.heard == now(&plant))
    })
    .await;
    plant.later(Duration::minutes(9));
    assert_eq!(take(&marta_in, &plant, "MK-0005", 93).await.0, 200, "who works stays signed in");
    plant.later(Duration::minutes(11));
    assert_eq!(take(&marta_in, &plant, "MK-0006", 93).await.0, 401);
    let robot = Persona::token(&door.add_token("robot", true, "x", now(&plant)).await.unwrap());
    assert_eq!(take(&robot, &plant, "MK-0006", 93).await.0, 200, "a client answers for whom it names");
}

#[tokio::test]
async fn h4_guessing_a_pin_has_to_wait_and_locks_the_tablet_until_a_supervisor_looks() {
    let plant = locked_plant().await;
    let (mut device, id) = tablet(&plant, "Armado 1").await;
    let (mut other, _) = tablet(&plant, "Armado 2").await;
    let door = register(&plant);
    door.set_pin(marta(), Some(PIN), now(&plant)).await.unwrap();
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(device.form(&plant, "/pin", &[("trabajador", "93"), ("pin", "111213")]).await.status);
    }
    assert_eq!(statuses, [403, 403, 403, 403, 403, 429]);
    let elsewhere = other.clone().form(&plant, "/pin", &[("trabajador", "93"), ("pin", PIN)]).await;
    assert_eq!(elsewhere.status, 303, "what is guessed on one tablet is held against nobody on another");
    // The others of the plant are guessed at in turn.
    for id in 101..=115 {
        device.form(&plant, "/pin", &[("trabajador", &id.to_string()), ("pin", "111213")]).await;
    }
    plant.later(Duration::minutes(2));
    let locked = device.form(&plant, "/pin", &[("trabajador", "93"), ("pin", PIN)]).await;
    assert!(locked.status == 403 && locked.text.contains("desbloquee"), "{}", locked.text);
    assert_eq!(other.form(&plant, "/pin", &[("trabajador", "93"), ("pin", PIN)]).await.status, 303, "elsewhere she gets in");
    let mut boss = supervisor(&plant).await;
    assert_eq!(boss.form(&plant, "/supervisor/tabletas/desbloquear", &[("id", &id)]).await.status, 303);
    assert_eq!(device.form(&plant, "/pin", &[("trabajador", "93"), ("pin", PIN)]).await.status, 303);
}

#[tokio::test]
async fn h4_many_tablets_guess_the_pin_of_one_worker_no_faster_than_a_few() {
    let plant = locked_plant().await;
    let door = register(&plant);
    door.set_pin(marta(), Some(PIN), now(&plant)).await.unwrap();
    let mut tablets = Vec::new();
    for number in 1..=6 {
        tablets.push(tablet(&plant, &format!("Armado {number}")).await.1);
    }
    let enter = async |tablet: &str, pin: &str| door.sign_in_worker(marta(), pin, tablet, now(&plant)).await;
    // One that guesses for an hour keeps her out on itself, and nowhere else.
    for _ in 0..60 {
        plant.later(Duration::minutes(1));
        let _ = enter(&tablets[0], "111213").await;
        door.unlock(&tablets[0]).await.unwrap();
    }
    assert!(matches!(enter(&tablets[0], PIN).await, Err(Denied::Wait(_))));
    for _ in 0..5 {
        assert!(enter(&tablets[1], PIN).await.is_ok(), "what was right is no guess");
    }
    plant.later(Duration::hours(2));
    let mut looked_at = 0;
    for tablet in [0, 2, 3, 4, 5].map(|number| &tablets[number]) {
        for _ in 0..5 {
            looked_at += u32::from(matches!(enter(tablet, "111213").await, Err(Denied::Wrong)));
        }
    }
    assert_eq!(looked_at, 15);
    let Err(Denied::Wait(seconds)) = enter(&tablets[5], PIN).await else { panic!("there is a place") };
    assert!(seconds <= 240, "{seconds}");
    plant.later(Duration::seconds(seconds));
    assert!(enter(&tablets[5], PIN).await.is_ok());
    assert!(matches!(enter(&tablets[4], "111213").await, Err(Denied::Wrong)));
    assert!(matches!(enter(&tablets[4], PIN).await, Err(Denied::Wait(_))), "that one took the place");
    // On a tablet where it was right lately nothing that is guessed where it never was is held against her.
    for own in [&tablets[1], &tablets[5]] {
        assert!(enter(own, PIN).await.is_ok());
        assert!(matches!(enter(own, "111213").await, Err(Denied::Wrong)));
        assert!(enter(own, PIN).await.is_ok());
    }
    door.set_pin(marta(), Some("295038"), now(&plant)).await.unwrap();
    assert!(enter(&tablets[4], "295038").await.is_ok(), "a new PIN begins anew");
}

#[tokio::test]
async fn a_badge_chooses_its_worker_and_gives_no_pin() {
    let plant = locked_plant().await;
    let (mut device, _) = tablet(&plant, "Armado 1").await;
    let mut boss = supervisor(&plant).await;
    let saved = boss.form(&plant, "/supervisor/claves/credencial", &[("trabajador", "93"), ("codigo", "]C1TRAB-0093-X")]).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let chosen = device.form(&plant, "/credencial", &[("codigo", "TRAB-0093-X")]).await;
    assert_eq!((chosen.status, chosen.headers["location"].to_str().unwrap()), (303, "/carretes?trabajador=93"));
    assert_eq!(device.form(&plant, "/credencial", &[("codigo", "TRAB-0094-X")]).await.status, 400);
    register(&plant).ask_pins(true).await.unwrap();
    assert_eq!(device.get(&plant, "/carretes?trabajador=93").await.headers["location"], "/pin?trabajador=93");
    assert_eq!(boss.form(&plant, "/supervisor/claves/credencial", &[("trabajador", "93"), ("codigo", "")]).await.status, 303);
    assert_eq!(device.form(&plant, "/credencial", &[("codigo", "TRAB-0093-X")]).await.status, 400, "taken back");
}
