//! The cost of the inspector: the response times of moves with and without it, on the embedded engine.
//!
//! `cargo bench -p server --bench inspector`

use std::time::{Duration, Instant};
use test_support::{App, Client, DRAW};

const GAMES: usize = 200;

/// A server with two players, and the response times of their moves.
struct Measurement {
    ada: Client,
    bob: Client,
    moves: Vec<Duration>,
    _app: App,
}

impl Measurement {
    async fn start(inspector: bool) -> Self {
        let app = App::start_with(|config| config.inspector = Some(inspector)).await;
        let (ada, bob) = app.two_players().await;
        Self {
            ada,
            bob,
            moves: Vec::new(),
            _app: app,
        }
    }

    async fn play_game(&mut self) {
        let game = self.ada.invite("bob").await;
        self.bob.accept(&game).await;
        for (ply, square) in (0..).zip(DRAW) {
            let player = if ply % 2 == 0 { &self.ada } else { &self.bob };
            let began = Instant::now();
            player.play(&game, square, ply).await;
            self.moves.push(began.elapsed());
        }
    }

    /// The median and the mean, in microseconds.
    fn result(mut self) -> (f64, f64) {
        self.moves.sort();
        let microseconds = |duration: Duration| duration.as_secs_f64() * 1e6;
        let sum: Duration = self.moves.iter().sum();
        let mean = microseconds(sum) / self.moves.len() as f64;
        (microseconds(self.moves[self.moves.len() / 2]), mean)
    }
}

#[tokio::main]
async fn main() {
    let mut off = Measurement::start(false).await;
    let mut on = Measurement::start(true).await;
    // Alternates between both servers, so that other load on the machine affects both.
    for _ in 0..GAMES {
        off.play_game().await;
        on.play_game().await;
    }
    let moves = on.moves.len();
    assert_eq!(moves, GAMES * DRAW.len());
    assert_eq!(moves, off.moves.len());
    let (median_off, mean_off) = off.result();
    let (median_on, mean_on) = on.result();
    println!("response times of {moves} moves each, in microseconds:");
    println!("without the inspector: median {median_off:.0}, mean {mean_off:.0}");
    println!("with the inspector:    median {median_on:.0}, mean {mean_on:.0}");
    println!("median +{:.1} %", (median_on / median_off - 1.0) * 100.0);
}
