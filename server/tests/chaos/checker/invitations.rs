//! Invitations: which games there are, and which have begun.

use super::{Findings, dossier::Dossier, violation::Kind};
use crate::history::{Action, Call};

pub fn check(dossier: &Dossier<'_>, findings: &mut Findings<'_>) {
    for call in &dossier.calls {
        if call.is_acknowledged() && !dossier.is_entitled(call) {
            findings.add(Kind::NotEntitled, call.to_string());
        }
    }
    let entitled = || {
        dossier
            .calls
            .iter()
            .filter(|call| dossier.is_entitled(call))
    };
    let acknowledged = || entitled().filter(|call| call.is_acknowledged());
    let begun = acknowledged().find(|call| shows_a_begun_game(call));
    // An invitation that can have been made again, after the removal, is another one.
    let for_good = |call: &&&Call| call.is_removal() && !dossier.may_be_made_after(call);
    let removed = acknowledged().find(for_good);

    match (removed, begun) {
        (Some(removal), Some(begun)) => {
            findings.add(Kind::AcceptedAndRemoved, format!("{removal}\n{begun}"));
        }
        (Some(removal), None) if dossier.stored.is_some() => {
            findings.add(Kind::Resurrected, removal.to_string());
        }
        (None, Some(begun)) if !dossier.is_accepted() => {
            findings.add(Kind::LostAcceptance, begun.to_string());
        }
        (None, None) if dossier.stored.is_none() => {
            let made = dossier.invitations().find(|call| call.is_acknowledged());
            let is_removed = entitled().any(|call| dossier.may_have_removed(call));
            if let Some(made) = made
                && !is_removed
            {
                findings.add(Kind::LostInvitation, made.to_string());
            }
        }
        _ => {}
    }

    let removals = acknowledged().filter(|call| call.is_removal()).count();
    let invitations = dossier
        .invitations()
        .filter(|call| call.may_have_acted())
        .count();
    if removals > invitations {
        let explanation = format!("{removals} removals, {invitations} invitations");
        findings.add(Kind::RemovedTwice, explanation);
    }

    let Some(stored) = &dossier.stored else {
        return;
    };
    let asked_for = dossier.invitations().any(|call| {
        let opponent = &stored.opponent;
        call.player == stored.host
            && call.may_have_acted()
            && matches!(&call.action, Action::Invite { opponent: invited } if invited == opponent)
    });
    if !asked_for {
        let explanation = format!("{} has not invited {}", stored.host, stored.opponent);
        findings.add(Kind::InventedGame, explanation);
    }
    let is_acceptance = |call: &&Call| call.action == Action::Accept && call.may_have_acted();
    if stored.is_accepted() && !entitled().any(is_acceptance) {
        let explanation = format!("{} has not accepted it", stored.opponent);
        findings.add(Kind::InventedAcceptance, explanation);
    }
}

fn shows_a_begun_game(call: &Call) -> bool {
    let is_change = matches!(call.action, Action::Accept | Action::Play { .. });
    is_change
        && call
            .game_seen()
            .is_some_and(|game| game.status != "PENDING")
}
