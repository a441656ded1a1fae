//! The figures of a run, and the full history of games with violations.

use crate::{
    checker::{Kind, Verdict, Violation},
    cluster::Counts,
    disruption::Disruptions,
    history::{Action, Call},
    record::{Item, Page, Record},
    settings::Settings,
    world::World,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write},
};
use test_support::{Engine, ProxyFault};

/// The figures of a run.
pub struct Report {
    settings: Settings,
    counts: Counts,
    disruptions: Disruptions,
    games: usize,
    finished: usize,
    moves: usize,
    calls: usize,
    acknowledged: usize,
    unknown: usize,
    rejected: usize,
    hang_ups: usize,
    session_calls: usize,
    walks: usize,
    pages: usize,
    connections: usize,
    events: usize,
    slowest_event: f64,
    orders: usize,
    lost: usize,
    untold: usize,
    violations: usize,
}

impl Report {
    pub fn new(
        settings: Settings,
        world: &World,
        record: &Record,
        verdict: &Verdict,
        counts: Counts,
        disruptions: Disruptions,
    ) -> Self {
        let calls = &record.calls;
        let count = |filter: fn(&Call) -> bool| calls.iter().filter(|call| filter(call)).count();
        let games: BTreeSet<_> = calls.iter().map(|call| &call.game).collect();
        let moves = calls.iter().filter_map(|call| match call.action {
            Action::Play { ply, .. } if call.is_acknowledged() => Some((&call.game, ply)),
            _ => None,
        });
        let moves: BTreeSet<_> = moves.collect();
        let is_finished = |item: &&Item| {
            let date = item.get("StatusDate").and_then(|date| date.as_str());
            date.is_some_and(|date| date.starts_with("FINISHED_"))
        };
        let violations = |is: fn(Kind) -> bool| {
            let found = verdict.violations.iter();
            found.filter(|violation| is(violation.kind)).count()
        };
        let connections = || record.pages.iter().flat_map(|page| &page.connections);
        Self {
            settings,
            counts,
            disruptions,
            games: games.len(),
            finished: record.items.iter().filter(is_finished).count(),
            moves: moves.len(),
            calls: calls.len(),
            acknowledged: count(Call::is_acknowledged),
            unknown: count(Call::is_unknown),
            rejected: count(Call::is_rejected),
            hang_ups: world.hang_ups(),
            session_calls: record.sessions.len(),
            walks: record.walks.len(),
            pages: record.pages.len(),
            connections: connections().count(),
            events: connections()
                .map(|connection| connection.events.len())
                .sum(),
            slowest_event: verdict.slowest_event as f64 / 1e6,
            orders: verdict.ordered_games,
            lost: violations(Kind::is_loss),
            untold: violations(|kind| kind == Kind::Untold),
            violations: violations(|_| true),
        }
    }

    /// Fails if too little has happened to prove anything.
    pub fn assert_enough(&self) {
        assert!(
            self.games >= ENOUGH_GAMES && self.finished > 0 && self.moves > 0 && self.orders > 0,
            "too few games\n{self}"
        );
        assert!(
            self.unknown > 0 && self.rejected > 0 && self.hang_ups > 0,
            "no failures\n{self}"
        );
        assert!(
            self.pages > 0 && self.events > 0 && self.walks > 0 && self.session_calls > 0,
            "no readers\n{self}"
        );
        let is_met = |fault: &ProxyFault| self.counts.faults.contains_key(fault);
        assert!(
            self.settings.engine == Engine::Embedded || ProxyFault::ALL.iter().all(is_met),
            "too few faults\n{self}"
        );
    }
}

/// The number of games below which a run proves nothing.
pub const ENOUGH_GAMES: usize = 40;

/// A table in Markdown, for `docs/benchmarks.md`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings {
            engine,
            time,
            seed,
            instances,
            ..
        } = self.settings;
        let engine = match engine {
            Engine::Embedded => "embedded engine",
            Engine::DynamoDbLocal => "DynamoDB Local",
        };
        let mut row = |name: &str, value: &dyn fmt::Display| writeln!(f, "| {name} | {value} |");
        row(engine, &format_args!("seed {seed}"))?;
        row("---", &"---:")?;
        row("seconds", &time.as_secs())?;
        row("server processes", &instances)?;
        row("games", &self.games)?;
        row("games finished", &self.finished)?;
        row("moves acknowledged", &self.moves)?;
        row("calls", &self.calls)?;
        row("calls acknowledged", &self.acknowledged)?;
        row("calls rejected", &self.rejected)?;
        row("calls with an unknown outcome", &self.unknown)?;
        row("clients that hung up", &self.hang_ups)?;
        row("calls for accounts and sessions", &self.session_calls)?;
        row("lists read while they changed", &self.walks)?;
        row("pages", &self.pages)?;
        row("event streams", &self.connections)?;
        row("events", &self.events)?;
        row(
            "slowest event, in seconds",
            &format_args!("{:.1}", self.slowest_event),
        )?;
        row("games with a legal order of all calls", &self.orders)?;
        let done = self.disruptions;
        let mut count = |name: &str, count: u32| match count {
            0 => Ok(()),
            count => row(name, &count),
        };
        count("processes killed", done.kills)?;
        count("processes asked to stop", done.terminations)?;
        count("processes started again", done.restarts)?;
        count("failed starts", done.failed_starts)?;
        count("processes paused", done.pauses)?;
        count("processes cut off from the database", done.cut_offs)?;
        count("outages of the database", done.outages)?;
        count("faults switched on for three sessions", done.session_faults)?;
        if self.counts.requests > 0 {
            row("requests to the database", &self.counts.requests)?;
        }
        for (fault, count) in &self.counts.faults {
            row(name_of(*fault), count)?;
        }
        row("acknowledged changes lost", &self.lost)?;
        row("changes not told in time", &self.untold)?;
        row("violations of any kind", &self.violations)
    }
}

const fn name_of(fault: ProxyFault) -> &'static str {
    match fault {
        ProxyFault::Throttled => "requests throttled",
        ProxyFault::InternalError => "requests failed before the change",
        ProxyFault::InternalErrorAfterwards => "requests failed after the change",
        ProxyFault::TimedOut => "requests lost",
        ProxyFault::TimedOutAfterwards => "responses lost without an end",
        ProxyFault::ResponseLost => "responses lost with the connection",
        ProxyFault::Slow => "responses delayed by up to 1.5 s",
        ProxyFault::Refused => "connections broken before the request",
        ProxyFault::Late => "requests delivered 4 to 10 s late",
        ProxyFault::Outage => "requests during an outage",
    }
}

/// The number of games that are described in full for each kind of violation. One usually shows what is wrong.
const MAX_DESCRIBED_GAMES: usize = 2;

/// The number of violations of each kind that are described in one of these games.
const MAX_DESCRIBED_VIOLATIONS: usize = 2;

/// The numbers of violations by kind, and everything that is known about some of the games.
pub fn describe(violations: &[Violation], record: &Record) -> String {
    let mut kinds: BTreeMap<Kind, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for violation in violations {
        let (count, subjects) = kinds.entry(violation.kind).or_default();
        *count += 1;
        if subjects.len() < MAX_DESCRIBED_GAMES {
            subjects.insert(&violation.subject);
        }
    }
    let mut text = String::new();
    for (kind, (count, _)) in &kinds {
        let _ = writeln!(text, "  {:<34}{count:>8}", format!("{kind:?}"));
    }
    let subjects: BTreeSet<&str> = kinds
        .into_values()
        .flat_map(|(_, subjects)| subjects)
        .collect();
    for subject in subjects {
        let _ = writeln!(text);
        for &kind in Kind::ALL {
            let is_own = |v: &&Violation| v.subject == subject && v.kind == kind;
            for violation in violations
                .iter()
                .filter(is_own)
                .take(MAX_DESCRIBED_VIOLATIONS)
            {
                let _ = writeln!(text, "{violation}");
            }
        }
        describe_game(&mut text, subject, record);
    }
    text
}

fn describe_game(text: &mut String, game: &str, record: &Record) {
    for call in record.calls.iter().filter(|call| call.game == game) {
        let _ = writeln!(text, "{call}");
    }
    let is_item_of_game = |item: &&Item| item.get("GameId").is_some_and(|id| id == game);
    match record.items.iter().find(is_item_of_game) {
        Some(item) => {
            let _ = writeln!(text, "{}", serde_json::json!(item));
        }
        None => text.push_str("The game is not in the table.\n"),
    }
    let is_page_of_game = |page: &&Page| page.game.as_deref() == Some(game);
    for page in record.pages.iter().filter(is_page_of_game) {
        for connection in &page.connections {
            let viewer = page.viewer.as_deref().unwrap_or("a watcher");
            let _ = writeln!(text, "page of {viewer}: {}", connection.about(game));
        }
    }
}
