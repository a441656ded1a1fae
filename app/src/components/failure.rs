use domain::error::AppError;
use leptos::prelude::*;

/// The error message in place of a page whose data failed to load, with a link home and a retry button.
/// `address` is the path of the page.
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
    // A retry would not help: the page or the game does not exist.
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
