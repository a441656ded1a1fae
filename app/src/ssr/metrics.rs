//! What is counted of the application itself: its games, accounts, refusals, and the change feed. Counting
//! goes to whatever collects it in this process; where nothing does, it costs next to nothing.
//!
//! Labels have a handful of values each: never a player, a game or a session.

use crate::game::{Mark, Outcome};
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

/// The refusals that are worth an alarm.
const WORRYING: [&str; 3] = [
    "database_unavailable",
    "internal_error",
    "too_many_requests",
];

/// Tells the collector what each name means. What somebody may wait for begins at zero: a first event would
/// otherwise not be seen as an increase.
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
    for code in WORRYING {
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
    describe_counter!(
        REFUSALS,
        "Requests refused, by the code of the error that was answered"
    );
    describe_counter!(
        SESSION_LOOKUPS,
        "Sessions looked up, by where: cache, table"
    );
    describe_histogram!(PASSWORD_WAIT, "Seconds that a password waited for its turn");
    describe_histogram!(PASSWORD_DURATION, "Seconds that hashing a password took");
    describe_counter!(
        FEED_READINGS,
        "Readings of a shard, by table and outcome: ok, refused, expired, trimmed, ended, denied, failed"
    );
    describe_counter!(FEED_RECORDS, "Records read from a table's stream");
    describe_counter!(
        FEED_GAPS,
        "Times that changes may have been missed and what is watched was read afresh, the start included"
    );
    describe_gauge!(
        FEED_LAST_READING,
        "When a table's stream was last read with success, in seconds since 1970"
    );
}

/// Why an invitation is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// By the opponent.
    Declined,
    /// By the host.
    Cancelled,
    /// By time.
    Expired,
}

/// An account was created.
pub fn account_created() {
    counter!(ACCOUNTS_CREATED).increment(1);
}

/// Somebody with an account logged in.
pub fn logged_in() {
    counter!(LOG_INS).increment(1);
}

/// An invitation was made.
pub fn game_created() {
    counter!(GAMES_CREATED).increment(1);
}

/// An invitation was accepted.
pub fn game_accepted() {
    counter!(GAMES_ACCEPTED).increment(1);
}

/// An invitation was removed.
pub fn game_removed(why: Removal) {
    let reason = match why {
        Removal::Declined => "declined",
        Removal::Cancelled => "cancelled",
        Removal::Expired => "expired",
    };
    counter!(GAMES_REMOVED, "reason" => reason).increment(1);
}

/// A game was recorded as finished.
pub fn game_finished(outcome: Outcome) {
    let winner = match outcome {
        Outcome::Won(Mark::O) => "host",
        Outcome::Won(Mark::X) => "opponent",
        Outcome::Drawn => "none",
    };
    counter!(GAMES_FINISHED, "winner" => winner).increment(1);
}

/// A move was made.
pub fn move_made() {
    counter!(MOVES).increment(1);
}

/// A request was answered with the error of this code.
pub fn refused(code: &'static str) {
    refused_times(code, 1);
}

fn refused_times(code: &'static str, times: u64) {
    counter!(REFUSALS, "code" => code).increment(times);
}

/// A request's session was looked for: in this instance's cache, or in the table.
pub(super) fn session_looked_up(is_cached: bool) {
    let source = if is_cached { "cache" } else { "table" };
    counter!(SESSION_LOOKUPS, "source" => source).increment(1);
}

/// A password waited for its turn.
pub(super) fn password_waited(time: Duration) {
    histogram!(PASSWORD_WAIT).record(time);
}

/// A password was hashed.
pub(super) fn password_hashed(time: Duration) {
    histogram!(PASSWORD_DURATION).record(time);
}

/// A shard of a table's stream was read, or was not.
pub(super) fn feed_read(table: &'static str, outcome: &'static str) {
    counter!(FEED_READINGS, "table" => table, "outcome" => outcome).increment(1);
    if outcome == "ok" {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        gauge!(FEED_LAST_READING, "table" => table).set(now.unwrap_or_default());
    }
}

/// Records came with a reading.
pub(super) fn feed_records(table: &'static str, records: usize) {
    counter!(FEED_RECORDS, "table" => table).increment(records as u64);
}

/// What may have been missed has been read afresh.
pub(super) fn feed_gap_closed(table: &'static str) {
    counter!(FEED_GAPS, "table" => table).increment(1);
}
