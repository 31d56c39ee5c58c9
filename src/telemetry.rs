//! Logs to stderr. They never hold a BSN or a name.

use crate::config::Environment;
use tracing_subscriber::EnvFilter;

/// Starts logging: warnings, with `-v` what happens, with `-vv` more. The setting `HAPPYFLOW_LOG`
/// (as `info` or `happyflow=debug`) goes before; one that cannot be read is told and left out.
pub fn start(verbose: u8, environment: &Environment) {
    let level = match verbose {
        0 => "happyflow=warn,error",
        1 => "happyflow=info,warn",
        _ => "happyflow=debug,info",
    };
    let (filter, problem) = match environment.log.as_deref().map(EnvFilter::try_new) {
        None => (EnvFilter::new(level), false),
        Some(Ok(filter)) => (filter, false),
        Some(Err(_)) => (EnvFilter::new(level), true),
    };
    // A second start in one process (tests) keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .try_init();
    if problem {
        tracing::warn!("HAPPYFLOW_LOG is niet te lezen en niet gebruikt");
    }
}
