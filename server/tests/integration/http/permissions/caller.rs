//! The kinds of callers, and the stages of a game.

use test_support::HOST_WINS_AT_FIVE;

enumeration! {
    /// A kind of caller. It is the order of the matrix' columns: the more a caller may do, the further to the right.
    Caller {
        /// A visitor without a session and without the game's link.
        Nobody,
        /// A visitor without a session who has the game's link.
        Watcher,
        /// The host, whose session has expired.
        Expired,
        /// The host, who has deleted the account and sends the cookie that it had.
        Deleted,
        /// A player without the game's link.
        Player,
        /// A player who has the game's link and is not in the game.
        Third,
        /// The invited player.
        Opponent,
        /// The player who invited.
        Host,
    }
}

impl Caller {
    /// Returns true if the caller has the game's link. The others guess an id.
    pub const fn has_link(self) -> bool {
        match self {
            Self::Nobody | Self::Player => false,
            Self::Watcher
            | Self::Expired
            | Self::Deleted
            | Self::Third
            | Self::Opponent
            | Self::Host => true,
        }
    }
}

enumeration! {
    /// A stage of the game.
    Stage {
        /// The opponent has not answered the invitation.
        Pending,
        /// It is the host's turn.
        HostsTurn,
        /// It is the opponent's turn.
        OpponentsTurn,
        /// The host has won.
        Finished,
    }
}

impl Stage {
    /// The moves until this stage, or `None` before the opponent has accepted.
    pub const fn moves(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Pending => None,
            Self::HostsTurn => Some(&[]),
            Self::OpponentsTurn => Some(&["TopLeft"]),
            Self::Finished => Some(&HOST_WINS_AT_FIVE),
        }
    }
}
