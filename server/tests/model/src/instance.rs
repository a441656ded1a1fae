//! An instance of the server: what it remembers between requests.

use crate::history::{Seq, Version, time};
use backend::{
    game::Game,
    hub::{RecentChanges, Token},
};
use std::sync::Arc;
use uuid::Uuid;

/// The memory of an instance. It loses all of it when it dies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    /// The identity of the process.
    id: Uuid,
    /// The hub's memory of changes, which is the product's own.
    memory: RecentChanges,
    /// The cached version of the game.
    pub cached: Option<Seq>,
    /// The last record that it has read from the table's stream. `None` until it has begun to follow it.
    pub followed: Option<Seq>,
}

impl Instance {
    /// Creates an instance that follows the stream. `number` and `starts` identify the process.
    #[must_use]
    pub fn new(number: usize, starts: u8, followed: Option<Seq>) -> Self {
        let mut memory = RecentChanges::default();
        if followed.is_some() {
            // It has done so for a day.
            memory.feed_started(time(0) - jiff::SignedDuration::from_hours(24));
        }
        Self {
            id: Uuid::from_u128(((number as u128) << 8) | u128::from(starts)),
            memory,
            cached: None,
            followed,
        }
    }

    /// The product's `Backend::game_changed` and `game_removed`. Returns true if the version is news here.
    pub fn publish(&mut self, versions: &[Arc<Version>], seq: Seq, now: u32) -> bool {
        let Some(change) = &versions[seq].change else {
            return false;
        };
        let is_news = self.memory.add(change, time(now));
        if is_news {
            let game = versions[seq].game.as_ref();
            self.cached = game.map(|_| self.later_cached(versions, seq));
        }
        is_news
    }

    /// The product's `RecentGames::insert`, after a strongly consistent read.
    pub fn cache(&mut self, versions: &[Arc<Version>], seq: Seq) {
        self.cached = Some(self.later_cached(versions, seq));
    }

    fn later_cached(&self, versions: &[Arc<Version>], seq: Seq) -> Seq {
        let recency = |seq: Seq| versions[seq].game.as_ref().map(Game::recency);
        match self.cached {
            Some(known) if recency(known) >= recency(seq) => known,
            _ => seq,
        }
    }

    /// Begins to follow the stream after its latest record.
    pub fn start_feed(&mut self, latest: Seq, now: u32) {
        self.memory.feed_started(time(now));
        self.followed = Some(latest);
    }

    /// The resume token of a page that is rendered now.
    #[must_use]
    pub fn token(&self, now: u32) -> Token {
        Token {
            instance: self.id,
            change: self.memory.latest(),
            at: time(now),
        }
    }

    /// Returns the versions that were published after a token, or `None` if the memory lacks some of them.
    #[must_use]
    pub fn since(&self, versions: &[Arc<Version>], token: &Token) -> Option<Vec<Seq>> {
        let changes = self.memory.after_token(token, self.id)?;
        let seq_of = |change| {
            let same = |version: &Arc<Version>| version.change.as_ref() == Some(change);
            versions.iter().position(same)
        };
        Some(changes.iter().filter_map(seq_of).collect())
    }
}
