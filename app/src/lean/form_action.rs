use super::call::{post, read};
use crate::api::ActionError;
#[cfg(target_arch = "wasm32")]
use crate::json;
use domain::{error::AppError, views::GameView};
use leptos::{
    ev::SubmitEvent,
    prelude::*,
    reactive::actions::ActionAbortHandle,
    server::ServerActionError,
    server_fn::{ServerFn, client::Client},
    wasm_bindgen::JsCast,
    web_sys::{Element, Event, FormData, UrlSearchParams},
};
use std::{fmt, pin::Pin};

/// The response to a form: the game after a move, `None` after any other action.
pub type FormResponse = Result<Option<GameView>, AppError>;

type ResponseFuture = Pin<Box<dyn Future<Output = FormResponse> + Send>>;

/// Posts forms to a server function without leaving the page.
#[derive(Clone, Copy)]
pub struct FormAction {
    path: &'static str,
    action: Action<String, FormResponse>,
}

impl fmt::Debug for FormAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FormAction").field(&self.path).finish()
    }
}

impl FormAction {
    /// The action for forms of the server function `S`. If such a form was sent without WebAssembly and
    /// rejected, the action starts with the error from the page's URL.
    #[must_use]
    pub fn new<S>() -> Self
    where
        S: ServerFn<Error = ActionError, Client: Client<ActionError> + 'static>,
    {
        Self::with_client(S::PATH, send_form::<S::Client>)
    }

    fn with_client(
        path: &'static str,
        send: fn(path: &'static str, form: String) -> ResponseFuture,
    ) -> Self {
        let error = use_context::<ServerActionError>()
            .filter(|error| error.path() == path)
            .map(|error| Err(decode_error(error.err())));
        Self {
            path,
            action: Action::new_with_value(error, move |form: &String| send(path, form.clone())),
        }
    }

    /// The path of the server function, for the form's `action` attribute.
    #[must_use]
    pub const fn path(self) -> &'static str {
        self.path
    }

    /// The handler for the form's `submit` event. It posts the form without leaving the page.
    #[must_use]
    pub fn on_submit(self) -> Box<dyn FnMut(SubmitEvent)> {
        Box::new(move |event| {
            event.prevent_default();
            self.send_enclosing_form(&event);
        })
    }

    /// Posts the form that contains the target of `event`, such as a pressed button.
    pub fn send_enclosing_form(self, event: &Event) {
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

    /// Posts `fields`, pairs of name and value, without URL encoding. Only for ids, names of squares and
    /// numbers.
    #[must_use]
    pub fn send(self, fields: &[(&str, &str)]) -> ActionAbortHandle {
        let body: Vec<String> = (fields.iter())
            .map(|(name, value)| [name, "=", value].concat())
            .collect();
        self.action.dispatch(body.join("&"))
    }

    /// True while the action waits for a response.
    #[must_use]
    pub fn pending(self) -> Memo<bool> {
        self.action.pending()
    }

    /// The last response.
    #[must_use]
    pub fn value(self) -> MappedSignal<Option<FormResponse>> {
        self.action.value()
    }

    /// Discards the last response.
    pub fn clear(self) {
        self.action.clear();
    }
}

fn send_form<C: Client<ActionError> + 'static>(path: &'static str, form: String) -> ResponseFuture {
    Box::pin(async move { Ok(read(&post::<C>(path, form).await?)?) })
}

/// Decodes the error from the URL of a page: JSON in URL-safe Base64.
#[cfg(target_arch = "wasm32")]
fn decode_error(error: &str) -> AppError {
    let text = window().atob(&error.replace('-', "+").replace('_', "/"));
    text.ok()
        .and_then(|text| json::read(&text).ok())
        .unwrap_or(AppError::MalformedRequest)
}

/// Decodes the error from the URL of a page.
#[cfg(not(target_arch = "wasm32"))]
fn decode_error(error: &str) -> AppError {
    server_fn::error::ServerFnUrlError::<ActionError>::decode_err(error).into()
}
