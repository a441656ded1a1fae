//! The games in the answers: each is a state that the game went through, no older than what was known.

use super::{Findings, dossier::Dossier, moves, violation::Kind};
use crate::{
    history::{Action, Call, Game},
    rules,
};
use std::collections::BTreeMap;

pub fn check(dossier: &Dossier<'_>, findings: &mut Findings<'_>) {
    let mut versions: BTreeMap<usize, &Call> = BTreeMap::new();
    for call in &dossier.calls {
        // What was lost has been reported; its answer can't fit.
        let Some(game) = call.game_seen() else {
            continue;
        };
        if moves::is_lost(dossier, call) {
            continue;
        }
        if let Err(reason) = is_possible(dossier, call, game) {
            findings.add(Kind::ImpossibleAnswer, format!("{reason}: {call}"));
            continue;
        }
        if !shows_its_change(call, game) {
            findings.add(Kind::AnswerWithoutItsChange, call.to_string());
            continue;
        }
        check_order(dossier, call, game, findings);
        versions.entry(progress(game)).or_insert(call);
    }
    check_versions(dossier, &versions, findings);
}

/// A number that grows with every change.
fn progress(game: &Game) -> usize {
    let marks = game.moves.as_ref().map_or(0, Vec::len);
    if game.status == "PENDING" {
        0
    } else {
        1 + marks
    }
}

/// Whether it is one of the states of the game that the table has, or, if that is gone, of any game.
fn is_possible(dossier: &Dossier<'_>, call: &Call, game: &Game) -> Result<(), String> {
    let Some((host, opponent)) = dossier.players() else {
        return Err("nobody has asked for this game".to_owned());
    };
    if (
        game.game_id.as_str(),
        game.host.as_str(),
        game.opponent.as_str(),
    ) != (&call.game, host, opponent)
    {
        return Err("it is another game".to_owned());
    }
    let Some(moves) = &game.moves else {
        return Err("the order of moves is not known".to_owned());
    };
    if dossier.is_accepted() && !dossier.moves().starts_with(moves) {
        return Err(format!("the moves were {:?}", dossier.moves()));
    }
    let result = rules::result(host, opponent, moves);
    let status = match (result, moves.is_empty()) {
        (Some(_), _) => "FINISHED",
        (None, true) if game.status == "PENDING" => "PENDING",
        (None, _) => "IN_PROGRESS",
    };
    let turn = (status == "IN_PROGRESS").then(|| rules::mover(host, opponent, moves.len()));
    let board = rules::board(moves);
    let expected = (status, result, turn, &board);
    let shown = (
        game.status.as_str(),
        game.result.as_deref(),
        game.turn.as_deref(),
        &game.board,
    );
    if shown == expected {
        Ok(())
    } else {
        Err(format!("it shows {shown:?}, not {expected:?}"))
    }
}

fn shows_its_change(call: &Call, game: &Game) -> bool {
    match &call.action {
        Action::Accept => game.status != "PENDING",
        Action::Play { square, ply } => {
            let moves = game.moves.as_deref().unwrap_or_default();
            moves.get(*ply) == Some(square)
        }
        Action::Invite { .. } | Action::Decline | Action::Cancel | Action::Look => true,
    }
}

fn check_order(dossier: &Dossier<'_>, call: &Call, game: &Game, findings: &mut Findings<'_>) {
    let least = match (dossier.was_accepted_before(call), dossier.least_ply(call)) {
        (true, ply) => 1 + ply,
        (false, _) => 0,
    };
    // Who does not play may be shown a game that is not quite up to date.
    let is_strict = dossier.is_host(&call.player) || dossier.is_opponent(&call.player);
    if is_strict && progress(game) < least {
        findings.add(
            Kind::WentBack,
            format!("at least {} moves had been made: {call}", least - 1),
        );
    }
    let shown = game.moves.as_ref().map_or(0, Vec::len);
    let own = match call.action {
        // Of the moves before it, the checks of moves have judged.
        Action::Play { ply, .. } => ply,
        _ => 0,
    };
    let unsent = (own..shown).find(|&ply| {
        dossier
            .first_sent(ply)
            .is_some_and(|sent| sent > call.ended)
    });
    if let Some(ply) = unsent {
        findings.add(
            Kind::FromTheFuture,
            format!("the move at ply {ply} was sent later: {call}"),
        );
    }
}

fn check_versions(
    dossier: &Dossier<'_>,
    first: &BTreeMap<usize, &Call>,
    findings: &mut Findings<'_>,
) {
    let version = |call: &Call| call.game_seen().map(|game| game.version);
    for pair in first.values().collect::<Vec<_>>().windows(2) {
        if version(pair[0]) >= version(pair[1]) {
            findings.add(Kind::WrongVersion, format!("{}\n{}", pair[0], pair[1]));
        }
    }
    for call in &dossier.calls {
        let Some(game) = call.game_seen() else {
            continue;
        };
        let Some(like) = first.get(&progress(game)) else {
            continue;
        };
        if version(like) != Some(game.version) {
            findings.add(Kind::WrongVersion, format!("{like}\n{call}"));
        }
    }
}
