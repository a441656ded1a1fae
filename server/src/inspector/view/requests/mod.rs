//! Requests to the tables, one row for each.

mod details;

use super::number;
use crate::inspector::capture::{Entry, condition::Clause, entry::RequestOutcome, units::Units};
use details::details;
use leptos::prelude::*;
use std::time::Duration;

/// The rows of requests, oldest first. Those that deserve attention are open.
pub fn requests<'a, E: IntoIterator<Item = &'a Entry>>(entries: E) -> AnyView {
    entries
        .into_iter()
        .map(|entry| request(entry, is_notable(entry)))
        .collect_view()
        .into_any()
}

/// The rows of a race, all closed, because they differ only in their outcomes.
#[must_use]
pub fn closed_requests(entries: &[Entry]) -> AnyView {
    entries
        .iter()
        .map(|entry| request(entry, false))
        .collect_view()
        .into_any()
}

/// The rows of an example, all open, because there is nothing else to see.
pub fn open_requests(entries: &[Entry]) -> AnyView {
    entries
        .iter()
        .map(|entry| request(entry, true))
        .collect_view()
        .into_any()
}

/// Returns true for a request that deserves attention: a write, or one with several attempts or a fault.
fn is_notable(entry: &Entry) -> bool {
    !entry.request.operation.is_read() || has_notable_attempts(entry)
}

fn has_notable_attempts(entry: &Entry) -> bool {
    entry.attempts.len() > 1 || entry.attempts.iter().any(|attempt| attempt.fault.is_some())
}

/// The row of a request: a summary, and the details when it is open.
fn request(entry: &Entry, open: bool) -> impl IntoView + use<> {
    let Entry {
        request, outcome, ..
    } = entry;
    let pattern = entry.pattern();
    let title = pattern.map_or("Other request", |pattern| pattern.title());
    let place = match &request.index {
        Some(index) => index.clone(),
        None => request.table.as_str().to_owned(),
    };
    let class = match outcome {
        RequestOutcome::Done { .. } => "request done",
        RequestOutcome::ConditionFailed(_) => "request refused",
        RequestOutcome::Failed { .. } => "request failed",
    };
    let attempts = entry.attempts.len();
    view! {
        <li class=class data-number=entry.number.to_string()>
            <details open=open>
                <summary>
                    <span class="request-operation">{request.operation.as_str()}</span>
                    " "
                    <span class="request-title">{title}</span>
                    " "
                    <span class="request-place">{place}</span>
                    " "
                    <span class="request-outcome">{outcome_label(outcome)}</span>
                    " "
                    <span class="request-cost">{cost(&entry.units)}</span>
                    " "
                    <span class="request-time">{milliseconds(entry.duration)}</span>
                    {(attempts > 1)
                        .then(|| {
                            view! {
                                " "
                                <span class="request-tries">{format!("{attempts} attempts")}</span>
                            }
                        })}
                </summary>
                {details(entry)}
                <p class="request-links">
                    <time datetime=entry
                        .at
                        .to_string()>{entry.at.strftime("%H:%M:%S%.3f UTC").to_string()}</time>
                    " "
                    {cause(&entry.cause.request)}
                    {pattern
                        .map(|pattern| {
                            let (file, function) = pattern.source();
                            view! {
                                <a href=format!("/guide#{}", pattern.heading()) rel="external">
                                    "Guide"
                                </a>
                                " "
                                <a href=format!("/guide/source/{file}#{function}") rel="external">
                                    {format!("store/{file}: {function}")}
                                </a>
                            }
                        })}
                </p>
            </details>
            {failed_clauses(&entry.clauses())}
        </li>
    }
}

/// The HTTP request that caused the request, if it is known.
fn cause(request: &str) -> Option<impl IntoView + use<>> {
    let request = request.to_owned();
    (!request.is_empty()).then(|| {
        view! {
            <span>"for " <code>{request}</code></span>
            " "
        }
    })
}

fn outcome_label(outcome: &RequestOutcome) -> String {
    match outcome {
        RequestOutcome::Done { items: 0, .. } => "nothing found".to_owned(),
        RequestOutcome::Done { items: 1, .. } => "done".to_owned(),
        RequestOutcome::Done { items, .. } => format!("{items} items"),
        RequestOutcome::ConditionFailed(_) => "condition failed".to_owned(),
        RequestOutcome::Failed { code } => code.clone(),
    }
}

fn cost(units: &[Units]) -> String {
    let sum: f64 = units.iter().map(|units| units.units).sum();
    if sum == 1.0 {
        "1 unit".to_owned()
    } else if sum > 0.0 {
        format!("{} units", number(sum))
    } else {
        String::new()
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

/// The clauses of a condition that did not hold, with the values in the item.
fn failed_clauses(clauses: &[Clause]) -> impl IntoView + use<> {
    let failed = |clause: &&Clause| clause.holds != Some(true);
    let failed: Vec<Clause> = clauses.iter().filter(failed).cloned().collect();
    failed
        .into_iter()
        .map(|clause| {
            let held =
                (!clause.item_value.is_empty()).then(|| format!(", but {}", clause.item_value));
            view! { <p class="request-because">"False: " <code>{clause.text}</code> {held}</p> }
        })
        .collect_view()
}
