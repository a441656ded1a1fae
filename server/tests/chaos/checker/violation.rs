//! The kinds of violations.

use std::fmt;

/// A violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub kind: Kind,
    /// The id of the game or the name of the player that it concerns.
    pub subject: String,
    pub explanation: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            subject,
            explanation,
        } = self;
        write!(f, "{kind:?}, {subject}: {explanation}")
    }
}

/// Declares the kinds together with the list of all kinds.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// The kind of a violation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Whether something that was acknowledged is lost.
            pub const fn is_loss(self) -> bool {
                matches!(
                    self,
                    Self::LostMove
                        | Self::LostInvitation
                        | Self::LostAcceptance
                        | Self::LostAccount
                        | Self::LostSession
                )
            }
        }
    };
}

kinds! {
    // The item itself.
    /// An attribute is missing, unknown, or not as in the data model.
    UnreadableItem,
    /// A square was taken twice.
    SquareTwice,
    /// The marks are not those of alternating moves with O first.
    MarksDisagreeWithMoves,
    /// A move was made after the end of the game.
    MoveAfterEnd,
    /// The status contradicts the board.
    WrongStatus,
    /// The turn contradicts the board.
    WrongTurn,
    /// The result is missing, superfluous or wrong.
    WrongResult,

    // Moves, compared with the table.
    /// An acknowledged move is not in the table at its ply.
    LostMove,
    /// The table has a move that was never sent.
    InventedMove,
    /// The table has a move that was only rejected.
    RejectedMoveApplied,
    /// A move was acknowledged before an earlier move was sent.
    OrderReversed,

    // Invitations, compared with the table.
    /// An acknowledged invitation is not in the table, and no call may have removed it.
    LostInvitation,
    /// The table has a game without an invitation by its host.
    InventedGame,
    /// An acceptance was acknowledged, and the game is missing or pending.
    LostAcceptance,
    /// The game has started without an acceptance by its opponent.
    InventedAcceptance,
    /// A removal was acknowledged, and the game exists without a new invitation.
    Resurrected,
    /// An acceptance and a removal of the same invitation were both acknowledged.
    AcceptedAndRemoved,
    /// An action was acknowledged to a player without the right to it.
    NotEntitled,

    // Responses.
    /// A response shows a state that the game never had.
    ImpossibleAnswer,
    /// A change was acknowledged with a game that does not show the change.
    AnswerWithoutItsChange,
    /// A response shows an older state than was known when the call began.
    WentBack,
    /// A response shows a move that was sent later.
    FromTheFuture,
    /// The versions do not increase with the changes.
    WrongVersion,
    /// The reason of a rejection was true at no moment of the call.
    UnjustifiedRejection,
    /// A status that no request may get.
    ServerError,
    /// Each response is possible, but no order of the calls explains all of them.
    NoLegalOrder,

    // Event streams.
    /// A change was not on an open stream in time.
    Untold,
    /// A stream showed an older state after a newer one.
    OlderAfterNewer,
    /// A stream said that a game was deleted, which nobody may have deleted.
    FalselyGone,
    /// An event for the lists describes a state that the game never had.
    WrongListing,
    /// In the end, a page does not show the state in the table.
    WrongPage,

    // Indexes and lists.
    /// An index entry is missing, superfluous or differs from the item.
    WrongIndex,
    /// A game is missing from a list.
    MissingFromList,
    /// A game is in a list twice.
    TwiceInList,
    /// A game is in the wrong list.
    InWrongList,
    /// A list entry differs from the item.
    WrongSummary,
    /// A list is not in the right order, or its pages are not full.
    WrongOrder,

    // Accounts and sessions.
    /// Two registrations of the same name were acknowledged.
    RegisteredTwice,
    /// The password of an acknowledged registration was rejected.
    LostAccount,
    /// A password was accepted that nobody has registered.
    WrongPasswordAccepted,
    /// A session was rejected that nobody had ended.
    LostSession,
    /// A session was accepted although its end was known.
    SessionOutlived,
}
