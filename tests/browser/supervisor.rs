//! A supervisor at a desk behind a locked door, and the people on the floor to whom his acts happen.

use crate::locked::{NAME, PASSWORD, desk, locked, pass, sent, sign_in, tablet, wall_link, write};
use crate::look::UNFIT;
use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TAG, WALL, button};
use serde_json::json;
use std::time::Instant;

const HALF_DONE: &str = "MK-1350-GW-30000-001";
const BLOCKED: &str = "MK-1350-GW-30000-002";
const UNNAMED: &str = "MK-1350-GW-30000-003";

/// Counts how often somebody presses something on the pages of a tab.
const PRESSES: &str = "addEventListener('pointerdown', (e) => { if (e.isTrusted) \
                       sessionStorage.toques = Number(sessionStorage.toques || 0) + 1; }, true);";

fn rows() -> Vec<Row> {
    vec![
        ready(TAG),
        ready(NEIGHBOUR),
        Row { held: "MR(93)", ..ready(HALF_DONE) },
        Row { welded: true, detail: "BLOQUEADO - Contactar supervisor", ..ready(BLOCKED) },
        Row { unnamed: true, ..ready(UNNAMED) },
    ]
}

/// Clicks what a selector finds in the line of a spool in a list of the supervisor.
async fn click_at(desk: &Tab, tag: &str, selector: &str) {
    let tail = tag.rsplit('-').next().unwrap();
    let found = format!(
        "[...document.querySelectorAll('tr')].filter((row) => row.querySelector('.tag b')?.textContent === '{tail}')\
         .map((row) => row.querySelector({selector:?})).find(Boolean)"
    );
    desk.until(&format!("document.readyState === 'complete' && !!({found})")).await;
    desk.ask::<bool>(&format!("(() => {{ ({found}).id = 'pulsa'; return true; }})()")).await;
    desk.click("#pulsa").await;
}

/// Chooses a reason of those that are offered, and does it.
async fn because(desk: &Tab, reason: &str) {
    desk.click(&format!("label.pick:has(input[value='{reason}'])")).await;
    desk.click("button.danger").await;
}

/// The list of a worker on a tablet, ready to be used.
async fn list_of(tablet: &Tab, served: &Served, worker: u32) {
    tablet.goto(&served.at(&format!("/carretes?trabajador={worker}"))).await;
    tablet.sees("CONECTADO").await;
    tablet.until(SETTLED).await;
}

/// Takes a spool on the list that is open.
async fn takes(tablet: &Tab, tag: &str) {
    tablet.tap(&button(tag, "tomar")).await;
    tablet.until(&format!("!!document.querySelector(\"{}\") && {SETTLED}", button(tag, "pausar"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_frees_a_spool_in_three_clicks_and_the_tablet_of_its_worker_says_why() {
    let served = locked(&rows()).await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor").await;
        let mine = tablet(browser, &served, &desk, "Armado 1").await;
        let other = tablet(browser, &served, &desk, "Armado 2").await;
        list_of(&other, &served, 94).await;
        let board = tablet(browser, &served, &desk, "Armado 3").await;
        board.goto(&served.at("/tablero?trabajador=93")).await;
        board.sees("CONECTADO").await;
        mine.tap("a[href='/carretes?trabajador=93']").await;
        mine.sees("CONECTADO").await;
        mine.until(SETTLED).await;
        takes(&mine, TAG).await;
        desk.beforehand(PRESSES).await;
        desk.goto(&served.at("/supervisor")).await;
        desk.sees("CONECTADO").await;
        click_at(&desk, TAG, "a[href$='/liberar']").await;
        desk.until("location.pathname.endsWith('/liberar') && document.readyState === 'complete'").await;
        desk.sees("Lo tiene Marta Ríos").await;
        desk.shoot("supervisor-liberar").await;
        desk.click("label.pick:has(input[value='fin de turno'])").await;
        let began = Instant::now();
        desk.click("button.danger").await;
        mine.sees(&format!("{NAME} (supervisor) liberó")).await;
        crate::figure!("from the third click to the worker's tablet: {} ms", began.elapsed().as_millis());
        mine.sees("motivo: fin de turno").await;
        board.sees("motivo: fin de turno").await;
        mine.shoot("carretes-liberado").await;
        desk.until("location.pathname === '/supervisor'").await;
        desk.sees("liberado: queda libre").await;
        assert_eq!(desk.ask::<String>("sessionStorage.toques").await, "3", "clicks from the list to the end");
        mine.until("document.querySelector('.spool.paused .loss') !== null").await;
        let told: u32 = mine.ask("document.querySelectorAll('#alertas .toast').length").await;
        assert_eq!(told, 1, "once, and until it is put away");
        let others: u32 = other.ask("document.querySelectorAll('#alertas .toast').length").await;
        assert_eq!(others, 0, "it is nobody else's business");
        assert_eq!((mine.complaints(), desk.complaints()), (vec![], vec![]));
        // What he does next with it says it once more.
        let next = sent("/api/occupation/completar", &json!({"tag_spool": TAG, "worker_id": 93}));
        let (status, why): (u16, String) = mine.ask(&next).await;
        assert!(status == 410 && why.contains(NAME) && why.contains("fin de turno"), "{status} {why}");
        desk.goto(&served.at("/supervisor/actividad?quien=supervisor")).await;
        for told in ["LIBERAR ARM", "a Marta Ríos", NAME, "fin de turno", "Armado 1", "Armado 2"] {
            desk.sees(told).await;
        }
        desk.shoot("supervisor-actividad").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_completed_by_mistake_is_opened_again_until_the_next_operation_has_begun() {
    let served = locked(&rows()).await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor").await;
        let tablet = tablet(browser, &served, &desk, "Armado 1").await;
        list_of(&tablet, &served, 93).await;
        takes(&tablet, TAG).await;
        tablet.tap(&button(TAG, "completar")).await;
        tablet.sees("ARM completado").await;
        // Found by its tag, opened, put right.
        desk.goto(&served.at("/supervisor")).await;
        write(&desk, "#q", TAG).await;
        desk.click("form.search button").await;
        click_at(&desk, TAG, "th.tag a").await;
        desk.click("a[href*='reabrir?operacion=ARM']").await;
        desk.sees("ARM queda sin terminar").await;
        let emptied: Vec<String> = desk
            .ask("[...document.querySelectorAll('tr:has(del):not(:has(ins)) th')].map((th) => th.innerText.split(/\\s/)[0])")
            .await;
        assert!(emptied.iter().any(|column| column == "Fecha_Armado"), "shown before it is done: {emptied:?}");
        desk.shoot("supervisor-reabrir").await;
        because(&desk, "se completó por error").await;
        desk.sees("ARM reabierto").await;
        // Its worker goes on with it, without a reload.
        tablet
            .until(&format!(
                "!!document.querySelector(\"{}\") || !document.getElementById('cambios').hidden",
                button(TAG, "tomar")
            ))
            .await;
        list_of(&tablet, &served, 93).await;
        takes(&tablet, TAG).await;
        tablet.tap(&button(TAG, "completar")).await;
        tablet.sees("ARM completado").await;
        list_of(&tablet, &served, 20).await;
        takes(&tablet, TAG).await;
        desk.goto(&served.at(&format!("/supervisor/carretes/{TAG}/reabrir?operacion=ARM"))).await;
        desk.sees(&format!("No se puede reabrir {TAG}: SOLD ya empezó")).await;
        assert!(desk.ask::<bool>("!document.querySelector('button.danger')").await, "nothing to press that would be refused");
        assert_eq!((tablet.complaints(), desk.complaints()), (vec![], vec![]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d4_a_row_left_half_done_and_a_blocked_spool_are_put_right_and_worked_on() {
    let served = locked(&rows()).await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor").await;
        let tablet = tablet(browser, &served, &desk, "Soldadura 1").await;
        desk.goto(&served.at("/supervisor")).await;
        desk.click("a[href='/supervisor/datos']").await;
        desk.sees("Ocupado sin operación (a medias)").await;
        click_at(&desk, HALF_DONE, "a[href*='remedio=empezar']").await;
        desk.sees("Anotar al ocupante como quien empezó").await;
        desk.until("[...document.querySelectorAll('ins')].some((cell) => cell.textContent === 'MR(93)')").await;
        desk.shoot("supervisor-corregir").await;
        because(&desk, "quedó a medias").await;
        desk.sees("corregido").await;
        list_of(&tablet, &served, 93).await;
        tablet.tap(&button(HALF_DONE, "completar")).await;
        tablet.sees("ARM completado").await;
        // A date without a worker: nobody but the supervisor can say who it was.
        desk.goto(&served.at("/supervisor/datos")).await;
        desk.sees("Fecha sin trabajador").await;
        click_at(&desk, UNNAMED, "a[href*='remedio=nombrar']").await;
        desk.sees("Elígelo").await;
        assert!(desk.ask::<bool>("!document.querySelector('button.danger')").await, "nothing to press before he has chosen");
        desk.ask::<bool>("(() => { document.querySelector('select[name=trabajador]').value = '94'; return true; })()").await;
        desk.click("form.search button").await;
        desk.until("[...document.querySelectorAll('ins')].map((cell) => cell.textContent).join() === 'JP(94)'").await;
        desk.shoot("supervisor-nombrar").await;
        because(&desk, "quedó a medias").await;
        desk.sees("corregido").await;
        desk.goto(&served.at("/supervisor/datos")).await;
        desk.until("document.readyState === 'complete' && !document.body.innerText.includes('Fecha sin trabajador')").await;
        list_of(&tablet, &served, 20).await;
        takes(&tablet, UNNAMED).await;
        // The welder sees a padlock and whom to call; then he may.
        tablet.goto(&served.at("/carretes?trabajador=20&operacion=REPARACION&ver=todo")).await;
        tablet.sees("solo él puede desbloquearlo").await;
        assert!(tablet.ask::<bool>(&format!("!document.querySelector(\"{}\")", button(BLOCKED, "tomar"))).await);
        desk.goto(&served.at("/supervisor?ver=bloqueados")).await;
        click_at(&desk, BLOCKED, "a[href$='/desbloquear']").await;
        because(&desk, "autorizado por calidad").await;
        desk.sees("desbloqueado").await;
        desk.until("!document.querySelector('section[aria-labelledby=t-bloqueados]')").await;
        takes(&tablet, BLOCKED).await;
        assert_eq!((tablet.complaints(), desk.complaints()), (vec![], vec![]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_for_help_is_on_every_screen_and_sees_that_somebody_has_seen_it() {
    let served = locked(&rows()).await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor/claves").await;
        let wall = Tab::open(browser, &wall_link(&desk, &served).await, WALL, false).await;
        let tablet = tablet(browser, &served, &desk, "Armado 1").await;
        let board = crate::locked::tablet(browser, &served, &desk, "Oficina").await;
        board.goto(&served.at("/tablero")).await;
        desk.goto(&served.at("/supervisor")).await;
        desk.sees("CONECTADO").await;
        list_of(&tablet, &served, 93).await;
        tablet.tap(&format!("article[aria-label='Carrete {TAG}'] a[href*='/ayuda']")).await;
        tablet.sees("¿Qué ayuda necesitas").await;
        tablet.shoot("carretes-ayuda").await;
        tablet.tap("button.reason[value='falta plano/ingeniería']").await;
        tablet.sees("AYUDA PEDIDA").await;
        tablet.until("document.querySelector('#pregunta').childElementCount === 0").await;
        for screen in [&desk, &board, &wall] {
            screen.sees("Marta Ríos").await;
            screen.sees("falta plano/ingeniería").await;
        }
        board.shoot("tablero-ayuda").await;
        wall.shoot("kiosko-ayuda").await;
        desk.shoot("supervisor-ayuda").await;
        desk.click("section[aria-labelledby=t-ayuda] button[value=visto]").await;
        tablet.sees(&format!("visto por {NAME}")).await;
        wall.sees("AYUDA VISTA").await;
        desk.until("!document.querySelector('button[value=visto]') && !!document.querySelector('button[value=resuelta]')").await;
        desk.click("section[aria-labelledby=t-ayuda] button[value=resuelta]").await;
        desk.until("location.search.startsWith('?hecho=') && !document.querySelector('section[aria-labelledby=t-ayuda]')").await;
        tablet.until("!document.querySelector('.call')").await;
        wall.until("!document.querySelector('.wall-calls')").await;
        board.until("!document.body.innerText.includes('falta plano')").await;
        assert_eq!((tablet.complaints(), desk.complaints(), wall.complaints()), (vec![], vec![], vec![]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_ten_minutes_after_his_password_a_supervisor_gives_it_again_before_he_takes_from_somebody() {
    let served = locked(&rows()).await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor").await;
        let tablet = tablet(browser, &served, &desk, "Armado 1").await;
        list_of(&tablet, &served, 93).await;
        takes(&tablet, TAG).await;
        takes(&tablet, NEIGHBOUR).await;
        desk.goto(&served.at(&format!("/supervisor/carretes/{TAG}/liberar"))).await;
        assert!(desk.ask::<bool>("!document.querySelector('input[name=clave]')").await, "not asked for just after he gave it");
        // The page stays open meanwhile: what was chosen on it is kept, and the field comes with the refusal.
        pass(&served, 601);
        desk.until("fetch(location.href).then((page) => page.text()).then((page) => page.includes('name=\"clave\"'))").await;
        because(&desk, "fin de turno").await;
        for (given, said) in [(None, "CLAVE_REQUERIDA"), (Some("no es esta clave"), "CLAVE_INCORRECTA")] {
            if let Some(given) = given {
                write(&desk, "input[name=clave]", given).await;
                desk.click("button.danger").await;
            }
            desk.sees(said).await;
            desk.sees("Motivo: fin de turno").await;
            desk.until("document.activeElement.matches('input[name=clave]')").await;
            desk.shoot(&format!("supervisor-{}", said.to_lowercase())).await;
        }
        assert!(
            tablet.ask::<bool>(&format!("!!document.querySelector(\"{}\")", button(TAG, "pausar"))).await,
            "she has it still"
        );
        write(&desk, "input[name=clave]", PASSWORD).await;
        desk.click("button.danger").await;
        tablet.sees("motivo: fin de turno").await;
        tablet.sees(&format!("{NAME} (supervisor) liberó")).await;
        // And then not for another ten minutes.
        desk.until("location.pathname === '/supervisor' && document.readyState === 'complete'").await;
        click_at(&desk, NEIGHBOUR, "a[href$='/liberar']").await;
        desk.until("location.pathname.endsWith('/liberar') && document.readyState === 'complete'").await;
        because(&desk, "fin de turno").await;
        desk.sees("liberado: queda libre").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_a_shift_of_a_supervisor_ends_after_twelve_hours_or_with_salir_and_goes_on_where_it_was() {
    let served = locked(&rows()).await;
    in_browser(async |browser| {
        let desk = desk(browser, &served, "/supervisor").await;
        desk.sees("CONECTADO").await;
        pass(&served, 12 * 3_600 + 1);
        // His page is sent to the door by itself when its stream ends.
        desk.sees("Entra con tu nombre y tu clave").await;
        sign_in(&desk).await;
        desk.until("location.pathname === '/supervisor' && document.readyState === 'complete'").await;
        pass(&served, 12 * 3_600 + 1);
        desk.sees("Entra con tu nombre y tu clave").await;
        let reopen = format!("/supervisor/carretes/{TAG}/reabrir?operacion=ARM");
        desk.goto(&served.at(&reopen)).await;
        sign_in(&desk).await;
        desk.until(&format!("location.pathname + location.search === '{reopen}'")).await;
        // A form that was left open for longer keeps what is typed in it, and takes name and password along.
        desk.goto(&served.at(&format!("/supervisor/carretes/{HALF_DONE}/liberar"))).await;
        pass(&served, 12 * 3_600 + 1);
        desk.until("fetch(location.href).then((page) => page.url.includes('/entrar'))").await;
        desk.click("label.pick:has(input[value='otro'])").await;
        write(&desk, "input[name=otro]", "se fue sin avisar").await;
        desk.click("button.danger").await;
        desk.sees(&format!("¿Liberar {HALF_DONE}?")).await;
        desk.sees("Motivo: se fue sin avisar").await;
        desk.shoot("supervisor-sesion-terminada").await;
        write(&desk, "input[name=supervisor]", NAME).await;
        write(&desk, "input[name=clave]", PASSWORD).await;
        desk.click("button.danger").await;
        desk.sees("liberado: queda libre").await;
        desk.goto(&served.at("/supervisor/datos")).await;
        desk.click("form[action='/salir'] button").await;
        desk.sees("Esta tableta todavía no está registrada").await;
        desk.ask::<bool>("setTimeout(() => history.back()) > 0").await;
        desk.sees("Entra con tu nombre y tu clave").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_who_guesses_passwords_waits_and_the_right_one_works_afterwards() {
    let served = locked(&rows()).await;
    in_browser(async |browser| {
        let desk = served.desk(browser, "/entrar").await;
        let gives = async |password: &str| {
            write(&desk, "input[name=nombre]", NAME).await;
            write(&desk, "input[name=clave]", password).await;
            desk.ask::<bool>("window.antes = true").await;
            desk.click("form[action='/entrar'] button").await;
            desk.until("window.antes === undefined && document.readyState === 'complete'").await;
        };
        for number in 0..5 {
            gives(&format!("clave {number} que no es")).await;
            desk.sees("El nombre o la clave no son correctos").await;
            assert_eq!(desk.ask::<String>("document.querySelector('input[name=nombre]').value").await, NAME, "not typed again");
        }
        gives(PASSWORD).await;
        desk.sees("Demasiados intentos. Espera").await;
        desk.shoot("entrar-espera").await;
        pass(&served, 61);
        gives(PASSWORD).await;
        desk.until("location.pathname === '/supervisor'").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_a_wall_with_calls_for_help_still_shows_nine_whole_rows() {
    const LONG: &str = "MK-1923-TW-17422-004-TRAMO-NORTE-ESTACION-DE-BOMBEO-000123456789";
    let tags: Vec<String> = (1..=12).map(|number| format!("MK-1346-TW-28082-{number:03}")).chain([LONG.into()]).collect();
    let rows: Vec<Row> = tags.iter().map(|tag| ready(tag)).collect();
    let served = Served::with(&rows, 8).await;
    for tag in &tags {
        assert_eq!(served.act("tomar", tag, 200).await, 200);
    }
    let reason = "la grúa no llega y falta el plano de la revisión C que ingeniería prometió para hoy a primera hora";
    for (tag, worker) in [(LONG, 200), (tags[0].as_str(), 93), (tags[1].as_str(), 94)] {
        served.ask_for_help(tag, worker, reason).await;
    }
    in_browser(async |browser| {
        let wall = Tab::open(browser, &served.at("/kiosko"), WALL, false).await;
        wall.sees("AYUDA 1 de 3").await;
        wall.shoot("kiosko-ayuda-lleno").await;
        let cut: Vec<String> = wall
            .ask(
                "[...document.querySelectorAll('.pagina:not([hidden]) li, .wall-calls, .wall-bottom')].filter((el) => \
                 el.scrollHeight > el.clientHeight + 1 || el.getBoundingClientRect().bottom > innerHeight).map((el) => el.textContent)",
            )
            .await;
        assert_eq!(cut, Vec::<String>::new());
        let over: f64 = wall
            .ask(
                "document.querySelector('.pagina:not([hidden]) li:last-child').getBoundingClientRect().bottom \
                 - document.querySelector('.pagina:not([hidden]) .wall-page').getBoundingClientRect().top",
            )
            .await;
        assert!(over <= 0.0, "the last row lies {over} px over the number of the page");
        assert_eq!(wall.ask::<u32>("document.querySelectorAll('.pagina:not([hidden]) li').length").await, 9);
        assert_eq!(wall.ask::<Vec<String>>(UNFIT).await, Vec::<String>::new());
    })
    .await;
}
