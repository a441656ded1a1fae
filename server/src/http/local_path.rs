//! Addresses on this site.

/// The path, changed where necessary so that a link or a redirect to it never leads to another site. Anything but a
/// path becomes the home page.
///
/// Browsers ignore control characters in an address, read a backslash as a slash, and read two leading slashes as
/// the start of a host name.
#[must_use]
pub fn local_path(path: &str) -> String {
    let path: String = path.chars().filter(|c| !c.is_control()).collect();
    match path.strip_prefix('/') {
        Some(rest) => format!("/{}", rest.trim_start_matches(['/', '\\'])),
        None => "/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::Url;

    #[test]
    fn every_path_stays_on_this_site() {
        for (path, local) in [
            ("/", "/"),
            ("", "/"),
            ("/games/1?a=b#c", "/games/1?a=b#c"),
            ("//evil.example", "/evil.example"),
            ("/\\evil.example", "/evil.example"),
            ("\\\\evil.example", "/"),
            ("/\t/evil.example", "/evil.example"),
            ("\n//evil.example", "/evil.example"),
            ("https://evil.example", "/"),
            ("javascript:alert(1)", "/"),
        ] {
            assert_eq!(local_path(path), local, "{path:?}");
        }
    }

    proptest! {
        /// As a browser reads it.
        #[test]
        fn no_text_leads_to_another_site(
            path in prop_oneof![any::<String>(), r"[/\\\t\n\r @:.a-z?#%]{0,12}", r"/[/\\\t]{0,3}[a-z.]{0,9}"],
        ) {
            let local = local_path(&path);
            let site = Url::parse("https://site.example/games").unwrap();
            let resolved = site.join(&local).unwrap();
            prop_assert_eq!(resolved.origin(), site.origin());
            prop_assert_eq!(local_path(&local), local);
        }
    }
}
