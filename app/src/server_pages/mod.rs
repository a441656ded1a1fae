//! Pages that only the server renders. Nothing on them is live, so they are not hydrated, and the browser gets
//! none of their code. Links to them are `rel="external"`, because the router in the browser does not know them.

mod account;
mod failure;

pub use account::{PASSWORD_CHANGED, account};
pub use failure::failure;

use crate::{
    api::{ActionError, LogOut},
    components::{Footer, Header},
    lean::FormAction,
    shell::{guide_link, head_elements, under_the_hood},
    state::AppState,
};
use domain::{error::AppError, ids::PlayerName};
use leptos::{
    prelude::*,
    server::ServerActionError,
    server_fn::{ServerFn, client::Client},
};

/// A request for a page.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// The server's state.
    pub state: AppState,
    /// The logged-in player, or `None` for a visitor.
    pub viewer: Option<PlayerName>,
    /// The error of a rejected form, which the server adds to the query of the form's page.
    pub form_error: Option<FormError>,
}

/// The error of a rejected form, as encoded in the query of a page.
#[derive(Clone, Debug)]
pub struct FormError {
    /// The path of the form's server function.
    pub action: String,
    /// The encoded error.
    pub error: String,
}

/// A form of the page that is being rendered.
struct Form {
    action: FormAction,
    /// The error with which the server rejected the form.
    error: Option<AppError>,
}

impl Form {
    /// The form of the server function `S`.
    fn of<S>() -> Self
    where
        S: ServerFn<Error = ActionError, Client: Client<ActionError> + 'static>,
    {
        let action = FormAction::new::<S>();
        let error = action.value().get_untracked().and_then(Result::err);
        Self { action, error }
    }
}

/// A sentence about an error.
fn alert(sentence: String) -> impl IntoView {
    view! {
        <p class="notice" role="alert">
            {sentence}
        </p>
    }
}

/// Renders a page as a whole HTML document.
fn document<V: IntoView>(
    PageRequest {
        state,
        viewer,
        form_error,
    }: PageRequest,
    title: &str,
    content: impl FnOnce() -> V,
) -> String {
    // Signals and actions of the components belong to this owner, and end with it.
    let owner = Owner::new();
    owner.with(|| {
        let options = state.leptos_options.clone();
        provide_context(state);
        if let Some(FormError { action, error }) = form_error {
            provide_context(ServerActionError::new(&action, &error));
        }
        let log_out = Form::of::<LogOut>();
        let view = view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    {head_elements(options)} <title>{format!("{title} · Tic-Tac-Toe")}</title>
                </head>
                <body>
                    <Header viewer log_out=log_out.action />
                    {log_out.error.map(|error| alert(error.to_string()))}
                    {content()}
                    <Footer />
                    {guide_link()}
                    {under_the_hood()}
                </body>
            </html>
        };
        view.to_html()
    })
}
