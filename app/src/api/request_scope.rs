/// Runs `work` in the scope of the HTTP request whose page is being rendered.
///
/// Leptos loads the data of a page in separate tasks, which know the request only from Leptos' context.
#[cfg(feature = "ssr")]
pub fn in_request_scope<T>(work: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    use backend::request_context::RequestContext;

    RequestContext::scope_optional(leptos::prelude::use_context(), work)
}

/// Runs `work`. In the browser, there is no request to attach it to.
#[cfg(not(feature = "ssr"))]
pub fn in_request_scope<T>(work: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    work
}
