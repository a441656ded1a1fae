//! The global secondary indexes of `Games`.

/// A global secondary index of `Games`. Both are sorted by `StatusDate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Index {
    /// `HostId-StatusDate-index`: the games that a player hosts.
    Host,
    /// `OpponentId-StatusDate-index`: the games that a player was invited to.
    Opponent,
}

impl Index {
    /// Returns the name of the index.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "HostId-StatusDate-index",
            Self::Opponent => "OpponentId-StatusDate-index",
        }
    }

    /// Returns the attribute that is the partition key.
    #[must_use]
    pub const fn partition_key(self) -> &'static str {
        match self {
            Self::Host => "HostId",
            Self::Opponent => "OpponentId",
        }
    }
}
