//! The evaluation of a failed condition, clause by clause.
//!
//! DynamoDB reports that a condition failed, but not which clause. The existing item comes with the failure, so
//! the clauses are evaluated on it here by the rules of the service:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>.
//! Only the syntax that the store uses is supported: clauses joined by `AND`.

use super::{
    Item, Request,
    expression::{literal, resolved, substituted},
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::cmp::Ordering;

/// The item for which a condition did not hold, as far as it is known.
#[derive(Clone, Debug)]
pub enum Evidence {
    /// The engine returned the item with the failure.
    Returned(Item),
    /// The store read the item right afterwards. `None` if there was none.
    ReadAfterwards(Option<Item>),
    /// The item is not known.
    Nothing,
}

/// An evaluated clause of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// The clause in readable form.
    pub text: String,
    /// True if the clause held. `None` if it can't be evaluated here.
    pub holds: Option<bool>,
    /// The attribute's value in the item, in words: `the item held Turn = "bob"`.
    pub item_value: String,
}

/// Evaluates the clauses of a condition on the known item.
#[must_use]
pub fn evaluate(request: &Request, condition: &str, evidence: &Evidence) -> Vec<Clause> {
    let tokens = tokens(condition);
    let known = match evidence {
        Evidence::Returned(item) => Some((Some(item), "the item held")),
        Evidence::ReadAfterwards(item) => Some((item.as_ref(), "a read right after found")),
        Evidence::Nothing => None,
    };
    match (parse(&tokens), known) {
        (Some(predicates), Some((item, found))) => predicates
            .iter()
            .map(|predicate| predicate.evaluate(request, item, found))
            .collect(),
        _ => vec![Clause {
            text: substituted(request, condition),
            holds: None,
            item_value: String::new(),
        }],
    }
}

/// A parsed clause: an attribute and a requirement on it.
struct Predicate<'a> {
    attribute: &'a str,
    requirement: Requirement<'a>,
}

enum Requirement<'a> {
    Absent,
    Present,
    BeginsWith(&'a str),
    Compared(&'a str, &'a str),
    Between(&'a str, &'a str),
}

fn tokens(condition: &str) -> Vec<&str> {
    condition
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ','))
        .filter(|token| !token.is_empty())
        .collect()
}

fn parse<'a>(mut tokens: &[&'a str]) -> Option<Vec<Predicate<'a>>> {
    let mut predicates = Vec::new();
    loop {
        let (attribute, requirement, rest) = match tokens {
            ["attribute_not_exists", attribute, rest @ ..] => {
                (attribute, Requirement::Absent, rest)
            }
            ["attribute_exists", attribute, rest @ ..] => (attribute, Requirement::Present, rest),
            ["begins_with", attribute, start, rest @ ..] => {
                (attribute, Requirement::BeginsWith(start), rest)
            }
            [attribute, "BETWEEN", low, "AND", high, rest @ ..] => {
                (attribute, Requirement::Between(low, high), rest)
            }
            [
                attribute,
                operator @ ("=" | "<>" | "<" | "<=" | ">" | ">="),
                value,
                rest @ ..,
            ] => (attribute, Requirement::Compared(operator, value), rest),
            _ => return None,
        };
        predicates.push(Predicate {
            attribute,
            requirement,
        });
        match rest {
            [] => return Some(predicates),
            ["AND", rest @ ..] => tokens = rest,
            _ => return None,
        }
    }
}

impl Predicate<'_> {
    fn evaluate(&self, request: &Request, item: Option<&Item>, found: &str) -> Clause {
        let name = resolved(request, self.attribute);
        let text = |token: &str| resolved(request, token);
        let text = match self.requirement {
            Requirement::Absent => format!("attribute_not_exists({name})"),
            Requirement::Present => format!("attribute_exists({name})"),
            Requirement::BeginsWith(start) => format!("begins_with({name}, {})", text(start)),
            Requirement::Compared(operator, value) => format!("{name} {operator} {}", text(value)),
            Requirement::Between(low, high) => {
                format!("{name} BETWEEN {} AND {}", text(low), text(high))
            }
        };
        let value = item.and_then(|item| item.get(&name));
        let item_value = match (item, value) {
            (None, _) => "the item did not exist".to_owned(),
            (Some(_), None) => format!("{found} no {name}"),
            (Some(_), Some(value)) => format!("{found} {name} = {}", literal(value)),
        };
        Clause {
            text,
            holds: self.holds(request, value),
            item_value,
        }
    }

    fn holds(&self, request: &Request, value: Option<&AttributeValue>) -> Option<bool> {
        let operand = |token: &str| request.values.get(token);
        Some(match self.requirement {
            Requirement::Absent => value.is_none(),
            Requirement::Present => value.is_some(),
            Requirement::BeginsWith(start) => match (value, operand(start)?) {
                (Some(AttributeValue::S(text)), AttributeValue::S(start)) => {
                    text.starts_with(start)
                }
                _ => false,
            },
            Requirement::Compared(operator, other) => {
                let order = compare(value, operand(other)?);
                match operator {
                    "=" => order == Some(Ordering::Equal),
                    "<>" => order != Some(Ordering::Equal),
                    "<" => order == Some(Ordering::Less),
                    "<=" => order.is_some_and(Ordering::is_le),
                    ">" => order == Some(Ordering::Greater),
                    _ => order.is_some_and(Ordering::is_ge),
                }
            }
            Requirement::Between(low, high) => {
                compare(value, operand(low)?).is_some_and(Ordering::is_ge)
                    && compare(value, operand(high)?).is_some_and(Ordering::is_le)
            }
        })
    }
}

/// The order of two strings by their bytes. `None` for a missing attribute or another type.
fn compare(value: Option<&AttributeValue>, other: &AttributeValue) -> Option<Ordering> {
    match (value?, other) {
        (AttributeValue::S(value), AttributeValue::S(other)) => {
            Some(value.as_bytes().cmp(other.as_bytes()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{database::operations::ItemOperation, inspector::capture::Table};

    fn s(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn request(values: &[(&str, &str)]) -> Request {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), s(value)));
        Request {
            values: values.collect(),
            ..Request::empty(ItemOperation::UpdateItem, Table::Games)
        }
    }

    fn item(attributes: &[(&str, &str)]) -> Item {
        let attributes = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), s(value)));
        attributes.collect()
    }

    #[test]
    fn each_clause_is_evaluated_separately() {
        let request = request(&[
            (":in_progress", "IN_PROGRESS_"),
            (":me", "ada"),
            (":X", "X"),
        ]);
        let condition = "begins_with(StatusDate, :in_progress) AND Turn = :me AND attribute_not_exists(TopLeft) AND TopRight = :X";
        let item = item(&[
            ("StatusDate", "IN_PROGRESS_2026"),
            ("Turn", "bob"),
            ("TopLeft", "O"),
        ]);
        let clauses = evaluate(&request, condition, &Evidence::Returned(item));
        let evaluated: Vec<_> = clauses
            .iter()
            .map(|clause| {
                (
                    clause.text.as_str(),
                    clause.holds,
                    clause.item_value.as_str(),
                )
            })
            .collect();
        assert_eq!(
            evaluated,
            [
                (
                    "begins_with(StatusDate, \"IN_PROGRESS_\")",
                    Some(true),
                    "the item held StatusDate = \"IN_PROGRESS_2026\""
                ),
                (
                    "Turn = \"ada\"",
                    Some(false),
                    "the item held Turn = \"bob\""
                ),
                (
                    "attribute_not_exists(TopLeft)",
                    Some(false),
                    "the item held TopLeft = \"O\""
                ),
                ("TopRight = \"X\"", Some(false), "the item held no TopRight"),
            ]
        );
    }

    #[test]
    fn between_keeps_its_own_and() {
        let request = request(&[(":a", "PENDING_1"), (":z", "PENDING_~"), (":me", "bob")]);
        let condition = "StatusDate BETWEEN :a AND :z AND OpponentId = :me";
        for (date, holds) in [
            ("PENDING_1", true),
            ("PENDING_2026", true),
            ("PENDING_0", false),
            ("FINISHED_2", false),
        ] {
            let item = item(&[("StatusDate", date), ("OpponentId", "bob")]);
            let clauses = evaluate(&request, condition, &Evidence::Returned(item));
            assert_eq!(clauses.len(), 2);
            assert_eq!(
                (clauses[0].holds, clauses[1].holds),
                (Some(holds), Some(true)),
                "{date}"
            );
        }
    }

    #[test]
    fn comparisons_follow_the_service() {
        let request = request(&[(":b", "b")]);
        for (operator, of_a, of_b, of_c) in [
            ("=", false, true, false),
            ("<>", true, false, true),
            ("<", true, false, false),
            ("<=", true, true, false),
            (">", false, false, true),
            (">=", false, true, true),
        ] {
            for (value, expected) in [("a", of_a), ("b", of_b), ("c", of_c)] {
                let clauses = evaluate(
                    &request,
                    &format!("A {operator} :b"),
                    &Evidence::Returned(item(&[("A", value)])),
                );
                assert_eq!(clauses[0].holds, Some(expected), "{value} {operator} b");
            }
        }
    }

    #[test]
    fn only_absence_holds_without_an_item() {
        let request = request(&[(":me", "ada")]);
        let clauses = evaluate(
            &request,
            "attribute_not_exists(GameId) AND attribute_exists(GameId) AND HostId = :me",
            &Evidence::ReadAfterwards(None),
        );
        let holds: Vec<_> = clauses.iter().map(|clause| clause.holds).collect();
        assert_eq!(holds, [Some(true), Some(false), Some(false)]);
        assert_eq!(clauses[2].item_value, "the item did not exist");
    }

    #[test]
    fn an_item_that_was_read_afterwards_is_described_as_such() {
        let item = item(&[("HostId", "bob")]);
        let clauses = evaluate(
            &request(&[(":me", "ada")]),
            "HostId = :me",
            &Evidence::ReadAfterwards(Some(item)),
        );
        assert_eq!(clauses[0].holds, Some(false));
        assert_eq!(
            clauses[0].item_value,
            "a read right after found HostId = \"bob\""
        );
    }

    #[test]
    fn unsupported_condition_is_not_evaluated() {
        let request = request(&[(":me", "ada")]);
        let clauses = evaluate(
            &request,
            "attribute_not_exists(GameId) OR HostId = :me",
            &Evidence::ReadAfterwards(None),
        );
        assert_eq!(clauses.len(), 1);
        assert_eq!(
            (clauses[0].holds, clauses[0].text.as_str()),
            (None, "attribute_not_exists(GameId) OR HostId = \"ada\"")
        );
    }
}
