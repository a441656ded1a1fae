use super::fetch::post;
use crate::{error::AppError, json};
use http::Method;
use leptos::server_fn::{
    Http, Protocol,
    client::Client,
    codec::{Json, PostUrl},
    server::Server,
};
use serde::{Serialize, de::DeserializeOwned};
use std::future::Future;

/// How pages call server functions: as Leptos has it by default, fields of a form out and JSON back.
/// In the browser, all of them share the code that sends and receives.
#[derive(Debug)]
pub struct Call;

impl<I, O, C, S> Protocol<I, O, C, S, AppError> for Call
where
    I: Serialize + Send,
    O: DeserializeOwned + Send,
    C: Client<AppError>,
    S: Server<AppError>,
    Http<PostUrl, Json>: Protocol<I, O, C, S, AppError>,
{
    const METHOD: Method = Method::POST;

    fn run_server<F, A>(
        request: S::Request,
        function: F,
    ) -> impl Future<Output = Result<S::Response, AppError>> + Send
    where
        F: Fn(I) -> A + Send,
        A: Future<Output = Result<O, AppError>> + Send,
    {
        Http::<PostUrl, Json>::run_server(request, function)
    }

    async fn run_client(path: &str, input: I) -> Result<O, AppError> {
        let form = serde_qs::to_string(&input).map_err(|_| AppError::MalformedRequest)?;
        json::read(&post(path, form).await?).map_err(|_| AppError::MalformedRequest)
    }
}
