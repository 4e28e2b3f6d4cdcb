//! A GraphQL client over HTTP.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde_json::{Value, json};

use super::subscription::Subscription;
use crate::asking::GraphQl;

/// What a mutation's answer must contain besides what a test asks for.
const OUTCOME: &str = "errors { __typename code message path \
     ... on InsufficientStockError { available requested } \
     ... on InvalidStateError { state } \
     ... on DuplicateError { existing } \
     ... on StaleQuantityError { current } } replayed";

/// Speaks to one server, as one caller.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

impl Client {
    /// A client of the server at `url`, with a token or without.
    pub fn new(url: String, token: Option<String>) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            // Before the server does: it may close a connection just when the next request leaves.
            .pool_idle_timeout(Duration::from_secs(3))
            .build()
            .expect("an HTTP client");
        Self { http, url, token }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Sends an operation; whatever comes back, or that nothing did.
    pub async fn try_send(&self, query: &str, variables: Value) -> reqwest::Result<Reply> {
        let mut request = self
            .http
            .post(&self.url)
            .header(ACCEPT, "application/graphql-response+json")
            .json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let body = response.json().await?;
        Ok(Reply { status, body })
    }

    /// Sends an operation; whatever comes back.
    pub async fn send(&self, query: &str, variables: Value) -> Reply {
        self.try_send(query, variables)
            .await
            .unwrap_or_else(|error| panic!("no answer from {}: {error:?}", self.url))
    }

    /// The data of an operation that must not fail.
    pub async fn query(&self, query: &str, variables: Value) -> Value {
        let mut reply = self.send(query, variables).await;
        let failed = reply.status != 200 || reply.body.get("errors").is_some();
        assert!(!failed, "{query}\n{}: {:#}", reply.status, reply.body);
        reply.body["data"].take()
    }

    /// The payload of a mutation, with the errors of its input.
    pub async fn mutate(&self, name: &str, input: Value, selection: &str) -> Value {
        let mut data = self
            .query(&mutation(name, selection), json!({ "input": input }))
            .await;
        data[name].take()
    }

    /// The payload of a mutation that must be accepted.
    pub async fn accept(&self, name: &str, input: Value, selection: &str) -> Value {
        let payload = self.mutate(name, input.clone(), selection).await;
        assert_eq!(
            payload["errors"],
            json!([]),
            "{name} was refused; its input: {input:#}"
        );
        payload
    }

    /// Opens a WebSocket and subscribes.
    pub async fn subscribe(&self, query: &str, variables: Value) -> Subscription {
        Subscription::open(&self.url, self.token.as_deref(), query, variables).await
    }
}

impl GraphQl for Client {
    async fn ask(&self, query: &str, variables: Value) -> Result<Value, String> {
        let mut reply = self.send(query, variables).await;
        match reply.body.get("errors") {
            None => Ok(reply.body["data"].take()),
            Some(errors) => Err(format!("{}: {errors}", reply.status)),
        }
    }
}

/// The document of a mutation with an input.
pub fn mutation(name: &str, selection: &str) -> String {
    let (first, rest) = name.split_at(1);
    let input_type = format!("{}{rest}Input", first.to_ascii_uppercase());
    format!(
        "mutation($input: {input_type}!) {{ {name}(input: $input) {{ {selection} {OUTCOME} }} }}"
    )
}
