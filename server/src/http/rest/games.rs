//! The resource of games.

use super::{
    extract::{CurrentPlayer, Fields, FromFields, GamePath, JsonBody, Viewer},
    problem::Problem,
};
use axum::{
    Json,
    extract::State,
    response::{AppendHeaders, IntoResponse},
};
use backend::{Backend, use_cases};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    rules::Square,
    views::GameView,
};
use http::{StatusCode, header::LOCATION};
use utoipa::ToSchema;

/// An invitation to a new game.
#[derive(Debug, ToSchema)]
pub struct NewGame {
    /// The name of the invited player, who need not have an account yet.
    #[schema(pattern = "^[A-Za-z0-9_-]{2,20}$", example = "bob")]
    pub opponent: String,
    /// A UUID that the client generates. It makes the request safe to repeat.
    #[schema(format = "uuid")]
    pub game_id: Option<String>,
}

impl FromFields for NewGame {
    fn from_fields(mut fields: Fields) -> Result<Self, AppError> {
        Ok(Self {
            opponent: fields.text("opponent")?,
            game_id: fields.optional_text("game_id")?,
        })
    }
}

/// A move.
#[derive(Debug, ToSchema)]
pub struct Move {
    /// The square to play.
    #[schema(value_type = Square)]
    pub square: String,
    /// The number of marks on the board before the move. It makes the request safe to repeat.
    #[schema(maximum = 8)]
    pub ply: u32,
}

impl FromFields for Move {
    fn from_fields(mut fields: Fields) -> Result<Self, AppError> {
        Ok(Self {
            square: fields.text("square")?,
            ply: fields.number("ply")?,
        })
    }
}

/// Invite a player
#[utoipa::path(post, path = "/api/v1/games", tag = "games", security(("session" = [])), request_body = NewGame, responses(
    (status = 201, description = "The new game, pending.", body = GameView,
        headers(("Location" = String, description = "The address of the game."))),
    (status = 200, description = "The current game, if an earlier request with this id created it.", body = GameView,
        headers(("Location" = String, description = "The address of the game."))),
))]
pub async fn invite(
    State(backend): State<Backend>,
    CurrentPlayer(session): CurrentPlayer,
    JsonBody(new): JsonBody<NewGame>,
) -> Result<impl IntoResponse, Problem> {
    let host = &session.key.player;
    let opponent = PlayerName::parse("opponent", &new.opponent)?;
    let game_id = new
        .game_id
        .as_deref()
        .map(GameId::parse_client_id)
        .transpose()?;
    let invited = use_cases::invite(&backend, host, opponent, game_id).await?;
    let status = if invited.repeated {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let location = format!("/api/v1{}", invited.game.game_id.path());
    Ok((
        status,
        AppendHeaders([(LOCATION, location)]),
        Json(invited.game),
    ))
}

/// Get a game
///
/// Anyone who knows its id may read it.
#[utoipa::path(get, path = "/api/v1/games/{game_id}", tag = "games", params(
    ("game_id" = String, Path, description = "The id of the game.", format = "uuid"),
), responses(
    (status = 200, description = "The game.", body = GameView),
))]
pub async fn show(
    State(backend): State<Backend>,
    Viewer(viewer): Viewer,
    GamePath(id): GamePath,
) -> Result<Json<GameView>, Problem> {
    let viewer = viewer.map(|session| session.key.player);
    Ok(Json(use_cases::game(&backend, viewer.as_ref(), id).await?))
}

/// Accept an invitation
///
/// Repeating the request is safe. It returns the current game.
#[utoipa::path(post, path = "/api/v1/games/{game_id}/accept", tag = "games", security(("session" = [])), params(
    ("game_id" = String, Path, description = "The id of the game.", format = "uuid"),
), responses(
    (status = 200, description = "The game, in progress.", body = GameView),
))]
pub async fn accept(
    State(backend): State<Backend>,
    CurrentPlayer(session): CurrentPlayer,
    GamePath(id): GamePath,
) -> Result<Json<GameView>, Problem> {
    Ok(Json(
        use_cases::accept(&backend, &session.key.player, id).await?,
    ))
}

/// Decline an invitation
///
/// The invited player deletes the game.
#[utoipa::path(post, path = "/api/v1/games/{game_id}/decline", tag = "games", security(("session" = [])), params(
    ("game_id" = String, Path, description = "The id of the game.", format = "uuid"),
), responses(
    (status = 204, description = "The game is deleted."),
))]
pub async fn decline(
    State(backend): State<Backend>,
    CurrentPlayer(session): CurrentPlayer,
    GamePath(id): GamePath,
) -> Result<StatusCode, Problem> {
    use_cases::decline(&backend, &session.key.player, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cancel an invitation
///
/// The host deletes the game.
#[utoipa::path(post, path = "/api/v1/games/{game_id}/cancel", tag = "games", security(("session" = [])), params(
    ("game_id" = String, Path, description = "The id of the game.", format = "uuid"),
), responses(
    (status = 204, description = "The game is deleted."),
))]
pub async fn cancel(
    State(backend): State<Backend>,
    CurrentPlayer(session): CurrentPlayer,
    GamePath(id): GamePath,
) -> Result<StatusCode, Problem> {
    use_cases::cancel(&backend, &session.key.player, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a move
///
/// Repeating the request is safe. If the player has already made this move at this ply, it returns the current
/// game, whatever has happened since.
#[utoipa::path(post, path = "/api/v1/games/{game_id}/moves", tag = "games", security(("session" = [])), request_body = Move, params(
    ("game_id" = String, Path, description = "The id of the game.", format = "uuid"),
), responses(
    (status = 200, description = "The game after the move.", body = GameView),
))]
pub async fn play(
    State(backend): State<Backend>,
    CurrentPlayer(session): CurrentPlayer,
    GamePath(id): GamePath,
    JsonBody(body): JsonBody<Move>,
) -> Result<Json<GameView>, Problem> {
    let player = &session.key.player;
    let square: Square = body.square.parse().map_err(AppError::from)?;
    let game = use_cases::play(&backend, player, id, square, body.ply).await?;
    Ok(Json(game))
}
