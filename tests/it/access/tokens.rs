//! Clients with a bearer token.

use super::{PASSWORD, PIN, Persona, SUPERVISOR, locked_plant, now, register, supervisor};
use crate::pages::Screen;
use crate::stand_in::Google;
use crate::support::google::book_of;
use crate::support::{TestPlant, eventually, small_plant};
use reqwest::Method;
use serde_json::json;
use spoolboard::domain::WorkerId;
use spoolboard::trail::Mark;

#[tokio::test]
async fn h4_a_request_without_a_tablet_or_a_token_is_told_that_it_is_unknown() {
    let plant = locked_plant().await;
    let reply = Persona::new()
        .post(&plant, "/api/occupation/tomar", json!({"tag_spool": "MK-0001", "worker_id": 93, "operacion": "ARM"}))
        .await;
    assert_eq!(reply.verdict(), (401, "NO_REGISTRADO"));
    assert_eq!(reply.headers["www-authenticate"], "Bearer");
    assert!(reply.message().contains("no está registrad"), "{}", reply.message());
    assert_eq!(plant.running.app.plant.view().find("MK-0001").unwrap().occupation, None);
}

#[tokio::test]
async fn h4_a_token_reads_or_acts_and_its_replay_after_it_was_revoked_is_nothing() {
    let plant = locked_plant().await;
    let mut boss = supervisor(&plant).await;
    let made = boss.form(&plant, "/supervisor/claves/crear", &[("nombre", "Informes <b>"), ("alcance", "leer")]).await;
    let token = made.text.split("id=\"clave-nueva\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let reads = Persona::token(&token);
    assert_eq!(reads.get(&plant, "/api/spools").await.status, 200);
    assert_eq!(reads.get(&plant, "/metrics").await.status, 200);
    let act = reads.post(&plant, "/api/occupation/tomar", json!({})).await;
    assert_eq!(act.verdict(), (403, "ACCESO_NO_PERMITIDO"));
    assert_eq!(reads.get(&plant, "/tablero").await.status, 403, "a client has no pages");

    let list = boss.get(&plant, "/supervisor/claves").await.text;
    assert!(!list.contains(&token) && list.contains("Informes &#60;b&#62;"), "shown once, and as text");
    let id = token.split('_').nth(1).unwrap();
    assert_eq!(boss.form(&plant, "/supervisor/claves/anular", &[("id", id)]).await.status, 303);
    assert_eq!(reads.get(&plant, "/api/spools").await.verdict(), (401, "NO_REGISTRADO"));

    let mut with_cookies = boss.clone();
    with_cookies.bearer = Some(token);
    assert_eq!(with_cookies.get(&plant, "/api/spools").await.status, 401, "a wrong token is not made good by a cookie");
}

#[tokio::test]
async fn h4_a_page_with_a_new_token_or_link_that_is_loaded_again_makes_no_other() {
    let plant = locked_plant().await;
    let mut boss = supervisor(&plant).await;
    let page = Screen::of(&boss.get(&plant, "/supervisor/claves").await);
    let forms = page.attributes("input[name=id_operacion]", "value");
    assert_eq!(forms.len(), 2);
    let mut send = async |path: &str| {
        let fields = [("id_operacion", &*forms[0]), ("nombre", "informes"), ("alcance", "leer")];
        boss.form(&plant, path, &fields).await
    };
    let (first, second) = (send("/supervisor/claves/crear").await, send("/supervisor/claves/crear").await);
    assert_eq!((first.status, second.status, &second.headers["location"]), (200, 303, &"/supervisor/claves".parse().unwrap()));
    assert_eq!(register(&plant).book().unwrap().tokens.len(), 1);
    let (first, second) = (send("/supervisor/claves/muro").await, send("/supervisor/claves/muro").await);
    assert_eq!((first.status, second.status), (200, 303));
    let link = first.text.split("/muro/").nth(1).unwrap().split('<').next().unwrap();
    assert!(register(&plant).book().unwrap().is_wall(link), "the link that was shown is good");
}

#[tokio::test]
async fn a_token_of_another_and_a_cookie_of_another_kind_are_no_use() {
    let plant = locked_plant().await;
    let (device, _) = super::tablet(&plant, "Armado 1").await;
    let mut swapped = Persona::new();
    swapped.cookies.push(("sb_session".into(), device.cookie("sb_device").to_owned()));
    swapped.cookies.push(("sb_wall".into(), device.cookie("sb_device").to_owned()));
    assert_eq!(swapped.get(&plant, "/kiosko").await.status, 303);
    let one = register(&plant).add_token("uno", true, "x", now(&plant)).await.unwrap();
    let two = register(&plant).add_token("dos", true, "x", now(&plant)).await.unwrap();
    let (id, secret) = (one.split('_').nth(1).unwrap(), two.rsplit('_').next().unwrap());
    for wrong in [format!("spool_{id}_{secret}"), format!("spool_{id}_"), "spool__".into(), one.to_uppercase(), format!("{one}x")]
    {
        assert_eq!(Persona::token(&wrong).get(&plant, "/api/spools").await.status, 401, "{wrong}");
    }
}

#[tokio::test]
async fn h4_a_form_for_the_walls_link_that_is_sent_again_after_the_link_was_taken_away_makes_none_anew() {
    let plant = locked_plant().await;
    let (door, form) = (register(&plant), uuid::Uuid::new_v4());
    assert!(door.new_wall_once(form, now(&plant)).await.unwrap().is_some());
    door.no_wall(now(&plant)).await.unwrap();
    assert_eq!(door.new_wall_once(form, now(&plant)).await.unwrap(), None);
    assert_eq!(door.book().unwrap().house.wall, "");

    // Nor after another was made.
    let next = door.new_wall(now(&plant)).await.unwrap();
    assert_eq!(door.new_wall_once(form, now(&plant)).await.unwrap(), None);
    assert!(door.book().unwrap().is_wall(&next));
    for _ in 0..40 {
        door.new_wall(now(&plant)).await.unwrap();
    }
    assert!(door.book().unwrap().house.wall_form.len() < 1_000, "what is known of forms does not grow without end");
}

#[tokio::test]
async fn h4_a_form_for_a_token_that_is_sent_again_after_the_token_was_revoked_makes_none_anew() {
    let plant = locked_plant().await;
    let mut boss = supervisor(&plant).await;
    let page = Screen::of(&boss.get(&plant, "/supervisor/claves").await);
    let form = page.attributes("input[name=id_operacion]", "value").swap_remove(0);
    let fields = [("id_operacion", &*form), ("nombre", "informes"), ("alcance", "leer")];
    let made = boss.form(&plant, "/supervisor/claves/crear", &fields).await;
    let token = made.text.split("id=\"clave-nueva\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let id = token.split('_').nth(1).unwrap();
    assert_eq!(boss.form(&plant, "/supervisor/claves/anular", &[("id", id)]).await.status, 303);
    let again = boss.form(&plant, "/supervisor/claves/crear", &fields).await;
    assert_eq!(again.status, 303, "{}", again.text);
    assert!(!boss.get(&plant, "/supervisor/claves").await.text.contains("informes"), "it is in no list");
    assert_eq!(Persona::token(&token).get(&plant, "/api/spools").await.status, 401);
    assert_eq!(boss.form(&plant, "/supervisor/claves/anular", &[("id", id)]).await.status, 404, "it has ended");

    // What is known of those that have ended does not grow without end.
    let door = register(&plant);
    for _ in 0..120 {
        let token = door.add_token("robot", true, "x", now(&plant) + 1).await.unwrap();
        door.revoke_token(token.split('_').nth(1).unwrap()).await.unwrap();
    }
    assert_eq!((door.book().unwrap().tokens.len(), door.book().unwrap().ended.len()), (0, 100));
}

#[tokio::test]
async fn strangers_at_a_locked_door_do_not_fill_the_trail_of_the_tablets() {
    let plant = locked_plant().await;
    let (device, _) = super::tablet(&plant, "Armado 1").await;
    let forged = format!("http://{}/entrar", plant.running.address);
    for cookie in ["", "tableta=00000000000000000000000000000007", "tableta=00000000000000000000000000000008"] {
        for path in ["", "?volver=%2Fsupervisor", "/nada"] {
            reqwest::Client::new().get(format!("{forged}{path}")).header("cookie", cookie).send().await.unwrap();
        }
    }
    device.get(&plant, "/").await;
    let known = plant.running.app.trail.tablets().await.unwrap();
    let forged = known.iter().filter(|tablet| tablet.id.starts_with("00000000")).count();
    assert_eq!((known.is_empty(), forged), (false, 0), "{known:?}");
    assert!(known.len() <= 2, "the tablet, and the supervisor who let it in: {known:?}");
}

#[tokio::test]
async fn h4_no_secret_is_in_the_trail_of_a_tablet() {
    let plant = locked_plant().await;
    let (mut device, _) = super::tablet(&plant, "Armado 1").await;
    device.keep(&device.get(&plant, "/").await);
    let wall = register(&plant).new_wall(now(&plant)).await.unwrap();
    device.get(&plant, &format!("/muro/{wall}")).await;
    device.form(&plant, "/pin", &[("trabajador", "93"), ("pin", "830417")]).await;
    device.form(&plant, "/credencial", &[("codigo", "TRAB-0093-X")]).await;
    // Scanned where a tag is expected, or typed behind an address.
    for path in ["/escaneo?trabajador=93&tag=", "/carretes?trabajador=93&carrete=", "/historial/", "/api/occupation/status/"] {
        device.get(&plant, &format!("{path}TRAB-0093-X")).await;
    }
    device.get(&plant, "/escaneo?trabajador=93&tag=%5DC1MK-0001").await;
    for numbers in ["nv=TRAB-0093-X&ot=TRAB-0093-X", "nv=0650&ot=1335"] {
        device.get(&plant, &format!("/tablero?{numbers}")).await;
    }
    for field in
        [json!({"tag_spool": "TRAB-0093-X"}), json!({"id": "TRAB-0093-X"}), json!({"tag_spools": ["MK-0001", "TRAB-0093-X"]})]
    {
        device.post(&plant, "/api/occupation/tomar", field).await;
    }
    device.form(&plant, "/entrar", &[("nombre", super::SUPERVISOR), ("clave", super::PASSWORD)]).await;
    let trail = &plant.running.app.trail;
    let at = |seconds| chrono::DateTime::from_timestamp(now(&plant) + seconds, 0).unwrap();
    let mut steps = String::new();
    for tablet in trail.tablets().await.unwrap() {
        steps.push_str(&format!("{:?}", trail.steps(&tablet.id, at(-60), Mark::at(at(60)), 100).await.unwrap()));
    }
    assert!(steps.contains("POST /pin"), "{steps}");
    let kept = ["GET /escaneo", "tag=?", "tag=]C1MK-0001", "GET /historial/{*tag}", "tag_spools=MK-0001 tag_spools=?", "id=?"];
    for kept in [&kept[..], &["nv=? ot=?", "nv=0650 ot=1335"]].concat() {
        assert!(steps.contains(kept), "{kept} in {steps}");
    }
    for secret in [wall.as_str(), "830417", "TRAB-0093", super::PASSWORD] {
        assert!(!steps.contains(secret), "{secret} in {steps}");
    }
}

#[tokio::test]
async fn h4_what_a_proxy_passes_on_for_itself_takes_nothing_from_a_tablet_and_bearer_is_read_in_any_letters() {
    let plant = locked_plant().await;
    let (device, _) = super::tablet(&plant, "Armado 1").await;
    let token = register(&plant).add_token("informes", false, "x", now(&plant)).await.unwrap();
    let with = async |who: &Persona, path: &str, said: &str| {
        plant.send(who.request(&plant, Method::GET, path).header("authorization", said)).await.status
    };
    for said in ["Basic dGFsbGVyOnNlY3JldG8=", "Negotiate YII=", "Bearer", ""] {
        assert_eq!(with(&device, "/", said).await, 200, "{said:?}");
        assert_eq!(with(&Persona::new(), "/api/spools", said).await, 401, "{said:?}");
    }
    for said in [format!("bearer {token}"), format!("BEARER   {token}"), format!("Bearer {token}")] {
        assert_eq!(with(&Persona::new(), "/api/spools", &said).await, 200, "{said}");
    }
    assert_eq!(with(&device, "/api/spools", "bearer spool_00000000_ff").await, 401, "a token that is none is nobody's");
}

#[tokio::test]
async fn h4_what_was_lost_is_revoked_also_while_the_workbook_was_never_read() {
    let google = Google::with(book_of(&small_plant())).await;
    google.away(true);
    let plant = TestPlant::enrolled_at_google(&google).await;
    register(&plant).add_supervisor(SUPERVISOR, PASSWORD, now(&plant)).await.unwrap();
    register(&plant).set_pin(WorkerId::new(93).unwrap(), Some(PIN), now(&plant)).await.unwrap();
    register(&plant).add_badge("TRAB-0093-X", WorkerId::new(93).unwrap(), now(&plant)).await.unwrap();
    let mut boss = supervisor(&plant).await;
    assert_eq!(boss.get(&plant, "/supervisor").await.status, 503, "there are no rows");
    let made = boss.form(&plant, "/supervisor/claves/crear", &[("nombre", "Informes"), ("alcance", "leer")]).await;
    let token = made.text.split("id=\"clave-nueva\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let reads = Persona::token(&token);
    assert_eq!(reads.get(&plant, "/metrics").await.status, 200);
    let id = token.split('_').nth(1).unwrap();
    assert_eq!(boss.form(&plant, "/supervisor/claves/anular", &[("id", id)]).await.status, 303);
    assert_eq!(reads.get(&plant, "/metrics").await.status, 401);
    assert_eq!(boss.form(&plant, "/supervisor/claves/muro", &[]).await.status, 200);
    assert_eq!(boss.form(&plant, "/supervisor/claves/sin-muro", &[]).await.status, 303);
    assert_eq!(boss.form(&plant, "/supervisor/claves/pedir-pin", &[("pedir", "si")]).await.status, 303);
    let page = Screen::of(&boss.get(&plant, "/supervisor/claves").await);
    assert_eq!(page.count("form[action='/supervisor/claves/pin'] option[value='93']"), 1, "who has one can be chosen");
    for path in ["/supervisor/claves/pin", "/supervisor/claves/credencial"] {
        assert_eq!(boss.form(&plant, path, &[("trabajador", "93")]).await.status, 303, "{path}");
    }
    let book = register(&plant).book().unwrap();
    assert!(book.pins.is_empty() && book.badges.is_empty());
    google.away(false);
    eventually("it was read", async || boss.get(&plant, "/supervisor").await.status == 200).await;
    let unknown = boss.form(&plant, "/supervisor/claves/pin", &[("trabajador", "999"), ("pin", PIN)]).await;
    assert_eq!(unknown.status, 404);
}
