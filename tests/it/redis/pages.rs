//! What supervisors see of several processes: the same on the page of each (`field-failures.md` F4, H3).

use crate::pages::Screen;
use crate::support::binary::Binary;
use crate::support::redis::RealRedis;
use crate::support::{TestPlant, eventually};
use chrono::Duration;
use reqwest::{Client, Method};
use scraper::{Html, Selector};
use tempfile::TempDir;

/// A process of the shipped program, in a folder of its own.
struct Process {
    binary: Binary,
    _data: TempDir,
}

impl Process {
    async fn on(redis: &RealRedis) -> Process {
        let data = tempfile::tempdir().unwrap();
        let binary = Binary::serve_with(data.path(), "127.0.0.1:0", &[("REDIS_URL", &redis.url())]).await;
        Process { binary, _data: data }
    }

    async fn page(&self, path: &str) -> String {
        reqwest::get(format!("{}{path}", self.binary.url)).await.unwrap().text().await.unwrap()
    }

    /// What a part of a page says, each time it is there.
    async fn says(&self, path: &str, part: &str) -> Vec<String> {
        let html = Html::parse_document(&self.page(path).await);
        html.select(&Selector::parse(part).unwrap()).map(|found| found.text().collect::<Vec<_>>().join(" ")).collect()
    }
}

const OLD: &str = "0.0.9-de-ayer";

/// A tablet that keeps its cookie, whichever process it meets.
struct Tablet {
    client: Client,
    id: String,
}

impl Tablet {
    async fn at(process: &Process) -> Tablet {
        let client = Client::new();
        let first = client.get(format!("{}/", process.binary.url)).send().await.unwrap();
        let id = first.headers()["set-cookie"].to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
        Tablet { client, id }
    }

    async fn tells(&self, process: &Process, what: &str) {
        let told = self.client.post(format!("{}/rastro", process.binary.url)).header("Cookie", format!("tableta={}", self.id));
        // A tablet that is kept on the page of a build before this one.
        assert_eq!(told.form(&[("que", what), ("build", OLD)]).send().await.unwrap().status(), 204);
    }

    fn trail(&self) -> String {
        format!("/diagnostico?tableta={}", self.id)
    }

    /// How often the page of a process shows that the tablet told this.
    async fn shown(&self, process: &Process, what: &str) -> usize {
        let cells = process.says(&self.trail(), "section:first-of-type tbody td").await;
        cells.iter().filter(|cell| cell.contains(what)).count()
    }
}

#[tokio::test]
async fn f4_what_is_done_on_a_tablet_is_on_the_page_of_every_process_also_of_one_that_comes_later() {
    let redis = RealRedis::start();
    let (mut one, two) = (Process::on(&redis).await, Process::on(&redis).await);
    let tablet = Tablet::at(&one).await;
    tablet.tells(&one, "<b onclick=x>abre\"</b>").await;
    tablet.tells(&two, "cierra").await;
    for process in [&one, &two] {
        let both =
            async || (tablet.shown(process, "<b onclick=x>abre\"</b>").await, tablet.shown(process, "cierra").await) == (1, 1);
        eventually("both steps are there", both).await;
        let page = process.page(&tablet.trail()).await;
        assert!(!page.contains("<b onclick") && !page.contains("Redis no responde"), "{page}");
        let rows = process.says("/supervisor/actividad", "section[aria-labelledby=t-tabletas] tbody tr").await;
        let mine: Vec<Vec<&str>> = rows.iter().map(|row| row.split_whitespace().collect()).collect();
        let mine: Vec<_> = mine.iter().filter(|row| tablet.id.starts_with(row[0])).collect();
        assert_eq!(mine.len(), 1, "{rows:?}");
        let (at, ago, build) = (mine[0][1], mine[0][2], &mine[0][3..]);
        assert!(at.len() == 5 && at.contains(':') && ago.ends_with('m'), "its last contact: {mine:?}");
        assert_eq!(build, [OLD, "ANTERIOR"], "and the build of its page");
    }
    one.binary.kill().await;
    let three = Process::on(&redis).await;
    eventually("it catches up", async || tablet.shown(&three, "cierra").await == 1).await;
    assert_eq!(tablet.shown(&three, "abre").await, 1, "the one that told it is gone");
}

#[tokio::test]
async fn f4_steps_that_nobody_could_be_told_while_redis_was_away_are_told_when_it_is_back() {
    let mut redis = RealRedis::start();
    let (one, two) = (Process::on(&redis).await, Process::on(&redis).await);
    let tablet = Tablet::at(&one).await;
    tablet.tells(&one, "antes").await;
    eventually("it was told", async || tablet.shown(&two, "antes").await == 1).await;
    redis.kill9();
    let note = "Redis no responde";
    for path in ["/supervisor/salud", "/supervisor/actividad", "/diagnostico"] {
        eventually("the page says what is missing", async || two.page(path).await.contains(note)).await;
    }
    tablet.tells(&one, "mientras").await;
    eventually("its own it shows at once", async || tablet.shown(&one, "mientras").await == 1).await;
    assert_eq!((tablet.shown(&two, "antes").await, tablet.shown(&two, "mientras").await), (1, 0));
    // It comes back empty.
    redis.restart();
    eventually("it was told", async || tablet.shown(&two, "mientras").await == 1).await;
    tablet.tells(&two, "después").await;
    eventually("and on they go", async || tablet.shown(&one, "después").await == 1).await;
    for process in [&one, &two] {
        assert_eq!((tablet.shown(process, "antes").await, tablet.shown(process, "mientras").await), (1, 1), "each once");
        eventually("nothing is missing", async || !process.page("/diagnostico").await.contains(note)).await;
    }
}

#[tokio::test]
async fn h3_what_could_not_be_served_at_one_process_is_on_the_page_of_the_others_also_when_it_has_ended() {
    let mut redis = RealRedis::start();
    let (mut one, two) = (Process::on(&redis).await, Process::on(&redis).await);
    redis.kill9();
    let take = serde_json::json!({"tag_spool": "MK-1335-CW-25238-012", "worker_id": 93, "operacion": "ARM"});
    let tap = Client::new().post(format!("{}/api/occupation/tomar", one.binary.url)).json(&take);
    assert_eq!(tap.send().await.unwrap().status(), 503);
    let errors = "section[aria-labelledby=t-errores] tbody tr";
    assert_eq!(two.says("/diagnostico", errors).await, Vec::<String>::new());
    redis.restart();
    let shown = async || {
        let found = two.says("/diagnostico", errors).await;
        found.len() == 1 && found[0].contains("503 REDIS_NO_DISPONIBLE") && found[0].contains("/api/occupation/tomar")
    };
    eventually("it is on the other's page", shown).await;
    one.binary.kill().await;
    let three = Process::on(&redis).await;
    let shown = async |path: &str| three.says(path, errors).await.len() == 1;
    assert!(shown("/diagnostico").await && shown("/supervisor/salud").await);
}

#[tokio::test]
async fn h3_the_page_of_each_process_lists_all_that_serve_and_marks_one_that_says_nothing_more() {
    let redis = RealRedis::start();
    let (one, two) = (TestPlant::with_redis(&redis.url()).await, TestPlant::with_redis(&redis.url()).await);
    let rows = "section[aria-labelledby=t-procesos] tbody tr";
    let listed = async |plant: &TestPlant| Screen::open(plant, "/supervisor/salud").await.texts(rows);
    for plant in [&one, &two] {
        eventually("both are listed", async || listed(plant).await.len() == 2).await;
        let found = listed(plant).await;
        assert!(found.iter().all(|row| row.contains("acepta cambios")), "{found:?}");
        let own: Vec<_> = found.iter().filter(|row| row.contains(" este")).collect();
        assert!(own.len() == 1 && own[0].contains(&plant.running.address.to_string()), "{found:?}");
    }
    redis.ask::<()>(&["SET", "spool_process:x", "<b>no es de nadie"]);
    redis.ask::<()>(&["ZADD", "spool_processes", "1", "x"]);
    assert_eq!(listed(&two).await.len(), 2, "what cannot be read is passed over");
    // As if the other one had last been heard a minute ago.
    two.later(Duration::minutes(1));
    let found = listed(&two).await;
    assert_eq!(found.iter().filter(|row| row.contains("SIN NOTICIAS desde hace 1m")).count(), 1, "{found:?}");
    assert!(one.running.stop().await);
    eventually("who stopped is listed no more", async || listed(&two).await.len() == 1).await;
    let alone = TestPlant::embedded().await;
    assert_eq!(listed(&alone).await, Vec::<String>::new());
}

#[tokio::test]
async fn i3_while_redis_is_away_each_process_shows_its_own_conflicts_and_says_what_does_not_answer() {
    let mut redis = RealRedis::start();
    let (one, two) = (TestPlant::with_redis(&redis.url()).await, TestPlant::with_redis(&redis.url()).await);
    for (plant, worker, tag, status) in [(&one, 93, "MK-0001", 200), (&one, 94, "MK-0001", 409), (&two, 93, "MK-0002", 200)] {
        assert_eq!(plant.worker(worker).take(tag, "ARM").await.status, status);
    }
    // How many took a spool, the share of those who came late, and whether the page says that it is of this process and
    // that the locks do not answer.
    let shown = async |plant: &TestPlant| {
        let page = Screen::open(plant, "/supervisor/salud").await;
        let tiles = page.texts("section[aria-labelledby=t-conflictos] .tile b");
        let own = page.text("#t-conflictos").contains("de este proceso");
        (tiles[..2].join(" "), own, page.text("section[aria-labelledby=t-puertos]").contains("NO RESPONDEN"))
    };
    for plant in [&one, &two] {
        eventually("all are counted", async || shown(plant).await == ("2 33,3 %".into(), false, false)).await;
    }
    redis.kill9();
    eventually("its own", async || shown(&one).await == ("1 50,0 %".into(), true, true)).await;
    eventually("its own", async || shown(&two).await == ("1 0,0 %".into(), true, true)).await;
    redis.restart();
    for plant in [&one, &two] {
        let answers = async || matches!(shown(plant).await, (_, false, false));
        eventually("all of them are heard again", answers).await;
    }
}

#[tokio::test]
async fn f4_a_tablet_that_follows_the_plant_at_another_process_is_called_silent_by_none() {
    let redis = RealRedis::start();
    let (one, two) = (TestPlant::with_redis(&redis.url()).await, TestPlant::with_redis(&redis.url()).await);
    let first = one.get("/").await;
    let id = first.headers["set-cookie"].to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    let cookie = format!("tableta={id}");
    let stream = one.request(Method::GET, "/vivo/carretes").header("Cookie", cookie).send().await.unwrap();
    for plant in [&one, &two] {
        plant.later(Duration::minutes(40));
    }
    let is = async |plant: &TestPlant, silent: bool| {
        // Always the same desk: each that shows no number is a tablet more.
        let page = plant.get_with_cookie("/supervisor/actividad", &format!("tableta={:032x}", 7)).await.text;
        page.split("<tr").any(|row| row.contains(&format!("tableta={id}")) && row.contains("CALLADA") == silent)
    };
    for plant in [&one, &two] {
        eventually("it is heard", async || is(plant, false).await).await;
    }
    drop(stream);
    for plant in [&one, &two] {
        eventually("it is silent", async || is(plant, true).await).await;
    }
}
