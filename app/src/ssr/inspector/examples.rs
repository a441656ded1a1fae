//! Each access pattern, run on purpose: what only reads is run on what is the person's own, what writes on
//! a game between two players whom nobody can be, which is removed afterwards.

use super::{Attribution, Entry, Inspector};
use crate::{
    error::AppError,
    game::{Next, Square},
    ids::{GameId, PlayerName},
    ssr::{
        auth::{Session, SessionId},
        game::{Decision, Game, INVITATION_DAYS, Move},
        state::AppState,
        store::{Entitled, Store, Write},
    },
    view_model::{GameView, ListName},
};
use jiff::{Timestamp, ToSpan};
use std::{future::Future, pin::Pin, str::FromStr};

/// The players of the games made here. Nobody can register such names.
const HOST: &str = "Guide (host)";
const OPPONENT: &str = "Guide (opponent)";

/// What can be run from the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// Registers the person's own name, which is taken.
    Register,
    /// Reads the person's own password hash, which is not shown.
    LogIn,
    /// Reads the person's own session.
    WhoIsLoggedIn,
    /// Deletes a session that there is not.
    LogOut,
    /// The person's own lists.
    MyInvitations,
    /// As above.
    SentInvitations,
    /// As above.
    GamesInProgress,
    /// As above.
    FinishedGames,
    /// Reads two games by their keys.
    WhoseTurn,
    /// Reads a game both ways.
    OneGame,
    /// Each of these twice: the second is refused.
    Invite,
    /// As above.
    Accept,
    /// As above.
    Decline,
    /// As above.
    Cancel,
    /// As above.
    Move,
    /// As above.
    LastMove,
    /// As above.
    Complete,
    /// As above.
    Expired,
}

impl Example {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Register,
        Self::LogIn,
        Self::WhoIsLoggedIn,
        Self::LogOut,
        Self::MyInvitations,
        Self::SentInvitations,
        Self::GamesInProgress,
        Self::FinishedGames,
        Self::WhoseTurn,
        Self::OneGame,
        Self::Invite,
        Self::Accept,
        Self::Decline,
        Self::Cancel,
        Self::Move,
        Self::LastMove,
        Self::Complete,
        Self::Expired,
    ];

    /// In the guide's text and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::LogIn => "log-in",
            Self::WhoIsLoggedIn => "who-is-logged-in",
            Self::LogOut => "log-out",
            Self::MyInvitations => "my-invitations",
            Self::SentInvitations => "sent-invitations",
            Self::GamesInProgress => "games-in-progress",
            Self::FinishedGames => "finished-games",
            Self::WhoseTurn => "whose-turn",
            Self::OneGame => "one-game",
            Self::Invite => "invite",
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
            Self::Move => "move",
            Self::LastMove => "last-move",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }

    /// What running it does.
    #[must_use]
    pub const fn promise(self) -> &'static str {
        match self {
            Self::Register => "Tries to register your own name once more.",
            Self::LogIn => {
                "Reads what your password is compared with; the hash itself is not shown."
            }
            Self::WhoIsLoggedIn => "Reads your session; its key is not shown.",
            Self::LogOut => "Deletes a session that does not exist: yours goes on.",
            Self::MyInvitations => "Reads the invitations that wait for your answer.",
            Self::SentInvitations => "Reads the invitations that you have sent.",
            Self::GamesInProgress => "Reads your games in progress from both indexes.",
            Self::FinishedGames => "Reads your finished games from both indexes.",
            Self::WhoseTurn => "Reads two games, made for this and removed again, by their keys.",
            Self::OneGame => "Reads a game, made for this and removed again, both ways.",
            Self::Invite => "Puts an invitation twice: the second meets the first. Removed again.",
            Self::Accept => "Accepts an invitation, made for this and removed again, twice.",
            Self::Decline => "Declines an invitation, made for this, twice.",
            Self::Cancel => "Takes back an invitation, made for this, twice.",
            Self::Move => "Makes the same move twice in a game made for this and removed again.",
            Self::LastMove => {
                "Makes the winning move twice in a game made for this and removed again."
            }
            Self::Complete => {
                "Completes a won game that is still in progress, made for this and removed again, twice."
            }
            Self::Expired => "Removes an invitation that is 15 days old, made for this, twice.",
        }
    }
}

/// There is no such example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownExample;

impl FromStr for Example {
    type Err = UnknownExample;

    fn from_str(text: &str) -> Result<Self, UnknownExample> {
        let mut all = Self::ALL.into_iter();
        all.find(|example| example.as_str() == text)
            .ok_or(UnknownExample)
    }
}

/// The requests that are to be shown.
type Shown<'a> = Pin<Box<dyn Future<Output = Result<(), AppError>> + Send + 'a>>;

/// Runs an example and gives the requests that it made, without those that prepared it and cleared up.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
pub async fn run(
    state: &AppState,
    inspector: &Inspector,
    session: &Session,
    example: Example,
) -> Result<Vec<Entry>, AppError> {
    let (state, inspector, session) = (state.clone(), inspector.clone(), session.clone());
    let serving = Attribution::current();
    // A task of its own: what it has made is removed also when nobody waits for the answer any more.
    let task = tokio::spawn(async move {
        let table = Table::new(&state.store);
        let running = prepare_and_show(&state, &inspector, &session, &table, example);
        let result = match serving {
            Some(serving) => serving.during(running).await,
            None => running.await,
        };
        if let Err(error) = Attribution::aside(&inspector, None, table.clear()).await {
            tracing::warn!(%error, game_id = %table.id, "an example's game was not removed");
        }
        result
    });
    task.await.unwrap_or_else(|panic| {
        tracing::error!(%panic, "an example failed");
        Err(AppError::DatabaseUnavailable)
    })
}

async fn prepare_and_show(
    state: &AppState,
    inspector: &Inspector,
    session: &Session,
    table: &Table,
    example: Example,
) -> Result<Vec<Entry>, AppError> {
    let person = inspector.person(&session.id);
    let game = Attribution::aside(inspector, None, prepare(table, example)).await?;
    let shown = show(state, table, session, example, game);
    let (result, entries) = Attribution::collecting(inspector, &person, shown).await;
    // What went wrong is among the requests.
    if entries.is_empty() {
        result.map(|()| entries)
    } else {
        Ok(entries)
    }
}

/// The game that an example is about, in the state that it begins with.
async fn prepare(table: &Table, example: Example) -> Result<Option<Game>, AppError> {
    const UP_TO_THE_LAST: [Square; 4] = [
        Square::TopLeft,
        Square::MiddleLeft,
        Square::TopMiddle,
        Square::MiddleMiddle,
    ];
    let now = Timestamp::now();
    Ok(match example {
        Example::WhoseTurn | Example::Accept | Example::Decline | Example::Cancel => {
            Some(table.invitation(now).await?)
        }
        Example::OneGame | Example::Move => Some(table.in_progress(&[]).await?),
        Example::LastMove => Some(table.in_progress(&UP_TO_THE_LAST).await?),
        Example::Complete => {
            let game = table.in_progress(&UP_TO_THE_LAST).await?;
            let mut chosen = next_move(&game, Square::TopRight)?;
            // As the older application does: the mark, and nothing about the end.
            if let crate::ssr::game::Phase::InProgress { position, .. } = game.phase {
                chosen.next = Next::Continues(position);
            }
            written(table.store.play(&game, &chosen, now).await?)
        }
        Example::Expired => {
            let then = now
                .checked_sub(((INVITATION_DAYS + 1) * 24).hours())
                .unwrap_or(now);
            Some(table.invitation(then).await?)
        }
        _ => None,
    })
}

fn show<'a>(
    state: &'a AppState,
    table: &'a Table,
    session: &'a Session,
    example: Example,
    game: Option<Game>,
) -> Shown<'a> {
    let store = &state.store;
    let player = &session.player;
    Box::pin(async move {
        let now = Timestamp::now();
        let list = async |list| store.list(player, list, None, now).await.map(drop);
        match (example, game) {
            (Example::Register, _) => drop(store.create_player(player, "(no hash)", now).await?),
            (Example::LogIn, _) => drop(store.password_hash(player).await?),
            (Example::WhoIsLoggedIn, _) => drop(store.session(&session.id, now).await?),
            (Example::LogOut, _) => {
                store
                    .delete_session(&SessionId::recorded("0".repeat(64)))
                    .await?
            }
            (Example::MyInvitations, _) => list(ListName::Invitations).await?,
            (Example::SentInvitations, _) => list(ListName::Outgoing).await?,
            (Example::GamesInProgress, _) => list(ListName::InProgress).await?,
            (Example::FinishedGames, _) => list(ListName::Finished).await?,
            (Example::Invite, _) => {
                let invitation = table.new_invitation(now);
                for _ in 0..2 {
                    store.create_game(&invitation).await?;
                }
            }
            (Example::WhoseTurn, Some(game)) => {
                drop(store.games(&[game.id, GameId::random()], false).await?)
            }
            (Example::OneGame, Some(game)) => {
                store.game(game.id, false).await?;
                store.game(game.id, true).await?;
            }
            (Example::Accept, Some(game)) => {
                for _ in 0..2 {
                    store.accept(game.id, &game.opponent, now).await?;
                }
            }
            (Example::Decline, Some(game)) => {
                for _ in 0..2 {
                    store
                        .delete_invitation(game.id, Entitled::Opponent(&game.opponent))
                        .await?;
                }
            }
            (Example::Cancel, Some(game)) => {
                for _ in 0..2 {
                    store
                        .delete_invitation(game.id, Entitled::Host(&game.host))
                        .await?;
                }
            }
            (Example::Move | Example::LastMove, Some(game)) => {
                let chosen = next_move(&game, Square::TopRight)?;
                for _ in 0..2 {
                    store.play(&game, &chosen, now).await?;
                }
            }
            (Example::Complete, Some(game)) => {
                if let crate::ssr::game::Phase::Finished { end, .. } = &game.phase {
                    for _ in 0..2 {
                        store.complete(&game, end.outcome(), now).await?;
                    }
                }
            }
            (Example::Expired, Some(game)) => {
                for _ in 0..2 {
                    store.delete_expired(game.id, now).await?;
                }
            }
            (_, None) => return Err(AppError::NoSuchGame),
        }
        Ok(())
    })
}

/// The table, and the game that an example has in it.
struct Table {
    store: Store,
    id: GameId,
}

impl Table {
    fn new(store: &Store) -> Self {
        Self {
            store: store.clone(),
            id: GameId::random(),
        }
    }

    fn new_invitation(&self, at: Timestamp) -> Game {
        let player = |name: &str| PlayerName::recorded(name.to_owned());
        Game::invitation(self.id, player(HOST), player(OPPONENT), at)
    }

    async fn invitation(&self, at: Timestamp) -> Result<Game, AppError> {
        let game = self.new_invitation(at);
        self.store.create_game(&game).await?;
        Ok(game)
    }

    async fn in_progress(&self, moves: &[Square]) -> Result<Game, AppError> {
        let now = Timestamp::now();
        let invitation = self.invitation(now).await?;
        let accepted = self
            .store
            .accept(self.id, &invitation.opponent, now)
            .await?;
        let mut game = written(accepted).ok_or(AppError::NoSuchGame)?;
        for square in moves {
            let chosen = next_move(&game, *square)?;
            game =
                written(self.store.play(&game, &chosen, now).await?).ok_or(AppError::NoSuchGame)?;
        }
        Ok(game)
    }

    async fn clear(&self) -> Result<(), AppError> {
        let host = PlayerName::recorded(HOST.to_owned());
        Ok(self.store.delete_game_hosted_by(self.id, &host).await?)
    }
}

fn written(write: Write<Game>) -> Option<Game> {
    match write {
        Write::Done(game) => Some(game),
        Write::Refused(_) => None,
    }
}

/// The move of whoever is in turn.
fn next_move(game: &Game, square: Square) -> Result<Move, AppError> {
    let view = GameView::from(game);
    let player = view.turn.clone().ok_or(AppError::GameNotInProgress)?;
    match game.decide(&player, square, view.ply())? {
        Decision::Make(chosen) => Ok(chosen),
        Decision::AlreadyMade => Err(AppError::SquareTaken),
    }
}
