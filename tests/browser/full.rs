//! The pages of supervisors on a plant that is full: as many spools, people, tablets, problems and steps as a real one has.

use crate::locked::{LOCKED, NAME, PASSWORD, desk, first_supervisor};
use crate::look::{self, PRESSABLE, SIZES, UNFIT, everywhere};
use crate::served::{Row, Served, ready};
use crate::tab::in_browser;
use crate::{DESK, TABLET};
use reqwest::Client;
use serde_json::json;

const TABLETS: usize = 40;
/// What each of them does.
const DEEDS: usize = 8;
/// What is looked for on the first one.
const LOOKS: usize = 300;

/// What a size and a theme change shows in the first lines of each table; all of them are looked at once, on the desk.
const MANY: &str = "'.board tr:nth-child(n + 6), .keys > :nth-child(n + 4)'";

fn tag(number: usize) -> String {
    format!("MK-{}-CW-{}-{number:05}", 1335 + number % 12, 25_000 + number % 777)
}

/// Of 2,556 spools one in ten has something the matter with its row, and some are rejected, blocked or left lying.
fn rows() -> Vec<Row> {
    let row = |number: usize| {
        let row = Row { ot: 1_335 + number as u32 % 40, ..ready(&tag(number)) };
        match number {
            0..600 => row,
            number if number % 40 == 1 => Row { held: "turno noche", ..row },
            number if number % 40 == 11 => Row { held: "MR(93)", ..row },
            number if number % 40 == 21 => Row { overdue: true, ..row },
            number if number % 40 == 31 => Row { detail: "algo que nadie entiende", ..row },
            number if number % 60 == 5 => Row { welded: true, detail: "BLOQUEADO - Contactar supervisor", ..row },
            number if number % 60 == 15 => Row { welded: true, detail: "RECHAZADO (Ciclo 1/3) - Pendiente reparación", ..row },
            number if number % 3 == 0 => Row { welded: true, ..row },
            number if number % 100 == 2 => ready("MK-REPETIDO-007"),
            _ => row,
        }
    };
    (0..2_556).map(row).collect()
}

/// Sends a form of a page, and gives what comes back.
async fn sends(served: &Served, who: &Client, path: &str, fields: &[(&str, &str)]) -> String {
    who.post(served.at(path)).form(fields).send().await.unwrap().text().await.unwrap()
}

/// Forty tablets are let in, and a worker is busy on each; on the first one somebody looks for spools all day.
async fn busy(served: &Served) {
    let browser = || Client::builder().cookie_store(true).build().unwrap();
    let boss = browser();
    sends(served, &boss, "/entrar", &[("nombre", NAME), ("clave", PASSWORD)]).await;
    for number in 0..TABLETS {
        let tablet = browser();
        let page = sends(served, &tablet, "/tableta", &[]).await;
        let code = page.split("class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let name = format!("Tableta {number} de la nave de soldadura");
        sends(served, &boss, "/supervisor/tabletas/registrar", &[("codigo", &code), ("nombre", &name)]).await;
        for deed in 0..DEEDS {
            let verb = if deed % 2 == 0 { "tomar" } else { "pausar" };
            let body =
                json!({"tag_spool": tag(number), "worker_id": 200 + number, "operacion": "ARM", "motivo": "se cortó la luz"});
            let answer = tablet.post(served.at(&format!("/api/occupation/{verb}"))).json(&body).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{verb}: {}", answer.text().await.unwrap());
        }
        let spool = tag(100 + number);
        let body = json!({"tag_spool": spool, "worker_id": 200 + number, "operacion": "ARM"});
        assert_eq!(tablet.post(served.at("/api/occupation/tomar")).json(&body).send().await.unwrap().status(), 200);
        for _ in 0..if number == 0 { LOOKS } else { 0 } {
            tablet.get(served.at("/carretes?trabajador=200&q=zzz")).send().await.unwrap();
        }
        if number < 12 {
            let status = tablet.get(served.at(&format!("/api/occupation/status/{spool}"))).send().await.unwrap();
            let id = status.json::<serde_json::Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
            let worker = (200 + number).to_string();
            let help =
                [("trabajador", &*worker), ("motivo", "otro"), ("otro", "la grúa no llega y falta el plano de la revisión C")];
            sends(served, &tablet, &format!("/carretes/{id}/ayuda"), &help).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g12_every_page_of_a_supervisor_of_a_full_plant_fits_every_device_in_both_themes_and_axe_finds_nothing_on_it() {
    let served = Served::set(&rows(), 60, &LOCKED).await;
    first_supervisor(&served).await;
    busy(&served).await;
    let mut wrong = Vec::new();
    in_browser(async |browser| {
        let tab = desk(browser, &served, "/supervisor").await;
        for (name, path, lines) in [
            ("supervisor", "/supervisor", 30),
            ("ocupados", "/supervisor?ver=ocupados", 40),
            ("datos", "/supervisor/datos", 40),
            ("salud", "/supervisor/salud", 4),
            ("actividad", "/supervisor/actividad", 300),
            ("tabletas", "/supervisor/tabletas", TABLETS),
            ("diagnostico", "/diagnostico?tableta", 300),
        ] {
            if path.starts_with("/diagnostico") {
                tab.goto(&served.at("/diagnostico")).await;
                tab.ask::<bool>("(() => { [...document.querySelectorAll('a[href^=\"/diagnostico?tableta\"]')].find((a) => a.textContent.startsWith('Tableta 0 ')).id = 'primera'; return true; })()").await;
                tab.click("#primera").await;
                tab.until("location.search.includes('tableta') && document.readyState === 'complete'").await;
            } else {
                tab.goto(&served.at(path)).await;
            }
            let shown: usize = tab.ask("document.querySelectorAll('.board tbody tr, .keys > li').length").await;
            assert!(shown >= lines, "{name}: {shown} lines, {lines} wanted");
            look::bring_axe(&tab).await;
            let found = everywhere(&tab, name, async |size, sun| {
                // Colours change no place.
                let mut found = Vec::new();
                if !sun {
                    found.extend(tab.ask::<Vec<String>>(UNFIT).await);
                    found.extend(tab.ask::<Vec<String>>(PRESSABLE).await);
                    if [TABLET, DESK].contains(&size) {
                        tab.shoot(&format!("lleno-{name}-{}x{}", size.0, size.1)).await;
                    }
                }
                if size == DESK && !sun {
                    found.extend(look::axe(&tab, "").await);
                } else if size == SIZES[0] {
                    found.extend(look::axe(&tab, MANY).await);
                }
                found
            })
            .await;
            wrong.extend(found);
        }
    })
    .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
