use super::{
    home::Home,
    lobby_state::LobbyState,
    outcome::{form_action, on_success, report},
};
use crate::{
    api::{AcceptInvitation, CancelInvitation, DeclineInvitation, Invite, LogOut},
    components::{
        Answers, ConnectionStatus, GameList, Header, InviteForm, Notice, Refresh, effect,
    },
    error::AppError,
    live::Live,
    view_model::ListName,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// How often the page loads itself again where no script can listen, in seconds. Seldom, because
/// what somebody is typing is lost.
const REFRESH: u32 = 30;

/// The home page of a player: the four lists, and the form that begins a game.
#[component]
pub(super) fn Lobby(home: Home, reload: Callback<()>) -> impl IntoView {
    let Home { view, later } = home;
    let viewer = view.viewer.clone();
    let since = view.since.clone();
    let state = LobbyState::new(view, reload);
    let live = Live::follow("/api/v1/events".to_owned(), since, move |event| {
        state.hear(event);
    });

    let notice = RwSignal::new(None);
    let log_out = form_action::<LogOut>();
    let invite = form_action::<Invite>();
    let answers = Answers {
        accept: form_action::<AcceptInvitation>(),
        decline: form_action::<DeclineInvitation>(),
        cancel: form_action::<CancelInvitation>(),
    };
    report(log_out, notice);
    report(invite, notice);
    report(answers.accept, notice);
    report(answers.decline, notice);
    report(answers.cancel, notice);
    on_success(log_out, move || reload.run(()));
    // The stream tells of the change, unless there is none at the moment.
    let change = move || {
        if live.lost().get_untracked() {
            state.read_again();
        }
    };
    on_success(answers.decline, change);
    on_success(answers.cancel, change);
    // The id of this page's next game was used up by an invitation whose answer was lost.
    effect(move |_| {
        if notice.with(|notice| is_about(notice.as_ref(), "game_id")) {
            state.read_again();
        }
    });

    let on_more = Callback::new(move |list| state.read_more(list, notice));
    let invalid = Memo::new(move |_| notice.with(|n| is_about(n.as_ref(), "opponent")));
    let lobby = state.lobby;
    let lists = ListName::ALL.map(|list| {
        let games = Memo::new(move |_| lobby.with(|lobby| lobby.list(list).clone()));
        view! {
            <GameList
                list
                games
                viewer=viewer.clone()
                answers
                is_later_page=later == Some(list)
                on_more
            />
        }
    });
    view! {
        <Title text="Your games" />
        <Header viewer=Some(viewer.clone()) log_out />
        <main class="page lobby">
            <div class="lobby-top">
                <h1 class="title" tabindex="-1">
                    "Your games"
                </h1>
                <ConnectionStatus connection=live.connection() />
            </div>
            <div class="card">
                <InviteForm invite game_id=state.new_game_id invalid />
                <Notice error=notice />
            </div>
            <div class="lists">{lists}</div>
            {later.is_none().then(|| view! { <Refresh seconds=REFRESH address="/".to_owned() /> })}
        </main>
    }
}

/// Whether an error is about a field of the request.
fn is_about(error: Option<&AppError>, name: &str) -> bool {
    matches!(error, Some(AppError::InvalidRequest { field, .. }) if field == name)
}
