//! What a worker does from his list.

use super::{Screen, id, tap};
use crate::live::Stream;
use crate::support::{TestPlant, fresh, row};
use chrono::Duration;
use reqwest::Method;

#[tokio::test]
async fn taking_pausing_and_completing_answer_with_the_card_and_a_toast() {
    let plant = TestPlant::embedded().await;
    let path = format!("/carretes/{}", id(&plant, "MK-0001").await);
    let me = ("trabajador", "93");
    let taken = Screen::of(&tap(&plant, &format!("{path}/tomar"), &[me, ("operacion", "ARM")]).await);
    assert_eq!(taken.count("article.spool.mine"), 1);
    assert!(taken.text(".toast.good p").contains("MK-0001"));
    let event = taken.attribute(".toast input[name=evento]", "value");
    let back = Screen::of(&tap(&plant, &format!("{path}/deshacer"), &[me, ("evento", &event)]).await);
    assert_eq!((back.count("article.spool.free"), back.count(".toast input[name=evento]")), (1, 0));

    tap(&plant, &format!("{path}/tomar"), &[me, ("operacion", "ARM")]).await;
    let paused = Screen::of(&tap(&plant, &format!("{path}/pausar"), &[me, ("motivo", "otro"), ("otro", "Lluvia")]).await);
    assert_eq!(paused.count("article.spool.paused"), 1);
    let resumed = Screen::of(&tap(&plant, &format!("{path}/tomar"), &[("trabajador", "94"), ("operacion", "ARM")]).await);
    assert_eq!(resumed.attribute("article.spool.mine input[name=fecha]", "value"), "2026-11-21");
    let done = tap(&plant, &format!("{path}/completar"), &[("trabajador", "94"), ("fecha", "2026-11-20")]).await;
    assert_eq!((done.status, Screen::of(&done).count("article.spool.done")), (200, 1), "{}", done.text);
    let history = Screen::open(&plant, "/historial/MK-0001").await;
    assert!(history.text("main").contains("Lluvia"), "{}", history.text("main"));
}

#[tokio::test]
async fn the_loser_of_a_race_sees_who_won_and_the_fresh_card() {
    let plant = TestPlant::embedded().await;
    let spool = id(&plant, "MK-0001").await;
    plant.worker(94).take("MK-0001", "ARM").await;
    let reply = tap(&plant, &format!("/carretes/{spool}/tomar"), &[("trabajador", "93"), ("operacion", "ARM")]).await;
    assert_eq!(reply.status, 409);
    let screen = Screen::of(&reply);
    assert_eq!(screen.count("hx-partial[hx-target='#alertas'] .toast.bad"), 1);
    assert!(screen.text(".toast p").contains("Nicolás Ríos"));
    assert_eq!(screen.count(&format!("hx-partial article#spool-{spool}.taken")), 1);
}

#[tokio::test]
async fn g6_five_taps_of_one_form_are_one_transition() {
    let plant = TestPlant::embedded().await;
    let path = format!("/carretes/{}/tomar", id(&plant, "MK-0001").await);
    let key = fresh();
    let form = [("trabajador", "93"), ("operacion", "ARM"), ("id_operacion", key.as_str())];
    let replies = futures_util::future::join_all((0..5).map(|_| tap(&plant, &path, &form))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(plant.events("MK-0001").await, ["TOMAR_SPOOL"]);
}

#[tokio::test]
async fn g7_a_batch_tells_the_fate_of_each_spool() {
    let plant = TestPlant::embedded().await;
    let mut form = vec![("trabajador", "93".to_owned())];
    for n in 1..=10 {
        let tag = format!("MK-{n:04}");
        form.push(("carretes", format!("ARM:{}", id(&plant, &tag).await)));
        if n <= 3 {
            plant.worker(94).take(&tag, "ARM").await;
        }
    }
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let screen = Screen::of(&tap(&plant, "/carretes/tomar", &form).await);
    assert_eq!(screen.text(".result h2"), "Tomaste 7 de 10");
    assert_eq!((screen.count(".verdicts .good"), screen.count(".verdicts .bad")), (7, 3));
    assert!(screen.texts(".verdicts .bad").iter().all(|text| text.contains("Nicolás Ríos")));
    assert_eq!(screen.count("hx-partial article.spool"), 10);
    let none = tap(&plant, "/carretes/tomar", &[("trabajador", "93")]).await;
    assert!(none.status == 400 && none.text.contains("Marca al menos uno"));
    let many: Vec<String> = (0..51).map(|n| format!("ARM:{n}")).collect();
    let form: Vec<_> = [("trabajador", "93")].into_iter().chain(many.iter().map(|one| ("carretes", one.as_str()))).collect();
    assert_eq!(tap(&plant, "/carretes/tomar", &form).await.status, 400);
}

/// The values of the boxes of a list.
async fn boxes(plant: &TestPlant, path: &str) -> Vec<String> {
    Screen::open(plant, path).await.attributes(".elige", "value")
}

/// Sends boxes of worker 93.
async fn send(plant: &TestPlant, path: &str, values: &[String]) -> Screen {
    let chosen = values.iter().map(|value| ("carretes", value.as_str()));
    Screen::of(&tap(plant, path, &[("trabajador", "93")].into_iter().chain(chosen).collect::<Vec<_>>()).await)
}

#[tokio::test]
async fn g7_what_failed_of_several_stands_first_and_has_its_name_even_where_its_row_has_none_any_more() {
    let plant = TestPlant::embedded().await;
    let raro = &boxes(&plant, "/carretes?trabajador=93&q=raro").await[0];
    let mut values = boxes(&plant, "/carretes?trabajador=93&q=mk000").await;
    plant.worker(94).take("MK-0002", "ARM").await;
    values.extend([raro.clone(), "ARM:MK-1 ñ: VIEJO 0123456789abcdef".to_owned()]);
    let took = send(&plant, "/carretes/tomar", &values).await;
    assert_eq!(took.text(".result h2"), "Tomaste 9 de 11");
    let names = took.texts(".verdicts li .tag");
    assert_eq!(names[..3], ["MK-0002", "MK-1 ñ: VIEJO", "MK-0001"]);
    assert_eq!(names.len(), 11);
    assert!(took.texts(".verdicts li.bad")[1].contains("cambió en la planilla"), "{:?}", took.texts(".verdicts li.bad"));
    assert_eq!(took.count(".result .ways:has([data-cerrar]) ~ .verdicts"), 1, "it can be put away where it begins");
    assert_eq!(took.count(".result [data-reintentar]"), 1, "and the list asked for anew");
    assert_eq!(took.attribute(".result", "data-quedan"), "", "nothing is to be sent again");
    let mine = boxes(&plant, "/carretes?trabajador=93&ver=mios").await;
    assert!(mine.iter().any(|value| value.starts_with("MK/RARO ñ&<b> ")), "{mine:?}");
    let let_go = send(&plant, "/carretes/soltar", &[mine, vec!["MK-VIEJO 0123456789abcdef".to_owned()]].concat()).await;
    assert_eq!(
        (let_go.text(".result h2"), let_go.text(".verdicts .tag")),
        ("Soltaste 9 de 10".to_owned(), "MK-VIEJO".to_owned())
    );
    let page = plant.send(plant.request(Method::POST, "/carretes/tomar").form(&[("trabajador", "93"), ("carretes", raro)])).await;
    assert_eq!((page.status, Screen::of(&page).text(".verdicts .tag").as_str()), (200, "MK/RARO ñ&<b>"), "without htmx, too");
}

#[tokio::test]
async fn g7_of_several_that_could_not_be_written_the_ticks_stay() {
    let plant = TestPlant::embedded().await;
    let values = boxes(&plant, "/carretes?trabajador=93&q=mk000").await;
    let ids: Vec<&str> = values.iter().map(|value| value.rsplit(' ').next().unwrap()).collect();
    plant.running.app.plant.workbook().close().await;
    let took = send(&plant, "/carretes/tomar", &values).await;
    assert_eq!((took.text(".result h2").as_str(), took.count(".result form")), ("Tomaste 0 de 9", 0));
    assert_eq!(took.attribute(".result", "data-quedan").split(' ').collect::<Vec<_>>(), ids);
}

/// A plant with the two of a tag that can be taken, and two more that can be inspected.
async fn twins() -> TestPlant {
    TestPlant::edited(|sheets| {
        let welded =
            [("Armador", "MR(93)"), ("Fecha_Armado", "10-11-2026"), ("Soldador", "CP(95)"), ("Fecha_Soldadura", "12-11-2026")];
        let next = sheets.operaciones.rows.last().unwrap().0 + 1;
        sheets.operaciones.rows.extend((next..).zip(["3", "4"].map(|ot| row("MK-GEMELO", ot, &welded))));
    })
    .await
}

#[tokio::test]
async fn g14_two_of_one_tag_are_told_apart_in_questions_toasts_and_verdicts() {
    let plant = twins().await;
    let inspector = Screen::open(&plant, "/carretes?trabajador=96&q=gemelo").await;
    let asked = inspector.texts("dialog h2");
    assert_eq!(asked[0], "¿Rechazar MK-GEMELO? NV0650 · OT 3 · fila 71");
    assert_eq!(asked[1], "¿Rechazar MK-GEMELO? NV0650 · OT 4 · fila 72");
    let alone = Screen::open(&plant, "/carretes?trabajador=96&q=soldado").await;
    assert_eq!(alone.text("dialog h2"), "¿Rechazar MK-SOLDADO?", "of one there is nothing to tell apart");

    let values = boxes(&plant, "/carretes?trabajador=93&q=repetido").await;
    let ids: Vec<&str> = values.iter().map(|value| value.rsplit(' ').next().unwrap()).collect();
    let me = ("trabajador", "93");
    let done = Screen::of(&tap(&plant, &format!("/carretes/{}/tomar", ids[0]), &[me, ("operacion", "ARM")]).await);
    assert!(done.text(".toast.good p").ends_with("NV0650 · OT 1 · fila 67"), "{}", done.text(".toast.good p"));
    let other = [("trabajador", "94"), ("operacion", "ARM")];
    let refused = Screen::of(&tap(&plant, &format!("/carretes/{}/tomar", ids[0]), &other).await);
    assert!(refused.text(".toast.bad p").contains("NV0650 · OT 1 · fila 67"), "{}", refused.text(".toast.bad p"));
    for htmx in [true, false] {
        let request = plant.request(Method::GET, &format!("/carretes/{}/ayuda?trabajador=93", ids[1]));
        let help = plant.send(if htmx { request.header("HX-Request", "true") } else { request }).await;
        assert_eq!(Screen::of(&help).text(".result h2"), "¿Qué ayuda necesitas con MK-REPETIDO? NV0650 · OT 2 · fila 68");
    }
    plant.later(Duration::hours(13));
    let mut list = Stream::open(&plant, "/vivo/carretes").await;
    list.named("latido").await;
    tap(&plant, &format!("/carretes/{}/tomar", ids[0]), &[other.as_slice(), &[("relevar", "si")]].concat()).await;
    let told = list.named(&format!("carrete-{}", ids[0])).await;
    assert!(told.contains("aviso") && told.contains("NV0650 · OT 1 · fila 67"), "who loses one is told which: {told}");
    let took = send(&plant, "/carretes/tomar", &values[1..]).await;
    assert!(took.text(".verdicts li").starts_with("MK-REPETIDO NV0650 · OT 2 · fila 68 ✓"), "{}", took.text(".verdicts li"));
}

#[tokio::test]
async fn g7_several_that_were_taken_or_let_go_are_undone_at_once_and_what_could_not_be_is_named() {
    let plant = TestPlant::embedded().await;
    let values = boxes(&plant, "/carretes?trabajador=93&q=mk000").await;
    plant.worker(94).take("MK-0009", "ARM").await;
    let took = send(&plant, "/carretes/tomar", &values[..9]).await;
    assert_eq!((took.text(".result h2"), took.attribute(".result form", "data-dura")), ("Tomaste 8 de 9".into(), "8".into()));
    let undo = |screen: &Screen| screen.attributes(".result form [name=carretes]", "value");
    assert_eq!((undo(&took).len(), took.attribute(".result form", "action").as_str()), (8, "/carretes/deshacer"));
    plant.worker(93).pause("MK-0003").await;
    let undone = send(&plant, "/carretes/deshacer", &undo(&took)).await;
    assert_eq!((undone.text(".result h2"), undone.text(".verdicts .bad .tag")), ("Deshiciste 7 de 8".into(), "MK-0003".into()));
    assert_eq!((undone.count(".verdicts .bad"), undone.count("hx-partial article.free")), (1, 7));
    assert_eq!(undone.count(".result form"), 0, "what was undone is not undone");
    assert_eq!(plant.events("MK-0001").await, ["TOMAR_SPOOL", "DESHACER_SPOOL"]);
    assert_eq!(plant.events("MK-0003").await, ["TOMAR_SPOOL", "PAUSAR_SPOOL"]);
    // Somebody else's taps undo nothing of his.
    let mine = send(&plant, "/carretes/tomar", &values[..1]).await;
    let value = &undo(&mine)[0];
    let theirs = tap(&plant, "/carretes/deshacer", &[("trabajador", "94"), ("carretes", value)]).await;
    assert_eq!(Screen::of(&theirs).text(".result h2"), "Deshiciste 0 de 1");
    let let_go = send(&plant, "/carretes/soltar", &boxes(&plant, "/carretes?trabajador=93&ver=mios").await[..1]).await;
    let back = send(&plant, "/carretes/deshacer", &undo(&let_go)).await;
    assert_eq!((back.text(".result h2").as_str(), back.count("hx-partial article.mine")), ("Deshiciste 1 de 1", 1));
    let page =
        plant.send(plant.request(Method::POST, "/carretes/deshacer").form(&[("trabajador", "93"), ("carretes", value)])).await;
    assert_eq!((page.status, Screen::of(&page).text("h1").as_str()), (200, "Marta Ríos"), "without htmx it is a page of his");
    assert_eq!(tap(&plant, "/carretes/deshacer", &[("trabajador", "93"), ("carretes", "MK-1")]).await.status, 400);
}

#[tokio::test]
async fn a_sentence_that_sends_somebody_to_the_list_brings_the_button_for_it() {
    let plant = TestPlant::embedded().await;
    let gone = tap(&plant, "/carretes/0123456789abcdef/tomar", &[("trabajador", "93"), ("operacion", "ARM")]).await;
    let button = |reply| Screen::of(reply).text("#alertas .toast button[data-reintentar], .toast button[data-reintentar]");
    assert_eq!((gone.status, button(&gone).as_str()), (404, "ACTUALIZAR LISTA"), "{}", gone.text);
    plant.worker(94).take("MK-0001", "ARM").await;
    let path = format!("/carretes/{}/tomar", id(&plant, "MK-0001").await);
    let taken = tap(&plant, &path, &[("trabajador", "93"), ("operacion", "ARM")]).await;
    assert_eq!((taken.status, button(&taken).as_str()), (409, ""), "the card itself says it");
    let scanned = plant.request(Method::GET, "/escaneo?trabajador=93&tag=MK-9999").header("HX-Request", "true");
    assert_eq!(button(&plant.send(scanned).await), "", "no list has what does not exist");
}

#[tokio::test]
async fn g7_several_are_let_go_at_the_end_of_a_shift_for_one_reason_and_each_has_its_fate() {
    let plant = TestPlant::embedded().await;
    let key = fresh();
    let mut form = vec![("trabajador", "93".to_owned()), ("motivo", "fin de turno".into()), ("id_operacion", key)];
    for n in 1..=4 {
        let tag = format!("MK-{n:04}");
        plant.worker(if n == 4 { 94 } else { 93 }).take(&tag, "ARM").await;
        form.push(("carretes", id(&plant, &tag).await));
    }
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let screen = Screen::of(&tap(&plant, "/carretes/soltar", &form).await);
    assert_eq!(screen.text(".result h2"), "Soltaste 3 de 4");
    assert_eq!((screen.count(".verdicts .good"), screen.count("hx-partial article.paused")), (3, 3));
    assert!(screen.text(".verdicts .bad").contains("lo tiene Nicolás Ríos"), "{}", screen.text(".verdicts .bad"));
    assert!(Screen::open(&plant, "/historial/MK-0002").await.text("main").contains("fin de turno"));
    // Sent again, the same form finds what it did.
    let again = Screen::of(&tap(&plant, "/carretes/soltar", &form).await);
    assert_eq!(again.text(".result h2"), "Soltaste 3 de 4");
    assert_eq!(plant.events("MK-0001").await, ["TOMAR_SPOOL", "PAUSAR_SPOOL"]);
    let none = tap(&plant, "/carretes/soltar", &[("trabajador", "93")]).await;
    assert!(none.status == 400 && none.text.contains("Marca al menos uno"));
    let page = plant.send(plant.request(Method::POST, "/carretes/soltar").form(&form)).await;
    assert_eq!(Screen::of(&page).text("h1"), "Marta Ríos", "without htmx it is a page of his");
}

#[tokio::test]
async fn metrology_is_one_tap_to_approve_and_confirms_a_rejection_with_the_whole_tag() {
    let plant = TestPlant::embedded().await;
    let list = Screen::open(&plant, "/carretes?trabajador=96").await;
    assert!(list.text("#metrologia article dialog").contains("¿Rechazar MK-SOLDADO?"));
    let path = format!("/carretes/{}/metrologia", id(&plant, "MK-SOLDADO").await);
    let reply = tap(&plant, &path, &[("trabajador", "96"), ("resultado", "RECHAZADO")]).await;
    assert!(Screen::of(&reply).text("article.spool.rejected .state").contains("ciclo 1/3"), "{}", reply.text);
    assert_eq!(tap(&plant, &path, &[("trabajador", "96"), ("resultado", "QUIZÁS")]).await.status, 400);
}

#[tokio::test]
async fn without_htmx_a_form_leads_back_to_the_list_or_to_a_page_that_says_why() {
    let plant = TestPlant::embedded().await;
    let spool = id(&plant, "MK-0001").await;
    let path = format!("/carretes/{spool}/tomar");
    let send = |worker: &'static str| {
        plant.send(plant.request(Method::POST, &path).form(&[("trabajador", worker), ("operacion", "ARM")]))
    };
    let taken = send("93").await;
    assert_eq!((taken.status, Screen::of(&taken).text("h1").as_str()), (200, "Marta Ríos"), "it followed the 303");
    let refused = send("94").await;
    let page = Screen::of(&refused);
    assert_eq!((refused.status, page.text("h1").as_str()), (409, "No se pudo"));
    assert!(page.text("[role=alert] .big").contains("Marta Ríos"));
}
