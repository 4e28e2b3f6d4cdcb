//! Somebody who does what a page says, from its top to its end, on a fresh company.

use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::page::{self, Operation, Step};
use crate::support::{Client, Engine, TestServer};

/// How long a subscription without a snapshot has time to be refused.
const SHORT: Duration = Duration::from_millis(300);
/// Stands in answers for a text that differs from run to run.
const ANYTHING: &str = "…";

/// Does what a page says, after the company was set up.
pub async fn follow(path: &str) {
    let server = TestServer::start(Engine::Sqlite).await;
    if path != page::SETTING_UP {
        Reader::new(server.client()).follow(page::SETTING_UP).await;
    }
    Reader::new(server.client()).follow(path).await;
    server.stop_with_right_books().await;
}

struct Reader {
    client: Client,
    /// The `data` of the last answer.
    last: Value,
    /// The last value of each root field.
    seen: Value,
}

impl Reader {
    fn new(client: Client) -> Self {
        Self {
            client,
            last: Value::Null,
            seen: json!({}),
        }
    }

    async fn follow(mut self, path: &str) {
        for (place, step) in page::steps(path) {
            self.take(&place, step).await;
        }
    }

    async fn take(&mut self, place: &str, step: Step) {
        match step {
            Step::Run(operation) => {
                let errors = self.run(place, operation).await;
                assert!(errors.is_empty(), "{place}: {errors:#?}");
            }
            Step::Refused(operation) => {
                let errors = self.run(place, operation).await;
                assert!(!errors.is_empty(), "{place} is accepted: {:#}", self.last);
            }
            Step::Subscribe(operation) => self.subscribe(place, operation).await,
            Step::Answer(expected) => {
                let difference = difference(&expected, &self.last, "data");
                assert_eq!(difference, None, "{place}: {:#}", self.last);
            }
        }
    }

    /// Runs an operation; all errors of its answer.
    async fn run(&mut self, place: &str, operation: Operation) -> Vec<Value> {
        let Operation {
            query,
            mut variables,
        } = operation;
        self.fill(place, &mut variables);
        let mut body = self.client.send(&query, variables).await.body;
        self.last = body["data"].take();
        let mut errors = list(&body["errors"]);
        let is_mutation = query.trim_start().starts_with("mutation");
        for (field, value) in self.last.as_object().into_iter().flatten() {
            assert!(
                !is_mutation || value["errors"].is_array(),
                "{place}: {field} does not ask for errors"
            );
            errors.extend(list(&value["errors"]));
            self.seen[field.as_str()] = value.clone();
        }
        errors
    }

    /// Subscribes. A snapshot has a first item; else it must be accepted, and nothing may happen.
    async fn subscribe(&mut self, place: &str, operation: Operation) {
        let Operation {
            query,
            mut variables,
        } = operation;
        self.fill(place, &mut variables);
        let mut items = self.client.subscribe(&query, variables).await;
        if query.contains("snapshot: true") {
            self.last = items.next().await;
        } else {
            items.try_next(SHORT).await;
        }
        items.close().await;
    }

    /// Puts what was answered before into the places that name it.
    fn fill(&self, place: &str, value: &mut Value) {
        match value {
            Value::Object(members) => members
                .values_mut()
                .for_each(|member| self.fill(place, member)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.fill(place, item)),
            Value::String(text) if text.as_str() == "$soon" => {
                let soon = Utc::now() + TimeDelta::minutes(15);
                *value = json!(soon.to_rfc3339_opts(SecondsFormat::Secs, true));
            }
            Value::String(text) => {
                if let Some(path) = text.strip_prefix('$') {
                    let pointer = format!("/{}", path.replace('.', "/"));
                    let found = self.seen.pointer(&pointer);
                    let found = found.unwrap_or_else(|| panic!("{place}: nothing is at {path}"));
                    *value = found.clone();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Where an answer is not what a page shows of it.
fn difference(expected: &Value, actual: &Value, at: &str) -> Option<String> {
    match (expected, actual) {
        (Value::String(text), found) if text == ANYTHING => {
            found.is_null().then(|| format!("{at} is null"))
        }
        (Value::Object(expected), Value::Object(actual)) => {
            expected.iter().find_map(|(name, expected)| {
                let actual = actual.get(name).unwrap_or(&Value::Null);
                difference(expected, actual, &format!("{at}.{name}"))
            })
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            let mut both = expected.iter().zip(actual).enumerate();
            both.find_map(|(index, (expected, actual))| {
                difference(expected, actual, &format!("{at}.{index}"))
            })
        }
        _ => (expected != actual).then(|| format!("{at} is {actual}, not {expected}")),
    }
}

#[test]
fn an_answer_that_differs_is_noticed() {
    let actual = json!({ "a": [{ "b": "1", "c": null }], "d": "x" });
    for same in [json!({ "a": [{ "b": "1" }] }), json!({ "d": "…" })] {
        assert_eq!(difference(&same, &actual, ""), None);
    }
    let others = [
        json!({ "a": [] }),
        json!({ "a": [{ "b": "2" }] }),
        json!({ "a": [{ "c": "…" }] }),
        json!({ "e": "1" }),
        json!([]),
    ];
    for other in others {
        assert!(difference(&other, &actual, "").is_some(), "{other}");
    }
}
