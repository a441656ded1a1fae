use leptos::prelude::*;

/// Without JavaScript, loads `address` after `seconds`: a page that waits for somebody else shows
/// what has come. `address` is one of this site's own paths.
#[component]
pub fn Refresh(seconds: u32, address: String) -> impl IntoView {
    // As text, because a browser that runs scripts reads no elements in here to be hydrated.
    let meta = format!(r#"<meta http-equiv="refresh" content="{seconds};url={address}">"#);
    view! { <noscript inner_html=meta></noscript> }
}
