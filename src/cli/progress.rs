//! Progress of long work, on stderr, only when a person looks at it.

use indicatif::{ProgressBar, ProgressStyle};
use std::borrow::Cow;
use std::io::IsTerminal;

/// A bar over a known number of steps; hidden when stderr is not a terminal.
pub(super) fn bar(steps: usize, what: impl Into<Cow<'static, str>>) -> ProgressBar {
    let bar = ProgressBar::new(steps as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos} van {len}, nog {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(what);
    bar
}

/// Writes to stdout with the bar out of the way, when both are on one screen.
pub(super) fn beside<R>(bar: &ProgressBar, write: impl FnOnce() -> R) -> R {
    if std::io::stdout().is_terminal() { bar.suspend(write) } else { write() }
}
