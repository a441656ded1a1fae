use super::form_actions::clear_if_unavailable;
use crate::{
    api::{ActionError, load_game},
    components::{BoardView, Tone},
    lean::FormAction,
    live::LiveEvent,
};
use domain::{
    error::AppError,
    ids::PlayerName,
    rules::{Line, Square},
    status::{GameResult, Status},
    views::{GameView, Perspective},
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// The time after which a move without a response counts as failed, so that the player can try again. If the
/// server has stored the move, a retry is safe and the stream shows it.
const MOVE_TIMEOUT: Duration = Duration::from_secs(10);

/// A game in the browser. It starts with the page's data, then takes the newest version from the stream or
/// from the responses to the viewer's moves.
#[derive(Clone, Copy)]
pub(super) struct GameState {
    /// The newest known version of the game.
    pub game: RwSignal<GameView>,
    /// The square of the viewer's unconfirmed move, shown before the server responds.
    pub pending: RwSignal<Option<Square>>,
    /// True once the game was deleted.
    pub deleted: RwSignal<bool>,
    /// The last error.
    pub notice: RwSignal<Option<AppError>>,
    viewer: StoredValue<Option<PlayerName>>,
    play: FormAction,
    /// The number of moves sent. A timeout of an earlier move is ignored.
    moves_sent: StoredValue<u32>,
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
            deleted: RwSignal::new(false),
            notice,
            viewer: StoredValue::new(viewer),
            play,
            moves_sent: StoredValue::new(0),
        };
        state.handle_responses();
        state
    }

    /// Reads the game from the viewer's side, and tracks it reactively.
    pub(super) fn with_perspective<T>(
        self,
        read: impl FnOnce(Perspective<'_>, &GameView) -> T,
    ) -> T {
        let viewer = self.viewer.get_value();
        (self.game).with(|game| read(Perspective::new(game, viewer.as_ref()), game))
    }

    /// Shows `game` if it is newer than the displayed version. Returns true if it is.
    fn show(self, game: GameView) -> bool {
        let is_newer = self.game.try_maybe_update(|shown| {
            let is_newer = game.is_newer_than(shown);
            if is_newer {
                *shown = game;
            }
            (is_newer, is_newer)
        });
        if is_newer == Some(true) {
            self.deleted.maybe_update(std::mem::take);
            self.clear_confirmed_move();
        }
        is_newer == Some(true)
    }

    /// Clears the last error, which is about an earlier version of the game.
    fn clear_notice(self) {
        (self.notice).maybe_update(|notice| notice.take().is_some());
    }

    /// Clears the pending move if its mark is on the board. The response may still be outstanding.
    fn clear_confirmed_move(self) {
        let is_confirmed = |square| {
            untrack(|| {
                self.with_perspective(|perspective, game| {
                    game.board.get(&square).copied() == perspective.mark()
                })
            })
        };
        if self.pending.get_untracked().is_some_and(is_confirmed) {
            self.pending.set(None);
        }
    }

    /// Handles an event of the stream.
    pub(super) fn handle_event(self, event: LiveEvent) {
        match event {
            LiveEvent::Game(game) => {
                if self.show(game) {
                    self.clear_notice();
                }
            }
            LiveEvent::Deleted => {
                self.clear_notice();
                self.deleted.set(true);
            }
            LiveEvent::ConnectFailed => self.refresh(),
            LiveEvent::Reconnected => clear_if_unavailable(self.notice),
            LiveEvent::Lobby(_) => {}
        }
    }

    /// Loads the game again.
    pub(super) fn refresh(self) {
        let game_id = self.game.with_untracked(|game| game.game_id.to_string());
        spawn_local(async move {
            match load_game(game_id).await {
                Ok(page) => {
                    // Other errors stay: the page loads the version that they are about.
                    clear_if_unavailable(self.notice);
                    self.show(page.game);
                }
                Err(ActionError(AppError::NoSuchGame)) => {
                    self.deleted.try_set(true);
                }
                // The page already reports the lost connection.
                Err(_) => {}
            }
        });
    }

    /// Handles a press on a square: sends the move, or shows the reason why it is not allowed.
    pub(super) fn press(self, square: Square) {
        // Ignore presses during a pending move: they would repeat it or move out of turn.
        if self.pending.get_untracked().is_some() || self.deleted.get_untracked() {
            return;
        }
        let error =
            untrack(|| self.with_perspective(|perspective, _| perspective.move_error(square)));
        self.notice.set(error.clone());
        if error.is_some() {
            return;
        }
        self.pending.set(Some(square));
        let (game_id, ply) =
            (self.game).with_untracked(|game| (game.game_id.to_string(), game.ply()));
        let request = self.play.send(&[
            ("game_id", &game_id),
            ("square", square.attribute_name()),
            ("ply", &ply.to_string()),
        ]);
        let number = self.moves_sent.get_value() + 1;
        self.moves_sent.set_value(number);
        // Boxed like the other timer callbacks, so that the code for timers exists only once.
        let timeout: Box<dyn FnOnce()> = Box::new(move || {
            if self.moves_sent.try_get_value() != Some(number) {
                return;
            }
            request.abort();
            if self.pending.try_get_untracked().flatten().is_some() {
                self.pending.set(None);
                self.notice.set(Some(AppError::ServerUnreachable));
                self.refresh();
            }
        });
        set_timeout(timeout, MOVE_TIMEOUT);
    }

    /// Handles the responses to the viewer's moves: the game after the move, or an error.
    fn handle_responses(self) {
        let response = self.play.value();
        if let Some(Err(error)) = response.get_untracked() {
            self.notice.set(Some(error));
        }
        Effect::new(move |previous: Option<()>| {
            let response = response.get();
            if previous.is_none() {
                return;
            }
            match response {
                Some(Ok(Some(game))) => {
                    self.show(game);
                    // If the stream has already shown this version, `show` ignores it.
                    self.clear_confirmed_move();
                }
                // The stream has already shown the move, so only its response was lost.
                Some(Err(_)) if self.pending.get_untracked().is_none() => {}
                Some(Err(error)) => {
                    // The viewer's board is outdated, or the outcome of the move is unknown.
                    if matches!(error.status(), 409 | 503) {
                        self.refresh();
                    }
                    self.notice.set(Some(error));
                    self.pending.set(None);
                }
                Some(Ok(None)) | None => {}
            }
        });
    }

    /// The state of the board for display, including the pending mark.
    pub(super) fn board(self) -> Memo<BoardView> {
        Memo::new(move |_| {
            let (pending, deleted) = (self.pending.get(), self.deleted.get());
            self.with_perspective(|perspective, game| {
                let mut marks = game.board();
                if let (Some(square), Some(mark)) = (pending, perspective.mark())
                    && marks.get(square).is_none()
                {
                    marks = marks.with(square, mark);
                }
                let mut playable = Vec::new();
                if pending.is_none() && !deleted {
                    playable.extend(Square::ALL);
                    playable.retain(|&square| perspective.move_error(square).is_none());
                }
                BoardView {
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

    /// The visual style of the status.
    pub(super) fn tone(self) -> Memo<Tone> {
        Memo::new(move |_| {
            self.with_perspective(
                |perspective, game| match (&game.result, perspective.mark()) {
                    (Some(GameResult::Won(winner)), Some(mark)) => {
                        if game.players().mark_of(winner) == Some(mark) {
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
        Some(GameResult::Won(winner)) => (game.players().mark_of(winner))
            .map(|mark| game.board().lines_of(mark).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}
