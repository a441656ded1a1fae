//! One game: reading it, and the conditional writes that change it.
//!
//! Every write states its assumptions in a condition expression. After a failed condition the cause is never
//! guessed. It is taken from the current item, which DynamoDB returns with the failure or which is read
//! again. If the SDK sent the request more than once and the item shows the write, an earlier attempt made it.

use super::{
    Store, StoreError,
    attempts::Attempts,
    attributes::{Attributes, Write, condition_failure, oldest_pending, parse_game, s},
    item::GameItem,
    status_date,
};
use crate::{
    game::{Game, Move},
    store::item::NO_TURN,
};
use aws_sdk_dynamodb::{
    operation::{
        delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError,
        update_item::builders::UpdateItemFluentBuilder,
    },
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{
    ids::{GameId, PlayerName},
    rules::{Board, Mark, Next, Outcome, Square},
    status::{GameResult, Status},
};
use jiff::Timestamp;

/// The player who removes an invitation, in one of two roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedBy<'a> {
    /// The host cancels the invitation.
    Host(&'a PlayerName),
    /// The opponent declines the invitation.
    Opponent(&'a PlayerName),
}

impl Store {
    /// Returns the game with this id, if it exists. A strongly consistent read sees every acknowledged write
    /// and costs twice as much.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn game(&self, id: GameId, consistent: bool) -> Result<Option<Game>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.games)
            .key("GameId", s(id))
            .consistent_read(consistent)
            .send()
            .await?;
        answer.item.map(|item| parse_game(id, item)).transpose()
    }

    /// Writes a new invitation, unless a game with its id exists.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn create_game(&self, invitation: &Game) -> Result<Write<()>, StoreError> {
        let item = GameItem::from(invitation);
        let item: Attributes = serde_dynamo::to_item(item)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let attempts = Attempts::default();
        let result = self
            .client
            .put_item()
            .table_name(&self.tables.games)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(GameId)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .customize()
            .interceptor(attempts.clone())
            .send()
            .await;
        match condition_failure(result, |error| match error {
            PutItemError::ConditionalCheckFailedException(failed) => Some(failed.item.clone()),
            _ => None,
        })? {
            Ok(_) => Ok(Write::Done(())),
            Err(old) => match self.current_game(invitation.id, old).await? {
                // An invitation by an earlier call would be older. This one may have been accepted since.
                Some(game)
                    if attempts.were_repeated()
                        && game.players == invitation.players
                        && game.status_changed_at >= invitation.status_changed_at =>
                {
                    Ok(Write::DoneEarlier(()))
                }
                game => Ok(Write::ConditionFailed(game)),
            },
        }
    }

    /// Starts a pending game, if `opponent` was invited and the invitation is still valid.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn accept(
        &self,
        id: GameId,
        opponent: &PlayerName,
        now: Timestamp,
    ) -> Result<Write<Game>, StoreError> {
        let update = self
            .update(id)
            .update_expression("SET StatusDate = :in_progress")
            // The concatenated attribute lets one condition check two facts: the game is pending, and the
            // invitation has not expired.
            .condition_expression(
                "StatusDate BETWEEN :oldest_pending AND :last_pending AND OpponentId = :me",
            )
            .expression_attribute_values(
                ":in_progress",
                s(status_date::encode(Status::InProgress, now)),
            )
            .expression_attribute_values(":oldest_pending", s(oldest_pending(now)))
            .expression_attribute_values(":last_pending", s(status_date::last(Status::Pending)))
            .expression_attribute_values(":me", s(opponent));
        // The time distinguishes this acceptance from one by an earlier call.
        let started = |game: &Game| {
            game.players.opponent == *opponent
                && game.status() == Status::InProgress
                && game.status_changed_at.as_microsecond() == now.as_microsecond()
        };
        self.send_update(id, update, started).await
    }

    /// Deletes a pending game, if the player has the given role in it. Returns the deleted game, which is
    /// unknown if an earlier attempt deleted it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn delete_invitation(
        &self,
        id: GameId,
        by: RemovedBy<'_>,
    ) -> Result<Write<Option<Game>>, StoreError> {
        let (condition, player) = match by {
            RemovedBy::Host(player) => {
                ("begins_with(StatusDate, :pending) AND HostId = :me", player)
            }
            RemovedBy::Opponent(player) => (
                "begins_with(StatusDate, :pending) AND OpponentId = :me",
                player,
            ),
        };
        let values = [
            (":pending", s(status_date::prefix(Status::Pending))),
            (":me", s(player)),
        ];
        self.delete(id, condition, values).await
    }

    /// Deletes an invitation, if it has expired. Returns the deleted game, as
    /// [`delete_invitation`](Self::delete_invitation) does.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn delete_expired(
        &self,
        id: GameId,
        now: Timestamp,
    ) -> Result<Write<Option<Game>>, StoreError> {
        let condition = "StatusDate >= :first_pending AND StatusDate < :oldest_pending";
        let values = [
            (":first_pending", s(status_date::first(Status::Pending))),
            (":oldest_pending", s(oldest_pending(now))),
        ];
        self.delete(id, condition, values).await
    }

    /// Writes a move: the mark, the turn and the order of play. If the move ends the game, the same write
    /// sets the status, its date and the result.
    ///
    /// The condition expression requires that the game is in progress, that it is the player's turn, and that
    /// the board is unchanged since the decision.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn play(
        &self,
        game: &Game,
        chosen: &Move,
        now: Timestamp,
    ) -> Result<Write<Game>, StoreError> {
        let square = chosen.square.attribute_name();
        let ending = match chosen.next {
            Next::Continues(_) => "",
            Next::Over(_) => ", StatusDate = :finished, #Result = :result",
        };
        let next_turn = match chosen.next {
            Next::Continues(position) => game.players.player_of(position.to_move()).as_str(),
            Next::Over(_) => NO_TURN,
        };
        let mut update = self
            .update(game.id)
            .update_expression(format!(
                "SET {square} = :mark, Turn = :next_turn, \
                 Moves = list_append(if_not_exists(Moves, :no_moves), :move){ending}"
            ))
            .condition_expression(format!(
                "begins_with(StatusDate, :in_progress) AND Turn = :me AND {}",
                board_is(game.board())
            ))
            .expression_attribute_values(":mark", s(chosen.mark))
            .expression_attribute_values(":next_turn", s(next_turn))
            .expression_attribute_values(":no_moves", AttributeValue::L(Vec::new()))
            .expression_attribute_values(":move", AttributeValue::L(vec![s(square)]))
            .expression_attribute_values(":me", s(game.players.player_of(chosen.mark)));
        update = with_board_values(update, game.board());
        if let Next::Over(end) = chosen.next {
            update = with_result(update, game, end.outcome(), now);
        }
        let ply = game.board().ply();
        let made = |game: &Game| game.was_made(chosen.square, chosen.mark, ply);
        self.send_update(game.id, update, made).await
    }

    /// Records the end of a game that AWS's example application left in progress with a won or full board, if
    /// the board is still unchanged.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn complete(
        &self,
        game: &Game,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<Write<Game>, StoreError> {
        let update = self
            .update(game.id)
            .update_expression("SET StatusDate = :finished, Turn = :no_turn, #Result = :result")
            .condition_expression(format!(
                "begins_with(StatusDate, :in_progress) AND {}",
                board_is(game.board())
            ))
            .expression_attribute_values(":no_turn", s(NO_TURN));
        let update = with_board_values(update, game.board());
        let update = with_result(update, game, outcome, now);
        let completed = |game: &Game| game.status() == Status::Finished;
        self.send_update(game.id, update, completed).await
    }

    fn update(&self, id: GameId) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.tables.games)
            .key("GameId", s(id))
            // The response contains the new item, which saves a read.
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// Sends an update. `shows_write` returns true for a game that the update may have led to.
    async fn send_update(
        &self,
        id: GameId,
        update: UpdateItemFluentBuilder,
        shows_write: impl Fn(&Game) -> bool,
    ) -> Result<Write<Game>, StoreError> {
        let attempts = Attempts::default();
        let update = update.customize().interceptor(attempts.clone());
        let result = update.send().await;
        match condition_failure(result, |error| match error {
            UpdateItemError::ConditionalCheckFailedException(failed) => Some(failed.item.clone()),
            _ => None,
        })? {
            Ok(answer) => {
                let item = answer.attributes.unwrap_or_default();
                Ok(Write::Done(parse_game(id, item)?))
            }
            Err(old) => match self.current_game(id, old).await? {
                Some(game) if attempts.were_repeated() && shows_write(&game) => {
                    Ok(Write::DoneEarlier(game))
                }
                game => Ok(Write::ConditionFailed(game)),
            },
        }
    }

    async fn delete(
        &self,
        id: GameId,
        condition: &str,
        values: [(&str, AttributeValue); 2],
    ) -> Result<Write<Option<Game>>, StoreError> {
        let values = values.map(|(name, value)| (name.to_owned(), value));
        let attempts = Attempts::default();
        let result = self
            .client
            .delete_item()
            .table_name(&self.tables.games)
            .key("GameId", s(id))
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values.into()))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .customize()
            .interceptor(attempts.clone())
            .send()
            .await;
        match condition_failure(result, |error| match error {
            DeleteItemError::ConditionalCheckFailedException(failed) => Some(failed.item.clone()),
            _ => None,
        })? {
            Ok(answer) => {
                let item = answer.attributes.unwrap_or_default();
                Ok(Write::Done(Some(parse_game(id, item)?)))
            }
            Err(old) => match self.current_game(id, old).await? {
                None if attempts.were_repeated() => Ok(Write::DoneEarlier(None)),
                game => Ok(Write::ConditionFailed(game)),
            },
        }
    }
}

/// Returns the condition that the nine squares are exactly as on `board`.
fn board_is(board: Board) -> String {
    let squares = Square::ALL.map(|square| match board.get(square) {
        None => format!("attribute_not_exists({square})"),
        Some(mark) => format!("{square} = :{mark}"),
    });
    squares.join(" AND ")
}

/// Adds the values for the conditions on a game in progress. DynamoDB rejects unused values, so a mark is
/// added only if it is on the board.
fn with_board_values(mut update: UpdateItemFluentBuilder, board: Board) -> UpdateItemFluentBuilder {
    for mark in [Mark::X, Mark::O] {
        if board.count(mark) > 0 {
            update = update.expression_attribute_values(format!(":{mark}"), s(mark));
        }
    }
    update.expression_attribute_values(":in_progress", s(status_date::prefix(Status::InProgress)))
}

/// Adds the values for the end of a game. `Result` is a reserved word of DynamoDB, so the expression needs a
/// placeholder for the name.
fn with_result(
    update: UpdateItemFluentBuilder,
    game: &Game,
    outcome: Outcome,
    now: Timestamp,
) -> UpdateItemFluentBuilder {
    let result = match outcome {
        Outcome::Won(mark) => game.players.player_of(mark).as_str(),
        Outcome::Drawn => GameResult::TIE,
    };
    update
        .expression_attribute_names("#Result", "Result")
        .expression_attribute_values(":result", s(result))
        .expression_attribute_values(":finished", s(status_date::encode(Status::Finished, now)))
}
