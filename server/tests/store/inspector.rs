//! What the inspector tells of requests, on both engines: one gives the item with a refusal, the other is of
//! a time when engines did not.

use crate::support::{Engine, Fixture, on_both_engines, session_of};
use app::{
    game::Square,
    ids::{GameId, PlayerName},
    ssr::{
        auth::Session,
        game::Game,
        inspector::{
            Attribution, Entry, Inspector,
            entry::{Evidence, Outcome},
            examples::{self, Example},
            faults::Fault,
            pattern::Pattern,
            race,
        },
        state::AppState,
        store::Store,
    },
};
use jiff::Timestamp;

/// An instance that looks at what it asks.
fn inspected(fixture: &Fixture, can_break: bool) -> (AppState, Inspector) {
    let inspector = Inspector::new(fixture.store.tables().clone(), can_break);
    let store = Store::new(inspector.inspected(&fixture.client), &fixture.prefix);
    let state = AppState {
        store,
        ..fixture.state()
    };
    (state.with_inspector(Some(inspector.clone())), inspector)
}

async fn invitation(state: &AppState) -> GameId {
    let player = |name: &str| PlayerName::recorded(name.to_owned());
    let id = GameId::random();
    let game = Game::invitation(id, player("ada"), player("bob"), Timestamp::now());
    state.store.create_game(&game).await.unwrap();
    id
}

/// The clauses that were false, with what was held instead.
fn false_clauses(entry: &Entry) -> Vec<String> {
    let clauses = entry.clauses().into_iter();
    let false_ones = clauses.filter(|clause| clause.holds == Some(false));
    false_ones
        .map(|clause| format!("{}, {}", clause.text, clause.held))
        .collect()
}

async fn race(state: &AppState, session: &Session, id: GameId, square: Option<&str>) -> race::Race {
    let inspector = state.inspector.clone().unwrap();
    race::race(state, &inspector, session, &id.to_string(), square, 8)
        .await
        .unwrap()
}

on_both_engines! {
    async fn of_a_race_one_request_is_made_and_each_refusal_says_why(fixture: Fixture) {
        let (state, _) = inspected(&fixture, true);
        let (ada, bob) = (session_of("ada"), session_of("bob"));
        let id = invitation(&state).await;
        for (session, square, clause) in [
            (&bob, None, "StatusDate BETWEEN"),
            (&ada, Some("TopLeft"), "Turn = \"ada\""),
            (&bob, Some("MiddleMiddle"), "Turn = \"bob\""),
        ] {
            let race = race(&state, session, id, square).await;
            assert_eq!(race.successes(), 1, "{race:?}");
            let is_refused = |entry: &&Entry| matches!(entry.outcome, Outcome::ConditionFailed(_));
            let refused: Vec<&Entry> = race.entries.iter().filter(is_refused).collect();
            assert_eq!(refused.len(), 7);
            for entry in refused {
                let told = false_clauses(entry);
                assert!(told.iter().any(|told| told.starts_with(clause)), "{told:?}");
                let (is_expected, found) = match (&entry.outcome, fixture.engine) {
                    (Outcome::ConditionFailed(Evidence::Returned(_)), Engine::Embedded) => (true, "the item held"),
                    (Outcome::ConditionFailed(Evidence::ReadAfterwards(Some(_))), Engine::DynamoDbLocal) => (true, "a read right after found"),
                    _ => (false, ""),
                };
                assert!(is_expected, "{:?}", entry.outcome);
                assert!(told.iter().all(|told| told.contains(found)), "{told:?}");
            }
        }
        let game = state.store.game(id, true).await.unwrap().unwrap();
        let marks: Vec<Square> = game.board().marks().map(|(square, _)| square).collect();
        assert_eq!(marks, [Square::TopLeft, Square::MiddleMiddle]);
    }

    async fn each_access_pattern_is_recognised_and_says_what_it_consumed(fixture: Fixture) {
        let (state, inspector) = inspected(&fixture, true);
        let ada = session_of("ada");
        for (example, pattern) in [
            (Example::Register, Pattern::Register),
            (Example::LogIn, Pattern::LogIn),
            (Example::WhoIsLoggedIn, Pattern::WhoIsLoggedIn),
            (Example::LogOut, Pattern::LogOut),
            (Example::MyInvitations, Pattern::MyInvitations),
            (Example::SentInvitations, Pattern::SentInvitations),
            (Example::GamesInProgress, Pattern::GamesInProgress),
            (Example::FinishedGames, Pattern::FinishedGames),
            (Example::WhoseTurn, Pattern::WhoseTurn),
            (Example::OneGame, Pattern::OneGame),
            (Example::Invite, Pattern::Invite),
            (Example::Accept, Pattern::Accept),
            (Example::Decline, Pattern::Decline),
            (Example::Cancel, Pattern::Cancel),
            (Example::Move, Pattern::Move),
            (Example::LastMove, Pattern::LastMove),
            (Example::Complete, Pattern::Complete),
            (Example::Expired, Pattern::Expired),
        ] {
            let entries = examples::run(&state, &inspector, &ada, example).await.unwrap();
            let first = &entries[0];
            assert_eq!(first.pattern(), Some(pattern), "{first:?}");
            // Deleting what is not there consumes a unit as well; what is refused is not told.
            let is_done = matches!(first.outcome, Outcome::Done { .. });
            assert_eq!(!first.units.is_empty(), is_done, "{first:?}");
        }
        // The other two are no example of their own.
        let person = inspector.person(&ada.id);
        let (_, entries) = Attribution::collecting(&inspector, &person, async {
            state.store.player_exists(&ada.player).await.unwrap();
            let session = app::ssr::auth::StartedSession::new(ada.player.clone(), Timestamp::now()).unwrap();
            state.store.create_session(&session).await.unwrap();
        }).await;
        let patterns: Vec<_> = entries.iter().map(Entry::pattern).collect();
        assert_eq!(patterns, [Some(Pattern::HasAccount), Some(Pattern::BeginSession)]);
    }

    async fn faults_need_an_inspector_that_may_break(fixture: Fixture) {
        for (can_break, attempts) in [(true, 2), (false, 1)] {
            let (state, inspector) = inspected(&fixture, can_break);
            let ada = session_of("ada");
            let person = inspector.person(&ada.id);
            person.faults.switch(Fault::Throttled, true);
            let reading = state.store.player_exists(&ada.player);
            let (exists, entries) = Attribution::collecting(&inspector, &person, reading).await;
            assert!(!exists.unwrap());
            assert_eq!(entries[0].attempts.len(), attempts, "{entries:?}");
        }
    }

    async fn nothing_is_kept_of_what_nobody_asked_for(fixture: Fixture) {
        let (state, inspector) = inspected(&fixture, true);
        let id = invitation(&state).await;
        let (ada, bob) = (session_of("ada"), session_of("bob"));
        state.store.game(id, true).await.unwrap().unwrap();
        assert!(inspector.person(&ada.id).after(0).is_empty());
        assert_eq!(inspector.game(&id.to_string()).totals.requests, 0);
        race(&state, &bob, id, None).await;
        assert!(inspector.game(&id.to_string()).totals.requests > 0);
    }

    async fn an_example_that_nobody_waits_for_any_more_is_cleared_up(fixture: Fixture) {
        let (state, inspector) = inspected(&fixture, true);
        let ada = session_of("ada");
        let person = inspector.person(&ada.id);
        person.faults.switch(Fault::Delayed, true);
        let games = async || {
            let scan = fixture.client.scan().table_name(fixture.games_table());
            scan.send().await.unwrap().count()
        };
        let mut running = Box::pin(examples::run(&state, &inspector, &ada, Example::Move));
        // Until the game is there, and the move on its way.
        while games().await == 0 {
            assert!(futures::poll!(running.as_mut()).is_pending());
            tokio::task::yield_now().await;
        }
        drop(running);
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
        while games().await > 0 {
            assert!(tokio::time::Instant::now() < deadline, "the game is still there");
            tokio::task::yield_now().await;
        }
    }
}
