//! Refusals: each gives a reason that held at some moment of the call.

use super::{Findings, dossier::Dossier, violation::Kind};
use crate::{
    history::{Action, Call, Outcome},
    rules,
};

pub fn check(dossier: &Dossier<'_>, findings: &mut Findings<'_>) {
    for call in &dossier.calls {
        let Outcome::Refused { status, code } = &call.outcome else {
            continue;
        };
        if !(400..500).contains(status) {
            findings.add(Kind::ServerError, call.to_string());
        } else if !is_justified(dossier, call, code) {
            findings.add(Kind::UnjustifiedRefusal, call.to_string());
        }
    }
}

fn is_justified(dossier: &Dossier<'_>, call: &Call, code: &str) -> bool {
    match (&call.action, code) {
        (_, "no_such_game") => dossier.may_be_missing(call),
        (Action::Look, _) => false,
        (_, "not_your_game") => !dossier.is_entitled(call),
        (Action::Decline | Action::Cancel, "not_pending") => dossier.may_be_accepted(call),
        // The id is another game's; or it was this one's, which was removed at that moment.
        (Action::Invite { .. }, "invalid_request") => {
            !dossier.is_entitled(call) || dossier.may_be_missing(call)
        }
        (Action::Play { square, ply }, _) => is_move_refused(dossier, call, square, *ply, code),
        _ => false,
    }
}

fn is_move_refused(
    dossier: &Dossier<'_>,
    call: &Call,
    square: &str,
    ply: usize,
    code: &str,
) -> bool {
    let (least, most) = (dossier.least_ply(call), dossier.most_ply(call));
    let is_mover = dossier.mover(ply) == Some(&call.player);
    let is_made = dossier.moves().get(ply).is_some_and(|made| made == square) && is_mover;
    if is_made && least > ply {
        // It had been made: then it is answered as made, whatever happened since.
        return false;
    }
    let moves = dossier.moves();
    let was_at = |marks: usize| (least..=most).contains(&marks);
    let is_over = |marks: usize| {
        let result = |(host, opponent)| rules::result(host, opponent, &moves[..marks]);
        dossier.players().and_then(result).is_some()
    };
    let may_be_over = || (least..=most).any(is_over);
    match code {
        "game_not_in_progress" => !dossier.was_accepted_before(call) || may_be_over(),
        "stale_board" => (least..=most).any(|marks| marks != ply && !is_over(marks)),
        "not_your_turn" => was_at(ply) && !is_mover,
        "square_taken" => {
            was_at(ply) && is_mover && moves[..ply].iter().any(|taken| taken == square)
        }
        _ => false,
    }
}
