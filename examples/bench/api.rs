//! Asking the server by GraphQL over HTTP, one request after the other.

use std::fmt::Display;

use serde_json::{Value, json};

/// What came of something, or all that is wrong.
pub type Outcome<T> = Result<T, String>;

/// An error as a text.
pub fn told(error: impl Display) -> String {
    error.to_string()
}

/// A server and the token it is asked with.
#[derive(Clone)]
pub struct Api {
    client: reqwest::Client,
    /// Where it answers.
    pub url: String,
    /// Whom it takes us for.
    pub token: String,
}

impl Api {
    /// A caller with a connection of its own.
    pub fn new(url: &str, token: &str) -> Outcome<Self> {
        Ok(Self {
            client: reqwest::Client::builder()
                .no_proxy()
                .tcp_nodelay(true)
                .build()
                .map_err(told)?,
            url: url.to_owned(),
            token: token.to_owned(),
        })
    }

    /// Sends a body that is ready; the answer as it came.
    pub async fn post(&self, body: bytes_of::Body) -> Outcome<bytes_of::Body> {
        let request = self
            .client
            .post(&self.url)
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .body(body);
        let answer = request.send().await.map_err(told)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(told)?;
        if status.is_success() {
            Ok(body)
        } else {
            Err(format!("{status}: {}", String::from_utf8_lossy(&body)))
        }
    }

    /// The `data` of an operation.
    pub async fn ask(&self, query: &str, variables: &Value) -> Outcome<Value> {
        let body = self.post(body(query, variables)).await?;
        let mut answer: Value = serde_json::from_slice(&body).map_err(told)?;
        match answer.get("errors") {
            None => Ok(answer["data"].take()),
            Some(errors) => Err(errors.to_string()),
        }
    }

    /// The payload of a mutation, which must not be refused.
    pub async fn mutate(&self, name: &str, input: Value, selection: &str) -> Outcome<Value> {
        let (first, rest) = name.split_at(1);
        let query = format!(
            "mutation($input: {}{rest}Input!) {{ {name}(input: $input) {{ {selection} \
             errors {{ code message path }} }} }}",
            first.to_uppercase()
        );
        let mut data = self.ask(&query, &json!({ "input": input })).await?;
        let payload = data[name].take();
        if payload["errors"].as_array().is_some_and(Vec::is_empty) {
            Ok(payload)
        } else {
            Err(format!("{name} was refused: {payload}"))
        }
    }
}

/// The body of a POST.
pub fn body(query: &str, variables: &Value) -> bytes_of::Body {
    json!({ "query": query, "variables": variables })
        .to_string()
        .into()
}

/// Bytes that are cheap to clone, under one name.
pub mod bytes_of {
    pub use actix_web::web::Bytes as Body;
}
