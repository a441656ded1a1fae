//! The games in the responses: each is a state that the game had, and not older than a state that was known.

use super::{Findings, game_history::GameHistory, moves, violation::Kind};
use crate::{
    history::{Action, Call, Game},
    rules,
};
use std::collections::BTreeMap;

pub fn check(history: &GameHistory<'_>, findings: &mut Findings<'_>) {
    let mut versions: BTreeMap<usize, &Call> = BTreeMap::new();
    for call in &history.calls {
        // A lost move is reported elsewhere, and its response cannot match the table.
        let Some(game) = call.game_seen() else {
            continue;
        };
        if moves::is_lost(history, call) {
            continue;
        }
        if let Err(reason) = is_possible(history, call, game) {
            findings.add(Kind::ImpossibleAnswer, format!("{reason}: {call}"));
            continue;
        }
        if !shows_its_change(call, game) {
            findings.add(Kind::AnswerWithoutItsChange, call.to_string());
            continue;
        }
        check_order(history, call, game, findings);
        versions.entry(progress(game)).or_insert(call);
    }
    check_versions(history, &versions, findings);
}

/// A number that increases with every change.
fn progress(game: &Game) -> usize {
    let marks = game.moves.as_ref().map_or(0, Vec::len);
    if game.status == "PENDING" {
        0
    } else {
        1 + marks
    }
}

/// Checks that this is a state of the stored game or, if that was deleted, of any game.
fn is_possible(history: &GameHistory<'_>, call: &Call, game: &Game) -> Result<(), String> {
    let Some((host, opponent)) = history.players() else {
        return Err("there was no invitation".to_owned());
    };
    if (
        game.game_id.as_str(),
        game.host.as_str(),
        game.opponent.as_str(),
    ) != (&call.game, host, opponent)
    {
        return Err("this is another game".to_owned());
    }
    let Some(moves) = &game.moves else {
        return Err("the order of moves is unknown".to_owned());
    };
    if history.is_accepted() && !history.moves().starts_with(moves) {
        return Err(format!("the moves were {:?}", history.moves()));
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
        Action::Invite { .. } | Action::Decline | Action::Cancel | Action::Read => true,
    }
}

fn check_order(history: &GameHistory<'_>, call: &Call, game: &Game, findings: &mut Findings<'_>) {
    let min_progress = match (history.was_accepted_before(call), history.min_ply(call)) {
        (true, ply) => 1 + ply,
        (false, _) => 0,
    };
    // Strangers may see an older state.
    let is_strict = history.is_host(&call.player) || history.is_opponent(&call.player);
    if is_strict && progress(game) < min_progress {
        findings.add(
            Kind::WentBack,
            format!("at least {} moves had been made: {call}", min_progress - 1),
        );
    }
    let shown = game.moves.as_ref().map_or(0, Vec::len);
    let own = match call.action {
        // The module `moves` checks the earlier moves.
        Action::Play { ply, .. } => ply,
        _ => 0,
    };
    let unsent = (own..shown).find(|&ply| {
        history
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
    history: &GameHistory<'_>,
    first: &BTreeMap<usize, &Call>,
    findings: &mut Findings<'_>,
) {
    let version = |call: &Call| call.game_seen().map(|game| game.version);
    for pair in first.values().collect::<Vec<_>>().windows(2) {
        if version(pair[0]) >= version(pair[1]) {
            findings.add(Kind::WrongVersion, format!("{}\n{}", pair[0], pair[1]));
        }
    }
    for call in &history.calls {
        let Some(game) = call.game_seen() else {
            continue;
        };
        let Some(equal) = first.get(&progress(game)) else {
            continue;
        };
        if version(equal) != Some(game.version) {
            findings.add(Kind::WrongVersion, format!("{equal}\n{call}"));
        }
    }
}
