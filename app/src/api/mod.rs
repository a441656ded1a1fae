//! The server functions: what the pages ask of the server. Each says who asks, calls one use case
//! and replies; the JSON API in `server` calls the same use cases.

#![expect(
    missing_docs,
    reason = "the arguments become fields of types that the server macro makes"
)]

mod accounts;
mod call;
mod fetch;
mod form_action;
mod games;
mod origin;
mod pages;
#[cfg(feature = "ssr")]
mod request;

pub use accounts::{CreateAccount, LogIn, LogOut, create_account, log_in, log_out};
pub use call::Call;
pub use form_action::{Answer, FormAction};
pub use games::{
    AcceptInvitation, CancelInvitation, DeclineInvitation, Invite, Play, accept_invitation,
    cancel_invitation, decline_invitation, invite, play,
};
pub use origin::for_request;
pub use pages::{
    LoadGame, LoadHome, LoadList, LoadViewer, load_game, load_home, load_list, load_viewer,
};
