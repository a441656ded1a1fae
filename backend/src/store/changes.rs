//! Parsing of stream records.

use super::item::GameItem;
use crate::{accounts::SessionKey, game::Game};
use aws_sdk_dynamodbstreams::types::{AttributeValue, OperationType, Record};
use domain::ids::{GameId, PlayerName};
use std::collections::HashMap;

/// A change of a game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GameChange {
    /// The game was created or updated to this state.
    Updated(Game),
    /// The game was deleted in this state.
    Deleted(Game),
}

impl GameChange {
    /// Returns the id of the game.
    #[must_use]
    pub const fn game_id(&self) -> GameId {
        match self {
            Self::Updated(game) | Self::Deleted(game) => game.id,
        }
    }

    /// Parses a record of the stream of `Games`. Returns `None` for a corrupt item, which is reported when
    /// the game's page is opened.
    #[must_use]
    pub fn from_record(record: &Record) -> Option<Self> {
        let data = record.dynamodb()?;
        match record.event_name()? {
            OperationType::Remove => parse_image(data.old_image()?).map(Self::Deleted),
            _ => parse_image(data.new_image()?).map(Self::Updated),
        }
    }
}

fn parse_image(image: &HashMap<String, AttributeValue>) -> Option<Game> {
    let item = serde_dynamo::from_item::<_, GameItem>(image.clone())
        .inspect_err(
            |error| tracing::warn!(%error, "the image of a stream record cannot be parsed"),
        )
        .ok()?;
    Game::try_from(item)
        .inspect_err(|error| tracing::warn!(%error, "the image of a stream record is corrupt"))
        .ok()
}

/// Returns the session that a record of the stream of `Sessions` reports as deleted, by a log-out or by its
/// time to live.
#[must_use]
pub fn ended_session(record: &Record) -> Option<SessionKey> {
    if *record.event_name()? != OperationType::Remove {
        return None;
    }
    let key = record.dynamodb()?.keys()?;
    let text = |attribute| key.get(attribute)?.as_s().ok().cloned();
    Some(SessionKey {
        player: PlayerName::from_stored(text("PlayerId")?),
        id: text("SessionId")?,
    })
}
