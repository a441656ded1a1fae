//! What was spent, beside what polling would have cost.

use super::number;
use crate::ssr::inspector::{
    person::Meter,
    units::{PRICES, Totals},
};
use jiff::Timestamp;
use leptos::prelude::*;

/// Read units of one poll of a game's page: an eventually consistent read of its item.
const GAME_POLL: f64 = 0.5;
/// Read units of one poll of the lists: six queries of half a unit (docs/data-model.md).
const LISTS_POLL: f64 = 3.0;

/// The meter of a page, and of a game where the page is a game's; `own` is what the panel itself has asked.
pub fn meter(page: Meter, game: Option<Meter>, own: Totals) -> impl IntoView {
    let poll = if game.is_some() {
        GAME_POLL
    } else {
        LISTS_POLL
    };
    let prices = &*PRICES;
    // Both players' pages would poll.
    let game = game.map(|meter| {
        (rows(
            "This game, by anybody here",
            meter,
            "polled by both players",
            2.0 * GAME_POLL,
        ),)
    });
    let own = format!(
        "On demand, {}, prices of {}. The panel itself has asked {} times more ({} read units). No engine tells \
         what a refused write or a lost answer has cost, so that is not in it; the service bills it.",
        prices.region,
        prices.looked_up,
        own.requests,
        number(own.reads),
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
        <p class="meter-note">{own}</p>
    }
}

/// What was spent, and below it what so many read units a second would have been.
fn rows(
    title: &'static str,
    meter: Meter,
    polled: &'static str,
    units_each_second: f64,
) -> impl IntoView + use<> {
    let Meter { since, totals } = meter;
    let seconds = Timestamp::now().duration_since(since).as_secs().max(0);
    let polling = Totals {
        requests: seconds.unsigned_abs(),
        reads: seconds as f64 * units_each_second,
        writes: 0.0,
    };
    let at = since.strftime("%H:%M:%S UTC").to_string();
    // The page counts on by itself.
    let dollars_each_second = Totals {
        requests: 1,
        reads: units_each_second,
        writes: 0.0,
    };
    view! {
        <tr class="meter-spent">
            <th scope="row">{title} <small>"since " {at}</small></th>
            <td>{totals.requests.to_string()}</td>
            <td>{number(totals.reads)}</td>
            <td>{number(totals.writes)}</td>
            <td>{dollars(totals.dollars())}</td>
        </tr>
        <tr
            class="meter-polled"
            data-seconds=seconds.to_string()
            data-units=units_each_second.to_string()
            data-dollars=dollars_each_second.dollars().to_string()
        >
            <th scope="row">"… " {polled}</th>
            <td>{polling.requests.to_string()}</td>
            <td>{number(polling.reads)}</td>
            <td>"0"</td>
            <td>{dollars(polling.dollars())}</td>
        </tr>
    }
}

/// As the page writes it too: fractions of a cent matter here.
fn dollars(dollars: f64) -> String {
    format!("{dollars:.7}")
}
