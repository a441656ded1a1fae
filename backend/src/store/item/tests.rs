use super::*;
use domain::views::GameView;
use proptest::prelude::*;

const ID: &str = "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11";

/// Returns an item as AWS's example application writes it: the opponent moves first, and there is no `Moves`.
fn older(status_date: &str, turn: &str, marks: &[(&str, &str)]) -> GameItem {
    let mut json = serde_json::json!({
        "GameId": ID,
        "HostId": "Alice Smith",
        "OpponentId": "bob",
        "StatusDate": status_date,
        "OUser": "Alice Smith",
        "Turn": turn,
    });
    for (square, mark) in marks {
        json[*square] = (*mark).into();
    }
    match serde_json::from_value(json) {
        Ok(item) => item,
        Err(error) => panic!("{error}"),
    }
}

fn read(item: GameItem) -> Result<GameView, ItemError> {
    Game::try_from(item).map(|game| GameView::from(&game))
}

const IN_PROGRESS: &str = "IN_PROGRESS_2014-08-01 12:00:00.500000";

#[test]
fn x_may_move_first_in_an_older_game() {
    let view = read(older(IN_PROGRESS, "Alice Smith", &[("MiddleMiddle", "X")]));
    let view = view.expect("valid");
    assert_eq!(
        view.turn.as_ref().map(PlayerName::as_str),
        Some("Alice Smith")
    );
    assert_eq!(view.moves, None);
    assert_eq!(view.updated_at, "2014-08-01T12:00:00.500000Z");
    assert_eq!(view.version, 3);
}

#[test]
fn a_won_board_in_progress_is_finished_but_not_recorded() {
    let marks = [
        ("TopLeft", "X"),
        ("TopMiddle", "X"),
        ("TopRight", "X"),
        ("BottomLeft", "O"),
        ("BottomRight", "O"),
    ];
    let game = Game::try_from(older(IN_PROGRESS, "Alice Smith", &marks)).expect("valid");
    assert!(matches!(
        game.phase,
        Phase::Finished {
            recorded: false,
            ..
        }
    ));
    let view = GameView::from(&game);
    assert_eq!(view.status, Status::Finished);
    assert_eq!(view.result.as_ref().map(GameResult::as_str), Some("bob"));
}

#[test]
fn a_spectator_recorded_as_the_winner_is_ignored() {
    let marks = [
        ("TopLeft", "X"),
        ("TopMiddle", "X"),
        ("TopRight", "X"),
        ("BottomLeft", "O"),
        ("BottomRight", "O"),
    ];
    let mut item = older("FINISHED_2014-08-01 12:00:00", "N/A", &marks);
    item.result = Some("carol".to_owned());
    let view = read(item.clone()).expect("valid");
    assert_eq!(view.result.as_ref().map(GameResult::as_str), Some("bob"));
    for wrong in ["Alice Smith", "Tie", ""] {
        item.result = Some(wrong.to_owned());
        assert_eq!(read(item.clone()), Err(ItemError::Result(wrong.to_owned())));
    }
}

#[test]
fn a_corrupt_item_is_rejected_with_the_reason() {
    let corrupted = |corrupt: fn(&mut GameItem)| {
        let mut item = older(IN_PROGRESS, "bob", &[]);
        corrupt(&mut item);
        read(item).err()
    };
    assert_eq!(
        corrupted(|i| i.status_date = "LOST_2014-08-01 12:00:00".into()),
        Some(ItemError::StatusDate("LOST_2014-08-01 12:00:00".into()))
    );
    assert_eq!(
        corrupted(|i| i.game_id = "1".into()),
        Some(ItemError::GameId("1".into()))
    );
    assert_eq!(corrupted(|i| i.turn = None), Some(ItemError::Turn));
    assert_eq!(
        corrupted(|i| i.turn = Some("carol".into())),
        Some(ItemError::Turn)
    );
    assert_eq!(
        corrupted(|i| i.o_user = "bob".into()),
        Some(ItemError::OUser)
    );
    assert_eq!(
        corrupted(|i| i.opponent_id = "Alice Smith".into()),
        Some(ItemError::Players)
    );
    assert_eq!(
        corrupted(|i| i.squares.top_left = Some("Z".into())),
        Some(ItemError::Mark {
            square: Square::TopLeft
        })
    );
    assert_eq!(
        corrupted(|i| i.squares.top_left = Some("X".into())),
        Some(ItemError::Setup(SetupError::WrongTurn))
    );
    assert_eq!(
        corrupted(|i| i.status_date = "FINISHED_2014-08-01 12:00:00".into()),
        Some(ItemError::NotFinished)
    );
    assert_eq!(
        corrupted(|i| {
            i.status_date = "PENDING_2014-08-01 12:00:00".into();
            i.squares.top_left = Some("X".into());
        }),
        Some(ItemError::PendingWithMarks)
    );
}

fn any_mark() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        3 => Just(None),
        3 => Just(Some("X".to_owned())),
        3 => Just(Some("O".to_owned())),
        1 => any::<String>().prop_map(Some),
    ]
}

fn any_status_date() -> impl Strategy<Value = String> {
    prop_oneof![
        "(PENDING|IN_PROGRESS|FINISHED)_20[0-9]{2}-0[1-9]-1[0-9] 1[0-9]:00:00(\\.[0-9]{1,6})?",
        any::<String>(),
    ]
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("ada".to_owned()),
        Just("bob".to_owned()),
        Just("N/A".to_owned()),
        Just("Tie".to_owned()),
        any::<String>()
    ]
}

proptest! {
    /// Every item is either rejected with a reason or becomes a game with a consistent view. No item causes a
    /// panic.
    #[test]
    fn any_item_is_a_game_or_is_rejected(
        status_date in any_status_date(),
        turn in proptest::option::of(any_name()),
        result in proptest::option::of(any_name()),
        marks in proptest::collection::vec(any_mark(), 9),
        moves in proptest::collection::vec(
            proptest::sample::select(Square::ALL.to_vec()).prop_map(|s| s.to_string()),
            0..12,
        ),
    ) {
        let mut item = older(&status_date, "", &[]);
        item.host_id = "ada".into();
        item.o_user = "ada".into();
        item.turn = turn;
        item.result = result;
        item.moves = moves;
        let names = Square::ALL.map(Square::attribute_name);
        let squares: serde_json::Map<_, _> = names
            .into_iter()
            .zip(marks)
            .filter_map(|(name, mark)| Some((name.to_owned(), mark?.into())))
            .collect();
        item.squares = serde_json::from_value(squares.into()).expect("nine optional texts");
        if let Ok(view) = read(item) {
            prop_assert_eq!(view.result.is_some(), view.status == Status::Finished);
            prop_assert_eq!(view.turn.is_some(), view.status == Status::InProgress);
            if let Some(moves) = view.moves {
                prop_assert_eq!(moves.len(), view.board.len());
            }
        }
    }
}
