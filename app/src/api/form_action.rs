use super::fetch::{decode, post};
use crate::{error::AppError, json, view_model::GameView};
use leptos::{
    ev::SubmitEvent,
    prelude::*,
    reactive::actions::ActionAbortHandle,
    server::ServerActionError,
    server_fn::ServerFn,
    wasm_bindgen::JsCast,
    web_sys::{Element, Event, FormData, UrlSearchParams},
};

/// What a form's server function answers: the game after a move, nothing else after anything else.
pub type Answer = Result<Option<GameView>, AppError>;

/// Posts forms to a server function as a browser does that has no WebAssembly, but stays on the page.
///
/// It stands in for Leptos' `ServerAction` and `ActionForm`, which bring their code anew for each
/// server function.
#[derive(Clone, Copy)]
pub struct FormAction {
    path: &'static str,
    action: Action<String, Answer>,
}

impl FormAction {
    /// For forms of the server function `S`. Begins with the error that the page's address carries,
    /// if such a form was sent without WebAssembly and refused.
    #[must_use]
    pub fn new<S: ServerFn<Error = AppError>>() -> Self {
        Self::to(S::PATH)
    }

    fn to(path: &'static str) -> Self {
        let error = use_context::<ServerActionError>()
            .filter(|error| error.path() == path)
            .map(|error| Err(decode(error.err())));
        Self {
            path,
            action: Action::new_with_value(error, move |form: &String| answer(path, form.clone())),
        }
    }

    /// The address to post to, for the form's `action`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        self.path
    }

    /// For the form's `submit` event: posts the form instead of leaving the page.
    pub fn on_submit(self) -> Box<dyn FnMut(SubmitEvent)> {
        Box::new(move |event| {
            event.prevent_default();
            self.send_form_around(&event);
        })
    }

    /// Posts the form in which an event happened, such as the press of one of its buttons.
    pub fn send_form_around(self, event: &Event) {
        let element: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        let form = element.and_then(|element| element.closest("form").ok().flatten());
        let Some(form) = form.and_then(|form| form.dyn_into().ok()) else {
            return;
        };
        let fields = FormData::new_with_form(&form)
            .and_then(|data| UrlSearchParams::new_with_str_sequence_sequence(&data));
        if let Ok(fields) = fields {
            self.action.dispatch(fields.to_string().into());
        }
    }

    /// Posts these fields. Their values need no encoding: ids, names of squares, numbers.
    pub fn send(self, fields: &[(&str, &str)]) -> ActionAbortHandle {
        let body: Vec<String> = (fields.iter())
            .map(|(name, value)| [name, "=", value].concat())
            .collect();
        self.action.dispatch(body.join("&"))
    }

    /// Whether an answer is awaited.
    #[must_use]
    pub fn pending(self) -> Memo<bool> {
        self.action.pending()
    }

    /// The last answer.
    #[must_use]
    pub fn value(self) -> MappedSignal<Option<Answer>> {
        self.action.value()
    }

    /// Forgets the last answer.
    pub fn clear(self) {
        self.action.clear();
    }
}

async fn answer(path: &'static str, form: String) -> Answer {
    json::read(&post(path, form).await?).map_err(|_| AppError::MalformedRequest)
}
