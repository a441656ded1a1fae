use super::{
    Hub, HubEvent, Token,
    recent_changes::{CAPACITY, MAX_CLOCK_SKEW},
};
use crate::{
    accounts::{Session, StartedSession},
    game::{Game, History, Phase, new_game_id},
};
use domain::{
    ids::{GameId, PlayerName},
    lists::ListName,
    players::Players,
    rules::{Mark, Position},
    views::LobbyEvent,
};
use futures::FutureExt;
use jiff::{Timestamp, ToSpan};

fn name(text: &str) -> PlayerName {
    PlayerName::from_stored(text.to_owned())
}

fn invitation() -> Game {
    Game::invitation(
        new_game_id(),
        Players {
            host: name("ada"),
            opponent: name("bob"),
        },
        Timestamp::UNIX_EPOCH,
    )
}

fn session(player: &str) -> Session {
    let Ok(started) = StartedSession::new(name(player), Timestamp::now()) else {
        panic!("random numbers")
    };
    started.session
}

#[tokio::test]
async fn a_watcher_receives_only_its_own_game() {
    let hub = Hub::new();
    let (mine, other) = (invitation(), invitation());
    let mut watch = hub.watch(Some(mine.id), None, Some(&hub.resume_token()));
    hub.publish_update(&other);
    hub.publish_deletion(&mine);
    assert_eq!(watch.next().await, HubEvent::Deleted(mine.id));
}

#[tokio::test]
async fn each_player_receives_their_own_list() {
    let hub = Hub::new();
    let game = invitation();
    let (ada, bob) = (session("ada"), session("bob"));
    let now = hub.resume_token();
    let mut ada = hub.watch(None, Some(&ada), Some(&now));
    let mut bob = hub.watch(None, Some(&bob), Some(&now));
    hub.publish_update(&game);
    for (watch, expected) in [
        (&mut ada, ListName::Outgoing),
        (&mut bob, ListName::Invitations),
    ] {
        let event = watch.next().await;
        assert!(
            matches!(event, HubEvent::Lobby(LobbyEvent::Moved { list, .. }) if list == expected)
        );
    }
}

#[tokio::test]
async fn changes_since_the_token_come_first() {
    let hub = Hub::new();
    let game = invitation();
    let resume_token = hub.resume_token();
    hub.publish_update(&game);
    let mut watch = hub.watch(Some(game.id), None, Some(&resume_token));
    assert!(matches!(watch.next().await, HubEvent::Game(_)));
    hub.publish_deletion(&game);
    assert_eq!(watch.next().await, HubEvent::Deleted(game.id));
}

#[tokio::test]
async fn a_watcher_has_a_token_once_it_has_all_events() {
    let hub = Hub::new();
    let (first, second, later) = (invitation(), invitation(), invitation());
    let bob = session("bob");
    let mut watch = hub.watch(None, Some(&bob), Some(&hub.resume_token()));
    hub.publish_update(&first);
    hub.publish_update(&second);
    watch.next().await;
    assert_eq!(watch.resume_token(), None);
    watch.next().await;
    let token = watch.resume_token().expect("a token");

    hub.publish_update(&later);
    let (changes, _) = hub.changes_since(&token);
    let changed: Vec<GameId> = changes
        .into_iter()
        .flatten()
        .map(|change| change.game_id)
        .collect();
    assert_eq!(changed, [later.id]);
}

#[tokio::test]
async fn an_unknown_or_old_token_causes_a_reread() {
    let hub = Hub::new();
    let game = invitation();
    let ada = session("ada");
    let long_ago = hub.resume_token();
    for _ in 0..=CAPACITY {
        hub.publish_update(&invitation());
    }
    for token in [
        long_ago.as_str(),
        Hub::new().resume_token().as_str(),
        "nonsense",
    ] {
        let mut watch = hub.watch(Some(game.id), Some(&ada), Some(token));
        assert_eq!(watch.next().await, HubEvent::Reread);
        assert_eq!(watch.next().await, HubEvent::Lobby(LobbyEvent::Stale));
    }
}

#[tokio::test]
async fn lists_begin_with_the_changes_that_an_index_may_lack() {
    let hub = Hub::new();
    let (game, ada) = (invitation(), session("ada"));
    hub.publish_update(&game);
    let accepted = Game {
        phase: Phase::InProgress {
            position: Position::new(Mark::O),
            history: History::default(),
        },
        ..game.clone()
    };
    hub.publish_update(&accepted);
    let now = hub.resume_token();
    for token in [None, Some(now.as_str())] {
        let mut watch = hub.watch(None, Some(&ada), token);
        // Only the latest of the two changes.
        let event = watch.next().await;
        assert!(
            matches!(
                &event,
                HubEvent::Lobby(LobbyEvent::Moved {
                    list: ListName::InProgress,
                    ..
                })
            ),
            "{event:?}"
        );
        hub.session_ended(&ada.key);
        assert_eq!(watch.next().await, HubEvent::SessionEnded);
    }
    // The game itself is read from the table, which does not lag.
    let mut watch = hub.watch(Some(game.id), None, Some(&now));
    assert_eq!(watch.next().now_or_never(), None);
}

#[tokio::test]
async fn lists_are_stale_shortly_after_the_feed_has_started() {
    let hub = Hub::new();
    assert_eq!(hub.feed_started(), []);
    let now = hub.resume_token();
    for token in [None, Some(now.as_str())] {
        let mut watch = hub.watch(None, Some(&session("ada")), token);
        assert_eq!(watch.next().await, HubEvent::Lobby(LobbyEvent::Stale));
    }
}

#[tokio::test]
async fn stale_lists_are_read_again_once_the_indexes_have_caught_up() {
    let hub = Hub::new();
    let ada = session("ada");
    let mut watch = hub.watch(None, Some(&ada), None);
    hub.mark_lists_stale(&ada.key.player);
    for _ in 0..2 {
        assert_eq!(watch.next().await, HubEvent::Lobby(LobbyEvent::Stale));
    }
    hub.session_ended(&ada.key);
    assert_eq!(watch.next().await, HubEvent::SessionEnded);
}

#[tokio::test]
async fn a_missing_game_is_removed_from_every_list() {
    let hub = Hub::new();
    let id = new_game_id();
    let (ada, bob) = (session("ada"), session("bob"));
    let before = hub.resume_token();
    let mut open = hub.watch(Some(id), Some(&ada), Some(&before));
    assert!(hub.publish_missing(id, hub.position()));
    let mut late = hub.watch(None, Some(&bob), Some(&before));
    let removed = HubEvent::Lobby(LobbyEvent::Removed { game_id: id });
    assert_eq!(open.next().await, HubEvent::Deleted(id));
    assert_eq!(open.next().await, removed);
    assert_eq!(late.next().await, removed);
    // Nobody is told twice.
    assert!(!hub.publish_missing(id, hub.position()));
}

#[tokio::test]
async fn a_missing_game_can_be_made_again() {
    let hub = Hub::new();
    let game = invitation();
    assert!(hub.publish_update(&game));
    assert!(hub.publish_missing(game.id, hub.position()));
    assert!(!hub.publish_update(&game));
    let again = Game {
        status_changed_at: Timestamp::UNIX_EPOCH + 1.seconds(),
        ..game.clone()
    };
    let before = hub.position();
    assert!(hub.publish_update(&again));
    // The table was asked before the game was made again.
    assert!(!hub.publish_missing(game.id, before));
    assert!(hub.publish_missing(game.id, hub.position()));

    let unknown = invitation();
    assert!(hub.publish_missing(unknown.id, hub.position()));
    assert!(hub.publish_update(&unknown));
}

#[tokio::test]
async fn a_slow_watcher_has_a_short_queue_with_the_newest_state() {
    let hub = Hub::new();
    let game = invitation();
    let ada = session("ada");
    let mut watch = hub.watch(Some(game.id), Some(&ada), Some(&hub.resume_token()));
    for seconds in 0..1000 {
        hub.publish_update(&Game {
            status_changed_at: Timestamp::UNIX_EPOCH + seconds.seconds(),
            ..game.clone()
        });
    }
    let (mut states, mut stale, mut lists) = (0, 0, 0);
    hub.publish_deletion(&Game {
        status_changed_at: Timestamp::UNIX_EPOCH + 1000.seconds(),
        ..game.clone()
    });
    loop {
        match watch.next().await {
            HubEvent::Game(_) => states += 1,
            HubEvent::Lobby(LobbyEvent::Stale) => stale += 1,
            HubEvent::Lobby(LobbyEvent::Removed { .. }) => break,
            HubEvent::Lobby(_) => lists += 1,
            HubEvent::Deleted(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((states, stale), (1, 1));
    assert!(lists < 70);
}

#[tokio::test]
async fn a_log_out_closes_only_the_streams_of_its_session() {
    let hub = Hub::new();
    let (here, elsewhere) = (session("ada"), session("ada"));
    let mut first = hub.watch(None, Some(&here), Some(&hub.resume_token()));
    let mut second = hub.watch(None, Some(&elsewhere), Some(&hub.resume_token()));
    hub.session_ended(&here.key);
    hub.publish_update(&invitation());
    assert_eq!(first.next().await, HubEvent::SessionEnded);
    assert!(matches!(second.next().await, HubEvent::Lobby(_)));
}

#[tokio::test]
async fn an_expired_session_ends_its_streams() {
    let hub = Hub::new();
    let expiring = Session {
        expires_at: Timestamp::now() + 50.milliseconds(),
        ..session("ada")
    };
    let mut watch = hub.watch(None, Some(&expiring), Some(&hub.resume_token()));
    assert_eq!(watch.next().await, HubEvent::SessionEnded);
    // Later events do not revive it.
    hub.publish_update(&invitation());
    assert_eq!(watch.next().await, HubEvent::SessionEnded);
}

#[tokio::test]
async fn a_dropped_subscription_leaves_nothing_behind() {
    let hub = Hub::new();
    drop(hub.watch(Some(invitation().id), Some(&session("ada")), None));
    assert!(hub.shared.state.lock().watchers.is_empty());
}

#[tokio::test]
async fn known_and_older_states_are_not_published() {
    let hub = Hub::new();
    let (game, other) = (invitation(), invitation());
    let again = Game {
        status_changed_at: Timestamp::UNIX_EPOCH + 1.seconds(),
        ..game.clone()
    };
    let mut watch = hub.watch(Some(game.id), None, Some(&hub.resume_token()));
    assert!(hub.publish_update(&game));
    assert!(hub.publish_deletion(&game));
    // The table's stream delivers both again, somewhat later.
    assert!(!hub.publish_update(&game));
    assert!(!hub.publish_deletion(&game));
    assert!(hub.publish_update(&other));
    assert!(hub.publish_update(&again));
    assert!(matches!(watch.next().await, HubEvent::Deleted(_)));
    assert!(matches!(watch.next().await, HubEvent::Game(_)));
}

#[tokio::test]
async fn a_forgotten_state_is_published_again() {
    let hub = Hub::new();
    for _ in 0..CAPACITY * 2 {
        hub.publish_update(&invitation());
    }
    let game = invitation();
    hub.publish_update(&game);
    for _ in 0..CAPACITY {
        assert!(hub.publish_update(&invitation()));
    }
    assert!(hub.publish_update(&game));
}

#[tokio::test]
async fn a_token_from_before_a_gap_is_not_accepted() {
    let hub = Hub::new();
    let (game, ada) = (invitation(), session("ada"));
    let before = hub.resume_token();
    let mut open = hub.watch(None, Some(&ada), Some(&before));
    assert_eq!(hub.feed_started(), []);
    assert_eq!(open.next().await, HubEvent::Lobby(LobbyEvent::Stale));
    let mut late = hub.watch(Some(game.id), None, Some(&before));
    assert_eq!(late.next().await, HubEvent::Reread);
    let mut after = hub.watch(Some(game.id), None, Some(&hub.resume_token()));
    hub.publish_update(&game);
    assert!(matches!(after.next().await, HubEvent::Game(_)));
}

#[tokio::test]
async fn a_token_is_accepted_by_another_instance() {
    let (here, there) = (Hub::new(), Hub::new());
    let (game, ada) = (invitation(), session("ada"));
    let too_early = there.resume_token();
    assert_eq!(here.feed_started(), []);
    let must_reread = async |token: &str| {
        let mut watch = here.watch(Some(game.id), Some(&ada), Some(token));
        watch.next().await == HubEvent::Reread
    };
    assert!(must_reread(&too_early).await);

    let mut later: Token = there
        .resume_token()
        .parse()
        .unwrap_or_else(|_| panic!("a token"));
    later.at += MAX_CLOCK_SKEW;
    let later = later.to_string();
    here.publish_update(&game);
    assert!(!must_reread(&later).await);
    let mut watch = here.watch(Some(game.id), None, Some(&later));
    assert!(matches!(watch.next().await, HubEvent::Game(_)));
    // Without the feed, the instance cannot know all changes.
    here.feed_stopped();
    assert!(must_reread(&later).await);
}
