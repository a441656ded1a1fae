//! The whole panel.

use super::{faults, indexes, item, meter, race_form, requests};
use crate::{
    ids::PlayerName,
    ssr::inspector::{Inspector, Person, panel::GamePanel, person::Meter},
};
use leptos::prelude::*;

/// What a panel is made of.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'a> {
    /// Who looks, and what is kept for them; `None` for somebody who is not logged in.
    pub viewer: Option<(&'a PlayerName, &'a Person)>,
    /// The path of the page that it is beside.
    pub page: &'a str,
    /// The game that the page is about, if it is about one.
    pub game: Option<OfGame<'a>>,
    /// For what can be switched.
    pub inspector: &'a Inspector,
}

/// What is known of the game.
#[derive(Clone, Copy, Debug)]
pub enum OfGame<'a> {
    /// It is filled in later, by the events.
    Later,
    /// This.
    Now(&'a GamePanel),
}

/// The panel's content. `data-after` is the place after the last request in it.
pub fn panel(panel: Panel<'_>) -> impl IntoView + use<> {
    let Panel {
        viewer,
        page,
        game,
        inspector,
    } = panel;
    let person = viewer.map(|(_, person)| person);
    let log = person.map(|person| {
        let entries = person.after(0);
        let after = person.place(entries.last().map_or(0, |entry| entry.number));
        let of_game = game.map(|game| match game {
            OfGame::Later => Meter::begin(),
            OfGame::Now(game) => game.meter,
        });
        let spent = meter(person.page(page), of_game, person.own());
        view! {
            <section>
                <h3>"Meter"</h3>
                <div id="meter">{spent}</div>
            </section>
            <section>
                <h3>"Requests"</h3>
                <p class="meter-note">"Yours, newest last. Each opens."</p>
                <ol class="requests" id="requests" data-after=after tabindex="0">
                    {requests(entries.iter().map(AsRef::as_ref))}
                </ol>
            </section>
        }
    });
    let nobody = log
        .is_none()
        .then(|| view! { <p>"Log in to see your own requests here."</p> });
    let of_game = game.map(|game| {
        let game = match game {
            OfGame::Later => None,
            OfGame::Now(game) => Some(game),
        };
        let of_indexes = game.map(|game| indexes(&game.indexes, &game.versions));
        view! {
            <section>
                <h3>"The item"</h3>
                <div id="item">{game.map(|game| item(&game.versions))}</div>
            </section>
            <section>
                <h3>"In the indexes"</h3>
                <div id="indexes">{of_indexes}</div>
            </section>
            {viewer
                .map(|(player, _)| {
                    view! {
                        <section>
                            <h3>"Race"</h3>
                            <div id="race">{game.map(|game| race_form(&game.game, Some(player)))}</div>
                            <div id="race-result"></div>
                        </section>
                    }
                })}
        }
    });
    let broken = person.filter(|_| inspector.can_break()).map(|person| {
        view! {
            <section>
                <h3>"Break it"</h3>
                <p class="meter-note">
                    "For your requests only. Play on, and see in the rows above what the SDK and the conditions make of it."
                </p>
                <div id="faults">{faults(&person.faults)}</div>
            </section>
        }
    });
    view! {
        {nobody}
        {log}
        {of_game}
        {broken}
    }
}
