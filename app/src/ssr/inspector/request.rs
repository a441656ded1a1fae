//! A request as the inspector keeps it: what was asked of which table, without what is secret.

use super::{Item, Table};
use crate::ssr::store::TableNames;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::{
    operation as tables,
    types::{AttributeValue, ReturnConsumedCapacity},
};
use aws_smithy_runtime_api::client::interceptors::context::Input;
use std::collections::HashMap;

/// The longest text that is kept of a value, in characters.
const LONGEST: usize = 256;
/// What stands in place of a value that is nobody's to see.
const SECRET: &str = "(not recorded)";

/// What is asked of a table, as the API calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
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
}

impl Operation {
    /// As the API calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GetItem => "GetItem",
            Self::BatchGetItem => "BatchGetItem",
            Self::Query => "Query",
            Self::PutItem => "PutItem",
            Self::UpdateItem => "UpdateItem",
            Self::DeleteItem => "DeleteItem",
        }
    }

    /// Whether it costs read units rather than write units.
    #[must_use]
    pub const fn is_read(self) -> bool {
        matches!(self, Self::GetItem | Self::BatchGetItem | Self::Query)
    }
}

/// What an expression is for, as the API calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Which range of an index.
    KeyCondition,
    /// What is written.
    Update,
    /// What must hold for the write to happen.
    Condition,
    /// Which attributes come back.
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

/// A request to one of the tables.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is asked.
    pub operation: Operation,
    /// Of which table.
    pub table: Table,
    /// Of which index of it.
    pub index: Option<String>,
    /// The keys of the items; none for a query.
    pub keys: Vec<Item>,
    /// The item to write, for [`Operation::PutItem`].
    pub item: Option<Item>,
    /// The expressions as they are sent, with placeholders.
    pub expressions: Vec<(Role, String)>,
    /// What `#name` stands for.
    pub names: HashMap<String, String>,
    /// What `:value` stands for.
    pub values: Item,
    /// Whether the read sees every write that has been acknowledged.
    pub consistent: bool,
    /// Whether a query goes from the last key to the first.
    pub backwards: bool,
    /// How many entries a query reads at most.
    pub limit: Option<i32>,
}

impl Request {
    /// Reads a request of the SDK, and has its answer tell what it consumes. `None` for one that is about
    /// none of the tables' items.
    pub(super) fn of(input: &mut Input, names: &TableNames) -> Option<Self> {
        macro_rules! begin {
            ($operation:ident, $input:ident) => {{
                $input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
                Self::new(Operation::$operation, $input.table_name.as_deref()?, names)?
            }};
        }
        macro_rules! expressions {
            ($request:ident, $input:ident: $($field:ident as $role:ident),*) => {{
                $($request.express(Role::$role, $input.$field.as_ref());)*
                $request.names = $input.expression_attribute_names.clone().unwrap_or_default();
                $request.set_values($input.expression_attribute_values.as_ref());
            }};
        }
        if let Some(input) = input.downcast_mut::<tables::get_item::GetItemInput>() {
            let mut request = begin!(GetItem, input);
            request.add_key(input.key.as_ref());
            request.consistent = input.consistent_read == Some(true);
            request.express(Role::Projection, input.projection_expression.as_ref());
            return Some(request);
        }
        if let Some(input) = input.downcast_mut::<tables::query::QueryInput>() {
            let mut request = begin!(Query, input);
            request.index.clone_from(&input.index_name);
            request.consistent = input.consistent_read == Some(true);
            request.backwards = input.scan_index_forward == Some(false);
            request.limit = input.limit;
            expressions!(request, input: key_condition_expression as KeyCondition, projection_expression as Projection);
            return Some(request);
        }
        if let Some(input) = input.downcast_mut::<tables::update_item::UpdateItemInput>() {
            let mut request = begin!(UpdateItem, input);
            request.add_key(input.key.as_ref());
            expressions!(request, input: update_expression as Update, condition_expression as Condition);
            return Some(request);
        }
        if let Some(input) = input.downcast_mut::<tables::put_item::PutItemInput>() {
            let mut request = begin!(PutItem, input);
            request.item = (input.item.as_ref()).map(|item| kept(request.table, item));
            expressions!(request, input: condition_expression as Condition);
            return Some(request);
        }
        if let Some(input) = input.downcast_mut::<tables::delete_item::DeleteItemInput>() {
            let mut request = begin!(DeleteItem, input);
            request.add_key(input.key.as_ref());
            expressions!(request, input: condition_expression as Condition);
            return Some(request);
        }
        let input = input.downcast_mut::<tables::batch_get_item::BatchGetItemInput>()?;
        input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
        // The store asks for items of one table at a time.
        let (table, wanted) = input.request_items.iter().flatten().next()?;
        let mut request = Self::new(Operation::BatchGetItem, table, names)?;
        for key in wanted.keys() {
            request.add_key(Some(key));
        }
        request.consistent = wanted.consistent_read == Some(true);
        request.express(Role::Projection, wanted.projection_expression.as_ref());
        Some(request)
    }

    fn new(operation: Operation, table: &str, names: &TableNames) -> Option<Self> {
        Some(Self::of_table(operation, Table::of(table, names)?))
    }

    /// One that asks for nothing yet.
    pub(super) fn of_table(operation: Operation, table: Table) -> Self {
        Self {
            operation,
            table,
            index: None,
            keys: Vec::new(),
            item: None,
            expressions: Vec::new(),
            names: HashMap::new(),
            values: HashMap::new(),
            consistent: false,
            backwards: false,
            limit: None,
        }
    }

    /// The expression with this role, as it was sent.
    #[must_use]
    pub fn expression(&self, role: Role) -> Option<&str> {
        let mut expressions = self.expressions.iter();
        let found = expressions.find(|(of, _)| *of == role);
        found.map(|(_, text)| text.as_str())
    }

    /// The game whose item it is about, if it is about one.
    #[must_use]
    pub fn game_id(&self) -> Option<&str> {
        let key = match self.keys.as_slice() {
            [key] => key,
            _ => self.item.as_ref()?,
        };
        let id = (self.table == Table::Games).then(|| key.get("GameId"))?;
        id?.as_s().ok().map(String::as_str)
    }

    fn express(&mut self, role: Role, text: Option<&String>) {
        self.expressions
            .extend(text.map(|text| (role, text.clone())));
    }

    fn add_key(&mut self, key: Option<&Item>) {
        self.keys.extend(key.map(|key| kept(self.table, key)));
    }

    fn set_values(&mut self, values: Option<&Item>) {
        for (name, value) in values.into_iter().flatten() {
            // What is compared in the tables of accounts is what is secret there.
            let value = match self.table {
                Table::Games => shortened(value),
                Table::Players | Table::Sessions => AttributeValue::S(SECRET.to_owned()),
            };
            self.values.insert(name.clone(), value);
        }
    }
}

/// An item as it may be kept.
pub(super) fn kept(table: Table, item: &Item) -> Item {
    let attribute = |(name, value): (&String, &AttributeValue)| {
        let is_secret = match table {
            Table::Games => false,
            Table::Players => name == "PasswordHash",
            Table::Sessions => name == "SessionId",
        };
        let value = if is_secret {
            AttributeValue::S(SECRET.to_owned())
        } else {
            shortened(value)
        };
        (name.clone(), value)
    };
    item.iter().map(attribute).collect()
}

fn shortened(value: &AttributeValue) -> AttributeValue {
    match value {
        AttributeValue::S(text) if text.chars().count() > LONGEST => {
            let start: String = text.chars().take(LONGEST).collect();
            AttributeValue::S(start + "…")
        }
        AttributeValue::S(_) | AttributeValue::N(_) | AttributeValue::Bool(_) => value.clone(),
        AttributeValue::L(list) => {
            AttributeValue::L(list.iter().take(LONGEST).map(shortened).collect())
        }
        // None of ours, but an older application's items may have anything: only the type is kept.
        AttributeValue::M(_) => AttributeValue::M(HashMap::new()),
        AttributeValue::Ss(_) => AttributeValue::Ss(Vec::new()),
        AttributeValue::Ns(_) => AttributeValue::Ns(Vec::new()),
        AttributeValue::Bs(_) => AttributeValue::Bs(Vec::new()),
        AttributeValue::B(_) => AttributeValue::B(Blob::new([])),
        other => other.clone(),
    }
}
