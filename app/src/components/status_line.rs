use leptos::prelude::*;

/// The visual style of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// No action is needed.
    Calm,
    /// The viewer has to act.
    Act,
    /// The viewer has won.
    Won,
    /// The viewer has lost.
    Lost,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Calm => "status calm",
            Self::Act => "status act",
            Self::Won => "status won",
            Self::Lost => "status lost",
        }
    }
}

/// The status of the game for the viewer. Screen readers announce its changes.
#[component]
pub fn StatusLine(text: Memo<String>, tone: Memo<Tone>) -> impl IntoView {
    view! {
        <p role="status" class=move || tone.get().class()>
            {move || text.get()}
        </p>
    }
}
