//! An instance of the application without its HTTP side.

use crate::support::Fixture;
use app::{
    error::AppError,
    ids::{GameId, PlayerName},
    ssr::{state::AppState, use_cases},
    view_model::{GameView, GamesPage, ListName},
};
use leptos::config::LeptosOptions;

/// One server process as the tables see it. Two of them on one fixture share the tables and nothing else.
pub struct Instance {
    pub state: AppState,
}

pub fn player(name: &str) -> PlayerName {
    PlayerName::parse("name", name).expect("a good name")
}

impl Instance {
    pub fn of(fixture: &Fixture) -> Self {
        let options = LeptosOptions::builder().output_name("test").build();
        Self {
            state: AppState::new(options, fixture.store.clone(), false),
        }
    }

    pub async fn invite(&self, host: &str, opponent: &str) -> GameView {
        use_cases::invite(&self.state, &player(host), opponent, None)
            .await
            .expect("invited")
            .game
    }

    pub async fn accept(&self, who: &str, game: GameId) -> Result<GameView, AppError> {
        use_cases::accept(&self.state, &player(who), &game.to_string()).await
    }

    pub async fn decline(&self, who: &str, game: GameId) -> Result<(), AppError> {
        use_cases::decline(&self.state, &player(who), &game.to_string()).await
    }

    pub async fn cancel(&self, who: &str, game: GameId) -> Result<(), AppError> {
        use_cases::cancel(&self.state, &player(who), &game.to_string()).await
    }

    pub async fn play(
        &self,
        who: &str,
        game: GameId,
        square: &str,
        ply: u32,
    ) -> Result<GameView, AppError> {
        use_cases::play(&self.state, &player(who), &game.to_string(), square, ply).await
    }

    pub async fn look(&self, who: Option<&str>, game: GameId) -> Result<GameView, AppError> {
        let viewer = who.map(player);
        use_cases::game(&self.state, viewer.as_ref(), &game.to_string()).await
    }

    pub async fn list(&self, who: &str, list: ListName, cursor: Option<&str>) -> GamesPage {
        use_cases::list(&self.state, &player(who), list, cursor)
            .await
            .expect("a page")
    }

    /// A game between two players that has been accepted.
    pub async fn started(&self, host: &str, opponent: &str) -> GameId {
        let game = self.invite(host, opponent).await;
        self.accept(opponent, game.game_id).await.expect("accepted");
        game.game_id
    }

    /// Plays squares in turn, the host first. Returns the game after the last.
    pub async fn play_all(&self, game: GameId, squares: &[&str]) -> GameView {
        let mut last = self.look(None, game).await.expect("a game");
        for (ply, square) in (0..).zip(squares) {
            let mover = last.turn.clone().expect("somebody's turn");
            last = self
                .play(mover.as_str(), game, square, ply)
                .await
                .expect("a legal move");
        }
        last
    }
}

/// The host wins in the top row with the fifth move.
pub const HOST_WINS: [&str; 5] = [
    "TopLeft",
    "BottomLeft",
    "TopMiddle",
    "BottomMiddle",
    "TopRight",
];

/// Nine moves and no line.
pub const DRAW: [&str; 9] = [
    "TopLeft",
    "MiddleMiddle",
    "TopRight",
    "TopMiddle",
    "BottomMiddle",
    "MiddleLeft",
    "MiddleRight",
    "BottomRight",
    "BottomLeft",
];
