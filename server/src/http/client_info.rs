//! The client of a request: the peer of the connection or, behind trusted proxies, the client that they report.

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use backend::limits::ClientAddress;
use http::{Extensions, HeaderMap, request::Parts};
use ipnet::IpNet;
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// The client of a request, which is an extension of every request.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientInfo {
    /// The address of the client, which limits count and logs show.
    pub address: ClientAddress,
    /// True if a trusted proxy forwarded the request.
    pub is_forwarded: bool,
    /// True if a trusted proxy received the request over plain HTTP.
    pub used_plain_http: bool,
}

impl ClientInfo {
    /// The client of the request with these extensions.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for ClientInfo {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// The proxies whose headers are trusted. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// Trusts the proxies in these networks.
    #[must_use]
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client of a request with these headers from this peer.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientInfo {
        let is_forwarded = self.contains(peer);
        ClientInfo {
            address: ClientAddress(self.client_address(peer, headers)),
            is_forwarded,
            used_plain_http: is_forwarded && used_plain_http(headers),
        }
    }

    /// The last address in `X-Forwarded-For` that is not a trusted proxy, if the peer is one. The client itself
    /// may have written the addresses before it.
    fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines = headers.get_all("x-forwarded-for").into_iter().rev();
        // A client may write bytes that are no text into the line to which the proxy adds its address.
        let hops = lines
            .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','))
            .map(address);
        for hop in hops {
            if !self.contains(client) {
                break;
            }
            match hop {
                Some(address) => client = address.to_canonical(),
                None => break,
            }
        }
        client
    }
}

fn address(hop: &[u8]) -> Option<IpAddr> {
    str::from_utf8(hop).ok()?.trim().parse().ok()
}

/// Adds the [`ClientInfo`] to a request.
pub async fn identify(
    State(proxies): State<TrustedProxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer: Option<&ConnectInfo<SocketAddr>> = request.extensions().get();
    if let Some(ConnectInfo(peer)) = peer {
        let client = proxies.client(peer.ip(), request.headers());
        request.extensions_mut().insert(client);
        // Server functions know only this part.
        request.extensions_mut().insert(client.address);
    }
    next.run(request).await
}

/// Returns true if the browser used plain HTTP. The header lists the proxies' values, and the first one is from
/// the proxy that received the browser's request.
fn used_plain_http(headers: &HeaderMap) -> bool {
    let first = headers
        .get("x-forwarded-proto")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(',').next());
    first.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("http"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    const PROXY: &str = "10.0.0.1";

    fn client(peer: &str, name: &'static str, values: &[&'static str]) -> ClientInfo {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_static(value));
        }
        let proxies = TrustedProxies::new(&["10.0.0.0/8".parse().unwrap()]);
        proxies.client(peer.parse().unwrap(), &headers)
    }

    fn address(peer: &str, forwarded: &[&'static str]) -> String {
        client(peer, "x-forwarded-for", forwarded)
            .address
            .0
            .to_string()
    }

    #[test]
    fn only_a_trusted_proxy_can_forward_addresses() {
        assert_eq!(address("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(address(PROXY, &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            address("::ffff:10.0.0.1", &["198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(address(PROXY, &[]), PROXY);
    }

    #[test]
    fn addresses_from_the_client_are_ignored() {
        assert_eq!(address(PROXY, &["1.1.1.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            address(PROXY, &["1.1.1.1", "198.51.100.1, 10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(address(PROXY, &["1.1.1.1, nonsense, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn the_first_trusted_proxy_reports_the_scheme() {
        for (value, plain) in [
            ("http", true),
            ("HTTP", true),
            ("http, https", true),
            ("https", false),
            ("https,http", false),
            ("", false),
            ("httpx", false),
        ] {
            let used_plain_http =
                |peer| client(peer, "x-forwarded-proto", &[value]).used_plain_http;
            assert_eq!(used_plain_http(PROXY), plain, "{value}");
            assert!(!used_plain_http("192.0.2.7"), "{value}");
        }
        assert!(!client(PROXY, "x-forwarded-proto", &[]).used_plain_http);
    }

    /// The lines of a header: addresses, and bytes that are none.
    fn lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let text = "[0-9a-f.:, ]{0,40}|10[.]0[.]0[.][0-9](, ?10[.]0[.]0[.][0-9]){0,3}";
        let line = prop_oneof![
            text.prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..20),
        ];
        prop::collection::vec(line, 0..4)
    }

    proptest! {
        /// The proxy appends the address of its own client, in the last line or in a line of its own.
        #[test]
        fn what_a_client_forwards_never_counts(
            lines in lines(),
            own_line in any::<bool>(),
            scheme in prop::collection::vec(any::<u8>(), 0..9),
        ) {
            let proxies = TrustedProxies::new(&["10.0.0.0/8".parse().unwrap()]);
            let mut lines: Vec<HeaderValue> = lines
                .iter()
                .filter_map(|line| HeaderValue::from_bytes(line).ok())
                .collect();
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_bytes(&scheme) {
                headers.insert("x-forwarded-proto", value);
            }
            let untrusted: IpAddr = "192.0.2.7".parse().unwrap();
            for line in &lines {
                headers.append("x-forwarded-for", line.clone());
            }
            let direct = proxies.client(untrusted, &headers);
            prop_assert_eq!(direct.address.0, untrusted);
            prop_assert!(!direct.is_forwarded && !direct.used_plain_http);

            headers.remove("x-forwarded-for");
            let last = if own_line { None } else { lines.pop() };
            let last = last.as_ref().map(|line| [line.as_bytes(), b", "].concat());
            let appended = [&last.unwrap_or_default()[..], b"198.51.100.1"].concat();
            lines.push(HeaderValue::from_bytes(&appended).unwrap());
            for line in lines {
                headers.append("x-forwarded-for", line);
            }
            let forwarded = proxies.client(PROXY.parse().unwrap(), &headers);
            prop_assert_eq!(forwarded.address.0.to_string(), "198.51.100.1");
        }
    }
}
