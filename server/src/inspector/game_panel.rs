//! The game in the panel: its item and its index entries. They are read for the panel alone and not counted as
//! requests of the page.

use super::capture::{
    Inspector, Item, Recording, SessionLog, session_log::Meter, versions::Versions,
};
use backend::{
    Backend,
    game::Game,
    store::{Index, status_date},
};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    rules::Square,
    views::GameView,
};
use std::sync::Arc;

/// A game as the panel shows it.
#[derive(Clone, Debug)]
pub struct GamePanel {
    /// The game in the form that all clients get.
    pub game: GameView,
    /// The last two versions of the item.
    pub versions: Versions,
    /// The cost of the game.
    pub meter: Meter,
    /// The entries in the indexes.
    pub indexes: Vec<IndexPanel>,
}

/// The entries of one index around a game.
#[derive(Clone, Debug)]
pub struct IndexPanel {
    /// The index.
    pub index: Index,
    /// The player whose partition it is.
    pub player: PlayerName,
    /// The game's entry and, in the viewer's own partition, its neighbours, newest first.
    pub entries: Vec<Item>,
    /// True if it is the viewer's own partition.
    pub is_own: bool,
}

impl GamePanel {
    /// Reads a game and its index entries. The neighbours of an entry are shown only to the player whose
    /// partition it is.
    ///
    /// # Errors
    ///
    /// [`AppError::NoSuchGame`], [`AppError::CorruptGame`], [`AppError::DatabaseUnavailable`].
    pub async fn read(
        backend: &Backend,
        inspector: &Inspector,
        viewer: Option<(&PlayerName, Arc<SessionLog>)>,
        id: GameId,
    ) -> Result<Self, AppError> {
        let (viewer, log) = viewer.unzip();
        Recording::unrecorded(inspector, log, async {
            let game = backend
                .store
                .game(id, true)
                .await?
                .ok_or(AppError::NoSuchGame)?;
            let indexes = futures::try_join!(
                index(backend, inspector, &game, Index::Host, viewer),
                index(backend, inspector, &game, Index::Opponent, viewer),
            )?;
            let id = id.to_string();
            Ok(Self {
                game: GameView::from(&game),
                versions: inspector.versions(&id),
                meter: inspector.game(&id),
                indexes: vec![indexes.0, indexes.1],
            })
        })
        .await
    }

    /// Updates the panel after the game has changed to `game`. The indexes are read again only if their entries
    /// have changed, and the item only if the inspector has not seen it.
    ///
    /// # Errors
    ///
    /// The same as for [`GamePanel::read`].
    pub async fn updated(
        self,
        backend: &Backend,
        inspector: &Inspector,
        viewer: Option<(&PlayerName, Arc<SessionLog>)>,
        game: GameView,
    ) -> Result<Self, AppError> {
        let (id, versions) = (game.game_id, inspector.versions(&game.game_id.to_string()));
        if self.game.status != game.status || !matches(&versions, &game) {
            return Self::read(backend, inspector, viewer, id).await;
        }
        Ok(Self {
            meter: inspector.game(&id.to_string()),
            game,
            versions,
            ..self
        })
    }
}

/// Returns true if the newest version of the item has this state of the game.
fn matches(versions: &Versions, game: &GameView) -> bool {
    versions.current.as_ref().is_some_and(|item| {
        let marks = item.keys().filter(|name| name.parse::<Square>().is_ok());
        let date = item.get("StatusDate").and_then(|date| date.as_s().ok());
        marks.count() == game.board.len()
            && date.is_some_and(|date| date.starts_with(game.status.as_str()))
    })
}

async fn index(
    backend: &Backend,
    inspector: &Inspector,
    game: &Game,
    index: Index,
    viewer: Option<&PlayerName>,
) -> Result<IndexPanel, AppError> {
    let player = match index {
        Index::Host => &game.players.host,
        Index::Opponent => &game.players.opponent,
    };
    let is_own = viewer == Some(player);
    let versions = inspector.versions(&game.id.to_string());
    let item = versions.current.unwrap_or_default();
    let at = (item.get("StatusDate"))
        .and_then(|date| date.as_s().ok())
        .cloned();
    let at = at.unwrap_or_else(|| status_date::encode(game.status(), game.status_changed_at));
    let entries = if is_own {
        backend.store.entries_around(index, player, &at).await?
    } else {
        let mut entries = backend.store.entries_at(index, player, &at).await?;
        entries.retain(|entry| entry.get("GameId") == item.get("GameId"));
        entries
    };
    Ok(IndexPanel {
        index,
        player: player.clone(),
        is_own,
        entries,
    })
}
