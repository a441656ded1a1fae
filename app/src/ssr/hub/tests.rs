use super::{CLOCKS_DIFFER, Hub, HubEvent, memory::CAPACITY, token::Token};
use crate::{
    ids::{GameId, PlayerName},
    ssr::{
        auth::{Session, StartedSession},
        game::Game,
    },
    view_model::{ListName, LobbyEvent},
};
use jiff::{Timestamp, ToSpan};

fn name(text: &str) -> PlayerName {
    PlayerName::recorded(text.to_owned())
}

fn invitation() -> Game {
    Game::invitation(
        GameId::random(),
        name("ada"),
        name("bob"),
        Timestamp::UNIX_EPOCH,
    )
}

fn session(player: &str) -> Session {
    let Ok(started) = StartedSession::new(name(player), Timestamp::UNIX_EPOCH) else {
        panic!("random numbers")
    };
    Session {
        id: started.token.id(),
        player: started.player,
        expires_at: started.expires_at,
    }
}

#[tokio::test]
async fn a_watcher_hears_of_its_game_and_of_no_other() {
    let hub = Hub::new();
    let (mine, other) = (invitation(), invitation());
    let mut watch = hub.watch(Some(mine.id), None, Some(&hub.now()));
    hub.changed(&other);
    hub.removed(&mine);
    assert_eq!(watch.next().await, HubEvent::Gone(mine.id));
}

#[tokio::test]
async fn each_player_hears_of_their_own_list() {
    let hub = Hub::new();
    let game = invitation();
    let (ada, bob) = (session("ada"), session("bob"));
    let now = hub.now();
    let mut ada = hub.watch(None, Some(&ada), Some(&now));
    let mut bob = hub.watch(None, Some(&bob), Some(&now));
    hub.changed(&game);
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
async fn what_happened_before_the_stream_opened_comes_first() {
    let hub = Hub::new();
    let game = invitation();
    let since = hub.now();
    hub.changed(&game);
    let mut watch = hub.watch(Some(game.id), None, Some(&since));
    assert!(matches!(watch.next().await, HubEvent::Game(_)));
    hub.removed(&game);
    assert_eq!(watch.next().await, HubEvent::Gone(game.id));
}

#[tokio::test]
async fn who_comes_from_elsewhere_or_from_long_ago_reads_again() {
    let hub = Hub::new();
    let game = invitation();
    let ada = session("ada");
    let long_ago = hub.now();
    for _ in 0..=CAPACITY {
        hub.changed(&invitation());
    }
    for since in [long_ago.as_str(), Hub::new().now().as_str(), "nonsense"] {
        let mut watch = hub.watch(Some(game.id), Some(&ada), Some(since));
        assert_eq!(watch.next().await, HubEvent::Reread);
        assert_eq!(watch.next().await, HubEvent::Lobby(LobbyEvent::Stale));
    }
}

#[tokio::test]
async fn a_slow_watcher_gets_the_newest_state_and_bounded_memory() {
    let hub = Hub::new();
    let game = invitation();
    let ada = session("ada");
    let mut watch = hub.watch(Some(game.id), Some(&ada), Some(&hub.now()));
    for seconds in 0..1000 {
        hub.changed(&Game {
            since: Timestamp::UNIX_EPOCH + seconds.seconds(),
            ..game.clone()
        });
    }
    let (mut states, mut stale, mut lists) = (0, 0, 0);
    hub.removed(&Game {
        since: Timestamp::UNIX_EPOCH + 1000.seconds(),
        ..game.clone()
    });
    loop {
        match watch.next().await {
            HubEvent::Game(_) => states += 1,
            HubEvent::Lobby(LobbyEvent::Stale) => stale += 1,
            HubEvent::Lobby(LobbyEvent::Removed { .. }) => break,
            HubEvent::Lobby(_) => lists += 1,
            HubEvent::Gone(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((states, stale), (1, 1));
    assert!(lists < 70);
}

#[tokio::test]
async fn a_log_out_ends_the_streams_of_that_session_only() {
    let hub = Hub::new();
    let (here, elsewhere) = (session("ada"), session("ada"));
    let mut first = hub.watch(None, Some(&here), Some(&hub.now()));
    let mut second = hub.watch(None, Some(&elsewhere), Some(&hub.now()));
    hub.logged_out(&here.id);
    hub.changed(&invitation());
    assert_eq!(first.next().await, HubEvent::LoggedOut);
    assert!(matches!(second.next().await, HubEvent::Lobby(_)));
}

#[tokio::test]
async fn nothing_is_kept_of_a_watcher_that_left() {
    let hub = Hub::new();
    drop(hub.watch(Some(invitation().id), Some(&session("ada")), None));
    assert!(hub.shared.lock().watchers.is_empty());
}

#[tokio::test]
async fn what_is_known_is_not_told_again_nor_what_is_older() {
    let hub = Hub::new();
    let (game, other) = (invitation(), invitation());
    let again = Game {
        since: Timestamp::UNIX_EPOCH + 1.seconds(),
        ..game.clone()
    };
    let mut watch = hub.watch(Some(game.id), None, Some(&hub.now()));
    assert!(hub.changed(&game));
    assert!(hub.removed(&game));
    // The table's stream tells of both somewhat later.
    assert!(!hub.changed(&game));
    assert!(!hub.removed(&game));
    assert!(hub.changed(&other));
    assert!(hub.changed(&again));
    assert!(matches!(watch.next().await, HubEvent::Gone(_)));
    assert!(matches!(watch.next().await, HubEvent::Game(_)));
}

#[tokio::test]
async fn what_is_forgotten_is_news_again() {
    let hub = Hub::new();
    for _ in 0..CAPACITY * 2 {
        hub.changed(&invitation());
    }
    let game = invitation();
    hub.changed(&game);
    for _ in 0..CAPACITY {
        assert!(hub.changed(&invitation()));
    }
    assert!(hub.changed(&game));
}

#[tokio::test]
async fn after_a_gap_nobody_goes_on_from_before_it() {
    let hub = Hub::new();
    let (game, ada) = (invitation(), session("ada"));
    let before = hub.now();
    let mut open = hub.watch(None, Some(&ada), Some(&before));
    assert_eq!(hub.begin_feed(), []);
    assert_eq!(open.next().await, HubEvent::Lobby(LobbyEvent::Stale));
    let mut late = hub.watch(Some(game.id), None, Some(&before));
    assert_eq!(late.next().await, HubEvent::Reread);
    let mut after = hub.watch(Some(game.id), None, Some(&hub.now()));
    hub.changed(&game);
    assert!(matches!(after.next().await, HubEvent::Game(_)));
}

#[tokio::test]
async fn a_page_of_one_instance_goes_on_at_another() {
    let (here, there) = (Hub::new(), Hub::new());
    let (game, ada) = (invitation(), session("ada"));
    let too_early = there.now();
    assert_eq!(here.begin_feed(), []);
    let is_told_to_reread = async |since: &str| {
        let mut watch = here.watch(Some(game.id), Some(&ada), Some(since));
        watch.next().await == HubEvent::Reread
    };
    assert!(is_told_to_reread(&too_early).await);

    let mut later: Token = there.now().parse().unwrap_or_else(|_| panic!("a token"));
    later.at += CLOCKS_DIFFER;
    let later = later.to_string();
    here.changed(&game);
    assert!(!is_told_to_reread(&later).await);
    let mut watch = here.watch(Some(game.id), None, Some(&later));
    assert!(matches!(watch.next().await, HubEvent::Game(_)));
    // Without the feed it can't know.
    here.end_feed();
    assert!(is_told_to_reread(&later).await);
}
