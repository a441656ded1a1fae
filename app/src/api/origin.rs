use std::future::Future;

/// Does something on behalf of the HTTP request for which a page is being rendered, wherever that runs.
#[cfg(feature = "ssr")]
pub fn for_request<T>(work: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    use crate::ssr::inspector::Attribution;

    let attribution = leptos::prelude::use_context::<Attribution>();
    async move {
        match attribution {
            Some(attribution) => attribution.during(work).await,
            None => work.await,
        }
    }
}

/// In the browser there is none.
#[cfg(not(feature = "ssr"))]
pub fn for_request<T>(work: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    work
}
