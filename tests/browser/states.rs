//! What only a tap, a scanner, an outage or time brings about: at every size, in both themes, for fingers in gloves and
//! for those who do not see.

use crate::flows::{OLD, WELDED, card, opener, works};
use crate::look::{self, PRESSABLE, UNFIT, everywhere};
use crate::served::{Row, Served, ready};
use crate::silence::HELD;
use crate::stand_in::Google;
use crate::stand_in::plant::Plant;
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, SETTLED, TABLET, TABLETS, TAG, WALL, button};

const LONG: &str = "MK-1923-TW-17422-004-TRAMO-NORTE-ESTACION-DE-BOMBEO-000123456789";
const TWIN: &str = "MK-REPETIDO-007";
const FREE: &str = "MK-1346-TW-28082-012";

/// Two minutes without a touch, and time stands still then: somebody looks at the page, which would go on to the names.
const STILL: &str = "(() => { const at = performance.now() + 95000; performance.now = () => at; return true; })()";

/// A long silence for a screen whose stream is blocked.
const LATER: &str =
    "(() => { const now = performance.now.bind(performance); performance.now = () => now() + 41000; return true; })()";

fn plant() -> Vec<Row> {
    let mut rows = works();
    rows.extend([ready(LONG), ready(FREE), ready(TWIN), Row { ot: 1_400, ..ready(TWIN) }]);
    rows
}

/// Looks at what is open in every way; but for what `left_out` selects, as JavaScript says it, where colours are looked at.
async fn looked_at(tab: &Tab, name: &str, left_out: &str) -> Vec<String> {
    look::bring_axe(tab).await;
    everywhere(tab, name, async |size, sun| {
        // Colours change no place.
        let mut found = Vec::new();
        if !sun {
            found.extend(tab.ask::<Vec<String>>(UNFIT).await);
            found.extend(tab.ask::<Vec<String>>(PRESSABLE).await);
            tab.shoot(&format!("estado-{name}-{}x{}", size.0, size.1)).await;
        }
        // The narrowest, the lowest and the largest: between them nothing has other colours or names.
        if [TABLETS[0], TABLETS[2], WALL].contains(&size) {
            found.extend(look::axe(tab, left_out).await);
        }
        found
    })
    .await
}

/// Opens a worker's list, ready for a finger.
async fn list(tab: &Tab, served: &Served, address: &str) {
    tab.size(TABLET.0, TABLET.1, true).await;
    tab.goto(&served.at(&format!("/carretes?trabajador={address}"))).await;
    tab.sees("CONECTADO").await;
    tab.until(SETTLED).await;
}

/// The questions of a card, and a card on which another date is chosen.
async fn questions(tab: &Tab, served: &Served, wrong: &mut Vec<String>) {
    for (address, tag, dialog) in
        [("93", LONG, "motivo"), ("93", LONG, "cancelar"), ("93&ver=ocupados", OLD, "relevar"), ("30", WELDED, "rechazar")]
    {
        list(tab, served, address).await;
        tab.tap(&opener(tag, dialog)).await;
        tab.until("!!document.querySelector('dialog[open]')").await;
        if dialog == "motivo" {
            tab.tap("dialog[open] [name=otro]").await;
            tab.text("Se cortó la luz en la nave 2 y la máquina no vuelve a partir").await;
        }
        wrong.extend(looked_at(tab, dialog, "").await);
    }
    list(tab, served, "93").await;
    let date = format!("document.querySelector(\"{} input[type=date]\")", card(LONG));
    tab.ask::<bool>(&format!("({date}.value = '2020-01-01') !== ''")).await;
    wrong.extend(looked_at(tab, "otra-fecha", "").await);
}

/// What is said after a tap: done, refused, slow, and what came of several.
async fn answers(tab: &Tab, served: &Served, wrong: &mut Vec<String>) {
    list(tab, served, "93").await;
    tab.tap(&button(NEIGHBOUR, "tomar")).await;
    // What has the focus does not go by itself.
    tab.until("!!document.querySelector('#toasts .undo') && (document.querySelector('#toasts .undo').focus(), true)").await;
    wrong.extend(looked_at(tab, "hecho", "").await);

    list(tab, served, "93").await;
    tab.ask::<bool>("document.querySelectorAll('input[name=operacion]').forEach((el) => { el.value = 'PINTURA'; }) || true")
        .await;
    tab.tap(&button(TAG, "tomar")).await;
    tab.until("!!document.querySelector('#alertas .toast.bad')").await;
    wrong.extend(looked_at(tab, "rechazado", "").await);

    list(tab, served, "93").await;
    tab.ask::<bool>(HELD).await;
    tab.tap(&button(TAG, "tomar")).await;
    tab.sees("no se registra dos veces").await;
    wrong.extend(looked_at(tab, "demora", "").await);

    for native in [false, true] {
        list(tab, served, "93&ver=disponibles").await;
        tab.block(&["*/tarjeta*"]).await;
        for tag in [TAG, FREE] {
            tab.tap(&format!("{} .pick", card(tag))).await;
        }
        assert_eq!(served.act("tomar", TAG, 94).await, 200);
        // Sent by the page itself, and by the form where no script runs.
        let send =
            if native { "document.getElementById('lote').submit()" } else { "document.querySelector('#lote .take').click()" };
        tab.ask::<bool>(&format!("setTimeout(() => {send}) > 0")).await;
        tab.until("document.readyState === 'complete' && document.querySelectorAll('.result .verdicts li').length === 2").await;
        tab.sees("Tomaste 1 de 2").await;
        assert_eq!(tab.ask::<String>("location.pathname").await, if native { "/carretes/tomar" } else { "/carretes" });
        wrong.extend(looked_at(tab, if native { "varios-pagina" } else { "varios" }, "").await);
        tab.block(&[]).await;
        assert_eq!(served.act("cancelar", TAG, 94).await, 200);
        assert_eq!(served.act("cancelar", FREE, 93).await, 200);
    }
}

/// Everything that can stand below a list at once: what changed, a newer build, and what is ticked.
async fn bars(tab: &Tab, served: &Served, wrong: &mut Vec<String>) {
    assert_eq!(served.act("tomar", FREE, 94).await, 200);
    list(tab, served, "93&ver=disponibles").await;
    // What is ticked keeps the page from being replaced by the newer one.
    tab.tap(&format!("{} .pick", card(TAG))).await;
    assert_eq!(served.act("cancelar", FREE, 94).await, 200);
    tab.until("!document.getElementById('cambios').hidden").await;
    tab.ask::<bool>("(document.body.dataset.build = 'otra') !== ''").await;
    tab.until("!document.getElementById('version').hidden").await;
    wrong.extend(looked_at(tab, "barras", "").await);
    tab.tap("#lote [type=reset]").await;
}

/// Opens a worker's list, and waits until it asks by itself for what no stream brings.
async fn list_of_a_blocked_stream(tab: &Tab, served: &Served) {
    tab.goto(&served.at("/carretes?trabajador=93")).await;
    tab.until("document.readyState === 'complete'").await;
    tab.ask::<bool>(LATER).await;
    tab.until("document.getElementById('conexion').dataset.estado === 'lento'").await;
}

/// A scanner, a search without an answer, nobody at the tablet, no server.
async fn notices(tab: &Tab, served: &Served, wrong: &mut Vec<String>) {
    list(tab, served, "93").await;
    // The door is open: every page says so.
    tab.sees("Acceso abierto").await;
    tab.types(TWIN, 10, Some("Enter")).await;
    tab.sees("2 carretes tienen el TAG").await;
    wrong.extend(looked_at(tab, "cual-de-dos", "").await);

    list(tab, served, "93").await;
    tab.block(&["*/carretes?*"]).await;
    tab.tap("#q").await;
    tab.text("011").await;
    tab.sees("No se pudo cargar").await;
    wrong.extend(looked_at(tab, "falla", "").await);
    tab.block(&[]).await;

    list(tab, served, "93").await;
    tab.ask::<bool>(STILL).await;
    tab.sees("¿Sigues ahí?").await;
    wrong.extend(looked_at(tab, "vuelta", "").await);

    // A proxy that lets no stream through.
    tab.block(&["*/vivo/*"]).await;
    list_of_a_blocked_stream(tab, served).await;
    wrong.extend(looked_at(tab, "cada-20-s", "").await);

    tab.block(&["*/vivo/*", "*/health"]).await;
    for (name, path) in [("sin-conexion", "/carretes?trabajador=93"), ("tablero-sin-conexion", "/tablero")] {
        tab.goto(&served.at(path)).await;
        tab.until(
            "!document.getElementById('sin-conexion').hidden && document.getElementById('conexion').dataset.estado === 'caido'",
        )
        .await;
        wrong.extend(looked_at(tab, name, "").await);
    }
    tab.size(WALL.0, WALL.1, false).await;
    tab.goto(&served.at("/kiosko")).await;
    tab.until("document.readyState === 'complete'").await;
    tab.ask::<bool>(LATER).await;
    tab.until("!document.getElementById('sin-conexion').hidden").await;
    // What is stale is dim, on purpose; what says so is not.
    wrong.extend(looked_at(tab, "kiosko-sin-conexion", "'#muro'").await);
    tab.block(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_every_question_answer_and_notice_fits_every_device_in_both_themes_and_axe_finds_nothing_on_it() {
    let served = Served::with(&plant(), 8).await;
    assert_eq!(served.act("tomar", LONG, 93).await, 200);
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tab = served.tablet(browser, "/").await;
        tab.less_motion().await;
        questions(&tab, &served, &mut wrong).await;
        answers(&tab, &served, &mut wrong).await;
        bars(&tab, &served, &mut wrong).await;
        notices(&tab, &served, &mut wrong).await;
        // Nobody answers for the locks: one can look.
        let looks = Served::set(&plant(), 8, &[("REDIS_URL", "redis://127.0.0.1:1")]).await;
        let tab = looks.tablet(browser, "/carretes?trabajador=93").await;
        tab.less_motion().await;
        tab.until("document.body.dataset.registro === 'solo-mirar' && !!document.querySelector('.spool')").await;
        wrong.extend(looked_at(&tab, "solo-mirar", "").await);
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_the_page_before_the_workbook_was_read_fits_every_device_and_axe_finds_nothing_on_it() {
    let google = Google::with(Plant::of(3).build()).await;
    let served = Served::at_google(&google, &[("GOOGLE_SHEETS_URL", "http://127.0.0.1:1")]).await;
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tab = served.tablet(browser, "/").await;
        // It is the same whatever is asked for.
        tab.goto(&served.at("/carretes?trabajador=93")).await;
        // It opens itself again every few seconds, which takes what was brought into it away.
        tab.ask::<bool>("(() => { window.stop(); return true; })()").await;
        tab.sees("Conectando con la planilla").await;
        wrong.extend(looked_at(&tab, "conectando", "").await);
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
