use leptos::prelude::*;

/// Loads `address`, a path of this site, after `seconds` in browsers without JavaScript. A page that waits
/// for another player uses it to stay up to date.
#[component]
pub fn Refresh(seconds: u32, address: String) -> impl IntoView {
    // A string, because browsers with JavaScript parse no elements inside `noscript`, so hydration would fail.
    let meta = format!(r#"<meta http-equiv="refresh" content="{seconds};url={address}">"#);
    view! { <noscript inner_html=meta></noscript> }
}
