//! The whole panel.

use super::{faults, indexes, item, meter, race_form, requests};
use crate::inspector::{
    capture::{Inspector, SessionLog, session_log::Meter},
    game_panel::GamePanel,
};
use domain::ids::PlayerName;
use leptos::prelude::*;

/// The contents of a panel.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'a> {
    /// The logged-in player and the session's log, or `None` for a visitor.
    pub viewer: Option<(&'a PlayerName, &'a SessionLog)>,
    /// The path of the page that the panel belongs to.
    pub page: &'a str,
    /// The section of the game, on a game's page.
    pub game: Option<GameSection<'a>>,
    /// The inspector, which decides about the switches for faults.
    pub inspector: &'a Inspector,
}

/// The section of a game.
#[derive(Clone, Copy, Debug)]
pub enum GameSection<'a> {
    /// An empty section, which the live events fill.
    Empty,
    /// A section with this content.
    Filled(&'a GamePanel),
}

/// The panel. `data-after` is the position of its last request in the log.
#[must_use]
pub fn panel(panel: Panel<'_>) -> impl IntoView + use<> {
    let Panel {
        viewer,
        page,
        game,
        inspector,
    } = panel;
    let session_log = viewer.map(|(_, log)| log);
    let log = session_log.map(|log| {
        let entries = log.after(0);
        let after = log.position(entries.last().map_or(0, |entry| entry.number));
        let game_meter = game.map(|game| match game {
            GameSection::Empty => Meter::start(),
            GameSection::Filled(game) => game.meter,
        });
        let meter = meter(log.page(page), game_meter, log.panel_totals());
        view! {
            <section>
                <h3>"Meter"</h3>
                <div id="meter">{meter}</div>
            </section>
            <section>
                <h3>"Requests"</h3>
                <p class="meter-note">"Your requests, newest last. Open one for details."</p>
                <ol class="requests" id="requests" data-after=after tabindex="0">
                    {requests(entries.iter().map(AsRef::as_ref))}
                </ol>
            </section>
        }
    });
    let log_in_notice = log
        .is_none()
        .then(|| view! { <p>"Log in to see your own requests here."</p> });
    let game_section = game.map(|game| {
        let game = match game {
            GameSection::Empty => None,
            GameSection::Filled(game) => Some(game),
        };
        let indexes = game.map(|game| indexes(&game.indexes, &game.versions));
        view! {
            <section>
                <h3>"The item"</h3>
                <div id="item">{game.map(|game| item(&game.versions))}</div>
            </section>
            <section>
                <h3>"In the indexes"</h3>
                <div id="indexes">{indexes}</div>
            </section>
            {viewer
                .map(|(player, _)| {
                    view! {
                        <section>
                            <h3>"Race"</h3>
                            <div id="race">
                                {game.map(|game| race_form(&game.game, Some(player)))}
                            </div>
                            <div id="race-result"></div>
                        </section>
                    }
                })}
        }
    });
    let fault_section = session_log.filter(|_| inspector.allows_faults()).map(|log| {
        view! {
            <section>
                <h3>"Break it"</h3>
                <p class="meter-note">
                    "Faults for your requests only. Keep playing, and see in the rows above how the SDK and the conditions handle them."
                </p>
                <div id="faults">{faults(&log.faults)}</div>
            </section>
        }
    });
    view! {
        {log_in_notice}
        {log}
        {game_section}
        {fault_section}
    }
}
