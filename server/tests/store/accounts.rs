//! Accounts and sessions.

use crate::{
    instance::{Instance, player},
    support::on_both_engines,
};
use app::{
    error::{AppError, Rule},
    ssr::use_cases::accounts,
};
use aws_sdk_dynamodb::types::AttributeValue;

const PASSWORD: &str = "correct horse";

on_both_engines!(
    async fn a_player_registers_once_and_logs_in_anywhere(fixture: Fixture) {
        let (one, two) = (Instance::of(&fixture), Instance::of(&fixture));
        let started = accounts::register(&one.state, "Ada", PASSWORD)
            .await
            .expect("registered");
        assert_eq!(started.player, player("ada"));
        let taken = accounts::register(&two.state, "ada", PASSWORD).await;
        assert_eq!(taken.expect_err("refused"), AppError::NameTaken);

        // The session is valid on every instance at once.
        for instance in [&one, &two] {
            let session = accounts::session(&instance.state, Some(&started.token)).await;
            let session = session.expect("an answer").expect("a session");
            assert_eq!(session.player, player("ada"));
        }
        let again = accounts::log_in(&two.state, "ADA", PASSWORD)
            .await
            .expect("logged in");
        assert_ne!(again.token, started.token);
    }
);

on_both_engines!(
    async fn a_wrong_name_and_a_wrong_password_are_told_the_same(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        accounts::register(&instance.state, "ada", PASSWORD)
            .await
            .expect("registered");
        for (name, password) in [
            ("ada", "wrong horse"),
            ("bob", PASSWORD),
            ("no such name!", PASSWORD),
            ("ada", ""),
            ("", ""),
        ] {
            let refused = accounts::log_in(&instance.state, name, password).await;
            assert_eq!(refused.expect_err("refused"), AppError::WrongCredentials);
        }
        let short = accounts::register(&instance.state, "bob", "short").await;
        assert_eq!(
            short.expect_err("refused"),
            AppError::invalid("password", Rule::PasswordTooShort)
        );
    }
);

on_both_engines!(
    async fn a_log_out_ends_the_session_here_at_once(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let state = &instance.state;
        let started = accounts::register(state, "ada", PASSWORD)
            .await
            .expect("registered");
        let token = Some(&started.token);
        assert!(
            accounts::session(state, token)
                .await
                .expect("an answer")
                .is_some()
        );
        accounts::log_out(state, token).await.expect("logged out");
        assert_eq!(accounts::session(state, token).await, Ok(None));
        accounts::log_out(state, token)
            .await
            .expect("nothing to do");
        accounts::log_out(state, None).await.expect("nothing to do");
    }
);

on_both_engines!(
    async fn the_table_holds_neither_password_nor_token_and_expiry_is_checked(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let state = &instance.state;
        let started = accounts::register(state, "ada", PASSWORD)
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

        // DynamoDB deletes some time after the expiry; it does not count for longer.
        fixture
            .client
            .update_item()
            .table_name(&tables.sessions)
            .key(
                "SessionId",
                AttributeValue::S(started.token.id().as_str().to_owned()),
            )
            .update_expression("SET ExpiresAt = :past")
            .expression_attribute_values(":past", AttributeValue::N("1000000000".to_owned()))
            .send()
            .await
            .expect("updated");
        assert_eq!(
            accounts::session(state, Some(&started.token)).await,
            Ok(None)
        );
    }
);
