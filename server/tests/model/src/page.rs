//! An open page of the game, in a browser.

use crate::history::{Seq, Version};
use backend::hub::Token;
use domain::views::GameView;
use std::sync::Arc;

/// A page and its live connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// The version of the game on the page.
    game: Seq,
    /// The version that removed the game, if the page says that it was removed.
    removed: Option<Seq>,
    /// The state of the live connection.
    pub connection: Connection,
}

/// The live connection of a page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Connection {
    /// The server has rendered the page, and the stream is not open yet.
    Rendered(Token),
    /// A stream from this instance.
    Open(usize),
    /// The stream broke. The page opens another one, without a token.
    Lost,
}

/// The page showed an older version after a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WentBack;

impl Page {
    /// Creates a page as an instance renders it.
    #[must_use]
    pub const fn new(game: Seq, connection: Connection) -> Self {
        Self {
            game,
            removed: None,
            connection,
        }
    }

    /// The version that the page shows.
    #[must_use]
    pub fn shown(&self) -> Seq {
        self.removed.unwrap_or(self.game)
    }

    /// Handles an event of the stream, or the answer to a request of this page.
    ///
    /// # Errors
    ///
    /// [`WentBack`] if a person sees an older version than before.
    pub fn handle(&mut self, versions: &[Arc<Version>], seq: Seq) -> Result<(), WentBack> {
        let before = self.shown();
        let view = |seq: Seq| versions[seq].game.as_ref().map(GameView::from);
        match (view(seq), view(self.game)) {
            // The product's page shows what is newer and drops the rest.
            (Some(new), Some(shown)) if new.is_newer_than(&shown) => {
                self.game = seq;
                self.removed = None;
            }
            (Some(_), _) => {}
            (None, _) => self.removed = Some(seq),
        }
        if self.shown() < before {
            Err(WentBack)
        } else {
            Ok(())
        }
    }
}
