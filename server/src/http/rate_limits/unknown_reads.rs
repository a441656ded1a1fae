//! Reads of sessions and games that do not exist. Only the table can tell, so each read is counted before it is
//! made, and given back when its session and its game turn out to exist.

use super::{Counters, RateLimits};
use crate::http::client_info::ClientInfo;
use app::{session_cookie, state::AppState};
use axum::extract::{Query, Request};
use backend::{Backend, accounts::SessionKey, limits::too_many_requests};
use domain::{error::AppError, ids::GameId};
use serde::Deserialize;
use std::{net::IpAddr, sync::Arc};

/// A request whose session or game is not known to this instance.
#[derive(Debug)]
pub struct UnknownRead {
    counters: Arc<Counters>,
    client: IpAddr,
    session: Option<SessionKey>,
    game: Option<GameId>,
}

/// The parameters that name a game.
#[derive(Debug, Deserialize)]
struct GameQuery {
    game_id: Option<String>,
    page: Option<String>,
}

impl RateLimits {
    /// Counts a request whose session or game only the table knows. Returns `None` if there is nothing to count.
    ///
    /// # Errors
    ///
    /// [`AppError::TooManyRequests`].
    pub fn begin_read(
        &self,
        state: &AppState,
        request: &Request,
    ) -> Result<Option<UnknownRead>, AppError> {
        let Some(counters) = &self.0 else {
            return Ok(None);
        };
        let backend = &state.backend;
        let token = session_cookie::session_token(request.headers(), state.secure_cookies);
        let session = token.map(|token| token.key());
        let session = session.filter(|key| backend.sessions.get(key).is_none());
        let game = game(request).filter(|id| backend.recent_games.get(*id).is_none());
        if session.is_none() && game.is_none() {
            return Ok(None);
        }
        let client = ClientInfo::of(request.extensions()).address.0;
        let taken = counters.unknown_reads.take(client, 1);
        taken.map_err(too_many_requests)?;
        Ok(Some(UnknownRead {
            counters: Arc::clone(counters),
            client,
            session,
            game,
        }))
    }
}

impl UnknownRead {
    /// Gives the read back if its session and its game exist. A request that is dropped before its response counts,
    /// because the table may have been read.
    pub fn finish(self, backend: &Backend) {
        let is_unknown = self
            .session
            .is_some_and(|session| backend.missing.has_session(&session))
            || self.game.is_some_and(|game| backend.missing.has_game(game));
        if !is_unknown {
            self.counters.unknown_reads.give_back(self.client);
        }
    }
}

/// The game that a request reads. A change needs a session, and the number of changes is limited.
fn game(request: &Request) -> Option<GameId> {
    if !request.method().is_safe() {
        return None;
    }
    let uri = request.uri();
    let from_path = uri.path().split('/').find_map(|part| part.parse().ok());
    from_path.or_else(|| {
        let Query(query) = Query::<GameQuery>::try_from_uri(uri).ok()?;
        let from_id = query.game_id.and_then(|id| id.parse().ok());
        from_id.or_else(|| GameId::from_path(&query.page?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::Method;

    #[test]
    fn the_game_of_each_address_is_found() {
        const ID: &str = "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11";
        let of = |method, uri: &str| {
            let request = Request::builder().method(method).uri(uri);
            game(&request.body(Body::empty()).unwrap()).map(|id| id.to_string())
        };
        for uri in [
            "/games/{}",
            "/api/v1/games/{}",
            "/api/v1/games/{}/events?since=x",
            "/api/v1/events?game_id={}",
            "/inspector?page=/games/{}",
            "/inspector/events?page=%2Fgames%2F{}&after=",
        ] {
            let uri = uri.replace("{}", ID);
            assert_eq!(of(Method::GET, &uri).as_deref(), Some(ID), "{uri}");
            assert_eq!(of(Method::POST, &uri), None);
        }
        for uri in ["/", "/games/x", "/api/v1/lobby?cursor=x", "/?page=/"] {
            assert_eq!(of(Method::GET, uri), None, "{uri}");
        }
    }
}
