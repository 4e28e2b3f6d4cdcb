//! Asking a server whatever it is, and reading what it answers; the programs in `examples` use it
//! too.

use std::future::Future;

use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Somebody who can ask a server.
pub trait GraphQl {
    /// The `data` of the answer, or everything that is wrong.
    fn ask(&self, query: &str, variables: Value) -> impl Future<Output = Result<Value, String>>;
}

/// Runs a mutation; what the business refuses is an error here.
pub async fn mutate(
    api: &impl GraphQl,
    name: &str,
    input: Value,
    selection: &str,
) -> Result<Value, String> {
    let (first, rest) = name.split_at(1);
    let query = format!(
        "mutation($input: {}{rest}Input!) {{ {name}(input: $input) {{ {selection} \
         errors {{ code message path }} }} }}",
        first.to_uppercase()
    );
    let about = input.to_string();
    let mut data = api.ask(&query, json!({ "input": input })).await?;
    let payload = data[name].take();
    if payload["errors"].as_array().is_some_and(Vec::is_empty) {
        return Ok(payload);
    }
    let about: String = about.chars().take(300).collect();
    Err(format!("{name} was refused: {payload}; it said {about}"))
}

/// Every record of a connection that the query calls `page`.
pub async fn pages(
    api: &impl GraphQl,
    query: &str,
    mut variables: Value,
) -> Result<Vec<Value>, String> {
    let mut records = Vec::new();
    loop {
        let mut data = api.ask(query, variables.clone()).await?;
        records.extend(list(&data["page"]["nodes"])?.iter().cloned());
        if data["page"]["pageInfo"]["hasNextPage"] != true {
            return Ok(records);
        }
        variables["after"] = data["page"]["pageInfo"]["endCursor"].take();
    }
}

/// A list as a list.
pub fn list(value: &Value) -> Result<&Vec<Value>, String> {
    value
        .as_array()
        .ok_or_else(|| format!("{value} is no list"))
}

/// A number, which is written as text.
pub fn decimal(value: &Value) -> Result<Decimal, String> {
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| format!("{value} is no number"))
}
