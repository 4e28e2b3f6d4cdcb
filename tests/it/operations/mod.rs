//! Running it in earnest: what is told to those who watch, the program's commands, the settings.

mod metrics;
mod pages;
mod program;
mod readiness;
mod secrets;
mod settings;
mod traces;

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::support::process::stockroom;

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

/// A server's process with these settings in its environment, and its address. Its standard error
/// is a pipe: read it, or let go of it.
async fn launch(database: String, environment: Vec<(&'static str, String)>) -> (Child, String) {
    let mut command = stockroom(&database);
    command
        .args(["--port", "0", "serve"])
        .envs(environment)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let starting = spawn_blocking(move || {
        let mut child = command.spawn().expect("the server's process starts");
        let stdout = child.stdout.as_mut().expect("its output is ours");
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        read.expect("it can be read");
        let url = line.trim().rsplit(' ').next().expect("an address");
        let url = url.to_owned();
        (child, url)
    });
    starting.await.expect("it does not panic")
}
