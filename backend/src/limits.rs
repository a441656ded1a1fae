//! Limits on the actions of each player, on top of the limits for each client address.

use crate::allowance::Allowance;
use domain::{error::AppError, ids::PlayerName, players::Players};
use moka::sync::Cache;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::{Duration, Instant},
};
use tokio::time;

const GAMES_BURST: u32 = 20;
const GAMES_INTERVAL: Duration = Duration::from_millis(500);
const INVITATIONS_BURST: u32 = 20;
const INVITATIONS_INTERVAL: Duration = Duration::from_secs(10);
const LOG_INS_BURST: u32 = 10;
const LOG_INS_INTERVAL: Duration = Duration::from_secs(3);

/// The maximum time that a log-in waits for its turn.
const MAX_LOG_IN_DELAY: Duration = Duration::from_secs(10);
/// The time for which the networks are remembered from which a player has logged in.
const NETWORK_TTL: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The address of a client. The server decides whose headers it trusts to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl Default for ClientAddress {
    /// The unspecified address, for requests without a connection.
    fn default() -> Self {
        Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

impl ClientAddress {
    /// The address, or the /64 network of IPv6, which is the smallest share of one subscriber.
    fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
        }
    }
}

/// The limits on the players of one instance.
#[derive(Debug)]
pub struct PlayerLimits {
    /// New games, for each host.
    games: Allowance<PlayerName>,
    /// Invitations, for each pair of a host and an invited player.
    invitations: Allowance<(PlayerName, PlayerName)>,
    /// Log-ins, for each name.
    log_ins: Allowance<PlayerName>,
    /// The networks from which players have logged in.
    networks: Cache<(PlayerName, IpAddr), ()>,
}

impl Default for PlayerLimits {
    fn default() -> Self {
        Self {
            games: Allowance::new(GAMES_INTERVAL, GAMES_BURST),
            invitations: Allowance::new(INVITATIONS_INTERVAL, INVITATIONS_BURST),
            log_ins: Allowance::new(LOG_INS_INTERVAL, LOG_INS_BURST),
            networks: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(NETWORK_TTL)
                .build(),
        }
    }
}

impl PlayerLimits {
    /// Counts a new game.
    ///
    /// # Errors
    ///
    /// [`AppError::TooManyRequests`].
    pub(crate) fn count_game(&self, players: &Players) -> Result<(), AppError> {
        let taken = self.games.take(&players.host, 1);
        taken.map_err(too_many_requests)?;
        self.invitations.take(&pair(players), 1).map_err(|wait| {
            self.games.give_back(&players.host, 1);
            too_many_requests(wait)
        })
    }

    /// Waits for the turn of a log-in with this name.
    ///
    /// # Errors
    ///
    /// [`AppError::TooManyRequests`] if others take all turns for ten seconds.
    pub(crate) async fn log_in_turn(
        &self,
        player: &PlayerName,
        from: ClientAddress,
    ) -> Result<(), AppError> {
        let deadline = Instant::now() + MAX_LOG_IN_DELAY;
        while let Err(wait) = self.take_log_in(player, from, Instant::now()) {
            if Instant::now() + wait > deadline {
                return Err(too_many_requests(wait));
            }
            time::sleep(wait).await;
        }
        Ok(())
    }

    /// Counts a log-in, unless it comes from a network that the player has used before: guesses from elsewhere must
    /// not lock the player out. Returns the time to wait if the name has no turn left.
    fn take_log_in(
        &self,
        player: &PlayerName,
        from: ClientAddress,
        now: Instant,
    ) -> Result<(), Duration> {
        if self
            .networks
            .contains_key(&(player.clone(), from.network()))
        {
            return Ok(());
        }
        self.log_ins.take_at(player, 1, now)
    }

    /// Remembers the network of a successful log-in.
    pub(crate) fn logged_in(&self, player: &PlayerName, from: ClientAddress) {
        self.networks.insert((player.clone(), from.network()), ());
    }

    /// Gives back a game that turned out to exist already.
    pub(crate) fn give_back_game(&self, players: &Players) {
        self.games.give_back(&players.host, 1);
        self.invitations.give_back(&pair(players), 1);
    }
}

fn pair(players: &Players) -> (PlayerName, PlayerName) {
    (players.host.clone(), players.opponent.clone())
}

/// The error for a caller that has to wait.
#[must_use]
pub fn too_many_requests(wait: Duration) -> AppError {
    AppError::TooManyRequests {
        retry_after: wait.as_secs() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn player(name: &str) -> PlayerName {
        PlayerName::from_stored(name.to_owned())
    }

    fn address(text: &str) -> ClientAddress {
        let Ok(address) = text.parse() else {
            panic!("an address")
        };
        ClientAddress(address)
    }

    #[test]
    fn log_ins_of_one_name_take_turns_wherever_they_come_from() {
        let limits = PlayerLimits::default();
        let now = Instant::now();
        let attempt = |name, n, now| {
            let from = address(&format!("198.51.100.{n}"));
            limits.take_log_in(&player(name), from, now)
        };
        for n in 0..LOG_INS_BURST {
            assert_eq!(attempt("ada", n, now), Ok(()));
        }
        assert_eq!(attempt("ada", 99, now), Err(LOG_INS_INTERVAL));
        assert_eq!(attempt("bob", 0, now), Ok(()));
        assert_eq!(attempt("ada", 99, now + LOG_INS_INTERVAL), Ok(()));
        let again = attempt("ada", 98, now + LOG_INS_INTERVAL);
        assert_eq!(again, Err(LOG_INS_INTERVAL));
    }

    #[test]
    fn a_player_is_never_locked_out_of_a_network_used_before() {
        let limits = PlayerLimits::default();
        let (ada, now) = (player("ada"), Instant::now());
        limits.logged_in(&ada, address("2001:db8::1"));
        let from = |text| limits.take_log_in(&ada, address(text), now).is_ok();
        assert_eq!((0..99).filter(|_| from("192.0.2.1")).count(), 10);
        assert_eq!((0..99).filter(|_| from("2001:db8::2")).count(), 99);
        assert!(!from("2001:db8:0:1::1"));
    }

    #[test]
    fn new_games_are_counted_for_the_host_and_for_the_pair() {
        let limits = PlayerLimits::default();
        let players = |opponent: &str| Players {
            host: player("ada"),
            opponent: player(opponent),
        };
        for _ in 0..GAMES_BURST {
            assert_eq!(limits.count_game(&players("bob")), Ok(()));
        }
        assert!(limits.count_game(&players("bob")).is_err());
        assert!(limits.count_game(&players("carol")).is_err());
        limits.give_back_game(&players("bob"));
        assert_eq!(limits.count_game(&players("carol")), Ok(()));
    }
}
