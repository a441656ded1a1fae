//! An instance of the application without its HTTP side.

use backend::{Backend, use_cases};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    lists::ListName,
    rules::Square,
    views::{GameView, GamesPage},
};
use test_support::Fixture;

/// One server process, as the tables see it. Two instances of one fixture share nothing but the tables.
pub struct Instance {
    pub backend: Backend,
}

pub fn player(name: &str) -> PlayerName {
    PlayerName::parse("name", name).expect("a valid name")
}

impl Instance {
    pub fn of(fixture: &Fixture) -> Self {
        Self {
            backend: fixture.backend(),
        }
    }

    pub async fn invite(&self, host: &str, opponent: &str) -> GameView {
        use_cases::invite(&self.backend, &player(host), player(opponent), None)
            .await
            .expect("invited")
            .game
    }

    pub async fn accept(&self, name: &str, game: GameId) -> Result<GameView, AppError> {
        use_cases::accept(&self.backend, &player(name), game).await
    }

    pub async fn decline(&self, name: &str, game: GameId) -> Result<(), AppError> {
        use_cases::decline(&self.backend, &player(name), game).await
    }

    pub async fn cancel(&self, name: &str, game: GameId) -> Result<(), AppError> {
        use_cases::cancel(&self.backend, &player(name), game).await
    }

    pub async fn play(
        &self,
        name: &str,
        game: GameId,
        square: Square,
        ply: u32,
    ) -> Result<GameView, AppError> {
        use_cases::play(&self.backend, &player(name), game, square, ply).await
    }

    /// The game as a player or, with `None`, a visitor sees it.
    pub async fn game(&self, name: Option<&str>, game: GameId) -> Result<GameView, AppError> {
        let viewer = name.map(player);
        use_cases::game(&self.backend, viewer.as_ref(), game).await
    }

    pub async fn list(&self, name: &str, list: ListName, cursor: Option<&str>) -> GamesPage {
        use_cases::list(&self.backend, &player(name), list, cursor)
            .await
            .expect("a page")
    }

    /// Invites and accepts.
    pub async fn started(&self, host: &str, opponent: &str) -> GameId {
        let game = self.invite(host, opponent).await;
        self.accept(opponent, game.game_id).await.expect("accepted");
        game.game_id
    }

    /// Plays on an empty board and returns the game after the last move.
    pub async fn play_all(&self, game: GameId, squares: &[&str]) -> GameView {
        let mut last = self.game(None, game).await.expect("a game");
        for (ply, square) in (0..).zip(squares) {
            let mover = last.turn.clone().expect("a game in progress");
            let square = square.parse().expect("a square");
            last = self
                .play(mover.as_str(), game, square, ply)
                .await
                .expect("a legal move");
        }
        last
    }
}
