use crate::components::browser;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

/// Moves the keyboard focus to the heading of the new page after each navigation of the router.
///
/// A browser resets the focus when it loads a page, but not when a script replaces the content.
#[component]
pub fn FocusManager(is_routing: ReadSignal<bool>) -> impl IntoView {
    let mut was_routing = false;
    Effect::new(move |_| {
        let is_routing = is_routing.get();
        if std::mem::replace(&mut was_routing, is_routing) && !is_routing {
            browser::focus_after_render("h1".to_owned());
        }
    });
}

/// Removes the error of a rejected form from the URL once the page shows it, so that a reload does not show
/// it again. Such an error comes from a form that was sent before the WebAssembly had loaded.
///
/// Must be called inside the router.
pub fn clear_error_query() {
    let location = use_location();
    let navigate = use_navigate();
    Effect::new(move |previous: Option<()>| {
        if previous.is_some() {
            return;
        }
        let (path, search) = (
            location.pathname.get_untracked(),
            location.search.get_untracked(),
        );
        if let Some(search) = without_error(&search) {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..Default::default()
            };
            navigate(&[path, search].concat(), options);
        }
    });
}

/// The query string without its error, or `None` if it has no error.
fn without_error(search: &str) -> Option<String> {
    let search = search.trim_start_matches('?');
    let is_error = |pair: &&str| pair.starts_with("__err=") || pair.starts_with("__path=");
    search.split('&').find(is_error)?;
    let kept: Vec<&str> = search.split('&').filter(|pair| !is_error(pair)).collect();
    Some(if kept.is_empty() {
        String::new()
    } else {
        format!("?{}", kept.join("&"))
    })
}

#[cfg(test)]
mod tests {
    use super::without_error;

    #[test]
    fn only_the_error_is_removed_from_the_query() {
        assert_eq!(without_error(""), None);
        assert_eq!(without_error("next=%2F"), None);
        assert_eq!(
            without_error("?__path=%2Factions%2Fplay&__err=e30%3D"),
            Some(String::new())
        );
        assert_eq!(
            without_error("next=%2Fgames&__path=a&__err=b"),
            Some("?next=%2Fgames".to_owned())
        );
    }
}
