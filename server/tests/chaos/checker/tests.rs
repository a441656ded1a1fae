//! The checker finds the violations in falsified records, and none in correct records.

use super::{
    Kind, check,
    simulation::{GAP, Simulation, play},
};
use crate::{
    history::{Action, Call, Game, Outcome},
    record::{ListName, ListRead, Record},
    rules,
};
use std::collections::BTreeSet;

#[test]
fn exactly_the_falsified_violation_is_found() {
    for &kind in Kind::ALL {
        let violations = check(&falsified(kind));
        let kinds: BTreeSet<Kind> = violations.iter().map(|violation| violation.kind).collect();
        assert_eq!(kinds, BTreeSet::from([kind]), "{violations:#?}");
    }
}

#[test]
fn the_record_before_falsification_is_valid() {
    let mut simulation = Simulation::with_games();
    simulation.begin("game", "ada", "bob");
    let record = simulation.record();
    assert_eq!(check(&record), []);
    assert!(record.lists.iter().any(|read| read.pages.len() > 1));
}

/// A record with one violation of this kind.
fn falsified(kind: Kind) -> Record {
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
        Kind::LostMove | Kind::InventedMove | Kind::RejectedMoveApplied | Kind::OrderReversed => {
            falsified_move(kind)
        }
        Kind::LostInvitation
        | Kind::InventedGame
        | Kind::LostAcceptance
        | Kind::InventedAcceptance
        | Kind::Resurrected
        | Kind::AcceptedAndRemoved
        | Kind::RemovedTwice
        | Kind::NotEntitled => falsified_invitation(kind),
        Kind::ImpossibleAnswer
        | Kind::AnswerWithoutItsChange
        | Kind::WentBack
        | Kind::FromTheFuture
        | Kind::WrongVersion
        | Kind::UnjustifiedRejection
        | Kind::ServerError => falsified_answer(kind),
        Kind::WrongIndex
        | Kind::MissingFromList
        | Kind::TwiceInList
        | Kind::InWrongList
        | Kind::WrongSummary
        | Kind::WrongOrder => falsified_list(kind),
    }
}

/// A simulation in which the game `game` has these moves.
fn in_progress(places: &[usize]) -> Simulation {
    let mut simulation = Simulation::with_games();
    simulation.begin("game", "ada", "bob");
    simulation.play_all("game", places);
    simulation
}

fn invited() -> Simulation {
    let mut simulation = Simulation::with_games();
    simulation.invite("game", "ada", "bob");
    simulation
}

fn falsified_move(kind: Kind) -> Record {
    let mut simulation = in_progress(&[0]);
    match kind {
        Kind::LostMove => {
            simulation.play("game", 1);
            simulation.games.get_mut("game").unwrap().moves.pop();
        }
        Kind::InventedMove => simulation.mark("game", rules::SQUARES[1]),
        Kind::RejectedMoveApplied => {
            // The call overlaps ada's move, so that the rejection is justified.
            simulation
                .rejected("game", "bob", play(1, 1), 409, "stale_board")
                .began -= 3 * GAP;
            simulation.mark("game", rules::SQUARES[1]);
        }
        Kind::OrderReversed => {
            // Ada's move is sent after bob's reply to it was acknowledged.
            let answer = simulation.play("game", 1).outcome.clone();
            let ended = simulation.tick();
            let first = |call: &&mut Call| call.game == "game" && call.action == play(0, 0);
            let first = simulation.calls.iter_mut().find(first).unwrap();
            (first.began, first.ended, first.outcome) = (ended - 1, ended, answer);
        }
        other => unreachable!("{other:?}"),
    }
    simulation.record()
}

fn falsified_invitation(kind: Kind) -> Record {
    let mut simulation = invited();
    match kind {
        Kind::LostInvitation => {
            simulation.games.remove("game");
        }
        Kind::InventedGame => simulation.put("other", "ada", "bob"),
        Kind::LostAcceptance => {
            simulation.accept("game");
            simulation.games.get_mut("game").unwrap().is_accepted = false;
        }
        Kind::InventedAcceptance => simulation.start("game"),
        Kind::Resurrected => {
            simulation.remove("game", "bob", Action::Decline);
            simulation.put("game", "ada", "bob");
        }
        Kind::AcceptedAndRemoved => {
            simulation.accept("game");
            simulation.call("game", "ada", Action::Cancel, Outcome::Removed);
        }
        Kind::RemovedTwice => {
            simulation.remove("game", "ada", Action::Cancel);
            simulation.call("game", "bob", Action::Decline, Outcome::Removed);
        }
        Kind::NotEntitled => {
            simulation.call("game", "bob", Action::Cancel, Outcome::Removed);
        }
        other => unreachable!("{other:?}"),
    }
    simulation.record()
}

fn falsified_answer(kind: Kind) -> Record {
    let mut simulation = in_progress(&[0]);
    match kind {
        Kind::ImpossibleAnswer => {
            game_of(simulation.read("game", "bob"))
                .board
                .insert("TopLeft".to_owned(), "X".to_owned());
        }
        Kind::AnswerWithoutItsChange => {
            let before = simulation.read("game", "bob").outcome.clone();
            simulation.play("game", 1).outcome = before;
        }
        Kind::WentBack => {
            let before = simulation.read("game", "bob").outcome.clone();
            simulation.play("game", 1);
            simulation.read("game", "ada").outcome = before;
        }
        Kind::FromTheFuture => {
            let after = simulation.play("game", 1).outcome.clone();
            let sent = simulation.calls.last().unwrap().began;
            let read = simulation.read("game", "cleo");
            (read.began, read.ended, read.outcome) = (sent - 2, sent - 1, after);
        }
        Kind::WrongVersion => game_of(simulation.read("game", "bob")).version += 1,
        Kind::UnjustifiedRejection => {
            simulation.rejected("game", "bob", play(1, 1), 409, "not_your_turn");
        }
        Kind::ServerError => {
            simulation.rejected("game", "bob", Action::Read, 500, "corrupt_game");
        }
        other => unreachable!("{other:?}"),
    }
    simulation.record()
}

fn game_of(call: &mut Call) -> &mut Game {
    match &mut call.outcome {
        Outcome::Game(game) => game,
        other => unreachable!("{other:?}"),
    }
}

fn falsified_list(kind: Kind) -> Record {
    let mut record = in_progress(&[]).record();
    let mut change = |list: ListName, change: fn(&mut ListRead)| {
        let pages =
            |read: &&mut ListRead| read.list == list && read.player == "ada" && read.is_whole;
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
            // Ada has no invitations.
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

/// Random actions in a correct application, with lost responses and overlapping calls.
#[test]
fn generated_valid_records_pass() {
    for seed in 0..300 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut simulation = Simulation::default();
        for number in 0..4 {
            for _ in 0..random.u32(1..60) {
                step(&mut simulation, &format!("game-{number}"), &mut random);
            }
        }
        // Calls may begin earlier and end later.
        for call in &mut simulation.calls {
            call.began = call.began.saturating_sub(random.u64(0..8 * GAP));
            call.ended += random.u64(0..8 * GAP);
        }
        let violations = check(&simulation.record());
        assert_eq!(violations, [], "seed {seed}");
    }
}

/// A random player performs a random action. The response may get lost.
fn step(simulation: &mut Simulation, game: &str, random: &mut fastrand::Rng) {
    let ply = simulation
        .games
        .get(game)
        .map_or(0, |ideal| ideal.moves.len());
    let action = match random.u32(0..30) {
        0..2 => Action::Invite {
            opponent: "bob".to_owned(),
        },
        2..4 => Action::Accept,
        4 => Action::Decline,
        5 => Action::Cancel,
        6..9 => Action::Read,
        9..12 => play(random.usize(0..9), random.usize(0..9)),
        _ => play(ply, random.usize(0..9)),
    };
    let mut player = *random
        .choice(&["ada", "bob", "bob", "ada", "cleo"])
        .unwrap();
    if matches!(action, Action::Invite { .. }) && !simulation.games.contains_key(game) {
        // In these records ada hosts every game.
        player = "ada";
    }
    let outcome = perform(simulation, game, player, &action);
    let lost = random.u32(0..8) == 0;
    let unknown = Outcome::Unknown {
        reason: "the response was lost".to_owned(),
    };
    simulation.call(game, player, action, if lost { unknown } else { outcome });
}

fn perform(simulation: &mut Simulation, game: &str, player: &str, action: &Action) -> Outcome {
    let rejected = |status, code: &str| Outcome::Rejected {
        status,
        code: code.to_owned(),
    };
    let Some(ideal) = simulation.games.get(game).cloned() else {
        return match action {
            Action::Invite { opponent } => {
                simulation.put(game, player, opponent);
                seen(simulation, game)
            }
            _ => rejected(404, "no_such_game"),
        };
    };
    let is_host = player == ideal.host;
    let is_opponent = player == ideal.opponent;
    match action {
        Action::Invite { .. } if is_host => seen(simulation, game),
        Action::Invite { .. } => rejected(422, "invalid_request"),
        Action::Read => seen(simulation, game),
        Action::Accept if is_opponent && !ideal.is_accepted => {
            simulation.start(game);
            seen(simulation, game)
        }
        Action::Accept if is_opponent => seen(simulation, game),
        Action::Decline if is_opponent && !ideal.is_accepted => {
            simulation.games.remove(game);
            Outcome::Removed
        }
        Action::Cancel if is_host && !ideal.is_accepted => {
            simulation.games.remove(game);
            Outcome::Removed
        }
        Action::Decline if is_opponent => rejected(409, "not_pending"),
        Action::Cancel if is_host => rejected(409, "not_pending"),
        Action::Play { square, ply } if is_host || is_opponent => {
            let is_repeated = ideal.moves.get(*ply) == Some(square)
                && rules::mover(&ideal.host, &ideal.opponent, *ply) == player;
            if is_repeated {
                seen(simulation, game)
            } else if !ideal.is_accepted || ideal.result().is_some() {
                rejected(409, "game_not_in_progress")
            } else if *ply != ideal.moves.len() {
                rejected(409, "stale_board")
            } else if ideal.mover() != player {
                rejected(409, "not_your_turn")
            } else if ideal.moves.contains(square) {
                rejected(409, "square_taken")
            } else {
                simulation.mark(game, square);
                seen(simulation, game)
            }
        }
        _ => rejected(403, "not_your_game"),
    }
}

fn seen(simulation: &mut Simulation, game: &str) -> Outcome {
    let outcome = simulation.read(game, "ada").outcome.clone();
    simulation.calls.pop();
    outcome
}
