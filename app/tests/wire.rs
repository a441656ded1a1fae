//! Every type that the server sends to the browser, read there: serde-wasm-bindgen on `JSON.parse` must
//! give back the value that `serde_json` wrote. Runs in Node.js by wasm-bindgen's test runner.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use app::{
    api::ActionError,
    json::{self, InvalidJson},
};
use domain::{
    error::{AppError, ValidationRule},
    ids::{GameId, PlayerName},
    lists::ListName,
    rules::{Mark, Square},
    status::{GameResult, Status},
    views::{GamePageView, GameSummary, GameView, GamesPage, HomeView, LobbyEvent, LobbyView},
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use wasm_bindgen_test::wasm_bindgen_test;

fn assert_read_back<T>(value: &T)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let text = json::write(value);
    assert_eq!(json::read::<T>(&text).as_ref(), Ok(value), "{text}");
}

fn name(text: &str) -> PlayerName {
    PlayerName::from_stored(text.to_owned())
}

fn game_id() -> GameId {
    "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11".parse().unwrap()
}

/// A game with a value in every option, and the same game without one.
fn games() -> [GameView; 2] {
    let full = GameView {
        game_id: game_id(),
        host: name("ada"),
        opponent: name("bob"),
        status: Status::InProgress,
        updated_at: "2026-11-22T05:30:00.123456Z".to_owned(),
        turn: Some(name("bob")),
        board: [(Square::TopLeft, Mark::O), (Square::MiddleMiddle, Mark::X)].into(),
        moves: Some(vec![Square::TopLeft, Square::MiddleMiddle]),
        result: Some(GameResult::Won(name("ada"))),
        version: u32::MAX,
    };
    let empty = GameView {
        turn: None,
        board: [].into(),
        moves: None,
        result: None,
        version: 0,
        ..full.clone()
    };
    [full, empty]
}

fn summaries() -> Vec<GameSummary> {
    games().iter().map(GameView::summary).collect()
}

#[wasm_bindgen_test]
fn games_in_every_status_with_every_result() {
    for game in games() {
        for status in [Status::Pending, Status::InProgress, Status::Finished] {
            for result in [
                None,
                Some(GameResult::Tie),
                Some(GameResult::Won(name("ada"))),
            ] {
                assert_read_back(&GameView {
                    status,
                    result,
                    ..game.clone()
                });
            }
        }
        assert_read_back(&Some(game.summary()));
        assert_read_back(&Some(game));
    }
    assert_read_back(&None::<GameView>);
}

#[wasm_bindgen_test]
fn every_square_and_mark() {
    for square in Square::ALL {
        assert_read_back(&square);
    }
    assert_read_back(&[Mark::X, Mark::O]);
}

#[wasm_bindgen_test]
fn pages() {
    for game in games() {
        for viewer in [None, Some(name("ada"))] {
            assert_read_back(&GamePageView {
                game: game.clone(),
                viewer,
                opponent_has_account: true,
                resume_token: "token".to_owned(),
            });
        }
    }
    let full = GamesPage {
        games: summaries(),
        next: Some("cursor".to_owned()),
    };
    let home = HomeView {
        viewer: name("ada"),
        lobby: LobbyView {
            invitations: full.clone(),
            outgoing: GamesPage::default(),
            in_progress: full.clone(),
            finished: GamesPage::default(),
        },
        resume_token: "token".to_owned(),
        new_game_id: game_id(),
    };
    assert_read_back(&full);
    assert_read_back(&Some(home));
    assert_read_back(&None::<HomeView>);
}

#[wasm_bindgen_test]
fn list_events() {
    for list in ListName::ALL {
        for game in summaries() {
            assert_read_back(&LobbyEvent::Moved {
                list,
                game,
                version: 7,
            });
        }
    }
    assert_read_back(&LobbyEvent::Removed { game_id: game_id() });
    assert_read_back(&LobbyEvent::Stale);
}

#[wasm_bindgen_test]
fn errors() {
    for error in [
        AppError::NotLoggedIn,
        AppError::ServerUnreachable,
        AppError::invalid("name", ValidationRule::NameLength),
        AppError::TooManyRequests { retry_after: 3 },
        AppError::CorruptGame { game_id: game_id() },
    ] {
        assert_read_back(&error);
        assert_read_back(&ActionError(error.clone()));
        assert_read_back(&Err::<Option<GameView>, _>(error));
    }
}

#[wasm_bindgen_test]
fn unreadable_text() {
    for text in ["", "{", "\"Z\"", "null", "{}", "[1]"] {
        assert_eq!(json::read::<GameView>(text), Err(InvalidJson), "{text}");
    }
}
