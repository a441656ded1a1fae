//! Changes of a player's own account, and log-ins at the same time.

use super::instance::{Instance, player};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use aws_sdk_dynamodb::types::AttributeValue;
use backend::{
    accounts::{Session, SessionToken, StartedSession, VerifiedHash},
    limits::ClientAddress,
    store::players::{AccountStatus, AccountWrite},
    use_cases::{self, accounts},
};
use domain::{
    error::{AppError, ValidationRule},
    lists::ListName,
    rules::Square,
    status::Status,
};
use jiff::Timestamp;
use std::collections::HashMap;
use test_support::{Fault, Fixture, HoldPoint, PASSWORD, on_both_engines};

const NEW_PASSWORD: &str = "battery staple";

async fn register(instance: &Instance, name: &str) -> StartedSession {
    accounts::register(&instance.backend, None, name, PASSWORD)
        .await
        .expect("registered")
}

async fn log_in(instance: &Instance, password: &str) -> Result<StartedSession, AppError> {
    let from = ClientAddress::default();
    accounts::log_in(&instance.backend, None, "ada", password, from).await
}

async fn is_valid(instance: &Instance, token: &SessionToken) -> bool {
    let session = accounts::session(&instance.backend, Some(token)).await;
    session.expect("an answer").is_some()
}

/// The ids of ada's sessions in the table.
async fn session_ids(fixture: &Fixture) -> Vec<String> {
    let keys = fixture.store.sessions_of(&player("ada")).await;
    keys.expect("sessions")
        .into_iter()
        .map(|key| key.id)
        .collect()
}

async fn stored_hash(fixture: &Fixture) -> Option<String> {
    let hash = fixture.store.password_hash(&player("ada")).await;
    hash.expect("an answer")
}

/// Creates ada's account with a hash of [`PASSWORD`] from the time of weaker parameters.
async fn register_with_weaker_hash(fixture: &Fixture) -> String {
    let params = Params::new(8192, 1, 1, None).expect("valid parameters");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2
        .hash_password(PASSWORD.as_bytes())
        .expect("a hash")
        .to_string();
    fixture
        .store
        .create_player(&player("ada"), &hash, Timestamp::now())
        .await
        .expect("created");
    hash
}

on_both_engines! {
    async fn a_log_in_ends_the_session_that_the_request_brought(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let first = register(&instance, "ada").await;
        assert!(is_valid(&instance, &first.token).await);
        let here = ClientAddress::default();
        let second = accounts::log_in(&instance.backend, Some(&first.token), "ada", PASSWORD, here);
        let second = second.await.expect("logged in");
        assert!(!is_valid(&instance, &first.token).await);
        // The session of a registration replaces one too, here that of another player.
        accounts::register(&instance.backend, Some(&second.token), "bob", PASSWORD)
            .await
            .expect("registered");
        assert!(!is_valid(&instance, &second.token).await);
        assert_eq!(session_ids(&fixture).await, [""; 0]);
    }

    async fn a_failed_log_in_keeps_the_session_that_the_request_brought(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let first = register(&instance, "ada").await;
        let here = ClientAddress::default();
        let failed = accounts::log_in(&instance.backend, Some(&first.token), "ada", "wrong horse", here);
        assert_eq!(failed.await.expect_err("refused"), AppError::WrongCredentials);
        assert!(is_valid(&instance, &first.token).await);
    }

    async fn a_password_changed_during_a_log_in_lets_no_session_through(fixture: Fixture) {
        let (here, elsewhere) = (Instance::of(&fixture), Instance::of(&fixture));
        let ada = register(&here, "ada").await;
        let mut held = fixture.faults.hold_next("TransactWriteItems", HoldPoint::BeforeEngine);
        let late = async {
            held.arrived().await;
            use_cases::change_password(&here.backend, &ada.session, PASSWORD, NEW_PASSWORD)
                .await
                .expect("changed");
            held.release();
        };
        let (log_in, ()) = tokio::join!(log_in(&elsewhere, PASSWORD), late);
        assert_eq!(log_in.expect_err("refused"), AppError::WrongCredentials);
        assert_eq!(session_ids(&fixture).await, [ada.session.key.id]);
    }

    async fn an_account_deleted_during_a_log_in_lets_no_session_through(fixture: Fixture) {
        let (here, elsewhere) = (Instance::of(&fixture), Instance::of(&fixture));
        let ada = register(&here, "ada").await;
        let mut held = fixture.faults.hold_next("TransactWriteItems", HoldPoint::BeforeEngine);
        let late = async {
            held.arrived().await;
            use_cases::delete_account(&here.backend, &ada.session, PASSWORD)
                .await
                .expect("deleted");
            held.release();
        };
        let (log_in, ()) = tokio::join!(log_in(&elsewhere, PASSWORD), late);
        assert_eq!(log_in.expect_err("refused"), AppError::WrongCredentials);
        assert_eq!(session_ids(&fixture).await, [""; 0]);
    }

    async fn a_log_in_that_conflicts_with_another_one_is_repeated(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        register(&instance, "ada").await;
        fixture.faults.fail_next("TransactWriteItems", Fault::Conflict);
        log_in(&instance, PASSWORD).await.expect("logged in");
    }

    async fn a_log_in_hashes_the_password_anew_after_the_parameters_have_risen(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let weaker = register_with_weaker_hash(&fixture).await;
        // The SDK repeats the transaction, which recognises its own hash.
        fixture.faults.fail_next("TransactWriteItems", Fault::ResponseLost);
        log_in(&instance, PASSWORD).await.expect("logged in");
        let today = stored_hash(&fixture).await;
        assert_ne!(today, Some(weaker));
        log_in(&instance, PASSWORD).await.expect("logged in");
        assert_eq!(stored_hash(&fixture).await, today);
    }

    async fn two_log_ins_hash_the_password_anew_at_the_same_time(fixture: Fixture) {
        let (here, elsewhere) = (Instance::of(&fixture), Instance::of(&fixture));
        register_with_weaker_hash(&fixture).await;
        let mut held = fixture.faults.hold_next("TransactWriteItems", HoldPoint::BeforeEngine);
        let overtaking = async {
            held.arrived().await;
            log_in(&elsewhere, PASSWORD).await.expect("logged in");
            held.release();
        };
        let (first, ()) = tokio::join!(log_in(&here, PASSWORD), overtaking);
        first.expect("logged in");
    }

    async fn a_new_hash_never_undoes_a_change_of_the_password(fixture: Fixture) {
        let here = Instance::of(&fixture);
        let weaker = register_with_weaker_hash(&fixture).await;
        let mut held = fixture.faults.hold_next("TransactWriteItems", HoldPoint::BeforeEngine);
        let late = async {
            held.arrived().await;
            let verified = VerifiedHash::new(weaker);
            let changed = fixture
                .store
                .change_password(&player("ada"), &verified, "another hash")
                .await;
            assert_eq!(changed.expect("an answer"), AccountWrite::Done);
            held.release();
        };
        let (log_in, ()) = tokio::join!(log_in(&here, PASSWORD), late);
        assert_eq!(log_in.expect_err("refused"), AppError::WrongCredentials);
        assert_eq!(stored_hash(&fixture).await.as_deref(), Some("another hash"));
    }

    async fn a_changed_password_ends_all_other_sessions(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let here = register(&instance, "ada").await;
        let elsewhere = log_in(&instance, PASSWORD).await.expect("logged in");
        let change = |current, new| {
            use_cases::change_password(&instance.backend, &here.session, current, new)
        };
        assert_eq!(change("wrong horse", NEW_PASSWORD).await, Err(AppError::WrongCredentials));
        for (new, rule) in [
            ("short", ValidationRule::PasswordTooShort),
            ("password", ValidationRule::PasswordGuessable),
        ] {
            assert_eq!(change(PASSWORD, new).await, Err(AppError::invalid("new", rule)));
        }
        assert!(is_valid(&instance, &elsewhere.token).await);

        // The SDK repeats the write, which recognises its own hash.
        fixture.faults.fail_next("UpdateItem", Fault::ResponseLost);
        assert_eq!(change(PASSWORD, NEW_PASSWORD).await, Ok(()));
        assert!(is_valid(&instance, &here.token).await);
        assert!(!is_valid(&instance, &elsewhere.token).await);
        assert_eq!(log_in(&instance, PASSWORD).await.expect_err("refused"), AppError::WrongCredentials);
        log_in(&instance, NEW_PASSWORD).await.expect("logged in");
    }

    async fn logging_out_everywhere_ends_only_the_sessions_of_the_player(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let (ada, bob) = (register(&instance, "ada").await, register(&instance, "bob").await);
        let elsewhere = log_in(&instance, PASSWORD).await.expect("logged in");
        use_cases::log_out_everywhere(&instance.backend, &ada.session)
            .await
            .expect("logged out");
        for token in [&ada.token, &elsewhere.token] {
            assert!(!is_valid(&instance, token).await);
        }
        assert!(is_valid(&instance, &bob.token).await);
    }

    async fn a_deleted_account_leaves_its_name_taken_and_its_games(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let ada = register(&instance, "ada").await;
        register(&instance, "bob").await;
        let started = instance.started("ada", "bob").await;
        instance.play_all(started, &["TopLeft"]).await;
        // More invitations of each kind than a page of a list has.
        for _ in 0..11 {
            instance.invite("ada", "bob").await;
            instance.invite("bob", "ada").await;
        }
        let delete = |current| use_cases::delete_account(&instance.backend, &ada.session, current);
        assert_eq!(delete("wrong horse").await, Err(AppError::WrongCredentials));
        // The SDK repeats the write, which recognises its own deletion.
        fixture.faults.fail_next("UpdateItem", Fault::ResponseLost);
        assert_eq!(delete(PASSWORD).await, Ok(()));

        assert_eq!(log_in(&instance, PASSWORD).await.expect_err("refused"), AppError::WrongCredentials);
        let again = accounts::register(&instance.backend, None, "ada", NEW_PASSWORD).await;
        assert_eq!(again.expect_err("refused"), AppError::NameTaken);
        assert!(!is_valid(&instance, &ada.token).await);
        for list in [ListName::Outgoing, ListName::Invitations] {
            assert_eq!(instance.list("bob", list, None).await.games, [], "{list:?}");
        }
        let invitation = use_cases::invite(&instance.backend, &player("bob"), player("ada"), None).await;
        assert_eq!(invitation.expect_err("refused"), AppError::NoSuchPlayer);
        let game = instance.play("bob", started, Square::TopRight, 1).await.expect("played");
        assert_eq!(game.status, Status::InProgress);

        let item = fixture
            .client
            .get_item()
            .table_name(&fixture.store.tables().players)
            .key("PlayerId", AttributeValue::S("ada".to_owned()))
            .send()
            .await
            .expect("an answer");
        let item: HashMap<_, _> = item.item.expect("the item stays");
        assert!(item.contains_key("DeletedAt") && !item.contains_key("PasswordHash"), "{item:?}");
    }

    async fn only_a_registration_creates_an_account(fixture: Fixture) {
        let (ada, hash) = (player("ada"), VerifiedHash::new("a hash".to_owned()));
        let now = Timestamp::now();
        let session: Session = StartedSession::new(ada.clone(), now).expect("random numbers").session;
        let store = &fixture.store;
        for write in [
            store.change_password(&ada, &hash, "another hash").await,
            store.delete_account(&ada, &hash, now).await,
            store.start_session(&session, &hash, None, None).await,
            store.start_session(&session, &hash, Some("another hash"), None).await,
        ] {
            assert_eq!(write.expect("an answer"), AccountWrite::HashChanged);
        }
        assert_eq!(store.account_status(&ada).await.expect("an answer"), AccountStatus::Unregistered);
        assert_eq!(session_ids(&fixture).await, [""; 0]);
    }

    async fn a_session_that_a_lagging_read_misses_has_not_ended(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let ada = register(&instance, "ada").await;
        let missing = StartedSession::new(player("ada"), Timestamp::now()).expect("random numbers");
        let watched = vec![ada.session.key, missing.session.key.clone()];
        fixture.faults.fail_next("BatchGetItem", Fault::NothingFound);
        let ended = fixture.store.ended_sessions(watched).await.expect("an answer");
        assert_eq!(ended, [missing.session.key]);
    }
}
