//! Open pages: each follows a game's event stream, takes what is newer than what it shows, and connects again, to
//! any instance, when the stream ends. However much goes wrong meanwhile, in the end each shows what the table has.

use crate::{
    history::Game,
    record::{Item, Record},
    world::World,
};
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Bytes, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    sync::watch,
    task::{AbortHandle, JoinHandle},
    time,
};

/// As many stay open at the same time: a process may have only so many connections.
const MOST: usize = 100;
/// A stream that says nothing for so long is dead: a `ping` comes every 15 seconds.
const SILENCE: Duration = Duration::from_secs(20);
/// Before it connects again, at most.
const RETRY_MILLIS: u64 = 300;
/// All pages are right long before, or never.
const FOREVER: Duration = Duration::from_secs(60);

/// What a page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Nothing,
    Game {
        version: u64,
        status: String,
        moves: Option<Vec<String>>,
    },
    Gone,
}

impl Shown {
    /// Whether nothing more can happen to it.
    fn is_final(&self) -> bool {
        match self {
            Self::Gone => true,
            Self::Game { status, .. } => status == "FINISHED",
            Self::Nothing => false,
        }
    }
}

/// All that were opened.
#[derive(Default)]
pub struct Pages(Mutex<Vec<Page>>);

struct Page {
    game: String,
    shown: watch::Receiver<Shown>,
    following: JoinHandle<()>,
}

impl Pages {
    /// Opens one, unless there are many.
    pub fn open(&self, world: &Arc<World>, game: &str, random: fastrand::Rng) {
        let mut pages = self.0.lock().unwrap();
        let open = pages.iter().filter(|page| !page.following.is_finished());
        if open.count() < MOST {
            let (shows, shown) = watch::channel(Shown::Nothing);
            let following = follow(world.instances.clone(), game.to_owned(), shows, random);
            pages.push(Page {
                game: game.to_owned(),
                shown,
                following: tokio::spawn(following),
            });
        }
    }

    /// Waits until each shows what the table has; what is wrong with those that don't. Then closes them.
    pub async fn settle(&self, record: &Record) -> Settled {
        let pages = std::mem::take(&mut *self.0.lock().unwrap());
        let ends = time::Instant::now() + FOREVER;
        let mut settled = Settled::default();
        for mut page in pages {
            let closing = Close(page.following.abort_handle());
            let item = record
                .items
                .iter()
                .find(|item| item["GameId"] == page.game.as_str());
            let mut calls = record.calls.iter().filter(|call| call.game == page.game);
            let was_removed = calls.any(|call| call.is_removal() && call.may_have_acted());
            let is_right = |shown: &Shown| is_right(shown, item, was_removed);
            settled.pages += 1;
            if time::timeout_at(ends, page.shown.wait_for(is_right))
                .await
                .is_err()
            {
                let shown = page.shown.borrow().clone();
                settled.wrong.push(format!(
                    "{}: {shown:?}, but the table has {item:?}",
                    page.game
                ));
            }
            drop(closing);
        }
        settled
    }
}

/// What became of the pages.
#[derive(Debug, Default)]
pub struct Settled {
    pub pages: usize,
    /// Of each that is wrong, what it shows.
    pub wrong: Vec<String>,
}

struct Close(AbortHandle);

impl Drop for Close {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn is_right(shown: &Shown, item: Option<&Item>, was_removed: bool) -> bool {
    let Some(item) = item else {
        // It was removed, or never made.
        return matches!(shown, Shown::Gone | Shown::Nothing);
    };
    let in_table: Vec<String> = item
        .get("Moves")
        .map(|moves| serde_json::from_value(moves.clone()).unwrap())
        .unwrap_or_default();
    let status_date = item["StatusDate"].as_str().unwrap();
    match shown {
        Shown::Game { status, moves, .. } => {
            status_date.starts_with(&format!("{status}_")) && moves.as_ref() == Some(&in_table)
        }
        // The same id may have been invited with again, after the page had closed.
        Shown::Gone => was_removed,
        Shown::Nothing => false,
    }
}

async fn follow(
    instances: Vec<SocketAddr>,
    game: String,
    shows: watch::Sender<Shown>,
    mut random: fastrand::Rng,
) {
    loop {
        let address = instances[random.usize(0..instances.len())];
        // However it ends: a page that is not told that it is over tries again.
        let _ = stream(address, &game, &shows).await;
        if shows.borrow().is_final() {
            return;
        }
        time::sleep(Duration::from_millis(random.u64(0..RETRY_MILLIS))).await;
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Follows one stream to its end.
async fn stream(
    address: SocketAddr,
    game: &str,
    shows: &watch::Sender<Shown>,
) -> Result<(), Failure> {
    let connection = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(connection)).await?;
    let connection = tokio::spawn(connection);
    let _closing = Close(connection.abort_handle());
    let request = Request::get(format!("/api/v1/games/{game}/events"))
        .header(header::HOST, address.to_string())
        .body(Empty::<Bytes>::new())?;
    let response = time::timeout(SILENCE, sender.send_request(request)).await??;
    if response.status() == StatusCode::NOT_FOUND {
        // Else it may not have been made yet.
        let was_there = matches!(*shows.borrow(), Shown::Game { .. });
        if was_there {
            shows.send_replace(Shown::Gone);
        }
    }
    if !response.status().is_success() {
        return Ok(());
    }
    let (mut body, mut text) = (response.into_body(), String::new());
    while let Some(data) = next_data(&mut body).await? {
        text.push_str(std::str::from_utf8(&data)?);
        while let Some((event, rest)) = text.split_once("\n\n") {
            take(event, shows)?;
            text = rest.to_owned();
        }
        if shows.borrow().is_final() {
            break;
        }
    }
    Ok(())
}

async fn next_data(body: &mut Incoming) -> Result<Option<Bytes>, Failure> {
    match time::timeout(SILENCE, body.frame()).await? {
        Some(frame) => Ok(Some(frame?.into_data().unwrap_or_default())),
        None => Ok(None),
    }
}

/// Shows what an event says, unless that is older than what is shown.
fn take(event: &str, shows: &watch::Sender<Shown>) -> Result<(), Failure> {
    let field = |name: &str| {
        let mut lines = event.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let data: Value = serde_json::from_str(field("data").unwrap_or("null"))?;
    match field("event") {
        Some("game") => {
            let Game {
                version,
                status,
                moves,
                ..
            } = serde_json::from_value(data)?;
            shows.send_if_modified(|shown| {
                let is_newer = match shown {
                    Shown::Nothing => true,
                    Shown::Game { version: known, .. } => version > *known,
                    Shown::Gone => false,
                };
                if is_newer {
                    *shown = Shown::Game {
                        version,
                        status,
                        moves,
                    };
                }
                is_newer
            });
        }
        Some("gone") => {
            shows.send_replace(Shown::Gone);
        }
        _ => {}
    }
    Ok(())
}
