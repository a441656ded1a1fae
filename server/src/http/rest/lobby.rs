//! The resource of a player's lists.

use super::{
    extract::{CurrentPlayer, ListPath, Parameters},
    problem::Problem,
};
use axum::{Json, extract::State};
use backend::{Backend, use_cases};
use domain::{
    lists::ListName,
    views::{GameSummary, GamesPage, LobbyView},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The newest games of a player's lists, at most ten of each.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lobby {
    /// Invitations to the player.
    pub invitations: Vec<GameSummary>,
    /// Invitations from the player.
    pub outgoing: Vec<GameSummary>,
    /// Games in progress. Those in which it is the player's turn come first.
    pub in_progress: Vec<GameSummary>,
    /// Finished games.
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

/// Get the lists
#[utoipa::path(get, path = "/api/v1/lobby", tag = "lobby", security(("session" = [])), responses(
    (status = 200, description = "The newest games of each list.", body = Lobby),
))]
pub async fn lobby(
    State(backend): State<Backend>,
    CurrentPlayer(session): CurrentPlayer,
) -> Result<Json<Lobby>, Problem> {
    let lobby = use_cases::lobby(&backend, &session.key.player).await?;
    Ok(Json(lobby.into()))
}

/// The query of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the previous page. Without it, the first page is returned.
    cursor: Option<String>,
}

/// Get a page of a list
#[utoipa::path(get, path = "/api/v1/lobby/{list}", tag = "lobby", security(("session" = [])),
    params(("list" = ListName, Path, description = "The name of the list."), PageQuery), responses(
    (status = 200, description = "At most ten games, newest first, and the cursor of the next page.", body = GamesPage),
))]
pub async fn list(
    State(backend): State<Backend>,
    CurrentPlayer(session): CurrentPlayer,
    ListPath(list): ListPath,
    Parameters(query): Parameters<PageQuery>,
) -> Result<Json<GamesPage>, Problem> {
    let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let page = use_cases::list(&backend, &session.key.player, list, cursor).await?;
    Ok(Json(page))
}
