//! Rejections: the reason of each was true at some moment of the call.

use super::{Findings, game_history::GameHistory, violation::Kind};
use crate::{
    history::{Action, Call, Outcome},
    rules,
};

pub fn check(history: &GameHistory<'_>, findings: &mut Findings<'_>) {
    for call in &history.calls {
        let Outcome::Rejected { status, code } = &call.outcome else {
            continue;
        };
        if !(400..500).contains(status) {
            findings.add(Kind::ServerError, call.to_string());
        } else if !is_justified(history, call, code) {
            findings.add(Kind::UnjustifiedRejection, call.to_string());
        }
    }
}

fn is_justified(history: &GameHistory<'_>, call: &Call, code: &str) -> bool {
    match (&call.action, code) {
        (_, "no_such_game") => history.may_be_missing(call),
        (Action::Read, _) => false,
        (_, "not_your_game") => !history.is_entitled(call),
        (Action::Decline | Action::Cancel, "not_pending") => history.may_be_accepted(call),
        // The id belongs to another game, or this game was removed at that moment.
        (Action::Invite { .. }, "invalid_request") => {
            !history.is_entitled(call) || history.may_be_missing(call)
        }
        (Action::Play { square, ply }, _) => is_move_rejected(history, call, square, *ply, code),
        _ => false,
    }
}

fn is_move_rejected(
    history: &GameHistory<'_>,
    call: &Call,
    square: &str,
    ply: usize,
    code: &str,
) -> bool {
    let (min, max) = (history.min_ply(call), history.max_ply(call));
    let is_mover = history.mover(ply) == Some(&call.player);
    let is_made = history.moves().get(ply).is_some_and(|made| made == square) && is_mover;
    if is_made && min > ply {
        // A move that was made before must be answered as made.
        return false;
    }
    let moves = history.moves();
    let was_at = |marks: usize| (min..=max).contains(&marks);
    let is_over = |marks: usize| {
        let result = |(host, opponent)| rules::result(host, opponent, &moves[..marks]);
        history.players().and_then(result).is_some()
    };
    let may_be_over = || (min..=max).any(is_over);
    match code {
        "game_not_in_progress" => !history.was_accepted_before(call) || may_be_over(),
        "stale_board" => (min..=max).any(|marks| marks != ply && !is_over(marks)),
        "not_your_turn" => was_at(ply) && !is_mover,
        "square_taken" => {
            was_at(ply) && is_mover && moves[..ply].iter().any(|taken| taken == square)
        }
        _ => false,
    }
}
