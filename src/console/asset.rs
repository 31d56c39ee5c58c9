//! The style sheet and the script: files of our own, each under a name that changes with it, so that browsers may keep it.

use crate::digest::hex;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A file that pages ask for.
pub struct Asset {
    /// What it is, for a browser.
    pub soort: &'static str,
    /// What stands in it.
    pub text: &'static str,
    /// Where it is.
    pub address: String,
}

impl Asset {
    fn new(soort: &'static str, text: &'static str, folder: &str, ending: &str) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        Self { soort, text, address: format!("/{folder}/{}.{ending}", hex(&digest[..8])) }
    }
}

/// The style sheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("text/css; charset=utf-8", include_str!("../../templates/console.css"), "stijl", "css")
});

/// The script: comfort only.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("text/javascript; charset=utf-8", include_str!("../../templates/console.js"), "script", "js")
});

/// The file at an address.
pub fn find(address: &str) -> Option<&'static Asset> {
    [&*STYLE, &*SCRIPT].into_iter().find(|asset| asset.address == address)
}
