//! What requests cost, in units and in money.

use aws_sdk_dynamodb::types::{Capacity, ConsumedCapacity};
use serde::Deserialize;
use std::{ops::AddAssign, sync::LazyLock};

/// What a request consumed of a table or an index.
#[derive(Clone, Debug, PartialEq)]
pub struct Units {
    /// The index; `None` for the table itself.
    pub index: Option<String>,
    /// How many units.
    pub units: f64,
}

/// Reads what an answer says that a request consumed. A read that finds nothing is half a unit, as the
/// service bills it; local engines say 0.
pub(super) fn units(consumed: &[ConsumedCapacity], is_read: bool) -> Vec<Units> {
    let billed = |capacity: &Capacity| {
        let units = capacity.capacity_units().unwrap_or_default();
        if is_read { units.max(0.5) } else { units }
    };
    let mut all = Vec::new();
    for consumed in consumed {
        let mut indexes: Vec<Units> = consumed
            .global_secondary_indexes()
            .into_iter()
            .flatten()
            .map(|(index, capacity)| Units {
                index: Some(index.clone()),
                units: billed(capacity),
            })
            .collect();
        indexes.sort_by(|a, b| a.index.cmp(&b.index));
        // A query of an index names its table with nothing consumed.
        let table = consumed.table().filter(|table| {
            indexes.is_empty() || table.capacity_units().is_some_and(|units| units > 0.0)
        });
        all.extend(table.map(|table| Units {
            index: None,
            units: billed(table),
        }));
        all.append(&mut indexes);
    }
    all.retain(|units| units.units > 0.0);
    all
}

/// A sum of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// How many requests.
    pub requests: u64,
    /// Read units.
    pub reads: f64,
    /// Write units.
    pub writes: f64,
}

impl Totals {
    pub(super) fn add(&mut self, units: &[Units], is_read: bool) {
        let sum: f64 = units.iter().map(|units| units.units).sum();
        self.requests += 1;
        if is_read {
            self.reads += sum;
        } else {
            self.writes += sum;
        }
    }

    /// At the published prices, on demand, in US dollars.
    #[must_use]
    pub fn dollars(&self) -> f64 {
        let prices = &PRICES.prices;
        self.reads * prices.read_units.each() + self.writes * prices.write_units.each()
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.reads += other.reads;
        self.writes += other.writes;
    }
}

/// Published prices: the part of `deploy/prices.json` that is about requests.
#[derive(Debug, Deserialize)]
pub struct Prices {
    /// The region that they are of.
    pub region: String,
    /// The day on which they were looked up.
    pub looked_up: String,
    prices: RequestPrices,
}

#[derive(Debug, Deserialize)]
struct RequestPrices {
    read_units: Price,
    write_units: Price,
}

#[derive(Debug, Deserialize)]
struct Price {
    price: f64,
    per: f64,
}

impl Price {
    fn each(&self) -> f64 {
        self.price / self.per
    }
}

/// The prices that come with the program.
#[expect(clippy::expect_used, reason = "a test reads the same text")]
pub static PRICES: LazyLock<Prices> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../deploy/prices.json")).expect("a list of prices")
});

#[cfg(test)]
mod tests {
    use super::*;

    fn capacity(units: f64) -> Capacity {
        Capacity::builder().capacity_units(units).build()
    }

    #[test]
    fn a_write_says_what_each_index_took() {
        let consumed = ConsumedCapacity::builder()
            .table(capacity(1.0))
            .global_secondary_indexes("b", capacity(2.0))
            .global_secondary_indexes("a", capacity(0.0))
            .build();
        let units = units(&[consumed], false);
        let expected = [
            Units {
                index: None,
                units: 1.0,
            },
            Units {
                index: Some("b".into()),
                units: 2.0,
            },
        ];
        assert_eq!(units, expected);
    }

    #[test]
    fn a_query_that_finds_nothing_is_billed() {
        let consumed = ConsumedCapacity::builder()
            .table(capacity(0.0))
            .global_secondary_indexes("a", capacity(0.0))
            .build();
        let units = units(&[consumed], true);
        assert_eq!(units.len(), 1);
        assert_eq!(
            (units[0].index.as_deref(), units[0].units),
            (Some("a"), 0.5)
        );
    }

    #[test]
    fn money_is_the_published_prices() {
        let totals = Totals {
            requests: 2,
            reads: 1_000_000.0,
            writes: 1_000_000.0,
        };
        assert!(
            (totals.dollars() - 0.75).abs() < 1e-9,
            "{}",
            totals.dollars()
        );
        assert_eq!(PRICES.region, "us-east-1");
        assert!(!PRICES.looked_up.is_empty());
    }
}
