use crate::components::{browser, effect};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

/// What a browser does by itself when it loads a page, and must be done for it when the router
/// changes pages: the keyboard's focus goes to the new page's heading. Also takes the error of a form
/// that was sent before the WebAssembly had loaded out of the address, once it is shown: loading the
/// page again must not repeat it.
#[component]
pub fn Arrival(is_routing: ReadSignal<bool>) -> impl IntoView {
    let mut was_routing = false;
    effect(move |_| {
        let is_routing = is_routing.get();
        if std::mem::replace(&mut was_routing, is_routing) && !is_routing {
            browser::focus_when_drawn("h1".to_owned());
        }
    });
    let location = use_location();
    let navigate = use_navigate();
    effect(move |is_first| {
        if !is_first {
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

/// The query without the error that it carries, or `None` if it carries none.
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
    fn only_the_error_leaves_the_address() {
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
