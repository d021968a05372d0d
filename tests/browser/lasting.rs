//! What lasts longer than the page or the question on which it was said.

use crate::flows::opener;
use crate::names::{LOOKED, pass};
use crate::served::{Served, ready};
use crate::silence::HELD;
use crate::stand_in::Google;
use crate::stand_in::plant::Plant;
use crate::tab::in_browser;
use crate::{NEIGHBOUR, SETTLED, TAG, button};

#[tokio::test(flavor = "multi_thread")]
async fn g8_an_error_goes_along_to_the_names_and_to_the_next_worker_until_somebody_puts_it_away() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        let name: String = tablet.ask("document.querySelector('h1').textContent").await;
        tablet.types("MK-NO-EXISTE-01", 10, Some("Enter")).await;
        tablet.sees("No existe ningún carrete «MK-NO-EXISTE-01»").await;
        let told = "document.querySelector('#alertas .toast.bad p')?.textContent ?? ''";
        let said: String = tablet.ask(told).await;
        // A filter is another page.
        tablet.tap(".filters a[href*='ver=mios']").await;
        tablet.until("location.search.includes('ver=mios') && document.readyState === 'complete'").await;
        assert_eq!(tablet.ask::<String>(told).await, said);
        // It holds nobody's name on a tablet that he has left.
        tablet.ask::<bool>(&pass(106)).await;
        tablet.until("location.pathname === '/' && document.readyState === 'complete'").await;
        assert_eq!(tablet.ask::<String>(told).await, format!("{name}: {said}"));
        tablet.tap("a[href='/carretes?trabajador=94']").await;
        tablet.until("location.pathname === '/carretes' && document.readyState === 'complete'").await;
        assert_eq!(tablet.ask::<String>(told).await, format!("{name}: {said}"), "said once of whom it was");
        tablet.until(SETTLED).await;
        tablet.tap("#alertas [data-cerrar]").await;
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        assert_eq!(tablet.ask::<String>(told).await, "");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g6_a_slow_answer_locks_nobody_into_a_question_and_is_explained_where_it_can_be_read() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    assert_eq!(served.act("tomar", TAG, 93).await, 200);
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93").await;
        tablet.until(SETTLED).await;
        tablet.ask::<bool>(HELD).await;
        tablet.tap(&opener(TAG, "motivo")).await;
        tablet.tap("dialog[open] .reason").await;
        tablet.until("window.retenidas === 1 && !!document.querySelector('dialog[open]')").await;
        assert!(tablet.ask::<bool>("!document.querySelector('dialog[open] .back').disabled").await, "he may go back");
        tablet.sees("Guardando todavía").await;
        tablet.until("!document.querySelector('dialog[open]')").await;
        let others: bool = tablet.ask(&format!("!document.querySelector(\"{}\").disabled", button(NEIGHBOUR, "tomar"))).await;
        assert!(others, "and work on another one");
        tablet.ask::<bool>("window.suelta() || true").await;
        tablet.sees("ARM pausado").await;
        // Nor does a question lie over the one whether he is there.
        tablet.goto(&served.at("/carretes?trabajador=93")).await;
        tablet.until(SETTLED).await;
        tablet.tap(&button(TAG, "tomar")).await;
        tablet.until(&format!("!!document.querySelector('.spool.mine') && {SETTLED}")).await;
        tablet.tap(&opener(TAG, "cancelar")).await;
        tablet.until("!!document.querySelector('dialog[open]')").await;
        tablet.ask::<bool>(&pass(91)).await;
        tablet.sees("¿Sigues ahí?").await;
        assert!(tablet.ask::<bool>("!document.querySelector('dialog[open]')").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_takes_is_counted_among_what_others_have_and_what_one_takes_elsewhere_among_ones_own() {
    let served = Served::with(&[ready(TAG), ready(NEIGHBOUR)], 4).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/").await;
        for (worker, shown, other) in [(94, "ver=ocupados", "ver=mios"), (93, "ver=mios", "ver=ocupados"), (93, "operacion=SOLD", "ver=ocupados")] {
            for (view, counts) in [(other, false), (shown, true)] {
                tablet.goto(&served.at(&format!("/carretes?trabajador=93&{view}"))).await;
                tablet.sees("CONECTADO").await;
                tablet.ask::<bool>("(() => { window.dichos = 0; document.addEventListener('htmx:sse:after:message', (e) => { if (e.detail.message.event?.startsWith('carrete-')) window.dichos += 1; }); return true; })()").await;
                assert_eq!(served.act("tomar", TAG, worker).await, 200);
                tablet.until("window.dichos > 0").await;
                tablet.ask::<bool>(LOOKED).await;
                match counts {
                    true => tablet.sees("1 cambio – ACTUALIZAR").await,
                    false => assert!(tablet.ask::<bool>("document.getElementById('cambios').hidden").await, "{worker} {view}"),
                }
                assert_eq!(served.act("cancelar", TAG, worker).await, 200);
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g7_what_the_workbook_did_not_answer_is_still_ticked() {
    let google = Google::with(Plant::of(40).build()).await;
    let served = Served::at_google(&google, &[]).await;
    in_browser(async |browser| {
        let tablet = served.tablet(browser, "/carretes?trabajador=93&ver=disponibles").await;
        tablet.until(SETTLED).await;
        tablet.sees("CONECTADO").await;
        tablet.tap(".pick").await;
        tablet.tap(".spool:nth-of-type(2) .pick").await;
        tablet.sees("TOMAR SELECCIONADOS (2)").await;
        google.away(true);
        tablet.tap("#lote .take").await;
        tablet.sees("Tomaste 0 de 2").await;
        tablet.sees("TOMAR SELECCIONADOS (2)").await;
    })
    .await;
}
