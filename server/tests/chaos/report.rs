//! What a run was made of, and the whole history of a game where something is wrong.

use crate::{
    checker::Violation,
    disruption::Disruptions,
    pages::Settled,
    record::{Item, Record},
    settings::Settings,
    support::{FaultProxy, ProxyFault},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write},
};

/// The figures of a run.
pub struct Report {
    pub settings: Settings,
    pub games: usize,
    pub finished: usize,
    pub moves: usize,
    pub calls: usize,
    pub acknowledged: usize,
    pub unknown: usize,
    pub refused: usize,
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
            acknowledged: count(|call| call.is_acknowledged()),
            unknown: count(|call| call.is_unknown()),
            refused: count(|call| call.is_refused()),
            pages: pages.pages,
            requests: proxy.requests(),
            faults: proxy.counts(),
            disruptions,
        }
    }

    /// Fails where so little has happened that nothing is proved.
    pub fn assert_enough(&self) {
        assert!(
            self.games >= ENOUGH_GAMES && self.finished > 0 && self.moves > 0 && self.pages > 0,
            "too few games\n{self}"
        );
        assert!(
            self.unknown > 0 && self.refused > 0,
            "everything went well\n{self}"
        );
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

/// Fewer games prove nothing.
pub const ENOUGH_GAMES: usize = 40;

/// Whether there was a fault of each kind.
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
        row("refused", self.refused as u64)?;
        row("outcome unknown", self.unknown as u64)?;
        row("pages that were open", self.pages as u64)?;
        row("instances killed", kills.into())?;
        row("instances asked to end", terminations.into())?;
        row("instances started again", restarts.into())?;
        row("starts that failed", failed_starts.into())?;
        row("outages of the database", outages.into())?;
        row("requests to the database", self.requests)?;
        for (fault, count) in &self.faults {
            row(&format!("{fault:?}"), *count)?;
        }
        Ok(())
    }
}

/// As many games are told in full: one is usually enough to see what is wrong.
const TOLD: usize = 5;

/// How many violations of each kind there are, and everything that is known of some of the games.
pub fn tell(violations: &[Violation], record: &Record) -> String {
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
    for (game, violations) in games.into_iter().take(TOLD) {
        let _ = writeln!(text);
        for violation in violations {
            let _ = writeln!(text, "{violation}");
        }
        for call in record.calls.iter().filter(|call| call.game == *game) {
            let _ = writeln!(text, "{call}");
        }
        let is_its = |item: &&Item| item.get("GameId").is_some_and(|id| id == game.as_str());
        match record.items.iter().find(is_its) {
            Some(item) => {
                let _ = writeln!(text, "{}", serde_json::json!(item));
            }
            None => text.push_str("The table has no such game.\n"),
        }
    }
    text
}
