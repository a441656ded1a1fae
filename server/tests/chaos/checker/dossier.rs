//! What is known of one game: its calls, its item, and what follows from the order of the calls.
//!
//! A call takes effect once, at some moment between its beginning and its end; a call whose outcome is unknown at any
//! moment after its beginning, or never. All that is concluded here holds for every such moment.

use super::item::Stored;
use crate::{
    history::{Action, Call},
    rules,
};

/// One game.
pub struct Dossier<'a> {
    /// In the order in which they began.
    pub calls: Vec<&'a Call>,
    /// Its item, if there is one.
    pub stored: Option<Stored>,
}

impl<'a> Dossier<'a> {
    /// The calls that invite, whatever came of them.
    pub fn invitations(&self) -> impl Iterator<Item = &'a Call> {
        let calls = self.calls.iter().copied();
        calls.filter(|call| matches!(call.action, Action::Invite { .. }))
    }

    /// Host and opponent: by the item, or else by the first invitation that may have made it.
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

    /// Who moves when the board has `ply` marks.
    pub fn mover(&self, ply: usize) -> Option<&str> {
        let (host, opponent) = self.players()?;
        Some(rules::mover(host, opponent, ply))
    }

    /// Whether the player may do what the call asks for, at some time or other.
    pub fn is_entitled(&self, call: &Call) -> bool {
        match call.action {
            Action::Invite { .. } | Action::Cancel => self.is_host(&call.player),
            Action::Accept | Action::Decline => self.is_opponent(&call.player),
            Action::Play { .. } => self.is_host(&call.player) || self.is_opponent(&call.player),
            Action::Look => true,
        }
    }

    /// The moves in the table.
    pub fn moves(&self) -> &[String] {
        self.stored.as_ref().map_or(&[], |stored| &stored.moves)
    }

    pub fn is_accepted(&self) -> bool {
        self.stored.as_ref().is_some_and(Stored::is_accepted)
    }

    /// The calls that can have made the move that the table has at this ply, refused ones included.
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

    /// When the move that the table has at this ply was first sent, by a call that was not refused.
    pub fn first_sent(&self, ply: usize) -> Option<u64> {
        let attempts = self.attempts_at(ply).filter(|call| !call.is_refused());
        attempts.map(|call| call.began).min()
    }

    /// At least so many marks were on the board when the call began.
    pub fn least_ply(&self, call: &Call) -> usize {
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

    /// At most so many marks were on the board when the call ended.
    pub fn most_ply(&self, call: &Call) -> usize {
        let sent = |ply: &usize| self.first_sent(*ply).is_some_and(|sent| sent < call.ended);
        (0..self.moves().len()).take_while(sent).count()
    }

    /// Whether the game had certainly been accepted when the call began.
    pub fn was_accepted_before(&self, call: &Call) -> bool {
        self.calls.iter().any(|earlier| {
            let shows = |game: &crate::history::Game| game.status != "PENDING";
            earlier.precedes(call) && earlier.game_seen().is_some_and(shows)
        })
    }

    /// Whether the game can have been accepted by the time that the call ended.
    pub fn may_be_accepted(&self, call: &Call) -> bool {
        self.is_accepted()
            && self.calls.iter().any(|other| {
                other.action == Action::Accept && other.may_have_acted() && other.began < call.ended
            })
    }

    /// Whether there can have been no such game at some moment of the call.
    pub fn may_be_missing(&self, call: &Call) -> bool {
        if self.was_accepted_before(call) {
            // Nothing removes a game that has begun.
            return false;
        }
        let was_seen = |earlier: &&Call| earlier.precedes(call) && earlier.game_seen().is_some();
        let removed = |other: &&Call| other.began < call.ended && self.may_have_removed(other);
        !self.calls.iter().any(was_seen) || self.calls.iter().any(removed)
    }

    /// Whether the call can have removed the game: then it is gone, or was made again later.
    pub fn may_have_removed(&self, call: &Call) -> bool {
        call.is_removal()
            && call.may_have_acted()
            && self.is_entitled(call)
            && (self.stored.is_none() || self.may_be_made_after(call))
    }

    /// Whether an invitation can have made the game after the call had begun.
    pub fn may_be_made_after(&self, call: &Call) -> bool {
        self.invitations().any(|invitation| {
            invitation.is_unknown() || invitation.may_have_acted() && invitation.ended > call.began
        })
    }
}
