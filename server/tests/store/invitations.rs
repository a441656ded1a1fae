//! From the invitation to the answer.

use crate::{
    instance::{Instance, player},
    item,
    support::on_both_engines,
};
use app::{
    error::{AppError, Rule},
    ids::GameId,
    ssr::use_cases,
    view_model::Status,
};
use jiff::{Timestamp, ToSpan, tz::TimeZone};

fn pending_since(days: i64) -> String {
    let at = Timestamp::now() - (days * 24).hours();
    let date = at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S.%6f");
    format!("PENDING_{date}")
}

on_both_engines!(
    async fn an_invitation_has_every_attribute_that_the_older_application_reads(fixture: Fixture) {
        let game = Instance::of(&fixture).invite("ada", "bob").await;
        let item = item::of(&fixture, game.game_id).await.expect("an item");
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
        // PENDING_2026-11-22 05:30:00.123456
        let date = item["StatusDate"]
            .strip_prefix("PENDING_")
            .expect("pending");
        assert_eq!(date.len(), 26);
        assert_eq!(&date[19..20], ".");
        assert_eq!((game.status, game.version), (Status::Pending, 1));
    }
);

on_both_engines!(
    async fn only_the_invited_player_accepts_and_again_changes_nothing(fixture: Fixture) {
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
        let unknown = GameId::random();
        assert_eq!(
            instance.accept("bob", unknown).await,
            Err(AppError::NoSuchGame)
        );
    }
);

on_both_engines!(
    async fn an_accepted_invitation_is_accepted_once_whoever_comes_second(fixture: Fixture) {
        let (one, two) = (Instance::of(&fixture), Instance::of(&fixture));
        let id = one.invite("ada", "bob").await.game_id;
        let (accepted, cancelled) = futures::join!(one.accept("bob", id), two.cancel("ada", id));
        match (accepted, cancelled) {
            (Ok(_), Err(AppError::NotPending)) => {
                assert!(item::of(&fixture, id).await.is_some());
            }
            (Err(AppError::NoSuchGame), Ok(())) => {
                assert!(item::of(&fixture, id).await.is_none());
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
        assert_eq!(item::of(&fixture, id).await, None);
        assert_eq!(instance.decline("bob", id).await, Err(AppError::NoSuchGame));
        assert_eq!(
            instance.look(Some("ada"), id).await,
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
    async fn an_invitation_sent_twice_with_its_id_is_one(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let id = GameId::random().to_string();
        let invite = async |opponent| {
            use_cases::invite(&instance.state, &player("ada"), opponent, Some(&id)).await
        };
        let first = invite("bob").await.expect("invited");
        let again = invite("bob").await.expect("invited");
        assert!(!first.repeated && again.repeated);
        assert_eq!(first.game, again.game);
        let taken = AppError::invalid("game_id", Rule::GameIdTaken);
        assert_eq!(invite("cleo").await.expect_err("refused"), taken);

        let refused = |opponent, id| async move {
            let state = &Instance::of(&fixture).state;
            use_cases::invite(state, &player("ada"), opponent, id)
                .await
                .expect_err("refused")
        };
        assert_eq!(
            refused("ADA", None).await,
            AppError::invalid("opponent", Rule::InvitedOneself)
        );
    }
);

on_both_engines!(
    async fn an_invitation_waits_fourteen_days_and_is_then_deleted_when_met(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let old = |days| {
            let attributes = [
                ("HostId", "ada".to_owned()),
                ("OpponentId", "bob".to_owned()),
                ("OUser", "ada".to_owned()),
                ("Turn", "ada".to_owned()),
                ("StatusDate", pending_since(days)),
            ];
            let fixture = &fixture;
            async move {
                let attributes: Vec<_> = attributes.iter().map(|(n, v)| (*n, v.as_str())).collect();
                item::put(fixture, &attributes).await
            }
        };
        let valid = old(13).await;
        assert!(instance.look(Some("bob"), valid).await.is_ok());
        assert!(instance.accept("bob", valid).await.is_ok());

        let (seen, accepted) = (old(15).await, old(15).await);
        assert_eq!(instance.look(None, seen).await, Err(AppError::NoSuchGame));
        assert_eq!(
            instance.accept("bob", accepted).await,
            Err(AppError::NoSuchGame)
        );
        for id in [seen, accepted] {
            assert_eq!(item::of(&fixture, id).await, None);
        }
    }
);
