//! The input of the checker: everything that happened, and the final contents of the table, the indexes and the lists.

use crate::{
    clock::{self, Tick},
    history::{Call, Game, Summary},
};
use domain::views::LobbyEvent;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fmt};

/// An item as JSON: strings and arrays of strings.
pub type Item = Map<String, Value>;

#[derive(Clone, Debug, Default)]
pub struct Record {
    /// In the order of their beginnings.
    pub calls: Vec<Call>,
    pub sessions: Vec<SessionCall>,
    pub pages: Vec<Page>,
    pub walks: Vec<Walk>,
    pub disturbances: Vec<Disturbance>,
    pub bounds: Bounds,
    pub items: Vec<Item>,
    pub indexes: Vec<IndexRead>,
    pub lists: Vec<ListRead>,
}

/// The times after which something must have happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    /// A change is on every open stream of an instance that was undisturbed for this time.
    pub told: Tick,
    /// A session that has ended is valid nowhere.
    pub session: Tick,
    /// A change is in the indexes.
    pub indexed: Tick,
}

/// A time in which an instance could not work, or all of them.
#[derive(Clone, Debug)]
pub struct Disturbance {
    pub instance: Option<usize>,
    pub began: Tick,
    pub ended: Tick,
}

/// An open page. It shows a game, the lists of a player, or both, and follows them over one connection after the other.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The player, whose lists the page follows. `None` for a watcher.
    pub viewer: Option<String>,
    pub game: Option<String>,
    /// Whether its reader closed it before the end.
    pub is_closed: bool,
    pub connections: Vec<Connection>,
    /// The lists on the page at the end, if it shows lists.
    pub lists: Option<ShownLists>,
}

impl Page {
    /// The newest state of the game that the page was told.
    pub fn shown_game(&self) -> Option<&Game> {
        let connections = self.connections.iter();
        let events = connections.flat_map(|connection| &connection.events);
        let games = events.filter_map(|(_, event)| event.game());
        games.max_by_key(|game| game.version)
    }

    /// Whether the page was told that its game does not exist.
    pub fn is_gone(&self) -> bool {
        let mut connections = self.connections.iter();
        connections.any(|connection| {
            let mut events = connection.events.iter();
            events.any(|(_, event)| *event == PageEvent::Gone)
        })
    }

    /// The version of the game on the page, or `None` without a game.
    pub fn shown_version(&self) -> Option<u64> {
        let game = self.shown_game().filter(|_| !self.is_gone());
        game.map(|game| game.version)
    }
}

impl Connection {
    /// The connection with its events about one game.
    pub const fn about<'a>(&'a self, game: &'a str) -> About<'a> {
        About {
            connection: self,
            game,
        }
    }
}

/// A connection with its events about one game, for people.
pub struct About<'a> {
    connection: &'a Connection,
    game: &'a str,
}

impl fmt::Display for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Connection {
            instance,
            since,
            opened,
            closed,
            events,
        } = self.connection;
        let (opened, closed) = (clock::seconds(*opened), clock::seconds(*closed));
        write!(f, "{opened} to {closed} by instance {instance}")?;
        if let Some((began, _)) = since {
            write!(f, ", since {}", clock::seconds(*began))?;
        }
        for (tick, event) in events {
            let text = match event {
                PageEvent::Loaded(game) => format!("loaded {game}"),
                PageEvent::Game(game) => game.to_string(),
                PageEvent::Gone => "gone".to_owned(),
                PageEvent::Lobby(event) => match event {
                    LobbyEvent::Moved {
                        list,
                        game,
                        version,
                    } if game.game_id.to_string() == self.game => {
                        format!("version {version} in {}", list.as_str())
                    }
                    LobbyEvent::Removed { game_id } if game_id.to_string() == self.game => {
                        "removed from the lists".to_owned()
                    }
                    LobbyEvent::Stale => "stale".to_owned(),
                    _ => continue,
                },
            };
            write!(f, "\n  {} {text}", clock::seconds(*tick))?;
        }
        Ok(())
    }
}

impl PageEvent {
    /// The game in the event.
    pub fn game(&self) -> Option<&Game> {
        match self {
            Self::Loaded(game) | Self::Game(game) => Some(game),
            Self::Gone | Self::Lobby(_) => None,
        }
    }
}

/// The shown games of each list, and whether there are more.
pub type ShownLists = BTreeMap<ListName, (Vec<Summary>, bool)>;

/// An event stream, with the loading of the page before it.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    pub instance: usize,
    /// The stream continues from a moment between these, at which its resume token was issued. `None` without a token.
    pub since: Option<(Tick, Tick)>,
    pub opened: Tick,
    pub closed: Tick,
    /// The loaded game and the events of the stream.
    pub events: Vec<(Tick, PageEvent)>,
}

/// Something that a page was told.
#[derive(Clone, Debug, PartialEq)]
pub enum PageEvent {
    /// The game as it was loaded, before the stream.
    Loaded(Game),
    Game(Game),
    Gone,
    Lobby(LobbyEvent),
}

/// A list that was read page by page while it changed.
#[derive(Clone, Debug)]
pub struct Walk {
    pub player: String,
    pub list: ListName,
    pub began: Tick,
    pub ended: Tick,
    pub games: Vec<Summary>,
    /// Whether the walk reached the end of the list.
    pub is_whole: bool,
}

/// A request for an account or a session, and its response.
#[derive(Clone, Debug)]
pub struct SessionCall {
    pub name: String,
    pub action: SessionAction,
    pub instance: usize,
    pub began: Tick,
    pub ended: Tick,
    pub outcome: SessionOutcome,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionAction {
    Register {
        password: String,
    },
    LogIn {
        password: String,
    },
    LogOut {
        session: String,
    },
    /// Reads the player of a session.
    Identify {
        session: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionOutcome {
    /// A new session, named by its cookie.
    Started(String),
    Done,
    Rejected {
        status: u16,
        code: String,
    },
    Unknown {
        reason: String,
    },
}

/// All entries of an index for one player.
#[derive(Clone, Debug)]
pub struct IndexRead {
    pub key: IndexKey,
    pub player: String,
    pub entries: Vec<Item>,
}

/// An index, named by its partition key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKey {
    HostId,
    OpponentId,
}

impl IndexKey {
    pub const ALL: [Self; 2] = [Self::HostId, Self::OpponentId];

    pub const fn attribute(self) -> &'static str {
        match self {
            Self::HostId => "HostId",
            Self::OpponentId => "OpponentId",
        }
    }
}

/// A player's list, read from one instance after all changes.
#[derive(Clone, Debug)]
pub struct ListRead {
    pub instance: usize,
    pub player: String,
    pub list: ListName,
    pub pages: Vec<Vec<Summary>>,
    /// Whether these are all pages, or only the first one in the lobby.
    pub is_whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListName {
    Invitations,
    Outgoing,
    InProgress,
    Finished,
}

impl ListName {
    pub const ALL: [Self; 4] = [
        Self::Invitations,
        Self::Outgoing,
        Self::InProgress,
        Self::Finished,
    ];

    /// The name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitations => "invitations",
            Self::Outgoing => "outgoing",
            Self::InProgress => "in_progress",
            Self::Finished => "finished",
        }
    }
}
