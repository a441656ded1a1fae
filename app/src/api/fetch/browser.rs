use crate::{error::AppError, json};
use leptos::{
    prelude::window,
    server_fn::redirect::{REDIRECT_HEADER, call_redirect_hook},
    wasm_bindgen::{JsCast, JsValue},
};
use send_wrapper::SendWrapper;
use std::future::Future;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit, Response};

/// Posts a form's fields to a server function; gives the text of the answer, or the error that it
/// carries. Goes where the answer sends the browser.
pub(in crate::api) fn post(
    path: &str,
    form: String,
) -> impl Future<Output = Result<String, AppError>> + Send + use<> {
    let path = path.to_owned();
    // A page has one thread.
    SendWrapper::new(async move {
        let response = send(&path, &form)
            .await
            .map_err(|_| AppError::ServerUnreachable)?;
        let text = text(&response)
            .await
            .map_err(|_| AppError::ServerUnreachable)?;
        if !response.ok() {
            // A gateway answers in its own words when it does not get through to the server.
            let otherwise = if response.status() >= 500 {
                AppError::ServerUnreachable
            } else {
                AppError::MalformedRequest
            };
            return Err(json::read(&text).unwrap_or(otherwise));
        }
        follow(&response);
        Ok(text)
    })
}

/// Stops a request that nobody waits for any more.
struct Stop(Option<AbortController>);

impl Drop for Stop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

async fn send(path: &str, form: &str) -> Result<Response, JsValue> {
    let controller = AbortController::new()?;
    let headers = Headers::new()?;
    headers.set("content-type", "application/x-www-form-urlencoded")?;
    // Without it, the server takes the request for one of a page without WebAssembly.
    headers.set("accept", "application/json")?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(&form.into());
    request.set_signal(Some(&controller.signal()));
    let mut stop = Stop(Some(controller));
    let answer = JsFuture::from(window().fetch_with_str_and_init(path, &request)).await;
    // It has come: there is nothing to stop.
    stop.0 = None;
    answer?.dyn_into()
}

async fn text(response: &Response) -> Result<String, JsValue> {
    let text = JsFuture::from(response.text()?).await?;
    text.as_string().ok_or(JsValue::UNDEFINED)
}

fn follow(response: &Response) {
    let headers = response.headers();
    if let Ok(Some(_)) = headers.get(REDIRECT_HEADER) {
        let destination = headers.get("location").ok().flatten();
        call_redirect_hook(&destination.unwrap_or_else(|| response.url()));
    }
}

/// The error that an address carries: JSON in the alphabet of Base64 that is safe in addresses.
pub(in crate::api) fn decode(error: &str) -> AppError {
    let text = window().atob(&error.replace('-', "+").replace('_', "/"));
    text.ok()
        .and_then(|text| json::read(&text).ok())
        .unwrap_or(AppError::MalformedRequest)
}
