//! The players. They invite, accept, decline, cancel and move, mostly by the rules. They also click twice, break the
//! rules, hang up before the response, and repeat requests without a response on another instance, a few times.

use crate::{
    door::Door,
    history::{Action, Game, Outcome},
    rules::SQUARES,
    world::{Account, Route, World},
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time};

/// The interval in which a waiting player reads the game.
const READ_INTERVAL: Duration = Duration::from_secs(1);

/// The shortest and the longest time that an impatient client keeps its connection after sending a request. On a busy
/// machine, most requests take longer than the few milliseconds that they need on an idle one.
const PATIENCE_MICROS: [f64; 2] = [100.0, 100_000.0];

/// The longest delay before a request is repeated.
const MAX_BACKOFF_MILLIS: u64 = 200;

/// Plays games one after the other until the game time is over.
pub async fn play_games(world: Arc<World>, mut random: fastrand::Rng) {
    while !world.is_over() {
        play_game(&world, &mut random).await;
        world.game_over();
    }
}

async fn play_game(world: &Arc<World>, random: &mut fastrand::Rng) {
    let mut people = random.choose_multiple(world.accounts.iter(), 3).into_iter();
    let (Some(host), Some(opponent), Some(stranger)) =
        (people.next(), people.next(), people.next())
    else {
        panic!("a game needs three players");
    };
    let game = uuid::Builder::from_random_bytes(random.u128(..).to_ne_bytes())
        .into_uuid()
        .to_string();
    let (acted, _) = watch::channel(HasLeft(false));
    let participant = |me, other, random: &mut fastrand::Rng| Participant {
        world,
        game: &game,
        me,
        other,
        random: random.fork(),
        acted: &acted,
        seen: acted.subscribe(),
    };
    let mut hosting = participant(host, opponent, random);
    let mut invited = participant(opponent, host, random);
    let mut stranger = participant(stranger, host, random);
    let next = hosting.invite().await;
    let viewer = random.choice([None, Some(host), Some(opponent)]).flatten();
    world.pages.open_game(world, &game, viewer, random.fork());
    if matches!(next, Next::Continue) {
        tokio::join!(hosting.play(), invited.play(), stranger.interfere());
    }
    // Proves the last change, from which the time for telling it counts.
    stranger.try_once(Action::Read).await;
}

/// Whether one of the two players has left the game.
struct HasLeft(bool);

/// The next step of a player.
enum Next {
    Continue,
    Leave,
}

/// One of the two players, or a stranger.
struct Participant<'a> {
    world: &'a World,
    game: &'a str,
    me: &'a Account,
    other: &'a Account,
    random: fastrand::Rng,
    /// Notifies the other player of each action.
    acted: &'a watch::Sender<HasLeft>,
    seen: watch::Receiver<HasLeft>,
}

impl Participant<'_> {
    async fn invite(&mut self) -> Next {
        let action = Action::Invite {
            opponent: self.other.name.clone(),
        };
        self.perform(action).await
    }

    /// Reads the game and acts, again and again, until one of the players leaves.
    async fn play(&mut self) {
        while !self.world.is_over() && !self.seen.borrow().0 {
            self.seen.mark_unchanged();
            let next = match self.send(Action::Read).await {
                Outcome::Game(game) if game.status == "PENDING" => {
                    self.answer_invitation(&game).await
                }
                Outcome::Game(game) if game.status == "IN_PROGRESS" => self.take_turn(&game).await,
                Outcome::Game(game) => self.revisit(&game).await,
                Outcome::Unknown { .. } => {
                    self.back_off().await;
                    Next::Continue
                }
                Outcome::Done | Outcome::Removed | Outcome::Rejected { .. } => Next::Leave,
            };
            if matches!(next, Next::Leave) {
                break;
            }
        }
        self.acted.send_replace(HasLeft(true));
    }

    async fn answer_invitation(&mut self, game: &Game) -> Next {
        let is_host = game.host == self.me.name;
        let percent = self.random.u32(0..100);
        if is_host {
            match percent {
                0..5 => return self.perform(Action::Cancel).await,
                5..8 => self.try_once(Action::Accept).await,
                8..10 => self.try_once(Action::Decline).await,
                10..13 => self.play_square(0, "MiddleMiddle").await,
                13..15 => return self.invite().await,
                _ => return self.wait().await,
            }
            return Next::Continue;
        }
        match percent {
            0..5 => return self.perform(Action::Decline).await,
            5..8 => self.perform_both(Action::Accept, Action::Decline).await,
            8..11 => self.try_once(Action::Cancel).await,
            // Ignores the invitation.
            11..18 => return Next::Leave,
            _ => return self.perform(Action::Accept).await,
        }
        Next::Continue
    }

    async fn take_turn(&mut self, game: &Game) -> Next {
        let moves = game.moves.clone().unwrap_or_default();
        let (ply, free) = (moves.len(), free_squares(&moves));
        let square = self.random.choice(&free).copied().unwrap_or_default();
        let percent = self.random.u32(0..100);
        if game.turn.as_deref() != Some(&self.me.name) {
            match percent {
                // A move out of turn.
                0..6 => self.play_square(ply, square).await,
                6..10 => return self.repeat_a_move(game).await,
                10..12 => self.try_once(Action::Accept).await,
                12..14 => self.try_once(Action::Cancel).await,
                _ => return self.wait().await,
            }
            return Next::Continue;
        }
        let elsewhere = self.random.choice(&free).copied().unwrap_or_default();
        match percent {
            // A taken square, and a wrong ply.
            0..4 => {
                let taken = self.random.choice(&moves).cloned().unwrap_or_default();
                if !taken.is_empty() {
                    self.play_square(ply, &taken).await;
                }
            }
            4..8 => self.play_square((ply + 2) % SQUARES.len(), square).await,
            // Two different moves at the same time.
            8..14 => {
                self.perform_both(play(ply, square), play(ply, elsewhere))
                    .await;
            }
            14..16 => return Next::Leave,
            _ => return self.perform(play(ply, square)).await,
        }
        Next::Continue
    }

    /// After the end: perhaps repeats a move or tries another one.
    async fn revisit(&mut self, game: &Game) -> Next {
        if self.random.bool() {
            self.repeat_a_move(game).await;
        }
        let moves = game.moves.clone().unwrap_or_default();
        if let Some(free) = self.random.choice(free_squares(&moves)) {
            self.play_square(moves.len(), free).await;
        }
        Next::Leave
    }

    /// As a stranger: perhaps tries a forbidden action.
    async fn interfere(&mut self) {
        let action = match self.random.u32(0..12) {
            0 => Action::Accept,
            1 => Action::Decline,
            2 => Action::Cancel,
            3 => play(0, "TopLeft"),
            4..8 => Action::Read,
            _ => return,
        };
        self.try_once(action).await;
    }

    async fn repeat_a_move(&mut self, game: &Game) -> Next {
        let moves = game.moves.clone().unwrap_or_default();
        let is_host = game.host == self.me.name;
        let mine = moves
            .iter()
            .enumerate()
            .filter(|(ply, _)| ply.is_multiple_of(2) == is_host);
        match self.random.choice(mine.collect::<Vec<_>>()) {
            Some((ply, square)) => self.perform(play(ply, square)).await,
            None => Next::Continue,
        }
    }

    async fn play_square(&mut self, ply: usize, square: &str) {
        self.try_once(play(ply, square)).await;
    }

    /// Performs an action, perhaps with a double click, and repeats it without a response. Somebody who has hung up may
    /// also go on without the response, or leave.
    async fn perform(&mut self, action: Action) -> Next {
        if self.random.u32(0..100) < 15 {
            self.perform_both(action.clone(), action.clone()).await;
        }
        let mut next = Next::Continue;
        for _ in 0..self.random.u32(1..7) {
            let mut route = self.any_route();
            let hangs_up = self.random.u32(0..100) < 10;
            if hangs_up {
                let [min, max] = PATIENCE_MICROS;
                let patience = min * (max / min).powf(self.random.f64());
                route.hang_up = Some(Duration::from_micros(patience as u64));
            }
            match self.send_by(route, action.clone()).await {
                Outcome::Unknown { .. } if hangs_up && self.random.bool() => {
                    if self.random.bool() {
                        next = Next::Leave;
                    }
                    break;
                }
                Outcome::Unknown { .. } => self.back_off().await,
                _ => break,
            }
        }
        self.acted.send_modify(|_| {});
        next
    }

    /// Performs two actions at the same time, on one instance or on two.
    async fn perform_both(&mut self, one: Action, other: Action) {
        let (first, second) = (self.any_route(), self.any_route());
        tokio::join!(
            self.world.call(first, self.me, self.game, one),
            self.world.call(second, self.me, self.game, other),
        );
        self.acted.send_modify(|_| {});
    }

    async fn try_once(&mut self, action: Action) {
        self.send(action).await;
    }

    async fn send(&mut self, action: Action) -> Outcome {
        let route = self.any_route();
        self.send_by(route, action).await
    }

    async fn send_by(&mut self, route: Route, action: Action) -> Outcome {
        self.world.call(route, self.me, self.game, action).await
    }

    fn any_route(&mut self) -> Route {
        let door = if self.random.u32(0..4) == 0 {
            Door::Functions
        } else {
            Door::Api
        };
        Route {
            instance: self.world.any_instance(&mut self.random),
            door,
            hang_up: None,
        }
    }

    /// Waits for an action of the other player, but not for long: the action may be a request without a response.
    async fn wait(&mut self) -> Next {
        let _ = time::timeout(READ_INTERVAL, self.seen.changed()).await;
        Next::Continue
    }

    async fn back_off(&mut self) {
        time::sleep(Duration::from_millis(
            self.random.u64(0..MAX_BACKOFF_MILLIS),
        ))
        .await;
    }
}

fn play(ply: usize, square: &str) -> Action {
    Action::Play {
        square: square.to_owned(),
        ply,
    }
}

fn free_squares(moves: &[String]) -> Vec<&'static str> {
    let is_free = |square: &&str| !moves.iter().any(|taken| taken == square);
    SQUARES.into_iter().filter(is_free).collect()
}
