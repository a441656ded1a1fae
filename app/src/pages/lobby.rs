use super::{
    form_actions::{clear_if_unavailable, form_action, invitation_actions, on_success, report},
    lobby_state::LobbyState,
};
use crate::{
    api::{Invite, LogOut},
    components::{ConnectionStatus, GameList, Header, InviteForm, Notice, Refresh},
    live::{Live, LiveEvent},
};
use domain::{error::AppError, lists::ListName, views::HomeView};
use leptos::prelude::*;
use leptos_meta::Title;

/// The refresh interval without JavaScript, in seconds. It is long, because a refresh discards typed text.
const REFRESH_SECONDS: u32 = 30;

/// The home page of a logged-in player: the four lists and the form that invites an opponent.
#[component]
pub(super) fn Lobby(
    home: HomeView,
    /// The list whose later page is shown, if any.
    later_page: Option<ListName>,
    reload: Callback<()>,
) -> impl IntoView {
    let viewer = home.viewer.clone();
    let resume_token = home.resume_token.clone();
    let state = LobbyState::new(home, reload);
    let notice = RwSignal::new(None);
    let address = "/api/v1/events".to_owned();
    let live = Live::subscribe(address, resume_token, state.is_stale, move |event| {
        if matches!(event, LiveEvent::Lobby(_) | LiveEvent::Reconnected) {
            clear_if_unavailable(notice);
        }
        state.handle_event(event);
    });

    let log_out = form_action::<LogOut>();
    let invite = form_action::<Invite>();
    report(log_out, notice);
    report(invite, notice);
    let actions = invitation_actions(notice);
    on_success(log_out, move || reload.run(()));
    // The stream reports the change, unless the connection is lost.
    let on_change = move || {
        if live.lost().get_untracked() {
            state.refresh();
        }
    };
    on_success(actions.decline, on_change);
    on_success(actions.cancel, on_change);
    // An earlier invitation used the id, and its response was lost. A refresh provides a new id.
    Effect::new(move |_| {
        if notice.with(|notice| is_about(notice.as_ref(), "game_id")) {
            state.refresh();
        }
    });

    let on_more = Callback::new(move |list| state.load_more(list, notice));
    let invalid = Memo::new(move |_| notice.with(|n| is_about(n.as_ref(), "opponent")));
    let lobby = state.lobby;
    let lists = ListName::ALL.map(|list| {
        let games = Memo::new(move |_| lobby.with(|lobby| lobby.list(list).clone()));
        view! {
            <GameList
                list
                games
                viewer=viewer.clone()
                actions
                is_later_page=later_page == Some(list)
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
            {later_page
                .is_none()
                .then(|| view! { <Refresh seconds=REFRESH_SECONDS address="/".to_owned() /> })}
        </main>
    }
}

/// Returns true if the error concerns the field `name` of the request.
fn is_about(error: Option<&AppError>, name: &str) -> bool {
    matches!(error, Some(AppError::InvalidRequest { field, .. }) if field == name)
}
