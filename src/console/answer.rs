//! Answers, with the headers that every one of them has.

use super::asset;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// Nothing runs but the script of our own, and nothing comes from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Shorter answers are not worth compressing.
const SMALL: usize = 1_024;

/// Headers of every answer.
const ALWAYS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("x-frame-options", "DENY"),
];

/// What goes back to the browser.
pub struct Webantwoord {
    status: StatusCode,
    soort: &'static str,
    body: Vec<u8>,
    /// Whether it may be compressed: not what has a key of a form in it beside what others typed.
    pub compress: bool,
    more: Vec<(header::HeaderName, String)>,
    keep: &'static str,
}

impl Webantwoord {
    fn new(status: StatusCode, soort: &'static str, body: Vec<u8>) -> Self {
        Self { status, soort, body, compress: true, more: Vec::new(), keep: "no-store" }
    }

    pub fn page(status: StatusCode, html: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", html.into_bytes())
    }

    /// The style sheet or the script.
    pub fn asset(address: &str) -> Option<Self> {
        let asset = asset::find(address)?;
        let answer = Self::new(StatusCode::OK, asset.soort, asset.text.into());
        Some(Self { keep: "public, max-age=31536000, immutable", ..answer })
    }

    /// A file to be kept.
    pub fn file(soort: &'static str, name: &str, body: Vec<u8>) -> Self {
        let mut answer = Self::new(StatusCode::OK, soort, body);
        answer.compress = false;
        answer.more.push((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
        answer
    }

    /// On to another page.
    pub fn to(address: &str) -> Self {
        let mut answer = Self::new(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Vec::new());
        answer.more.push((header::LOCATION, address.to_owned()));
        answer
    }

    /// With something that the browser is to keep.
    pub fn cookie(mut self, cookie: String) -> Self {
        self.more.push((header::SET_COOKIE, cookie));
        self
    }

    /// The answer itself.
    pub fn response(self, asked: &HeaderMap) -> Response {
        let takes = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        let takes = takes.is_some_and(|value| value.split(',').any(|one| one.trim().starts_with("gzip")));
        let packed =
            (self.compress && takes && self.body.len() > SMALL).then(|| packed(&self.body)).flatten();
        let is_packed = packed.is_some();
        let mut response = Response::new(Body::from(packed.unwrap_or(self.body)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in ALWAYS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.soort));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.keep));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
        if is_packed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        for (name, value) in self.more {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(name, value);
            }
        }
        response
    }
}

fn packed(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}
