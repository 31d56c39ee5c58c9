//! The style sheet: one file of our own, under a name that changes with it, so that browsers may keep it.

use crate::digest::hex;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const STYLE: &str = include_str!("../../templates/console.css");

static ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest(STYLE.as_bytes());
    format!("/stijl/{}.css", hex(&digest[..8]))
});

/// Where the style sheet is.
pub fn address() -> &'static str {
    &ADDRESS
}

/// The style sheet, by its name.
pub fn style(name: &str) -> Option<&'static str> {
    (ADDRESS.strip_prefix("/stijl/") == Some(name)).then_some(STYLE)
}
