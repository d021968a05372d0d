//! A supervisor's board that stays open for the whole run: it shows what the stream last told it.

use crate::history::Screen;
use futures_util::StreamExt;
use scraper::{Html, Selector};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// An open board; closed when dropped.
pub(crate) struct Board {
    url: String,
    /// The picture that came last.
    shows: Arc<Mutex<String>>,
    follows: JoinHandle<()>,
}

impl Board {
    pub(crate) fn open(url: &str) -> Board {
        let shows = Arc::<Mutex<String>>::default();
        let follows = tokio::spawn(follow(format!("{url}/vivo/tablero"), Arc::clone(&shows)));
        Board { url: url.to_owned(), shows, follows }
    }

    /// What it shows as occupied. The name of each worker of this plant ends in his number.
    pub(crate) fn screen(&self) -> Screen {
        let html = Html::parse_fragment(&self.shows.lock().unwrap());
        let (line, tag, holder) = (css("table.board tbody tr"), css("th.tag a"), css("td"));
        let occupied = html.select(&line).filter_map(|line| {
            let tag: String = line.select(&tag).next()?.text().collect();
            let name: String = line.select(&holder).next()?.text().collect();
            Some((tag.trim().to_owned(), name.trim().rsplit(' ').next()?.parse().ok()?))
        });
        Screen { name: format!("the open board at {}", self.url), occupied: occupied.collect() }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.follows.abort();
    }
}

fn css(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}

/// Follows the stream, and comes back when it breaks as the page does.
async fn follow(url: String, shows: Arc<Mutex<String>>) {
    loop {
        if let Ok(reply) = reqwest::get(&url).await {
            let (mut stream, mut text) = (reply.bytes_stream(), Vec::new());
            while let Some(Ok(bytes)) = stream.next().await {
                text.extend_from_slice(&bytes);
                while let Some(end) = text.windows(2).position(|pair| pair == b"\n\n") {
                    let frame: Vec<u8> = text.drain(..end + 2).collect();
                    let frame = String::from_utf8_lossy(&frame);
                    if frame.contains("hx-target=\"#tablero\"") {
                        *shows.lock().unwrap() = frame.replace("data: ", "");
                    }
                }
            }
        }
        sleep(Duration::from_millis(500)).await;
    }
}
