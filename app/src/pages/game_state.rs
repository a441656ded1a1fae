use crate::{
    api::{FormAction, load_game},
    components::{BoardLook, Tone, effect},
    error::AppError,
    game::{Line, Square},
    ids::PlayerName,
    live::LiveEvent,
    view_model::{GameResult, GameView, Perspective, Status},
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// After this time without an answer a move counts as not made, and can be made again. If it was
/// stored after all, trying again is safe, and the stream shows it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A game in the browser: as the page was loaded, then as the stream and the answers to one's own
/// moves tell, newest version first.
#[derive(Clone, Copy)]
pub(super) struct GameState {
    /// The newest game heard of.
    pub game: RwSignal<GameView>,
    /// Where the viewer has just played: shown at once, before the server has answered.
    pub pending: RwSignal<Option<Square>>,
    /// Whether the game was removed.
    pub gone: RwSignal<bool>,
    /// What went wrong last.
    pub notice: RwSignal<Option<AppError>>,
    viewer: StoredValue<Option<PlayerName>>,
    play: FormAction,
    /// Counts the moves sent, to know a late alarm from one that is due.
    sent: StoredValue<u32>,
}

impl GameState {
    pub(super) fn new(
        game: GameView,
        viewer: Option<PlayerName>,
        play: FormAction,
        notice: RwSignal<Option<AppError>>,
    ) -> Self {
        let state = Self {
            game: RwSignal::new(game),
            pending: RwSignal::new(None),
            gone: RwSignal::new(false),
            notice,
            viewer: StoredValue::new(viewer),
            play,
            sent: StoredValue::new(0),
        };
        state.follow_answers();
        state
    }

    /// Looks at the game from the viewer's side; tracks the game.
    pub(super) fn look<T>(self, look: impl FnOnce(Perspective<'_>, &GameView) -> T) -> T {
        let viewer = self.viewer.get_value();
        (self.game).with(|game| look(Perspective::new(game, viewer.as_ref()), game))
    }

    /// Shows a game if it is newer than the one shown.
    pub(super) fn show(self, game: GameView) {
        let is_newer = self.game.try_maybe_update(|shown| {
            let is_newer = game.version > shown.version;
            if is_newer {
                *shown = game;
            }
            (is_newer, is_newer)
        });
        // What was said on the older board no longer holds: that it is not one's turn, or that the
        // server did not answer, which it has now done.
        if is_newer == Some(true) {
            (self.notice).maybe_update(|notice| {
                let is_past = |error: &AppError| {
                    matches!(error, AppError::NotYourTurn) || error.status() == 503
                };
                notice.as_ref().is_some_and(is_past) && notice.take().is_some()
            });
            self.settle();
        }
    }

    /// A mark on its way that is on the board now has arrived, whatever becomes of the answer.
    fn settle(self) {
        let has_arrived = |square| {
            untrack(|| {
                self.look(|perspective, game| {
                    game.board.get(&square).copied() == perspective.mark()
                })
            })
        };
        if self.pending.get_untracked().is_some_and(has_arrived) {
            self.pending.set(None);
        }
    }

    /// Takes in what the stream tells.
    pub(super) fn hear(self, event: LiveEvent) {
        match event {
            LiveEvent::Game(game) => self.show(game),
            LiveEvent::Gone => self.gone.set(true),
            LiveEvent::Refused => self.read_again(),
            // The stream begins with the whole game.
            LiveEvent::Resumed | LiveEvent::Lobby(_) => {}
        }
    }

    /// Asks the server how the game stands.
    pub(super) fn read_again(self) {
        let game_id = self.game.with_untracked(|game| game.game_id.to_string());
        spawn_local(async move {
            match load_game(game_id).await {
                Ok(page) => self.show(page.game),
                Err(AppError::NoSuchGame) => {
                    self.gone.try_set(true);
                }
                // The page says already that the connection is lost.
                Err(_) => {}
            }
        });
    }

    /// The viewer presses a square.
    pub(super) fn press(self, square: Square) {
        // A second press while the first is on its way is the same move, or one out of turn.
        if self.pending.get_untracked().is_some() || self.gone.get_untracked() {
            return;
        }
        let refusal = untrack(|| self.look(|perspective, _| perspective.refusal(square)));
        self.notice.set(refusal.clone());
        if refusal.is_some() {
            return;
        }
        self.pending.set(Some(square));
        let (game_id, ply) =
            (self.game).with_untracked(|game| (game.game_id.to_string(), game.ply()));
        let answer = self.play.send(&[
            ("game_id", &game_id),
            ("square", square.attribute_name()),
            ("ply", &ply.to_string()),
        ]);
        let number = self.sent.get_value() + 1;
        self.sent.set_value(number);
        // Boxed like all that waits for a timer: the code is there once.
        let alarm: Box<dyn FnOnce()> = Box::new(move || {
            if self.sent.try_get_value() != Some(number) {
                return;
            }
            answer.abort();
            if self.pending.try_get_untracked().flatten().is_some() {
                self.pending.set(None);
                self.notice.set(Some(AppError::ServerUnreachable));
                self.read_again();
            }
        });
        set_timeout(alarm, PATIENCE);
    }

    /// Takes the answers to the viewer's moves: the game after the move, or why it was not made.
    fn follow_answers(self) {
        let answer = self.play.value();
        if let Some(Err(error)) = answer.get_untracked() {
            self.notice.set(Some(error));
        }
        effect(move |is_first| {
            let answer = answer.get();
            if is_first {
                return;
            }
            match answer {
                Some(Ok(Some(game))) => {
                    self.show(game);
                    // The stream may have shown it before.
                    self.settle();
                }
                // The stream has shown the move already, so that only its answer was lost.
                Some(Err(_)) if self.pending.get_untracked().is_none() => {}
                Some(Err(error)) => {
                    // The server saw another board than the viewer, or nobody knows what it saw.
                    if matches!(error.status(), 409 | 503) {
                        self.read_again();
                    }
                    self.notice.set(Some(error));
                    self.pending.set(None);
                }
                Some(Ok(None)) | None => {}
            }
        });
    }

    /// What the board shows, the mark on its way included.
    pub(super) fn board(self) -> Memo<BoardLook> {
        Memo::new(move |_| {
            let (pending, gone) = (self.pending.get(), self.gone.get());
            self.look(|perspective, game| {
                let mut marks = game.board();
                if let (Some(square), Some(mark)) = (pending, perspective.mark())
                    && marks.get(square).is_none()
                {
                    marks = marks.with(square, mark);
                }
                let mut playable = Vec::new();
                if pending.is_none() && !gone {
                    playable.extend(Square::ALL);
                    playable.retain(|&square| perspective.refusal(square).is_none());
                }
                BoardLook {
                    marks,
                    ply: game.ply(),
                    playable,
                    last: (game.moves.as_ref()).and_then(|moves| moves.last().copied()),
                    pending,
                    lines: winning_lines(game),
                }
            })
        })
    }

    /// How the status reads at a glance.
    pub(super) fn tone(self) -> Memo<Tone> {
        Memo::new(move |_| {
            self.look(
                |perspective, game| match (&game.result, perspective.mark()) {
                    (Some(GameResult::Won(winner)), Some(mark)) => {
                        if game.mark_of(winner) == Some(mark) {
                            Tone::Won
                        } else {
                            Tone::Lost
                        }
                    }
                    _ if perspective.is_my_turn() => Tone::Act,
                    _ if game.status == Status::Pending && perspective.is_opponent() => Tone::Act,
                    _ => Tone::Calm,
                },
            )
        })
    }
}

fn winning_lines(game: &GameView) -> Vec<Line> {
    match &game.result {
        Some(GameResult::Won(winner)) => (game.mark_of(winner))
            .map(|mark| game.board().lines_of(mark).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}
