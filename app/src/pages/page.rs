use super::{
    failure::{Failure, FailurePage},
    game_screen::GameScreen,
    home::{self, Home, Later},
    lobby::Lobby,
    visitor::Visitor,
};
use crate::{
    api::{for_request, load_game},
    components::browser,
    error::AppError,
    json::{self, Unreadable},
    part::{IntoPart, Part},
    view_model::GamePageView,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a page is about, as its address says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A player's lists.
    Home(Later),
    /// The game with this id.
    Game(String),
    /// Nothing that there is.
    Nothing,
}

impl Subject {
    fn address(&self) -> String {
        match self {
            Self::Game(game_id) => format!("/games/{game_id}"),
            Self::Home(_) | Self::Nothing => "/".to_owned(),
        }
    }

    fn load(self) -> impl Future<Output = Loaded> + Send {
        for_request(async { Loaded(self.try_load().await) })
    }

    async fn try_load(self) -> Result<Content, Failure> {
        let loaded = match self {
            Self::Home(later) => home::load(later).await.map(Content::Home),
            Self::Game(game_id) => load_game(game_id).await.map(Content::Game),
            Self::Nothing => Err(AppError::NotFound),
        };
        match loaded {
            Ok(content) => Ok(content),
            Err(error) => Err(Failure::new(error).await),
        }
    }
}

/// The data of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Content {
    /// `None` for somebody who is not logged in.
    Home(Option<Home>),
    Game(GamePageView),
}

/// What there is to draw. Travels inside of the page as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Loaded(Result<Content, Failure>);

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&json::write(&self.0))
    }
}

impl FromStr for Loaded {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        json::read(text).map(Self)
    }
}

/// Any page: loads the data, and stays while they are loaded again. It is one for all pages because
/// each type of data would bring all of the loading anew.
pub(super) fn page(subject: Memo<Subject>) -> Part {
    let content = Resource::new_str(move || subject.get(), Subject::load);
    let is_reload = StoredValue::new(false);
    let reload = Callback::new(move |()| {
        is_reload.set_value(true);
        content.refetch();
    });
    let draw = move |Loaded(content)| match content {
        Ok(Content::Home(Some(home))) => view! { <Lobby home reload /> }.into_part(),
        Ok(Content::Home(None)) => view! { <Visitor reload /> }.into_part(),
        Ok(Content::Game(page)) => view! { <GameScreen page /> }.into_part(),
        Err(failure) => {
            // The button that was pressed to try again is drawn anew.
            if is_reload.try_get_value() == Some(true) {
                browser::focus_when_drawn("h1".to_owned());
            }
            let address = subject.with_untracked(Subject::address);
            view! { <FailurePage failure address on_retry=reload /> }.into_part()
        }
    };
    view! { <Transition>{move || Suspend::new(async move { draw(content.await) })}</Transition> }
        .into_part()
}
