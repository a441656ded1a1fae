//! Games.

use super::{
    extract::{CurrentPlayer, Fields, FromFields, GamePath, JsonBody, Viewer},
    problem::Problem,
};
use app::{
    error::AppError,
    game::Square,
    ssr::{state::AppState, use_cases},
    view_model::GameView,
};
use axum::{
    Json,
    extract::State,
    response::{AppendHeaders, IntoResponse},
};
use http::{StatusCode, header::LOCATION};
use utoipa::ToSchema;

/// Whom to invite.
#[derive(ToSchema)]
pub struct NewGame {
    /// The other player's name; need not have an account yet.
    #[schema(example = "bob")]
    pub opponent: String,
    /// A UUID of the client's making, which makes it safe to repeat the request.
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
#[derive(ToSchema)]
pub struct Move {
    /// Where.
    #[schema(value_type = Square)]
    pub square: String,
    /// How many marks were on the board before it. Makes it safe to repeat the request.
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
    (status = 201, description = "The invitation.", body = GameView,
        headers(("Location" = String, description = "The game."))),
    (status = 200, description = "The same request was made before: the game as it is now.", body = GameView,
        headers(("Location" = String, description = "The game."))),
))]
pub async fn invite(
    State(state): State<AppState>,
    CurrentPlayer(session): CurrentPlayer,
    JsonBody(new): JsonBody<NewGame>,
) -> Result<impl IntoResponse, Problem> {
    let host = &session.player;
    let invited = use_cases::invite(&state, host, &new.opponent, new.game_id.as_deref()).await?;
    let status = if invited.repeated {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let location = format!("/api/v1/games/{}", invited.game.game_id);
    Ok((
        status,
        AppendHeaders([(LOCATION, location)]),
        Json(invited.game),
    ))
}

/// A game
///
/// Anyone who has its id may look at it.
#[utoipa::path(get, path = "/api/v1/games/{game_id}", tag = "games", params(
    ("game_id" = String, Path, description = "Which game.", format = "uuid"),
), responses(
    (status = 200, description = "The game.", body = GameView),
))]
pub async fn show(
    State(state): State<AppState>,
    Viewer(viewer): Viewer,
    GamePath(id): GamePath,
) -> Result<Json<GameView>, Problem> {
    let viewer = viewer.map(|session| session.player);
    Ok(Json(use_cases::game(&state, viewer.as_ref(), &id).await?))
}

/// Accept an invitation
///
/// The invited player may repeat it: the answer is the game as it is now.
#[utoipa::path(post, path = "/api/v1/games/{game_id}/accept", tag = "games", security(("session" = [])), params(
    ("game_id" = String, Path, description = "Which game.", format = "uuid"),
), responses(
    (status = 200, description = "The game, in progress.", body = GameView),
))]
pub async fn accept(
    State(state): State<AppState>,
    CurrentPlayer(session): CurrentPlayer,
    GamePath(id): GamePath,
) -> Result<Json<GameView>, Problem> {
    Ok(Json(use_cases::accept(&state, &session.player, &id).await?))
}

/// Decline an invitation
///
/// The invited player removes the game.
#[utoipa::path(post, path = "/api/v1/games/{game_id}/decline", tag = "games", security(("session" = [])), params(
    ("game_id" = String, Path, description = "Which game.", format = "uuid"),
), responses(
    (status = 204, description = "The game is gone."),
))]
pub async fn decline(
    State(state): State<AppState>,
    CurrentPlayer(session): CurrentPlayer,
    GamePath(id): GamePath,
) -> Result<StatusCode, Problem> {
    use_cases::decline(&state, &session.player, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cancel an invitation
///
/// The host removes the game.
#[utoipa::path(post, path = "/api/v1/games/{game_id}/cancel", tag = "games", security(("session" = [])), params(
    ("game_id" = String, Path, description = "Which game.", format = "uuid"),
), responses(
    (status = 204, description = "The game is gone."),
))]
pub async fn cancel(
    State(state): State<AppState>,
    CurrentPlayer(session): CurrentPlayer,
    GamePath(id): GamePath,
) -> Result<StatusCode, Problem> {
    use_cases::cancel(&state, &session.player, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a move
///
/// A move that this player has already made on that square at that ply is answered as made, whatever
/// happened since.
#[utoipa::path(post, path = "/api/v1/games/{game_id}/moves", tag = "games", security(("session" = [])), request_body = Move, params(
    ("game_id" = String, Path, description = "Which game.", format = "uuid"),
), responses(
    (status = 200, description = "The game after the move.", body = GameView),
))]
pub async fn play(
    State(state): State<AppState>,
    CurrentPlayer(session): CurrentPlayer,
    GamePath(id): GamePath,
    JsonBody(new): JsonBody<Move>,
) -> Result<Json<GameView>, Problem> {
    let player = &session.player;
    let game = use_cases::play(&state, player, &id, &new.square, new.ply).await?;
    Ok(Json(game))
}
