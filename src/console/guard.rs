//! Where a request comes from: our own pages, in a browser on this machine.

use super::Login;
use super::error::ConsoleError;
use axum::http::{HeaderMap, Method, header};
use std::net::{IpAddr, SocketAddr};

/// What is added by who passes requests on from elsewhere.
const PASSED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// Refuses what another site sends, and with a development login what does not come from this machine.
pub fn check(
    login: Login,
    method: &Method,
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
) -> Result<(), ConsoleError> {
    let Login::Ontwikkeling = login;
    let near = peer.is_some_and(|peer| peer.ip().is_loopback());
    let host = text(headers, header::HOST.as_str()).unwrap_or_default();
    let passed_on = PASSED_ON.iter().any(|name| headers.contains_key(*name));
    if !near || passed_on || !is_loopback(host) {
        return Err(ConsoleError::Foreign);
    }
    if *method == Method::GET || *method == Method::HEAD {
        return Ok(());
    }
    let own = match text(headers, "sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => {
            text(headers, header::ORIGIN.as_str()).is_some_and(|origin| origin == format!("http://{host}"))
        }
    };
    if own { Ok(()) } else { Err(ConsoleError::Foreign) }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether a name with or without port is this machine: another name may be made to lead here.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn asked(method: &Method, pairs: &[(&'static str, &str)], peer: &str) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        check(Login::Ontwikkeling, method, &headers, peer.parse().ok()).is_ok()
    }

    #[test]
    fn only_our_own_pages_on_this_machine_send_forms() {
        let (get, post) = (Method::GET, Method::POST);
        let (here, host) = ("127.0.0.1:5", ("host", "127.0.0.1:9470"));
        assert!(asked(&get, &[host], here) && asked(&get, &[("host", "localhost")], "[::1]:5"));
        assert!(!asked(&get, &[host], "10.0.0.1:5") && !asked(&get, &[], here));
        assert!(
            !asked(&get, &[("host", "kwaad.nl")], here)
                && !asked(&get, &[host, ("x-forwarded-for", "1.2.3.4")], here)
        );
        assert!(asked(&post, &[host, ("sec-fetch-site", "same-origin")], here));
        assert!(asked(&post, &[host, ("origin", "http://127.0.0.1:9470")], here));
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!asked(
                &post,
                &[host, ("sec-fetch-site", site), ("origin", "http://127.0.0.1:9470")],
                here
            ));
        }
        assert!(
            !asked(&post, &[host, ("origin", "http://127.0.0.1:9471")], here) && !asked(&post, &[host], here)
        );
    }
}
