use super::{
    failure::{Failure, FailurePage},
    lobby::Lobby,
    visitor::Visitor,
};
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
    let later = Memo::new(move |_| query.with(later_page));
    let home = Resource::new(move || later.get(), load);
    let reload = Callback::new(move |()| home.refetch());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match home.await {
                    Ok(Some(home)) => view! { <Lobby home reload /> }.into_any(),
                    Ok(None) => view! { <Visitor reload /> }.into_any(),
                    Err(failure) => {
                        view! { <FailurePage failure address="/" on_retry=reload /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

type Later = Option<(ListName, String)>;

/// The list and the cursor that the address asks for, as in `/?finished=…`.
fn later_page(query: &ParamsMap) -> Later {
    ListName::ALL
        .into_iter()
        .find_map(|list| Some((list, query.get(list.as_str())?)))
}

async fn load(later: Later) -> Result<Option<Home>, Failure> {
    match try_load(later).await {
        Ok(home) => Ok(home),
        Err(error) => Err(Failure::new(error).await),
    }
}

async fn try_load(later: Later) -> Result<Option<Home>, AppError> {
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
