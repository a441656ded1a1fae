//! Access patterns of the store, recognised by the shape of a request, so that the store need not label its
//! requests.

use super::{Request, Table};
use crate::database::operations::{ItemOperation, Role};
use aws_sdk_dynamodb::types::AttributeValue;
use backend::store::Index;
use std::str::FromStr;

/// An access pattern, with a heading in the guide and a function in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Adds an account.
    Register,
    /// Reads the hash that a password is compared with.
    LogIn,
    /// Checks if a name has an account.
    PlayerExists,
    /// Starts a session, and checks the hash that the password was compared with.
    BeginSession,
    /// Reads a session.
    CurrentSession,
    /// Deletes a session.
    LogOut,
    /// Lists the sessions of a player, to end them.
    AllSessions,
    /// Replaces the hash of a password.
    ChangePassword,
    /// Deletes an account and keeps its name taken.
    DeleteAccount,
    /// Lists the invitations to a player.
    MyInvitations,
    /// Lists the invitations from a player.
    SentInvitations,
    /// Lists the games in progress.
    GamesInProgress,
    /// Lists the finished games.
    FinishedGames,
    /// Reads the turns in the games of a page.
    Turns,
    /// Reads one game.
    OneGame,
    /// Adds an invitation.
    Invite,
    /// Accepts an invitation.
    Accept,
    /// Deletes an invitation for its opponent.
    Decline,
    /// Deletes an invitation for its host.
    Cancel,
    /// Makes a move.
    Move,
    /// Makes the move that ends a game.
    LastMove,
    /// Completes a game that an older application left unfinished.
    Complete,
    /// Deletes an expired invitation.
    Expired,
}

impl Pattern {
    /// All patterns, in the order of the guide.
    pub const ALL: [Self; 23] = [
        Self::Register,
        Self::LogIn,
        Self::PlayerExists,
        Self::BeginSession,
        Self::CurrentSession,
        Self::LogOut,
        Self::AllSessions,
        Self::ChangePassword,
        Self::DeleteAccount,
        Self::MyInvitations,
        Self::SentInvitations,
        Self::GamesInProgress,
        Self::FinishedGames,
        Self::Turns,
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

    /// The pattern of a request, if the store has it.
    #[must_use]
    pub fn of(request: &Request) -> Option<Self> {
        match request.table {
            Table::Players => match request.operation {
                ItemOperation::PutItem => Some(Self::Register),
                ItemOperation::GetItem => {
                    let reads_hash = request.expression(Role::Projection) == Some("PasswordHash");
                    Some(if reads_hash {
                        Self::LogIn
                    } else {
                        Self::PlayerExists
                    })
                }
                ItemOperation::UpdateItem => Some(if request.values.contains_key(":new_hash") {
                    Self::ChangePassword
                } else {
                    Self::DeleteAccount
                }),
                _ => None,
            },
            Table::Sessions => match request.operation {
                ItemOperation::TransactWriteItems => Some(Self::BeginSession),
                ItemOperation::Query => Some(Self::AllSessions),
                ItemOperation::GetItem => Some(Self::CurrentSession),
                ItemOperation::DeleteItem => Some(Self::LogOut),
                _ => None,
            },
            Table::Games => Self::of_game(request),
        }
    }

    fn of_game(request: &Request) -> Option<Self> {
        let has = |value: &str| request.values.contains_key(value);
        match request.operation {
            ItemOperation::GetItem => Some(Self::OneGame),
            ItemOperation::BatchGetItem => Some(Self::Turns),
            ItemOperation::PutItem => Some(Self::Invite),
            ItemOperation::Query => {
                let first = request.values.get(":first").map(AttributeValue::as_s);
                let (status, _) = first?.ok()?.split_once('_')?;
                Some(match status {
                    "PENDING" if request.index.as_deref() == Some(Index::Host.name()) => {
                        Self::SentInvitations
                    }
                    "PENDING" => Self::MyInvitations,
                    "IN" => Self::GamesInProgress,
                    _ => Self::FinishedGames,
                })
            }
            ItemOperation::UpdateItem => Some(if has(":oldest_pending") {
                Self::Accept
            } else if has(":no_turn") {
                Self::Complete
            } else if has(":finished") {
                Self::LastMove
            } else {
                Self::Move
            }),
            ItemOperation::DeleteItem => {
                let condition = request.expression(Role::Condition)?;
                Some(if has(":oldest_pending") {
                    Self::Expired
                } else if condition.contains("HostId = :me") {
                    Self::Cancel
                } else {
                    Self::Decline
                })
            }
            ItemOperation::TransactWriteItems => None,
        }
    }

    /// The name in the documents' comments and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::LogIn => "log-in",
            Self::PlayerExists => "player-exists",
            Self::BeginSession => "begin-session",
            Self::CurrentSession => "who-is-logged-in",
            Self::LogOut => "log-out",
            Self::AllSessions => "all-sessions",
            Self::ChangePassword => "change-password",
            Self::DeleteAccount => "delete-account",
            Self::MyInvitations => "my-invitations",
            Self::SentInvitations => "sent-invitations",
            Self::GamesInProgress => "games-in-progress",
            Self::FinishedGames => "finished-games",
            Self::Turns => "whose-turn",
            Self::OneGame => "one-game",
            Self::Invite => "invite",
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
            Self::Move => "move",
            Self::LastMove => "last-move",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }

    /// The title of a request's row.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Register => "Register",
            Self::LogIn => "Log in",
            Self::PlayerExists => "Does the opponent have an account?",
            Self::BeginSession => "Begin a session",
            Self::CurrentSession => "Who is logged in?",
            Self::LogOut => "Log out",
            Self::AllSessions => "All sessions of a player",
            Self::ChangePassword => "Change the password",
            Self::DeleteAccount => "Delete the account",
            Self::MyInvitations => "My invitations",
            Self::SentInvitations => "My sent invitations",
            Self::GamesInProgress => "Games in progress",
            Self::FinishedGames => "Finished games",
            Self::Turns => "Whose turn, for a page of games",
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

    /// The id of its heading in the guide.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::LogIn | Self::BeginSession => "log-in",
            Self::CurrentSession => "who-is-logged-in",
            Self::LogOut => "log-out",
            Self::AllSessions => "log-out-everywhere",
            Self::ChangePassword => "change-the-password",
            Self::DeleteAccount => "delete-the-account",
            Self::MyInvitations => "my-invitations",
            Self::SentInvitations => "my-sent-invitations",
            Self::GamesInProgress | Self::FinishedGames => "games-in-progress-and-finished-games",
            Self::Turns => "whose-turn-for-a-page-of-games",
            Self::OneGame => "one-game",
            Self::Invite | Self::PlayerExists => "invite",
            Self::Accept => "accept",
            Self::Decline | Self::Cancel => "decline-and-cancel",
            Self::Move => "move",
            Self::LastMove => "the-move-that-ends-the-game",
            Self::Complete => "games-that-the-older-application-left-unfinished",
            Self::Expired => "expired-invitations",
        }
    }

    /// The file in `backend/src/store` and the name of the function that makes the request.
    #[must_use]
    pub const fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::Register => ("players.rs", "create_player"),
            Self::LogIn => ("players.rs", "password_hash"),
            Self::PlayerExists => ("players.rs", "account_status"),
            Self::BeginSession => ("sessions.rs", "start_session"),
            Self::CurrentSession => ("sessions.rs", "session"),
            Self::LogOut => ("sessions.rs", "delete_session"),
            Self::AllSessions => ("sessions.rs", "sessions_of"),
            Self::ChangePassword => ("players.rs", "change_password"),
            Self::DeleteAccount => ("players.rs", "delete_account"),
            Self::MyInvitations
            | Self::SentInvitations
            | Self::GamesInProgress
            | Self::FinishedGames => ("lists/mod.rs", "query"),
            Self::Turns => ("batch.rs", "batch_get"),
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

/// The error for a name that no access pattern has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownPattern;

impl FromStr for Pattern {
    type Err = UnknownPattern;

    fn from_str(text: &str) -> Result<Self, UnknownPattern> {
        let mut all = Self::ALL.into_iter();
        all.find(|pattern| pattern.as_str() == text)
            .ok_or(UnknownPattern)
    }
}
