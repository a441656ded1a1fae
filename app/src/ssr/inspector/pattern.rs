//! Which access pattern a request is, told by its shape, so that the store need not know who looks.

use super::{
    Request, Table,
    request::{Operation, Role},
};
use crate::ssr::store::tables::HOST_INDEX;
use aws_sdk_dynamodb::types::AttributeValue;

/// What a request is for: a heading of the guide, and a function of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Adds an account.
    Register,
    /// Reads what a password is compared with.
    LogIn,
    /// Looks whether a name has an account.
    HasAccount,
    /// Adds a session.
    BeginSession,
    /// Reads a session.
    WhoIsLoggedIn,
    /// Ends a session.
    LogOut,
    /// Invitations to answer.
    MyInvitations,
    /// Invitations that wait for another's answer.
    SentInvitations,
    /// Games in progress.
    GamesInProgress,
    /// Finished games.
    FinishedGames,
    /// Whose turn it is in the games of a page.
    WhoseTurn,
    /// One game.
    OneGame,
    /// A new invitation.
    Invite,
    /// The answer that begins a game.
    Accept,
    /// The answer that ends an invitation.
    Decline,
    /// The host takes an invitation back.
    Cancel,
    /// A move.
    Move,
    /// The move that ends a game.
    LastMove,
    /// The end of a game that an older application left unfinished.
    Complete,
    /// Removes an invitation that nobody can accept any more.
    Expired,
}

impl Pattern {
    /// All of them, in the order of the guide.
    pub const ALL: [Self; 20] = [
        Self::Register,
        Self::LogIn,
        Self::HasAccount,
        Self::BeginSession,
        Self::WhoIsLoggedIn,
        Self::LogOut,
        Self::MyInvitations,
        Self::SentInvitations,
        Self::GamesInProgress,
        Self::FinishedGames,
        Self::WhoseTurn,
        Self::OneGame,
        Self::Invite,
        Self::Accept,
        Self::Decline,
        Self::Cancel,
        Self::Move,
        Self::LastMove,
        Self::Complete,
        Self::Expired,
    ];

    /// The pattern that a request is, if it is one of the store's.
    #[must_use]
    pub fn of(request: &Request) -> Option<Self> {
        match request.table {
            Table::Players => match request.operation {
                Operation::PutItem => Some(Self::Register),
                Operation::GetItem => {
                    let reads_hash = request.expression(Role::Projection) == Some("PasswordHash");
                    Some(if reads_hash {
                        Self::LogIn
                    } else {
                        Self::HasAccount
                    })
                }
                _ => None,
            },
            Table::Sessions => match request.operation {
                Operation::PutItem => Some(Self::BeginSession),
                Operation::GetItem => Some(Self::WhoIsLoggedIn),
                Operation::DeleteItem => Some(Self::LogOut),
                _ => None,
            },
            Table::Games => Self::of_game(request),
        }
    }

    fn of_game(request: &Request) -> Option<Self> {
        let has = |value: &str| request.values.contains_key(value);
        match request.operation {
            Operation::GetItem => Some(Self::OneGame),
            Operation::BatchGetItem => Some(Self::WhoseTurn),
            Operation::PutItem => Some(Self::Invite),
            Operation::Query => {
                let first = request.values.get(":first").map(AttributeValue::as_s);
                let (status, _) = first?.ok()?.split_once('_')?;
                Some(match status {
                    "PENDING" if request.index.as_deref() == Some(HOST_INDEX) => {
                        Self::SentInvitations
                    }
                    "PENDING" => Self::MyInvitations,
                    "IN" => Self::GamesInProgress,
                    _ => Self::FinishedGames,
                })
            }
            Operation::UpdateItem => Some(if has(":oldest_pending") {
                Self::Accept
            } else if has(":nobody") {
                Self::Complete
            } else if has(":finished") {
                Self::LastMove
            } else {
                Self::Move
            }),
            Operation::DeleteItem => {
                let condition = request.expression(Role::Condition)?;
                Some(if has(":oldest_pending") {
                    Self::Expired
                } else if condition.contains("HostId = :me") {
                    Self::Cancel
                } else {
                    Self::Decline
                })
            }
        }
    }

    /// In a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Register => "Register",
            Self::LogIn => "Log in",
            Self::HasAccount => "Has the invited an account?",
            Self::BeginSession => "Begin a session",
            Self::WhoIsLoggedIn => "Who is logged in?",
            Self::LogOut => "Log out",
            Self::MyInvitations => "My invitations",
            Self::SentInvitations => "My sent invitations",
            Self::GamesInProgress => "Games in progress",
            Self::FinishedGames => "Finished games",
            Self::WhoseTurn => "Whose turn, for a page of games",
            Self::OneGame => "One game",
            Self::Invite => "Invite",
            Self::Accept => "Accept",
            Self::Decline => "Decline",
            Self::Cancel => "Cancel",
            Self::Move => "Move",
            Self::LastMove => "The move that ends the game",
            Self::Complete => "Complete an older game",
            Self::Expired => "Expired invitation",
        }
    }

    /// The guide's heading about it, as the fragment of an address.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::LogIn | Self::BeginSession => "log-in",
            Self::WhoIsLoggedIn => "who-is-logged-in",
            Self::LogOut => "log-out",
            Self::MyInvitations => "my-invitations",
            Self::SentInvitations => "my-sent-invitations",
            Self::GamesInProgress | Self::FinishedGames => "games-in-progress-and-finished-games",
            Self::WhoseTurn => "whose-turn-for-a-page-of-games",
            Self::OneGame => "one-game",
            Self::Invite | Self::HasAccount => "invite",
            Self::Accept => "accept",
            Self::Decline | Self::Cancel => "decline-and-cancel",
            Self::Move => "move",
            Self::LastMove => "the-move-that-ends-the-game",
            Self::Complete => "games-that-the-older-application-left-unfinished",
            Self::Expired => "expired-invitations",
        }
    }

    /// The function that makes the request: its file in the folder `store`, and its name.
    #[must_use]
    pub const fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::Register => ("players.rs", "create_player"),
            Self::LogIn => ("players.rs", "password_hash"),
            Self::HasAccount => ("players.rs", "player_exists"),
            Self::BeginSession => ("sessions.rs", "create_session"),
            Self::WhoIsLoggedIn => ("sessions.rs", "session"),
            Self::LogOut => ("sessions.rs", "delete_session"),
            Self::MyInvitations
            | Self::SentInvitations
            | Self::GamesInProgress
            | Self::FinishedGames => ("lists/mod.rs", "query"),
            Self::WhoseTurn => ("batch.rs", "batch_get"),
            Self::OneGame => ("games.rs", "game"),
            Self::Invite => ("games.rs", "create_game"),
            Self::Accept => ("games.rs", "accept"),
            Self::Decline | Self::Cancel => ("games.rs", "delete_invitation"),
            Self::Move | Self::LastMove => ("games.rs", "play"),
            Self::Complete => ("games.rs", "complete"),
            Self::Expired => ("games.rs", "delete_expired"),
        }
    }
}
