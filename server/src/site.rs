//! Where the browser's files are and what they are called.
//!
//! `cargo leptos` says it in its environment variables; without it the places are known: `target/site`
//! in the repository, `site` in an unpacked bundle. A release build puts a hash of the content into the
//! names and a list of the hashes beside the executable. While `cargo leptos watch` runs, only the
//! first build gets such names and later ones do not: pages then use the plain names, and
//! [`plain_name`] finds the file behind one.

use leptos::config::{LeptosOptions, get_configuration};
use std::path::{Path, PathBuf};

const OUTPUT_NAME: &str = "tic-tac-toe";
const IN_REPOSITORY: &str = "target/site";
const IN_BUNDLE: &str = "site";
const HASH_FILE: &str = "hash.txt";
/// Base64 of an MD5 sum.
const HASH_LENGTH: usize = 22;

/// The options for Leptos, from the environment of `cargo leptos` or from what is there.
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

/// Whether `cargo leptos watch` started this process.
#[must_use]
pub fn is_watching() -> bool {
    std::env::var_os("LEPTOS_WATCH").is_some()
}

/// Where Leptos looks for the list of hashes: beside the executable.
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

/// Whether a file's name carries a hash of its content, as in `tic-tac-toe.0123456789abcdefABCDEF.css`:
/// what is behind that name never changes.
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

/// The path under which the file that a page calls `path` really is, where pages use plain names and
/// there is no file of that name: its hashed one, or for `x_bg.wasm` (what Leptos calls it when it was
/// compiled without `cargo leptos`) the one of `x.wasm`.
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
    fn a_plain_name_leads_to_the_newest_file() {
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
