use leptos::prelude::*;

/// A labelled field of a form.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name in the API.
    pub name: &'static str,
    /// The id, unique on the page.
    pub id: &'static str,
    /// The type of the input.
    pub kind: &'static str,
    /// The purpose of the field, for password managers.
    pub autocomplete: &'static str,
    /// The label.
    pub label: &'static str,
    /// The hint below the field.
    pub hint: Option<&'static str>,
}

impl Field {
    /// The field. `invalid` is the API name of the field that the server rejected.
    #[must_use]
    pub fn view(self, invalid: Memo<Option<String>>) -> impl IntoView {
        let Self {
            name,
            id,
            kind,
            autocomplete,
            label,
            hint,
        } = self;
        let hint_id = hint.map(|_| [id, "-hint"].concat());
        let is_invalid = move || {
            invalid
                .with(|at| at.as_deref() == Some(name))
                .then_some("true")
        };
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input
                    id=id
                    name=name
                    type=kind
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby=hint_id.clone()
                    aria-invalid=is_invalid
                />
                {hint
                    .map(|hint| {
                        view! {
                            <p class="hint" id=hint_id>
                                {hint}
                            </p>
                        }
                    })}
            </div>
        }
    }
}
