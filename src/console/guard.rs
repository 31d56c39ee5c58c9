//! Where a request comes from: our own pages, and with a development login a browser on this machine.

use super::Login;
use super::error::ConsoleError;
use axum::http::{HeaderMap, Method, header};
use std::net::{IpAddr, SocketAddr};

/// What is added by who passes requests on from elsewhere.
const PASSED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// Refuses what another site sends, and with a development login what does not come from this machine.
pub fn check(
    login: &Login,
    method: &Method,
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
) -> Result<(), ConsoleError> {
    let here = match login {
        Login::Ontwikkeling => {
            let near = peer.is_some_and(|peer| peer.ip().is_loopback());
            let host = text(headers, header::HOST.as_str()).unwrap_or_default();
            let passed_on = PASSED_ON.iter().any(|name| headers.contains_key(*name));
            if !near || passed_on || !is_loopback(host) {
                return Err(ConsoleError::Foreign);
            }
            format!("http://{host}")
        }
        // What a proxy makes of the name of the host is not looked at.
        Login::Oidc(diensten) => diensten.url.clone(),
    };
    if *method == Method::GET || *method == Method::HEAD {
        return Ok(());
    }
    let own = match text(headers, "sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text(headers, header::ORIGIN.as_str()).is_some_and(|origin| origin == here),
    };
    if own { Ok(()) } else { Err(ConsoleError::Foreign) }
}

/// From which address somebody asks: what a proxy of ours says, else whoever is connected.
pub fn from(login: &Login, headers: &HeaderMap, peer: Option<SocketAddr>) -> Option<IpAddr> {
    let peer = peer?.ip().to_canonical();
    let Login::Oidc(diensten) = login else { return Some(peer) };
    let ours = |address: &IpAddr| diensten.proxies.contains(address);
    if !ours(&peer) {
        return Some(peer);
    }
    let told = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let told: Vec<&str> = told.flat_map(|text| text.split(',')).map(str::trim).collect();
    // Each adds behind what it was told: the last that is none of ours is whom ours saw.
    let seen = told.iter().rev().map(|text| text.parse().ok().map(|it: IpAddr| it.to_canonical()));
    seen.take_while(Option::is_some).flatten().find(|address| !ours(address)).or(Some(peer))
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
    use crate::config::{ConsoleInstelling, Environment};
    use crate::console::Inlogdiensten;
    use axum::http::{HeaderName, HeaderValue};

    fn asked(method: &Method, pairs: &[(&'static str, &str)], peer: &str) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        check(&Login::Ontwikkeling, method, &headers, peer.parse().ok()).is_ok()
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

    #[test]
    fn behind_a_proxy_its_word_counts_and_nobody_elses() {
        let settings = ConsoleInstelling {
            url: Some("https://console.nl".to_owned()),
            proxies: vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()],
            ..ConsoleInstelling::default()
        };
        let login = Login::Oidc(Inlogdiensten::new(&settings, &Environment::default()).unwrap());
        let asked = |told: &[&str], peer: &str| {
            let mut headers = HeaderMap::new();
            for one in told {
                headers.append("x-forwarded-for", HeaderValue::from_str(one).unwrap());
            }
            from(&login, &headers, peer.parse().ok()).map(|it| it.to_string()).unwrap_or_default()
        };
        assert_eq!(asked(&["1.2.3.4"], "203.0.113.7:1"), "203.0.113.7");
        assert_eq!(asked(&["1.2.3.4"], "10.0.0.1:1"), "1.2.3.4");
        assert_eq!(asked(&["6.6.6.6, 1.2.3.4", "10.0.0.2"], "[::ffff:10.0.0.1]:1"), "1.2.3.4");
        for nothing in [&[][..], &["x"], &["1.2.3.4, x"], &["10.0.0.2"]] {
            assert_eq!(asked(nothing, "10.0.0.1:1"), "10.0.0.1", "{nothing:?}");
        }
        let post = |name: &'static str, value: &'static str| {
            let headers =
                HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))]);
            check(&login, &Method::POST, &headers, None).is_ok()
        };
        assert!(post("origin", "https://console.nl") && post("sec-fetch-site", "same-origin"));
        assert!(
            !post("origin", "http://console.nl") && !post("sec-fetch-site", "cross-site") && !post("x", "y")
        );
    }
}
