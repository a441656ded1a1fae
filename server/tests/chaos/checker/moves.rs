//! Moves: what was asked and answered against what the table has.

use super::{Findings, dossier::Dossier, violation::Kind};
use crate::history::{Action, Call};

pub fn check(dossier: &Dossier<'_>, findings: &mut Findings<'_>) {
    for call in &dossier.calls {
        if is_lost(dossier, call) {
            let made = dossier.moves();
            findings.add(
                Kind::LostMove,
                format!("the table has {made:?}, not what was acknowledged: {call}"),
            );
        }
    }
    for (ply, square) in dossier.moves().iter().enumerate() {
        if dossier.first_sent(ply).is_some() {
            continue;
        }
        match dossier.attempts_at(ply).last() {
            Some(refused) => findings.add(Kind::RefusedMoveApplied, format!("{refused}")),
            None => findings.add(Kind::InventedMove, format!("{square} at ply {ply}")),
        }
    }
    for call in dossier
        .calls
        .iter()
        .filter(|call| call.is_acknowledged() && !is_lost(dossier, call))
    {
        let Action::Play { ply, .. } = call.action else {
            continue;
        };
        let unsent = (0..ply).find(|&earlier| {
            dossier
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

/// Whether a move was acknowledged to one of the players and is not in the table. Of a game that is gone or that
/// never began it is the acceptance that was lost.
pub fn is_lost(dossier: &Dossier<'_>, call: &Call) -> bool {
    let Action::Play { square, ply } = &call.action else {
        return false;
    };
    let is_made =
        dossier.moves().get(*ply) == Some(square) && dossier.mover(*ply) == Some(&call.player);
    call.is_acknowledged() && dossier.is_entitled(call) && dossier.is_accepted() && !is_made
}
