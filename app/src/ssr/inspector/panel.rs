//! What the panel shows of a game: read for the panel alone, and not counted among the page's requests.

use super::{Attribution, Inspector, Item, Person, items::Versions, person::Meter};
use crate::{
    error::AppError,
    game::Square,
    ids::{GameId, PlayerName},
    ssr::{
        game::Game,
        state::AppState,
        store::{lists::neighbours::Index, status_date},
    },
    view_model::GameView,
};
use std::sync::Arc;

/// A game as the panel shows it.
#[derive(Clone, Debug)]
pub struct GamePanel {
    /// The game, as its viewers see it.
    pub game: GameView,
    /// Its item.
    pub versions: Versions,
    /// What it has cost.
    pub meter: Meter,
    /// What the indexes hold for it.
    pub indexes: Vec<IndexPanel>,
}

/// What one index holds for a game.
#[derive(Clone, Debug)]
pub struct IndexPanel {
    /// Which index.
    pub index: Index,
    /// The player whose partition it is.
    pub player: PlayerName,
    /// The game's entry and, in the viewer's own partition, those next to it; newest first.
    pub entries: Vec<Item>,
    /// Whether it is the viewer's own partition.
    pub is_own: bool,
}

impl GamePanel {
    /// Reads a game and what the indexes hold for it. What is next to it is only shown to whose entries
    /// they are.
    ///
    /// # Errors
    ///
    /// [`AppError::NoSuchGame`], [`AppError::CorruptGame`], [`AppError::DatabaseUnavailable`].
    pub async fn read(
        state: &AppState,
        inspector: &Inspector,
        viewer: Option<(&PlayerName, Arc<Person>)>,
        id: GameId,
    ) -> Result<Self, AppError> {
        let (viewer, person) = viewer.unzip();
        Attribution::aside(inspector, person, async {
            let game = state
                .store
                .game(id, true)
                .await?
                .ok_or(AppError::NoSuchGame)?;
            let indexes = futures::try_join!(
                index(state, inspector, &game, Index::Host, viewer),
                index(state, inspector, &game, Index::Opponent, viewer),
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

    /// The same after a change, as `game` tells: the item is read only where it has not come by, and the
    /// indexes only if the change concerns them.
    ///
    /// # Errors
    ///
    /// As [`GamePanel::read`].
    pub async fn follow(
        self,
        state: &AppState,
        inspector: &Inspector,
        viewer: Option<(&PlayerName, Arc<Person>)>,
        game: GameView,
    ) -> Result<Self, AppError> {
        let (id, versions) = (game.game_id, inspector.versions(&game.game_id.to_string()));
        if self.game.status != game.status || !is_of(&versions, &game) {
            return Self::read(state, inspector, viewer, id).await;
        }
        Ok(Self {
            meter: inspector.game(&id.to_string()),
            game,
            versions,
            ..self
        })
    }
}

/// Whether the newest version is the item of the game as it is shown.
fn is_of(versions: &Versions, game: &GameView) -> bool {
    versions.now.as_ref().is_some_and(|item| {
        let marks = item.keys().filter(|name| name.parse::<Square>().is_ok());
        let date = item.get("StatusDate").and_then(|date| date.as_s().ok());
        marks.count() == game.board.len()
            && date.is_some_and(|date| date.starts_with(game.status.as_str()))
    })
}

async fn index(
    state: &AppState,
    inspector: &Inspector,
    game: &Game,
    index: Index,
    viewer: Option<&PlayerName>,
) -> Result<IndexPanel, AppError> {
    let player = match index {
        Index::Host => &game.host,
        Index::Opponent => &game.opponent,
    };
    let is_own = viewer == Some(player);
    let versions = inspector.versions(&game.id.to_string());
    let item = versions.now.unwrap_or_default();
    let at = (item.get("StatusDate"))
        .and_then(|date| date.as_s().ok())
        .cloned();
    let at = at.unwrap_or_else(|| status_date::encode(game.status(), game.since));
    let entries = if is_own {
        state.store.entries_around(index, player, &at).await?
    } else {
        let mut entries = state.store.entries_at(index, player, &at).await?;
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
