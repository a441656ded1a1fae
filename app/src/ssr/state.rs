//! What every request can reach.

use super::{
    auth::{Passwords, SessionId},
    game::Game,
    hub::Hub,
    inspector::Inspector,
    recent_games::RecentGames,
    store::Store,
};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;

/// Made once at start-up, cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// Where the browser's files are and what they are called.
    pub leptos_options: LeptosOptions,
    /// The tables.
    pub store: Store,
    /// Who watches what on this instance.
    pub hub: Hub,
    /// Password hashing, a few at a time.
    pub passwords: Passwords,
    /// Sessions seen in the last seconds, so that a request does not cost a read.
    pub sessions: super::auth::SessionCache,
    /// Games as this instance last saw them.
    pub recent_games: RecentGames,
    /// Whether people reach the server by HTTPS: cookies are `Secure` then.
    pub secure_cookies: bool,
    /// What people's requests ask of the tables, where that is looked at.
    pub inspector: Option<Inspector>,
}

impl AppState {
    /// The state of an instance that has seen nothing yet.
    #[must_use]
    pub fn new(leptos_options: LeptosOptions, store: Store, secure_cookies: bool) -> Self {
        Self {
            leptos_options,
            store,
            hub: Hub::new(),
            passwords: Passwords::new(),
            sessions: super::auth::SessionCache::new(),
            recent_games: RecentGames::new(),
            secure_cookies,
            inspector: None,
        }
    }

    /// The same, with somebody who looks at what is asked of the tables: the store's client must be the
    /// inspector's.
    #[must_use]
    pub fn with_inspector(self, inspector: Option<Inspector>) -> Self {
        Self { inspector, ..self }
    }

    /// Whoever wrote it: tells those who watch a game how it is now and remembers it, unless that is
    /// known here.
    pub fn game_changed(&self, game: &Game) {
        if self.hub.changed(game) {
            self.recent_games.remember(game.clone());
        }
    }

    /// Whoever deleted it: tells those who watch a game that it is gone and forgets it, unless that is
    /// known here.
    pub fn game_removed(&self, game: &Game) {
        if self.hub.removed(game) {
            self.recent_games.forget(game.id);
        }
    }

    /// Wherever it was ended: a session is not valid here any more, and its streams end.
    pub fn session_ended(&self, session: &SessionId) {
        self.sessions.end(session);
        self.hub.logged_out(session);
        if let Some(inspector) = &self.inspector {
            inspector.forget(session);
        }
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos_options.clone()
    }
}
