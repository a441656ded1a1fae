use crate::{api::ActionError, json};
use domain::error::AppError;
use http::Method;
use leptos::server_fn::{
    ContentType, Http, Protocol,
    client::Client,
    codec::{Json, PostUrl},
    redirect::call_redirect_hook,
    request::ClientReq,
    response::ClientRes,
    server::Server,
};
use serde::{Serialize, de::DeserializeOwned};

/// The protocol of server functions: form data in the request, JSON in the response, as in Leptos' default.
///
/// In the browser, all server functions share one implementation of the call.
#[derive(Debug)]
pub struct SharedCall;

impl<I, O, C, S> Protocol<I, O, C, S, ActionError> for SharedCall
where
    I: Serialize + Send,
    O: DeserializeOwned + Send,
    C: Client<ActionError>,
    S: Server<ActionError>,
    Http<PostUrl, Json>: Protocol<I, O, C, S, ActionError>,
{
    const METHOD: Method = Method::POST;

    fn run_server<F, A>(
        request: S::Request,
        function: F,
    ) -> impl Future<Output = Result<S::Response, ActionError>> + Send
    where
        F: Fn(I) -> A + Send,
        A: Future<Output = Result<O, ActionError>> + Send,
    {
        Http::<PostUrl, Json>::run_server(request, function)
    }

    async fn run_client(path: &str, input: I) -> Result<O, ActionError> {
        let form = serde_qs::to_string(&input).map_err(|_| AppError::MalformedRequest)?;
        read(&post::<C>(path, form).await?)
    }
}

/// Posts form data to a server function and returns the body of the response. Follows a redirect.
///
/// # Errors
///
/// The error of the server function, [`AppError::ServerUnreachable`] without a response, or
/// [`AppError::MalformedRequest`] for an unreadable response with a 4xx status.
pub(super) async fn post<C: Client<ActionError>>(
    path: &str,
    form: String,
) -> Result<String, ActionError> {
    let request = C::Request::try_new_req_text(
        path,
        PostUrl::CONTENT_TYPE,
        Json::CONTENT_TYPE,
        form,
        Method::POST,
    )?;
    let response = C::send(request).await?;
    let (status, has_redirect) = (response.status(), response.has_redirect());
    let location = response.location();
    let text = response
        .try_into_string()
        .await
        .map_err(|_| AppError::ServerUnreachable)?;
    if status >= 400 {
        // A gateway that can't reach the server sends its own error page.
        let fallback = if status >= 500 {
            AppError::ServerUnreachable
        } else {
            AppError::MalformedRequest
        };
        return Err(json::read(&text).unwrap_or(ActionError(fallback)));
    }
    if has_redirect {
        call_redirect_hook(&location);
    }
    Ok(text)
}

/// Deserializes the value that a server function returned.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, ActionError> {
    json::read(text).map_err(|_| ActionError(AppError::MalformedRequest))
}
