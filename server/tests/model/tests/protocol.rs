//! The protocol holds in every scenario, and each of its rules is needed: without the rule, the search prints the
//! shortest way to the fault.

use protocol_model::{
    properties,
    scenario::{Rules, Scenario},
    table::Clause,
};
use stateright::{Checker, HasDiscoveries, Model};
use std::time::Instant;

/// The document that explains the model and shows the shortest ways to each fault.
const DOCUMENT: &str = include_str!("../../../../docs/protocol-model.md");

/// More steps than the shortest way to any fault.
const MAX_DEPTH: usize = 16;

/// Explores every run.
fn explore(scenario: Scenario) {
    let (name, started) = (scenario.name, Instant::now());
    let search = scenario.checker().threads(2);
    let search = search
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    println!(
        "{name}: {} states, at most {} steps, {:.1} s",
        search.unique_state_count(),
        search.max_depth(),
        started.elapsed().as_secs_f64()
    );
    for (property, path) in search.discoveries() {
        if property != properties::ENDED {
            let steps = path.into_actions();
            let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
            panic!("{property} is broken:\n{}", steps.join("\n"));
        }
    }
    search.assert_properties();
}

/// Asserts that the document shows the shortest way to a violation. It is the same one every time.
fn assert_shortest(scenario: &Scenario, property: &'static str) {
    // A search goes on for a while after a violation, and then reports a later one. A search that is limited to the
    // depth of the first one can't.
    let violation = (2..MAX_DEPTH).find_map(|depth| {
        let search = scenario.clone().checker().target_max_depth(depth);
        search.spawn_bfs().join().discovery(property)
    });
    let Some(violation) = violation else {
        panic!("no run breaks it: {property}");
    };
    let steps = violation.into_actions();
    let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
    let steps = steps.join("\n");
    println!("{property} is broken:\n{steps}");
    let shown = format!("```text\n{steps}\n```");
    assert!(
        DOCUMENT.contains(&shown),
        "docs/protocol-model.md does not show:\n{steps}"
    );
}

#[test]
fn every_run_keeps_every_property() {
    for scenario in [
        Scenario::invitation(),
        Scenario::stranger(),
        Scenario::moves(),
        Scenario::ending(),
        Scenario::embedded(),
    ] {
        explore(scenario);
    }
}

#[test]
fn a_condition_without_the_board_lets_an_old_move_through() {
    let rules = Rules {
        ignored_clause: Some(Clause::SameBoard),
        ..Rules::PRODUCT
    };
    assert_shortest(&Scenario::moves().under(rules), properties::SAME_BOARD);
}

#[test]
fn a_condition_without_the_opponent_lets_a_stranger_in() {
    let rules = Rules {
        ignored_clause: Some(Clause::OpponentIsMe),
        ..Rules::PRODUCT
    };
    assert_shortest(&Scenario::stranger().under(rules), properties::ENTITLED);
}

#[test]
fn publishing_only_on_success_leaves_pages_behind() {
    let rules = Rules {
        publish_earlier_attempts: false,
        ..Rules::PRODUCT
    };
    let scenario = Scenario {
        faults: 1,
        ..Scenario::embedded()
    };
    assert_shortest(&scenario.under(rules), properties::CURRENT);
}

#[test]
fn a_request_that_ends_with_its_caller_leaves_pages_behind() {
    let rules = Rules {
        run_to_completion: false,
        ..Rules::PRODUCT
    };
    assert_shortest(&Scenario::embedded().under(rules), properties::CURRENT);
}

/// A known limit: the condition of an invitation can't tell a late request from a new one.
#[test]
fn a_late_invitation_comes_back_after_its_removal() {
    let rules = Rules {
        ids_are_reused: true,
        late_writes: true,
        ..Rules::PRODUCT
    };
    assert_shortest(&Scenario::invitation().under(rules), properties::GONE);
}
