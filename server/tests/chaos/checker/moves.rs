//! Moves: the calls, compared with the table.

use super::{Findings, game_history::GameHistory, violation::Kind};
use crate::history::{Action, Call};

pub fn check(history: &GameHistory<'_>, findings: &mut Findings<'_>) {
    for call in &history.calls {
        if is_lost(history, call) {
            let made = history.moves();
            findings.add(
                Kind::LostMove,
                format!("the table has {made:?}, without the acknowledged move: {call}"),
            );
        }
    }
    for (ply, square) in history.moves().iter().enumerate() {
        if history.first_sent(ply).is_some() {
            continue;
        }
        match history.attempts_at(ply).last() {
            Some(rejected) => findings.add(Kind::RejectedMoveApplied, format!("{rejected}")),
            None => findings.add(Kind::InventedMove, format!("{square} at ply {ply}")),
        }
    }
    for call in history
        .calls
        .iter()
        .filter(|call| call.is_acknowledged() && !is_lost(history, call))
    {
        let Action::Play { ply, .. } = call.action else {
            continue;
        };
        let unsent = (0..ply).find(|&earlier| {
            history
                .first_sent(earlier)
                .is_some_and(|sent| sent > call.ended)
        });
        if let Some(earlier) = unsent {
            let explanation =
                format!("the move at ply {earlier} was first sent after this answer: {call}");
            findings.add(Kind::OrderReversed, explanation);
        }
    }
}

/// Whether a move was acknowledged to one of the players and is not in the table. If the game is missing or pending,
/// the acceptance was lost instead.
pub fn is_lost(history: &GameHistory<'_>, call: &Call) -> bool {
    let Action::Play { square, ply } = &call.action else {
        return false;
    };
    let is_made =
        history.moves().get(*ply) == Some(square) && history.mover(*ply) == Some(&call.player);
    call.is_acknowledged() && history.is_entitled(call) && history.is_accepted() && !is_made
}
