//! The model of the protocol repeats the condition expressions as predicates. Random writes on random items show that
//! they mean the same: the engine and the model accept the same writes, and leave the same item.

use super::items;
use backend::{
    game::{Decision, Game, Move},
    store::{RemovedBy, Store, StoreError, Write as Stored, item::GameItem, status_date},
};
use domain::{
    ids::PlayerName,
    rules::{Outcome, Square},
    status::Status,
};
use jiff::{Timestamp, ToSpan};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use protocol_model::{
    history::{after_moves, invitation, time},
    people::game_id,
    table::Write,
};
use std::collections::{BTreeMap, HashMap};
use test_support::on_both_engines;

/// The number of random writes.
const CASES: usize = 1500;

on_both_engines!(
    async fn the_model_and_the_engine_agree(fixture: Fixture) {
        let (store, id) = (&fixture.store, game_id());
        let mut runner = TestRunner::deterministic();
        let mut outcomes = HashMap::new();
        for _ in 0..CASES {
            let case = any_case().new_tree(&mut runner).expect("a case").current();
            match case.item.clone() {
                Some(item) => store.put_game_item(item).await.expect("put"),
                None => store.delete_game(id).await.expect("deleted"),
            }
            let is_written = send(store, &case.write).await;
            let expected = case.write.apply(case.item.as_ref(), None);
            if let Some(is_written) = is_written {
                assert_eq!(is_written, expected.is_ok(), "{case:#?}");
            }
            *outcomes.entry((case.kind, expected.is_ok())).or_insert(0) += 1;
            let expected = expected.unwrap_or(case.item.clone());
            let stored = items::get(&fixture, id).await;
            assert_eq!(stored, expected.as_ref().map(text), "{case:#?}");
        }
        // The cases are worth comparing: each write has both outcomes.
        assert_eq!(outcomes.len(), 2 * KINDS, "{outcomes:?}");
    }
);

/// Sends a write to the engine. Returns true if its condition held, or `None` if the item is corrupt.
async fn send(store: &Store, write: &Write) -> Option<bool> {
    let id = game_id();
    match write {
        Write::Create(game) => held(store.create_game(game).await),
        Write::Accept { me, now } => held(store.accept(id, me, *now).await),
        Write::Decline { me } => held(store.delete_invitation(id, RemovedBy::Opponent(me)).await),
        Write::Cancel { me } => held(store.delete_invitation(id, RemovedBy::Host(me)).await),
        Write::DeleteExpired { now } => held(store.delete_expired(id, *now).await),
        Write::Play { game, chosen, now } => held(store.play(game, chosen, *now).await),
        Write::Complete { game, outcome, now } => held(store.complete(game, *outcome, *now).await),
    }
}

fn held<T>(result: Result<Stored<T>, StoreError>) -> Option<bool> {
    match result {
        Ok(Stored::ConditionFailed(_)) => Some(false),
        Ok(_) => Some(true),
        Err(StoreError::Corrupt { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

/// The item as [`items::get`] returns it.
fn text(item: &GameItem) -> BTreeMap<String, String> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::Array(list) => {
            let texts = list.iter().filter_map(serde_json::Value::as_str);
            texts.collect::<Vec<_>>().join(",")
        }
        other => other.as_str().expect("a string").to_owned(),
    };
    let json = serde_json::to_value(item).expect("JSON");
    let attributes = json.as_object().expect("an object").iter();
    attributes
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

/// An item, or none, and a write on it.
#[derive(Clone, Debug)]
struct Case {
    item: Option<GameItem>,
    write: Write,
    kind: usize,
}

/// The number of kinds of writes.
const KINDS: usize = 7;

prop_compose! {
    fn any_case()(
        order in Just(Square::ALL.to_vec()).prop_shuffle(),
        plies in 0..=9_usize,
        kind in 0..KINDS,
        me in any_player(),
        square in any_square(),
        changes in proptest::collection::vec(any_change(), 0..3),
        exists in proptest::bool::weighted(0.9),
    ) -> Case {
        let item = after_moves(&order[..plies]);
        let game = Game::try_from(item.clone()).expect("a game");
        let item = changes.iter().fold(item, |item, change| change.apply(item));
        let now = time(0);
        let write = match kind {
            0 => Write::Create(invitation(0)),
            1 => Write::Accept { me, now },
            2 => Write::Decline { me },
            3 => Write::Cancel { me },
            4 => Write::DeleteExpired { now },
            5 => match a_move(&game, square) {
                Some(chosen) => Write::Play { game, chosen, now },
                None => Write::Cancel { me },
            },
            _ => Write::Complete { game, outcome: Outcome::Drawn, now },
        };
        let kind = if matches!(write, Write::Cancel { .. }) { 3 } else { kind };
        Case { item: exists.then_some(item), write, kind }
    }
}

/// A legal move on the game, on `square` or on the first empty one.
fn a_move(game: &Game, square: Square) -> Option<Move> {
    let player = game.turn()?.clone();
    let ply = u32::try_from(game.board().ply()).ok()?;
    let mut squares = [square].into_iter().chain(Square::ALL);
    squares.find_map(|square| match game.decide(&player, square, ply) {
        Ok(Decision::Make(chosen)) => Some(chosen),
        _ => None,
    })
}

/// A change of an attribute by somebody else, or by nobody who knows the rules.
#[derive(Clone, Debug)]
enum Change {
    Status(String),
    Turn(Option<String>),
    Mark(Square, Option<String>),
    Players(String, String),
}

impl Change {
    fn apply(&self, mut item: GameItem) -> GameItem {
        match self.clone() {
            Self::Status(status_date) => item.status_date = status_date,
            Self::Turn(turn) => item.turn = turn,
            Self::Mark(square, mark) => {
                let mut json = serde_json::to_value(&item.squares).expect("JSON");
                json[square.attribute_name()] = mark.into();
                item.squares = serde_json::from_value(json).expect("nine optional texts");
            }
            Self::Players(host, opponent) => (item.host_id, item.opponent_id) = (host, opponent),
        }
        item
    }
}

fn any_change() -> impl Strategy<Value = Change> {
    let mark = proptest::option::of(prop_oneof![Just("X"), Just("O"), Just("Z")]);
    prop_oneof![
        4 => any_status_date().prop_map(Change::Status),
        1 => proptest::option::of(any_name()).prop_map(Change::Turn),
        1 => (any_square(), mark).prop_map(|(square, mark)| Change::Mark(square, mark.map(str::to_owned))),
        1 => (any_name(), any_name()).prop_map(|(host, opponent)| Change::Players(host, opponent)),
    ]
}

/// A status with a date around the fourteen days of an invitation, to the microsecond, or nonsense.
fn any_status_date() -> impl Strategy<Value = String> {
    let status = prop_oneof![
        3 => Just(Status::Pending),
        1 => Just(Status::InProgress),
        1 => Just(Status::Finished),
    ];
    let days = prop_oneof![1 => Just(0), 3 => Just(14), 1 => 13..=15_i64];
    let at = (days, -1..=1_i64).prop_map(|(days, offset)| -> Timestamp {
        time(0) - (days * 24).hours() + offset.microseconds()
    });
    prop_oneof![
        9 => (status, at).prop_map(|(status, at)| status_date::encode(status, at)),
        1 => "(PENDING|PENDING_|IN_PROGRESS_|[A-Z_~]{1,9})",
    ]
}

fn any_name() -> impl Strategy<Value = String> {
    let names =
        prop_oneof![3 => Just("ada"), 3 => Just("bob"), 1 => Just("cleo"), 1 => Just("N/A")];
    names.prop_map(str::to_owned)
}

fn any_player() -> impl Strategy<Value = PlayerName> {
    any_name().prop_map(PlayerName::from_stored)
}

fn any_square() -> impl Strategy<Value = Square> {
    proptest::sample::select(Square::ALL.to_vec())
}
