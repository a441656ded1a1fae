//! Inviting, and accepting an invitation.

use super::{present, published};
use crate::{
    error::{AppError, Rule},
    ids::{GameId, PlayerName},
    ssr::{
        game::{Game, Phase},
        metrics,
        state::AppState,
        store::Write,
    },
    view_model::GameView,
};
use jiff::Timestamp;

/// An invitation that is now in the table.
#[derive(Debug)]
pub struct Invited {
    /// The game.
    pub game: GameView,
    /// Whether an earlier request with the same `game_id` had made it already.
    pub repeated: bool,
}

/// Invites a player, who need not have an account yet. A `game_id` of the caller's makes it safe to
/// repeat.
///
/// # Errors
///
/// [`AppError::InvalidRequest`], [`AppError::NoSuchGame`] when it was declined at this very moment,
/// [`AppError::DatabaseUnavailable`].
pub async fn invite(
    state: &AppState,
    host: &PlayerName,
    opponent: &str,
    game_id: Option<&str>,
) -> Result<Invited, AppError> {
    let opponent = PlayerName::parse("opponent", opponent)?;
    if opponent == *host {
        return Err(AppError::invalid("opponent", Rule::InvitedOneself));
    }
    let id = match game_id {
        None => GameId::random(),
        Some(text) => text
            .parse()
            .map_err(|_| AppError::invalid("game_id", Rule::GameIdFormat))?,
    };
    let game = Game::invitation(id, host.clone(), opponent, Timestamp::now());
    match state.store.create_game(&game).await? {
        Write::Done(()) => {
            metrics::game_created();
            Ok(Invited {
                game: published(state, &game),
                repeated: false,
            })
        }
        Write::Refused(Some(there)) if is_same_invitation(&there, &game) => Ok(Invited {
            game: GameView::from(&there),
            // An id made here can only be met again when the SDK repeated a request whose answer
            // was lost: then this is the first answer.
            repeated: game_id.is_some(),
        }),
        // It was there, and was declined or cancelled since.
        Write::Refused(None) => Err(AppError::NoSuchGame),
        Write::Refused(Some(_)) => Err(AppError::invalid("game_id", Rule::GameIdTaken)),
    }
}

fn is_same_invitation(there: &Game, asked: &Game) -> bool {
    there.host == asked.host && there.opponent == asked.opponent
}

/// Accepts an invitation. Repeated by the same player, it answers with the game as it is.
///
/// # Errors
///
/// [`AppError::NoSuchGame`], [`AppError::NotYourGame`], [`AppError::DatabaseUnavailable`].
pub async fn accept(
    state: &AppState,
    player: &PlayerName,
    game_id: &str,
) -> Result<GameView, AppError> {
    let id: GameId = game_id.parse()?;
    let now = Timestamp::now();
    let refused = match state.store.accept(id, player, now).await? {
        Write::Done(game) => {
            metrics::game_accepted();
            return Ok(published(state, &game));
        }
        Write::Refused(game) => present(game)?,
    };
    if refused.is_expired(now) {
        super::game::delete_expired(state, &refused, now).await?;
        return Err(AppError::NoSuchGame);
    }
    match refused.phase {
        _ if refused.opponent != *player => Err(AppError::NotYourGame),
        // Neither refusal nor acceptance: it was deleted and made again in between.
        Phase::Pending => Err(AppError::NoSuchGame),
        Phase::InProgress { .. } | Phase::Finished { .. } => Ok(GameView::from(&refused)),
    }
}
