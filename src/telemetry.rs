//! The log, on the standard error, for people or as JSON; and traces, where they are wanted.

use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde::{Deserialize, Serialize};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt, registry};

/// What is sent when the process ends may take so long.
const ENDS_WITHIN: Duration = Duration::from_secs(1);

/// The `[log]` part of the configuration.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// From which level on: error, warn, info, debug or trace; also by module, such as
    /// `warn,stockroom=debug`.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
    /// Operations that take as long as this are told, in milliseconds.
    pub slow_ms: u64,
}

/// The `[traces]` part of the configuration.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TraceSettings {
    /// Where an OpenTelemetry collector takes traces, by OTLP over HTTP. None are kept when left
    /// out.
    pub endpoint: Option<String>,
    /// Under which name this server stands in them.
    pub service: String,
}

impl Default for TraceSettings {
    fn default() -> Self {
        Self {
            endpoint: None,
            service: "stockroom".to_owned(),
        }
    }
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: "warn,stockroom=info".to_owned(),
            format: LogFormat::Human,
            slow_ms: 1_000,
        }
    }
}

impl LogSettings {
    /// What takes as long as this is told.
    #[must_use]
    pub fn slow(&self) -> Duration {
        Duration::from_millis(self.slow_ms)
    }
}

/// Why log or traces cannot be written as they were asked for.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A level that is none.
    #[error("log.level: {level:?} cannot be used ({reason}); give a level such as info")]
    Level {
        /// What was given.
        level: String,
        /// Why not.
        reason: ParseError,
    },
    /// An address that is none.
    #[error(
        "traces.endpoint cannot be used: {0}; give one such as http://localhost:4318/v1/traces"
    )]
    Endpoint(ExporterBuildError),
}

/// What was started; ends it in order.
#[derive(Debug)]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Sends what was not sent yet.
    pub async fn end(self) {
        let Some(provider) = self.0 else { return };
        let ending =
            tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(ENDS_WITHIN));
        if let Ok(Err(error)) = ending.await {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// Starts log and traces of this process.
///
/// # Errors
/// [`TelemetryError`] for a setting that cannot be used.
pub fn start(log: &LogSettings, traces: &TraceSettings) -> Result<Telemetry, TelemetryError> {
    let filter = EnvFilter::try_new(&log.level).map_err(|reason| TelemetryError::Level {
        level: log.level.clone(),
        reason,
    })?;
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let lines = match log.format {
        LogFormat::Human => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let provider = provider(traces)?;
    let ours = Targets::new().with_target("stockroom", LevelFilter::INFO);
    let spans = provider.as_ref().map(|provider| {
        let tracer = provider.tracer("stockroom");
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_filter(ours)
    });
    registry()
        .with(lines.with_filter(filter))
        .with(spans)
        .init();
    Ok(Telemetry(provider))
}

fn provider(traces: &TraceSettings) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    let Some(endpoint) = &traces.endpoint else {
        return Ok(None);
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(endpoint)
        .build()
        .map_err(TelemetryError::Endpoint)?;
    let resource = Resource::builder()
        .with_service_name(traces.service.clone())
        .build();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource)
        .build();
    Ok(Some(provider))
}
