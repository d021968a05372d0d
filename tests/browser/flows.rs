//! Every flow by a finger and by the keyboard alone, and what a list keeps through Back and reload.

use crate::served::{Row, Served, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TAG, button};

pub(crate) const WELDED: &str = "MK-1350-GW-30000-001";
pub(crate) const REJECTED: &str = "MK-1350-GW-30000-002";
pub(crate) const OLD: &str = "MK-1350-GW-30000-003";

/// The card of a spool.
pub(crate) fn card(tag: &str) -> String {
    format!("article[aria-label='Carrete {tag}']")
}

/// The button that opens a card's dialog.
pub(crate) fn opener(tag: &str, dialog: &str) -> String {
    format!("{} button[command=show-modal][commandfor^={dialog}]", card(tag))
}

/// A plant in which each kind of work waits, and one spool has been held for too long.
pub(crate) fn works() -> Vec<Row> {
    let welded = |tag: &str| Row { welded: true, ..ready(tag) };
    vec![
        ready(TAG),
        ready(NEIGHBOUR),
        welded(WELDED),
        Row { detail: "RECHAZADO (Ciclo 1/3) - Pendiente reparación", ..welded(REJECTED) },
        Row { overdue: true, ..ready(OLD) },
    ]
}

/// How somebody acts on a tablet.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum By {
    Finger,
    Keyboard,
}

impl By {
    /// Presses what a selector finds, once it may be pressed.
    pub(crate) async fn press(self, tab: &Tab, selector: &str) {
        match self {
            By::Finger => tab.tap(selector).await,
            By::Keyboard => {
                tab.tab_to(selector).await;
                tab.until(SETTLED).await;
                let boxed: bool = tab.ask("document.activeElement.matches('input[type=checkbox], button[commandfor]')").await;
                tab.press(if boxed { " " } else { "Enter" }).await;
            }
        }
    }

    /// Begins to write into a field.
    pub(crate) async fn begins(self, tab: &Tab, selector: &str) {
        match self {
            By::Finger => tab.tap(selector).await,
            By::Keyboard => tab.tab_to(selector).await,
        }
    }

    /// Goes "back" or "forward". The shortcut is the browser's own, which a driver cannot press: what it can press is
    /// whether the page leaves Alt with an arrow to the browser.
    pub(crate) async fn goes(self, tab: &Tab, way: &str) {
        if self == By::Keyboard {
            tab.ask::<bool>(
                "addEventListener('keydown', (e) => { window.tomada = e.defaultPrevented; }, { once: true }) === undefined",
            )
            .await;
            tab.alt(if way == "back" { "ArrowLeft" } else { "ArrowRight" }).await;
            tab.until("window.tomada === false").await;
        }
        assert!(tab.ask::<bool>(&format!("setTimeout(() => history.{way}()) > 0")).await);
    }

    /// Ticks the box of a card.
    pub(crate) async fn pick(self, tab: &Tab, tag: &str) {
        let wanted = if self == By::Finger { ".pick" } else { ".pick input" };
        self.press(tab, &format!("{} {wanted}", card(tag))).await;
    }
}

/// Every flow of the floor, from the names on.
async fn every_flow(by: By) {
    let served = Served::with(&works(), 12).await;
    in_browser(async |browser| {
        let tab = Tab::open(browser, &served.at("/"), TABLET, by == By::Finger).await;
        tab.ask::<bool>("document.getElementById('q').focus() || true").await;
        tab.text("marta").await;
        tab.until("document.querySelectorAll('#gente a.person').length === 1").await;
        by.press(&tab, "#gente a[href='/carretes?trabajador=93']").await;
        tab.until(&format!("location.pathname === '/carretes' && {SETTLED}")).await;
        // Take, undo within 8 s, take, pause with a reason, take, cancel, take, complete.
        by.press(&tab, &button(TAG, "tomar")).await;
        tab.sees("ARM tomado").await;
        if by == By::Keyboard {
            assert!(tab.ask::<bool>("document.activeElement.matches('.spool.mine')").await, "the focus stays on the card");
        }
        by.press(&tab, "#toasts .undo").await;
        tab.sees("Última acción deshecha").await;
        by.press(&tab, &button(TAG, "tomar")).await;
        by.press(&tab, &opener(TAG, "motivo")).await;
        by.press(&tab, "dialog[open] button[value='fin de turno']").await;
        tab.sees("ARM pausado").await;
        by.press(&tab, &button(TAG, "tomar")).await;
        by.press(&tab, &opener(TAG, "cancelar")).await;
        by.press(&tab, "dialog[open] .danger").await;
        tab.sees("ARM cancelado").await;
        // Help is asked for, thought better of, asked for again, and comes.
        by.press(&tab, &button(TAG, "tomar")).await;
        tab.until(&format!("!!document.querySelector(\"{}.mine\")", card(TAG))).await;
        let ask = format!("{} [data-ayuda]", card(TAG));
        by.press(&tab, &ask).await;
        tab.until("document.activeElement.matches('.result')").await;
        by.press(&tab, ".result [data-cerrar]").await;
        assert!(tab.ask::<bool>("document.activeElement.matches('[data-ayuda]')").await, "the focus is back where it came from");
        by.press(&tab, &ask).await;
        by.press(&tab, ".result button[value=máquina]").await;
        tab.sees("AYUDA PEDIDA").await;
        by.press(&tab, &format!("{} form[action$='/ayuda/resuelta'] button", card(TAG))).await;
        tab.until(&format!("!document.querySelector(\"{} .call\")", card(TAG))).await;
        by.press(&tab, &button(TAG, "completar")).await;
        tab.sees("ARM completado").await;
        // What somebody has held for too long is taken over after a question.
        by.press(&tab, &opener(OLD, "relevar")).await;
        tab.sees("¿Relevar a otro en").await;
        by.press(&tab, "dialog[open] .take").await;
        tab.until(&format!("!!document.querySelector(\"{}.mine\")", card(OLD))).await;
        // Several at once, and several let go.
        by.pick(&tab, NEIGHBOUR).await;
        by.press(&tab, "#lote .take").await;
        tab.sees("Tomaste 1 de 1").await;
        by.press(&tab, ".result [data-cerrar]").await;
        by.pick(&tab, NEIGHBOUR).await;
        by.pick(&tab, OLD).await;
        by.press(&tab, "#soltar .pause").await;
        tab.sees("Soltaste 2 de 2").await;
        // The inspector approves one, and a welder mends another, which then waits for the inspector.
        tab.goto(&served.at("/carretes?trabajador=30")).await;
        by.press(&tab, &button(WELDED, "metrologia")).await;
        tab.sees("METROLOGÍA aprobada").await;
        tab.goto(&served.at("/carretes?trabajador=20&operacion=REPARACION")).await;
        by.press(&tab, &button(REJECTED, "tomar")).await;
        tab.until(&format!("!!document.querySelector(\"{}.mine\")", card(REJECTED))).await;
        by.press(&tab, &button(REJECTED, "completar")).await;
        tab.sees("REPARACIÓN completad").await;
        tab.goto(&served.at("/carretes?trabajador=30")).await;
        by.press(&tab, &opener(REJECTED, "rechazar")).await;
        by.press(&tab, "dialog[open] .danger").await;
        tab.sees("ciclo 2/3").await;
        // What was done, by whom, and back to one's own list; then the board, for one operation.
        let page = async |path: &str| tab.until(&format!("location.pathname.startsWith('{path}') && {SETTLED}")).await;
        by.press(&tab, "a[href^='/registro']").await;
        page("/registro").await;
        by.press(&tab, ".board a[href^='/historial/']").await;
        page("/historial/").await;
        tab.sees("Olga Fuentes").await;
        by.press(&tab, ".links a[href^='/carretes']").await;
        page("/carretes").await;
        by.press(&tab, ".links a[href^='/tablero']").await;
        page("/tablero").await;
        by.press(&tab, "a.filter[href*='ver=listos']").await;
        tab.until("location.search.startsWith('?ver=listos')").await;
        by.press(&tab, "a.filter[href*='operacion=REPARACION']").await;
        tab.sees(REJECTED).await;
        assert_eq!(tab.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flow_of_the_floor_goes_by_touch() {
    every_flow(By::Finger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flow_of_the_floor_goes_by_the_keyboard_alone() {
    every_flow(By::Keyboard).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_is_offered_for_eight_seconds_and_gone_after_them() {
    let served = Served::with(&[ready(TAG)], 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, "about:blank", TABLET, true).await;
        crate::clock::wind(&tablet).await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until("!!document.querySelector('#toasts .undo')").await;
        crate::clock::pass(&tablet, 6).await;
        assert!(tablet.ask::<bool>("!!document.querySelector('#toasts .undo')").await);
        crate::clock::pass(&tablet, 3).await;
        tablet.until("!document.querySelector('#toasts .toast')").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_that_were_taken_by_mistake_are_given_back_by_one_tap_within_eight_seconds() {
    let served = Served::with(&works(), 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, "about:blank", TABLET, true).await;
        crate::clock::wind(&tablet).await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        for time in [1, 2] {
            tablet.until(SETTLED).await;
            for tag in [TAG, NEIGHBOUR] {
                tablet.tap(&format!("{} .pick", card(tag))).await;
            }
            tablet.tap("#lote .take").await;
            tablet.sees("Tomaste 2 de 2").await;
            tablet.until("!!document.querySelector('.result .undo')").await;
            if time == 1 {
                tablet.shoot("lote-deshacer").await;
                tablet.tap(".result .undo").await;
                tablet.sees("Deshiciste 2 de 2").await;
                tablet
                    .until("!document.querySelector('.result .undo') && document.querySelectorAll('.result').length === 1")
                    .await;
                tablet.until("document.querySelectorAll('.spool.free').length >= 2").await;
            }
        }
        let below = "document.querySelector('#lista').getBoundingClientRect().top";
        let before: f64 = tablet.ask(below).await;
        crate::clock::pass(&tablet, 9).await;
        tablet.until("!document.querySelector('.result .undo')").await;
        assert!((tablet.ask::<f64>(below).await - before).abs() < 1.0, "nothing moves beneath a finger when it goes");
        assert_eq!(served.events(TAG).await, ["TOMAR_SPOOL", "DESHACER_SPOOL", "TOMAR_SPOOL"]);
        assert_eq!(tablet.complaints(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_toast_that_sends_somebody_to_the_list_has_the_button_that_fetches_it() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        // The card of a row that the office has renamed meanwhile.
        let gone = format!(
            "document.querySelector(\"{} form[action$='/tomar']\").setAttribute('hx-post', '/carretes/0123456789abcdef/tomar') === undefined",
            card(TAG)
        );
        assert!(tablet.ask::<bool>(&gone).await);
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.sees("Ese carrete cambió en la planilla").await;
        tablet.shoot("actualizar-lista").await;
        assert!(tablet.ask::<bool>("(document.getElementById('lista').dataset.vieja = 'si') === 'si'").await);
        tablet.tap("#alertas [data-reintentar]").await;
        tablet.until(&format!("!document.querySelector('#lista[data-vieja], .toast') && !!document.querySelector(\"{}\")", card(TAG))).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g7_fifty_are_taken_at_once_a_fifty_first_is_not_chosen_and_what_failed_stays_until_it_is_put_away() {
    let tag = |number: u32| format!("MK-1346-TW-28082-{number:03}");
    let rows: Vec<Row> = (100..170).map(|number| ready(&tag(number))).collect();
    let served = Served::with(&rows, 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, "about:blank", TABLET, true).await;
        crate::clock::wind(&tablet).await;
        tablet.goto(&served.at("/carretes?trabajador=93&ver=disponibles")).await;
        tablet.until(SETTLED).await;
        tablet.tap(&format!("{} .pick", card(&tag(103)))).await;
        tablet.tap("#lote [data-todos]").await;
        tablet.sees("TOMAR SELECCIONADOS (50, el máximo)").await;
        let (ticked, closed): (u32, u32) =
            tablet.ask("[document.querySelectorAll('.elige:checked').length, document.querySelectorAll('.elige:not(:checked):disabled').length]").await;
        assert_eq!((ticked, closed), (50, 10), "of the sixty that are shown");
        tablet.shoot("cincuenta").await;
        // Two of them are taken elsewhere, and the news does not reach this tablet in time.
        tablet.block(&["*/tarjeta*"]).await;
        for number in [101, 120] {
            assert_eq!(served.act("tomar", &tag(number), 94).await, 200);
        }
        tablet.tap("#lote .take").await;
        tablet.sees("Tomaste 48 de 50").await;
        let failed = "[...document.querySelectorAll('.result .bad')].map((el) => el.innerText.replace(/\\s+/g, ' '))";
        let told: Vec<String> = tablet.ask(failed).await;
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|one| one.contains("lo tiene Juan Carlos Pérez López")), "{told:?}");
        tablet.shoot("cincuenta-resultado").await;
        // A search, a minute, another take: it is still there.
        tablet.block(&[]).await;
        crate::clock::pass(&tablet, 60).await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(&tag(155), "tomar")).await;
        tablet.sees("ARM tomado").await;
        assert_eq!(tablet.ask::<Vec<String>>(failed).await, told);
        tablet.tap(".result [data-cerrar]").await;
        tablet.until("!document.querySelector('.result')").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g17_a_search_and_its_filters_survive_reload_and_back_at_every_step() {
    let served = Served::with(&works(), 4).await;
    in_browser(async |browser| {
        let tablet = Tab::open(browser, &served.at("/"), TABLET, true).await;
        tablet.tap("a[href='/carretes?trabajador=94']").await;
        tablet.until(&format!("location.search === '?trabajador=94' && {SETTLED}")).await;
        let step = async |address: &str, field: &str| {
            // In whatever order the address says it.
            let there = format!(
                "(() => {{ const said = (it) => it.pathname + [...it.searchParams].sort().join('&'), here = new URL(location); \
                 return said(here) === said(new URL('{address}', here)) && {SETTLED} && (document.getElementById('q')?.value ?? '') === '{field}'; }})()"
            );
            tablet.until(&there).await;
            // What was just taken stands where it stood until the first reload, and not in another way after the second.
            let mut shown = Vec::new();
            for _ in 0..2 {
                tablet.ask::<bool>("(() => { window.antes = true; setTimeout(() => location.reload()); return true; })()").await;
                tablet.until(&format!("window.antes === undefined && {there}")).await;
                shown.push(tablet.ask::<String>("[...document.querySelectorAll('.spool')].map((el) => el.id).join()").await);
            }
            assert_eq!(shown[0], shown[1], "{address}");
        };
        tablet.tap("a.filter[href$='ver=disponibles']").await;
        step("/carretes?trabajador=94&ver=disponibles", "").await;
        tablet.tap("#q").await;
        tablet.text("28082").await;
        step("/carretes?trabajador=94&ver=disponibles&q=28082", "28082").await;
        tablet.tap(&button(NEIGHBOUR, "tomar")).await;
        tablet.sees("ARM tomado").await;
        step("/carretes?trabajador=94&ver=disponibles&q=28082", "28082").await;
        tablet.tap("a.chip.link").await;
        tablet.until("location.pathname.startsWith('/historial/')").await;
        step(&tablet.ask::<String>("location.pathname + location.search").await, "").await;
        for (address, field) in [
            ("/carretes?trabajador=94&ver=disponibles&q=28082", "28082"),
            ("/carretes?trabajador=94", ""),
            ("/", ""),
        ] {
            tablet.ask::<bool>("setTimeout(() => history.back()) > 0").await;
            step(address, field).await;
        }
        // The same of what was scanned, of one's own record, and of a board.
        tablet.goto(&served.at("/carretes?trabajador=94&ver=mios")).await;
        tablet.types(WELDED, 10, Some("Enter")).await;
        tablet.until("location.search.includes('carrete=')").await;
        let scanned: String = tablet.ask("location.pathname + location.search").await;
        step(&scanned, "").await;
        tablet.tap("a[href^='/registro']").await;
        step("/registro?trabajador=94", "").await;
        tablet.tap(".board a[href^='/historial/']").await;
        tablet.until("location.pathname.startsWith('/historial/')").await;
        tablet.tap(".links a[href^='/carretes']").await;
        step("/carretes?trabajador=94", "").await;
        tablet.tap("a[href^='/tablero']").await;
        step("/tablero?trabajador=94", "").await;
        tablet.tap("a.filter[href*='ver=listos']").await;
        step("/tablero?ver=listos&trabajador=94", "").await;
        tablet.tap("a.filter[href*='operacion=ARM']").await;
        step("/tablero?operacion=ARM&ver=listos&trabajador=94", "").await;
        for address in ["/tablero?ver=listos&trabajador=94", "/tablero?trabajador=94", "/carretes?trabajador=94"] {
            tablet.ask::<bool>("setTimeout(() => history.back()) > 0").await;
            step(address, "").await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_of_two_fingers_that_tap_together_one_has_the_spool_and_the_other_reads_who() {
    let rows: Vec<Row> = (10..15).map(|number| ready(&format!("MK-1346-TW-28082-{number:03}"))).collect();
    let served = Served::with(&rows, 4).await;
    in_browser(async |browser| {
        let one = Tab::open(browser, &served.at("/carretes?trabajador=93"), TABLET, true).await;
        let two = Tab::open(browser, &served.at("/carretes?trabajador=94"), TABLET, true).await;
        for row in &rows {
            one.until(SETTLED).await;
            two.until(SETTLED).await;
            let (take, card) = (button(&row.tag, "tomar"), card(&row.tag));
            tokio::join!(one.tap(&take), two.tap(&take));
            let ended =
                format!("document.querySelector(\"{card}.mine\") !== null || document.querySelector(\"{card}.taken\") !== null");
            tokio::join!(one.until(&ended), two.until(&ended));
            let mine = format!("document.querySelectorAll(\"{card}.mine\").length");
            assert_eq!(one.ask::<u32>(&mine).await + two.ask::<u32>(&mine).await, 1, "{}", row.tag);
            let (loser, winner) =
                if one.ask::<u32>(&mine).await == 1 { (&two, "Marta Ríos") } else { (&one, "Juan Carlos Pérez López") };
            loser.until(&format!("document.querySelector(\"{card}\").innerText.includes('{winner}')")).await;
        }
    })
    .await;
}
