//! Sending one command, and saying plainly what the answer means.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::{Outcome, told};

/// A client that waits longer than this gives the answer up.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a user error may never speak of.
const FORBIDDEN: [&str; 4] = ["deadlock", "serializ", "sqlx", "database"];

/// A command to be sent.
#[derive(Clone, Debug)]
pub struct Command {
    /// The mutation.
    pub name: &'static str,
    /// What is asked of its payload.
    pub selection: &'static str,
    /// Its input, with its key.
    pub input: Value,
}

/// What came back.
#[derive(Debug)]
pub enum Seen {
    /// It is done: the payload.
    Done(Value),
    /// It was refused: the codes.
    Refused(Vec<String>),
    /// The server cannot just now, and says that nothing was changed.
    TurnedAway(String),
    /// It was not sent: nobody listens.
    NotSent,
    /// It was sent, and what became of it is not known.
    Unknown(String),
    /// What a client must never see.
    Wrong(String),
}

/// A client with a connection of its own.
pub struct Caller {
    client: reqwest::Client,
    token: String,
}

impl Caller {
    /// One with this token.
    pub fn new(token: &str) -> Outcome<Self> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .timeout(PATIENCE)
            .build()
            .map_err(told)?;
        let token = token.to_owned();
        Ok(Self { client, token })
    }

    /// Sends a command once.
    pub async fn send(&self, url: &str, command: &Command) -> Seen {
        let (name, selection) = (command.name, command.selection);
        let (first, rest) = name.split_at(1);
        let query = format!(
            "mutation($input: {}{rest}Input!) {{ {name}(input: $input) {{ {selection} \
             errors {{ code message path }} replayed }} }}",
            first.to_uppercase()
        );
        let request = self
            .client
            .post(url)
            .bearer_auth(&self.token)
            .header("accept", "application/graphql-response+json")
            .json(&json!({ "query": query, "variables": { "input": command.input } }));
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_connect() => return Seen::NotSent,
            Err(error) => return Seen::Unknown(format!("{error:?}")),
        };
        let status = answer.status();
        match answer.text().await {
            Ok(text) => understand(name, status.as_u16(), &text),
            Err(error) => Seen::Unknown(format!("{error:?}")),
        }
    }
}

fn understand(name: &str, status: u16, text: &str) -> Seen {
    let Ok(mut body) = serde_json::from_str::<Value>(text) else {
        return Seen::Wrong(format!("{name}: {status} without JSON: {text}"));
    };
    if let Some(errors) = body["errors"].as_array() {
        return understand_errors(name, status, errors);
    }
    let payload = body["data"][name].take();
    let Some(errors) = payload["errors"].as_array() else {
        return Seen::Wrong(format!("{name}: {status} without a payload: {text}"));
    };
    let lower = Value::from(errors.clone()).to_string().to_lowercase();
    if status != 200 || FORBIDDEN.iter().any(|word| lower.contains(word)) {
        return Seen::Wrong(format!("{name}: {status}: {text}"));
    }
    if errors.is_empty() {
        return Seen::Done(payload);
    }
    let codes = errors.iter().filter_map(|error| error["code"].as_str());
    Seen::Refused(codes.map(str::to_owned).collect())
}

fn understand_errors(name: &str, status: u16, errors: &[Value]) -> Seen {
    let codes: Vec<&str> = errors
        .iter()
        .map(|error| error["extensions"]["code"].as_str().unwrap_or_default())
        .collect();
    // An error deeper than the mutation: it was done, and reading the answer failed.
    let is_deep = errors
        .iter()
        .any(|error| error["path"].as_array().is_some_and(|path| path.len() > 1));
    let are_honest = codes
        .iter()
        .all(|code| ["UNAVAILABLE", "OUTCOME_UNKNOWN"].contains(code));
    let all = Value::from(errors.to_vec());
    if !are_honest {
        Seen::Wrong(format!("{name}: {status}: {all}"))
    } else if is_deep {
        Seen::Unknown(format!("only its answer is missing: {all}"))
    } else if codes.contains(&"OUTCOME_UNKNOWN") {
        Seen::Unknown("OUTCOME_UNKNOWN".to_owned())
    } else {
        Seen::TurnedAway(format!("UNAVAILABLE ({status})"))
    }
}
