use crate::{
    api::{load_home, load_list},
    components::{browser, entry_id},
    live::LiveEvent,
};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    lists::ListName,
    views::{HomeView, LobbyEvent, LobbyView},
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// The time by which loaded lists may be older than the events before the request, because indexes lag behind
/// their table.
const MAX_INDEX_LAG: Duration = Duration::from_secs(5);
/// The delay before another attempt to load lists that are known to be stale.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// A player's lists in the browser. It starts with the page's data, applies events of the stream and appends
/// more games on request.
#[derive(Clone, Copy)]
pub(super) struct LobbyState {
    /// The displayed lists.
    pub lobby: RwSignal<LobbyView>,
    /// The id for the next invitation.
    pub new_game_id: RwSignal<GameId>,
    /// True while the lists miss changes and no refresh has loaded them yet.
    pub is_stale: RwSignal<bool>,
    viewer: StoredValue<PlayerName>,
    /// Reloads the whole page.
    reload: Callback<()>,
    sync: StoredValue<SyncState>,
}

/// The state that orders responses and events.
#[derive(Default)]
struct SyncState {
    /// The newest known version of each game.
    versions: Vec<(GameId, u32)>,
    /// The numbered events of the last [`MAX_INDEX_LAG`].
    recent: Vec<(u32, LobbyEvent)>,
    /// The number of the latest event.
    event_number: u32,
    /// The events that the response to a request may lack: those since the request, and the recent ones
    /// before it.
    buffered: Vec<LobbyEvent>,
    /// The number of requests in flight.
    in_flight: u32,
    /// True while a refresh is in flight.
    is_refreshing: bool,
    /// True if another refresh must follow the current one.
    refresh_queued: bool,
    /// The number of the latest refresh. The response to an earlier one is discarded.
    refresh_number: u32,
    /// True while the next page of a list is loading.
    is_loading_more: bool,
}

impl LobbyState {
    pub(super) fn new(home: HomeView, reload: Callback<()>) -> Self {
        Self {
            lobby: RwSignal::new(home.lobby),
            new_game_id: RwSignal::new(home.new_game_id),
            is_stale: RwSignal::new(false),
            viewer: StoredValue::new(home.viewer),
            reload,
            sync: StoredValue::default(),
        }
    }

    /// Handles an event of the stream.
    pub(super) fn handle_event(self, event: LiveEvent) {
        match event {
            LiveEvent::Lobby(event) => self.apply(event),
            // The player may have logged out.
            LiveEvent::ConnectFailed => self.refresh(),
            LiveEvent::Reconnected => {
                // The response to an earlier refresh may never arrive on the dead connection.
                if self.is_stale.get_untracked() {
                    self.refresh_stale();
                }
            }
            LiveEvent::Game(_) | LiveEvent::Deleted => {}
        }
    }

    fn apply(self, event: LobbyEvent) {
        let is_new = self.sync.try_update_value(|sync| {
            if let LobbyEvent::Moved { game, version, .. } = &event {
                let mut versions = sync.versions.iter_mut();
                match versions.find(|(game_id, _)| *game_id == game.game_id) {
                    Some((_, newest)) if version < newest => return false,
                    Some((_, newest)) => *newest = *version,
                    None => sync.versions.push((game.game_id, *version)),
                }
            }
            if event == LobbyEvent::Stale {
                // Later changes than these are missing. A response may hold them already.
                sync.recent.clear();
                return true;
            }
            sync.event_number += 1;
            sync.recent.push((sync.event_number, event.clone()));
            self.forget_later(sync.event_number);
            if sync.in_flight > 0 {
                sync.buffered.push(event.clone());
            }
            true
        });
        if is_new == Some(true) {
            self.update_lists(event);
        }
    }

    /// Forgets an event when every index has caught up with it.
    fn forget_later(self, number: u32) {
        let forget: Box<dyn FnOnce()> = Box::new(move || {
            self.sync
                .try_update_value(|sync| sync.recent.retain(|(other, _)| *other != number));
        });
        set_timeout(forget, MAX_INDEX_LAG);
    }

    fn update_lists(self, event: LobbyEvent) {
        let applied = self.lobby.try_update(|lobby| {
            self.viewer
                .try_with_value(|viewer| lobby.apply(event, viewer))
        });
        if applied.flatten() == Some(false) {
            self.is_stale.try_set(true);
            self.refresh_stale();
        }
    }

    /// Loads the changes that the lists miss. Abandons any earlier refresh, because its response may be older.
    fn refresh_stale(self) {
        self.sync.try_update_value(|sync| {
            if std::mem::take(&mut sync.is_refreshing) {
                sync.in_flight -= 1;
            }
            // The new stream begins with the changes that the response may lack.
            sync.recent.clear();
            sync.buffered.clear();
        });
        self.refresh();
    }

    /// Loads the lists again. A call during a refresh is queued.
    pub(super) fn refresh(self) {
        let started = self.sync.try_update_value(|sync| {
            sync.refresh_queued = sync.is_refreshing;
            if !sync.is_refreshing {
                sync.refresh_number += 1;
            }
            (!std::mem::replace(&mut sync.is_refreshing, true)).then_some(sync.refresh_number)
        });
        let Some(number) = started.flatten() else {
            return;
        };
        self.request_started();
        spawn_local(async move {
            let response = load_home().await;
            if self
                .sync
                .try_with_value(|sync| sync.refresh_number == number)
                != Some(true)
            {
                return;
            }
            let is_loaded = response.is_ok();
            match response {
                Ok(Some(home)) if self.viewer.try_get_value().as_ref() == Some(&home.viewer) => {
                    self.lobby.try_set(home.lobby);
                    self.new_game_id.try_set(home.new_game_id);
                }
                // In another tab, the player has logged out or logged in as another player.
                Ok(_) => {
                    self.reload.try_run(());
                }
                // The page already reports the lost connection, or the next attempt will fail too.
                Err(_) => {}
            }
            self.request_finished();
            let is_queued = self.sync.try_update_value(|sync| {
                sync.is_refreshing = false;
                std::mem::take(&mut sync.refresh_queued)
            });
            if is_loaded {
                self.is_stale.try_set(false);
            }
            if is_queued == Some(true) {
                self.refresh();
            } else if self.is_stale.try_get_untracked() == Some(true) {
                self.retry_refresh();
            }
        });
    }

    /// Retries a failed refresh after [`RETRY_DELAY`], because the lists are older than the stream.
    fn retry_refresh(self) {
        let retry: Box<dyn FnOnce()> = Box::new(move || {
            if self.is_stale.try_get_untracked() == Some(true) {
                self.refresh();
            }
        });
        set_timeout(retry, RETRY_DELAY);
    }

    /// Loads the next page of a list and appends it. Errors go to `notice`.
    pub(super) fn load_more(self, list: ListName, notice: RwSignal<Option<AppError>>) {
        let cursor = (self.lobby).with_untracked(|lobby| lobby.list(list).next.clone());
        if cursor.is_none() {
            return;
        }
        let is_busy =
            (self.sync).try_update_value(|sync| std::mem::replace(&mut sync.is_loading_more, true));
        if is_busy != Some(false) {
            return;
        }
        spawn_local(async move {
            self.request_started();
            let response = load_list(list, cursor.clone()).await;
            notice.try_set(response.as_ref().err().cloned().map(AppError::from));
            if let Ok(page) = response {
                self.append(list, cursor, page);
            }
            self.sync
                .try_update_value(|sync| sync.is_loading_more = false);
            self.request_finished();
        });
    }

    fn append(self, list: ListName, cursor: Option<String>, page: domain::views::GamesPage) {
        let mut first_new = None;
        let is_last_page = page.next.is_none();
        self.lobby.try_update(|lobby| {
            // A refresh has replaced the list, so this page no longer follows the displayed games.
            if lobby.list(list).next != cursor {
                return;
            }
            // The displayed games are at least as new as the response.
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
        // The pressed button has disappeared, so the focus moves to the first new game.
        if let (true, Some(game_id)) = (is_last_page, first_new) {
            browser::focus_after_render(format!("#{}", entry_id(game_id)));
        }
    }

    fn request_started(self) {
        self.sync.try_update_value(|sync| {
            if sync.in_flight == 0 {
                sync.buffered = sync.recent.iter().map(|(_, event)| event.clone()).collect();
            }
            sync.in_flight += 1;
        });
    }

    /// Applies the buffered events again, because the response may be older.
    fn request_finished(self) {
        let buffered = self.sync.try_update_value(|sync| {
            sync.in_flight -= 1;
            if sync.in_flight == 0 {
                std::mem::take(&mut sync.buffered)
            } else {
                sync.buffered.clone()
            }
        });
        for event in buffered.into_iter().flatten() {
            self.update_lists(event);
        }
    }
}
