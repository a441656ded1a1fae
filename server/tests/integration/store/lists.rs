//! The lists and their pages.

use super::{
    instance::{Instance, player},
    items,
};
use backend::{
    game::{Game, new_game_id},
    use_cases,
};
use domain::{
    error::{AppError, ValidationRule},
    ids::GameId,
    lists::ListName,
    players::Players,
    status::GameResult,
    views::GamesPage,
};
use jiff::{Timestamp, ToSpan};
use std::collections::HashSet;
use test_support::{Fixture, HOST_WINS_AT_FIVE as HOST_WINS, on_both_engines};

/// Puts a game in progress between ada and bob.
async fn put_in_progress(fixture: &Fixture, ada_hosts: bool, date: &str, turn: &str) -> GameId {
    let (host, opponent) = if ada_hosts {
        ("ada", "bob")
    } else {
        ("bob", "ada")
    };
    let status_date = format!("IN_PROGRESS_{date}");
    let attributes = [
        ("HostId", host),
        ("OpponentId", opponent),
        ("OUser", host),
        ("Turn", turn),
        ("StatusDate", &status_date),
    ];
    items::put(fixture, &attributes).await
}

async fn all_pages(
    instance: &Instance,
    list: ListName,
    mut between: impl AsyncFnMut(&GamesPage),
) -> Vec<GamesPage> {
    let mut pages = vec![instance.list("ada", list, None).await];
    while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
        between(pages.last().expect("a page")).await;
        pages.push(instance.list("ada", list, Some(&next)).await);
    }
    pages
}

fn ids(pages: &[GamesPage]) -> Vec<GameId> {
    let games = pages.iter().flat_map(|page| &page.games);
    games.map(|game| game.game_id).collect()
}

on_both_engines!(
    async fn each_game_is_in_the_right_list(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let sent = instance.invite("ada", "bob").await.game_id;
        let received = instance.invite("cleo", "ada").await.game_id;
        let playing = instance.started("ada", "bob").await;
        let won = instance.started("ada", "bob").await;
        instance.play_all(won, &HOST_WINS).await;
        let lost = instance.started("bob", "ada").await;
        instance.play_all(lost, &HOST_WINS).await;
        instance.invite("bob", "cleo").await;

        let lobby = use_cases::lobby(&instance.backend, &player("ada"))
            .await
            .expect("lists");
        let of = |list| ids(std::slice::from_ref(lobby.list(list)));
        assert_eq!(of(ListName::Outgoing), [sent]);
        assert_eq!(of(ListName::Invitations), [received]);
        assert_eq!(of(ListName::InProgress), [playing]);
        assert_eq!(of(ListName::Finished), [lost, won]);
        assert_eq!(lobby.in_progress.games[0].turn, Some(player("ada")));
        let results: Vec<_> = lobby
            .finished
            .games
            .iter()
            .map(|g| g.result.clone())
            .collect();
        assert_eq!(
            results,
            ["bob", "ada"].map(|name| Some(GameResult::Won(player(name))))
        );
        assert!(
            ListName::ALL
                .iter()
                .all(|&list| lobby.list(list).next.is_none())
        );
    }
);

on_both_engines!(
    async fn pages_of_both_indexes_are_merged_newest_first(fixture: Fixture) {
        let mut expected = Vec::new();
        for minute in 0..35 {
            let date = format!("2026-11-22 05:{minute:02}:00.000000");
            expected.push(put_in_progress(&fixture, minute % 3 == 0, &date, "bob").await);
        }
        expected.reverse();
        let pages = all_pages(&Instance::of(&fixture), ListName::InProgress, async |_| {}).await;
        assert_eq!(
            pages.iter().map(|p| p.games.len()).collect::<Vec<_>>(),
            [10, 10, 10, 5]
        );
        assert_eq!(ids(&pages), expected);
    }
);

on_both_engines!(
    async fn games_that_wait_for_the_player_come_first_on_each_page(fixture: Fixture) {
        let theirs = put_in_progress(&fixture, true, "2026-11-22 05:02:00", "bob").await;
        let newer = put_in_progress(&fixture, false, "2026-11-22 05:01:00", "ada").await;
        let older = put_in_progress(&fixture, true, "2026-11-22 05:00:00.5", "ada").await;
        let page = Instance::of(&fixture)
            .list("ada", ListName::InProgress, None)
            .await;
        assert_eq!(ids(&[page]), [newer, older, theirs]);
    }
);

on_both_engines!(
    async fn games_with_equal_dates_are_neither_lost_nor_repeated(fixture: Fixture) {
        let mut expected = HashSet::new();
        for n in 0..25 {
            expected
                .insert(put_in_progress(&fixture, n % 2 == 0, "2026-11-22 05:00:00", "bob").await);
        }
        let pages = all_pages(&Instance::of(&fixture), ListName::InProgress, async |_| {}).await;
        let got = ids(&pages);
        assert_eq!(got.len(), 25);
        assert_eq!(got.into_iter().collect::<HashSet<_>>(), expected);
    }
);

on_both_engines!(
    async fn games_that_end_between_two_pages_hide_no_others(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let mut all = Vec::new();
        for minute in 0..30 {
            let date = format!("2026-11-22 05:{minute:02}:00.000000");
            all.push(put_in_progress(&fixture, minute % 2 == 0, &date, "bob").await);
        }
        // After each page, the game that the cursor names ends, and so does one of a later page.
        let mut to_end: Vec<GameId> = vec![all[3], all[13]];
        let pages = all_pages(&instance, ListName::InProgress, async |page| {
            let last = page.games.last().expect("a game").game_id;
            let finished = "FINISHED_2026-11-22 07:00:00.000000";
            for id in [Some(last), to_end.pop()].into_iter().flatten() {
                items::change(&fixture, id, &[("StatusDate", Some(finished))]).await;
            }
        })
        .await;
        let mut expected: Vec<GameId> = all.iter().rev().copied().collect();
        expected.retain(|id| ![all[3], all[13]].contains(id));
        assert_eq!(ids(&pages), expected);
    }
);

on_both_engines!(
    async fn an_invalid_cursor_is_rejected(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        for minute in 0..11 {
            let date = format!("2026-11-22 05:{minute:02}:00.000000");
            put_in_progress(&fixture, true, &date, "bob").await;
        }
        let page = instance.list("ada", ListName::InProgress, None).await;
        let cursor = page.next.expect("a next page");
        let long = "A".repeat(100_000);
        for (list, cursor) in [
            (ListName::Finished, cursor.as_str()),
            (ListName::InProgress, ""),
            (ListName::InProgress, "nonsense"),
            (ListName::InProgress, long.as_str()),
        ] {
            let backend = &instance.backend;
            assert_eq!(
                use_cases::list(backend, &player("ada"), list, Some(cursor)).await,
                Err(AppError::invalid("cursor", ValidationRule::UnknownCursor))
            );
        }
    }
);

on_both_engines!(
    async fn a_corrupt_game_does_not_break_the_list(fixture: Fixture) {
        let good = put_in_progress(&fixture, true, "2026-11-22 05:00:00", "bob").await;
        let bad = put_in_progress(&fixture, true, "2026-11-22 06:00:00", "bob").await;
        items::change(&fixture, bad, &[("TopLeft", Some("Z"))]).await;
        put_in_progress(&fixture, true, "yesterday", "bob").await;
        let page = Instance::of(&fixture)
            .list("ada", ListName::InProgress, None)
            .await;
        assert_eq!(ids(std::slice::from_ref(&page)), [bad, good]);
        assert_eq!(page.games[0].turn, None);
    }
);

on_both_engines!(
    async fn expired_invitations_are_not_listed(fixture: Fixture) {
        let players = Players {
            host: player("ada"),
            opponent: player("bob"),
        };
        let mut valid = Vec::new();
        for days in [13, 15] {
            let created_at = Timestamp::now() - (days * 24).hours();
            let invitation = Game::invitation(new_game_id(), players.clone(), created_at);
            let created = fixture.store.create_game(&invitation).await;
            created.expect("created");
            if days < 14 {
                valid.push(invitation.id);
            }
        }
        let instance = Instance::of(&fixture);
        for (name, list) in [("ada", ListName::Outgoing), ("bob", ListName::Invitations)] {
            let page = instance.list(name, list, None).await;
            assert_eq!(ids(&[page]), valid, "{list:?}");
        }
    }
);
