//! A supervisor without a mouse: everything that he does, by the keyboard alone; and no act twice, whatever he loads again or
//! goes back to.

use crate::locked::{NAME, PASSWORD, asks, locked, sent};
use crate::served::{Row, ready};
use crate::tab::{Tab, in_browser};
use crate::{NEIGHBOUR, TAG};
use serde_json::json;

const HALF_DONE: &str = "MK-1350-GW-30000-001";
const BLOCKED: &str = "MK-1350-GW-30000-002";

/// Goes on to something and presses Enter on it.
async fn enters(keys: &Tab, selector: &str) {
    keys.until("document.readyState === 'complete'").await;
    keys.tab_to(selector).await;
    keys.press("Enter").await;
}

/// Writes into a field.
async fn types(keys: &Tab, selector: &str, text: &str) {
    keys.until("document.readyState === 'complete'").await;
    keys.tab_to(selector).await;
    keys.text(text).await;
}

/// Gives a reason of those that are offered, or one in his own words, and does it.
async fn because(keys: &Tab, own: Option<&str>) {
    keys.until("document.readyState === 'complete'").await;
    keys.tab_to("input[name=motivo]").await;
    match own {
        None => keys.press(" ").await,
        Some(own) => {
            // Upwards from the first is the last.
            keys.press("ArrowUp").await;
            types(keys, "input[name=otro]", own).await;
        }
    }
    enters(keys, "form[method=post] button.danger").await;
}

/// Loads the page again.
async fn loads_again(keys: &Tab) {
    keys.ask::<bool>("(() => { window.antes = true; location.reload(); return true; })()").await;
    keys.until("window.antes === undefined && document.readyState === 'complete'").await;
}

/// Goes back a page.
async fn goes_back(keys: &Tab) {
    keys.ask::<bool>("(() => { window.antes = true; history.back(); return true; })()").await;
    keys.until("window.antes === undefined && document.readyState === 'complete'").await;
}

/// Loads again what he sees, goes back, and what he pressed there is pressed once more: the spool has as many
/// events as before, and the last one is this.
async fn nothing_twice(keys: &Tab, tablet: &Tab, tag: &str, event: &str) {
    let events = format!(
        "fetch('/api/history/{tag}').then((answer) => answer.json()).then((it) => it.events.map((event) => event.evento_tipo))"
    );
    let before: Vec<String> = tablet.ask(&events).await;
    assert_eq!(before.last().map(String::as_str), Some(event), "{before:?}");
    let after: String = keys.ask("location.pathname").await;
    loads_again(keys).await;
    goes_back(keys).await;
    // The page as it was, with the form that was sent, is shown anew at any moment: what was pressed is pressed at once.
    let pressed = "(() => { const form = document.querySelector('form[method=post]:has(button.danger)'); if (!form) return false; \
        window.antes = true; form.querySelector('input[name=motivo]').checked = true; setTimeout(() => form.requestSubmit()); return true; })()";
    match keys.ask::<bool>(pressed).await {
        true => keys.until("window.antes === undefined && document.readyState === 'complete'").await,
        false => loads_again(keys).await,
    }
    keys.until("document.readyState === 'complete'").await;
    assert_eq!(tablet.ask::<Vec<String>>(&events).await, before, "{tag} after {after}");
}

/// A call for help is seen, then answered; neither happens again when he loads the page again or goes back.
async fn help_is_seen_and_comes(keys: &Tab, tablet: &Tab) {
    let calls = format!(
        "fetch('/api/occupation/status/{TAG}').then((it) => it.json()).then((it) => fetch(`/carretes/${{it.id}}/ayuda`, {{ method: 'POST', \
         headers: {{ 'HX-Request': 'true' }}, body: new URLSearchParams({{ trabajador: 93, motivo: 'otro', otro: 'falta la plantilla' }}) }})).then((it) => it.ok)"
    );
    assert!(tablet.ask::<bool>(&calls).await);
    let events = format!("fetch('/api/history/{TAG}').then((it) => it.json()).then((it) => it.events.length)");
    let before: u32 = tablet.ask(&events).await;
    enters(keys, "a[href='/supervisor']").await;
    for (done, step, then) in [
        (1, "visto", "!document.querySelector('button[value=visto]')"),
        (2, "resuelta", "!document.querySelector('section[aria-labelledby=t-ayuda] button')"),
    ] {
        keys.until("location.pathname === '/supervisor' && document.readyState === 'complete'").await;
        enters(keys, &format!("section[aria-labelledby=t-ayuda] button[value={step}]")).await;
        let done_now = format!("location.search.startsWith('?hecho=') && document.readyState === 'complete' && {then}");
        keys.until(&done_now).await;
        loads_again(keys).await;
        keys.until(&done_now).await;
        goes_back(keys).await;
        loads_again(keys).await;
        assert_eq!(tablet.ask::<u32>(&events).await, before + done, "{step}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_does_all_his_work_by_the_keyboard_and_nothing_twice_by_going_back_or_loading_again() {
    let rows = [
        ready(TAG),
        ready(NEIGHBOUR),
        Row { held: "MR(93)", ..ready(HALF_DONE) },
        Row { welded: true, detail: "BLOQUEADO - Contactar supervisor", ..ready(BLOCKED) },
    ];
    let served = locked(&rows).await;
    in_browser(async |browser| {
        let keys = served.desk(browser, "/supervisor/tabletas").await;
        keys.sees("Entra con tu nombre y tu clave").await;
        types(&keys, "input[name=nombre]", NAME).await;
        types(&keys, "input[name=clave]", PASSWORD).await;
        keys.press("Enter").await;
        keys.until("location.pathname === '/supervisor/tabletas'").await;
        // A tablet is let in.
        let tablet = served.tablet(browser, "/").await;
        let code = asks(&tablet).await;
        types(&keys, "input[name=codigo]", &code).await;
        types(&keys, "form[action$='/registrar'] input[name=nombre]", "Armado 1").await;
        keys.press("Enter").await;
        let listed = "[...document.querySelectorAll('.keys b')].filter((one) => one.textContent === 'Armado 1').length === 1";
        keys.until(listed).await;
        loads_again(&keys).await;
        keys.until(listed).await;
        tablet.sees("¿Quién eres?").await;
        for (path, tag) in [("tomar", TAG), ("tomar", NEIGHBOUR), ("completar", NEIGHBOUR)] {
            let body = json!({"tag_spool": tag, "worker_id": 93, "operacion": "ARM"});
            let (status, why): (u16, String) = tablet.ask(&sent(&format!("/api/occupation/{path}"), &body)).await;
            assert_eq!(status, 200, "{why}");
        }
        help_is_seen_and_comes(&keys, &tablet).await;
        // A spool is freed, another one unblocked with a reason of his own.
        enters(&keys, "a[href='/supervisor']").await;
        keys.until("location.pathname === '/supervisor'").await;
        let id: String =
            tablet.ask(&format!("fetch('/api/occupation/status/{TAG}').then((it) => it.json()).then((it) => it.id)")).await;
        enters(&keys, &format!("a[href='/supervisor/carretes/{id}/liberar']")).await;
        keys.sees("Lo tiene Marta Ríos").await;
        because(&keys, None).await;
        keys.sees("liberado: queda libre").await;
        nothing_twice(&keys, &tablet, TAG, "LIBERAR_SPOOL").await;
        keys.goto(&served.at("/supervisor")).await;
        enters(&keys, "a[href$='/desbloquear']").await;
        keys.sees("¿Desbloquear").await;
        because(&keys, Some("lo vio ingeniería")).await;
        keys.sees("desbloqueado").await;
        nothing_twice(&keys, &tablet, BLOCKED, "SUPERVISOR_OVERRIDE").await;
        // One is found by its tag and opened again; a row is put right.
        keys.goto(&served.at("/supervisor")).await;
        types(&keys, "#q", NEIGHBOUR).await;
        keys.press("Enter").await;
        keys.until("location.search.includes('q=')").await;
        enters(&keys, "th.tag a").await;
        enters(&keys, "a[href*='reabrir?operacion=ARM']").await;
        keys.sees("ARM queda sin terminar").await;
        because(&keys, None).await;
        keys.sees("ARM reabierto").await;
        nothing_twice(&keys, &tablet, NEIGHBOUR, "REABRIR_SPOOL").await;
        keys.goto(&served.at("/supervisor")).await;
        enters(&keys, "a[href='/supervisor/datos']").await;
        enters(&keys, "a[href*='remedio=empezar']").await;
        keys.sees("Anotar al ocupante como quien empezó").await;
        because(&keys, None).await;
        keys.sees("corregido").await;
        nothing_twice(&keys, &tablet, HALF_DONE, "CORREGIR_SPOOL").await;
        // A token is made, and ended.
        keys.goto(&served.at("/supervisor/tabletas")).await;
        enters(&keys, "a[href='/supervisor/claves']").await;
        types(&keys, "form[action$='/crear'] input[name=nombre]", "Informe diario").await;
        enters(&keys, "form[action$='/crear'] button").await;
        keys.until("!!document.getElementById('clave-nueva')").await;
        loads_again(&keys).await;
        let tokens = "document.querySelectorAll('form[action$=\"/anular\"]').length";
        assert_eq!(keys.ask::<u32>(tokens).await, 1, "loaded again it makes no other");
        enters(&keys, "form[action$='/anular'] button").await;
        keys.until(&format!("document.readyState === 'complete' && {tokens} === 0")).await;
        loads_again(&keys).await;
        goes_back(&keys).await;
        loads_again(&keys).await;
        assert_eq!(keys.ask::<u32>(tokens).await, 0);
        assert_eq!((keys.complaints(), tablet.complaints()), (Vec::<String>::new(), Vec::<String>::new()));
    })
    .await;
}
