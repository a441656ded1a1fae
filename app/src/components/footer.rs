use leptos::prelude::*;

/// The footer of every page.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="footer">
            <p>
                "Every move is one conditional write on Amazon DynamoDB. "
                <a href="/api/v1/openapi.json" rel="external">
                    "API description"
                </a>
            </p>
        </footer>
    }
}
