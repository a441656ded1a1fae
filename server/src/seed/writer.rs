//! Writes players and games as play would have left them: with the store's own writes, each at a moment of our
//! choosing.

use super::{
    SeedError,
    plan::Plan,
    report::{SeededGame, SeededPlayer},
    spec::{GameSpec, State},
};
use crate::{database::DatabaseOptions, site, startup};
use app::{
    game::{Board, Mark},
    ids::{GameId, PlayerName},
    ssr::{
        auth::{Password, Passwords},
        game::{Decision, Game, INVITATION_DAYS, Phase},
        state::AppState,
        store::{Store, StoreError, Write, players::Registered, status_date},
    },
    view_model::{GameView, Status},
};
use aws_sdk_dynamodb::{Client, types::AttributeValue};
use jiff::{Timestamp, ToSpan};

pub(super) struct Writer {
    store: Store,
    passwords: Passwords,
    /// For the two requests that nobody makes who plays.
    client: Client,
    options: DatabaseOptions,
    now: Timestamp,
}

impl Writer {
    pub(super) fn new(
        store: Store,
        client: Client,
        options: DatabaseOptions,
        now: Timestamp,
    ) -> Self {
        let passwords = AppState::new(site::options(), store.clone(), false).passwords;
        Self {
            store,
            passwords,
            client,
            options,
            now,
        }
    }

    /// What the store says, in a sentence if it is an error.
    fn answer<T>(&self, result: Result<T, impl Into<StoreError>>) -> Result<T, SeedError> {
        result.map_err(|error| {
            let error = error.into();
            tracing::error!(%error, "a request to the database failed");
            startup::why(error, &self.options).into()
        })
    }

    pub(super) async fn have_tables(&self) -> Result<(), SeedError> {
        self.answer(self.store.create_missing_tables().await)
    }

    /// Only games that were made up before, or look like it, are replaced.
    pub(super) async fn refuse_others_games(&self, plan: &Plan) -> Result<(), SeedError> {
        for (id, spec) in &plan.games {
            let get = self
                .client
                .get_item()
                .table_name(&self.store.tables().games)
                .key("GameId", text(id))
                .projection_expression("HostId, OpponentId")
                .consistent_read(true);
            // Not as a game: what tests have damaged is replaced, too.
            let Some(item) = self.answer(get.send().await)?.item else {
                continue;
            };
            let name = |attribute: &str| {
                let name = item.get(attribute).and_then(|name| name.as_s().ok());
                name.cloned().unwrap_or_default()
            };
            let (host, opponent) = (name("HostId"), name("OpponentId"));
            if host != spec.host.as_str() || opponent != spec.opponent.as_str() {
                return Err(SeedError::Theirs {
                    id: *id,
                    host,
                    opponent,
                });
            }
        }
        Ok(())
    }

    /// Creates an account, unless there is one: that keeps its password.
    pub(super) async fn player(
        &self,
        player: &PlayerName,
        password: &str,
    ) -> Result<SeededPlayer, SeedError> {
        let failed = |cause| SeedError::Password {
            player: player.clone(),
            cause,
        };
        let mut there = self.answer(self.store.password_hash(player).await)?;
        if there.is_none() {
            let new = Password::parse(password).map_err(failed)?;
            let hash = self.passwords.hash(new).await.map_err(failed)?;
            let created = self.store.create_player(player, &hash, self.now).await;
            match self.answer(created)? {
                Registered::Yes => {
                    return Ok(SeededPlayer {
                        name: player.clone(),
                        password: Some(password.to_owned()),
                        created: true,
                    });
                }
                // Since we looked.
                Registered::NameTaken => {
                    there = self.answer(self.store.password_hash(player).await)?;
                }
            }
        }
        let verified = self.passwords.verify(password, there).await;
        Ok(SeededPlayer {
            name: player.clone(),
            password: verified.map_err(failed)?.then(|| password.to_owned()),
            created: false,
        })
    }

    /// Puts a game anew. Those in front are newer, by a minute each.
    pub(super) async fn game(
        &self,
        id: GameId,
        spec: &GameSpec,
        place: usize,
    ) -> Result<SeededGame, SeedError> {
        let minutes = i64::try_from(place + 1).unwrap_or(i64::MAX);
        let age = match spec.state {
            State::Expired => (INVITATION_DAYS + 1) * 24 * 60 + minutes,
            _ => minutes,
        };
        let at = self.now.checked_sub(age.minutes()).unwrap_or(self.now);
        let delete = self
            .client
            .delete_item()
            .table_name(&self.store.tables().games)
            .key("GameId", text(id));
        self.answer(delete.send().await)?;
        let game = match spec.state {
            State::Pending | State::Expired => self.invitation(id, spec, at).await?,
            State::InProgress | State::Finished => self.play(id, spec, at).await?,
            State::Older => self.older(id, spec, at).await?,
        };
        Ok(SeededGame::new(spec, GameView::from(&game)))
    }

    async fn invitation(
        &self,
        id: GameId,
        spec: &GameSpec,
        at: Timestamp,
    ) -> Result<Game, SeedError> {
        let game = Game::invitation(id, spec.host.clone(), spec.opponent.clone(), at);
        match self.answer(self.store.create_game(&game).await)? {
            Write::Done(()) => Ok(game),
            Write::Refused(_) => Err(SeedError::Meanwhile(id)),
        }
    }

    async fn play(&self, id: GameId, spec: &GameSpec, at: Timestamp) -> Result<Game, SeedError> {
        let done = |write| match write {
            Write::Done(game) => Ok(game),
            Write::Refused(_) => Err(SeedError::Meanwhile(id)),
        };
        self.invitation(id, spec, at).await?;
        let accepted = self.store.accept(id, &spec.opponent, at).await;
        let mut game = done(self.answer(accepted)?)?;
        for (ply, &square) in (0..).zip(&spec.squares) {
            let mover = match &game.phase {
                Phase::InProgress { position, .. } => game.player_of(position.to_move()).clone(),
                _ => return Err(SeedError::Meanwhile(id)),
            };
            // Nothing but somebody else's write can make a checked game's move illegal.
            let Ok(Decision::Make(chosen)) = game.decide(&mover, square, ply) else {
                return Err(SeedError::Meanwhile(id));
            };
            let played = self.store.play(&game, &chosen, at).await;
            game = done(self.answer(played)?)?;
        }
        Ok(game)
    }

    /// The item that AWS's example application leaves. The store has no write for it: it leaves none such.
    async fn older(&self, id: GameId, spec: &GameSpec, at: Timestamp) -> Result<Game, SeedError> {
        let marks = [spec.state.first(), spec.state.first().other()];
        // It names the next player after a move that has won, too.
        let turn = match marks[spec.squares.len() % 2] {
            Mark::O => &spec.host,
            Mark::X => &spec.opponent,
        };
        let mut put = self
            .client
            .put_item()
            .table_name(&self.store.tables().games)
            .item("GameId", text(id))
            .item("HostId", text(&spec.host))
            .item("OpponentId", text(&spec.opponent))
            .item(
                "StatusDate",
                text(status_date::encode(Status::InProgress, at)),
            )
            .item("OUser", text(&spec.host))
            .item("Turn", text(turn));
        let in_turn = marks.into_iter().cycle();
        let board: Board = spec.squares.iter().copied().zip(in_turn).collect();
        for (square, mark) in board.marks() {
            put = put.item(square.attribute_name(), text(mark));
        }
        self.answer(put.send().await)?;
        let game = self.answer(self.store.game(id, true).await)?;
        game.ok_or(SeedError::Meanwhile(id))
    }
}

fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}
