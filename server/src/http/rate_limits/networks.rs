//! Limits for each client address. A subscriber of IPv6 has a whole network of addresses, so addresses are counted
//! by network: /64 is the smallest share of one subscriber, and providers hand out /56 and /48 as well. The larger
//! the network, the more people may share it, and the more it is allowed.

use backend::allowance::Allowance;
use ipnet::{IpNet, Ipv6Net};
use parking_lot::Mutex;
use std::{collections::HashMap, net::IpAddr, time::Duration};

/// The prefix lengths by which an IPv6 address is counted, and the multiples of an allowance that the networks get.
const IPV6_NETWORKS: [(u8, u32); 3] = [(64, 1), (56, 4), (48, 16)];

/// The networks by which an address is counted, and the multiple of an allowance that each gets.
fn networks(address: IpAddr) -> Vec<(IpNet, u32)> {
    match address.to_canonical() {
        IpAddr::V4(_) => vec![(address.to_canonical().into(), 1)],
        IpAddr::V6(address) => {
            let network = |(length, multiple)| {
                let network = Ipv6Net::new_assert(address, length).trunc();
                (IpNet::V6(network), multiple)
            };
            IPV6_NETWORKS.map(network).into()
        }
    }
}

/// An [`Allowance`] for each client address.
#[derive(Debug)]
pub struct AddressAllowance {
    /// An allowance for each of the multiples, in the order of [`IPV6_NETWORKS`].
    levels: [Allowance<IpNet>; IPV6_NETWORKS.len()],
}

impl AddressAllowance {
    /// Creates full allowances of `burst` for each address, which refill by one every `interval`.
    #[must_use]
    pub fn new(interval: Duration, burst: u32) -> Self {
        let level = |(_, multiple)| Allowance::new(interval / multiple, burst * multiple);
        Self {
            levels: IPV6_NETWORKS.map(level),
        }
    }

    /// Takes `count` from the allowances of all networks of an address, or nothing.
    ///
    /// # Errors
    ///
    /// The time until so much can be taken.
    pub fn take(&self, address: IpAddr, count: u32) -> Result<(), Duration> {
        let networks = networks(address);
        let levels = || networks.iter().zip(&self.levels);
        for (n, ((network, _), level)) in levels().enumerate() {
            if let Err(wait) = level.take(network, count) {
                for ((network, _), level) in levels().take(n) {
                    level.give_back(network, count);
                }
                return Err(wait);
            }
        }
        Ok(())
    }

    /// Gives back one that turned out not to count.
    pub fn give_back(&self, address: IpAddr) {
        for ((network, _), level) in networks(address).iter().zip(&self.levels) {
            level.give_back(network, 1);
        }
    }
}

/// The number of things that each client address holds at the moment.
#[derive(Debug, Default)]
pub struct AddressCount(Mutex<HashMap<IpNet, u32>>);

impl AddressCount {
    /// Counts one more, unless a network of the address holds its maximum already. The maximum of a single address
    /// is `max`. Returns false if it was not counted.
    #[must_use]
    pub fn add(&self, address: IpAddr, max: u32) -> bool {
        let networks = networks(address);
        let mut counts = self.0.lock();
        let is_full = |(network, multiple): &(IpNet, u32)| {
            counts
                .get(network)
                .is_some_and(|count| *count >= max * multiple)
        };
        if networks.iter().any(is_full) {
            return false;
        }
        for (network, _) in networks {
            *counts.entry(network).or_default() += 1;
        }
        true
    }

    /// Counts one less.
    pub fn remove(&self, address: IpAddr) {
        let mut counts = self.0.lock();
        for (network, _) in networks(address) {
            if let Some(count) = counts.get_mut(&network) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&network);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// The number of times that one can be taken.
    fn taken(allowance: &AddressAllowance, text: &str) -> usize {
        let take = |_: &i32| allowance.take(address(text), 1).is_ok();
        (0..1000).take_while(take).count()
    }

    #[test]
    fn each_ipv4_address_has_its_own_allowance() {
        let allowance = AddressAllowance::new(HOUR, 10);
        assert_eq!(taken(&allowance, "192.0.2.1"), 10);
        assert_eq!(taken(&allowance, "::ffff:192.0.2.1"), 0);
        assert_eq!(taken(&allowance, "192.0.2.2"), 10);
    }

    #[test]
    fn the_allowance_of_ipv6_grows_with_the_network() {
        let allowance = AddressAllowance::new(HOUR, 10);
        assert_eq!(taken(&allowance, "2001:db8::1"), 10);
        assert_eq!(taken(&allowance, "2001:db8::ffff:1"), 0);
        // The other networks of the same /56 share 40.
        let others = 1..=4;
        let others: usize = others
            .map(|n| taken(&allowance, &format!("2001:db8:0:{n}::1")))
            .sum();
        assert_eq!(others, 30);
        // The other networks of the same /48 share 160.
        let others = 1..=9;
        let others: usize = others
            .flat_map(|n| (0..5).map(move |m| format!("2001:db8:0:{n}0{m}::1")))
            .map(|address| taken(&allowance, &address))
            .sum();
        assert_eq!(others, 120);
        assert_eq!(taken(&allowance, "2001:db8:1::1"), 10);
    }

    #[test]
    fn what_the_larger_network_refuses_is_not_taken_from_the_smaller() {
        let allowance = AddressAllowance::new(HOUR, 10);
        for n in 1..=4 {
            taken(&allowance, &format!("2001:db8:0:{n}::1"));
        }
        assert_eq!(taken(&allowance, "2001:db8::1"), 0);
        allowance.give_back(address("2001:db8:0:1::1"));
        assert_eq!(taken(&allowance, "2001:db8::1"), 1);
    }

    #[test]
    fn counts_fall_when_something_is_removed() {
        let count = AddressCount::default();
        for _ in 0..3 {
            assert!(count.add(address("2001:db8::1"), 3));
        }
        assert!(!count.add(address("2001:db8::2"), 3));
        assert!(count.add(address("2001:db8:0:1::1"), 3));
        count.remove(address("2001:db8::1"));
        assert!(count.add(address("2001:db8::2"), 3));
        for address in [
            "2001:db8::1",
            "2001:db8::1",
            "2001:db8::2",
            "2001:db8:0:1::1",
        ] {
            count.remove(address.parse().unwrap());
        }
        assert!(count.0.lock().is_empty());
    }
}
