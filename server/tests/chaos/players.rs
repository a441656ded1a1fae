//! Two people and a game: they invite, accept, decline, cancel and play, mostly by the rules, click twice, do what
//! they may not, and repeat what got no answer by another instance, until they lose patience.

use crate::{
    history::{Action, Game, Outcome},
    rules::SQUARES,
    world::{Account, World},
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time};

/// How long somebody who waits for the other goes without looking.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Before something is sent again, at most.
const BACKOFF_MILLIS: u64 = 200;

/// Plays games, one after the other, until the world is over.
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
        panic!("three players are needed");
    };
    let game = uuid::Builder::from_random_bytes(random.u128(..).to_ne_bytes())
        .into_uuid()
        .to_string();
    let (moved, _) = watch::channel(HasLeft(false));
    let mut side = |me, other| Side {
        world,
        game: &game,
        me,
        other,
        random: random.fork(),
        moved: &moved,
        heard: moved.subscribe(),
    };
    let (mut hosting, mut invited) = (side(host, opponent), side(opponent, host));
    let mut passer_by = side(stranger, host);
    hosting.invite().await;
    world.pages.open(world, &game, hosting.random.fork());
    tokio::join!(hosting.play(), invited.play(), passer_by.meddle());
}

/// Whether one of the two has left the board.
struct HasLeft(bool);

/// What somebody does next.
enum Next {
    GoOn,
    Leave,
}

/// One of the two, or a stranger.
struct Side<'a> {
    world: &'a World,
    game: &'a str,
    me: &'a Account,
    other: &'a Account,
    random: fastrand::Rng,
    moved: &'a watch::Sender<HasLeft>,
    heard: watch::Receiver<HasLeft>,
}

impl Side<'_> {
    async fn invite(&mut self) {
        let action = Action::Invite {
            opponent: self.other.name.clone(),
        };
        self.perform(action).await;
    }

    /// Looks and does something, again and again.
    async fn play(&mut self) {
        while !self.world.is_over() {
            self.heard.mark_unchanged();
            let next = match self.ask(Action::Look).await {
                Outcome::Game(game) if game.status == "PENDING" => {
                    self.answer_invitation(&game).await
                }
                Outcome::Game(game) if game.status == "IN_PROGRESS" => self.take_turn(&game).await,
                Outcome::Game(game) => self.look_back(&game).await,
                Outcome::Unknown { .. } => {
                    self.back_off().await;
                    Next::GoOn
                }
                Outcome::Removed | Outcome::Refused { .. } => Next::Leave,
            };
            if matches!(next, Next::Leave) {
                break;
            }
        }
        self.moved.send_replace(HasLeft(true));
    }

    async fn answer_invitation(&mut self, game: &Game) -> Next {
        let is_host = game.host == self.me.name;
        let percent = self.random.u32(0..100);
        if is_host {
            match percent {
                0..5 => self.perform(Action::Cancel).await,
                5..8 => self.ask_and_forget(Action::Accept).await,
                8..10 => self.ask_and_forget(Action::Decline).await,
                10..13 => self.play_square(0, "MiddleMiddle").await,
                13..15 => self.invite().await,
                _ => return self.wait().await,
            }
            return Next::GoOn;
        }
        match percent {
            0..5 => self.perform(Action::Decline).await,
            5..8 => self.at_once(Action::Accept, Action::Decline).await,
            8..11 => self.ask_and_forget(Action::Cancel).await,
            // Leaves the invitation as it is.
            11..15 => return Next::Leave,
            _ => self.perform(Action::Accept).await,
        }
        Next::GoOn
    }

    async fn take_turn(&mut self, game: &Game) -> Next {
        let moves = game.moves.clone().unwrap_or_default();
        let (ply, free) = (moves.len(), free_squares(&moves));
        let square = self.random.choice(&free).copied().unwrap_or_default();
        let percent = self.random.u32(0..100);
        if game.turn.as_deref() != Some(&self.me.name) {
            match percent {
                // Out of turn.
                0..6 => self.play_square(ply, square).await,
                6..10 => self.repeat_a_move(game).await,
                10..12 => self.ask_and_forget(Action::Accept).await,
                12..14 => self.ask_and_forget(Action::Cancel).await,
                _ => return self.wait().await,
            }
            return Next::GoOn;
        }
        let elsewhere = self.random.choice(&free).copied().unwrap_or_default();
        match percent {
            // A square that is taken, and a board that was or will be.
            0..4 => {
                let taken = self.random.choice(&moves).cloned().unwrap_or_default();
                if !taken.is_empty() {
                    self.play_square(ply, &taken).await;
                }
            }
            4..8 => self.play_square((ply + 2) % SQUARES.len(), square).await,
            // Two fingers on the screen.
            8..14 => self.at_once(play(ply, square), play(ply, elsewhere)).await,
            14..16 => return Next::Leave,
            _ => self.perform(play(ply, square)).await,
        }
        Next::GoOn
    }

    /// Of a game that is over: perhaps sends a move again, or one more.
    async fn look_back(&mut self, game: &Game) -> Next {
        if self.random.bool() {
            self.repeat_a_move(game).await;
        }
        let moves = game.moves.clone().unwrap_or_default();
        if let Some(free) = self.random.choice(free_squares(&moves)) {
            self.play_square(moves.len(), free).await;
        }
        Next::Leave
    }

    /// A third person, who tries what is not theirs to do.
    async fn meddle(&mut self) {
        let action = match self.random.u32(0..12) {
            0 => Action::Accept,
            1 => Action::Decline,
            2 => Action::Cancel,
            3 => play(0, "TopLeft"),
            4..8 => Action::Look,
            _ => return,
        };
        self.ask_and_forget(action).await;
    }

    async fn repeat_a_move(&mut self, game: &Game) {
        let moves = game.moves.clone().unwrap_or_default();
        let is_host = game.host == self.me.name;
        let mine = moves
            .iter()
            .enumerate()
            .filter(|(ply, _)| ply.is_multiple_of(2) == is_host);
        if let Some((ply, square)) = self.random.choice(mine.collect::<Vec<_>>()) {
            self.perform(play(ply, square)).await;
        }
    }

    async fn play_square(&mut self, ply: usize, square: &str) {
        self.ask_and_forget(play(ply, square)).await;
    }

    /// Does something so that it is done: perhaps with a double click, and again when there is no answer.
    async fn perform(&mut self, action: Action) {
        if self.random.u32(0..100) < 15 {
            self.at_once(action.clone(), action.clone()).await;
        }
        for _ in 0..self.random.u32(1..7) {
            match self.ask(action.clone()).await {
                Outcome::Unknown { .. } => self.back_off().await,
                _ => break,
            }
        }
        self.moved.send_modify(|_| {});
    }

    /// Does two things at the same time, by two instances or one.
    async fn at_once(&mut self, one: Action, other: Action) {
        let (first, second) = (self.any_instance(), self.any_instance());
        tokio::join!(
            self.world.call(first, self.me, self.game, one),
            self.world.call(second, self.me, self.game, other),
        );
        self.moved.send_modify(|_| {});
    }

    async fn ask_and_forget(&mut self, action: Action) {
        self.ask(action).await;
    }

    async fn ask(&mut self, action: Action) -> Outcome {
        let instance = self.any_instance();
        self.world.call(instance, self.me, self.game, action).await
    }

    fn any_instance(&mut self) -> usize {
        self.random.usize(0..self.world.instances.len())
    }

    /// Waits for the other to do something, but not for long: it may be done by a request without an answer. Leaves
    /// when the other has left.
    async fn wait(&mut self) -> Next {
        if self.heard.borrow().0 {
            return Next::Leave;
        }
        let _ = time::timeout(LOOK_AGAIN, self.heard.changed()).await;
        Next::GoOn
    }

    async fn back_off(&mut self) {
        time::sleep(Duration::from_millis(self.random.u64(0..BACKOFF_MILLIS))).await;
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
