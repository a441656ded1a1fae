use leptos::prelude::*;

/// How a status reads at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do.
    Calm,
    /// It is for the viewer to act.
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

/// How the game stands for the viewer; screen readers are told when it changes.
#[component]
pub fn StatusLine(text: Memo<String>, tone: Memo<Tone>) -> impl IntoView {
    view! {
        <p role="status" class=move || tone.get().class()>
            {move || text.get()}
        </p>
    }
}
