//! Logs to stderr. They never hold a BSN or a name.

use crate::config::{Environment, LogFormat, Telemetry};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

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
        .log_internal_errors(false)
        .try_init();
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
    // Nobody reads them when they cannot be written: that is no reason to end.
    let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).log_internal_errors(false);
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
    let started = tracing_subscriber::registry().with(filter).with(traces).with(logs).try_init();
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
