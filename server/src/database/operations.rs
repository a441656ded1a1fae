//! The one reader of the SDK's operations on items: the operation, its table and index, its expressions, the
//! items of the response and the consumed capacity. Metrics and inspector both use it.
//!
//! The SDK erases the types of inputs, outputs and errors before interceptors see them, so each has to be
//! downcast.

use aws_sdk_dynamodb::{
    operation::{
        batch_get_item::{BatchGetItemInput, BatchGetItemOutput},
        delete_item::{DeleteItemError, DeleteItemInput, DeleteItemOutput},
        get_item::{GetItemInput, GetItemOutput},
        put_item::{PutItemError, PutItemInput, PutItemOutput},
        query::{QueryInput, QueryOutput},
        transact_write_items::{
            TransactWriteItemsError, TransactWriteItemsInput, TransactWriteItemsOutput,
        },
        update_item::{UpdateItemError, UpdateItemInput, UpdateItemOutput},
    },
    types::{
        CancellationReason, ConsumedCapacity, Delete, ReturnConsumedCapacity, TransactWriteItem,
    },
};
use aws_smithy_runtime_api::client::interceptors::context::{Error, Input, Output};
use backend::store::Attributes;
use std::{collections::HashMap, slice};

/// An operation on items, as the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemOperation {
    /// Reads one item.
    GetItem,
    /// Reads several items.
    BatchGetItem,
    /// Reads a range of a table or an index.
    Query,
    /// Writes a whole item.
    PutItem,
    /// Writes attributes of an item.
    UpdateItem,
    /// Removes an item.
    DeleteItem,
    /// Writes and checks several items, all or none.
    TransactWriteItems,
}

impl ItemOperation {
    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GetItem => "GetItem",
            Self::BatchGetItem => "BatchGetItem",
            Self::Query => "Query",
            Self::PutItem => "PutItem",
            Self::UpdateItem => "UpdateItem",
            Self::DeleteItem => "DeleteItem",
            Self::TransactWriteItems => "TransactWriteItems",
        }
    }

    /// Returns true if it consumes read units, false if it consumes write units.
    #[must_use]
    pub const fn is_read(self) -> bool {
        matches!(self, Self::GetItem | Self::BatchGetItem | Self::Query)
    }
}

/// The purpose of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The range of an index.
    KeyCondition,
    /// The attributes to write.
    Update,
    /// The condition of a write.
    Condition,
    /// The attributes to return.
    Projection,
}

impl Role {
    /// The name of the request's parameter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyCondition => "KeyConditionExpression",
            Self::Update => "UpdateExpression",
            Self::Condition => "ConditionExpression",
            Self::Projection => "ProjectionExpression",
        }
    }
}

/// The input of an operation on items.
#[derive(Clone, Debug)]
pub struct ItemRequest<'a> {
    /// The operation.
    pub operation: ItemOperation,
    /// The table, or the table of a transaction's new item.
    pub table: &'a str,
    /// The index, for a query of one.
    pub index: Option<&'a str>,
    /// The keys of the items; none for a query.
    pub keys: Vec<&'a Attributes>,
    /// The item to write as a whole.
    pub item: Option<&'a Attributes>,
    /// The expressions, with placeholders.
    pub expressions: Vec<(Role, &'a str)>,
    /// The attribute names behind `#name`.
    pub names: Option<&'a HashMap<String, String>>,
    /// The values behind `:value`.
    pub values: Option<&'a Attributes>,
    /// True if the read is strongly consistent.
    pub consistent: bool,
    /// True if a query reads in descending order of the sort key.
    pub descending: bool,
    /// The maximum number of entries that a query reads.
    pub limit: Option<i32>,
}

/// Returns the body of the first type that the value has.
macro_rules! downcast {
    ($value:ident: $($type:ty => $body:expr),* $(,)?) => {
        $(if let Some($value) = $value.downcast_ref::<$type>() {
            return $body;
        })*
    };
}

impl<'a> ItemRequest<'a> {
    /// Reads the input of an operation; `None` if the operation is not about items.
    #[must_use]
    pub fn read(input: &'a Input) -> Option<Self> {
        downcast!(input:
            GetItemInput => {
                let mut request = Self::new(ItemOperation::GetItem, input.table_name()?);
                request.keys.extend(input.key());
                request.consistent = input.consistent_read() == Some(true);
                request.add_expression(Role::Projection, input.projection_expression());
                Some(request)
            },
            QueryInput => {
                let mut request = Self::new(ItemOperation::Query, input.table_name()?);
                request.index = input.index_name();
                request.consistent = input.consistent_read() == Some(true);
                request.descending = input.scan_index_forward() == Some(false);
                request.limit = input.limit();
                request.add_expression(Role::KeyCondition, input.key_condition_expression());
                request.add_expression(Role::Projection, input.projection_expression());
                request.names = input.expression_attribute_names();
                request.values = input.expression_attribute_values();
                Some(request)
            },
            UpdateItemInput => {
                let mut request = Self::new(ItemOperation::UpdateItem, input.table_name()?);
                request.keys.extend(input.key());
                request.add_expression(Role::Update, input.update_expression());
                request.add_expression(Role::Condition, input.condition_expression());
                request.names = input.expression_attribute_names();
                request.values = input.expression_attribute_values();
                Some(request)
            },
            PutItemInput => {
                let mut request = Self::new(ItemOperation::PutItem, input.table_name()?);
                request.item = input.item();
                request.add_expression(Role::Condition, input.condition_expression());
                request.names = input.expression_attribute_names();
                request.values = input.expression_attribute_values();
                Some(request)
            },
            DeleteItemInput => {
                let mut request = Self::new(ItemOperation::DeleteItem, input.table_name()?);
                request.keys.extend(input.key());
                request.add_expression(Role::Condition, input.condition_expression());
                request.names = input.expression_attribute_names();
                request.values = input.expression_attribute_values();
                Some(request)
            },
            TransactWriteItemsInput => Self::read_transaction(input),
            BatchGetItemInput => {
                // The store requests items of one table at a time.
                let (table, batch) = input.request_items()?.iter().next()?;
                let mut request = Self::new(ItemOperation::BatchGetItem, table);
                request.keys.extend(batch.keys());
                request.consistent = batch.consistent_read() == Some(true);
                request.add_expression(Role::Projection, batch.projection_expression());
                Some(request)
            },
        );
        None
    }

    /// Reads a transaction. The store has one kind: it puts an item, checks or updates another one, and may
    /// delete a third.
    fn read_transaction(input: &'a TransactWriteItemsInput) -> Option<Self> {
        let actions = input.transact_items();
        let put = actions.iter().find_map(TransactWriteItem::put)?;
        let mut request = Self::new(ItemOperation::TransactWriteItems, put.table_name());
        request.item = Some(put.item());
        for action in actions {
            if let Some(check) = action.condition_check() {
                request.keys.push(check.key());
                request.add_expression(Role::Condition, Some(check.condition_expression()));
                request.values = check.expression_attribute_values();
            }
            if let Some(update) = action.update() {
                request.keys.push(update.key());
                request.add_expression(Role::Update, Some(update.update_expression()));
                request.add_expression(Role::Condition, update.condition_expression());
                request.values = update.expression_attribute_values();
            }
            request.keys.extend(action.delete().map(Delete::key));
        }
        Some(request)
    }

    const fn new(operation: ItemOperation, table: &'a str) -> Self {
        Self {
            operation,
            table,
            index: None,
            keys: Vec::new(),
            item: None,
            expressions: Vec::new(),
            names: None,
            values: None,
            consistent: false,
            descending: false,
            limit: None,
        }
    }

    fn add_expression(&mut self, role: Role, expression: Option<&'a str>) {
        self.expressions
            .extend(expression.map(|expression| (role, expression)));
    }
}

/// Requests the consumed capacity by table and index, which adds some bytes to the response.
pub fn request_capacity(input: &mut Input) {
    macro_rules! set {
        ($($type:ty),*) => {
            $(if let Some(input) = input.downcast_mut::<$type>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
            })*
        };
    }
    set!(
        GetItemInput,
        BatchGetItemInput,
        QueryInput,
        PutItemInput,
        UpdateItemInput,
        DeleteItemInput,
        TransactWriteItemsInput
    );
}

/// The items of a response.
#[must_use]
pub fn items(output: &Output) -> Vec<&Attributes> {
    downcast!(output:
        GetItemOutput => output.item().into_iter().collect(),
        QueryOutput => output.items().iter().collect(),
        UpdateItemOutput => output.attributes().into_iter().collect(),
        PutItemOutput => output.attributes().into_iter().collect(),
        DeleteItemOutput => output.attributes().into_iter().collect(),
        BatchGetItemOutput => output.responses().into_iter().flatten().flat_map(|(_, items)| items).collect(),
    );
    Vec::new()
}

/// The consumed capacity that a response reports.
#[must_use]
pub fn consumed(output: &Output) -> &[ConsumedCapacity] {
    let one = |capacity: Option<_>| capacity.map(slice::from_ref).unwrap_or_default();
    downcast!(output:
        GetItemOutput => one(output.consumed_capacity()),
        QueryOutput => one(output.consumed_capacity()),
        UpdateItemOutput => one(output.consumed_capacity()),
        PutItemOutput => one(output.consumed_capacity()),
        DeleteItemOutput => one(output.consumed_capacity()),
        BatchGetItemOutput => output.consumed_capacity(),
        TransactWriteItemsOutput => output.consumed_capacity(),
    );
    &[]
}

/// The existing item of a failed condition, if the engine returned it. `None` for any other error.
#[must_use]
pub fn failed_condition(error: &Error) -> Option<Option<&Attributes>> {
    downcast!(error:
        UpdateItemError => match error {
            UpdateItemError::ConditionalCheckFailedException(failed) => Some(failed.item()),
            _ => None,
        },
        PutItemError => match error {
            PutItemError::ConditionalCheckFailedException(failed) => Some(failed.item()),
            _ => None,
        },
        DeleteItemError => match error {
            DeleteItemError::ConditionalCheckFailedException(failed) => Some(failed.item()),
            _ => None,
        },
        TransactWriteItemsError => match error {
            TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                let mut reasons = cancelled.cancellation_reasons().iter();
                let failed = |reason: &&CancellationReason| {
                    reason.code() == Some("ConditionalCheckFailed")
                };
                reasons.find(failed).map(CancellationReason::item)
            }
            _ => None,
        },
    );
    None
}
