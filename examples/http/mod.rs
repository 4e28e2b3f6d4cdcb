//! A server that is asked over HTTP, and saying what came of it.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::asking::GraphQl;

/// A server, asked over HTTP.
pub struct Http {
    /// Sends.
    pub client: reqwest::Client,
    /// Where it answers.
    pub url: String,
    /// Whom it takes us for.
    pub token: String,
}

impl GraphQl for Http {
    async fn ask(&self, query: &str, variables: Value) -> Result<Value, String> {
        let request = self
            .client
            .post(&self.url)
            .bearer_auth(&self.token)
            .json(&json!({ "query": query, "variables": variables }));
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let status = answer.status();
        let mut body: Value = answer
            .json()
            .await
            .map_err(|error| format!("{status}: {error}"))?;
        match body.get("errors") {
            None => Ok(body["data"].take()),
            Some(errors) => Err(format!("{status}: {errors}")),
        }
    }
}

/// A bar that says how far it is.
pub fn bar() -> Result<ProgressBar, String> {
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{msg:>10} {wide_bar} {pos}/{len} {elapsed_precise}")
            .map_err(|error| error.to_string())?,
    );
    bar.enable_steady_tick(Duration::from_millis(200));
    Ok(bar)
}

/// Prints a line; a closed pipe is no error.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
