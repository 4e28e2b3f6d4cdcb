//! The log: lines on the standard error, for people or as JSON.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

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

/// Why the log cannot be written as it was asked.
#[derive(Debug, thiserror::Error)]
#[error("log.level: {level:?} cannot be used ({reason}); give a level such as info")]
pub struct LogError {
    level: String,
    reason: ParseError,
}

/// Starts the log of this process.
///
/// # Errors
/// [`LogError`] for a level that is none.
pub fn start(settings: &LogSettings) -> Result<(), LogError> {
    let filter = EnvFilter::try_new(&settings.level).map_err(|reason| LogError {
        level: settings.level.clone(),
        reason,
    })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Human => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
