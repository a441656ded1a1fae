use super::*;
use clap::CommandFactory;
use std::{ffi::OsString, io::Write};

fn parse(arguments: &[&str]) -> Result<ServeArgs, clap::Error> {
    let arguments = [&["server"], arguments].concat();
    match parse_from(arguments.iter().map(OsString::from).collect(), Vec::new())? {
        (Command::Serve(serve), _) => Ok(*serve),
        (other, _) => panic!("{other:?}"),
    }
}

fn parse_any(arguments: &[&str]) -> Result<(Command, Settings), clap::Error> {
    let arguments = [&["server"], arguments].concat();
    parse_from(arguments.iter().map(OsString::from).collect(), Vec::new())
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[test]
fn command_definition_is_valid() {
    Cli::command().debug_assert();
}

#[test]
fn serve_is_the_default_subcommand() {
    let plain = parse(&["--listen", "127.0.0.1:1"]).unwrap();
    let named = parse(&["serve", "--listen", "127.0.0.1:1"]).unwrap();
    assert_eq!(plain.listen, named.listen);
    assert_eq!(plain.database.kind, DatabaseKind::Embedded);
    assert_eq!(plain.rate_limits, Switch::On);
}

#[test]
fn flag_overrides_file_and_file_overrides_default() {
    let file = file(
        "listen = \"127.0.0.1:1\"\ndatabase = \"local\"\nembedded-port = 7\n\
         trusted-proxy = [\"10.0.0.0/8\", \"192.0.2.1\"]\nrate-limits = \"off\"\n",
    );
    let path = file.path().to_str().unwrap();
    for command in [&["--config"][..], &["serve", "--config"]] {
        let arguments = [command, &[path, "--listen", "127.0.0.1:2"]].concat();
        let serve = parse(&arguments).unwrap();
        assert_eq!(serve.listen.port(), 2);
        assert_eq!(serve.database.kind, DatabaseKind::Local);
        assert_eq!(serve.database.embedded_port, Some(7));
        assert_eq!(serve.trusted_proxies.len(), 2);
        assert_eq!(serve.rate_limits, Switch::Off);
        assert_eq!(serve.database.data_dir, PathBuf::from("data"));
    }
}

#[test]
fn deployed_build_listens_on_the_platforms_port() {
    let with = |is_deployed, variables: &[(&str, &str)]| {
        parse::listen_default(is_deployed, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
        .map(|default| default.value)
    };
    let (port, leptos) = (("PORT", "5000"), ("LEPTOS_SITE_ADDR", "127.0.0.1:9"));
    assert_eq!(with(true, &[port]).as_deref(), Some("0.0.0.0:5000"));
    assert_eq!(with(true, &[port, leptos]).as_deref(), Some("127.0.0.1:9"));
    assert_eq!(with(false, &[port]), None);
    assert_eq!(with(true, &[]), None);
}

#[test]
fn cargo_leptos_address_is_only_a_default() {
    let parse = |arguments: &[&str]| {
        let arguments = [&["server"], arguments].concat();
        let leptos = PlatformDefault {
            flag: "listen",
            value: "127.0.0.1:9".to_owned(),
            origin: "LEPTOS_SITE_ADDR",
        };
        match parse_from(arguments.iter().map(OsString::from).collect(), vec![leptos]).unwrap() {
            (Command::Serve(serve), _) => serve.listen.port(),
            (other, _) => panic!("{other:?}"),
        }
    };
    assert_eq!(parse(&[]), 9);
    assert_eq!(parse(&["--listen", "127.0.0.1:2"]), 2);
    let file = file("listen = \"127.0.0.1:1\"");
    assert_eq!(parse(&["--config", file.path().to_str().unwrap()]), 1);
}

#[test]
fn config_file_errors_name_file_line_and_key() {
    for (text, sentence) in [
        ("listne = 1", "line 1: unknown key `listne`"),
        ("# a file\nconfig = \"x\"", "line 2: unknown key `config`"),
        (
            "region = \"eu-west-1\"\n\nlisten = \"nowhere\"",
            "line 3: \"nowhere\" is not a valid value for --listen",
        ),
        (
            "database = \"oracle\"",
            "\"oracle\" is not a valid value for --database",
        ),
        ("listen = { port = 1 }", "`listen`"),
        ("listen", "line 1"),
    ] {
        let file = file(text);
        let error = parse(&["--config", file.path().to_str().unwrap()]).unwrap_err();
        let first = error.to_string();
        let first = first.lines().next().unwrap();
        assert!(first.contains(sentence), "{text}: {first}");
        assert!(first.contains(file.path().to_str().unwrap()), "{first}");
    }
    let error = parse(&["--config", "/nowhere/at/all.toml"]).unwrap_err();
    assert!(error.to_string().contains("/nowhere/at/all.toml"));
}

#[test]
fn invalid_values_are_rejected() {
    for arguments in [
        ["--listen", "localhost"],
        ["--database", "oracle"],
        ["--public-url", "ftp://example.org"],
        ["--public-url", "https://example.org/path"],
        ["--trusted-proxy", "10.0.0.0/99"],
        ["--rate-limits", "maybe"],
        ["--embedded-port", "70000"],
        ["--unknown", "1"],
    ] {
        assert!(parse(&arguments).is_err(), "{arguments:?}");
    }
}

#[test]
fn settings_show_value_and_origin() {
    let file = file("region = \"eu-west-1\"\nrate-limits = \"off\"\n");
    let path = file.path().to_str().unwrap();
    let (command, settings) =
        parse_any(&["config", "--config", path, "--rate-limits", "on"]).unwrap();
    assert!(matches!(command, Command::Config(_)));
    let setting = |flag: &str| {
        let found = settings.0.iter().find(|setting| setting.flag == flag);
        let Setting { value, origin, .. } = found.unwrap().clone();
        (value.unwrap_or_default(), origin)
    };
    let pair = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
    assert_eq!(
        setting("region"),
        pair("eu-west-1", &format!("{path}, line 1"))
    );
    assert_eq!(setting("rate-limits"), pair("on", "--rate-limits"));
    assert_eq!(setting("listen"), pair("127.0.0.1:3000", "default"));
    assert_eq!(setting("public-url"), pair("", "not set"));
}

#[test]
fn config_file_applies_to_tables_commands() {
    let file = file("listen = \"127.0.0.1:1\"\ntable-prefix = \"test-\"\n");
    let path = file.path().to_str().unwrap();
    let create = ["tables", "create", "--config", path, "--provisioned", "5/6"];
    let (command, _) = parse_any(&create).unwrap();
    let Command::Tables(TablesCommand::Create {
        tables,
        provisioned,
        ..
    }) = command
    else {
        panic!("{command:?}");
    };
    assert_eq!(tables.database.table_prefix, "test-");
    assert_eq!(
        provisioned,
        Some(Billing::Provisioned { read: 5, write: 6 })
    );
    for invalid in ["5", "0/5", "5/", "-1/5", "a/b", ""] {
        assert!(parse_any(&["tables", "create", "--provisioned", invalid]).is_err());
    }
    assert!(parse_any(&["tables"]).is_err());
}

#[test]
fn config_file_applies_to_seed() {
    let file = file("listen = \"127.0.0.1:1\"\ntable-prefix = \"test-\"\n");
    let path = file.path().to_str().unwrap();
    let game = "ada:bob:in-progress:15";
    let (command, _) = parse_any(&["seed", "--config", path, "--game", game]).unwrap();
    let Command::Seed(seed) = command else {
        panic!("{command:?}");
    };
    assert_eq!(seed.tables.database.table_prefix, "test-");
    assert_eq!(seed.games[0].squares.len(), 2);
    for invalid in [
        ["--game", "ada:bob"],
        ["--player", "tie"],
        ["--password", "short"],
    ] {
        assert!(
            parse_any(&[&["seed"], &invalid[..]].concat()).is_err(),
            "{invalid:?}"
        );
    }
}
