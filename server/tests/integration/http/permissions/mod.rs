//! Permissions: every action by every kind of caller, at every stage of a game.
//!
//! | module | subject |
//! |---|---|
//! | [`matrix`] | the table to read: a row for each action, a column for each caller |
//! | [`action`] | the actions and their routes |
//! | [`caller`] | the callers, and the stages of the game |
//! | [`world`] | the accounts and games of one cell, and what its answer must not contain |
//! | [`tables`] | the contents of the tables, to compare |
//!
//! An action, a caller or a stage that is added to its enumeration does not compile without its cells. A route that is
//! added to the router fails [`every_route_belongs_to_an_action`].

/// Defines an enumeration with a list of all its values.
macro_rules! enumeration {
    ($(#[$attribute:meta])* $name:ident { $($(#[$documentation:meta])* $value:ident,)+ }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$documentation])* $value,)+ }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];
        }
    };
}

mod action;
mod caller;
mod matrix;
mod tables;
mod world;

use action::Route;
use caller::{Caller, Stage};
use futures::future::join_all;
use matrix::Cell;
use server::{
    config::Config,
    http::{rate_limits::RateLimits, router::router},
    lifecycle::Lifecycle,
};
use std::{collections::BTreeSet, path::Path};
use tables::{Snapshot, Table};
use test_support::{App, Method, header};
use world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cell_of_the_matrix_holds() {
    let columns = Caller::ALL
        .iter()
        .map(|caller| tokio::spawn(column(*caller)));
    let mistakes: Vec<String> = join_all(columns)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

/// Sends every request of one caller and returns a line for each answer that is not the expected one.
async fn column(caller: Caller) -> Vec<String> {
    let app = App::start().await;
    let mut mistakes = Vec::new();
    for stage in Stage::ALL {
        let mut world = World::new(&app, caller, *stage).await;
        let mut before = Snapshot::of(&app).await;
        for route in Route::all() {
            let expected = matrix::cell(route.action, *stage, caller);
            let answer = world.send(route).await;
            let after = Snapshot::of(&app).await;
            let changed = after.changed_since(&before);
            let errors = [
                expected.error(route, &answer, &changed),
                world.leak(caller, &answer),
            ];
            mistakes.extend(
                errors
                    .into_iter()
                    .flatten()
                    .map(|error| format!("{} ({stage:?}) as {caller:?}: {error}", route.name)),
            );
            let is_used_up =
                !changed.is_empty() || (route.is_change() && answer.status.is_success());
            if is_used_up {
                world = World::new(&app, caller, *stage).await;
                before = Snapshot::of(&app).await;
            }
        }
    }
    mistakes
}

#[tokio::test]
async fn every_route_belongs_to_an_action() {
    let app = App::start().await;
    let config = Config::embedded(Path::new("unused"));
    let state = app.running.state().clone();
    let router = router(&config, state, None, Lifecycle::default(), RateLimits::OFF);
    let mut served = BTreeSet::new();
    for path in paths(&format!("{router:?}")) {
        // A path answers a method that it does not have with those that it has.
        let answer = app.visitor().request(Method::PATCH, &path).send().await;
        if path == "/actions/{*name}" {
            answer.is(404);
            continue;
        }
        let allowed = answer.is(405).header(header::ALLOW).to_owned();
        let methods = allowed.split(',').filter(|method| *method != "HEAD");
        served.extend(methods.map(|method| format!("{method} {path}")));
    }
    let in_rows: BTreeSet<_> = Route::all().map(|route| route.name.to_owned()).collect();
    assert_eq!(served, in_rows);
}

/// The paths of a router. Only its debug format lists them.
fn paths(router: &str) -> BTreeSet<String> {
    let (routes, _) = router
        .split_once("fallback_router")
        .expect("the router's fields");
    let paths = routes.split("RouteId(").filter_map(|entry| {
        let path = entry.split_once("): \"")?.1;
        Some(path.split('"').next()?.to_owned())
    });
    paths.collect()
}

#[tokio::test]
async fn every_operation_and_every_server_function_belongs_to_an_action() {
    let app = App::start().await;
    let description = app
        .visitor()
        .get("/api/v1/openapi.json")
        .await
        .is(200)
        .json();
    let mut described = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        let methods = operations.as_object().unwrap().keys();
        described.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let functions = server::http::actions::paths();
    described.extend(functions.into_iter().map(|path| format!("POST {path}")));
    let in_rows: BTreeSet<_> = Route::all().map(|route| route.name.to_owned()).collect();
    let missing: Vec<_> = described.difference(&in_rows).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test]
async fn no_other_site_can_make_a_players_browser_change_anything() {
    let app = App::start().await;
    for stage in Stage::ALL {
        for caller in [Caller::Host, Caller::Opponent] {
            let world = World::new(&app, caller, *stage).await;
            let before = Snapshot::of(&app).await;
            for route in Route::all().filter(Route::is_change) {
                let request = world.request(route);
                let answer = request.header("sec-fetch-site", "cross-site").send().await;
                assert_eq!(
                    Cell::code(&answer),
                    Some("cross_site".to_owned()),
                    "{}",
                    route.name
                );
            }
            assert_eq!(Snapshot::of(&app).await, before);
        }
    }
}

#[tokio::test]
async fn forged_answers_are_found() {
    let app = App::start().await;
    let mut routes = Route::all();
    let accept = routes
        .find(|route| route.name.ends_with("/accept"))
        .unwrap();
    let send = async |caller| {
        World::new(&app, caller, Stage::Pending)
            .await
            .send(accept)
            .await
    };
    let expected = matrix::cell(accept.action, Stage::Pending, Caller::Third);
    let rejected = send(Caller::Third).await;
    assert_eq!(expected.error(accept, &rejected, &[]), None);
    let mistakes = [
        expected.error(accept, &rejected, &[Table::Games]),
        expected.error(accept, &send(Caller::Player).await, &[]),
        expected.error(accept, &send(Caller::Opponent).await, &[Table::Games]),
    ];
    assert!(mistakes.iter().all(Option::is_some), "{mistakes:?}");

    let world = World::new(&app, Caller::Third, Stage::Pending).await;
    let hidden = world.hidden_from(Caller::Third);
    assert!(hidden.len() > 6, "{hidden:?}");
    for hidden in hidden {
        let mut answer = send(Caller::Third).await;
        answer.body.extend(hidden.as_bytes());
        assert!(world.leak(Caller::Third, &answer).is_some(), "{hidden}");
    }
}
