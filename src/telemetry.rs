//! Logs to stderr. They never hold a BSN or a name.

use crate::config::{Environment, LogFormat, Telemetry};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use std::io::IsTerminal;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// Libraries whose lines may hold a message or its properties, at any level: what they have to say we say ourselves.
const SILENT: [&str; 4] = ["lapin", "amq_protocol", "async_rs", "tcp_stream"];
/// Statements without their values, for who asks (docs/operations.md).
const STATEMENTS: &str = "sqlx::query";

/// Whether a line may be written at all, whatever `HAPPYFLOW_LOG` asks for. Of what others write, only our own lines
/// and statements are known to hold nothing personal down to the last level.
fn may_be_told(target: &str, level: Level) -> bool {
    let of = |name: &str| {
        target.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '_']))
    };
    !SILENT.iter().any(|name| of(name)) && (level <= Level::DEBUG || of("happyflow") || target == STATEMENTS)
}

/// What is written: what is asked for, without what may not be told.
fn filters<S: Subscriber>(asked: EnvFilter) -> impl Layer<S> {
    asked.and_then(filter_fn(|metadata| may_be_told(metadata.target(), *metadata.level())))
}

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
    let colours = std::io::stderr().is_terminal();
    let logs = fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(colours)
        .log_internal_errors(false);
    // A second start in one process (tests) keeps the first.
    let _ = tracing_subscriber::registry().with(filters(filter)).with(logs).try_init();
    if problem {
        tracing::warn!("HAPPYFLOW_LOG is niet te lezen en niet gebruikt");
    }
}

/// Ends what [`start_service`] began.
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Sends what was not sent yet.
    pub fn finish(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown()
        {
            tracing::warn!(%error, "de laatste sporen zijn niet verzonden");
        }
    }
}

/// Starts logs, and traces when they are switched on, as the service has them.
pub fn start_service(settings: &Telemetry, environment: &Environment) -> Result<Traces, String> {
    let told = environment.log.as_deref().map(EnvFilter::try_new);
    let filter = match told {
        Some(Ok(filter)) => filter,
        _ => EnvFilter::new("happyflow=info,warn"),
    };
    let colours = std::io::stderr().is_terminal();
    // Nobody reads them when they cannot be written: that is no reason to end.
    let logs = fmt::layer().with_writer(std::io::stderr).with_ansi(colours).log_internal_errors(false);
    let logs = match settings.log_format {
        LogFormat::Json => logs.json().flatten_event(true).boxed(),
        LogFormat::Text => logs.with_target(false).boxed(),
    };
    let provider = match &settings.traces_url {
        Some(url) => Some(provider(url, settings.traces_ratio)?),
        None => None,
    };
    let traces = (provider.as_ref())
        .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("happyflow")));
    let started = tracing_subscriber::registry().with(filters(filter)).with(traces).with(logs).try_init();
    started.map_err(|error| format!("logs kunnen niet worden gestart: {error}"))?;
    Ok(Traces(provider))
}

fn provider(url: &str, ratio: f64) -> Result<SdkTracerProvider, String> {
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().with_endpoint(url).build();
    let exporter = exporter.map_err(|error| format!("telemetry.traces_url: {error}"))?;
    let resource = opentelemetry_sdk::Resource::builder().with_service_name("happyflow").build();
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio)));
    let builder = SdkTracerProvider::builder().with_batch_exporter(exporter);
    Ok(builder.with_sampler(sampler).with_resource(resource).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_message_is_told_at_no_level_and_the_rest_not_to_the_last() {
        let told = |target| {
            [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE]
                .into_iter()
                .filter(|level| may_be_told(target, *level))
                .count()
        };
        for silent in
            ["lapin", "lapin::channel", "lapin::returned_messages", "amq_protocol_tcp", "async_rs::sys"]
        {
            assert_eq!(told(silent), 0, "{silent}");
        }
        for bounded in ["hyper::proto", "rustls", "sqlx", "sqlx::postgres::notice", "log", "lapinish"] {
            assert_eq!(told(bounded), 4, "{bounded}");
        }
        for ours in ["happyflow", "happyflow::service::intake", "sqlx::query"] {
            assert_eq!(told(ours), 5, "{ours}");
        }
    }
}
