use crate::{
    api::{load_home, load_list},
    components::{browser, entry_id},
    error::AppError,
    ids::{GameId, PlayerName},
    live::LiveEvent,
    view_model::{HomeView, ListName, LobbyEvent, LobbyView},
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// Between attempts to read lists that are known to be old.
const PAUSE: Duration = Duration::from_secs(1);

/// A player's lists in the browser: as the page was loaded, then as the stream tells and as more of
/// them is read.
#[derive(Clone, Copy)]
pub(super) struct LobbyState {
    /// The lists as they are shown.
    pub lobby: RwSignal<LobbyView>,
    /// For the next invitation.
    pub new_game_id: RwSignal<GameId>,
    viewer: StoredValue<PlayerName>,
    /// Draws the page anew from the beginning.
    reload: Callback<()>,
    memory: StoredValue<Memory>,
}

/// What is needed to put answers and events in their order.
#[derive(Default)]
struct Memory {
    /// The newest version that was heard of each game.
    versions: Vec<(GameId, u32)>,
    /// Events that came while answers were awaited. The answers may be older than they are.
    meanwhile: Vec<LobbyEvent>,
    /// How many answers are awaited.
    awaited: u32,
    /// Whether the lists are being read again, and whether they must be once more after that.
    is_reading: bool,
    read_again: bool,
    /// Counts the readings, to know one that no longer counts.
    reading: u32,
    /// Whether something was missed that has not been read yet.
    is_behind: bool,
    /// Whether the next page of a list is awaited.
    is_appending: bool,
}

impl LobbyState {
    pub(super) fn new(home: HomeView, reload: Callback<()>) -> Self {
        Self {
            lobby: RwSignal::new(home.lobby),
            new_game_id: RwSignal::new(home.new_game_id),
            viewer: StoredValue::new(home.viewer),
            reload,
            memory: StoredValue::default(),
        }
    }

    /// Takes in what the stream tells.
    pub(super) fn hear(self, event: LiveEvent) {
        match event {
            LiveEvent::Lobby(event) => self.apply(event),
            LiveEvent::Resumed => self.catch_up(),
            LiveEvent::Refused => {
                // The connection is lost again: its return will tell to catch up.
                self.memory.try_update_value(|m| m.is_behind = false);
                self.read_again();
            }
            LiveEvent::Game(_) | LiveEvent::Gone => {}
        }
    }

    fn apply(self, event: LobbyEvent) {
        let is_news = self.memory.try_update_value(|memory| {
            if let LobbyEvent::Moved { game, version, .. } = &event {
                let mut versions = memory.versions.iter_mut();
                match versions.find(|(game_id, _)| *game_id == game.game_id) {
                    Some((_, newest)) if version < newest => return false,
                    Some((_, newest)) => *newest = *version,
                    None => memory.versions.push((game.game_id, *version)),
                }
            }
            if memory.awaited > 0 {
                memory.meanwhile.push(event.clone());
            }
            true
        });
        if is_news == Some(true) {
            self.draw(event);
        }
    }

    fn draw(self, event: LobbyEvent) {
        let applied = self.lobby.try_update(|lobby| {
            self.viewer
                .try_with_value(|viewer| lobby.apply(event, viewer))
        });
        if applied.flatten() == Some(false) {
            self.memory
                .try_update_value(|memory| memory.is_behind = true);
            self.read_again();
        }
    }

    /// Connected again: reads what was missed. A reading that began before does not count any more: it
    /// may be older than that, or wait for its answer on a line that is dead.
    fn catch_up(self) {
        self.memory.try_update_value(|memory| {
            if std::mem::take(&mut memory.is_reading) {
                memory.awaited -= 1;
            }
            memory.meanwhile.clear();
            memory.is_behind = true;
        });
        self.read_again();
    }

    /// Reads the lists again; a wish that comes while that happens is fulfilled after it.
    pub(super) fn read_again(self) {
        let begins = self.memory.try_update_value(|memory| {
            memory.read_again = memory.is_reading;
            if !memory.is_reading {
                memory.reading += 1;
            }
            (!std::mem::replace(&mut memory.is_reading, true)).then_some(memory.reading)
        });
        let Some(number) = begins.flatten() else {
            return;
        };
        self.begin_awaiting();
        spawn_local(async move {
            let answer = load_home().await;
            if self.memory.try_with_value(|m| m.reading == number) != Some(true) {
                return;
            }
            let is_read = answer.is_ok();
            match answer {
                Ok(Some(home)) if self.viewer.try_get_value().as_ref() == Some(&home.viewer) => {
                    self.lobby.try_set(home.lobby);
                    self.new_game_id.try_set(home.new_game_id);
                }
                // Logged out, or in as somebody else, in another tab.
                Ok(_) => {
                    self.reload.try_run(());
                }
                // The page says already that the connection is lost, or the next attempt finds out.
                Err(_) => {}
            }
            self.end_awaiting();
            let again = self.memory.try_update_value(|memory| {
                memory.is_reading = false;
                memory.is_behind &= !is_read;
                (std::mem::take(&mut memory.read_again), memory.is_behind)
            });
            match again {
                Some((true, _)) => self.read_again(),
                Some((_, true)) => self.read_again_soon(),
                _ => {}
            }
        });
    }

    /// The stream is there, but the lists are older than it and could not be read.
    fn read_again_soon(self) {
        let again: Box<dyn FnOnce()> = Box::new(move || {
            if self.memory.try_with_value(|memory| memory.is_behind) == Some(true) {
                self.read_again();
            }
        });
        set_timeout(again, PAUSE);
    }

    /// Appends the next page of a list.
    pub(super) fn read_more(self, list: ListName, notice: RwSignal<Option<AppError>>) {
        let cursor = (self.lobby).with_untracked(|lobby| lobby.list(list).next.clone());
        if cursor.is_none() {
            return;
        }
        let is_busy =
            (self.memory).try_update_value(|m| std::mem::replace(&mut m.is_appending, true));
        if is_busy != Some(false) {
            return;
        }
        spawn_local(async move {
            self.begin_awaiting();
            let answer = load_list(list, cursor.clone()).await;
            notice.try_set(answer.as_ref().err().cloned());
            if let Ok(page) = answer {
                self.append(list, cursor, page);
            }
            self.memory.try_update_value(|m| m.is_appending = false);
            self.end_awaiting();
        });
    }

    fn append(self, list: ListName, cursor: Option<String>, page: crate::view_model::GamesPage) {
        let mut first_new = None;
        let ends = page.next.is_none();
        self.lobby.try_update(|lobby| {
            // Read again in the meantime, so this page does not follow on what is shown.
            if lobby.list(list).next != cursor {
                return;
            }
            // What is shown is at least as new as the answer.
            let is_shown = |id| {
                let mut lists = ListName::ALL.into_iter();
                lists.any(|list| lobby.list(list).games.iter().any(|game| game.game_id == id))
            };
            let mut games = page.games;
            games.retain(|game| !is_shown(game.game_id));
            first_new = games.first().map(|game| game.game_id);
            let shown = lobby.list_mut(list);
            shown.games.append(&mut games);
            shown.next = page.next;
        });
        // The button that was pressed has gone: the keyboard goes on where the new games begin.
        if let (true, Some(game_id)) = (ends, first_new) {
            browser::focus_when_drawn(format!("#{}", entry_id(game_id)));
        }
    }

    fn begin_awaiting(self) {
        self.memory.try_update_value(|memory| memory.awaited += 1);
    }

    /// Draws once more what was heard while the answer was on its way.
    fn end_awaiting(self) {
        let meanwhile = self.memory.try_update_value(|memory| {
            memory.awaited -= 1;
            if memory.awaited == 0 {
                std::mem::take(&mut memory.meanwhile)
            } else {
                memory.meanwhile.clone()
            }
        });
        for event in meanwhile.into_iter().flatten() {
            if event != LobbyEvent::Stale {
                self.draw(event);
            }
        }
    }
}
