//! A plant behind a locked door, from nothing: its first supervisor is made by the command, he signs in at a desk and lets
//! tablets in.

use crate::served::{Row, Served};
use crate::tab::Tab;
use chromiumoxide::Browser;
use rusqlite::{Connection, TransactionBehavior, params};
use serde_json::{Value, json};
use std::time::Duration;

/// The first supervisor.
pub(crate) const NAME: &str = "Elena Toro";
/// His password.
pub(crate) const PASSWORD: &str = "cobre y lluvia 7";
/// What locks the door.
pub(crate) const LOCKED: [(&str, &str); 2] =
    [("SPOOLBOARD_ACCESS", "enrolled"), ("SPOOLBOARD_SECRET", "un secreto de prueba de más de treinta y dos bytes")];

/// What is sent to the API from a page that is open: status and sentence of the answer.
pub(crate) fn sent(path: &str, body: &Value) -> String {
    let body = json!(body.to_string());
    format!(
        "fetch('{path}', {{ method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, body: {body} }})\
         .then(async (answer) => [answer.status, (await answer.json()).message])"
    )
}

/// A plant with these spools behind a locked door, and its first supervisor.
pub(crate) async fn locked(rows: &[Row]) -> Served {
    let served = Served::set(rows, 8, &LOCKED).await;
    first_supervisor(&served).await;
    served
}

/// Makes the first supervisor by the command, while the plant is served.
pub(crate) async fn first_supervisor(served: &Served) {
    served.command(&["supervisor", "add", NAME, "--password-stdin"], PASSWORD, &LOCKED).await;
}

/// The supervisor's own browser, signed in and on the way to a page.
pub(crate) async fn desk(browser: &Browser, served: &Served, path: &str) -> Tab {
    let desk = served.desk(browser, path).await;
    sign_in(&desk).await;
    desk.until("location.pathname !== '/entrar' && document.readyState === 'complete'").await;
    desk
}

/// Another browser, which the supervisor lets in as a tablet; it shows the names.
pub(crate) async fn tablet(browser: &Browser, served: &Served, desk: &Tab, name: &str) -> Tab {
    let tablet = served.tablet(browser, "/").await;
    let code = asks(&tablet).await;
    desk.goto(&served.at("/supervisor/tabletas")).await;
    write(desk, "input[name=codigo]", &code.to_lowercase()).await;
    name_it(desk, name).await;
    tablet.sees("¿Quién eres?").await;
    tablet
}

/// Asks for a code on a browser that is not let in yet, and reads it off its screen.
pub(crate) async fn asks(tablet: &Tab) -> String {
    tablet.sees("Esta tableta todavía no está registrada").await;
    tablet.tap("form[action='/tableta'] button").await;
    tablet.until("!!document.querySelector('.code') && document.querySelector('.qr path').getBBox().width > 20").await;
    tablet.ask("document.querySelector('.code').textContent").await
}

/// Gives the tablet whose code is in the form its name.
pub(crate) async fn name_it(desk: &Tab, name: &str) {
    write(desk, "form[action$='/registrar'] input[name=nombre]", name).await;
    desk.click("form[action$='/registrar'] button").await;
    desk.until(&format!(
        "[...document.querySelectorAll('.keys b')].some((one) => one.textContent === {}) && document.readyState === 'complete'",
        json!(name)
    ))
    .await;
}

/// Gives name and password where they are asked for.
pub(crate) async fn sign_in(tab: &Tab) {
    tab.sees("Entra con tu nombre y tu clave").await;
    write(tab, "input[name=nombre]", NAME).await;
    write(tab, "input[name=clave]", PASSWORD).await;
    tab.click("form[action='/entrar'] button").await;
}

/// Writes into a field in the place of what stands there.
pub(crate) async fn write(tab: &Tab, selector: &str, text: &str) {
    tab.click(selector).await;
    tab.ask::<bool>("(() => { document.activeElement.select(); return true; })()").await;
    tab.text(text).await;
}

/// Another link for walls, as the supervisor reads it off his page.
pub(crate) async fn wall_link(desk: &Tab, served: &Served) -> String {
    desk.goto(&served.at("/supervisor/claves")).await;
    desk.click("form[action$='/muro'] button").await;
    desk.until("!!document.getElementById('muro-nuevo')").await;
    desk.ask("document.getElementById('muro-nuevo').textContent").await
}

/// So much time passes for the register of who may come in: whatever it knows is so much older.
pub(crate) fn pass(served: &Served, seconds: i64) {
    let mut file = Connection::open(served.data().join("access.db")).unwrap();
    file.busy_timeout(Duration::from_secs(5)).unwrap();
    let change = file.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let entries: Vec<(String, String)> = {
        let mut select = change.prepare("SELECT key, text FROM entry").unwrap();
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap()
    };
    for (key, text) in entries {
        let mut entry: Value = serde_json::from_str(&text).unwrap();
        grow_older(&mut entry, seconds);
        change.execute("UPDATE entry SET text = ?2 WHERE key = ?1", params![key, entry.to_string()]).unwrap();
    }
    change.execute("UPDATE changes SET number = number + 1", []).unwrap();
    change.commit().unwrap();
}

fn grow_older(value: &mut Value, seconds: i64) {
    if let Some(at) = value.as_i64().filter(|at| *at > 1_000_000_000) {
        *value = json!(at - seconds);
    }
    value.as_object_mut().into_iter().flat_map(|object| object.values_mut()).for_each(|value| grow_older(value, seconds));
}

/// The register comes back empty, as after the loss of its file.
pub(crate) fn loses_everything(served: &Served) {
    let file = Connection::open(served.data().join("access.db")).unwrap();
    file.busy_timeout(Duration::from_secs(5)).unwrap();
    file.execute_batch("BEGIN IMMEDIATE; DELETE FROM entry; UPDATE changes SET number = number + 1; COMMIT").unwrap();
}

/// Waits until the page that is open would come back with this in it, and fetches it anew.
pub(crate) async fn comes_with(tab: &Tab, text: &str) {
    tab.until(&format!("fetch(location.href).then((page) => page.text()).then((page) => page.includes({}))", json!(text))).await;
    tab.ask::<bool>("(() => { window.antes = true; location.reload(); return true; })()").await;
    tab.until("window.antes === undefined && document.readyState === 'complete'").await;
}
