//! Invitations: the existing games, and the accepted ones.
//!
//! Several removals of one invitation may be acknowledged: of a removal that finds nothing, an earlier attempt, whose
//! response was lost, may have removed it. Therefore anybody may be told that an invitation is gone, once it is.

use super::{Findings, game_history::GameHistory, violation::Kind};
use crate::history::{Action, Call};

pub fn check(history: &GameHistory<'_>, findings: &mut Findings<'_>) {
    for call in &history.calls {
        let is_true = call.is_removal() && history.may_be_missing(call);
        if call.is_acknowledged() && !history.is_entitled(call) && !is_true {
            findings.add(Kind::NotEntitled, call.to_string());
        }
    }
    let entitled = || {
        history
            .calls
            .iter()
            .filter(|call| history.is_entitled(call))
    };
    let acknowledged = || entitled().filter(|call| call.is_acknowledged());
    let started = acknowledged().find(|call| shows_a_started_game(call));
    // An invitation with the same id after the removal is another one.
    let is_permanent = |call: &&&Call| call.is_removal() && !history.may_be_created_after(call);
    let removed = acknowledged().find(is_permanent);

    match (removed, started) {
        (Some(removal), Some(started)) => {
            findings.add(Kind::AcceptedAndRemoved, format!("{removal}\n{started}"));
        }
        (Some(removal), None) if history.stored.is_some() => {
            findings.add(Kind::Resurrected, removal.to_string());
        }
        (None, Some(started)) if !history.is_accepted() => {
            findings.add(Kind::LostAcceptance, started.to_string());
        }
        (None, None) if history.stored.is_none() => {
            let invitation = history.invitations().find(|call| call.is_acknowledged());
            let is_removed = entitled().any(|call| history.may_have_removed(call));
            if let Some(invitation) = invitation
                && !is_removed
            {
                findings.add(Kind::LostInvitation, invitation.to_string());
            }
        }
        _ => {}
    }

    let Some(stored) = &history.stored else {
        return;
    };
    let has_invitation = history.invitations().any(|call| {
        let opponent = &stored.opponent;
        call.player == stored.host
            && call.may_have_acted()
            && matches!(&call.action, Action::Invite { opponent: invited } if invited == opponent)
    });
    if !has_invitation {
        let explanation = format!("{} has not invited {}", stored.host, stored.opponent);
        findings.add(Kind::InventedGame, explanation);
    }
    let is_acceptance = |call: &&Call| call.action == Action::Accept && call.may_have_acted();
    if stored.is_accepted() && !entitled().any(is_acceptance) {
        let explanation = format!("{} has not accepted it", stored.opponent);
        findings.add(Kind::InventedAcceptance, explanation);
    }
}

fn shows_a_started_game(call: &Call) -> bool {
    let is_change = matches!(call.action, Action::Accept | Action::Play { .. });
    is_change && call.shows_acceptance()
}
