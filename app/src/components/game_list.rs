use super::{Answers, GameEntry};
use crate::{
    ids::PlayerName,
    part::IntoPart,
    view_model::{GamesPage, ListName},
};
use leptos::{ev, prelude::*};

/// What a list is called and says.
struct Words {
    heading: &'static str,
    none: &'static str,
    more: &'static str,
}

const fn words(list: ListName) -> Words {
    match list {
        ListName::Invitations => Words {
            heading: "Invitations",
            none: "Nobody is waiting for your answer.",
            more: "More invitations",
        },
        ListName::Outgoing => Words {
            heading: "Waiting for an answer",
            none: "You are not waiting for anybody’s answer.",
            more: "More sent invitations",
        },
        ListName::InProgress => Words {
            heading: "Games in progress",
            none: "No game is being played. Invite somebody!",
            more: "More games in progress",
        },
        ListName::Finished => Words {
            heading: "Recent history",
            none: "Games that are over will be listed here.",
            more: "More history",
        },
    }
}

/// One of the player's lists. Where it goes on, a button asks for more: without JavaScript, for a
/// page that begins there.
#[component]
pub fn GameList(
    list: ListName,
    games: Memo<GamesPage>,
    viewer: PlayerName,
    answers: Answers,
    /// Whether this is a later page of the list, from which a link leads back to the first.
    is_later_page: bool,
    on_more: Callback<ListName>,
) -> impl IntoView {
    let Words {
        heading,
        none,
        more,
    } = words(list);
    let title_id = format!("list-{}", list.as_str());
    let labelled_by = title_id.clone();
    let is_empty = Memo::new(move |_| games.with(|page| page.games.is_empty()));
    let next = Memo::new(move |_| games.with(|page| page.next.clone()));
    let ask = move |event: ev::MouseEvent| {
        event.prevent_default();
        on_more.run(list);
    };
    let entry = {
        let viewer = viewer.clone();
        move |game: crate::view_model::GameSummary| {
            let game_id = game.game_id;
            let me = viewer.clone();
            let my_turn = Memo::new(move |_| {
                list == ListName::InProgress
                    && games.with(|page| {
                        (page.games.iter())
                            .any(|game| game.game_id == game_id && game.turn.as_ref() == Some(&me))
                    })
            });
            view! { <GameEntry game list viewer=viewer.clone() my_turn answers /> }
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
                    .then(|| view! { <p class="empty">{none}</p> })
                    .into_part()
            }}
            {move || {
                next.get()
                    .map(|cursor| {
                        view! {
                            <form class="more" method="get" action="/">
                                <input type="hidden" name=list.as_str() value=cursor />
                                <button type="submit" class="button quiet" on:click=ask>
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
                            <a href="/">"Back to the newest"</a>
                        </p>
                    }
                })}
        </section>
    }
    .into_part()
}
