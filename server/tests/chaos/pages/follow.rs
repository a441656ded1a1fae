//! Loading a page and following its stream, again and again.

use super::{State, lists::Lists};
use crate::{
    client,
    door::Request,
    record::{Connection, PageEvent},
    world::{Account, World},
};
use domain::views::{HomeView, LobbyEvent};
use http::{Method, StatusCode};
use std::{ops::Range, sync::Arc, time::Duration};
use test_support::{Events, client::ClientError, game_path};
use tokio::time;

/// The time without an event after which a stream is dead. A `ping` comes every 15 seconds.
const STREAM_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest delay before a page reconnects.
const MAX_RETRY_MILLIS: u64 = 300;

/// The time after which a reader closes the page of a game, whatever it shows. Home pages stay open.
const LIFETIME_MILLIS: Range<u64> = 10_000..40_000;

/// A page at work.
struct Follower {
    world: Arc<World>,
    state: Arc<State>,
    viewer: Option<Account>,
    game: Option<String>,
    /// The lists of a home page that has been loaded.
    lists: Option<Lists>,
    /// The place after the last event.
    place: Option<Place>,
    random: fastrand::Rng,
}

/// A place in the changes from which a stream can continue.
struct Place {
    token: String,
    /// The token was issued between these times.
    issued: (u64, u64),
}

/// Follows a page until it cannot change any more or its reader closes it.
pub async fn follow(
    world: Arc<World>,
    state: Arc<State>,
    viewer: Option<Account>,
    random: fastrand::Rng,
) {
    let game = state.game();
    let mut follower = Follower {
        world,
        state,
        viewer,
        game,
        lists: None,
        place: None,
        random,
    };
    let lifetime = match follower.game {
        Some(_) => Duration::from_millis(follower.random.u64(LIFETIME_MILLIS)),
        None => Duration::MAX,
    };
    if time::timeout(lifetime, follower.follow()).await.is_err() {
        let mut page = follower.state.page.lock().unwrap();
        page.is_closed = true;
        drop(page);
        follower.state.close_connection(follower.world.tick());
    }
}

impl Follower {
    async fn follow(&mut self) {
        loop {
            // After an error the page reconnects, too.
            let _ = self.connect().await;
            self.state.close_connection(self.world.tick());
            if self.is_final() {
                return;
            }
            let millis = self.random.u64(0..MAX_RETRY_MILLIS);
            time::sleep(Duration::from_millis(millis)).await;
        }
    }

    /// Whether the page shows a game that cannot change any more.
    fn is_final(&self) -> bool {
        let page = self.state.page.lock().unwrap();
        page.is_gone()
            || page
                .shown_game()
                .is_some_and(|game| game.status == "FINISHED")
    }

    /// Follows one stream to its end. It continues from the last event, or from the data of the page, which is loaded
    /// anew now and then. A game's stream may also begin with the whole game.
    async fn connect(&mut self) -> Result<(), ClientError> {
        let mut place = self.place.take().filter(|_| self.random.bool());
        let mut loaded = None;
        if place.is_none() && (self.game.is_none() || self.random.bool()) {
            let (game, since) = self.load().await?;
            loaded = game;
            place = Some(since);
        }
        let address = self.path(place.as_ref().map(|place| place.token.as_str()));
        let instance = self.world.any_instance(&mut self.random);
        let cookie = self.viewer.as_ref().map(|viewer| viewer.cookie.as_str());
        let client = client::client(self.world.instances[instance], cookie);
        let opening = client.request(Method::GET, &address).try_open();
        let response = time::timeout(STREAM_TIMEOUT, opening).await??;
        let status = response.status();
        if status == StatusCode::NOT_FOUND {
            self.not_found();
        }
        if !status.is_success() {
            return Err(status.to_string().into());
        }
        self.begin_connection(instance, loaded, place.map(|place| place.issued));
        self.show();
        let mut events = Events::new(response);
        while let Some((name, data)) = time::timeout(STREAM_TIMEOUT, events.try_next()).await?? {
            let tick = self.world.tick();
            // A token is issued before its event is sent. Without one, more events follow at once.
            let token = events.last_event_id.take();
            self.place = token.map(|token| Place {
                token,
                issued: (0, tick),
            });
            let event = match name.as_str() {
                "game" => PageEvent::Game(serde_json::from_value(data)?),
                "gone" => PageEvent::Gone,
                "lobby" => PageEvent::Lobby(serde_json::from_value(data)?),
                _ => continue,
            };
            if let (PageEvent::Lobby(event), Some(lists)) = (&event, &mut self.lists) {
                lists.apply(event);
            }
            self.show();
            let is_stale = event == PageEvent::Lobby(LobbyEvent::Stale);
            self.state.push(tick, event);
            if is_stale && self.lists.is_some() {
                // The lists have to be loaded again.
                self.place = None;
                break;
            }
            if self.is_final() {
                break;
            }
        }
        Ok(())
    }

    fn path(&self, token: Option<&str>) -> String {
        let (mut path, separator) = match (&self.viewer, &self.game) {
            (Some(_), Some(game)) => (format!("/api/v1/events?game_id={game}"), '&'),
            (_, None) => ("/api/v1/events".to_owned(), '?'),
            (None, Some(game)) => (format!("{}/events", game_path(game)), '?'),
        };
        if let Some(token) = token {
            path.push(separator);
            path.push_str("since=");
            path.push_str(token);
        }
        path
    }

    /// Loads the data of the page, as the application in the browser does.
    async fn load(&mut self) -> Result<(Option<PageEvent>, Place), ClientError> {
        let request = match &self.game {
            Some(game) => Request::function("load_game", vec![("game_id", game.clone())]),
            None => Request::function("load_home", Vec::new()),
        };
        let instance = self.world.any_instance(&mut self.random);
        let cookie = self.viewer.as_ref().map(|viewer| viewer.cookie.as_str());
        let began = self.world.tick();
        let answer = client::send(self.world.instances[instance], &request, cookie).await?;
        let issued = (began, self.world.tick());
        if answer.status == StatusCode::NOT_FOUND {
            self.not_found();
        }
        if !answer.status.is_success() {
            return Err(answer.status.to_string().into());
        }
        let mut data = answer.body;
        let token = data["resume_token"].as_str().unwrap_or_default().to_owned();
        let game = if self.game.is_some() {
            let game = serde_json::from_value(data["game"].take())?;
            Some(PageEvent::Loaded(game))
        } else {
            let home: HomeView = serde_json::from_value(data)?;
            self.lists = Some(Lists::new(home));
            None
        };
        Ok((game, Place { token, issued }))
    }

    fn begin_connection(
        &self,
        instance: usize,
        loaded: Option<PageEvent>,
        since: Option<(u64, u64)>,
    ) {
        let opened = self.world.tick();
        self.state
            .page
            .lock()
            .unwrap()
            .connections
            .push(Connection {
                instance,
                since,
                opened,
                closed: u64::MAX,
                events: loaded.into_iter().map(|game| (opened, game)).collect(),
            });
    }

    fn show(&self) {
        if let Some(lists) = &self.lists {
            self.state.page.lock().unwrap().lists = Some(lists.shown());
            self.state.changed.send_replace(());
        }
    }

    /// A game that the page has not shown yet may still be created.
    fn not_found(&self) {
        let was_shown = self.state.page.lock().unwrap().shown_game().is_some();
        if was_shown {
            let tick = self.world.tick();
            self.state
                .page
                .lock()
                .unwrap()
                .connections
                .push(Connection {
                    opened: tick,
                    closed: tick,
                    ..Connection::default()
                });
            self.state.push(tick, PageEvent::Gone);
        }
    }
}
