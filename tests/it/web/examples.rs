//! The examples of GraphiQL: each can be run as it is, in any order, and again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::Client;

/// A document, and the variables it is shown with. Its first operation is the one to run.
struct Example {
    name: String,
    query: String,
    variables: Value,
}

/// Every example runs as it is, in any order, and again.
pub async fn all_run(client: &Client) {
    let examples = examples();
    assert!(examples.len() >= 12, "an example is missing");
    for (turn, example) in examples.iter().chain(examples.iter().rev()).enumerate() {
        example.run(client, &format!("turn-{turn}")).await;
    }
}

#[test]
fn every_example_says_what_it_does_and_what_to_try_next() {
    for Example { name, query, .. } in examples() {
        let comment: Vec<&str> = query
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        assert!(comment.len() > 2, "{name} begins with a comment");
        assert!(
            comment.iter().any(|line| line.starts_with("# Next: ")),
            "{name} says what is next"
        );
    }
}

fn examples() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/graphiql/operations");
    let entries = fs::read_dir(&folder).expect("the folder of the examples");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let documents: BTreeSet<_> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "graphql")
        })
        .collect();
    let read = |path: &Path| {
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let example = |path: &std::path::PathBuf| {
        let variables = path.with_extension("json");
        let variables = variables.exists().then(|| {
            serde_json::from_str(&read(&variables))
                .unwrap_or_else(|error| panic!("{}: {error}", variables.display()))
        });
        Example {
            name: path.display().to_string(),
            query: read(path),
            variables: variables.unwrap_or_else(|| json!({})),
        }
    };
    documents.iter().map(example).collect()
}

impl Example {
    /// Runs its first operation, and before it those that its variables name, as `fill.js` does.
    async fn run(&self, client: &Client, unique: &str) {
        let mut variables = self.variables.clone();
        fill(&mut variables, &|path| {
            (path == "unique").then(|| unique.to_owned())
        });
        for name in named(&variables) {
            let answer = self.send(client, &name, &variables).await;
            fill(&mut variables, &|path| {
                let inner = path.strip_prefix(&name)?.replace('.', "/");
                Some(answer.pointer(&inner)?.as_str()?.to_owned())
            });
        }
        let left = named(&variables);
        assert!(
            left.is_empty(),
            "{}: {left:?} did not answer all of {variables}",
            self.name
        );
        let (kind, name) = self.first();
        if kind == "subscription" {
            let mut watch = client.subscribe(&self.query, variables).await;
            let item = watch.next().await;
            assert!(
                item["stockLevelChanged"].is_object(),
                "{}: {item}",
                self.name
            );
            watch.close().await;
        } else {
            self.send(client, &name, &variables).await;
        }
    }

    /// Kind and name of its first operation.
    fn first(&self) -> (String, String) {
        let line = self
            .query
            .lines()
            .find(|line| line.starts_with(|first: char| first != '#'));
        let mut words = line.unwrap_or_default().split([' ', '(', '{']);
        let mut word = || words.next().unwrap_or_default().to_owned();
        (word(), word())
    }

    /// The data of one of its operations, which nobody refused.
    async fn send(&self, client: &Client, operation: &str, variables: &Value) -> Value {
        let body = json!({
            "query": self.query, "operationName": operation, "variables": variables,
        });
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("an HTTP client");
        let request = http.post(client.url()).json(&body);
        let response = request
            .bearer_auth(client.token().unwrap_or_default())
            .send()
            .await;
        let mut answer: Value = response.expect("an answer").json().await.expect("JSON");
        let context = format!("{}: {operation} with {variables:#}: {answer:#}", self.name);
        assert!(answer.get("errors").is_none(), "{context}");
        let data = answer["data"].take();
        let payloads = data.as_object().expect("an object");
        for payload in payloads.values() {
            let errors = payload.get("errors").and_then(Value::as_array);
            assert!(errors.is_none_or(Vec::is_empty), "{context}");
        }
        data
    }
}

/// Replaces each `{{path}}` in the texts of a value for which there is something.
fn fill(value: &mut Value, find: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) => *text = fill_text(text, find),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, find)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, find)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn fill_text(text: &str, find: &dyn Fn(&str) -> Option<String>) -> String {
    let mut parts = text.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (path, rest) = part.split_once("}}").unwrap_or((part, ""));
        filled += &find(path).unwrap_or_else(|| format!("{{{{{path}}}}}"));
        filled += rest;
    }
    filled
}

/// The operations whose answers the placeholders that are left need.
fn named(variables: &Value) -> BTreeSet<String> {
    let text = variables.to_string();
    let paths = text.split("{{").skip(1);
    paths
        .filter_map(|path| path.split_once('.'))
        .map(|(name, _)| name.to_owned())
        .collect()
}
