//! The door with a lock, as people meet it: tablets, PINs, badges, walls.

use crate::locked::{asks, comes_with, desk, locked, loses_everything, name_it, pass, sent, sign_in, tablet, wall_link, write};
use crate::served::{Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TAG, WALL, button};
use qrcode::{Color, QrCode};
use serde_json::json;
use std::time::Instant;

const NEW: &str = "Esta tableta todavía no está registrada";

async fn plant() -> Served {
    locked(&[ready(TAG), ready(NEIGHBOUR)]).await
}

/// Gives a worker a PIN or a badge on the page of keys.
async fn gives(desk: &Tab, what: &str, field: &str, worker: u32, text: &str) {
    let form = format!("form[action$='/claves/{what}']");
    desk.until(&format!("document.readyState === 'complete' && !!document.querySelector(\"{form} select\")")).await;
    desk.ask::<bool>(&format!("(() => {{ document.querySelector(\"{form} select\").value = '{worker}'; return true; }})()"))
        .await;
    write(desk, &format!("{form} input[name={field}]"), text).await;
    desk.click(&format!("{form} button")).await;
    desk.sees(if what == "pin" { "Marta Ríos (tiene PIN)" } else { "Marta Ríos (tiene credencial)" }).await;
}

/// Types a PIN where it is asked for.
async fn types_pin(tablet: &Tab, pin: &str) {
    tablet.sees("Escribe tu PIN").await;
    write(tablet, "input[name=pin]", pin).await;
    tablet.tap("form[action='/pin'] button").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_a_new_tablet_is_let_in_with_its_code_is_named_anew_works_and_is_sent_away_while_it_looks() {
    let served = plant().await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor/tabletas").await;
        desk.sees("Todavía no hay ninguna").await;
        let tablet = tablet(browser, &served, &desk, "Armado 1").await;
        desk.shoot("tabletas").await;
        let open: bool = tablet.ask("document.body.innerText.includes('Acceso abierto')").await;
        assert!(!open, "the door is not said to be open");
        tablet.tap("a[href='/carretes?trabajador=93']").await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await;
        tablet.sees("CONECTADO").await;
        // A tablet is no supervisor.
        let (status, _): (u16, String) = tablet.ask(&sent("/api/occupation/tomar", &json!({}))).await;
        assert_eq!(status, 400, "it is let in, and its question is none");
        assert!(tablet.ask::<bool>("fetch('/supervisor').then((page) => page.url.includes('/entrar'))").await);
        desk.click(".keys summary").await;
        write(&desk, "form[action$='/nombrar'] input[name=nombre]", "Armado patio").await;
        desk.click("form[action$='/nombrar'] button").await;
        desk.until("document.querySelector('.keys b')?.textContent === 'Armado patio' && document.readyState === 'complete'")
            .await;
        desk.click(".keys summary").await;
        let began = Instant::now();
        desk.click("form[action$='/revocar'] button").await;
        tablet.sees(NEW).await;
        crate::figure!("from the click to the page of a tablet that was sent away: {} ms", began.elapsed().as_millis());
        desk.sees("Todavía no hay ninguna").await;
        for path in ["/carretes?trabajador=93", "/tablero", "/kiosko", "/historial/x", "/registro?trabajador=93"] {
            tablet.goto(&served.at(path)).await;
            tablet.sees(NEW).await;
        }
        let (status, _): (u16, String) = tablet.ask(&sent("/api/occupation/pausar", &json!({"tag_spool": TAG}))).await;
        assert_eq!(status, 401, "its cookie is good for nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_a_code_read_by_a_camera_leads_a_supervisor_who_still_has_to_sign_in_to_the_filled_form() {
    let served = plant().await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/").await;
        let code = asks(&tablet).await;
        tablet.shoot("tableta-codigo").await;
        let address = served.at(&format!("/supervisor/tabletas?codigo={}", code.replace('-', "")));
        // What is painted is this address, module by module.
        let drawing = QrCode::new(&address).unwrap();
        let dark: Vec<bool> = drawing.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        let painted: Vec<bool> = tablet
            .ask(&format!(
                "(() => {{ const path = document.querySelector('.qr path'), wide = {}; return [...Array(wide * wide).keys()]\
                 .map((n) => path.isPointInFill(new DOMPoint(n % wide + 4.5, Math.floor(n / wide) + 4.5))); }})()",
                drawing.width()
            ))
            .await;
        assert!(painted == dark, "the code for a camera is another one");
        let phone = served.tablet(browser, "/").await;
        phone.goto(&address).await;
        crate::locked::sign_in(&phone).await;
        phone.until("document.readyState === 'complete' && !!document.querySelector('input[name=codigo]')").await;
        let filled: String = phone.ask("document.querySelector('input[name=codigo]').value").await;
        assert_eq!(filled, code.replace('-', ""), "nobody types what a camera has read");
        name_it(&phone, "Soldadura 2").await;
        tablet.sees("¿Quién eres?").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_a_code_is_good_for_ten_minutes_and_a_tablet_for_ninety_days_without_contact() {
    let served = plant().await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor/tabletas").await;
        let late = served.tablet(browser, "/").await;
        let code = asks(&late).await;
        pass(&served, 601);
        late.sees(NEW).await;
        desk.goto(&served.at("/supervisor/tabletas")).await;
        comes_with(&desk, "name=\"clave\"").await;
        write(&desk, "input[name=codigo]", &code).await;
        write(&desk, "form[action$='/registrar'] input[name=nombre]", "Armado 1").await;
        write(&desk, "form[action$='/registrar'] input[name=clave]", crate::locked::PASSWORD).await;
        desk.click("form[action$='/registrar'] button").await;
        desk.sees("Ninguna tableta muestra ese código, o ya venció").await;
        desk.shoot("tabletas-codigo-vencido").await;
        desk.goto(&served.at("/supervisor/tabletas")).await;
        let tablet = tablet(browser, &served, &desk, "Armado 1").await;
        tablet.sees("CONECTADO").await;
        pass(&served, 90 * 86_400 + 1);
        tablet.sees(NEW).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_a_worker_gives_his_pin_or_his_badge_and_is_signed_out_when_he_changes() {
    let served = plant().await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor/claves").await;
        desk.sees("No se pide PIN").await;
        gives(&desk, "credencial", "codigo", 93, "TRAB-0093-X").await;
        gives(&desk, "pin", "pin", 93, "830417").await;
        let tablet = tablet(browser, &served, &desk, "Armado 1").await;
        // Off by default: a badge is enough.
        tablet.types("TRAB-0093-X", 10, Some("Enter")).await;
        tablet.until("document.querySelector('h1')?.innerText === 'Marta Ríos'").await;
        desk.goto(&served.at("/supervisor/claves")).await;
        desk.click("form[action$='/pedir-pin'] button").await;
        desk.sees("Se pide el PIN").await;
        desk.shoot("claves").await;

        tablet.goto(&served.at("/")).await;
        tablet.tap("a[href='/carretes?trabajador=93']").await;
        types_pin(&tablet, "111213").await;
        tablet.sees("El PIN no es correcto").await;
        tablet.shoot("pin").await;
        types_pin(&tablet, "830417").await;
        tablet.until(&format!("location.pathname === '/carretes' && {SETTLED}")).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await;
        let other = sent("/api/occupation/tomar", &json!({"tag_spool": NEIGHBOUR, "worker_id": 94, "operacion": "ARM"}));
        let (status, _): (u16, String) = tablet.ask(&other).await;
        assert_eq!(status, 401, "with her PIN nobody acts in another's name");
        // Ten minutes without a tap, and it is asked for again.
        pass(&served, 601);
        comes_with(&tablet, "Escribe tu PIN").await;
        types_pin(&tablet, "830417").await;
        tablet.until(&format!("location.pathname === '/carretes' && {SETTLED}")).await;
        tablet.tap("form[action='/salir'] button").await;
        tablet.sees("¿Quién eres?").await;
        tablet.types("TRAB-0093-X", 10, Some("Enter")).await;
        tablet.sees("Escribe tu PIN").await;
        tablet.goto(&served.at("/")).await;
        tablet.types("TRAB-0094-X", 10, Some("Enter")).await;
        tablet.sees("Esa credencial no es de nadie").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_a_tablet_on_which_pins_are_guessed_is_locked_until_a_supervisor_unlocks_it() {
    let served = plant().await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor/claves").await;
        gives(&desk, "pin", "pin", 93, "830417").await;
        desk.click("form[action$='/pedir-pin'] button").await;
        desk.sees("Se pide el PIN").await;
        let tablet = tablet(browser, &served, &desk, "Armado 1").await;
        let guess = "(async () => { for (let n = 0; n < 20; n += 1) await fetch('/pin', { method: 'POST', \
                     body: new URLSearchParams({ trabajador: [94, 20, 30, 200, 201][n % 5], pin: String(730500 + 7 * n) }) }); return true; })()";
        assert!(tablet.ask::<bool>(guess).await);
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        types_pin(&tablet, "830417").await;
        tablet.sees("demasiados PIN incorrectos. Llama a un supervisor").await;
        tablet.shoot("pin-tableta-bloqueada").await;
        desk.goto(&served.at("/supervisor/tabletas")).await;
        desk.sees("BLOQUEADA: demasiados PIN incorrectos").await;
        desk.shoot("tabletas-bloqueada").await;
        desk.click("form[action$='/desbloquear'] button").await;
        desk.until("!document.body.innerText.includes('BLOQUEADA') && document.readyState === 'complete'").await;
        types_pin(&tablet, "830417").await;
        tablet.until(&format!("location.pathname === '/carretes' && {SETTLED}")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_door_says_so_and_a_wall_sees_the_wall_by_its_link_until_there_is_another() {
    // By default on one machine, and as somebody decided it where others come in by a proxy.
    let decided = [("SPOOLBOARD_ACCESS", "open"), ("SPOOLBOARD_TRUSTED_PROXY", "127.0.0.1")];
    let doors = [Served::with(&[ready(TAG)], 4).await, Served::set(&[ready(TAG)], 4, &decided).await];
    let served = plant().await;
    in_browser(async |browser| {
        for open in &doors {
            let tab = open.tablet(browser, "/").await;
            for path in ["/", "/carretes?trabajador=93", "/tablero", "/supervisor", "/kiosko"] {
                tab.goto(&open.at(path)).await;
                tab.sees("Acceso abierto").await;
            }
        }
        let desk = desk(browser, &served, "/supervisor/claves").await;
        let link = wall_link(&desk, &served).await;
        let wall = Tab::open(browser, &link, WALL, false).await;
        let shows = "location.pathname === '/kiosko' && document.body.innerText.includes('Total Ocupados')";
        wall.until(shows).await;
        let board = Tab::open(browser, &link, WALL, false).await;
        board.until(shows).await;
        board.goto(&served.at("/tablero")).await;
        board.sees("Eso no está permitido").await;
        let (status, _): (u16, String) = board.ask(&sent("/api/occupation/tomar", &json!({"tag_spool": TAG}))).await;
        assert_eq!(status, 403, "it looks on");
        let next = wall_link(&desk, &served).await;
        assert_ne!(next, link);
        wall.sees(NEW).await;
        wall.goto(&link).await;
        assert!(wall.ask::<bool>("location.pathname !== '/kiosko'").await, "the link of before opens nothing");
        wall.goto(&next).await;
        wall.until(shows).await;
        desk.goto(&served.at("/supervisor/claves")).await;
        desk.click("form[action$='/sin-muro'] button").await;
        desk.sees("No hay enlace").await;
        wall.sees(NEW).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_a_program_works_with_the_token_that_a_supervisor_made_until_it_is_revoked() {
    let served = plant().await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor/claves").await;
        let (client, workers) = (reqwest::Client::new(), served.at("/api/workers"));
        let asks = async |token: &str| client.get(&workers).bearer_auth(token).send().await.unwrap().status().as_u16();
        assert_eq!(asks("sb_de_nadie").await, 401);
        write(&desk, "form[action$='/crear'] input[name=nombre]", "Informe diario").await;
        desk.click("form[action$='/crear'] button").await;
        desk.until("!!document.getElementById('clave-nueva')").await;
        let token: String = desk.ask("document.getElementById('clave-nueva').textContent").await;
        assert_eq!(asks(&token).await, 200);
        let take = json!({"tag_spool": TAG, "worker_id": 93, "operacion": "ARM"});
        let acts = client.post(served.at("/api/occupation/tomar")).bearer_auth(&token).json(&take).send().await.unwrap();
        assert_eq!(acts.status().as_u16(), 403, "it was made to read");
        desk.goto(&served.at("/supervisor/claves")).await;
        assert!(desk.ask::<bool>("!document.getElementById('clave-nueva')").await, "shown once");
        desk.sees("Informe diario").await;
        desk.click("form[action$='/anular'] button").await;
        desk.until("document.readyState === 'complete' && !document.body.innerText.includes('Informe diario')").await;
        assert_eq!(asks(&token).await, 401);
        // One that may act does, and not any more once it is revoked.
        write(&desk, "form[action$='/crear'] input[name=nombre]", "Grúa puente").await;
        desk.ask::<bool>("(() => { document.querySelector('select[name=alcance]').value = 'actuar'; return true; })()").await;
        desk.click("form[action$='/crear'] button").await;
        desk.until("!!document.getElementById('clave-nueva')").await;
        let token: String = desk.ask("document.getElementById('clave-nueva').textContent").await;
        let acts = async |verb: &str| {
            let call = client.post(served.at(&format!("/api/occupation/{verb}"))).bearer_auth(&token).json(&take);
            call.send().await.unwrap().status().as_u16()
        };
        assert_eq!((acts("tomar").await, acts("pausar").await), (200, 200));
        assert_eq!(client.get(served.at("/supervisor")).bearer_auth(&token).send().await.unwrap().status().as_u16(), 403);
        desk.goto(&served.at("/supervisor/claves")).await;
        desk.sees("Grúa puente").await;
        desk.shoot("claves-programa").await;
        desk.click("form[action$='/anular'] button").await;
        desk.until("document.readyState === 'complete' && !document.body.innerText.includes('Grúa puente')").await;
        assert_eq!(acts("tomar").await, 401);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_where_a_supervisor_forgot_himself_on_a_tablet_nobody_works_without_a_pin_and_who_comes_next_ends_it() {
    let served = plant().await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor/claves").await;
        gives(&desk, "pin", "pin", 93, "830417").await;
        desk.click("form[action$='/pedir-pin'] button").await;
        desk.sees("Se pide el PIN").await;
        let tablet = tablet(browser, &served, &desk, "Armado 1").await;
        tablet.goto(&served.at("/supervisor")).await;
        sign_in(&tablet).await;
        tablet.until("location.pathname === '/supervisor' && document.readyState === 'complete'").await;
        // He goes away. Whoever comes finds his own name, and nothing is registered in it.
        tablet.tap(".links a[href='/']").await;
        tablet.tap("a[href='/carretes?trabajador=93']").await;
        tablet.until(&format!("location.pathname === '/carretes' && {SETTLED}")).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.sees("Antes de registrar trabajo hay que dar el PIN en esta tableta").await;
        tablet.shoot("carretes-supervisor-olvidado").await;
        let free =
            format!("fetch('/api/occupation/status/{TAG}').then((answer) => answer.json()).then((spool) => !spool.ocupado)");
        assert!(tablet.ask::<bool>(&free).await, "nothing was written");
        // To change who it is ends his session, as it ends a worker's.
        tablet.tap("form[action='/salir'] button").await;
        tablet.sees("¿Quién eres?").await;
        assert!(tablet.ask::<bool>("fetch('/supervisor').then((page) => page.url.includes('/entrar'))").await, "he is out");
        tablet.tap("a[href='/carretes?trabajador=93']").await;
        types_pin(&tablet, "830417").await;
        tablet.until(&format!("location.pathname === '/carretes' && {SETTLED}")).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_a_register_that_comes_back_empty_lets_nobody_in() {
    let served = plant().await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor").await;
        let tablet = tablet(browser, &served, &desk, "Armado 1").await;
        desk.goto(&served.at("/supervisor")).await;
        desk.sees("CONECTADO").await;
        tablet.sees("CONECTADO").await;
        loses_everything(&served);
        tablet.sees(NEW).await;
        desk.sees("Entra con tu nombre y tu clave").await;
    })
    .await;
}
