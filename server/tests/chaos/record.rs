//! The input of the checker: the calls, and the final contents of the table, the indexes and the lists.

use crate::history::{Call, Summary};
use serde_json::{Map, Value};

/// An item as JSON: strings and arrays of strings.
pub type Item = Map<String, Value>;

#[derive(Clone, Debug, Default)]
pub struct Record {
    /// In the order of their beginnings.
    pub calls: Vec<Call>,
    pub items: Vec<Item>,
    pub indexes: Vec<IndexRead>,
    pub lists: Vec<ListRead>,
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

/// A player's list, read from one instance.
#[derive(Clone, Debug)]
pub struct ListRead {
    pub instance: usize,
    pub player: String,
    pub list: ListName,
    pub pages: Vec<Vec<Summary>>,
    /// Whether these are all pages, or only the first one in the lobby.
    pub is_whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
