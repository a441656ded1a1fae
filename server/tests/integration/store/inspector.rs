//! The inspector's records of requests, races, examples and faults.

use super::instance::player;
use backend::{
    Backend,
    accounts::{Session, VerifiedHash},
    game::{Game, new_game_id},
    store::{Store, players::AccountStatus},
};
use domain::{ids::GameId, players::Players, rules::Square};
use jiff::Timestamp;
use server::inspector::{
    capture::{
        Entry, Inspector, Recording, condition::Evidence, entry::RequestOutcome, pattern::Pattern,
    },
    examples,
    faults::Fault,
    race::{self, Race},
};
use std::time::Duration;
use test_support::{Fixture, on_both_engines, session_of};
use tokio::{task::yield_now, time::Instant};

/// An instance with an inspector.
fn inspected(fixture: &Fixture, allows_faults: bool) -> (Backend, Inspector) {
    let inspector = Inspector::new(fixture.store.tables().clone(), allows_faults);
    let store = Store::new(inspector.inspected(&fixture.client), &fixture.prefix);
    (Backend::new(store), inspector)
}

async fn invitation(backend: &Backend) -> GameId {
    let players = Players {
        host: player("ada"),
        opponent: player("bob"),
    };
    let game = Game::invitation(new_game_id(), players, Timestamp::now());
    backend.store.create_game(&game).await.unwrap();
    game.id
}

/// The false clauses of a condition, each with the value that made it false.
fn false_clauses(entry: &Entry) -> Vec<String> {
    let clauses = entry.clauses().into_iter();
    let false_clauses = clauses.filter(|clause| clause.holds == Some(false));
    false_clauses
        .map(|clause| format!("{}, {}", clause.text, clause.item_value))
        .collect()
}

async fn race(
    (backend, inspector): &(Backend, Inspector),
    session: &Session,
    id: GameId,
    square: Option<Square>,
) -> Race {
    race::race(backend, inspector, session, id, square, 8)
        .await
        .unwrap()
}

on_both_engines! {
    async fn one_write_of_a_race_succeeds_and_each_failure_is_explained(fixture: Fixture) {
        let instance = inspected(&fixture, true);
        let (ada, bob) = (session_of("ada"), session_of("bob"));
        let id = invitation(&instance.0).await;
        for (session, square, clause) in [
            (&bob, None, "StatusDate BETWEEN"),
            (&ada, Some(Square::TopLeft), "Turn = \"ada\""),
            (&bob, Some(Square::MiddleMiddle), "Turn = \"bob\""),
        ] {
            let race = race(&instance, session, id, square).await;
            assert_eq!(race.successes(), 1, "{race:?}");
            let failed = |entry: &&Entry| matches!(entry.outcome, RequestOutcome::ConditionFailed(_));
            let failed: Vec<&Entry> = race.entries.iter().filter(failed).collect();
            assert_eq!(failed.len(), 7);
            for entry in failed {
                let clauses = false_clauses(entry);
                assert!(clauses.iter().any(|text| text.starts_with(clause)), "{clauses:?}");
                let is_returned = matches!(entry.outcome, RequestOutcome::ConditionFailed(Evidence::Returned(_)));
                assert!(is_returned, "{:?}", entry.outcome);
                assert!(clauses.iter().all(|text| text.contains("the item held")), "{clauses:?}");
            }
        }
        let game = instance.0.store.game(id, true).await.unwrap().unwrap();
        let marks: Vec<Square> = game.board().marks().map(|(square, _)| square).collect();
        assert_eq!(marks, [Square::TopLeft, Square::MiddleMiddle]);
    }

    async fn each_access_pattern_is_recognised_with_its_consumed_units(fixture: Fixture) {
        let (backend, inspector) = inspected(&fixture, true);
        let ada = session_of("ada");
        for pattern in Pattern::ALL {
            if examples::description(pattern).is_none() {
                continue;
            }
            let entries = examples::run(&backend, &inspector, &ada, pattern).await.unwrap();
            let first = &entries[0];
            assert_eq!(first.pattern(), Some(pattern), "{first:?}");
            // A delete that finds nothing consumes a unit too. A failed write reports no units.
            let is_done = matches!(first.outcome, RequestOutcome::Done { .. });
            assert_eq!(!first.units.is_empty(), is_done, "{first:?}");
        }
    }

    async fn patterns_without_an_example_are_recognised_too(fixture: Fixture) {
        let (backend, inspector) = inspected(&fixture, true);
        let (store, ada) = (&backend.store, session_of("ada"));
        let log = inspector.session_log(&ada.key);
        let (player, now) = (&ada.key.player, Timestamp::now());
        let [first, second] = ["first hash", "second hash"].map(|hash| VerifiedHash::new(hash.to_owned()));
        let (_, entries) = Recording::collect(&inspector, &log, async {
            store.account_status(player).await.unwrap();
            store.create_player(player, first.as_str(), now).await.unwrap();
            store.start_session(&ada, &first, None, None).await.unwrap();
            store.start_session(&ada, &second, None, None).await.unwrap();
            store.change_password(player, &first, second.as_str()).await.unwrap();
            store.delete_account(player, &second, now).await.unwrap();
        }).await;
        let patterns: Vec<_> = entries.iter().map(|entry| entry.pattern().unwrap()).collect();
        assert_eq!(patterns, [
            Pattern::PlayerExists,
            Pattern::Register,
            Pattern::BeginSession,
            Pattern::BeginSession,
            Pattern::ChangePassword,
            Pattern::DeleteAccount,
        ]);
        // The session and the check of the player consume two units each.
        let units: f64 = entries[2].units.iter().map(|units| units.units).sum();
        assert_eq!(units, 4.0, "{:?}", entries[2]);
        assert!(matches!(entries[3].outcome, RequestOutcome::ConditionFailed(_)), "{:?}", entries[3]);
        let recorded = format!("{entries:?}");
        for secret in ["first hash", "second hash", &ada.key.id] {
            assert!(!recorded.contains(secret), "{secret} is recorded");
        }
    }

    async fn faults_need_an_inspector_that_allows_them(fixture: Fixture) {
        for (allows_faults, attempts) in [(true, 2), (false, 1)] {
            let (backend, inspector) = inspected(&fixture, allows_faults);
            let ada = session_of("ada");
            let log = inspector.session_log(&ada.key);
            log.faults.switch(Fault::Throttled, true);
            let read = backend.store.account_status(&ada.key.player);
            let (status, entries) = Recording::collect(&inspector, &log, read).await;
            assert_eq!(status.unwrap(), AccountStatus::Unregistered);
            assert_eq!(entries[0].attempts.len(), attempts, "{entries:?}");
        }
    }

    async fn requests_without_a_session_are_not_recorded(fixture: Fixture) {
        let instance = inspected(&fixture, true);
        let (backend, inspector) = &instance;
        let id = invitation(backend).await;
        let (ada, bob) = (session_of("ada"), session_of("bob"));
        backend.store.game(id, true).await.unwrap().unwrap();
        assert!(inspector.session_log(&ada.key).after(0).is_empty());
        assert_eq!(inspector.game(&id.to_string()).totals.requests, 0);
        race(&instance, &bob, id, None).await;
        assert!(inspector.game(&id.to_string()).totals.requests > 0);
    }

    async fn an_abandoned_example_is_cleaned_up(fixture: Fixture) {
        let (backend, inspector) = inspected(&fixture, true);
        let ada = session_of("ada");
        inspector.session_log(&ada.key).faults.switch(Fault::Delayed, true);
        let games = async || {
            let scan = fixture.client.scan().table_name(fixture.games_table());
            scan.send().await.unwrap().count()
        };
        let mut example = Box::pin(examples::run(&backend, &inspector, &ada, Pattern::Move));
        // Abandons the example once its game exists, while the move is delayed.
        while games().await == 0 {
            assert!(futures::poll!(example.as_mut()).is_pending());
            yield_now().await;
        }
        drop(example);
        let deadline = Instant::now() + Duration::from_secs(30);
        while games().await > 0 {
            assert!(Instant::now() < deadline, "the game still exists");
            yield_now().await;
        }
    }
}
