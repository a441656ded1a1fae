use super::{
    form_actions::{form_action, invitation_actions, on_success, report},
    game_state::GameState,
    next_steps::NextSteps,
};
use crate::{
    api::{Invite, LogOut, Play},
    components::{
        Board, ConnectionStatus, Details, Header, Notice, Players, Refresh, StatusLine, browser,
    },
    live::{Live, LiveEvent},
};
use domain::{
    status::Status,
    views::{GamePageView, Perspective},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The refresh interval of a waiting page without JavaScript, in seconds.
const REFRESH_SECONDS: u32 = 3;
/// The refresh interval while the page shows an error, which people need time to read.
const REFRESH_AFTER_ERROR_SECONDS: u32 = 10;

/// The page of an existing game.
#[component]
pub(super) fn GameScreen(page: GamePageView) -> impl IntoView {
    let GamePageView {
        game,
        viewer,
        opponent_has_account,
        resume_token,
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
    let state = GameState::new(game, viewer.clone(), play, notice);
    report(log_out, notice);
    report(invite, notice);
    let actions = invitation_actions(notice);
    // The page stays and becomes the board of a game in progress. The stream reports the change, unless the
    // connection is lost.
    on_success(actions.accept, move || {
        if state
            .game
            .with_untracked(|game| game.status == Status::Pending)
        {
            state.refresh();
        }
        browser::focus_after_render("h1".to_owned());
    });

    let (declining, cancelling) = (actions.decline.pending(), actions.cancel.pending());
    let is_leaving = RwSignal::new(false);
    let live = if is_over {
        Live::inactive()
    } else {
        let address = format!("/api/v1{}/events", game_id.path());
        let is_stale = RwSignal::new(false);
        Live::subscribe(address, resume_token, is_stale, move |event| {
            // The player who removed the game is redirected home, so skip the notice.
            let is_removing = declining.get_untracked() || cancelling.get_untracked();
            if is_removing && matches!(event, LiveEvent::Deleted) {
                is_leaving.set(true);
            } else {
                state.handle_event(event);
            }
        })
    };
    // A finished or deleted game no longer changes, so the page frees its connection.
    let is_closed = Memo::new(move |_| {
        is_leaving.get()
            || state.deleted.get()
            || state.game.with(|game| game.status == Status::Finished)
    });
    Effect::new(move |_| {
        if is_closed.get() {
            live.close();
        }
    });

    let status_line = Memo::new(move |_| {
        if state.deleted.get() {
            "This game no longer exists: the invitation was declined, cancelled or has expired."
                .to_owned()
        } else {
            state.with_perspective(|perspective, _| perspective.status_line())
        }
    });
    let title = {
        let heading = heading.clone();
        // `leptos_meta` may read the title once more after the page has been left.
        move || [&status_line.try_get().unwrap_or_default(), " · ", &heading].concat()
    };
    let board = state.board();
    let on_press = Callback::new(move |square| state.press(square));
    let refresh = is_waiting.then(|| {
        let seconds = if notice.with_untracked(Option::is_some) {
            REFRESH_AFTER_ERROR_SECONDS
        } else {
            REFRESH_SECONDS
        };
        view! { <Refresh seconds address=game_id.path() /> }
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
                <Board game_id board play on_press />
                <Notice error=notice />
            </div>
            <div class="game-side">
                <Players game=state.game viewer=viewer.clone() />
                <NextSteps state actions invite viewer opponent_has_account />
                <Details game=state.game />
            </div>
            {refresh}
        </main>
    }
}
