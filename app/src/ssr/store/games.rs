//! One game: reading it, and the conditional writes that change it.
//!
//! Every write states what it believes in its condition. A condition that fails is never guessed at:
//! the item as it was, returned with the failure or read again, says what is true instead.

use super::{Store, StoreError, item::GameItem, status_date};
use crate::{
    game::{Board, Mark, Next, Outcome, Square},
    ids::{GameId, PlayerName},
    ssr::{
        game::{Game, Move},
        store::item::{ItemError, NOBODYS_TURN},
    },
    view_model::{GameResult, Status},
};
use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError,
        update_item::builders::UpdateItemFluentBuilder,
    },
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use jiff::Timestamp;
use std::collections::HashMap;

/// An item, attribute by attribute.
pub type Attributes = HashMap<String, AttributeValue>;

/// What became of a conditional write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write<T> {
    /// It was made.
    Done(T),
    /// Its condition did not hold; this is the game as it is instead, or `None` if there is none.
    Refused(Option<Game>),
}

/// Who may end an invitation, and as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entitled<'a> {
    /// The host cancels.
    Host(&'a PlayerName),
    /// The opponent declines.
    Opponent(&'a PlayerName),
}

impl Store {
    /// The game with this id, if there is one. `consistent` reads cost twice as much and see every
    /// write that has been acknowledged.
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
        answer.item.map(|item| parse(id, item)).transpose()
    }

    /// Puts a new invitation, unless there is a game with its id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn create_game(&self, invitation: &Game) -> Result<Write<()>, StoreError> {
        let item = GameItem::from(invitation);
        let item: Attributes = serde_dynamo::to_item(item)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let result = self
            .client
            .put_item()
            .table_name(&self.tables.games)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(GameId)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match refusal(result, |error| match error {
            PutItemError::ConditionalCheckFailedException(failed) => Some(failed.item.clone()),
            _ => None,
        })? {
            Ok(_) => Ok(Write::Done(())),
            Err(old) => self.refused(invitation.id, old).await,
        }
    }

    /// Starts a pending game, if `opponent` was invited to it and the invitation is still valid.
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
            // One condition for two things: the concatenated key says that the game is pending and
            // that it is not too old.
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
        self.send_update(id, update).await
    }

    /// Deletes a pending game, if the one who asks is entitled to. Gives back what was deleted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn delete_invitation(
        &self,
        id: GameId,
        by: Entitled<'_>,
    ) -> Result<Write<Game>, StoreError> {
        let (condition, player) = match by {
            Entitled::Host(player) => {
                ("begins_with(StatusDate, :pending) AND HostId = :me", player)
            }
            Entitled::Opponent(player) => (
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

    /// Deletes an invitation that nobody can accept any more.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn delete_expired(
        &self,
        id: GameId,
        now: Timestamp,
    ) -> Result<Write<Game>, StoreError> {
        let condition = "StatusDate >= :first_pending AND StatusDate < :oldest_pending";
        let values = [
            (":first_pending", s(status_date::first(Status::Pending))),
            (":oldest_pending", s(oldest_pending(now))),
        ];
        self.delete(id, condition, values).await
    }

    /// Writes a move: the mark, the turn and the order of play, and, when it ends the game, the
    /// status, the date and the result in the same write. Only if the game is in progress, it is the
    /// player's turn, and the board is the one that the decision was taken on.
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
            Next::Continues(position) => game.player_of(position.to_move()).as_str(),
            Next::Over(_) => NOBODYS_TURN,
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
            .expression_attribute_values(":me", s(game.player_of(chosen.mark)));
        update = with_board_values(update, game.board());
        if let Next::Over(end) = chosen.next {
            update = with_result(update, game, end.outcome(), now);
        }
        self.send_update(game.id, update).await
    }

    /// Writes the end of a game that AWS's example application has left in progress although its
    /// board is won or full. Only if the board is still as it was read.
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
            .update_expression("SET StatusDate = :finished, Turn = :nobody, #Result = :result")
            .condition_expression(format!(
                "begins_with(StatusDate, :in_progress) AND {}",
                board_is(game.board())
            ))
            .expression_attribute_values(":nobody", s(NOBODYS_TURN));
        let update = with_board_values(update, game.board());
        let update = with_result(update, game, outcome, now);
        self.send_update(game.id, update).await
    }

    /// Deletes a game in any state, if `host` is who invited to it. For games that were made to be shown: no
    /// player's game is ever deleted once it has begun.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn delete_game_hosted_by(
        &self,
        id: GameId,
        host: &PlayerName,
    ) -> Result<(), StoreError> {
        let result = self
            .client
            .delete_item()
            .table_name(&self.tables.games)
            .key("GameId", s(id))
            .condition_expression("attribute_not_exists(GameId) OR HostId = :host")
            .expression_attribute_values(":host", s(host))
            .send()
            .await;
        refusal(result, |error| match error {
            DeleteItemError::ConditionalCheckFailedException(failed) => Some(failed.item.clone()),
            _ => None,
        })
        .map(drop)
    }

    fn update(&self, id: GameId) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.tables.games)
            .key("GameId", s(id))
            // The new item comes back with the write, so that nobody has to read it.
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    async fn send_update(
        &self,
        id: GameId,
        update: UpdateItemFluentBuilder,
    ) -> Result<Write<Game>, StoreError> {
        let result = update.send().await;
        match refusal(result, |error| match error {
            UpdateItemError::ConditionalCheckFailedException(failed) => Some(failed.item.clone()),
            _ => None,
        })? {
            Ok(answer) => {
                let item = answer.attributes.unwrap_or_default();
                Ok(Write::Done(parse(id, item)?))
            }
            Err(old) => self.refused(id, old).await,
        }
    }

    async fn delete(
        &self,
        id: GameId,
        condition: &str,
        values: [(&str, AttributeValue); 2],
    ) -> Result<Write<Game>, StoreError> {
        let values = values.map(|(name, value)| (name.to_owned(), value));
        let result = self
            .client
            .delete_item()
            .table_name(&self.tables.games)
            .key("GameId", s(id))
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values.into()))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match refusal(result, |error| match error {
            DeleteItemError::ConditionalCheckFailedException(failed) => Some(failed.item.clone()),
            _ => None,
        })? {
            Ok(answer) => Ok(Write::Done(parse(
                id,
                answer.attributes.unwrap_or_default(),
            )?)),
            Err(old) => self.refused(id, old).await,
        }
    }

    /// What is true instead of what a write believed. The service returns the item with the failure;
    /// older builds of DynamoDB Local don't, and when there is no item nobody can.
    async fn refused<T>(
        &self,
        id: GameId,
        old: Option<Attributes>,
    ) -> Result<Write<T>, StoreError> {
        let game = match old {
            Some(item) => Some(parse(id, item)?),
            None => self.game(id, true).await?,
        };
        Ok(Write::Refused(game))
    }
}

/// Tells a failed condition, with the old item if there is one, from every other error.
fn refusal<T, E>(
    result: Result<T, SdkError<E>>,
    condition_failed: impl Fn(&E) -> Option<Option<Attributes>>,
) -> Result<Result<T, Option<Attributes>>, StoreError>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    match result {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) => match error.as_service_error().and_then(condition_failed) {
            Some(old) => Ok(Err(old)),
            None => Err(error.into()),
        },
    }
}

/// A text attribute.
pub(super) fn s(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

pub(super) fn parse(id: GameId, item: Attributes) -> Result<Game, StoreError> {
    let item: GameItem = serde_dynamo::from_item(item)
        .map_err(|error| StoreError::corrupt(id, ItemError::Attributes(error.to_string())))?;
    Game::try_from(item).map_err(|reason| StoreError::corrupt(id, reason))
}

/// The first `StatusDate` of an invitation that is valid `now`.
pub(super) fn oldest_pending(now: Timestamp) -> String {
    status_date::encode(Status::Pending, Game::oldest_valid_invitation(now))
}

/// The condition that the nine squares are exactly as on `board`.
fn board_is(board: Board) -> String {
    let squares = Square::ALL.map(|square| match board.get(square) {
        None => format!("attribute_not_exists({square})"),
        Some(mark) => format!("{square} = :{mark}"),
    });
    squares.join(" AND ")
}

/// The values that the conditions on a game in progress refer to. An unused one would be refused, so
/// each mark is there only if the board has it.
fn with_board_values(mut update: UpdateItemFluentBuilder, board: Board) -> UpdateItemFluentBuilder {
    for mark in [Mark::X, Mark::O] {
        if board.count(mark) > 0 {
            update = update.expression_attribute_values(format!(":{mark}"), s(mark));
        }
    }
    update.expression_attribute_values(":in_progress", s(status_date::prefix(Status::InProgress)))
}

/// The values of a game's end. `Result` is a reserved word, so it goes by another name.
fn with_result(
    update: UpdateItemFluentBuilder,
    game: &Game,
    outcome: Outcome,
    now: Timestamp,
) -> UpdateItemFluentBuilder {
    let result = match outcome {
        Outcome::Won(mark) => game.player_of(mark).as_str(),
        Outcome::Drawn => GameResult::TIE,
    };
    update
        .expression_attribute_names("#Result", "Result")
        .expression_attribute_values(":result", s(result))
        .expression_attribute_values(":finished", s(status_date::encode(Status::Finished, now)))
}
