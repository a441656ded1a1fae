use super::failure::{Failure, FailurePage};
use crate::{
    api::{ActionError, in_request_scope},
    components::browser,
    json::{self, InvalidJson},
    lean::{ErasedView, IntoErased},
};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt, str::FromStr};

/// The data of a page, or the failure to load them. Serialized into the page as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PageData<T>(Result<T, Failure>);

impl<T: Serialize> fmt::Display for PageData<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&json::write(&self.0))
    }
}

impl<T: DeserializeOwned> FromStr for PageData<T> {
    type Err = InvalidJson;

    fn from_str(text: &str) -> Result<Self, InvalidJson> {
        json::read(text).map(Self)
    }
}

/// A page that loads its data and stays visible during a reload.
///
/// `key` identifies the data, `load` loads them, `address` is the path of the page, and `render` renders it.
/// `render` also receives a callback that reloads the data.
pub(super) fn page<K, T, L>(
    key: Memo<K>,
    load: fn(K) -> L,
    address: fn(&K) -> String,
    render: fn(T, Callback<()>) -> ErasedView,
) -> ErasedView
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    L: Future<Output = Result<T, ActionError>> + Send + 'static,
{
    let data = Resource::new_str(
        move || key.get(),
        move |key| {
            in_request_scope(async move {
                PageData(match load(key).await {
                    Ok(data) => Ok(data),
                    Err(error) => Err(Failure::new(error.into()).await),
                })
            })
        },
    );
    let is_reload = StoredValue::new(false);
    let reload = Callback::new(move |()| {
        is_reload.set_value(true);
        data.refetch();
    });
    let render = move |PageData(data)| match data {
        Ok(data) => render(data, reload),
        Err(failure) => {
            // The render replaces the pressed button "Try again", which had the focus.
            if is_reload.try_get_value() == Some(true) {
                browser::focus_after_render("h1".to_owned());
            }
            let address = key.with_untracked(address);
            view! { <FailurePage failure address on_retry=reload /> }.into_erased()
        }
    };
    view! { <Transition>{move || Suspend::new(async move { render(data.await) })}</Transition> }
        .into_erased()
}
