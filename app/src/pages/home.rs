use super::{lobby::Lobby, page::page, visitor::Visitor};
use crate::{
    api::{ActionError, load_home, load_list},
    lean::IntoErased,
};
use domain::{lists::ListName, views::HomeView};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

/// A list and the cursor of a later page, from a query such as `/?finished=…`. Without JavaScript, people
/// page through a list by these links.
type ListPageQuery = Option<(ListName, String)>;

/// The data of the home page, and the list whose later page is shown.
type Home = (HomeView, Option<ListName>);

/// The page `/`: the lists of a logged-in player, or the log-in form for a visitor.
#[component]
pub fn HomePage() -> impl IntoView {
    let query = use_query_map();
    page(
        Memo::new(move |_| query.with(list_page_query)),
        load,
        |_| "/".to_owned(),
        |home, reload| match home {
            Some((home, later_page)) => view! { <Lobby home later_page reload /> }.into_erased(),
            None => view! { <Visitor reload /> }.into_erased(),
        },
    )
}

fn list_page_query(query: &ParamsMap) -> ListPageQuery {
    ListName::ALL
        .into_iter()
        .find_map(|list| Some((list, query.get(list.as_str())?)))
}

/// Loads the data of the page, or `None` for a visitor.
async fn load(list_page: ListPageQuery) -> Result<Option<Home>, ActionError> {
    let Some(mut home) = load_home().await? else {
        return Ok(None);
    };
    let mut later_page = None;
    if let Some((list, cursor)) = list_page {
        *home.lobby.list_mut(list) = load_list(list, Some(cursor)).await?;
        later_page = Some(list);
    }
    Ok(Some((home, later_page)))
}
