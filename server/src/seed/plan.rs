//! The players and games to write, complete before anything is written.

use super::{SeedError, defaults, spec::GameSpec};
use domain::ids::{GameId, PlayerName};

/// The players and games to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The players who get an account.
    pub players: Vec<PlayerName>,
    /// The games with their keys, the newest first.
    pub games: Vec<(GameId, GameSpec)>,
}

impl Plan {
    /// Plans the given players and games. Without either, it plans the default games. Without players, the players
    /// of the games get accounts.
    ///
    /// # Errors
    ///
    /// [`SeedError::SameId`].
    pub fn new(players: Vec<PlayerName>, games: Vec<GameSpec>) -> Result<Self, SeedError> {
        let games = if players.is_empty() && games.is_empty() {
            defaults::games()?
        } else {
            games
        };
        let all = if players.is_empty() {
            let of_games = games.iter().flat_map(|game| [&game.host, &game.opponent]);
            of_games.cloned().collect()
        } else {
            players
        };
        let mut players: Vec<PlayerName> = Vec::new();
        for player in all {
            if !players.contains(&player) {
                players.push(player);
            }
        }
        Ok(Self {
            players,
            games: with_ids(games)?,
        })
    }
}

/// Adds the ids. Two equal descriptions become two games.
fn with_ids(specs: Vec<GameSpec>) -> Result<Vec<(GameId, GameSpec)>, SeedError> {
    let mut games: Vec<(GameId, GameSpec)> = Vec::new();
    for spec in specs {
        let equal = games.iter().filter(|(_, other)| *other == spec);
        let id = match spec.id {
            Some(id) => id,
            None => spec.stable_id(equal.count() + 1)?,
        };
        if games.iter().any(|(other, _)| *other == id) {
            return Err(SeedError::SameId(id));
        }
        games.push((id, spec));
    }
    Ok(games)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(players: &[&str], games: &[&str]) -> Result<Plan, SeedError> {
        let players = players
            .iter()
            .map(|name| PlayerName::from_stored((*name).to_owned()));
        let games = games.iter().map(|game| game.parse().unwrap());
        Plan::new(players.collect(), games.collect())
    }

    fn names(plan: &Plan) -> Vec<&str> {
        plan.players.iter().map(PlayerName::as_str).collect()
    }

    #[test]
    fn players_default_to_those_of_the_games() {
        let default = plan(&[], &[]).unwrap();
        assert_eq!(
            (names(&default), default.games.len()),
            (vec!["ada", "bob"], 11)
        );
        let by_games = plan(&[], &["cleo:ada:pending", "ada:dan:pending"]).unwrap();
        assert_eq!(names(&by_games), ["cleo", "ada", "dan"]);
        let only_ada = plan(&["ada"], &["ada:newcomer:pending"]).unwrap();
        assert_eq!(names(&only_ada), ["ada"]);
        let only_cleo = plan(&["cleo", "cleo"], &[]).unwrap();
        assert_eq!(
            (names(&only_cleo), only_cleo.games.len()),
            (vec!["cleo"], 0)
        );
    }

    #[test]
    fn games_have_distinct_ids() {
        let twice = plan(&[], &["ada:bob:pending", "ada:bob:pending"]).unwrap();
        assert_ne!(twice.games[0].0, twice.games[1].0);
        let once = plan(&[], &["bob:ada:pending", "ada:bob:pending"]).unwrap();
        assert_eq!(
            twice.games[0].0, once.games[1].0,
            "the order does not matter"
        );

        let id = "7d1f9e1c-52a8-4be4-9d59-3f0d5a6c2b10";
        let both = [
            format!("ada:bob:pending@{id}"),
            format!("cleo:bob:pending@{id}"),
        ];
        let result = plan(&[], &[&both[0], &both[1]]);
        assert!(matches!(result, Err(SeedError::SameId(_))), "{result:?}");
    }
}
