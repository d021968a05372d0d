//! The screens of a plant at work, asked for as a browser asks.

use crate::client::{Answer, Connection};
use crate::plant::{self, Served, Work};
use crate::{Res, act, ms, spread};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How many answers of each page are timed: its 99th of a hundred is the tenth worst, not the third.
const ANSWERS: usize = 1_000;

/// How many changes a board is asked for again after.
const CHANGES: usize = 300;

/// Spools that nobody else of this run touches: those that are held, those that were finished today,
/// and the one that is taken and given back.
const HELD: std::ops::Range<u32> = 1_100..1_150;
const FINISHED: std::ops::Range<u32> = 1_200..1_230;
const TURNED: u32 = 1_300;

/// Puts the plant to work, and times its pages.
pub(crate) async fn measure(served: &Served) -> Res<()> {
    fill(served).await?;
    let worker = "/carretes?trabajador=101";
    for (name, path, budget) in [
        ("nothing (/health)", "/health".to_owned(), "what this client and the machine take"),
        ("list page", worker.to_owned(), "budget p99 5 ms at 2,556, 15 at 10,000"),
        ("list page, search", format!("{worker}&q=cw25"), "budget p99 5 ms at 2,556, 15 at 10,000"),
        ("supervisor, search", "/supervisor?q=cw25".to_owned(), "no budget"),
        ("GET /api/spools, search", "/api/spools?q=cw25&limit=60".to_owned(), "no budget"),
        ("board", "/tablero".to_owned(), "budget p99 3 ms"),
        ("wall", "/kiosko".to_owned(), "budget p99 3 ms"),
        ("GET /api/spools, all", "/api/spools".to_owned(), "no budget"),
    ] {
        let mut times = Times::new(name, budget);
        let mut connection = Connection::open(served.address).await?;
        for _ in 0..if path.starts_with("/api") { ANSWERS / 10 } else { ANSWERS } {
            times.take(served, &mut connection, &path).await?;
        }
        times.print();
    }
    // The page of another second or change is rendered and packed for whoever asks first.
    let (mut board, mut wall) = (Times::new("board, new", "budget p99 3 ms"), Times::new("wall, new", "budget p99 3 ms"));
    let mut connection = Connection::open(served.address).await?;
    for change in 0..CHANGES {
        act(&mut connection, if change % 2 == 0 { "tomar" } else { "cancelar" }, TURNED).await?;
        board.take(served, &mut connection, "/tablero").await?;
        wall.take(served, &mut connection, "/kiosko").await?;
    }
    board.print();
    wall.print();
    throughput(served).await
}

/// Fifty spools are held, thirty were finished today, and somebody asks for help.
async fn fill(served: &Served) -> Res<()> {
    let mut connection = Connection::open(served.address).await?;
    for index in HELD.chain(FINISHED) {
        act(&mut connection, "tomar", index).await?;
    }
    for index in FINISHED {
        act(&mut connection, "completar", index).await?;
    }
    let (spool, worker) = (plant::tag(HELD.start), plant::worker(HELD.start));
    connection.submit(&format!("/carretes/{spool}/ayuda"), &format!("trabajador={worker}&motivo=calidad")).await?.expect(303)?;
    let board = connection.get("/tablero").await?.expect(200)?;
    let board = String::from_utf8_lossy(&board.body);
    match board.matches("<tr data-clave").count() == HELD.len() && board.contains("PEDIDA") && board.matches("<rect").count() > 14
    {
        true => Ok(()),
        false => Err(format!("the board is not as full as it should be: {board}").into()),
    }
}

/// How long answers took, and what of it the server worked or waited for a core.
struct Times {
    name: &'static str,
    budget: &'static str,
    whole: Vec<Duration>,
    ran: Vec<Duration>,
    waited: Vec<Duration>,
    /// The first of all, which nothing has prepared.
    first: Option<Duration>,
    size: usize,
}

impl Times {
    fn new(name: &'static str, budget: &'static str) -> Times {
        Times { name, budget, whole: vec![], ran: vec![], waited: vec![], first: None, size: 0 }
    }

    async fn take(&mut self, served: &Served, connection: &mut Connection, path: &str) -> Res<()> {
        let (before, start) = (served.work()?, Instant::now());
        let Answer { body, .. } = connection.open_page(path).await?.expect(200)?;
        let took = start.elapsed();
        let Work { ran, waited } = served.work()?.since(before);
        self.first.get_or_insert(took);
        self.whole.push(took);
        self.ran.push(ran);
        self.waited.push(waited);
        self.size = body.len();
        Ok(())
    }

    fn print(self) {
        let Times { name, budget, whole, ran, waited, first, size } = self;
        println!("{name:<28} {}   {size:>7} bytes, first {:.2} ms ({budget})", spread(whole), ms(first.unwrap_or_default()));
        println!("{:<28} {}", "   of which it worked", spread(ran));
        println!("{:<28} {}", "   and waited for a core", spread(waited));
    }
}

async fn throughput(served: &Served) -> Res<()> {
    let (connections, time) = (8, Duration::from_secs(5));
    let (before, mut tasks) = (served.work()?, JoinSet::new());
    for _ in 0..connections {
        let address = served.address;
        tasks.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let (start, mut pages) = (Instant::now(), 0u32);
            while start.elapsed() < time {
                connection.open_page("/tablero").await?.expect(200)?;
                pages += 1;
            }
            Res::Ok(pages)
        });
    }
    let mut pages = 0;
    while let Some(done) = tasks.join_next().await {
        pages += done??;
    }
    let ran = served.work()?.since(before).ran;
    println!(
        "boards a second              {:>9.0}      over {connections} connections, this client on the same 2 cores (budget 5,000); {:.3} ms of work each",
        f64::from(pages) / time.as_secs_f64(),
        ms(ran) / f64::from(pages.max(1))
    );
    Ok(())
}
