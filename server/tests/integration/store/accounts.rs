//! Accounts and sessions.

use super::instance::{Instance, player};
use aws_sdk_dynamodb::types::AttributeValue;
use backend::{limits::ClientAddress, use_cases::accounts};
use domain::error::{AppError, ValidationRule};
use test_support::{PASSWORD, on_both_engines};

on_both_engines!(
    async fn a_player_registers_once_and_logs_in_on_any_instance(fixture: Fixture) {
        let (one, two) = (Instance::of(&fixture), Instance::of(&fixture));
        let started = accounts::register(&one.backend, None, "Ada", PASSWORD)
            .await
            .expect("registered");
        assert_eq!(started.session.key.player, player("ada"));
        let taken = accounts::register(&two.backend, None, "ada", PASSWORD).await;
        assert_eq!(taken.expect_err("refused"), AppError::NameTaken);

        // The session is valid on every instance at once.
        for instance in [&one, &two] {
            let session = accounts::session(&instance.backend, Some(&started.token)).await;
            let session = session.expect("an answer").expect("a session");
            assert_eq!(session.key.player, player("ada"));
        }
        let here = ClientAddress::default();
        let again = accounts::log_in(&two.backend, None, "ADA", PASSWORD, here)
            .await
            .expect("logged in");
        assert_ne!(again.token, started.token);
    }
);

on_both_engines!(
    async fn an_unknown_name_and_a_wrong_password_give_the_same_error(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        accounts::register(&instance.backend, None, "ada", PASSWORD)
            .await
            .expect("registered");
        for (name, password) in [
            ("ada", "wrong horse"),
            ("bob", PASSWORD),
            ("no such name!", PASSWORD),
            ("ada", ""),
            ("", ""),
        ] {
            let here = ClientAddress::default();
            let refused = accounts::log_in(&instance.backend, None, name, password, here).await;
            assert_eq!(refused.expect_err("refused"), AppError::WrongCredentials);
        }
        let short = accounts::register(&instance.backend, None, "bob", "short").await;
        assert_eq!(
            short.expect_err("refused"),
            AppError::invalid("password", ValidationRule::PasswordTooShort)
        );
    }
);

on_both_engines!(
    async fn a_log_out_ends_the_session_at_once(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let backend = &instance.backend;
        let started = accounts::register(backend, None, "ada", PASSWORD)
            .await
            .expect("registered");
        let token = Some(&started.token);
        assert!(
            accounts::session(backend, token)
                .await
                .expect("an answer")
                .is_some()
        );
        accounts::log_out(backend, token).await.expect("logged out");
        assert_eq!(accounts::session(backend, token).await, Ok(None));
        accounts::log_out(backend, token)
            .await
            .expect("nothing to do");
        accounts::log_out(backend, None)
            .await
            .expect("nothing to do");
    }
);

on_both_engines!(
    async fn tables_contain_no_password_or_token_and_expiry_is_checked(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let backend = &instance.backend;
        let started = accounts::register(backend, None, "ada", PASSWORD)
            .await
            .expect("registered");
        let tables = fixture.store.tables();
        for table in [&tables.players, &tables.sessions] {
            let scan = fixture
                .client
                .scan()
                .table_name(table)
                .send()
                .await
                .expect("items");
            let text = format!("{:?}", scan.items());
            assert!(!text.contains(PASSWORD) && !text.contains(&started.token.reveal()));
            assert!(text.contains("$argon2id$") || table == &tables.sessions);
        }

        // DynamoDB deletes expired items late. An expired session is invalid at once.
        fixture
            .client
            .update_item()
            .table_name(&tables.sessions)
            .key("PlayerId", AttributeValue::S("ada".to_owned()))
            .key(
                "SessionId",
                AttributeValue::S(started.session.key.id.clone()),
            )
            .update_expression("SET ExpiresAt = :past")
            .expression_attribute_values(":past", AttributeValue::N("1000000000".to_owned()))
            .send()
            .await
            .expect("updated");
        assert_eq!(
            accounts::session(backend, Some(&started.token)).await,
            Ok(None)
        );
    }
);
