//! Invitations and their answers.

use super::{
    instance::{Instance, player},
    items,
};
use backend::{game::new_game_id, use_cases};
use domain::{
    error::{AppError, ValidationRule},
    status::Status,
};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use test_support::on_both_engines;

fn pending_for(days: i64) -> String {
    let at = Timestamp::now() - (days * 24).hours();
    let date = at
        .to_zoned_datetime(TimeZone::UTC)
        .strftime("%Y-%m-%d %H:%M:%S.%6f");
    format!("PENDING_{date}")
}

on_both_engines!(
    async fn an_invitation_has_every_attribute_of_the_aws_example(fixture: Fixture) {
        let game = Instance::of(&fixture).invite("ada", "bob").await;
        let item = items::get(&fixture, game.game_id).await.expect("an item");
        let names: Vec<&str> = item.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "GameId",
                "HostId",
                "OUser",
                "OpponentId",
                "StatusDate",
                "Turn"
            ]
        );
        assert_eq!((&*item["HostId"], &*item["OpponentId"]), ("ada", "bob"));
        assert_eq!((&*item["OUser"], &*item["Turn"]), ("ada", "ada"));
        // As in PENDING_2026-11-22 05:30:00.123456.
        let date = item["StatusDate"]
            .strip_prefix("PENDING_")
            .expect("pending");
        assert_eq!(date.len(), 26);
        assert_eq!(&date[19..20], ".");
        assert_eq!((game.status, game.version), (Status::Pending, 1));
    }
);

on_both_engines!(
    async fn only_the_invited_player_accepts_and_a_second_time_changes_nothing(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let id = instance.invite("ada", "bob").await.game_id;
        for other in ["ada", "cleo"] {
            assert_eq!(instance.accept(other, id).await, Err(AppError::NotYourGame));
        }
        let game = instance.accept("bob", id).await.expect("accepted");
        assert_eq!(game.turn, Some(player("ada")));
        assert_eq!(instance.accept("bob", id).await.as_ref(), Ok(&game));
        for other in ["ada", "cleo"] {
            assert_eq!(instance.accept(other, id).await, Err(AppError::NotYourGame));
        }
        let unknown = new_game_id();
        assert_eq!(
            instance.accept("bob", unknown).await,
            Err(AppError::NoSuchGame)
        );
    }
);

on_both_engines!(
    async fn simultaneous_accept_and_cancel_have_one_outcome(fixture: Fixture) {
        let (one, two) = (Instance::of(&fixture), Instance::of(&fixture));
        let id = one.invite("ada", "bob").await.game_id;
        let (accepted, cancelled) = futures::join!(one.accept("bob", id), two.cancel("ada", id));
        match (accepted, cancelled) {
            (Ok(_), Err(AppError::NotPending)) => {
                assert!(items::get(&fixture, id).await.is_some());
            }
            (Err(AppError::NoSuchGame), Ok(())) => {
                assert!(items::get(&fixture, id).await.is_none());
            }
            other => panic!("{other:?}"),
        }
    }
);

on_both_engines!(
    async fn the_opponent_declines_and_the_host_cancels(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let id = instance.invite("ada", "bob").await.game_id;
        assert_eq!(
            instance.decline("ada", id).await,
            Err(AppError::NotYourGame)
        );
        assert_eq!(instance.cancel("bob", id).await, Err(AppError::NotYourGame));
        instance.decline("bob", id).await.expect("declined");
        assert_eq!(items::get(&fixture, id).await, None);
        assert_eq!(instance.decline("bob", id).await, Err(AppError::NoSuchGame));
        assert_eq!(
            instance.game(Some("ada"), id).await,
            Err(AppError::NoSuchGame)
        );

        let id = instance.invite("ada", "bob").await.game_id;
        instance.cancel("ada", id).await.expect("cancelled");
        assert_eq!(instance.cancel("ada", id).await, Err(AppError::NoSuchGame));

        let id = instance.started("ada", "bob").await;
        assert_eq!(instance.decline("bob", id).await, Err(AppError::NotPending));
        assert_eq!(instance.cancel("ada", id).await, Err(AppError::NotPending));
        assert_eq!(
            instance.cancel("cleo", id).await,
            Err(AppError::NotYourGame)
        );
    }
);

on_both_engines!(
    async fn an_invitation_sent_twice_with_one_id_creates_one_game(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let id = new_game_id();
        let invite = async |opponent| {
            use_cases::invite(
                &instance.backend,
                &player("ada"),
                player(opponent),
                Some(id),
            )
            .await
        };
        let first = invite("bob").await.expect("invited");
        let again = invite("bob").await.expect("invited");
        assert!(!first.repeated && again.repeated);
        assert_eq!(first.game, again.game);
        let taken = AppError::invalid("game_id", ValidationRule::GameIdTaken);
        assert_eq!(invite("cleo").await.expect_err("refused"), taken);

        let ada = player("ada");
        let invited = use_cases::invite(&instance.backend, &ada, player("ADA"), None).await;
        assert_eq!(
            invited.expect_err("refused"),
            AppError::invalid("opponent", ValidationRule::SelfInvitation)
        );
    }
);

on_both_engines!(
    async fn an_invitation_expires_after_fourteen_days_and_is_deleted_on_access(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let old = |days| {
            let attributes = [
                ("HostId", "ada".to_owned()),
                ("OpponentId", "bob".to_owned()),
                ("OUser", "ada".to_owned()),
                ("Turn", "ada".to_owned()),
                ("StatusDate", pending_for(days)),
            ];
            let fixture = &fixture;
            async move {
                let attributes: Vec<_> = attributes.iter().map(|(n, v)| (*n, v.as_str())).collect();
                items::put(fixture, &attributes).await
            }
        };
        let valid = old(13).await;
        assert!(instance.game(Some("bob"), valid).await.is_ok());
        assert!(instance.accept("bob", valid).await.is_ok());

        let (seen, accepted) = (old(15).await, old(15).await);
        assert_eq!(instance.game(None, seen).await, Err(AppError::NoSuchGame));
        assert_eq!(
            instance.accept("bob", accepted).await,
            Err(AppError::NoSuchGame)
        );
        for id in [seen, accepted] {
            assert_eq!(items::get(&fixture, id).await, None);
        }
    }
);
