//! What pages are made of. Components draw their props and call back; they fetch nothing.

mod board;
pub mod browser;
mod connection_status;
mod copy_link;
mod details;
mod failure;
mod game_entry;
mod game_list;
mod header;
mod invite_form;
mod log_in_form;
mod mark;
mod moment;
mod notice;
mod players;
mod refresh;
mod square;
mod status_line;

pub use board::Board;
pub use connection_status::ConnectionStatus;
pub use copy_link::CopyLink;
pub use details::Details;
pub use failure::FailureMessage;
pub(crate) use game_entry::entry_id;
pub use game_entry::{Answers, GameEntry};
pub use game_list::GameList;
pub use header::Header;
pub use invite_form::InviteForm;
pub use log_in_form::{Credentials, LogInForm};
pub use mark::MarkDrawing;
pub use moment::Moment;
pub use notice::Notice;
pub use players::Players;
pub use refresh::Refresh;
pub use square::SquareButton;
pub use status_line::{StatusLine, Tone};
