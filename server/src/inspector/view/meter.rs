//! The cost of a page and of a game, next to the cost of polling instead.

use super::number;
use crate::inspector::capture::{
    session_log::Meter,
    units::{PRICES, Totals},
};
use jiff::Timestamp;
use leptos::prelude::*;

/// The read units of one poll of a game's page: an eventually consistent read of its item.
const GAME_POLL: f64 = 0.5;
/// The read units of one poll of the lists: six queries of half a unit (docs/data-model.md).
const LISTS_POLL: f64 = 3.0;

/// The meters of a page and, on a game's page, of the game. `panel` is the cost of the panel itself.
#[must_use]
pub fn meter(page: Meter, game: Option<Meter>, panel: Totals) -> impl IntoView {
    let poll = if game.is_some() {
        GAME_POLL
    } else {
        LISTS_POLL
    };
    let prices = &*PRICES;
    // Both players' pages would poll.
    let game = game.map(|meter| {
        (rows(
            "This game, all players",
            meter,
            "polled by both players",
            2.0 * GAME_POLL,
        ),)
    });
    let note = format!(
        "On-demand prices of {} as of {}. The panel itself made {} more requests ({} read units). Failed conditions \
         and lost answers are not included, because no response reports their cost. The service bills them.",
        prices.region,
        prices.looked_up,
        panel.requests,
        number(panel.reads),
    );
    view! {
        <table class="meter">
            <thead>
                <tr>
                    <td></td>
                    <th scope="col">"Requests"</th>
                    <th scope="col">"Read"</th>
                    <th scope="col">"Write"</th>
                    <th scope="col">"USD"</th>
                </tr>
            </thead>
            <tbody>{rows("This page, you", page, "polled once a second", poll)} {game}</tbody>
        </table>
        <p class="meter-note">{note}</p>
    }
}

/// The row of a meter and, below it, the row of polling with this many read units per second.
fn rows(
    title: &'static str,
    meter: Meter,
    polled: &'static str,
    units_per_second: f64,
) -> impl IntoView + use<> {
    let Meter { started_at, totals } = meter;
    let seconds = Timestamp::now().duration_since(started_at).as_secs().max(0);
    let polling = Totals {
        requests: seconds.unsigned_abs(),
        reads: seconds as f64 * units_per_second,
        writes: 0.0,
    };
    let start = started_at.strftime("%H:%M:%S UTC").to_string();
    // The panel's script continues the count from these attributes.
    let dollars_per_second = Totals {
        requests: 1,
        reads: units_per_second,
        writes: 0.0,
    };
    view! {
        <tr class="meter-spent">
            <th scope="row">{title} <small>"since " {start}</small></th>
            <td>{totals.requests.to_string()}</td>
            <td>{number(totals.reads)}</td>
            <td>{number(totals.writes)}</td>
            <td>{dollars(totals.dollars())}</td>
        </tr>
        <tr
            class="meter-polled"
            data-seconds=seconds.to_string()
            data-units=units_per_second.to_string()
            data-dollars=dollars_per_second.dollars().to_string()
        >
            <th scope="row">"… " {polled}</th>
            <td>{polling.requests.to_string()}</td>
            <td>{number(polling.reads)}</td>
            <td>"0"</td>
            <td>{dollars(polling.dollars())}</td>
        </tr>
    }
}

/// An amount in the same format as in the panel's script. Fractions of a cent matter here.
fn dollars(dollars: f64) -> String {
    format!("{dollars:.7}")
}
