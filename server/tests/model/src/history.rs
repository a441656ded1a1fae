//! The item of the game through time. Its versions are the records of the table's stream as well.

use crate::{
    people::{Person, game_id, players},
    table::Write,
};
use backend::{
    game::{Decision, Game},
    hub::Change,
    store::item::GameItem,
};
use domain::rules::Square;
use jiff::Timestamp;
use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

/// The number of a version. Version 0 is the item at the start.
pub type Seq = usize;

/// The effect of a write on the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The item, or its absence, at the start.
    Initial,
    /// An invitation.
    Created,
    /// The start of the game, by the player who accepted.
    Accepted(Person),
    /// The removal of an invitation.
    Deleted(Person),
    /// A move, which was decided on the board with this number of marks.
    Moved(Person, Square, u32),
}

/// A version of the item.
#[derive(Clone, Debug)]
pub struct Version {
    /// The write that led to this version.
    pub effect: Effect,
    /// The time of the write, in seconds since the start.
    pub at: u32,
    /// The item, or `None` if it does not exist.
    pub item: Option<GameItem>,
    /// The game in the item. `None` without an item, and for a corrupt one.
    pub game: Option<Game>,
    /// The change that an instance publishes. `None` for the version at the start.
    pub change: Option<Arc<Change>>,
}

/// The effects before it and its own determine a version.
impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        (self.effect, self.at) == (other.effect, other.at)
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.effect, self.at).hash(state);
    }
}

impl Version {
    /// Creates the version at the start.
    #[must_use]
    pub fn initial(item: Option<GameItem>) -> Self {
        Self {
            effect: Effect::Initial,
            at: 0,
            game: item.clone().and_then(|item| Game::try_from(item).ok()),
            item,
            change: None,
        }
    }

    /// Creates the version after a write on `self`.
    #[must_use]
    pub fn after(&self, effect: Effect, at: u32, item: Option<GameItem>) -> Self {
        let game = item.clone().and_then(|item| Game::try_from(item).ok());
        let change = match (&game, &self.game) {
            (Some(game), _) => Some(Change::updated(game)),
            (None, Some(deleted)) if item.is_none() => Some(Change::deleted(deleted)),
            (None, _) => None,
        };
        Self {
            effect,
            at,
            item,
            game,
            change: change.map(Arc::new),
        }
    }

    /// Returns true if the item is there but makes no sense.
    #[must_use]
    pub const fn is_corrupt(&self) -> bool {
        self.item.is_some() && self.game.is_none()
    }
}

/// Returns the time in the tables `seconds` after the start.
#[must_use]
pub fn time(seconds: u32) -> Timestamp {
    Timestamp::constant(1_795_000_000 + seconds as i64, 0)
}

/// Returns the item of an invitation from ada to bob.
#[must_use]
pub fn invitation(at: u32) -> Game {
    Game::invitation(game_id(), players(), time(at))
}

/// Returns the item of an accepted game after these moves, or after those that end it.
///
/// # Panics
///
/// If two moves are on one square.
#[must_use]
pub fn after_moves(moves: &[Square]) -> GameItem {
    let accept = Write::Accept {
        me: Person::Bob.name(),
        now: time(0),
    };
    let mut item = apply(&accept, &GameItem::from(&invitation(0)));
    for (ply, square) in (0..).zip(moves) {
        let game = Game::try_from(item.clone()).expect("a game");
        let Some(player) = game.turn() else {
            break;
        };
        let Ok(Decision::Make(chosen)) = game.decide(player, *square, ply) else {
            panic!("{square} has two marks");
        };
        let now = time(0);
        item = apply(&Write::Play { game, chosen, now }, &item);
    }
    item
}

fn apply(write: &Write, item: &GameItem) -> GameItem {
    let item = write.apply(Some(item), None).expect("a true condition");
    item.expect("an item")
}
