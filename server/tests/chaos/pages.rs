//! Open pages. Each follows the event stream of a game, shows the newest version, and reconnects to any instance when
//! the stream ends. Whatever happens meanwhile, in the end each page must show the state in the table.

use crate::{
    history::Game,
    record::{Item, Record},
    world::World,
};
use http::{Method, StatusCode};
use serde_json::Value;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use test_support::{Client, Events, client::ClientError, game_path};
use tokio::{
    sync::watch,
    task::{AbortHandle, JoinHandle},
    time,
};

/// The number of pages that are open at the same time. A process has a limited number of connections.
const MAX_PAGES: usize = 100;
/// The time without an event after which a stream is dead. A `ping` comes every 15 seconds.
const STREAM_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest delay before a page reconnects.
const MAX_RETRY_MILLIS: u64 = 300;
/// The time that the pages get to show the final state.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(60);

/// The state that a page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Nothing,
    Game {
        version: u64,
        status: String,
        moves: Option<Vec<String>>,
    },
    Deleted,
}

impl Shown {
    /// Whether the state cannot change any more.
    fn is_final(&self) -> bool {
        match self {
            Self::Deleted => true,
            Self::Game { status, .. } => status == "FINISHED",
            Self::Nothing => false,
        }
    }
}

/// All pages that were opened.
#[derive(Default)]
pub struct Pages(Mutex<Vec<Page>>);

struct Page {
    game: String,
    shown: watch::Receiver<Shown>,
    following: JoinHandle<()>,
}

impl Pages {
    /// Opens a page, unless too many are open.
    pub fn open(&self, world: &Arc<World>, game: &str, random: fastrand::Rng) {
        let mut pages = self.0.lock().unwrap();
        let open = pages.iter().filter(|page| !page.following.is_finished());
        if open.count() < MAX_PAGES {
            let (shows, shown) = watch::channel(Shown::Nothing);
            let following = follow(world.instances.clone(), game.to_owned(), shows, random);
            pages.push(Page {
                game: game.to_owned(),
                shown,
                following: tokio::spawn(following),
            });
        }
    }

    /// Waits until each page shows the state in the table, and closes all pages. Returns those that do not.
    pub async fn settle(&self, record: &Record) -> Settled {
        let pages = std::mem::take(&mut *self.0.lock().unwrap());
        let deadline = time::Instant::now() + SETTLE_TIMEOUT;
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
            if time::timeout_at(deadline, page.shown.wait_for(is_right))
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

/// The final states of the pages.
#[derive(Debug, Default)]
pub struct Settled {
    pub pages: usize,
    /// A description of each wrong page.
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
        // The game was deleted or never created.
        return matches!(shown, Shown::Deleted | Shown::Nothing);
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
        // A later invitation may have reused the id after the page closed.
        Shown::Deleted => was_removed,
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
        // After an error the page reconnects, too.
        let _ = follow_stream(address, &game, &shows).await;
        if shows.borrow().is_final() {
            return;
        }
        time::sleep(Duration::from_millis(random.u64(0..MAX_RETRY_MILLIS))).await;
    }
}

/// Follows a stream to its end.
async fn follow_stream(
    address: SocketAddr,
    game: &str,
    shows: &watch::Sender<Shown>,
) -> Result<(), ClientError> {
    let client = Client::new(address);
    let request = client.request(Method::GET, &format!("{}/events", game_path(game)));
    let response = time::timeout(STREAM_TIMEOUT, request.try_open()).await??;
    if response.status() == StatusCode::NOT_FOUND {
        // A game that the page has not shown yet may still be created.
        let was_shown = matches!(*shows.borrow(), Shown::Game { .. });
        if was_shown {
            shows.send_replace(Shown::Deleted);
        }
    }
    if !response.status().is_success() {
        return Ok(());
    }
    let mut events = Events::new(response);
    while let Some((name, data)) = time::timeout(STREAM_TIMEOUT, events.try_next()).await?? {
        show(&name, data, shows)?;
        if shows.borrow().is_final() {
            break;
        }
    }
    Ok(())
}

/// Shows the state in an event, unless it is older than the shown one.
fn show(name: &str, data: Value, shows: &watch::Sender<Shown>) -> Result<(), ClientError> {
    match name {
        "game" => {
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
                    Shown::Deleted => false,
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
        "gone" => {
            shows.send_replace(Shown::Deleted);
        }
        _ => {}
    }
    Ok(())
}
