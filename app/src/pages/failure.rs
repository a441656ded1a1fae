use super::form_actions::{form_action, report};
use crate::{
    api::{LogOut, load_viewer},
    components::{FailureMessage, Header, Notice},
};
use domain::{error::AppError, ids::PlayerName};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// The failure to load a page's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The error.
    pub error: AppError,
    /// The logged-in player, or `None` for a visitor or if unknown.
    pub viewer: Option<PlayerName>,
}

impl Failure {
    /// A failure with the logged-in player. Skips the lookup if the server or the database is unavailable.
    pub(super) async fn new(error: AppError) -> Self {
        let viewer = match error {
            AppError::ServerUnreachable | AppError::DatabaseUnavailable => None,
            _ => load_viewer().await.ok().flatten(),
        };
        Self { error, viewer }
    }
}

/// The page in place of a page whose data failed to load.
#[component]
pub(super) fn FailurePage(
    failure: Failure,
    /// The path of the page that failed.
    #[prop(into)]
    address: String,
    on_retry: Callback<()>,
) -> impl IntoView {
    let log_out = form_action::<LogOut>();
    let notice = RwSignal::new(None);
    report(log_out, notice);
    let Failure { error, viewer } = failure;
    let title = if error.status() == 404 {
        "Not found"
    } else {
        "Something went wrong"
    };
    view! {
        <Title text=title />
        <Header viewer log_out />
        <main class="page failure">
            <FailureMessage error address on_retry />
            <Notice error=notice />
        </main>
    }
}
