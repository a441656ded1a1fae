use super::{GameEntry, InvitationActions};
use crate::lean::IntoErased;
use domain::{ids::PlayerName, lists::ListName, views::GamesPage};
use leptos::{ev, prelude::*};

/// The texts of a list: its heading, the sentence for an empty list, and the label of its button.
struct ListLabels {
    heading: &'static str,
    empty: &'static str,
    more: &'static str,
}

const fn labels(list: ListName) -> ListLabels {
    match list {
        ListName::Invitations => ListLabels {
            heading: "Invitations",
            empty: "No invitations.",
            more: "More invitations",
        },
        ListName::Outgoing => ListLabels {
            heading: "Waiting for an answer",
            empty: "No open invitations.",
            more: "More sent invitations",
        },
        ListName::InProgress => ListLabels {
            heading: "Games in progress",
            empty: "No games in progress. Invite a player to start one.",
            more: "More games in progress",
        },
        ListName::Finished => ListLabels {
            heading: "Recent history",
            empty: "No finished games yet.",
            more: "More history",
        },
    }
}

/// One of the player's lists. If there are more games, a button loads them. Without JavaScript, the button
/// opens a page that starts with them.
#[component]
pub fn GameList(
    list: ListName,
    games: Memo<GamesPage>,
    viewer: PlayerName,
    actions: InvitationActions,
    /// True for a later page of the list, which links back to the first page.
    is_later_page: bool,
    on_more: Callback<ListName>,
) -> impl IntoView {
    let ListLabels {
        heading,
        empty,
        more,
    } = labels(list);
    let title_id = format!("list-{}", list.as_str());
    let labelled_by = title_id.clone();
    let is_empty = Memo::new(move |_| games.with(|page| page.games.is_empty()));
    let next = Memo::new(move |_| games.with(|page| page.next.clone()));
    let load_more = move |event: ev::MouseEvent| {
        event.prevent_default();
        on_more.run(list);
    };
    let entry = {
        let viewer = viewer.clone();
        move |game: domain::views::GameSummary| {
            let game_id = game.game_id;
            let me = viewer.clone();
            let my_turn = Memo::new(move |_| {
                list == ListName::InProgress
                    && games.with(|page| {
                        (page.games.iter())
                            .any(|game| game.game_id == game_id && game.turn.as_ref() == Some(&me))
                    })
            });
            view! { <GameEntry game list viewer=viewer.clone() my_turn actions /> }
        }
    };
    view! {
        <section class="list" aria-labelledby=labelled_by>
            <h2 id=title_id>{heading}</h2>
            <ul role="list">
                <For
                    each=move || games.with(|page| page.games.clone())
                    key=|game| game.game_id
                    children=entry
                />
            </ul>
            {move || {
                (is_empty.get() && next.get().is_none())
                    .then(|| view! { <p class="empty">{empty}</p> })
                    .into_erased()
            }}
            {move || {
                next.get()
                    .map(|cursor| {
                        view! {
                            <form class="more" method="get" action="/">
                                <input type="hidden" name=list.as_str() value=cursor />
                                <button type="submit" class="button quiet" on:click=load_more>
                                    {more}
                                </button>
                            </form>
                        }
                    })
            }}
            {is_later_page
                .then(|| {
                    view! {
                        <p class="back">
                            <a href="/">"Back to the first page"</a>
                        </p>
                    }
                })}
        </section>
    }
    .into_erased()
}
