//! The examples of the guide, which run an access pattern. Examples that only read use the player's own items.
//! Examples that write use a game between two reserved players, which is deleted afterwards.

use super::capture::{Entry, Inspector, Recording, pattern::Pattern};
use backend::{
    Backend,
    accounts::{Session, SessionKey},
    game::{Decision, Game, INVITATION_DAYS, Move, Phase, new_game_id},
    store::{RemovedBy, Store},
};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    lists::ListName,
    players::Players,
    rules::{Next, Square},
    views::GameView,
};
use jiff::{Timestamp, ToSpan};
use std::pin::Pin;

/// The players of the examples' games. These names are invalid for registration.
const HOST: &str = "Guide (host)";
const OPPONENT: &str = "Guide (opponent)";

/// The effect of running a pattern from the guide. `None` for a pattern that cannot be run.
#[must_use]
pub const fn description(pattern: Pattern) -> Option<&'static str> {
    Some(match pattern {
        Pattern::LogIn => {
            "Reads the hash that your password is compared with. The hash itself is not shown."
        }
        Pattern::CurrentSession => "Reads your session. Its key is not shown.",
        Pattern::LogOut => "Deletes a session that does not exist. Yours is kept.",
        Pattern::AllSessions => "Reads the keys of your sessions, without ending any.",
        Pattern::MyInvitations => "Reads the invitations that wait for your answer.",
        Pattern::SentInvitations => "Reads the invitations that you have sent.",
        Pattern::GamesInProgress => "Reads your games in progress from both indexes.",
        Pattern::FinishedGames => "Reads your finished games from both indexes.",
        Pattern::Turns => "Reads two games by their keys: a temporary one and a missing one.",
        Pattern::OneGame => "Reads a temporary game with either consistency.",
        Pattern::Invite => "Puts a temporary invitation twice. The second write fails.",
        Pattern::Accept => "Accepts a temporary invitation twice.",
        Pattern::Decline => "Declines a temporary invitation twice.",
        Pattern::Cancel => "Cancels a temporary invitation twice.",
        Pattern::Move => "Makes the same move twice in a temporary game.",
        Pattern::LastMove => "Makes the winning move twice in a temporary game.",
        Pattern::Complete => {
            "Completes a temporary game twice. It is won, but still in progress in the table."
        }
        Pattern::Expired => "Deletes a temporary invitation that is 15 days old, twice.",
        // Nothing may write an account except the player's own request.
        Pattern::Register
        | Pattern::BeginSession
        | Pattern::ChangePassword
        | Pattern::DeleteAccount
        | Pattern::PlayerExists => return None,
    })
}

/// The part of an example whose requests are shown.
type Demonstration<'a> = Pin<Box<dyn Future<Output = Result<(), AppError>> + Send + 'a>>;

/// Runs an example and returns its requests, without those of the preparation and the clean-up.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
pub async fn run(
    backend: &Backend,
    inspector: &Inspector,
    session: &Session,
    example: Pattern,
) -> Result<Vec<Entry>, AppError> {
    let (inspector, session) = (inspector.clone(), session.clone());
    // The game must be deleted even if the client disconnects.
    let step = async move |backend: Backend| {
        let sandbox = Sandbox::new(&backend.store);
        let result =
            prepare_and_demonstrate(&backend, &inspector, &session, &sandbox, example).await;
        if let Err(error) = Recording::unrecorded(&inspector, None, sandbox.delete_game()).await {
            tracing::warn!(%error, game_id = %sandbox.id, "an example's game was not deleted");
        }
        result
    };
    backend.run_to_completion(step).await
}

async fn prepare_and_demonstrate(
    backend: &Backend,
    inspector: &Inspector,
    session: &Session,
    sandbox: &Sandbox,
    example: Pattern,
) -> Result<Vec<Entry>, AppError> {
    let log = inspector.session_log(&session.key);
    let game = Recording::unrecorded(inspector, None, prepare(sandbox, example)).await?;
    let demonstration = demonstrate(backend, sandbox, session, example, game);
    let (result, entries) = Recording::collect(inspector, &log, demonstration).await;
    // The entries include the failed request, if there is one.
    if entries.is_empty() {
        result.map(|()| entries)
    } else {
        Ok(entries)
    }
}

/// Creates the game of an example, in the state in which the example starts.
async fn prepare(sandbox: &Sandbox, example: Pattern) -> Result<Option<Game>, AppError> {
    const MOVES_BEFORE_THE_WIN: [Square; 4] = [
        Square::TopLeft,
        Square::MiddleLeft,
        Square::TopMiddle,
        Square::MiddleMiddle,
    ];
    let now = Timestamp::now();
    Ok(match example {
        Pattern::Turns | Pattern::Accept | Pattern::Decline | Pattern::Cancel => {
            Some(sandbox.invitation(now).await?)
        }
        Pattern::OneGame | Pattern::Move => Some(sandbox.in_progress(&[]).await?),
        Pattern::LastMove => Some(sandbox.in_progress(&MOVES_BEFORE_THE_WIN).await?),
        Pattern::Complete => {
            let game = sandbox.in_progress(&MOVES_BEFORE_THE_WIN).await?;
            let mut chosen = next_move(&game, Square::TopRight)?;
            // The older application writes the winning mark, but not the end of the game.
            if let Phase::InProgress { position, .. } = game.phase {
                chosen.next = Next::Continues(position);
            }
            sandbox.store.play(&game, &chosen, now).await?.done()
        }
        Pattern::Expired => {
            let then = now
                .checked_sub(((INVITATION_DAYS + 1) * 24).hours())
                .unwrap_or(now);
            Some(sandbox.invitation(then).await?)
        }
        _ => None,
    })
}

fn demonstrate<'a>(
    backend: &'a Backend,
    sandbox: &'a Sandbox,
    session: &'a Session,
    example: Pattern,
    game: Option<Game>,
) -> Demonstration<'a> {
    let store = &backend.store;
    let player = &session.key.player;
    Box::pin(async move {
        let now = Timestamp::now();
        let list = async |list| store.list(player, list, None, now).await.map(drop);
        match (example, game) {
            (Pattern::LogIn, _) => drop(store.password_hash(player).await?),
            (Pattern::CurrentSession, _) => drop(store.session(&session.key, now).await?),
            (Pattern::LogOut, _) => {
                let missing = SessionKey {
                    player: player.clone(),
                    id: "0".repeat(64),
                };
                store.delete_session(&missing).await?;
            }
            (Pattern::AllSessions, _) => drop(store.sessions_of(player).await?),
            (Pattern::MyInvitations, _) => list(ListName::Invitations).await?,
            (Pattern::SentInvitations, _) => list(ListName::Outgoing).await?,
            (Pattern::GamesInProgress, _) => list(ListName::InProgress).await?,
            (Pattern::FinishedGames, _) => list(ListName::Finished).await?,
            (Pattern::Invite, _) => {
                let invitation = sandbox.new_invitation(now);
                for _ in 0..2 {
                    store.create_game(&invitation).await?;
                }
            }
            (Pattern::Turns, Some(game)) => {
                drop(store.games(&[game.id, new_game_id()], false).await?);
            }
            (Pattern::OneGame, Some(game)) => {
                store.game(game.id, false).await?;
                store.game(game.id, true).await?;
            }
            (Pattern::Accept, Some(game)) => {
                for _ in 0..2 {
                    store.accept(game.id, &game.players.opponent, now).await?;
                }
            }
            (Pattern::Decline, Some(game)) => {
                for _ in 0..2 {
                    store
                        .delete_invitation(game.id, RemovedBy::Opponent(&game.players.opponent))
                        .await?;
                }
            }
            (Pattern::Cancel, Some(game)) => {
                for _ in 0..2 {
                    store
                        .delete_invitation(game.id, RemovedBy::Host(&game.players.host))
                        .await?;
                }
            }
            (Pattern::Move | Pattern::LastMove, Some(game)) => {
                let chosen = next_move(&game, Square::TopRight)?;
                for _ in 0..2 {
                    store.play(&game, &chosen, now).await?;
                }
            }
            (Pattern::Complete, Some(game)) => {
                if let Phase::Finished { end, .. } = &game.phase {
                    for _ in 0..2 {
                        store.complete(&game, end.outcome(), now).await?;
                    }
                }
            }
            (Pattern::Expired, Some(game)) => {
                for _ in 0..2 {
                    store.delete_expired(game.id, now).await?;
                }
            }
            (
                Pattern::Register
                | Pattern::BeginSession
                | Pattern::ChangePassword
                | Pattern::DeleteAccount
                | Pattern::PlayerExists,
                _,
            )
            | (_, None) => {
                return Err(AppError::NotFound);
            }
        }
        Ok(())
    })
}

/// The store, and the id of the example's game in it.
struct Sandbox {
    store: Store,
    id: GameId,
}

impl Sandbox {
    fn new(store: &Store) -> Self {
        Self {
            store: store.clone(),
            id: new_game_id(),
        }
    }

    fn new_invitation(&self, at: Timestamp) -> Game {
        let player = |name: &str| PlayerName::from_stored(name.to_owned());
        let players = Players {
            host: player(HOST),
            opponent: player(OPPONENT),
        };
        Game::invitation(self.id, players, at)
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
            .accept(self.id, &invitation.players.opponent, now)
            .await?;
        let mut game = accepted.done().ok_or(AppError::NoSuchGame)?;
        for square in moves {
            let chosen = next_move(&game, *square)?;
            let played = self.store.play(&game, &chosen, now).await?;
            game = played.done().ok_or(AppError::NoSuchGame)?;
        }
        Ok(game)
    }

    async fn delete_game(&self) -> Result<(), AppError> {
        let host = PlayerName::from_stored(HOST.to_owned());
        Ok(self.store.delete_game_hosted_by(self.id, &host).await?)
    }
}

/// The move of the player whose turn it is.
fn next_move(game: &Game, square: Square) -> Result<Move, AppError> {
    let view = GameView::from(game);
    let player = view.turn.clone().ok_or(AppError::GameNotInProgress)?;
    match game.decide(&player, square, view.ply())? {
        Decision::Make(chosen) => Ok(chosen),
        Decision::AlreadyMade => Err(AppError::SquareTaken),
    }
}
