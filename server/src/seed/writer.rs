//! The writer of players and games. It uses the store's writes with dates in the past, so the items are the ones
//! that play would have left.

use super::{
    SeedError,
    plan::Plan,
    report::{SeededGame, SeededPlayer},
    spec::{GameSpec, State},
};
use crate::{database::DatabaseOptions, lifecycle::start};
use backend::{
    accounts::{Password, Passwords},
    game::{Decision, Game, INVITATION_DAYS},
    store::{
        Store, StoreError, Write,
        item::{GameItem, SquareAttributes},
        players::Registration,
        status_date,
    },
};
use domain::{
    ids::{GameId, PlayerName},
    rules::{Board, Mark},
    status::Status,
    views::GameView,
};
use jiff::{Timestamp, ToSpan};

pub(super) struct Writer {
    store: Store,
    passwords: Passwords,
    options: DatabaseOptions,
    now: Timestamp,
}

impl Writer {
    pub(super) fn new(store: Store, options: DatabaseOptions, now: Timestamp) -> Self {
        let passwords = Passwords::default();
        Self {
            store,
            passwords,
            options,
            now,
        }
    }

    /// Logs an error of the store and turns it into a sentence for the operator.
    fn explain<T>(&self, result: Result<T, impl Into<StoreError>>) -> Result<T, SeedError> {
        result.map_err(|error| {
            let error = error.into();
            tracing::error!(%error, "a request to the database failed");
            start::start_error(error, &self.options).into()
        })
    }

    pub(super) async fn ensure_tables(&self) -> Result<(), SeedError> {
        self.explain(self.store.create_missing_tables().await)
    }

    /// Rejects the plan if it would replace a game of other players.
    pub(super) async fn reject_games_of_other_players(&self, plan: &Plan) -> Result<(), SeedError> {
        for (id, spec) in &plan.games {
            let Some([host, opponent]) = self.explain(self.store.stored_players(*id).await)? else {
                continue;
            };
            if host != spec.host.as_str() || opponent != spec.opponent.as_str() {
                return Err(SeedError::OtherPlayers {
                    id: *id,
                    host,
                    opponent,
                });
            }
        }
        Ok(())
    }

    /// Creates an account. An existing one keeps its password.
    pub(super) async fn player(
        &self,
        player: &PlayerName,
        password: &str,
    ) -> Result<SeededPlayer, SeedError> {
        let failed = |cause| SeedError::Password {
            player: player.clone(),
            cause,
        };
        let mut existing = self.explain(self.store.password_hash(player).await)?;
        if existing.is_none() {
            let new = Password::parse("password", password).map_err(failed)?;
            let hash = self.passwords.hash(new, player).await.map_err(failed)?;
            let created = self.store.create_player(player, &hash, self.now).await;
            match self.explain(created)? {
                Registration::Created => {
                    return Ok(SeededPlayer {
                        name: player.clone(),
                        password: Some(password.to_owned()),
                        created: true,
                    });
                }
                // Another process has just registered the name.
                Registration::NameTaken => {
                    existing = self.explain(self.store.password_hash(player).await)?;
                }
            }
        }
        let verified = self.passwords.verify(password, existing).await;
        Ok(SeededPlayer {
            name: player.clone(),
            password: verified.map_err(failed)?.map(|_| password.to_owned()),
            created: false,
        })
    }

    /// Replaces a game. Each game is a minute older than the one before it.
    pub(super) async fn game(
        &self,
        id: GameId,
        spec: &GameSpec,
        index: usize,
    ) -> Result<SeededGame, SeedError> {
        let minutes = i64::try_from(index + 1).unwrap_or(i64::MAX);
        let age = match spec.state {
            State::Expired => (INVITATION_DAYS + 1) * 24 * 60 + minutes,
            _ => minutes,
        };
        let at = self.now.checked_sub(age.minutes()).unwrap_or(self.now);
        self.explain(self.store.delete_game(id).await)?;
        let game = match spec.state {
            State::Pending | State::Expired => self.invitation(id, spec, at).await?,
            State::InProgress | State::Finished => self.play(id, spec, at).await?,
            State::Older => self.older_game(id, spec, at).await?,
        };
        Ok(SeededGame::new(spec, GameView::from(&game)))
    }

    async fn invitation(
        &self,
        id: GameId,
        spec: &GameSpec,
        at: Timestamp,
    ) -> Result<Game, SeedError> {
        let game = Game::invitation(id, spec.players(), at);
        let created = self.explain(self.store.create_game(&game).await)?;
        created.done().ok_or(SeedError::Conflict(id))?;
        Ok(game)
    }

    async fn play(&self, id: GameId, spec: &GameSpec, at: Timestamp) -> Result<Game, SeedError> {
        let done = |write: Write<Game>| write.done().ok_or(SeedError::Conflict(id));
        self.invitation(id, spec, at).await?;
        let accepted = self.store.accept(id, &spec.opponent, at).await;
        let mut game = done(self.explain(accepted)?)?;
        for (ply, &square) in (0..).zip(&spec.squares) {
            let Some(mover) = game.turn().cloned() else {
                return Err(SeedError::Conflict(id));
            };
            // The moves are legal, so only a write by another process can cause this.
            let Ok(Decision::Make(chosen)) = game.decide(&mover, square, ply) else {
                return Err(SeedError::Conflict(id));
            };
            let played = self.store.play(&game, &chosen, at).await;
            game = done(self.explain(played)?)?;
        }
        Ok(game)
    }

    /// Puts the item that AWS's example application would leave. No write of normal play creates such an item.
    async fn older_game(
        &self,
        id: GameId,
        spec: &GameSpec,
        at: Timestamp,
    ) -> Result<Game, SeedError> {
        let first = spec.state.first_mark();
        let marks = [first, first.other()];
        // The example sets the turn to the next player even after a winning move.
        let turn = match marks[spec.squares.len() % 2] {
            Mark::O => &spec.host,
            Mark::X => &spec.opponent,
        };
        let in_turn = marks.into_iter().cycle();
        let board: Board = spec.squares.iter().copied().zip(in_turn).collect();
        let item = GameItem {
            game_id: id.to_string(),
            host_id: spec.host.to_string(),
            opponent_id: spec.opponent.to_string(),
            status_date: status_date::encode(Status::InProgress, at),
            o_user: spec.host.to_string(),
            turn: Some(turn.to_string()),
            squares: SquareAttributes::from(board),
            ..GameItem::default()
        };
        self.explain(self.store.put_game_item(item).await)?;
        let game = self.explain(self.store.game(id, true).await)?;
        game.ok_or(SeedError::Conflict(id))
    }
}
