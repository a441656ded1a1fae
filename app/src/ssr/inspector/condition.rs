//! Which clause of a condition did not hold, and what the item held instead.
//!
//! DynamoDB says that a condition failed, not why; the item as it was comes with the failure, and the
//! clauses are judged on it here as the service does:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>.
//! Only what the store uses is known: clauses joined by `AND`.

use super::{
    Item, Request,
    entry::Evidence,
    expression::{literal, resolved, substituted},
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::cmp::Ordering;

/// One clause of a condition, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// As people read it.
    pub text: String,
    /// Whether it held; `None` for one that can't be judged here.
    pub holds: Option<bool>,
    /// What the item held, where that decided: `Turn = "bob"`, or that there was no such attribute.
    pub held: String,
}

/// The clauses of a condition, each judged on what is known of the item.
#[must_use]
pub fn judge(request: &Request, condition: &str, evidence: &Evidence) -> Vec<Clause> {
    let tokens = tokens(condition);
    let known = match evidence {
        Evidence::Returned(item) => Some((Some(item), "the item held")),
        Evidence::ReadAfterwards(item) => Some((item.as_ref(), "a read right after found")),
        Evidence::Nothing => None,
    };
    match (parse(&tokens), known) {
        (Some(tests), Some((item, found))) => {
            let judged = tests.iter().map(|test| test.judge(request, item, found));
            judged.collect()
        }
        _ => vec![Clause {
            text: substituted(request, condition),
            holds: None,
            held: String::new(),
        }],
    }
}

/// A clause: an attribute and what must be true of it.
struct Test<'a> {
    attribute: &'a str,
    kind: Kind<'a>,
}

enum Kind<'a> {
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

fn parse<'a>(mut tokens: &[&'a str]) -> Option<Vec<Test<'a>>> {
    let mut tests = Vec::new();
    loop {
        let (test, rest) = match tokens {
            ["attribute_not_exists", attribute, rest @ ..] => {
                (Test::new(attribute, Kind::Absent), rest)
            }
            ["attribute_exists", attribute, rest @ ..] => {
                (Test::new(attribute, Kind::Present), rest)
            }
            ["begins_with", attribute, start, rest @ ..] => {
                (Test::new(attribute, Kind::BeginsWith(start)), rest)
            }
            [attribute, "BETWEEN", low, "AND", high, rest @ ..] => {
                (Test::new(attribute, Kind::Between(low, high)), rest)
            }
            [
                attribute,
                operator @ ("=" | "<>" | "<" | "<=" | ">" | ">="),
                value,
                rest @ ..,
            ] => (Test::new(attribute, Kind::Compared(operator, value)), rest),
            _ => return None,
        };
        tests.push(test);
        match rest {
            [] => return Some(tests),
            ["AND", rest @ ..] => tokens = rest,
            _ => return None,
        }
    }
}

impl<'a> Test<'a> {
    const fn new(attribute: &'a str, kind: Kind<'a>) -> Self {
        Self { attribute, kind }
    }

    fn judge(&self, request: &Request, item: Option<&Item>, found: &str) -> Clause {
        let name = resolved(request, self.attribute);
        let of = |token: &str| resolved(request, token);
        let text = match self.kind {
            Kind::Absent => format!("attribute_not_exists({name})"),
            Kind::Present => format!("attribute_exists({name})"),
            Kind::BeginsWith(start) => format!("begins_with({name}, {})", of(start)),
            Kind::Compared(operator, value) => format!("{name} {operator} {}", of(value)),
            Kind::Between(low, high) => format!("{name} BETWEEN {} AND {}", of(low), of(high)),
        };
        let value = item.and_then(|item| item.get(&name));
        let held = match (item, value) {
            (None, _) => "there was no such item".to_owned(),
            (Some(_), None) => format!("{found} no {name}"),
            (Some(_), Some(value)) => format!("{found} {name} = {}", literal(value)),
        };
        Clause {
            text,
            holds: self.holds(request, value),
            held,
        }
    }

    fn holds(&self, request: &Request, value: Option<&AttributeValue>) -> Option<bool> {
        let of = |token: &str| request.values.get(token);
        Some(match self.kind {
            Kind::Absent => value.is_none(),
            Kind::Present => value.is_some(),
            Kind::BeginsWith(start) => match (value, of(start)?) {
                (Some(AttributeValue::S(text)), AttributeValue::S(start)) => {
                    text.starts_with(start)
                }
                _ => false,
            },
            Kind::Compared(operator, operand) => {
                let order = compare(value, of(operand)?);
                match operator {
                    "=" => order == Some(Ordering::Equal),
                    "<>" => order != Some(Ordering::Equal),
                    "<" => order == Some(Ordering::Less),
                    "<=" => order.is_some_and(Ordering::is_le),
                    ">" => order == Some(Ordering::Greater),
                    _ => order.is_some_and(Ordering::is_ge),
                }
            }
            Kind::Between(low, high) => {
                compare(value, of(low)?).is_some_and(Ordering::is_ge)
                    && compare(value, of(high)?).is_some_and(Ordering::is_le)
            }
        })
    }
}

/// The order of two texts, by their bytes; none for a missing attribute or another type.
fn compare(value: Option<&AttributeValue>, with: &AttributeValue) -> Option<Ordering> {
    match (value?, with) {
        (AttributeValue::S(value), AttributeValue::S(with)) => {
            Some(value.as_bytes().cmp(with.as_bytes()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ssr::inspector::{Table, request::Operation};

    fn s(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn request(values: &[(&str, &str)]) -> Request {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), s(value)));
        Request {
            values: values.collect(),
            ..Request::of_table(Operation::UpdateItem, Table::Games)
        }
    }

    fn item(attributes: &[(&str, &str)]) -> Item {
        let attributes = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), s(value)));
        attributes.collect()
    }

    #[test]
    fn each_clause_is_judged_by_itself() {
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
        let clauses = judge(&request, condition, &Evidence::Returned(item));
        let judged: Vec<_> = clauses
            .iter()
            .map(|clause| (clause.text.as_str(), clause.holds, clause.held.as_str()))
            .collect();
        assert_eq!(
            judged,
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
    fn a_range_keeps_its_own_and() {
        let request = request(&[(":a", "PENDING_1"), (":z", "PENDING_~"), (":me", "bob")]);
        let condition = "StatusDate BETWEEN :a AND :z AND OpponentId = :me";
        for (date, holds) in [
            ("PENDING_1", true),
            ("PENDING_2026", true),
            ("PENDING_0", false),
            ("FINISHED_2", false),
        ] {
            let item = item(&[("StatusDate", date), ("OpponentId", "bob")]);
            let clauses = judge(&request, condition, &Evidence::Returned(item));
            assert_eq!(clauses.len(), 2);
            assert_eq!(
                (clauses[0].holds, clauses[1].holds),
                (Some(holds), Some(true)),
                "{date}"
            );
        }
    }

    #[test]
    fn comparisons_are_the_services() {
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
                let clauses = judge(
                    &request,
                    &format!("A {operator} :b"),
                    &Evidence::Returned(item(&[("A", value)])),
                );
                assert_eq!(clauses[0].holds, Some(expected), "{value} {operator} b");
            }
        }
    }

    #[test]
    fn without_an_item_only_absence_holds() {
        let request = request(&[(":me", "ada")]);
        let clauses = judge(
            &request,
            "attribute_not_exists(GameId) AND attribute_exists(GameId) AND HostId = :me",
            &Evidence::ReadAfterwards(None),
        );
        let holds: Vec<_> = clauses.iter().map(|clause| clause.holds).collect();
        assert_eq!(holds, [Some(true), Some(false), Some(false)]);
        assert_eq!(clauses[2].held, "there was no such item");
    }

    #[test]
    fn what_is_not_understood_is_not_judged() {
        let request = request(&[(":me", "ada")]);
        let clauses = judge(
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
