//! A recorded request, without secrets.

use super::{Item, Table};
use crate::database::operations::{ItemOperation, ItemRequest, Role};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use backend::store::TableNames;
use std::collections::HashMap;

/// The maximum length of a recorded value, in characters or list elements.
const MAX_LENGTH: usize = 256;
/// The replacement for a secret value.
const REDACTED: &str = "(not recorded)";

/// A request to one of the tables.
#[derive(Clone, Debug)]
pub struct Request {
    /// The operation.
    pub operation: ItemOperation,
    /// The table.
    pub table: Table,
    /// The index, for a query of one.
    pub index: Option<String>,
    /// The keys of the items; none for a query.
    pub keys: Vec<Item>,
    /// The item to write, for [`ItemOperation::PutItem`].
    pub item: Option<Item>,
    /// The expressions, with placeholders.
    pub expressions: Vec<(Role, String)>,
    /// The attribute names behind `#name`.
    pub names: HashMap<String, String>,
    /// The values behind `:value`.
    pub values: Item,
    /// True if the read is strongly consistent.
    pub consistent: bool,
    /// True if a query reads in descending order of the sort key.
    pub descending: bool,
    /// The maximum number of entries that a query reads.
    pub limit: Option<i32>,
}

impl Request {
    /// Copies a request without its secrets. Returns `None` for an unknown table.
    pub(super) fn redacted(request: &ItemRequest<'_>, names: &TableNames) -> Option<Self> {
        let table = Table::of(request.table, names)?;
        let expressions = request.expressions.iter();
        Some(Self {
            operation: request.operation,
            table,
            index: request.index.map(str::to_owned),
            keys: request
                .keys
                .iter()
                .map(|key| redacted(table, key))
                .collect(),
            item: request.item.map(|item| redacted(table, item)),
            expressions: expressions
                .map(|(role, text)| (*role, (*text).to_owned()))
                .collect(),
            names: request.names.cloned().unwrap_or_default(),
            values: redacted_values(table, request.values),
            consistent: request.consistent,
            descending: request.descending,
            limit: request.limit,
        })
    }

    /// A request without parameters.
    #[cfg(test)]
    pub(super) fn empty(operation: ItemOperation, table: Table) -> Self {
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
            descending: false,
            limit: None,
        }
    }

    /// The expression with this role, with placeholders.
    #[must_use]
    pub fn expression(&self, role: Role) -> Option<&str> {
        let mut expressions = self.expressions.iter();
        let found = expressions.find(|(of, _)| *of == role);
        found.map(|(_, text)| text.as_str())
    }

    /// The id of the game that the request reads or writes, if there is exactly one.
    #[must_use]
    pub fn game_id(&self) -> Option<&str> {
        let key = match self.keys.as_slice() {
            [key] => key,
            _ => self.item.as_ref()?,
        };
        let id = (self.table == Table::Games).then(|| key.get("GameId"))?;
        id?.as_s().ok().map(String::as_str)
    }
}

/// The values of expressions without secrets. In the tables of accounts, all values are secret.
fn redacted_values(table: Table, values: Option<&Item>) -> Item {
    let values = values.into_iter().flatten();
    let values = values.map(|(name, value)| {
        let value = match table {
            Table::Games => truncated(value),
            Table::Players | Table::Sessions => AttributeValue::S(REDACTED.to_owned()),
        };
        (name.clone(), value)
    });
    values.collect()
}

/// An item without secrets.
pub(super) fn redacted(table: Table, item: &Item) -> Item {
    let attribute = |(name, value): (&String, &AttributeValue)| {
        let is_secret = match table {
            Table::Games => false,
            Table::Players => name == "PasswordHash",
            Table::Sessions => name == "SessionId",
        };
        let value = if is_secret {
            AttributeValue::S(REDACTED.to_owned())
        } else {
            truncated(value)
        };
        (name.clone(), value)
    };
    item.iter().map(attribute).collect()
}

fn truncated(value: &AttributeValue) -> AttributeValue {
    match value {
        AttributeValue::S(text) if text.chars().count() > MAX_LENGTH => {
            let start: String = text.chars().take(MAX_LENGTH).collect();
            AttributeValue::S(start + "…")
        }
        AttributeValue::S(_) | AttributeValue::N(_) | AttributeValue::Bool(_) => value.clone(),
        AttributeValue::L(list) => {
            AttributeValue::L(list.iter().take(MAX_LENGTH).map(truncated).collect())
        }
        // Only the type is recorded. The store writes none of these, but items of an older application may have
        // them.
        AttributeValue::M(_) => AttributeValue::M(HashMap::new()),
        AttributeValue::Ss(_) => AttributeValue::Ss(Vec::new()),
        AttributeValue::Ns(_) => AttributeValue::Ns(Vec::new()),
        AttributeValue::Bs(_) => AttributeValue::Bs(Vec::new()),
        AttributeValue::B(_) => AttributeValue::B(Blob::new([])),
        other => other.clone(),
    }
}
