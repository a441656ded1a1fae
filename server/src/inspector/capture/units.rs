//! The cost of requests, in capacity units and in money.

use aws_sdk_dynamodb::types::{Capacity, ConsumedCapacity};
use serde::Deserialize;
use std::{ops::AddAssign, sync::LazyLock};

/// The capacity that a request consumed on a table or an index.
#[derive(Clone, Debug, PartialEq)]
pub struct Units {
    /// The index; `None` for the table itself.
    pub index: Option<String>,
    /// The number of read or write units.
    pub units: f64,
}

/// The units that a response reports. A read that finds nothing counts as half a unit, which the service bills.
/// Local engines report 0.
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
        // The response to a query of an index includes the table with 0 units.
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

/// The totals of several requests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// The number of requests.
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

    /// The cost in US dollars at the published on-demand prices.
    #[must_use]
    pub fn dollars(&self) -> f64 {
        let prices = &PRICES.prices;
        self.reads * prices.read_units.per_unit() + self.writes * prices.write_units.per_unit()
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.reads += other.reads;
        self.writes += other.writes;
    }
}

/// The published prices of requests, from `deploy/prices.json`.
#[derive(Debug, Deserialize)]
pub struct Prices {
    /// The region of the prices.
    pub region: String,
    /// The date on which they were looked up.
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
    fn per_unit(&self) -> f64 {
        self.price / self.per
    }
}

/// The prices that are compiled into the program.
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
    fn write_reports_units_of_each_index() {
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
    fn empty_query_is_billed() {
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
    fn dollars_follow_the_published_prices() {
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
