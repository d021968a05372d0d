//! The door with a lock, as people meet it.

use crate::everybody::{PRESSABLE, axe};
use crate::served::{Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TABLETS, TAG, button};

const DESK: (u32, u32) = (1_280, 800);
const NAME: &str = "Elena Toro";
const PASSWORD: &str = "cobre y lluvia 7";
const LOCKED: [(&str, &str); 2] =
    [("SPOOLBOARD_ACCESS", "enrolled"), ("SPOOLBOARD_SECRET", "un secreto de prueba de más de treinta y dos bytes")];

/// A plant behind a locked door, and its first supervisor, made by the command while it is served.
async fn locked() -> Served {
    let served = Served::set(&[ready(TAG), ready(NEIGHBOUR)], 4, &LOCKED).await;
    served.command(&["supervisor", "add", NAME, "--password-stdin"], PASSWORD, &LOCKED).await;
    served
}

/// Writes into a field.
async fn write(tab: &Tab, selector: &str, text: &str) {
    tab.tap(selector).await;
    tab.text(text).await;
}

async fn sign_in(tab: &Tab) {
    tab.sees("Entra con tu nombre y tu clave").await;
    write(tab, "input[name=nombre]", NAME).await;
    write(tab, "input[name=clave]", PASSWORD).await;
    tab.tap("form[action='/entrar'] button").await;
}

/// Enrols a tablet that shows `/`; it goes on to the names by itself.
async fn enrol(tablet: &Tab, desk: &Tab, served: &Served, name: &str) {
    tablet.sees("Esta tableta todavía no está registrada").await;
    tablet.tap("form[action='/tableta'] button").await;
    tablet.until("!!document.querySelector('.code') && document.querySelector('.qr path').getBBox().width > 20").await;
    tablet.shoot("tableta-codigo").await;
    let code: String = tablet.ask("document.querySelector('.code').textContent").await;
    desk.goto(&served.at("/supervisor/tabletas")).await;
    write(desk, "input[name=codigo]", &code.to_lowercase()).await;
    write(desk, "form[action$='/registrar'] input[name=nombre]", name).await;
    desk.tap("form[action$='/registrar'] button").await;
    desk.sees(name).await;
    tablet.sees("¿Quién eres?").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_a_new_tablet_is_let_in_with_its_code_works_and_is_sent_away_while_it_looks() {
    let served = locked().await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        let desk = Tab::open(browser, &served.at("/supervisor/tabletas"), DESK, false).await;
        desk.shoot("entrar").await;
        sign_in(&desk).await;
        desk.sees("Todavía no hay ninguna").await;
        tablet.shoot("tableta-nueva").await;
        enrol(&tablet, &desk, &served, "Armado 1").await;
        desk.shoot("tabletas").await;
        let open: bool = tablet.ask("document.body.innerText.includes('Acceso abierto')").await;
        assert!(!open, "the door is not said to be open");

        tablet.tap("a[href='/carretes?trabajador=93']").await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await;
        tablet.sees("CONECTADO").await;
        desk.tap(".keys summary").await;
        desk.tap("form[action$='/revocar'] button").await;
        desk.sees("Todavía no hay ninguna").await;
        tablet.sees("Esta tableta todavía no está registrada").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_a_worker_gives_his_pin_or_his_badge_and_is_signed_out_when_he_changes() {
    let served = locked().await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        let desk = Tab::open(browser, &served.at("/entrar?volver=/supervisor/claves"), DESK, false).await;
        sign_in(&desk).await;
        desk.sees("No se pide PIN").await;
        desk.tap("form[action$='/pedir-pin'] button").await;
        desk.sees("Se pide el PIN").await;
        for (form, field, text) in [("pin", "pin", "830417"), ("credencial", "codigo", "TRAB-0093-X")] {
            desk.until(&format!("!!document.querySelector(\"form[action$='/claves/{form}'] select\")")).await;
            desk.ask::<bool>(&format!(
                "(() => {{ document.querySelector(\"form[action$='/claves/{form}'] select\").value = '93'; return true; }})()"
            ))
            .await;
            write(&desk, &format!("form[action$='/claves/{form}'] input[name={field}]"), text).await;
            desk.tap(&format!("form[action$='/claves/{form}'] button")).await;
            desk.sees(if form == "pin" { "Marta Ríos (tiene PIN)" } else { "Marta Ríos (tiene credencial)" }).await;
        }
        desk.shoot("claves").await;
        enrol(&tablet, &desk, &served, "Armado 1").await;

        tablet.tap("a[href='/carretes?trabajador=93']").await;
        tablet.sees("Escribe tu PIN").await;
        write(&tablet, "input[name=pin]", "111213").await;
        tablet.tap("form[action='/pin'] button").await;
        tablet.sees("El PIN no es correcto").await;
        tablet.shoot("pin").await;
        write(&tablet, "input[name=pin]", "830417").await;
        tablet.tap("form[action='/pin'] button").await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await;
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
async fn an_open_door_says_so_and_a_wall_sees_the_wall_by_its_link() {
    let open = Served::with(&[ready(TAG)], 4).await;
    let served = locked().await;
    in_browser(async |browser| {
        let tab = Tab::open(browser, &open.at("/"), TABLET, true).await;
        tab.sees("Acceso abierto").await;
        let desk = Tab::open(browser, &served.at("/entrar?volver=/supervisor/claves"), DESK, false).await;
        sign_in(&desk).await;
        desk.tap("form[action$='/muro'] button").await;
        desk.until("!!document.getElementById('muro-nuevo')").await;
        let link: String = desk.ask("document.getElementById('muro-nuevo').textContent").await;
        let wall = Tab::open(browser, &link, crate::WALL, false).await;
        wall.until("location.pathname === '/kiosko' && document.body.innerText.includes('Total Ocupados')").await;
        wall.goto(&served.at("/tablero")).await;
        wall.sees("Eso no está permitido").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_door_can_be_pressed_and_read_by_everybody() {
    let served = locked().await;
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        let desk = Tab::open(browser, &served.at("/supervisor/tabletas"), DESK, false).await;
        sign_in(&desk).await;
        desk.sees("Todavía no hay ninguna").await;
        let mut look = async |tab: &Tab, name: &str, path: &str| {
            for (width, height) in TABLETS {
                tab.size(width, height, true).await;
                tab.goto(&served.at(path)).await;
                tab.shoot(&format!("{name}-{width}x{height}")).await;
                let found: Vec<String> = tab.ask(PRESSABLE).await;
                wrong.extend(found.into_iter().map(|what| format!("{name} at {width}x{height}: {what}")));
            }
            let found: Vec<String> = tab.ask(&axe()).await;
            wrong.extend(found.into_iter().map(|what| format!("{name}: {what}")));
        };
        look(&tablet, "tableta", "/tableta").await;
        look(&tablet, "entrar", "/entrar").await;
        tablet.goto(&served.at("/tableta")).await;
        enrol(&tablet, &desk, &served, "Armado 1").await;
        look(&desk, "tabletas", "/supervisor/tabletas").await;
        look(&desk, "claves", "/supervisor/claves").await;
        look(&tablet, "pin", "/pin?trabajador=93").await;
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
