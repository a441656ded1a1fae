//! Clients that disconnect after sending a change. What is stored is published nevertheless.

use backend::{hub::HubEvent, use_cases};
use domain::{ids::PlayerName, rules::Square};
use futures::FutureExt;
use test_support::{App, Client, HoldPoint, game_path, json, new_game_id, on_both_engines};

/// A change of a game that ada hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Invite,
    Accept,
    Play,
    Decline,
    Cancel,
}

impl Action {
    const ALL: [Self; 5] = [
        Self::Invite,
        Self::Accept,
        Self::Play,
        Self::Decline,
        Self::Cancel,
    ];

    /// The operation that stores the change.
    const fn operation(self) -> &'static str {
        match self {
            Self::Invite => "PutItem",
            Self::Accept | Self::Play => "UpdateItem",
            Self::Decline | Self::Cancel => "DeleteItem",
        }
    }

    /// The path and the body of the request.
    fn request(self, game: &str) -> (String, String) {
        let path = game_path(game);
        match self {
            Self::Invite => {
                let body = json!({"opponent": "bob", "game_id": game});
                ("/api/v1/games".to_owned(), body.to_string())
            }
            Self::Accept => (format!("{path}/accept"), String::new()),
            Self::Play => {
                let body = json!({"square": "TopLeft", "ply": 0});
                (format!("{path}/moves"), body.to_string())
            }
            Self::Decline => (format!("{path}/decline"), String::new()),
            Self::Cancel => (format!("{path}/cancel"), String::new()),
        }
    }
}

on_both_engines! {
    async fn a_change_is_published_without_its_client(fixture: Fixture) {
        let fixture = fixture.without_timeouts();
        let address = fixture.serve().await;
        let ada = Client::registered(address, "ada").await;
        let bob = Client::registered(address, "bob").await;
        let mut lists = [ada.events("/api/v1/events").await, bob.events("/api/v1/events").await];
        for action in Action::ALL {
            let game = match action {
                Action::Invite => new_game_id(),
                _ => ada.invite("bob").await,
            };
            if action == Action::Play {
                bob.accept(&game).await;
            }
            let events_before = match action {
                Action::Invite => 0,
                Action::Play => 2,
                _ => 1,
            };
            let client = match action {
                Action::Accept | Action::Decline => &bob,
                _ => &ada,
            };
            let (path, body) = action.request(&game);
            let mut held = fixture.faults.hold_next(action.operation(), HoldPoint::BeforeResponse);
            client.post_and_disconnect(&path, &body, held.arrived()).await;
            held.release();
            for stream in &mut lists {
                for _ in 0..events_before {
                    stream.lobby_event_of(&game).await;
                }
                let event = stream.lobby_event_of(&game).await;
                match action {
                    Action::Invite => assert_eq!(event["game"]["status"], "PENDING"),
                    Action::Accept => assert_eq!(event["game"]["turn"], "ada"),
                    Action::Play => assert_eq!(event["game"]["turn"], "bob"),
                    Action::Decline | Action::Cancel => assert_eq!(event["kind"], "removed"),
                }
            }
        }
    }
}

#[tokio::test]
async fn a_shutdown_waits_for_a_change_without_its_client() {
    let app = App::start().await;
    let (_, _, game) = app.game().await;
    let (backend, id) = (app.backend().clone(), game.parse().unwrap());
    let now = backend.hub.resume_token();
    let mut page = backend.hub.watch(Some(id), None, Some(&now));
    let ada = PlayerName::from_stored("ada".to_owned());
    // The first poll starts the move, and the caller is dropped.
    let answer = use_cases::play(&backend, &ada, id, Square::TopLeft, 0).now_or_never();
    assert_eq!(answer, None);
    app.running.stop().await;
    let event = page.next().now_or_never();
    assert!(
        matches!(&event, Some(HubEvent::Game(game)) if game.version == 3),
        "{event:?}"
    );
}
