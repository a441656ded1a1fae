//! What can be wrong with a record.

use std::fmt;

/// Something that must not be, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub kind: Kind,
    pub game: String,
    pub explanation: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            game,
            explanation,
        } = self;
        write!(f, "{kind:?} in game {game}: {explanation}")
    }
}

/// Declares the kinds and the list of all of them, so that neither can miss one.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// What sort of violation it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }
    };
}

kinds! {
    // The item by itself.
    /// An attribute is missing, unknown, or of another form than the data model says.
    UnreadableItem,
    /// A square was played twice.
    SquareTwice,
    /// The marks are not those of the moves, made in turn, O first.
    MarksDisagreeWithMoves,
    /// A move after the game was over.
    MoveAfterEnd,
    /// The status is not the one that the board asks for.
    WrongStatus,
    /// It is not the turn of the one whose turn it should be.
    WrongTurn,
    /// No result where there should be one, one where there should be none, or a wrong one.
    WrongResult,

    // Moves: what was asked and answered against the table.
    /// A move was acknowledged and is not in the table at its ply.
    LostMove,
    /// The table has a move that nobody has sent.
    InventedMove,
    /// The table has a move that was only ever refused.
    RefusedMoveApplied,
    /// A move was acknowledged before one that comes before it was sent.
    OrderReversed,

    // Invitations: the same.
    /// An invitation was acknowledged and is not in the table, and nobody can have removed it.
    LostInvitation,
    /// The table has a game that its host has not asked for.
    InventedGame,
    /// An acceptance was acknowledged and the game is not there or still pending.
    LostAcceptance,
    /// The game has begun and its opponent has not accepted it.
    InventedAcceptance,
    /// A removal was acknowledged, and the invitation is there without having been made again.
    Resurrected,
    /// Both an acceptance and a removal of the same invitation were acknowledged.
    AcceptedAndRemoved,
    /// More removals were acknowledged than invitations made.
    RemovedTwice,
    /// Something was acknowledged to somebody who was not entitled to it.
    NotEntitled,

    // Answers.
    /// The game in an answer is no state that the game went through.
    ImpossibleAnswer,
    /// A change was acknowledged with a game that does not show it.
    AnswerWithoutItsChange,
    /// An answer shows less than was known when the question was asked.
    WentBack,
    /// An answer shows a move that was sent later.
    FromTheFuture,
    /// The version does not grow with the game.
    WrongVersion,
    /// A refusal for a reason that cannot have held while it was asked for.
    UnjustifiedRefusal,
    /// An answer that no request may get.
    ServerError,

    // Indexes and lists.
    /// An index entry that is not the item's, one too few or one too many.
    WrongIndex,
    /// A game is missing from a list.
    MissingFromList,
    /// A game is in a list twice.
    TwiceInList,
    /// A game is in a list where it does not belong.
    InWrongList,
    /// A list shows something else of a game than its item says.
    WrongSummary,
    /// A list is not newest first, or its pages are not full.
    WrongOrder,
}
