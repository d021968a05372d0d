use super::*;
use crate::cli;
use crate::config::Config;
use crate::plant::Clock;
use axum::body::Body;
use axum::extract::{FromRequest, Request};

#[tokio::test]
async fn boards_that_workers_opened_alike_are_painted_once_and_each_leads_back_to_his_own_list() {
    let data = tempfile::tempdir().unwrap();
    let config = Config { data: data.path().join("data"), ..Config::default() };
    let clock = Clock::system(config.zone);
    let built = cli::build(&config, clock).await.unwrap();
    let live = Live::follow(&built.plant, CancellationToken::new());
    let of = async |worker: u32| {
        let request = Request::builder().uri(format!("/vivo/tablero?operacion=ARM&trabajador={worker}"));
        let filter = Filter::from_request(request.body(Body::empty()).unwrap(), &()).await.unwrap();
        String::from_utf8(live.picture(Screen::Board, &filter, &built.plant).to_vec()).unwrap()
    };
    let first = of(93).await;
    assert!(first.matches("trabajador=93\"").count() > 8 && !first.contains("trabajador=0"), "{first}");
    for worker in [1, 20, 94, 4_000_000_000] {
        let theirs = of(worker).await;
        assert_eq!(theirs.matches(&format!("trabajador={worker}\"")).count(), first.matches("trabajador=93\"").count());
    }
    assert_eq!(live.0.narrowed.lock().unwrap().len(), 1, "one picture for all of them");
}
