//! Running it in earnest: what is told to those who watch, the program's commands, the settings.

mod metrics;
mod pages;
mod program;
mod readiness;
mod secrets;
mod settings;

use serde_json::Value;

/// The answer to a plain GET: its status and text.
async fn get(graphql_url: &str, path: &str) -> (u16, String) {
    let url = graphql_url.replace("/graphql", path);
    let answer = reqwest::get(&url).await.expect("the server answers");
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("a text"))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
