//! Passwords: from a file or the environment, never from the settings themselves, and never shown.

use super::ConfigError;
use crate::disk;
use std::fmt;
use std::path::Path;

/// Bytes of the largest file with a password.
const MOST_BYTES: u64 = 64 * 1024;

/// A password. Its `Debug` is masked and it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A password from the environment.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The first line of a file: editors end it with a newline.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text = disk::read_text(path, MOST_BYTES).map_err(|refusal| ConfigError::Unreadable {
            path: shown.clone(),
            reason: refusal.to_string(),
        })?;
        let line = text.lines().next().unwrap_or_default();
        if line.is_empty() {
            let reason = "de eerste regel met het wachtwoord is leeg".to_owned();
            return Err(ConfigError::Unreadable { path: shown, reason });
        }
        Ok(Self(line.to_owned()))
    }

    /// All of a file: a key has many lines.
    pub fn whole(path: &Path) -> Result<Self, ConfigError> {
        let refused = |reason| ConfigError::Unreadable { path: path.display().to_string(), reason };
        disk::read_text(path, MOST_BYTES).map(Self).map_err(|refusal| refused(refusal.to_string()))
    }

    /// The password itself, for the one who logs in with it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A password of the settings: the file goes before the environment.
pub(super) fn password(
    file: Option<&Path>,
    environment: Option<&Secret>,
) -> Result<Option<Secret>, ConfigError> {
    file.map(Secret::read).transpose().map(|read| read.or_else(|| environment.cloned()))
}
