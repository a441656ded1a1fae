//! The checker finds the violations in falsified records, and none in correct records.

mod generated;
mod sessions;
mod streams;
mod walks;

use super::{
    Kind, Verdict, check,
    simulation::{GAME, GAP, Simulation, play},
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
        assert_finds(kind, &falsified(kind));
    }
}

#[track_caller]
fn assert_finds(kind: Kind, record: &Record) {
    let violations = check(record).violations;
    let kinds: BTreeSet<Kind> = violations.iter().map(|violation| violation.kind).collect();
    assert_eq!(kinds, BTreeSet::from([kind]), "{violations:#?}");
}

#[track_caller]
fn assert_valid(record: &Record) -> Verdict {
    let verdict = check(record);
    assert_eq!(verdict.violations, []);
    verdict
}

#[test]
fn the_record_before_falsification_is_valid() {
    let mut simulation = Simulation::with_games();
    simulation.begin(GAME, "ada", "bob");
    let record = simulation.record();
    let verdict = assert_valid(&record);
    assert_eq!(
        verdict.ordered_games,
        record.items.len() + 1,
        "and the declined one"
    );
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
        | Kind::NotEntitled => falsified_invitation(kind),
        Kind::ImpossibleAnswer
        | Kind::AnswerWithoutItsChange
        | Kind::WentBack
        | Kind::FromTheFuture
        | Kind::WrongVersion
        | Kind::UnjustifiedRejection
        | Kind::ServerError
        | Kind::NoLegalOrder => falsified_answer(kind),
        Kind::Untold
        | Kind::OlderAfterNewer
        | Kind::FalselyGone
        | Kind::WrongListing
        | Kind::WrongPage => streams::falsified(kind),
        Kind::WrongIndex
        | Kind::MissingFromList
        | Kind::TwiceInList
        | Kind::InWrongList
        | Kind::WrongSummary
        | Kind::WrongOrder => falsified_list(kind),
        Kind::RegisteredTwice
        | Kind::LostAccount
        | Kind::WrongPasswordAccepted
        | Kind::LostSession
        | Kind::SessionOutlived => sessions::falsified(kind),
    }
}

/// A simulation in which the game `game` has these moves.
fn in_progress(places: &[usize]) -> Simulation {
    let mut simulation = Simulation::with_games();
    simulation.begin(GAME, "ada", "bob");
    simulation.play_all(GAME, places);
    simulation
}

fn invited() -> Simulation {
    let mut simulation = Simulation::with_games();
    simulation.invite(GAME, "ada", "bob");
    simulation
}

fn falsified_move(kind: Kind) -> Record {
    let mut simulation = in_progress(&[0]);
    match kind {
        Kind::LostMove => {
            simulation.play(GAME, 1);
            simulation.games.get_mut(GAME).unwrap().moves.pop();
        }
        Kind::InventedMove => simulation.mark(GAME, rules::SQUARES[1]),
        Kind::RejectedMoveApplied => {
            // The call overlaps ada's move, so that the rejection is justified.
            simulation
                .rejected(GAME, "bob", play(1, 1), 409, "stale_board")
                .began -= 3 * GAP;
            simulation.mark(GAME, rules::SQUARES[1]);
        }
        Kind::OrderReversed => {
            // Ada's move is sent after bob's reply to it was acknowledged.
            let answer = simulation.play(GAME, 1).outcome.clone();
            let ended = simulation.tick();
            let first = |call: &&mut Call| call.game == GAME && call.action == play(0, 0);
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
            simulation.games.remove(GAME);
        }
        Kind::InventedGame => simulation.put("other", "ada", "bob"),
        Kind::LostAcceptance => {
            simulation.accept(GAME);
            simulation.games.get_mut(GAME).unwrap().is_accepted = false;
        }
        Kind::InventedAcceptance => simulation.start(GAME),
        Kind::Resurrected => {
            simulation.remove(GAME, "bob", Action::Decline);
            simulation.put(GAME, "ada", "bob");
        }
        Kind::AcceptedAndRemoved => {
            simulation.accept(GAME);
            simulation.call(GAME, "ada", Action::Cancel, Outcome::Removed);
        }
        Kind::NotEntitled => {
            simulation.call(GAME, "bob", Action::Cancel, Outcome::Removed);
        }
        other => unreachable!("{other:?}"),
    }
    simulation.record()
}

fn falsified_answer(kind: Kind) -> Record {
    let mut simulation = in_progress(&[0]);
    match kind {
        Kind::ImpossibleAnswer => {
            game_of(simulation.read(GAME, "bob"))
                .board
                .insert("TopLeft".to_owned(), "X".to_owned());
        }
        Kind::AnswerWithoutItsChange => {
            let before = simulation.read(GAME, "bob").outcome.clone();
            simulation.play(GAME, 1).outcome = before;
        }
        Kind::WentBack => {
            let before = simulation.read(GAME, "bob").outcome.clone();
            simulation.play(GAME, 1);
            simulation.read(GAME, "ada").outcome = before;
        }
        Kind::FromTheFuture => {
            let after = simulation.play(GAME, 1).outcome.clone();
            let sent = simulation.calls.last().unwrap().began;
            let read = simulation.read(GAME, "cleo");
            (read.began, read.ended, read.outcome) = (sent - 2, sent - 1, after);
        }
        Kind::WrongVersion => game_of(simulation.read(GAME, "bob")).version += 1,
        Kind::UnjustifiedRejection => {
            simulation.rejected(GAME, "bob", play(1, 1), 409, "not_your_turn");
        }
        Kind::ServerError => {
            simulation.rejected(GAME, "bob", Action::Read, 500, "corrupt_game");
        }
        Kind::NoLegalOrder => {
            // During a cancellation the game is missing first, and then there again.
            let mut simulation = invited();
            let began = simulation.tick();
            simulation.rejected(GAME, "bob", Action::Read, 404, "no_such_game");
            simulation.read(GAME, "bob");
            simulation.remove(GAME, "ada", Action::Cancel);
            simulation.calls.last_mut().unwrap().began = began;
            return simulation.record();
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
