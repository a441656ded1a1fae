//! The figures of a run, and the full history of games with violations.

use crate::{
    checker::Violation,
    disruption::Disruptions,
    pages::Settled,
    record::{Item, Record},
    settings::Settings,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write},
};
use test_support::{FaultProxy, ProxyFault};

/// The figures of a run.
pub struct Report {
    pub settings: Settings,
    pub games: usize,
    pub finished: usize,
    pub moves: usize,
    pub calls: usize,
    pub acknowledged: usize,
    pub unknown: usize,
    pub rejected: usize,
    pub pages: usize,
    pub requests: u64,
    pub faults: BTreeMap<ProxyFault, u64>,
    pub disruptions: Disruptions,
}

impl Report {
    pub fn new(
        settings: Settings,
        record: &Record,
        pages: &Settled,
        proxy: &FaultProxy,
        disruptions: Disruptions,
    ) -> Self {
        let of_status = |status: &str| {
            let starts = |item: &&Item| {
                item.get("StatusDate")
                    .and_then(|date| date.as_str())
                    .is_some_and(|date| date.starts_with(status))
            };
            record.items.iter().filter(starts).count()
        };
        let moves = record
            .items
            .iter()
            .filter_map(|item| Some(item.get("Moves")?.as_array()?.len()));
        let calls = &record.calls;
        let count = |filter: fn(&crate::history::Call) -> bool| {
            calls.iter().filter(|call| filter(call)).count()
        };
        Self {
            settings,
            games: calls
                .iter()
                .map(|call| &call.game)
                .collect::<BTreeSet<_>>()
                .len(),
            finished: of_status("FINISHED_"),
            moves: moves.sum(),
            calls: calls.len(),
            acknowledged: count(super::history::Call::is_acknowledged),
            unknown: count(super::history::Call::is_unknown),
            rejected: count(super::history::Call::is_rejected),
            pages: pages.pages,
            requests: proxy.requests(),
            faults: proxy.counts(),
            disruptions,
        }
    }

    /// Fails if too little has happened to prove anything.
    pub fn assert_enough(&self) {
        assert!(
            self.games >= ENOUGH_GAMES && self.finished > 0 && self.moves > 0 && self.pages > 0,
            "too few games\n{self}"
        );
        assert!(self.unknown > 0 && self.rejected > 0, "no failures\n{self}");
        assert!(has_met_all(&self.faults), "too few faults\n{self}");
        let Disruptions {
            kills,
            terminations,
            outages,
            ..
        } = self.disruptions;
        assert!(
            kills >= 2 && terminations >= 1 && outages >= 1,
            "too few kills\n{self}"
        );
    }
}

/// The number of games below which a run proves nothing.
pub const ENOUGH_GAMES: usize = 40;

/// Whether each kind of fault has occurred.
pub fn has_met_all(faults: &BTreeMap<ProxyFault, u64>) -> bool {
    ProxyFault::ALL
        .iter()
        .all(|fault| faults.contains_key(fault))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings {
            time,
            seed,
            instances,
            players,
            ..
        } = self.settings;
        let Disruptions {
            kills,
            terminations,
            restarts,
            failed_starts,
            outages,
        } = self.disruptions;
        writeln!(
            f,
            "seed {seed}, {time:?}, {instances} instances, {players} players"
        )?;
        let mut row = |name: &str, value: u64| writeln!(f, "  {name:<34}{value:>8}");
        row("games", self.games as u64)?;
        row("finished", self.finished as u64)?;
        row("moves in the table", self.moves as u64)?;
        row("calls", self.calls as u64)?;
        row("acknowledged", self.acknowledged as u64)?;
        row("rejected", self.rejected as u64)?;
        row("outcome unknown", self.unknown as u64)?;
        row("open pages", self.pages as u64)?;
        row("instances killed", kills.into())?;
        row("instances asked to stop", terminations.into())?;
        row("instances started again", restarts.into())?;
        row("failed starts", failed_starts.into())?;
        row("outages of the database", outages.into())?;
        row("requests to the database", self.requests)?;
        for (fault, count) in &self.faults {
            row(&format!("{fault:?}"), *count)?;
        }
        Ok(())
    }
}

/// The number of games that are described in full. One usually shows what is wrong.
const MAX_DESCRIBED_GAMES: usize = 5;

/// The numbers of violations by kind, and everything that is known about some of the games.
pub fn describe(violations: &[Violation], record: &Record) -> String {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    let mut games: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for violation in violations {
        *counts.entry(violation.kind).or_default() += 1;
        games.entry(&violation.game).or_default().push(violation);
    }
    let mut text = String::new();
    for (kind, count) in counts {
        let _ = writeln!(text, "  {:<34}{count:>8}", format!("{kind:?}"));
    }
    for (game, violations) in games.into_iter().take(MAX_DESCRIBED_GAMES) {
        let _ = writeln!(text);
        for violation in violations {
            let _ = writeln!(text, "{violation}");
        }
        for call in record.calls.iter().filter(|call| call.game == *game) {
            let _ = writeln!(text, "{call}");
        }
        let is_item_of_game =
            |item: &&Item| item.get("GameId").is_some_and(|id| id == game.as_str());
        match record.items.iter().find(is_item_of_game) {
            Some(item) => {
                let _ = writeln!(text, "{}", serde_json::json!(item));
            }
            None => text.push_str("The game is not in the table.\n"),
        }
    }
    text
}
