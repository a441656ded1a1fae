use super::outcome::{form_action, report};
use crate::{
    api::{LogOut, load_viewer},
    components::{FailureMessage, Header, Notice},
    error::AppError,
    ids::PlayerName,
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// Why a page can't be shown, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Why.
    pub error: AppError,
    /// Who is logged in, as far as that can be told.
    pub viewer: Option<PlayerName>,
}

impl Failure {
    /// Finds out who is logged in, unless there is nobody to ask.
    pub(super) async fn new(error: AppError) -> Self {
        let viewer = match error {
            AppError::ServerUnreachable | AppError::DatabaseUnavailable => None,
            _ => load_viewer().await.ok().flatten(),
        };
        Self { error, viewer }
    }
}

/// The page that is shown in place of one whose data could not be had.
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
