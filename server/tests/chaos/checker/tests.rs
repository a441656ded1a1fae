//! The checker finds what is wrong, and nothing else.

use super::{
    Kind, check,
    forge::{Forge, GAP, play},
};
use crate::{
    history::{Action, Call, Game, Outcome},
    record::{ListName, ListRead, Record},
    rules,
};
use std::collections::BTreeSet;

#[test]
fn every_kind_of_violation_is_found_and_no_other_with_it() {
    for &kind in Kind::ALL {
        let violations = check(&forged(kind));
        let kinds: BTreeSet<Kind> = violations.iter().map(|violation| violation.kind).collect();
        assert_eq!(kinds, BTreeSet::from([kind]), "{violations:#?}");
    }
}

#[test]
fn what_is_forged_from_is_valid() {
    let mut forge = Forge::with_games();
    forge.begin("game", "ada", "bob");
    let record = forge.record();
    assert_eq!(check(&record), []);
    assert!(record.lists.iter().any(|read| read.pages.len() > 1));
}

/// A record in which one thing is wrong.
fn forged(kind: Kind) -> Record {
    match kind {
        Kind::UnreadableItem => in_progress(&[0]).record_with(|item| {
            item.remove("OUser");
        }),
        Kind::SquareTwice => in_progress(&[0, 0]).record(),
        Kind::MarksDisagreeWithMoves => in_progress(&[0, 1]).record_with(|item| {
            item.insert("TopLeft".to_owned(), "X".into());
        }),
        Kind::MoveAfterEnd => in_progress(&[0, 3, 1, 4, 2, 5]).record(),
        Kind::WrongStatus => in_progress(&[0, 3, 1, 4, 2]).record_with(|item| {
            item.insert(
                "StatusDate".to_owned(),
                "IN_PROGRESS_2026-11-22 05:30:00.000000".into(),
            );
        }),
        Kind::WrongTurn => in_progress(&[0]).record_with(|item| {
            item.insert("Turn".to_owned(), "ada".into());
        }),
        Kind::WrongResult => in_progress(&[0, 3, 1, 4, 2]).record_with(|item| {
            item.insert("Result".to_owned(), "bob".into());
        }),
        Kind::LostMove | Kind::InventedMove | Kind::RefusedMoveApplied | Kind::OrderReversed => {
            forged_move(kind)
        }
        Kind::LostInvitation
        | Kind::InventedGame
        | Kind::LostAcceptance
        | Kind::InventedAcceptance
        | Kind::Resurrected
        | Kind::AcceptedAndRemoved
        | Kind::RemovedTwice
        | Kind::NotEntitled => forged_invitation(kind),
        Kind::ImpossibleAnswer
        | Kind::AnswerWithoutItsChange
        | Kind::WentBack
        | Kind::FromTheFuture
        | Kind::WrongVersion
        | Kind::UnjustifiedRefusal
        | Kind::ServerError => forged_answer(kind),
        Kind::WrongIndex
        | Kind::MissingFromList
        | Kind::TwiceInList
        | Kind::InWrongList
        | Kind::WrongSummary
        | Kind::WrongOrder => forged_list(kind),
    }
}

/// The game in which something is wrong, among others, after these moves.
fn in_progress(places: &[usize]) -> Forge {
    let mut forge = Forge::with_games();
    forge.begin("game", "ada", "bob");
    forge.play_all("game", places);
    forge
}

fn invited() -> Forge {
    let mut forge = Forge::with_games();
    forge.invite("game", "ada", "bob");
    forge
}

fn forged_move(kind: Kind) -> Record {
    let mut forge = in_progress(&[0]);
    match kind {
        Kind::LostMove => {
            forge.play("game", 1);
            forge.games.get_mut("game").unwrap().moves.pop();
        }
        Kind::InventedMove => forge.mark("game", rules::SQUARES[1]),
        Kind::RefusedMoveApplied => {
            // Sent while ada's move was under way, so that the refusal is right.
            forge
                .refused("game", "bob", play(1, 1), 409, "stale_board")
                .began -= 3 * GAP;
            forge.mark("game", rules::SQUARES[1]);
        }
        Kind::OrderReversed => {
            // Ada's move is sent when bob's reply to it is acknowledged.
            let answer = forge.play("game", 1).outcome.clone();
            let ended = forge.tick();
            let first = |call: &&mut Call| call.game == "game" && call.action == play(0, 0);
            let first = forge.calls.iter_mut().find(first).unwrap();
            (first.began, first.ended, first.outcome) = (ended - 1, ended, answer);
        }
        other => unreachable!("{other:?}"),
    }
    forge.record()
}

fn forged_invitation(kind: Kind) -> Record {
    let mut forge = invited();
    match kind {
        Kind::LostInvitation => {
            forge.games.remove("game");
        }
        Kind::InventedGame => forge.put("nobody's", "ada", "bob"),
        Kind::LostAcceptance => {
            forge.accept("game");
            forge.games.get_mut("game").unwrap().is_accepted = false;
        }
        Kind::InventedAcceptance => forge.start("game"),
        Kind::Resurrected => {
            forge.remove("game", "bob", Action::Decline);
            forge.put("game", "ada", "bob");
        }
        Kind::AcceptedAndRemoved => {
            forge.accept("game");
            forge.call("game", "ada", Action::Cancel, Outcome::Removed);
        }
        Kind::RemovedTwice => {
            forge.remove("game", "ada", Action::Cancel);
            forge.call("game", "bob", Action::Decline, Outcome::Removed);
        }
        Kind::NotEntitled => {
            forge.call("game", "bob", Action::Cancel, Outcome::Removed);
        }
        other => unreachable!("{other:?}"),
    }
    forge.record()
}

fn forged_answer(kind: Kind) -> Record {
    let mut forge = in_progress(&[0]);
    match kind {
        Kind::ImpossibleAnswer => {
            game_of(forge.look("game", "bob"))
                .board
                .insert("TopLeft".to_owned(), "X".to_owned());
        }
        Kind::AnswerWithoutItsChange => {
            let before = forge.look("game", "bob").outcome.clone();
            forge.play("game", 1).outcome = before;
        }
        Kind::WentBack => {
            let before = forge.look("game", "bob").outcome.clone();
            forge.play("game", 1);
            forge.look("game", "ada").outcome = before;
        }
        Kind::FromTheFuture => {
            let after = forge.play("game", 1).outcome.clone();
            let sent = forge.calls.last().unwrap().began;
            let look = forge.look("game", "cleo");
            (look.began, look.ended, look.outcome) = (sent - 2, sent - 1, after);
        }
        Kind::WrongVersion => game_of(forge.look("game", "bob")).version += 1,
        Kind::UnjustifiedRefusal => {
            forge.refused("game", "bob", play(1, 1), 409, "not_your_turn");
        }
        Kind::ServerError => {
            forge.refused("game", "bob", Action::Look, 500, "corrupt_game");
        }
        other => unreachable!("{other:?}"),
    }
    forge.record()
}

fn game_of(call: &mut Call) -> &mut Game {
    match &mut call.outcome {
        Outcome::Game(game) => game,
        other => unreachable!("{other:?}"),
    }
}

fn forged_list(kind: Kind) -> Record {
    let mut record = in_progress(&[]).record();
    let mut change = |list: ListName, change: fn(&mut ListRead)| {
        let pages = |read: &&mut ListRead| read.list == list && read.player == "ada" && read.whole;
        change(record.lists.iter_mut().find(pages).unwrap());
    };
    match kind {
        Kind::WrongIndex => {
            record.indexes[0].entries.pop();
        }
        Kind::MissingFromList => change(ListName::Finished, |read| {
            read.pages[1].pop();
        }),
        Kind::TwiceInList => change(ListName::Outgoing, |read| {
            let last = read.pages[0].last().unwrap().clone();
            read.pages[0].push(last);
        }),
        Kind::InWrongList => {
            // Invitations of ada: there are none.
            let outgoing =
                |read: &&ListRead| read.list == ListName::Outgoing && read.player == "ada";
            let pages = record.lists.iter().find(outgoing).unwrap().pages.clone();
            let invitations =
                |read: &&mut ListRead| read.list == ListName::Invitations && read.player == "ada";
            record.lists.iter_mut().find(invitations).unwrap().pages = pages;
        }
        Kind::WrongSummary => change(ListName::Finished, |read| {
            read.pages[0][0].result = Some("bob".to_owned());
        }),
        Kind::WrongOrder => change(ListName::Finished, |read| read.pages[1].reverse()),
        other => unreachable!("{other:?}"),
    }
    record
}

/// What a correct application answers to whatever comes, with lost answers and calls that overlap.
#[test]
fn generated_valid_records_pass() {
    for seed in 0..300 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut forge = Forge::default();
        for number in 0..4 {
            for _ in 0..random.u32(1..60) {
                step(&mut forge, &format!("game-{number}"), &mut random);
            }
        }
        // An answer may come later and a question may have been asked earlier than they need be.
        for call in &mut forge.calls {
            call.began = call.began.saturating_sub(random.u64(0..8 * GAP));
            call.ended += random.u64(0..8 * GAP);
        }
        let violations = check(&forge.record());
        assert_eq!(violations, [], "seed {seed}");
    }
}

/// Somebody asks for something, it is done or refused by the rules, and the answer may get lost.
fn step(forge: &mut Forge, game: &str, random: &mut fastrand::Rng) {
    let ply = forge.games.get(game).map_or(0, |ideal| ideal.moves.len());
    let action = match random.u32(0..30) {
        0..2 => Action::Invite {
            opponent: "bob".to_owned(),
        },
        2..4 => Action::Accept,
        4 => Action::Decline,
        5 => Action::Cancel,
        6..9 => Action::Look,
        9..12 => play(random.usize(0..9), random.usize(0..9)),
        _ => play(ply, random.usize(0..9)),
    };
    let mut player = *random
        .choice(&["ada", "bob", "bob", "ada", "cleo"])
        .unwrap();
    if matches!(action, Action::Invite { .. }) && !forge.games.contains_key(game) {
        // In these records a game is ada's, also when it is made again.
        player = "ada";
    }
    let outcome = carry_out(forge, game, player, &action);
    let lost = random.u32(0..8) == 0;
    let unknown = Outcome::Unknown {
        why: "the answer was lost".to_owned(),
    };
    forge.call(game, player, action, if lost { unknown } else { outcome });
}

fn carry_out(forge: &mut Forge, game: &str, player: &str, action: &Action) -> Outcome {
    let refused = |status, code: &str| Outcome::Refused {
        status,
        code: code.to_owned(),
    };
    let Some(ideal) = forge.games.get(game).cloned() else {
        return match action {
            Action::Invite { opponent } => {
                forge.put(game, player, opponent);
                seen(forge, game)
            }
            _ => refused(404, "no_such_game"),
        };
    };
    let is_host = player == ideal.host;
    let is_opponent = player == ideal.opponent;
    match action {
        Action::Invite { .. } if is_host => seen(forge, game),
        Action::Invite { .. } => refused(422, "invalid_request"),
        Action::Look => seen(forge, game),
        Action::Accept if is_opponent && !ideal.is_accepted => {
            forge.start(game);
            seen(forge, game)
        }
        Action::Accept if is_opponent => seen(forge, game),
        Action::Decline if is_opponent && !ideal.is_accepted => {
            forge.games.remove(game);
            Outcome::Removed
        }
        Action::Cancel if is_host && !ideal.is_accepted => {
            forge.games.remove(game);
            Outcome::Removed
        }
        Action::Decline if is_opponent => refused(409, "not_pending"),
        Action::Cancel if is_host => refused(409, "not_pending"),
        Action::Play { square, ply } if is_host || is_opponent => {
            let is_repeated = ideal.moves.get(*ply) == Some(square)
                && rules::mover(&ideal.host, &ideal.opponent, *ply) == player;
            if is_repeated {
                seen(forge, game)
            } else if !ideal.is_accepted || ideal.result().is_some() {
                refused(409, "game_not_in_progress")
            } else if *ply != ideal.moves.len() {
                refused(409, "stale_board")
            } else if ideal.mover() != player {
                refused(409, "not_your_turn")
            } else if ideal.moves.contains(square) {
                refused(409, "square_taken")
            } else {
                forge.mark(game, square);
                seen(forge, game)
            }
        }
        _ => refused(403, "not_your_game"),
    }
}

fn seen(forge: &mut Forge, game: &str) -> Outcome {
    let outcome = forge.look(game, "ada").outcome.clone();
    forge.calls.pop();
    outcome
}
