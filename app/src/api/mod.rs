//! The server functions of the pages. Each identifies the player, calls one use case and replies. The JSON
//! API in `server` calls the same use cases.

#![expect(
    missing_docs,
    reason = "the server macro turns the arguments into fields of generated types"
)]

mod accounts;
mod error;
mod games;
mod pages;
#[cfg(feature = "ssr")]
mod request;
mod request_scope;

pub use accounts::{
    ChangePassword, CreateAccount, DeleteAccount, LogIn, LogOut, LogOutEverywhere, change_password,
    create_account, delete_account, log_in, log_out, log_out_everywhere,
};
pub use error::ActionError;
pub use games::{
    AcceptInvitation, CancelInvitation, DeclineInvitation, Invite, Play, accept_invitation,
    cancel_invitation, decline_invitation, invite, play,
};
pub use pages::{
    LoadGame, LoadHome, LoadList, LoadViewer, load_game, load_home, load_list, load_viewer,
};
#[cfg(feature = "ssr")]
pub use request::accepts_html;
pub use request_scope::in_request_scope;
