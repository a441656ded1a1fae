//! All that the checker is given: what was asked and answered, and what the tables, the indexes and the lists say
//! when everything is over.

use crate::history::{Call, Summary};
use serde_json::{Map, Value};

/// An item as JSON: text attributes as strings, lists as arrays.
pub type Item = Map<String, Value>;

#[derive(Clone, Debug, Default)]
pub struct Record {
    /// In the order in which they began.
    pub calls: Vec<Call>,
    pub items: Vec<Item>,
    pub indexes: Vec<IndexRead>,
    pub lists: Vec<ListRead>,
}

/// All entries of one index for one player.
#[derive(Clone, Debug)]
pub struct IndexRead {
    pub key: IndexKey,
    pub player: String,
    pub entries: Vec<Item>,
}

/// Which index, by the attribute that is its key.
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

/// One of a player's lists, as an instance gave it.
#[derive(Clone, Debug)]
pub struct ListRead {
    pub instance: usize,
    pub player: String,
    pub list: ListName,
    pub pages: Vec<Vec<Summary>>,
    /// Whether these are all pages, or only the first, as the lobby has it.
    pub whole: bool,
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

    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitations => "invitations",
            Self::Outgoing => "outgoing",
            Self::InProgress => "in_progress",
            Self::Finished => "finished",
        }
    }
}
