//! Readable expressions, with names and values in place of their placeholders.

use super::{Item, Request};
use aws_sdk_dynamodb::types::AttributeValue;

/// An expression of a request with names and values in place of their placeholders.
#[must_use]
pub fn substituted(request: &Request, expression: &str) -> String {
    let mut text = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(start) = rest.find([':', '#']) {
        text.push_str(&rest[..start]);
        let end = rest[start + 1..]
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .map_or(rest.len(), |length| start + 1 + length);
        text.push_str(&resolved(request, &rest[start..end]));
        rest = &rest[end..];
    }
    text + rest
}

/// The name or value behind a token of an expression, or the token itself.
pub(super) fn resolved(request: &Request, token: &str) -> String {
    if let Some(name) = request.names.get(token) {
        return name.clone();
    }
    (request.values.get(token)).map_or_else(|| token.to_owned(), literal)
}

/// A value in readable form. Expressions themselves allow no literals.
#[must_use]
pub fn literal(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => format!("\"{text}\""),
        AttributeValue::N(number) => number.clone(),
        AttributeValue::Bool(flag) => flag.to_string(),
        AttributeValue::L(list) => {
            let list: Vec<String> = list.iter().map(literal).collect();
            format!("[{}]", list.join(", "))
        }
        _ => "…".to_owned(),
    }
}

/// The DynamoDB data type descriptor of a value.
#[must_use]
pub const fn type_of(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::S(_) => "S",
        AttributeValue::N(_) => "N",
        AttributeValue::L(_) => "L",
        AttributeValue::Bool(_) => "BOOL",
        AttributeValue::M(_) => "M",
        AttributeValue::Ss(_) => "SS",
        AttributeValue::Ns(_) => "NS",
        AttributeValue::Bs(_) => "BS",
        AttributeValue::B(_) => "B",
        AttributeValue::Null(_) => "NULL",
        _ => "?",
    }
}

/// The attributes of an item in the order of the data model, followed by unknown ones in alphabetical order.
#[must_use]
pub fn in_order(item: &Item) -> Vec<(&str, &AttributeValue)> {
    const ORDER: [&str; 17] = [
        "GameId",
        "HostId",
        "OpponentId",
        "StatusDate",
        "OUser",
        "Turn",
        "TopLeft",
        "TopMiddle",
        "TopRight",
        "MiddleLeft",
        "MiddleMiddle",
        "MiddleRight",
        "BottomLeft",
        "BottomMiddle",
        "BottomRight",
        "Result",
        "Moves",
    ];
    let position = |name: &str| ORDER.iter().position(|known| *known == name);
    let mut attributes: Vec<_> = item
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    attributes.sort_by_key(|(name, _)| (position(name).unwrap_or(ORDER.len()), *name));
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{database::operations::ItemOperation, inspector::capture::Table};

    #[test]
    fn placeholders_are_substituted() {
        let s = |text: &str| AttributeValue::S(text.to_owned());
        let mut request = Request::empty(ItemOperation::UpdateItem, Table::Games);
        request.names.insert("#Result".into(), "Result".into());
        request.values.insert(":result".into(), s("Tie"));
        request.values.insert(":r".into(), s("not this"));
        request.values.insert(
            ":moves".into(),
            AttributeValue::L(vec![s("TopLeft"), s("TopRight")]),
        );
        let text = substituted(
            &request,
            "SET #Result = :result, Moves = list_append(Moves, :moves), A = :unknown",
        );
        assert_eq!(
            text,
            "SET Result = \"Tie\", Moves = list_append(Moves, [\"TopLeft\", \"TopRight\"]), A = :unknown"
        );
    }

    #[test]
    fn attributes_follow_the_data_model() {
        let item = ["Moves", "Zebra", "Turn", "GameId", "TopLeft", "Apple"];
        let item: Item = item
            .map(|name| (name.to_owned(), AttributeValue::N("1".into())))
            .into();
        let names: Vec<_> = in_order(&item).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            ["GameId", "Turn", "TopLeft", "Moves", "Apple", "Zebra"]
        );
    }
}
