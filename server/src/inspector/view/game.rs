//! A game's item and its index entries as DynamoDB stores them.

use crate::inspector::{
    capture::{
        Item,
        expression::{in_order, literal, type_of},
        versions::{Change, Versions},
    },
    game_panel::IndexPanel,
};
use leptos::prelude::*;

/// The item. The attributes that the last write changed are marked.
#[must_use]
pub fn item(versions: &Versions) -> impl IntoView + use<> {
    let rows: Vec<_> = versions
        .current
        .iter()
        .flat_map(|item| in_order(item))
        .map(|(name, value)| {
            let (class, change) = match versions.change(name) {
                Change::Unchanged => ("", ""),
                Change::Added => ("added", "new"),
                Change::Changed => ("changed", "changed"),
            };
            (
                class,
                name.to_owned(),
                type_of(value),
                literal(value),
                change,
            )
        })
        .collect();
    let empty = rows.is_empty().then_some("Item not found.");
    view! {
        {empty}
        <table class="item">
            <tbody>
                {rows
                    .into_iter()
                    .map(|(class, name, kind, value, change)| {
                        view! {
                            <tr class=class>
                                <th scope="row">{name}</th>
                                <td class="item-type">{kind}</td>
                                <td class="item-value">{value}</td>
                                <td class="item-change">{change}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}

/// The entries of an item in both indexes.
#[must_use]
pub fn indexes(indexes: &[IndexPanel], versions: &Versions) -> impl IntoView + use<> {
    let item = versions.current.as_deref();
    indexes
        .iter()
        .map(|panel| index(panel, item))
        .collect_view()
}

fn index(panel: &IndexPanel, item: Option<&Item>) -> impl IntoView + use<> {
    let game_id = item.map(|item| text(item, "GameId")).unwrap_or_default();
    let heading = format!(
        "{}, partition {} = \"{}\"",
        panel.index.name(),
        panel.index.partition_key(),
        panel.player
    );
    let rows: Vec<_> = panel
        .entries
        .iter()
        .map(|entry| {
            let id = text(entry, "GameId");
            let mut others = Vec::new();
            for (name, value) in in_order(entry) {
                let is_key =
                    name == panel.index.partition_key() || matches!(name, "StatusDate" | "GameId");
                if !is_key {
                    others.push(format!("{name} = {}", literal(value)));
                }
            }
            let class = if id == game_id { "this" } else { "" };
            (class, text(entry, "StatusDate"), id, others.join(", "))
        })
        .collect();
    let entry = panel
        .entries
        .iter()
        .find(|entry| text(entry, "GameId") == game_id);
    let projection = match (item, entry) {
        (Some(item), Some(entry)) => {
            let attributes = in_order(item).into_iter().map(|(name, _)| name);
            let missing: Vec<&str> = attributes
                .filter(|name| !entry.contains_key(*name))
                .collect();
            format!("Not projected: {}.", missing.join(", "))
        }
        _ => "The index has no entry for this game yet.".to_owned(),
    };
    let note = if panel.is_own {
        "Newest first, with your neighbouring entries."
    } else {
        "Only this game's entry, because the others are another player's."
    };
    view! {
        <div class="index">
            <h4>{heading}</h4>
            <table class="item">
                <thead>
                    <tr>
                        <th scope="col">"StatusDate (sort key)"</th>
                        <th scope="col">"GameId"</th>
                        <th scope="col">"Other attributes"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|(class, status_date, id, others)| {
                            view! {
                                <tr class=class>
                                    <td class="item-value">{status_date}</td>
                                    <td class="item-value" title=id.clone()>
                                        {short(&id)}
                                    </td>
                                    <td class="item-value">{others}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
            <p class="meter-note">{note} " " {projection}</p>
        </div>
    }
}

fn text(entry: &Item, name: &str) -> String {
    let value = entry.get(name).and_then(|value| value.as_s().ok());
    value.cloned().unwrap_or_default()
}

/// The first part of an id, which is enough to tell games apart.
fn short(id: &str) -> String {
    match id.split_once('-') {
        Some((first, _)) => format!("{first}…"),
        None => id.to_owned(),
    }
}
