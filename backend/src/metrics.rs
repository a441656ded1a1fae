//! Application metrics: games, accounts, rejected requests, and the change feed. They go to the recorder
//! that the process has installed. Without a recorder they cost next to nothing.
//!
//! Each label has only a handful of values, and never names a player, a game or a session.

use domain::rules::{Mark, Outcome};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const ACCOUNTS_CREATED: &str = "ttt_accounts_created_total";
const LOG_INS: &str = "ttt_log_ins_total";
const GAMES_CREATED: &str = "ttt_games_created_total";
const GAMES_ACCEPTED: &str = "ttt_games_accepted_total";
const GAMES_REMOVED: &str = "ttt_games_removed_total";
const GAMES_FINISHED: &str = "ttt_games_finished_total";
const MOVES: &str = "ttt_moves_total";
const REFUSALS: &str = "ttt_refusals_total";
const SESSION_LOOKUPS: &str = "ttt_session_lookups_total";
const PASSWORD_WAIT: &str = "ttt_password_hash_wait_seconds";
const PASSWORD_DURATION: &str = "ttt_password_hash_duration_seconds";
const FEED_READINGS: &str = "ttt_feed_readings_total";
const FEED_RECORDS: &str = "ttt_feed_records_total";
const FEED_GAPS: &str = "ttt_feed_gaps_total";
const FEED_LAST_READING: &str = "ttt_feed_last_reading_timestamp_seconds";

/// The error codes that alarms watch.
const ALARM_CODES: [&str; 3] = [
    "database_unavailable",
    "internal_error",
    "too_many_requests",
];

/// Registers the description of each metric, and starts the counters that alarms and dashboards watch at
/// zero. Without the zero, the first event would not show up as an increase.
pub fn describe() {
    for name in [
        ACCOUNTS_CREATED,
        LOG_INS,
        GAMES_CREATED,
        GAMES_ACCEPTED,
        MOVES,
    ] {
        counter!(name).increment(0);
    }
    for code in ALARM_CODES {
        refused_times(code, 0);
    }
    describe_counter!(ACCOUNTS_CREATED, "Accounts created");
    describe_counter!(LOG_INS, "Log-ins with an existing account");
    describe_counter!(GAMES_CREATED, "Invitations made");
    describe_counter!(GAMES_ACCEPTED, "Invitations accepted");
    describe_counter!(
        GAMES_REMOVED,
        "Invitations removed, by reason: declined, cancelled, expired"
    );
    describe_counter!(
        GAMES_FINISHED,
        "Games finished, by winner: host, opponent, none"
    );
    describe_counter!(MOVES, "Moves made");
    describe_counter!(REFUSALS, "Requests rejected, by error code");
    describe_counter!(
        SESSION_LOOKUPS,
        "Sessions looked up, by source: cache, table"
    );
    describe_histogram!(PASSWORD_WAIT, "Seconds that a password waited to be hashed");
    describe_histogram!(PASSWORD_DURATION, "Seconds taken to hash a password");
    describe_counter!(
        FEED_READINGS,
        "Reads of a shard, by table and outcome: ok, refused, expired, trimmed, ended, denied, failed"
    );
    describe_counter!(FEED_RECORDS, "Records read from a table's stream");
    describe_counter!(
        FEED_GAPS,
        "Times that watched data was reloaded because changes may have been missed, including the start"
    );
    describe_gauge!(
        FEED_LAST_READING,
        "Time of the last successful read of a table's stream, in seconds since 1970"
    );
}

/// The reason for the removal of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The opponent declined it.
    Declined,
    /// The host cancelled it.
    Cancelled,
    /// Nobody accepted it in time.
    Expired,
}

/// Counts a created account.
pub fn account_created() {
    counter!(ACCOUNTS_CREATED).increment(1);
}

/// Counts a log-in with an existing account.
pub fn logged_in() {
    counter!(LOG_INS).increment(1);
}

/// Counts a new invitation.
pub fn game_created() {
    counter!(GAMES_CREATED).increment(1);
}

/// Counts an accepted invitation.
pub fn game_accepted() {
    counter!(GAMES_ACCEPTED).increment(1);
}

/// Counts a removed invitation.
pub fn game_removed(removal: Removal) {
    let reason = match removal {
        Removal::Declined => "declined",
        Removal::Cancelled => "cancelled",
        Removal::Expired => "expired",
    };
    counter!(GAMES_REMOVED, "reason" => reason).increment(1);
}

/// Counts a finished game.
pub fn game_finished(outcome: Outcome) {
    let winner = match outcome {
        Outcome::Won(Mark::O) => "host",
        Outcome::Won(Mark::X) => "opponent",
        Outcome::Drawn => "none",
    };
    counter!(GAMES_FINISHED, "winner" => winner).increment(1);
}

/// Counts a move.
pub fn move_made() {
    counter!(MOVES).increment(1);
}

/// Counts a request that was rejected with this error code.
pub fn request_rejected(code: &'static str) {
    refused_times(code, 1);
}

fn refused_times(code: &'static str, times: u64) {
    counter!(REFUSALS, "code" => code).increment(times);
}

/// Counts a session that was looked up, either in this instance's cache or in the table.
pub(crate) fn session_looked_up(is_cached: bool) {
    let source = if is_cached { "cache" } else { "table" };
    counter!(SESSION_LOOKUPS, "source" => source).increment(1);
}

/// Records the time that a password waited to be hashed.
pub(crate) fn password_waited(time: Duration) {
    histogram!(PASSWORD_WAIT).record(time);
}

/// Records the time taken to hash a password.
pub(crate) fn password_hashed(time: Duration) {
    histogram!(PASSWORD_DURATION).record(time);
}

/// Counts a read of a shard, by its outcome: `"ok"`, or the label of the error.
pub(crate) fn feed_read(table: &'static str, outcome: &'static str) {
    counter!(FEED_READINGS, "table" => table, "outcome" => outcome).increment(1);
    if outcome == "ok" {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        gauge!(FEED_LAST_READING, "table" => table).set(now.unwrap_or_default());
    }
}

/// Counts the records of one read.
pub(crate) fn feed_records(table: &'static str, records: usize) {
    counter!(FEED_RECORDS, "table" => table).increment(records as u64);
}

/// Counts a reload of the watched data, after which no change is missed any more.
pub(crate) fn feed_gap_closed(table: &'static str) {
    counter!(FEED_GAPS, "table" => table).increment(1);
}
