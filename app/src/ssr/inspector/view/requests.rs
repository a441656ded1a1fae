//! Requests to the tables, one row each.

use super::number;
use crate::ssr::inspector::{
    Entry, Item, Request,
    condition::Clause,
    entry::{Attempt, Outcome},
    expression::{in_order, literal, substituted, type_of},
    request::Operation,
    units::Units,
};
use leptos::prelude::*;
use std::time::Duration;

/// The rows of some requests, oldest first.
pub fn requests<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> AnyView {
    entries
        .into_iter()
        .map(|entry| request(entry, is_telling(entry)))
        .collect_view()
        .into_any()
}

/// The rows of requests that differ in nothing but what came of them: all closed.
pub fn closed_requests(entries: &[Entry]) -> AnyView {
    entries
        .iter()
        .map(|entry| request(entry, false))
        .collect_view()
        .into_any()
}

/// The rows of requests that are all there is to see: all open.
pub fn all_open(entries: &[Entry]) -> AnyView {
    entries
        .iter()
        .map(|entry| request(entry, true))
        .collect_view()
        .into_any()
}

/// Whether a request says more than usual: it changed something, was refused or met a fault.
fn is_telling(entry: &Entry) -> bool {
    !entry.request.operation.is_read() || is_retried(entry)
}

fn is_retried(entry: &Entry) -> bool {
    entry.attempts.len() > 1 || entry.attempts.iter().any(|attempt| attempt.fault.is_some())
}

/// The row of a request: what it was and what came of it at a glance, the rest on opening it.
fn request(entry: &Entry, open: bool) -> impl IntoView + use<> {
    let Entry {
        request, outcome, ..
    } = entry;
    let pattern = entry.pattern();
    let title = pattern.map_or("Another request", |pattern| pattern.title());
    let place = match &request.index {
        Some(index) => index.clone(),
        None => request.table.as_str().to_owned(),
    };
    let clauses = entry.clauses();
    let refused = matches!(outcome, Outcome::ConditionFailed(_));
    let class = match outcome {
        Outcome::Done { .. } => "request done",
        Outcome::ConditionFailed(_) => "request refused",
        Outcome::Failed { .. } => "request failed",
    };
    let tries = entry.attempts.len();
    let retried = is_retried(entry);
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
                    <span class="request-outcome">{said(outcome)}</span>
                    " "
                    <span class="request-cost">{cost(&entry.units)}</span>
                    " "
                    <span class="request-time">{milliseconds(entry.duration)}</span>
                    {(tries > 1).then(|| view! { " " <span class="request-tries">{format!("{tries} attempts")}</span> })}
                </summary>
                <dl class="request-parts">
                    {parts(request)}
                    {answer(outcome)}
                    {retried.then(|| attempts(&entry.attempts))}
                    {units(request.operation, &entry.units, refused)}
                </dl>
                <p class="request-links">
                    <time datetime=entry.at.to_string()>{entry.at.strftime("%H:%M:%S%.3f UTC").to_string()}</time>
                    " "
                    {because_of(&entry.cause.request)}
                    {pattern
                        .map(|pattern| {
                            let (file, function) = pattern.source();
                            view! {
                                <a href=format!("/guide#{}", pattern.heading()) rel="external">"Guide"</a>
                                " "
                                <a href=format!("/guide/source/{file}#{function}") rel="external">
                                    {format!("store/{file}: {function}")}
                                </a>
                            }
                        })}
                </p>
            </details>
            {because(&clauses)}
        </li>
    }
}

fn because_of(request: &str) -> Option<impl IntoView + use<>> {
    let request = request.to_owned();
    (!request.is_empty()).then(|| view! { <span>"for " <code>{request}</code></span> " " })
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done { items: 0, .. } => "nothing found".to_owned(),
        Outcome::Done { items: 1, .. } => "done".to_owned(),
        Outcome::Done { items, .. } => format!("{items} items"),
        Outcome::ConditionFailed(_) => "condition refused it".to_owned(),
        Outcome::Failed { code } => code.clone(),
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

/// Which clauses did not hold, and what the item held instead.
fn because(clauses: &[Clause]) -> impl IntoView + use<> {
    let failed = |clause: &&Clause| clause.holds != Some(true);
    let failed: Vec<Clause> = clauses.iter().filter(failed).cloned().collect();
    failed
        .into_iter()
        .map(|clause| {
            let held = (!clause.held.is_empty()).then(|| format!(", but {}", clause.held));
            view! {
                <p class="request-because">
                    "False: " <code>{clause.text}</code> {held}
                </p>
            }
        })
        .collect_view()
}

/// The parameters of the request, readable.
fn parts(request: &Request) -> impl IntoView + use<> {
    let mut parts: Vec<(&'static str, String)> = Vec::new();
    for key in &request.keys {
        parts.push(("Key", one_line(key)));
    }
    if let Some(item) = &request.item {
        let attributes = in_order(item).into_iter();
        let attributes: Vec<String> = attributes
            .map(|(name, value)| format!("{name} {} {}", type_of(value), literal(value)))
            .collect();
        parts.push(("Item", attributes.join("\n")));
    }
    for (role, text) in &request.expressions {
        let text = substituted(request, text);
        // A clause a line: a condition on nine squares is long.
        let text = match text.find(" BETWEEN ") {
            Some(_) => text,
            None => text.replace(" AND ", "\nAND "),
        };
        parts.push((role.as_str(), text));
    }
    let mut reading = Vec::new();
    if request.operation.is_read() {
        reading.push(
            if request.consistent {
                "strongly consistent"
            } else {
                "eventually consistent"
            }
            .to_owned(),
        );
    }
    if request.backwards {
        reading.push("newest first".to_owned());
    }
    reading.extend(request.limit.map(|limit| format!("at most {limit}")));
    if !reading.is_empty() {
        parts.push(("Reading", reading.join(", ")));
    }
    parts
        .into_iter()
        .map(|(name, text)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>
                        <code>{text}</code>
                    </dd>
                </div>
            }
        })
        .collect_view()
}

/// The items of the answer, as far as they are kept.
fn answer(outcome: &Outcome) -> impl IntoView + use<> {
    let (items, answer) = match outcome {
        Outcome::Done { items, answer } => (*items, answer.as_slice()),
        _ => (0, [].as_slice()),
    };
    let mut lines: Vec<String> = answer.iter().map(one_line).collect();
    let more = items.saturating_sub(answer.len());
    if more > 0 && !answer.is_empty() {
        lines.push(format!("and {more} more"));
    }
    (!lines.is_empty()).then(|| {
        view! {
            <div>
                <dt>"Answer"</dt>
                {lines
                    .into_iter()
                    .map(|line| {
                        view! {
                            <dd>
                                <code>{line}</code>
                            </dd>
                        }
                    })
                    .collect_view()}
            </div>
        }
    })
}

fn one_line(item: &Item) -> String {
    let attributes = in_order(item).into_iter();
    let attributes: Vec<String> = attributes
        .map(|(name, value)| format!("{name} = {}", literal(value)))
        .collect();
    attributes.join(", ")
}

fn attempts(attempts: &[Attempt]) -> impl IntoView + use<> {
    let lines: Vec<String> = attempts
        .iter()
        .enumerate()
        .map(|(index, attempt)| {
            let failure = attempt.failure.as_deref().unwrap_or("answered");
            let fault = attempt
                .fault
                .iter()
                .map(|fault| format!(" ({fault})"))
                .collect::<String>();
            format!(
                "{}. {failure}{fault}, {}",
                index + 1,
                milliseconds(attempt.duration)
            )
        })
        .collect();
    view! {
        <div>
            <dt>"Attempts"</dt>
            {lines.into_iter().map(|line| view! { <dd>{line}</dd> }).collect_view()}
        </div>
    }
}

fn units(operation: Operation, units: &[Units], refused: bool) -> impl IntoView + use<> {
    let kind = if operation.is_read() { "read" } else { "write" };
    let lines: Vec<String> = units
        .iter()
        .map(|units| {
            let place = units.index.as_deref().unwrap_or("table");
            format!("{} {kind} on {place}", number(units.units))
        })
        .collect();
    let text = match (lines.is_empty(), refused) {
        (false, _) => lines.join(", "),
        // DynamoDB bills a refused write as one that was made, and does not say so in its answer.
        (true, true) => {
            "not told with a refusal; the service bills 1 write for each KB of the item".to_owned()
        }
        (true, false) => "not told".to_owned(),
    };
    view! {
        <div>
            <dt>"Units"</dt>
            <dd>{text}</dd>
        </div>
    }
}
