//! Open pages. Each loads a game or a player's lists, follows the event stream, and reconnects to any instance when the
//! stream ends. Whatever happens meanwhile, in the end each page must show the state in the table.

mod follow;
mod lists;

use crate::{
    history::{Call, Outcome},
    record::{self, ListName, ListRead, PageEvent},
    world::{Account, World},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{sync::watch, task::JoinHandle, time};

/// The number of pages of games that are open at the same time. A process has a limited number of connections.
const MAX_GAME_PAGES: usize = 100;

/// All pages that were opened.
#[derive(Default)]
pub struct Pages(Mutex<Vec<Page>>);

struct Page {
    state: Arc<State>,
    following: JoinHandle<()>,
}

/// A page, and the notification of its changes.
struct State {
    page: Mutex<record::Page>,
    changed: watch::Sender<()>,
}

impl Pages {
    /// Opens the page of a game for a watcher or a player, unless too many are open.
    pub fn open_game(
        &self,
        world: &Arc<World>,
        game: &str,
        viewer: Option<&Account>,
        random: fastrand::Rng,
    ) {
        let pages = self.0.lock().unwrap();
        let open = |page: &&Page| !page.following.is_finished() && page.state.game().is_some();
        let is_full = pages.iter().filter(open).count() >= MAX_GAME_PAGES;
        drop(pages);
        if !is_full {
            self.open(world, viewer, Some(game.to_owned()), random);
        }
    }

    /// Opens a player's home page.
    pub fn open_home(&self, world: &Arc<World>, viewer: &Account, random: fastrand::Rng) {
        self.open(world, Some(viewer), None, random);
    }

    fn open(
        &self,
        world: &Arc<World>,
        viewer: Option<&Account>,
        game: Option<String>,
        random: fastrand::Rng,
    ) {
        let state = Arc::new(State {
            page: Mutex::new(record::Page {
                viewer: viewer.map(|viewer| viewer.name.clone()),
                game,
                ..record::Page::default()
            }),
            changed: watch::Sender::new(()),
        });
        let following = follow::follow(
            Arc::clone(world),
            Arc::clone(&state),
            viewer.cloned(),
            random,
        );
        self.0.lock().unwrap().push(Page {
            state,
            following: tokio::spawn(following),
        });
    }

    /// Waits until each page shows the final state, but not longer than `patience`. Closes and returns all pages.
    pub async fn settle(
        &self,
        world: &World,
        expected: &Expected,
        patience: Duration,
    ) -> Vec<record::Page> {
        let deadline = time::Instant::now() + patience;
        let pages = std::mem::take(&mut *self.0.lock().unwrap());
        let mut settled = Vec::new();
        for page in pages {
            let mut changes = page.state.changed.subscribe();
            let shown = async {
                while !expected.is_shown(&page.state.page.lock().unwrap()) {
                    changes.changed().await.unwrap();
                }
            };
            // The checker reports a page that is still wrong.
            let _ = time::timeout_at(deadline, shown).await;
            page.following.abort();
            let _ = page.following.await;
            page.state.close_connection(world.tick());
            settled.push(std::mem::take(&mut *page.state.page.lock().unwrap()));
        }
        settled
    }
}

impl State {
    fn game(&self) -> Option<String> {
        self.page.lock().unwrap().game.clone()
    }

    /// Adds an event to the current connection.
    fn push(&self, tick: u64, event: PageEvent) {
        let mut page = self.page.lock().unwrap();
        let connection = page.connections.last_mut().expect("a connection");
        connection.events.push((tick, event));
        drop(page);
        self.changed.send_replace(());
    }

    fn close_connection(&self, tick: u64) {
        if let Some(connection) = self.page.lock().unwrap().connections.last_mut() {
            connection.closed = connection.closed.min(tick);
        }
    }
}

/// The final state of games and lists.
#[derive(Default)]
pub struct Expected {
    /// The final version of each game, or `None` if it does not exist.
    versions: BTreeMap<String, Option<u64>>,
    first_pages: BTreeMap<(String, ListName), Vec<String>>,
}

impl Expected {
    /// From the last reads of each game, and from the lists.
    pub fn new(calls: &[Call], lists: &[ListRead]) -> Self {
        let mut expected = Self::default();
        for call in calls {
            match &call.outcome {
                Outcome::Game(game) => {
                    expected
                        .versions
                        .insert(call.game.clone(), Some(game.version));
                }
                Outcome::Rejected { .. } => {
                    expected.versions.insert(call.game.clone(), None);
                }
                _ => {}
            }
        }
        for read in lists.iter().filter(|read| !read.is_whole) {
            let ids = read.pages.iter().flatten().map(|game| game.game_id.clone());
            let key = (read.player.clone(), read.list);
            expected.first_pages.insert(key, ids.collect());
        }
        expected
    }

    fn is_shown(&self, page: &record::Page) -> bool {
        match (&page.game, &page.viewer) {
            _ if page.is_closed => true,
            (Some(game), _) => {
                let version = self.versions.get(game).copied().flatten();
                page.shown_version() == version
            }
            (None, Some(viewer)) => page.lists.as_ref().is_some_and(|lists| {
                lists.iter().all(|(list, (shown, _))| {
                    let expected = self.first_pages.get(&(viewer.clone(), *list));
                    let is_there = |id: &String| shown.iter().any(|game| game.game_id == *id);
                    expected.is_none_or(|ids| ids.iter().all(is_there))
                })
            }),
            (None, None) => true,
        }
    }
}
