//! What the records of the streams say.

use super::item::GameItem;
use crate::{
    ids::GameId,
    ssr::{auth::SessionId, game::Game},
};
use aws_sdk_dynamodbstreams::types::{AttributeValue, OperationType, Record};
use std::collections::HashMap;

/// What became of a game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GameChange {
    /// It is now like this.
    Changed(Game),
    /// It was removed in this state.
    Removed(Game),
}

impl GameChange {
    /// Which game.
    #[must_use]
    pub const fn game_id(&self) -> GameId {
        match self {
            Self::Changed(game) | Self::Removed(game) => game.id,
        }
    }

    /// Reads a record of the stream of `Games`. A record that makes no sense is left out: who looks
    /// at that game is told what is wrong with it.
    #[must_use]
    pub fn read(record: &Record) -> Option<Self> {
        let data = record.dynamodb()?;
        match record.event_name()? {
            OperationType::Remove => read_image(data.old_image()?).map(Self::Removed),
            _ => read_image(data.new_image()?).map(Self::Changed),
        }
    }
}

fn read_image(image: &HashMap<String, AttributeValue>) -> Option<Game> {
    let item = serde_dynamo::from_item::<_, GameItem>(image.clone())
        .inspect_err(|error| tracing::warn!(%error, "a stream record can't be read"))
        .ok()?;
    Game::try_from(item)
        .inspect_err(|error| tracing::warn!(%error, "a stream record makes no sense"))
        .ok()
}

/// The session that a record of the stream of `Sessions` says has ended, by log-out or by its age.
#[must_use]
pub fn ended_session(record: &Record) -> Option<SessionId> {
    if *record.event_name()? != OperationType::Remove {
        return None;
    }
    let key = record.dynamodb()?.keys()?.get("SessionId")?;
    key.as_s().ok().cloned().map(SessionId::recorded)
}
