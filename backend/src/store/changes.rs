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

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodbstreams::types::StreamRecord;
    use domain::{ids::PlayerName, players::Players};
    use jiff::Timestamp;
    use proptest::{collection::hash_map, option, prelude::*, sample::select};

    fn record(
        event: Option<OperationType>,
        old: Option<HashMap<String, AttributeValue>>,
        new: Option<HashMap<String, AttributeValue>>,
    ) -> Record {
        let data = StreamRecord::builder()
            .set_old_image(old)
            .set_new_image(new);
        let data = data.build();
        Record::builder()
            .set_event_name(event)
            .dynamodb(data)
            .build()
    }

    #[test]
    fn a_record_tells_of_an_update_or_a_deletion() {
        let player = |name: &str| PlayerName::from_stored(name.to_owned());
        let players = Players {
            host: player("ada"),
            opponent: player("bob"),
        };
        let game = Game::invitation(crate::game::new_game_id(), players, Timestamp::UNIX_EPOCH);
        let image: HashMap<_, _> = serde_dynamo::to_item(GameItem::from(&game)).expect("an image");
        for (event, expected) in [
            (OperationType::Insert, GameChange::Updated(game.clone())),
            (OperationType::Modify, GameChange::Updated(game.clone())),
            (OperationType::Remove, GameChange::Deleted(game.clone())),
        ] {
            let record = record(Some(event), Some(image.clone()), Some(image.clone()));
            assert_eq!(GameChange::from_record(&record), Some(expected));
        }
    }

    fn any_value() -> impl Strategy<Value = AttributeValue> {
        prop_oneof![
            select(vec![
                "ada",
                "bob",
                "X",
                "O",
                "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11"
            ])
            .prop_map(|text| AttributeValue::S(text.to_owned())),
            "(PENDING|IN_PROGRESS|FINISHED)_2026-11-22 05:30:0[0-9]".prop_map(AttributeValue::S),
            any::<String>().prop_map(AttributeValue::S),
            any::<i64>().prop_map(|number| AttributeValue::N(number.to_string())),
            Just(AttributeValue::L(vec![AttributeValue::S(
                "TopLeft".to_owned()
            )])),
            Just(AttributeValue::Null(true)),
        ]
    }

    fn any_image() -> impl Strategy<Value = HashMap<String, AttributeValue>> {
        let names = [
            "GameId",
            "HostId",
            "OpponentId",
            "StatusDate",
            "OUser",
            "Turn",
            "TopLeft",
            "Moves",
        ];
        hash_map(
            select(names.to_vec()).prop_map(str::to_owned),
            any_value(),
            0..9,
        )
    }

    fn any_event() -> impl Strategy<Value = Option<OperationType>> {
        let unknown = OperationType::from("ARCHIVE");
        option::of(select(vec![
            OperationType::Insert,
            OperationType::Modify,
            OperationType::Remove,
            unknown,
        ]))
    }

    proptest! {
        #[test]
        fn no_record_causes_a_panic(
            event in any_event(),
            old in option::of(any_image()),
            new in option::of(any_image()),
        ) {
            let record = record(event, old, new);
            if let Some(change) = GameChange::from_record(&record) {
                let is_removal = record.event_name() == Some(&OperationType::Remove);
                prop_assert_eq!(matches!(change, GameChange::Deleted(_)), is_removal);
            }
            prop_assert_eq!(ended_session(&record), None);
        }
    }
}
