//! What the schema says of its mutations, by introspection.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::Client;

/// What is needed to call a mutation and to read its answer.
pub struct Payload {
    /// The type of its input.
    pub input_type: String,
    /// The field of its payload that holds the record.
    pub record: String,
}

const QUERY: &str = "{ __schema { mutationType { fields { name
    args { name type { ofType { name } } }
    type { ofType { name fields { name
      type { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

/// Every mutation of the schema.
pub async fn payloads(client: &Client) -> BTreeMap<String, Payload> {
    let schema = client.query(QUERY, json!({})).await;
    let fields = schema
        .pointer("/__schema/mutationType/fields")
        .and_then(Value::as_array);
    let fields = fields.unwrap_or_else(|| panic!("no mutations in {schema}"));
    assert!(fields.len() >= 11, "only {} mutations", fields.len());
    fields.iter().map(payload).collect()
}

fn payload(field: &Value) -> (String, Payload) {
    let name = field["name"].as_str().expect("a field has a name");
    let args = field["args"].as_array().expect("a field has arguments");
    assert!(
        args.len() == 1 && args[0]["name"] == "input",
        "{name} has arguments beside input"
    );
    let input_type = args[0].pointer("/type/ofType/name").and_then(Value::as_str);
    let input_type = input_type.unwrap_or_else(|| panic!("the input of {name} is optional"));
    let fields = field
        .pointer("/type/ofType/fields")
        .and_then(Value::as_array);
    let fields = || fields.into_iter().flatten();
    let one = fields().find(|field| field["type"]["kind"] == "OBJECT");
    // A batch has a list of them.
    let record = one.or_else(|| fields().find(|field| field["name"] == "results"));
    let record = record.and_then(|field| field["name"].as_str());
    let record = record.unwrap_or_else(|| panic!("the payload of {name} has no record"));
    (
        name.to_owned(),
        Payload {
            input_type: input_type.to_owned(),
            record: record.to_owned(),
        },
    )
}
