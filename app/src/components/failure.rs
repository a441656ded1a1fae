use crate::error::AppError;
use leptos::prelude::*;

/// In place of a page whose data could not be had: what happened, and the ways on. `address` is the
/// page's own path.
#[component]
pub fn FailureMessage(
    error: AppError,
    #[prop(into)] address: String,
    on_retry: Callback<()>,
) -> impl IntoView {
    let heading = match error {
        AppError::NoSuchGame => "Game not found",
        AppError::NotFound => "Page not found",
        _ => "Something went wrong",
    };
    // What does not exist will not exist a moment later.
    let can_retry = error.status() != 404;
    let retry = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        on_retry.run(());
    };
    view! {
        <h1 class="title" tabindex="-1">
            {heading}
        </h1>
        <p class="notice" role="alert">
            {error.to_string()}
        </p>
        <div class="ways-on">
            <a class="button" href="/">
                "Go to the home page"
            </a>
            {can_retry
                .then(|| {
                    view! {
                        <form method="get" action=address>
                            <button type="submit" class="button quiet" on:click=retry>
                                "Try again"
                            </button>
                        </form>
                    }
                })}
        </div>
    }
}
