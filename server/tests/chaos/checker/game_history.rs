//! The calls and the item of one game, with the conclusions from the order of the calls.
//!
//! A call takes effect at one moment between its beginning and its end. A call with an unknown outcome takes effect at
//! any moment after its beginning, or never. Each conclusion holds for all such moments.

use super::item::Stored;
use crate::{
    history::{Action, Call},
    rules,
};

/// The history of one game.
pub struct GameHistory<'a> {
    pub game: &'a str,
    /// In the order of their beginnings.
    pub calls: Vec<&'a Call>,
    /// The item, if the game exists.
    pub stored: Option<Stored>,
}

impl<'a> GameHistory<'a> {
    /// All invitations, with any outcome.
    pub fn invitations(&self) -> impl Iterator<Item = &'a Call> {
        let calls = self.calls.iter().copied();
        calls.filter(|call| matches!(call.action, Action::Invite { .. }))
    }

    /// Host and opponent, from the item or from the first invitation that may have created the game.
    pub fn players(&self) -> Option<(&str, &str)> {
        if let Some(stored) = &self.stored {
            return Some((&stored.host, &stored.opponent));
        }
        let mut made = self.invitations().filter(|call| call.may_have_acted());
        made.find_map(|call| match &call.action {
            Action::Invite { opponent } => Some((call.player.as_str(), opponent.as_str())),
            _ => None,
        })
    }

    pub fn is_host(&self, player: &str) -> bool {
        self.players().is_some_and(|(host, _)| host == player)
    }

    pub fn is_opponent(&self, player: &str) -> bool {
        self.players()
            .is_some_and(|(_, opponent)| opponent == player)
    }

    /// The player whose turn it is when the board has `ply` marks.
    pub fn mover(&self, ply: usize) -> Option<&str> {
        let (host, opponent) = self.players()?;
        Some(rules::mover(host, opponent, ply))
    }

    /// Whether the player may perform this action at some time.
    pub fn is_entitled(&self, call: &Call) -> bool {
        match call.action {
            Action::Invite { .. } | Action::Cancel => self.is_host(&call.player),
            Action::Accept | Action::Decline => self.is_opponent(&call.player),
            Action::Play { .. } => self.is_host(&call.player) || self.is_opponent(&call.player),
            Action::Read => true,
        }
    }

    /// The moves in the table.
    pub fn moves(&self) -> &[String] {
        self.stored.as_ref().map_or(&[], |stored| &stored.moves)
    }

    pub fn is_accepted(&self) -> bool {
        self.stored.as_ref().is_some_and(Stored::is_accepted)
    }

    /// The calls that may have made the stored move at this ply, including rejected calls.
    pub fn attempts_at(&self, at: usize) -> impl Iterator<Item = &'a Call> {
        let mover = self.mover(at).map(str::to_owned);
        let made = self.moves().get(at).cloned();
        let calls = self.calls.iter().copied();
        calls.filter(move |call| match &call.action {
            Action::Play { square, ply } => {
                *ply == at && Some(square) == made.as_ref() && Some(&call.player) == mover.as_ref()
            }
            _ => false,
        })
    }

    /// The first time that the stored move at this ply was sent, by a call that was not rejected.
    pub fn first_sent(&self, ply: usize) -> Option<u64> {
        let attempts = self.attempts_at(ply).filter(|call| !call.is_rejected());
        attempts.map(|call| call.began).min()
    }

    /// The least number of marks on the board when the call began.
    pub fn min_ply(&self, call: &Call) -> usize {
        let earlier = self.calls.iter().filter(|earlier| earlier.precedes(call));
        let marks = earlier.filter_map(|earlier| {
            let seen = earlier.game_seen()?.moves.as_ref().map_or(0, Vec::len);
            Some(match earlier.action {
                Action::Play { ply, .. } => seen.max(ply + 1),
                _ => seen,
            })
        });
        marks.max().unwrap_or(0).min(self.moves().len())
    }

    /// The greatest number of marks on the board when the call ended.
    pub fn max_ply(&self, call: &Call) -> usize {
        let sent = |ply: &usize| self.first_sent(*ply).is_some_and(|sent| sent < call.ended);
        (0..self.moves().len()).take_while(sent).count()
    }

    /// Whether the game was certainly accepted when the call began.
    pub fn was_accepted_before(&self, call: &Call) -> bool {
        let mut calls = self.calls.iter();
        calls.any(|earlier| earlier.precedes(call) && earlier.shows_acceptance())
    }

    /// Whether the game may have been accepted when the call ended.
    pub fn may_be_accepted(&self, call: &Call) -> bool {
        self.is_accepted()
            && self.calls.iter().any(|other| {
                other.action == Action::Accept && other.may_have_acted() && other.began < call.ended
            })
    }

    /// Whether the game may have been missing at some moment of the call.
    pub fn may_be_missing(&self, call: &Call) -> bool {
        if self.was_accepted_before(call) {
            // Nothing removes a game in progress.
            return false;
        }
        let was_seen = |earlier: &&Call| earlier.precedes(call) && earlier.shows_existence();
        let removed = |other: &&Call| other.began < call.ended && self.may_have_removed(other);
        !self.calls.iter().any(was_seen) || self.calls.iter().any(removed)
    }

    /// Whether the call may have removed the game. Then it is missing, or it was created again later.
    pub fn may_have_removed(&self, call: &Call) -> bool {
        call.is_removal()
            && call.may_have_acted()
            && self.is_entitled(call)
            && (self.stored.is_none() || self.may_be_created_after(call))
    }

    /// Whether an invitation may have created the game after the call began.
    pub fn may_be_created_after(&self, call: &Call) -> bool {
        self.invitations().any(|invitation| {
            invitation.is_unknown() || invitation.may_have_acted() && invitation.ended > call.began
        })
    }
}
