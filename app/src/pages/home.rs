use super::page::{Subject, page};
use crate::{
    api::{load_home, load_list},
    error::AppError,
    view_model::{HomeView, ListName},
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use serde::{Deserialize, Serialize};

/// What the home page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The player's lists.
    pub view: HomeView,
    /// The list of which a later page is shown: without JavaScript, that is how more of it is seen.
    pub later: Option<ListName>,
}

/// `/`: the lists of a player who is logged in, the log-in form for everybody else.
#[component]
pub fn HomePage() -> impl IntoView {
    let query = use_query_map();
    page(Memo::new(move |_| Subject::Home(query.with(later_page))))
}

/// The list of which a later page is asked for, and the cursor where that begins.
pub(super) type Later = Option<(ListName, String)>;

/// The list and the cursor that the address asks for, as in `/?finished=…`.
fn later_page(query: &ParamsMap) -> Later {
    ListName::ALL
        .into_iter()
        .find_map(|list| Some((list, query.get(list.as_str())?)))
}

/// Loads the page: `None` for somebody who is not logged in.
pub(super) async fn load(later: Later) -> Result<Option<Home>, AppError> {
    let Some(mut view) = load_home().await? else {
        return Ok(None);
    };
    let mut shown = None;
    if let Some((list, cursor)) = later {
        *view.lobby.list_mut(list) = load_list(list, Some(cursor)).await?;
        shown = Some(list);
    }
    Ok(Some(Home { view, later: shown }))
}
