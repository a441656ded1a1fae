//! The actions and their routes.

use super::{tables::Table, world::World};
use test_support::{PASSWORD, Value, json};

enumeration! {
    /// Something that a caller can ask for. Different routes to the same action have the same row.
    Action {
        Register,
        LogIn,
        LogOut,
        LogOutEverywhere,
        ChangePassword,
        DeleteAccount,
        ShowAccount,
        ShowSession,
        LoadViewer,
        ShowLobby,
        LoadHome,
        ShowList,
        Invite,
        ShowGame,
        Accept,
        Decline,
        Cancel,
        Play,
        WatchGame,
        WatchLobby,
        ShowPanel,
        WatchPanel,
        Race,
        SwitchFault,
        RunExample,
        ReadGuide,
        Describe,
        Probe,
    }
}

/// A route to an action.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The action.
    pub action: Action,
    /// The method and the path.
    pub name: &'static str,
    /// The status of a success.
    pub success: u16,
}

impl Route {
    /// All routes, in the order of the actions.
    pub fn all() -> impl Iterator<Item = Self> {
        Action::ALL.iter().flat_map(|action| {
            let routes = action.routes().iter();
            routes.map(|(name, success)| Self {
                action: *action,
                name,
                success: *success,
            })
        })
    }

    /// Returns true unless the method is `GET`.
    pub fn is_change(&self) -> bool {
        !self.name.starts_with("GET ")
    }
}

impl Action {
    /// The routes to this action, each with the status of a success.
    const fn routes(self) -> &'static [(&'static str, u16)] {
        match self {
            Self::Register => &[
                ("POST /api/v1/players", 201),
                ("POST /actions/create_account", 200),
            ],
            Self::LogIn => &[("POST /api/v1/session", 200), ("POST /actions/log_in", 200)],
            Self::LogOut => &[
                ("DELETE /api/v1/session", 204),
                ("POST /actions/log_out", 200),
            ],
            Self::LogOutEverywhere => &[
                ("DELETE /api/v1/sessions", 204),
                ("POST /actions/log_out_everywhere", 200),
            ],
            Self::ChangePassword => &[
                ("PUT /api/v1/account/password", 204),
                ("POST /actions/change_password", 200),
            ],
            Self::DeleteAccount => &[
                ("DELETE /api/v1/account", 204),
                ("POST /actions/delete_account", 200),
            ],
            Self::ShowAccount => &[("GET /account", 200)],
            Self::ShowSession => &[("GET /api/v1/session", 200)],
            Self::LoadViewer => &[("POST /actions/load_viewer", 200)],
            Self::ShowLobby => &[("GET /api/v1/lobby", 200)],
            Self::LoadHome => &[("POST /actions/load_home", 200), ("GET /", 200)],
            Self::ShowList => &[
                ("GET /api/v1/lobby/{list}", 200),
                ("POST /actions/load_list", 200),
            ],
            Self::Invite => &[("POST /api/v1/games", 201), ("POST /actions/invite", 200)],
            Self::ShowGame => &[
                ("GET /api/v1/games/{game_id}", 200),
                ("POST /actions/load_game", 200),
                ("GET /games/{game_id}", 200),
            ],
            Self::Accept => &[
                ("POST /api/v1/games/{game_id}/accept", 200),
                ("POST /actions/accept", 200),
            ],
            Self::Decline => &[
                ("POST /api/v1/games/{game_id}/decline", 204),
                ("POST /actions/decline", 200),
            ],
            Self::Cancel => &[
                ("POST /api/v1/games/{game_id}/cancel", 204),
                ("POST /actions/cancel", 200),
            ],
            Self::Play => &[
                ("POST /api/v1/games/{game_id}/moves", 200),
                ("POST /actions/play", 200),
            ],
            Self::WatchGame => &[("GET /api/v1/games/{game_id}/events", 200)],
            Self::WatchLobby => &[("GET /api/v1/events", 200)],
            Self::ShowPanel => &[("GET /inspector", 200)],
            Self::WatchPanel => &[("GET /inspector/events", 200)],
            Self::Race => &[("POST /inspector/race", 200)],
            Self::SwitchFault => &[("POST /inspector/faults", 200)],
            Self::RunExample => &[("POST /guide/run", 200)],
            Self::ReadGuide => &[
                ("GET /guide", 200),
                ("GET /guide/{*document}", 200),
                ("GET /guide/source/{*file}", 200),
            ],
            Self::Describe => &[("GET /api/v1/openapi.json", 200)],
            Self::Probe => &[("GET /livez", 200), ("GET /readyz", 200)],
        }
    }

    /// The arguments of a valid request, whether they belong in the path, the query or the body.
    pub fn arguments(self, world: &World) -> Value {
        match self {
            Self::Register | Self::LogIn => {
                json!({"name": world.caller_name, "password": PASSWORD})
            }
            Self::ChangePassword => json!({"current": PASSWORD, "new": "battery staple"}),
            Self::DeleteAccount => json!({"current": PASSWORD}),
            Self::ShowList => json!({"list": "in_progress"}),
            Self::Invite => json!({"opponent": "somebody-else"}),
            Self::ShowGame
            | Self::Accept
            | Self::Decline
            | Self::Cancel
            | Self::WatchGame
            | Self::WatchLobby => {
                json!({"game_id": world.link})
            }
            Self::Play => json!({"game_id": world.link, "square": "MiddleRight", "ply": world.ply}),
            Self::ShowPanel | Self::WatchPanel => json!({"page": format!("/games/{}", world.link)}),
            Self::Race => json!({"game_id": world.link, "square": "MiddleRight", "times": 2}),
            Self::SwitchFault => json!({"fault": "duplicated", "on": true}),
            Self::RunExample => json!({"example": "move"}),
            Self::ReadGuide => json!({"*document": "cost.md", "*file": "games.rs"}),
            Self::LogOut
            | Self::LogOutEverywhere
            | Self::ShowAccount
            | Self::ShowSession
            | Self::LoadViewer
            | Self::ShowLobby
            | Self::LoadHome
            | Self::Describe
            | Self::Probe => json!({}),
        }
    }

    /// The tables that a success changes, where the matrix says that it changes something.
    pub const fn writes(self) -> &'static [Table] {
        match self {
            Self::Register => &[Table::Players, Table::Sessions],
            Self::LogIn | Self::LogOut | Self::LogOutEverywhere => &[Table::Sessions],
            Self::ChangePassword => &[Table::Players],
            Self::DeleteAccount => &[Table::Players, Table::Sessions],
            Self::Invite
            | Self::Accept
            | Self::Decline
            | Self::Cancel
            | Self::Play
            | Self::Race => &[Table::Games],
            Self::ShowAccount
            | Self::ShowSession
            | Self::LoadViewer
            | Self::ShowLobby
            | Self::LoadHome
            | Self::ShowList
            | Self::ShowGame
            | Self::WatchGame
            | Self::WatchLobby
            | Self::ShowPanel
            | Self::WatchPanel
            | Self::SwitchFault
            | Self::RunExample
            | Self::ReadGuide
            | Self::Describe
            | Self::Probe => &[],
        }
    }

    /// The event of a stream with the data of the game, or `None` for an action without a stream.
    pub const fn event(self) -> Option<&'static str> {
        match self {
            Self::WatchGame | Self::WatchLobby => Some("event: game\n"),
            Self::WatchPanel => Some("event: indexes\n"),
            _ => None,
        }
    }
}
