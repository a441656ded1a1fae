//! The lists of the player who asks.

use super::{
    extract::{CurrentPlayer, ListPath, Parameters},
    problem::Problem,
};
use app::{
    ssr::{state::AppState, use_cases},
    view_model::{GameSummary, GamesPage, ListName, LobbyView},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The newest games of a player's lists, at most ten of each.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lobby {
    /// Others invited me.
    pub invitations: Vec<GameSummary>,
    /// I invited others.
    pub outgoing: Vec<GameSummary>,
    /// Games being played, mine to move first.
    pub in_progress: Vec<GameSummary>,
    /// Games that are over.
    pub finished: Vec<GameSummary>,
}

impl From<LobbyView> for Lobby {
    fn from(lobby: LobbyView) -> Self {
        Self {
            invitations: lobby.invitations.games,
            outgoing: lobby.outgoing.games,
            in_progress: lobby.in_progress.games,
            finished: lobby.finished.games,
        }
    }
}

/// The lists
#[utoipa::path(get, path = "/api/v1/lobby", tag = "lobby", security(("session" = [])), responses(
    (status = 200, description = "The newest games of each list.", body = Lobby),
))]
pub async fn lobby(
    State(state): State<AppState>,
    CurrentPlayer(session): CurrentPlayer,
) -> Result<Json<Lobby>, Problem> {
    let lobby = use_cases::lobby(&state, &session.player).await?;
    Ok(Json(lobby.into()))
}

/// Where in a list to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// The `next` of the page before; without it, the first page.
    cursor: Option<String>,
}

/// A page of a list
#[utoipa::path(get, path = "/api/v1/lobby/{list}", tag = "lobby", security(("session" = [])),
    params(("list" = ListName, Path, description = "Which list."), Page), responses(
    (status = 200, description = "At most ten games, newest first, and the cursor of the next page.", body = GamesPage),
))]
pub async fn list(
    State(state): State<AppState>,
    CurrentPlayer(session): CurrentPlayer,
    ListPath(list): ListPath,
    Parameters(page): Parameters<Page>,
) -> Result<Json<GamesPage>, Problem> {
    let cursor = page.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let page = use_cases::list(&state, &session.player, list, cursor).await?;
    Ok(Json(page))
}
