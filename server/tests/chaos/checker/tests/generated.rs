//! Random actions in a correct application give no violations.

use super::super::{
    check,
    simulation::{GAP, Simulation, play},
};
use crate::{
    history::{Action, Outcome},
    rules,
};

/// With lost responses, overlapping calls and pages that are told with a delay.
#[test]
fn generated_valid_records_pass() {
    let mut ordered_games = 0;
    for seed in 0..300 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut simulation = Simulation::default();
        for number in 0..4 {
            let game = format!("game-{number}");
            for _ in 0..random.u32(1..60) {
                step(&mut simulation, &game, &mut random);
                match random.u32(0..10) {
                    0 if simulation.games.contains_key(&game) => {
                        simulation.open_page(&game);
                    }
                    1..5 => simulation.tell(&game),
                    _ => {}
                }
            }
            simulation.tell(&game);
        }
        // Calls may begin earlier and end later.
        for call in &mut simulation.calls {
            call.began = call.began.saturating_sub(random.u64(0..8 * GAP));
            call.ended += random.u64(0..8 * GAP);
        }
        let verdict = check(&simulation.record());
        assert_eq!(verdict.violations, [], "seed {seed}");
        ordered_games += verdict.ordered_games;
    }
    assert!(ordered_games > 100, "{ordered_games}");
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
