//! The pages to which a log-in returns.

use domain::ids::GameId;

/// The path of the account page.
pub const ACCOUNT_PATH: &str = "/account";

/// A page that can ask a visitor to log in. The query `next` names it by its path. Other paths are ignored, so
/// that a crafted link can't lead to another site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnPage {
    /// The page of a game.
    Game(GameId),
    /// The account page.
    Account,
}

impl ReturnPage {
    /// The page with this path, if a log-in can return to it.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        if path == ACCOUNT_PATH {
            Some(Self::Account)
        } else {
            GameId::from_path(path).map(Self::Game)
        }
    }

    /// The path of the page.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Game(game_id) => game_id.path(),
            Self::Account => ACCOUNT_PATH.to_owned(),
        }
    }

    /// The address of the log-in form that returns to this page.
    #[must_use]
    pub fn log_in_address(self) -> String {
        ["/?next=", &self.path()].concat()
    }

    /// Returns true if the application in the browser has a route to the page.
    #[must_use]
    pub const fn is_hydrated(self) -> bool {
        matches!(self, Self::Game(_))
    }
}

#[cfg(test)]
mod tests {
    use super::ReturnPage;

    #[test]
    fn only_pages_of_this_site_are_accepted() {
        for path in ["/account", "/games/9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11"] {
            let page = ReturnPage::from_path(path);
            assert_eq!(page.map(ReturnPage::path).as_deref(), Some(path));
        }
        for path in [
            "",
            "/",
            "account",
            "//account",
            "/account/",
            "/account?x",
            "/account//elsewhere.example",
            "https://elsewhere.example/account",
        ] {
            assert_eq!(ReturnPage::from_path(path), None, "{path}");
        }
    }
}
