use leptos::prelude::Effect;

/// Runs `react` in the browser now, and again whenever what it has read changes. It is told whether
/// it runs for the first time. Leptos' own effects bring their code anew for each closure.
pub fn effect(react: impl FnMut(bool) + 'static) {
    any_effect(Box::new(react));
}

fn any_effect(mut react: Box<dyn FnMut(bool)>) {
    Effect::new(move |before: Option<()>| react(before.is_none()));
}
