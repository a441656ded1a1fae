//! What capturing costs, measured:
//! `cargo test --release -p server --features app/ssr --test http -- --ignored --nocapture cost_of_capturing`

use super::support::*;
use std::time::{Duration, Instant};

const GAMES: usize = 200;

/// A server with two players, and how long their moves took.
struct Measured {
    ada: Client,
    bob: Client,
    moves: Vec<Duration>,
    _app: App,
}

impl Measured {
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

    async fn game(&mut self) {
        let game = self.ada.invite("bob").await;
        self.bob.accept(&game).await;
        for (ply, square) in DRAW.iter().enumerate() {
            let player = if ply % 2 == 0 { &self.ada } else { &self.bob };
            let began = Instant::now();
            player.play(&game, square, ply as u32).await;
            self.moves.push(began.elapsed());
        }
    }

    /// The median and the mean of the moves, in microseconds.
    fn result(mut self) -> (f64, f64) {
        self.moves.sort();
        let microseconds = |duration: Duration| duration.as_secs_f64() * 1e6;
        let sum: Duration = self.moves.iter().sum();
        let mean = microseconds(sum) / self.moves.len() as f64;
        (microseconds(self.moves[self.moves.len() / 2]), mean)
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn cost_of_capturing() {
    let (mut off, mut on) = (Measured::start(false).await, Measured::start(true).await);
    // In turns, so that whatever else the machine does meets both.
    for _ in 0..GAMES {
        off.game().await;
        on.game().await;
    }
    let moves = on.moves.len();
    let ((median_off, mean_off), (median_on, mean_on)) = (off.result(), on.result());
    println!("{moves} moves each, in microseconds, from request to answer on the embedded engine:");
    println!("off: median {median_off:.0}, mean {mean_off:.0}");
    println!("on:  median {median_on:.0}, mean {mean_on:.0}");
    println!("median +{:.1} %", (median_on / median_off - 1.0) * 100.0);
    assert_eq!(moves, GAMES * DRAW.len());
}
