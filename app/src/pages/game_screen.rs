use super::{
    game_state::GameState,
    next_steps::NextSteps,
    outcome::{form_action, on_success, report},
};
use crate::{
    api::{AcceptInvitation, CancelInvitation, DeclineInvitation, Invite, LogOut, Play},
    components::{
        Answers, Board, ConnectionStatus, Details, Header, Notice, Players, Refresh, StatusLine,
        browser, effect,
    },
    live::{Live, LiveEvent},
    view_model::{GamePageView, Perspective, Status},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// How often a page that waits loads itself again where no script can listen, in seconds; and how
/// long it leaves a sentence about something that went wrong.
const REFRESH: u32 = 3;
const REFRESH_AFTER_ERROR: u32 = 10;

/// The page of a game that there is.
#[component]
pub(super) fn GameScreen(page: GamePageView) -> impl IntoView {
    let GamePageView {
        game,
        viewer,
        opponent_has_account,
        since,
    } = page;
    let game_id = game.game_id;
    let (host, opponent) = (game.host.clone(), game.opponent.clone());
    let is_over = game.status == Status::Finished;
    let heading = format!("{host} vs {opponent}");
    let is_waiting = Perspective::new(&game, viewer.as_ref()).is_waiting();

    let notice = RwSignal::new(None);
    let play = form_action::<Play>();
    let log_out = form_action::<LogOut>();
    let invite = form_action::<Invite>();
    let answers = Answers {
        accept: form_action::<AcceptInvitation>(),
        decline: form_action::<DeclineInvitation>(),
        cancel: form_action::<CancelInvitation>(),
    };
    let state = GameState::new(game, viewer.clone(), play, notice);
    report(log_out, notice);
    report(invite, notice);
    report(answers.accept, notice);
    report(answers.decline, notice);
    report(answers.cancel, notice);
    // The page stays where it is and becomes the board of a game in progress. The stream tells so,
    // unless there is none at the moment.
    on_success(answers.accept, move || {
        if state
            .game
            .with_untracked(|game| game.status == Status::Pending)
        {
            state.read_again();
        }
        browser::focus_when_drawn("h1".to_owned());
    });

    let (declining, cancelling) = (answers.decline.pending(), answers.cancel.pending());
    let is_leaving = RwSignal::new(false);
    let live = if is_over {
        Live::nothing()
    } else {
        let address = format!("/api/v1/games/{game_id}/events");
        Live::follow(address, since, move |event| {
            // Who removes the game oneself is taken home, and need not be told.
            let removes = declining.get_untracked() || cancelling.get_untracked();
            if removes && matches!(event, LiveEvent::Gone) {
                is_leaving.set(true);
            } else {
                state.hear(event);
            }
        })
    };
    // After the end nothing can change: the connection is of more use elsewhere.
    let is_settled = Memo::new(move |_| {
        is_leaving.get()
            || state.gone.get()
            || state.game.with(|game| game.status == Status::Finished)
    });
    effect(move |_| {
        if is_settled.get() {
            live.close();
        }
    });

    let status_line = Memo::new(move |_| {
        if state.gone.get() {
            "This game no longer exists: the invitation was declined, cancelled or has expired."
                .to_owned()
        } else {
            state.look(|perspective, _| perspective.status_line())
        }
    });
    let title = {
        let heading = heading.clone();
        // May be asked for once more after the page has been left.
        move || [&status_line.try_get().unwrap_or_default(), " · ", &heading].concat()
    };
    let look = state.board();
    let on_press = Callback::new(move |square| state.press(square));
    let refresh = is_waiting.then(|| {
        let seconds = if notice.with_untracked(Option::is_some) {
            REFRESH_AFTER_ERROR
        } else {
            REFRESH
        };
        view! { <Refresh seconds address=format!("/games/{game_id}") /> }
    });
    view! {
        <Title text=title />
        <Header viewer=viewer.clone() log_out />
        <main class="page game">
            <div class="game-top">
                <h1 class="title" tabindex="-1">
                    {heading}
                </h1>
                <StatusLine text=status_line tone=state.tone() />
                <ConnectionStatus connection=live.connection() />
            </div>
            <div class="game-board">
                <Board game_id look play on_press />
                <Notice error=notice />
            </div>
            <div class="game-side">
                <Players game=state.game viewer=viewer.clone() />
                <NextSteps state answers invite viewer opponent_has_account />
                <Details game=state.game />
            </div>
            {refresh}
        </main>
    }
}
