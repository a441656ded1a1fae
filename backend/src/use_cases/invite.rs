//! Making and accepting invitations.

use super::{publish, require};
use crate::{
    Backend,
    game::{Game, new_game_id},
    metrics,
    store::{Write, players::AccountStatus},
};
use domain::{
    error::{AppError, ValidationRule},
    ids::{GameId, PlayerName},
    players::Players,
    views::GameView,
};
use jiff::Timestamp;

/// An invitation that has been written to the table.
#[derive(Debug)]
pub struct Invitation {
    /// The pending game.
    pub game: GameView,
    /// True if an earlier request with the same `game_id` made the invitation.
    pub repeated: bool,
}

/// Invites a player, who need not have an account yet. The request is safe to repeat if the caller supplies
/// an `id`.
///
/// # Errors
///
/// [`AppError::InvalidRequest`], [`AppError::TooManyRequests`], [`AppError::NoSuchPlayer`] if the opponent has
/// deleted the account, [`AppError::NoSuchGame`] if a repeated invitation was removed at the same
/// moment, [`AppError::DatabaseUnavailable`].
pub async fn invite(
    backend: &Backend,
    host: &PlayerName,
    opponent: PlayerName,
    id: Option<GameId>,
) -> Result<Invitation, AppError> {
    if opponent == *host {
        return Err(AppError::invalid(
            "opponent",
            ValidationRule::SelfInvitation,
        ));
    }
    if backend.store.account_status(&opponent).await? == AccountStatus::Deleted {
        return Err(AppError::NoSuchPlayer);
    }
    let players = Players {
        host: host.clone(),
        opponent,
    };
    if let Some(limits) = &backend.limits {
        limits.count_game(&players)?;
    }
    let game = Game::invitation(
        id.unwrap_or_else(new_game_id),
        players.clone(),
        Timestamp::now(),
    );
    let step = async move |backend: Backend| create(&backend, game).await;
    let invitation = backend.run_to_completion(step).await?;
    if let Some(limits) = &backend.limits
        && invitation.repeated
    {
        limits.give_back_game(&players);
    }
    Ok(invitation)
}

async fn create(backend: &Backend, game: Game) -> Result<Invitation, AppError> {
    match backend.store.create_game(&game).await? {
        Write::Done(()) | Write::DoneEarlier(()) => {
            metrics::game_created();
            Ok(Invitation {
                game: publish(backend, &game),
                repeated: false,
            })
        }
        Write::ConditionFailed(Some(existing)) if existing.players == game.players => {
            Ok(Invitation {
                // The earlier request may have ended without an answer, before it could publish the
                // invitation.
                game: publish(backend, &existing),
                repeated: true,
            })
        }
        // The invitation existed, and was declined or cancelled since.
        Write::ConditionFailed(None) => Err(AppError::NoSuchGame),
        Write::ConditionFailed(Some(_)) => {
            Err(AppError::invalid("game_id", ValidationRule::GameIdTaken))
        }
    }
}

/// Accepts an invitation. If the player has accepted it already, returns the current state of the game.
///
/// # Errors
///
/// [`AppError::NoSuchGame`], [`AppError::NotYourGame`], [`AppError::DatabaseUnavailable`].
pub async fn accept(
    backend: &Backend,
    player: &PlayerName,
    id: GameId,
) -> Result<GameView, AppError> {
    let player = player.clone();
    let step = async move |backend: Backend| start(&backend, &player, id).await;
    backend.run_to_completion(step).await
}

async fn start(backend: &Backend, player: &PlayerName, id: GameId) -> Result<GameView, AppError> {
    let now = Timestamp::now();
    let current = match backend.store.accept(id, player, now).await? {
        Write::Done(game) | Write::DoneEarlier(game) => {
            metrics::game_accepted();
            return Ok(publish(backend, &game));
        }
        Write::ConditionFailed(game) => require(game)?,
    };
    if current.is_expired(now) {
        super::game::delete_expired(backend, current, now).await?;
        return Err(AppError::NoSuchGame);
    }
    current.accepted_by(player)?;
    // The earlier request may have ended without an answer, before it could publish the acceptance.
    Ok(publish(backend, &current))
}
