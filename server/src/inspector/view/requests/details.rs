//! The details of a request: its parameters, answer, attempts and units.

use super::{has_notable_attempts, milliseconds};
use crate::{
    database::operations::ItemOperation,
    inspector::{
        capture::{
            Entry, Item, Request,
            entry::{Attempt, RequestOutcome},
            expression::{in_order, literal, substituted, type_of},
            units::Units,
        },
        view::number,
    },
};
use leptos::prelude::*;

/// The details of a request.
pub fn details(entry: &Entry) -> impl IntoView + use<> {
    let Entry {
        request, outcome, ..
    } = entry;
    let condition_failed = matches!(outcome, RequestOutcome::ConditionFailed(_));
    view! {
        <dl class="request-parts">
            {parameters(request)} {answer(outcome)}
            {has_notable_attempts(entry).then(|| attempts(&entry.attempts))}
            {units(request.operation, &entry.units, condition_failed)}
        </dl>
    }
}

/// The parameters of a request in readable form.
fn parameters(request: &Request) -> impl IntoView + use<> {
    let mut parameters: Vec<(&'static str, String)> = Vec::new();
    for key in &request.keys {
        parameters.push(("Key", one_line(key)));
    }
    if let Some(item) = &request.item {
        let attributes = in_order(item).into_iter();
        let attributes: Vec<String> = attributes
            .map(|(name, value)| format!("{name} {} {}", type_of(value), literal(value)))
            .collect();
        parameters.push(("Item", attributes.join("\n")));
    }
    for (role, text) in &request.expressions {
        let text = substituted(request, text);
        // A line for each clause, because a condition on nine squares is long.
        let text = match text.find(" BETWEEN ") {
            Some(_) => text,
            None => text.replace(" AND ", "\nAND "),
        };
        parameters.push((role.as_str(), text));
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
    if request.descending {
        reading.push("newest first".to_owned());
    }
    reading.extend(request.limit.map(|limit| format!("at most {limit}")));
    if !reading.is_empty() {
        parameters.push(("Reading", reading.join(", ")));
    }
    parameters
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

/// The recorded items of an answer.
fn answer(outcome: &RequestOutcome) -> impl IntoView + use<> {
    let (items, answer) = match outcome {
        RequestOutcome::Done { items, answer } => (*items, answer.as_slice()),
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

fn units(
    operation: ItemOperation,
    units: &[Units],
    condition_failed: bool,
) -> impl IntoView + use<> {
    let kind = if operation.is_read() { "read" } else { "write" };
    let lines: Vec<String> = units
        .iter()
        .map(|units| {
            let place = units.index.as_deref().unwrap_or("table");
            format!("{} {kind} on {place}", number(units.units))
        })
        .collect();
    let text = match (lines.is_empty(), condition_failed) {
        (false, _) => lines.join(", "),
        // DynamoDB bills a failed condition like a write, but does not report it.
        (true, true) => {
            "not reported for a failed condition; the service bills 1 write for each KB of the item"
                .to_owned()
        }
        (true, false) => "not reported".to_owned(),
    };
    view! {
        <div>
            <dt>"Units"</dt>
            <dd>{text}</dd>
        </div>
    }
}
