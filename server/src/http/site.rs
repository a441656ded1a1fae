//! The location and the names of the site's files.
//!
//! `cargo leptos` sets the location in its environment variables. Without it, the location is `target/site` in
//! the repository and `site` in an unpacked bundle. A release build adds a hash of the content to the names, and
//! puts a list of the hashes next to the executable. Under `cargo leptos watch`, only the first build has such
//! names. Pages then use the plain names, and [`plain_name`] finds the file.

use leptos::config::{LeptosOptions, get_configuration};
use std::path::{Path, PathBuf};

const OUTPUT_NAME: &str = "tic-tac-toe";
const IN_REPOSITORY: &str = "target/site";
const IN_BUNDLE: &str = "site";
const HASH_FILE: &str = "hash.txt";
/// The length of an MD5 hash in Base64.
const HASH_LENGTH: usize = 22;

/// The options for Leptos, from the environment of `cargo leptos` or from the directories that exist.
#[must_use]
pub fn options() -> LeptosOptions {
    let from_cargo_leptos = std::env::var_os("LEPTOS_SITE_ROOT")
        .and_then(|_| get_configuration(None).ok())
        .map(|file| file.leptos_options);
    let mut options = from_cargo_leptos.unwrap_or_else(|| {
        let is_bundle = !Path::new(IN_REPOSITORY).is_dir() && Path::new(IN_BUNDLE).is_dir();
        LeptosOptions::builder()
            .output_name(OUTPUT_NAME)
            .site_root(if is_bundle { IN_BUNDLE } else { IN_REPOSITORY })
            .build()
    });
    if options.output_name.is_empty() {
        options.output_name = OUTPUT_NAME.into();
    }
    options.hash_files = !is_watching() && has_hashes(&options);
    options
}

/// Returns true if `cargo leptos watch` started this process.
#[must_use]
pub fn is_watching() -> bool {
    std::env::var_os("LEPTOS_WATCH").is_some()
}

/// Returns true if the list of hashes exists. Leptos looks for it next to the executable.
fn has_hashes(options: &LeptosOptions) -> bool {
    let name = if options.hash_file.is_empty() {
        HASH_FILE
    } else {
        &*options.hash_file
    };
    std::env::current_exe()
        .ok()
        .and_then(|executable| Some(executable.parent()?.join(name)))
        .is_some_and(|file| file.is_file())
}

/// Returns true if a file's name contains a hash of its content, as in
/// `tic-tac-toe.0123456789abcdefABCDEF.css`. Such a file never changes.
#[must_use]
pub fn has_hashed_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut parts = name.rsplit('.');
    let (_extension, hash) = (parts.next(), parts.next());
    hash.is_some_and(is_hash) && parts.next().is_some()
}

fn is_hash(text: &str) -> bool {
    let is_base64 = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    text.len() == HASH_LENGTH && text.bytes().all(is_base64)
}

/// The actual path of a file that a page requests by its plain name, if no file has that name. It is the hashed
/// name or, for `x_bg.wasm`, the one of `x.wasm`. Leptos uses the suffix `_bg` when it is compiled without
/// `cargo leptos`.
#[must_use]
pub fn plain_name(options: &LeptosOptions, path: &str) -> Option<String> {
    let base = options.site_pkg_dir_route_base();
    let name = path.strip_prefix(&base)?;
    let (stem, extension) = name.rsplit_once('.')?;
    if options.hash_files || stem.strip_suffix("_bg").unwrap_or(stem) != &*options.output_name {
        return None;
    }
    let directory: PathBuf = [&*options.site_root, &*options.site_pkg_dir]
        .iter()
        .collect();
    if directory.join(name).is_file() {
        return None;
    }
    let plain = format!("{}.{extension}", options.output_name);
    if directory.join(&plain).is_file() {
        return Some(format!("{base}{plain}"));
    }
    let hashed = std::fs::read_dir(directory)
        .ok()?
        .flatten()
        .find_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let hash = name
                .strip_prefix(&*options.output_name)?
                .strip_prefix('.')?
                .strip_suffix(extension)?
                .strip_suffix('.')?;
            is_hash(hash).then_some(name)
        })?;
    Some(format!("{base}{hashed}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_recognised() {
        assert!(has_hashed_name(
            "/pkg/tic-tac-toe.0123456789abcdefABCD-_.css"
        ));
        assert!(!has_hashed_name("/pkg/tic-tac-toe.css"));
        assert!(!has_hashed_name("/pkg/0123456789abcdefABCD-_.css"));
        assert!(!has_hashed_name("/pkg/tic-tac-toe.min.css"));
    }

    #[test]
    fn plain_name_finds_the_newest_file() {
        let site = tempfile::tempdir().unwrap();
        let pkg = site.path().join("pkg");
        std::fs::create_dir(&pkg).unwrap();
        let options = LeptosOptions::builder()
            .output_name("game")
            .site_root(site.path().to_str().unwrap())
            .build();
        assert_eq!(plain_name(&options, "/pkg/game.js"), None);

        let hashed = "game.0123456789abcdefABCD-_";
        for extension in ["js", "wasm"] {
            std::fs::write(pkg.join(format!("{hashed}.{extension}")), "").unwrap();
        }
        let found = |path| plain_name(&options, path);
        assert_eq!(found("/pkg/game.js"), Some(format!("/pkg/{hashed}.js")));
        assert_eq!(
            found("/pkg/game_bg.wasm"),
            Some(format!("/pkg/{hashed}.wasm"))
        );
        assert_eq!(found("/pkg/game.css"), None);
        assert_eq!(found("/pkg/other.js"), None);

        std::fs::write(pkg.join("game.wasm"), "").unwrap();
        assert_eq!(found("/pkg/game.wasm"), None);
        assert_eq!(
            found("/pkg/game_bg.wasm"),
            Some("/pkg/game.wasm".to_owned())
        );
    }
}
