//! Lists that were read page by page while they changed: a game that was in the list all the time is there once, and a
//! game that was never in it meanwhile is not there.

use super::{Findings, game_history::GameHistory, violation::Kind};
use crate::{
    clock::Tick,
    history::{Action, Call, Outcome},
    record::{ListName, Record, Walk},
};
use std::collections::BTreeMap;

/// The walks by player and list.
pub struct Walks<'a> {
    walks: BTreeMap<(&'a str, ListName), Vec<CountedWalk<'a>>>,
    index_lag: Tick,
}

/// A walk, and the number of times that each game appears.
type CountedWalk<'a> = (&'a Walk, BTreeMap<&'a str, usize>);

/// The times at which a game entered a list and left it. A time that is unknown may be any, or never.
#[derive(Clone, Copy, Debug)]
struct Stay {
    /// It was not in the list before.
    earliest_entry: Tick,
    /// It was in the list from here on, if it had not left.
    latest_entry: Tick,
    /// It was in the list until here.
    earliest_exit: Tick,
    /// It was not in the list from here on.
    latest_exit: Tick,
}

impl<'a> Walks<'a> {
    pub fn new(record: &'a Record) -> Self {
        let mut walks: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for walk in &record.walks {
            let mut games = BTreeMap::new();
            for game in &walk.games {
                *games.entry(game.game_id.as_str()).or_default() += 1;
            }
            let key = (walk.player.as_str(), walk.list);
            walks.entry(key).or_default().push((walk, games));
        }
        Self {
            walks,
            index_lag: record.bounds.indexed,
        }
    }

    pub fn check_game(&self, history: &GameHistory<'_>, findings: &mut Findings<'_>) {
        let Some((host, opponent)) = history.players() else {
            return;
        };
        for player in [host, opponent] {
            for list in ListName::ALL {
                let is_own = match list {
                    ListName::Invitations => player == opponent,
                    ListName::Outgoing => player == host,
                    ListName::InProgress | ListName::Finished => true,
                };
                let Some(walks) = self.walks.get(&(player, list)) else {
                    continue;
                };
                let stay = is_own.then(|| stay(history, list));
                for (walk, games) in walks {
                    let times = games.get(history.game).copied().unwrap_or_default();
                    self.check(walk, times, stay, findings);
                }
            }
        }
    }

    fn check(&self, walk: &Walk, times: usize, stay: Option<Stay>, findings: &mut Findings<'_>) {
        let since = walk.began.saturating_sub(self.index_lag);
        let was_there =
            stay.is_some_and(|stay| stay.earliest_entry < walk.ended && stay.latest_exit > since);
        let was_there_throughout =
            stay.is_some_and(|stay| stay.latest_entry < since && stay.earliest_exit > walk.ended);
        let kind = match times {
            0 if was_there_throughout && walk.is_whole => Kind::MissingFromList,
            0 => return,
            1 if was_there => return,
            1 => Kind::InWrongList,
            _ => Kind::TwiceInList,
        };
        let Walk {
            player,
            list,
            began,
            ended,
            ..
        } = walk;
        let explanation = format!(
            "{} of {player}, read from {began} to {ended}: {stay:?}",
            list.name()
        );
        findings.add(kind, explanation);
    }
}

/// The times of a game in a list of one of its players.
fn stay(history: &GameHistory<'_>, list: ListName) -> Stay {
    let calls = || history.calls.iter().copied();
    let acting = || calls().filter(|call| call.may_have_acted());
    let began = |is: fn(&Call) -> bool| {
        let began = acting().filter(|call| is(call)).map(|call| call.began);
        began.min().unwrap_or(Tick::MAX)
    };
    let ended = |is: &dyn Fn(&Call) -> bool| {
        let ended = calls().filter(|call| is(call)).map(|call| call.ended);
        ended.min().unwrap_or(Tick::MAX)
    };
    let accept_began = began(|call| call.action == Action::Accept);
    let finished = |call: &Call| {
        call.game_seen()
            .is_some_and(|game| game.status == "FINISHED")
    };
    let last_move = history.moves().len().checked_sub(1);
    let end_began = last_move
        .filter(|_| {
            history
                .stored
                .as_ref()
                .is_some_and(|stored| stored.end().is_some())
        })
        .and_then(|ply| history.first_sent(ply))
        .unwrap_or(Tick::MAX);
    match list {
        ListName::Invitations | ListName::Outgoing => {
            let removal_began = began(Call::is_removal);
            let is_invitation = |call: &Call| matches!(call.action, Action::Invite { .. });
            let is_gone_for_good = |call: &Call| {
                call.outcome == Outcome::Removed && !history.may_be_created_after(call)
            };
            let left = |call: &Call| call.shows_acceptance() || is_gone_for_good(call);
            Stay {
                earliest_entry: began(is_invitation),
                latest_entry: ended(&Call::shows_existence),
                earliest_exit: accept_began.min(removal_began),
                latest_exit: ended(&left),
            }
        }
        ListName::InProgress => Stay {
            earliest_entry: accept_began,
            latest_entry: ended(&Call::shows_acceptance),
            earliest_exit: end_began,
            latest_exit: ended(&finished),
        },
        ListName::Finished => Stay {
            earliest_entry: end_began,
            latest_entry: ended(&finished),
            earliest_exit: Tick::MAX,
            latest_exit: Tick::MAX,
        },
    }
}
