//! The schema as clients see it, and calls made from it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use stockroom::platform::actor::Scope;

use crate::support::Client;

const QUERY: &str = "{ __schema { queryType { name } mutationType { name }
    subscriptionType { name } types { kind name isOneOf enumValues { name }
      inputFields { name defaultValue type { ...T } }
      fields { name description type { ...T } args { name defaultValue type { ...T } } } } } }
    fragment T on __Type { kind name
      ofType { kind name ofType { kind name ofType { kind name } } } }";

/// What a field's description says about who may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It says nothing.
    Silent,
    /// Everybody may.
    Public,
    /// Who may read the kind of record that is asked for.
    OfRecord,
    /// Who has this scope may.
    Scope(Scope),
}

/// All types, by name.
pub struct Schema {
    types: BTreeMap<String, Value>,
    roots: BTreeMap<&'static str, String>,
}

/// An operation and its variables.
pub struct Call {
    pub document: String,
    pub variables: Value,
}

impl Schema {
    /// Asks a server.
    pub async fn of(client: &Client) -> Self {
        let answer = client.query(QUERY, json!({})).await;
        let schema = &answer["__schema"];
        let types = schema["types"]
            .as_array()
            .expect("a schema has types")
            .iter();
        let root = |kind: &str| name(&schema[kind]).to_owned();
        Self {
            types: types
                .map(|one| (name(one).to_owned(), one.clone()))
                .collect(),
            roots: [
                ("query", root("queryType")),
                ("mutation", root("mutationType")),
                ("subscription", root("subscriptionType")),
            ]
            .into(),
        }
    }

    /// The fields of the root of this kind of operation.
    pub fn root(&self, operation: &str) -> Vec<&Value> {
        self.fields(&self.roots[operation])
    }

    /// The fields of a type; none when it has none.
    pub fn fields(&self, type_name: &str) -> Vec<&Value> {
        let fields = self.types[type_name]["fields"].as_array();
        fields.into_iter().flatten().collect()
    }

    /// The names of all object types that are no roots.
    pub fn objects(&self) -> BTreeSet<&str> {
        let roots: Vec<&String> = self.roots.values().collect();
        let is_object = |(name, one): &(&String, &Value)| {
            one["kind"] == "OBJECT" && !name.starts_with("__") && !roots.contains(name)
        };
        self.types
            .iter()
            .filter(is_object)
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// The selection that a type needs to be asked for at all.
    pub fn selection(&self, field: &Value) -> &'static str {
        match self.types[inner(&field["type"])]["kind"].as_str() {
            Some("OBJECT" | "INTERFACE" | "UNION") => "{ __typename }",
            _ => "",
        }
    }

    /// A call of a root field with plausible values for what it requires.
    pub fn call(&self, operation: &str, field: &Value) -> Call {
        let (mut declared, mut given, mut variables) = (Vec::new(), Vec::new(), Map::new());
        for arg in field["args"].as_array().into_iter().flatten() {
            let arg_name = name(arg);
            // A snapshot makes a subscription say something at once.
            let value = match arg_name {
                "snapshot" => Some(json!(true)),
                _ if is_required(arg) => Some(self.value(&arg["type"])),
                _ => None,
            };
            if let Some(value) = value {
                declared.push(format!("${arg_name}: {}", written(&arg["type"])));
                given.push(format!("{arg_name}: ${arg_name}"));
                variables.insert(arg_name.to_owned(), value);
            }
        }
        let in_brackets = |list: &[String]| match list {
            [] => String::new(),
            some => format!("({})", some.join(", ")),
        };
        let (declared, given) = (in_brackets(&declared), in_brackets(&given));
        let (name, selection) = (name(field), self.selection(field));
        Call {
            document: format!("{operation}{declared} {{ {name}{given} {selection} }}"),
            variables: Value::Object(variables),
        }
    }

    fn value(&self, wanted: &Value) -> Value {
        match wanted["kind"].as_str() {
            Some("NON_NULL") => self.value(&wanted["ofType"]),
            Some("LIST") => json!([self.value(&wanted["ofType"])]),
            Some("INPUT_OBJECT") => self.object(name(wanted)),
            Some("ENUM") => self.types[name(wanted)]["enumValues"][0]["name"].clone(),
            _ => match name(wanted) {
                "Boolean" => json!(true),
                "Int" => json!(1),
                "Decimal" => json!("1"),
                "Date" => json!("2024-02-29"),
                "DateTime" => json!("2100-01-01T00:00:00Z"),
                _ => json!("something"),
            },
        }
    }

    fn object(&self, type_name: &str) -> Value {
        let one = &self.types[type_name];
        let fields = one["inputFields"].as_array().into_iter().flatten();
        let filled = |field: &Value| (name(field).to_owned(), self.value(&field["type"]));
        if one["isOneOf"] == true {
            return Value::Object(fields.take(1).map(filled).collect());
        }
        Value::Object(
            fields
                .filter(|field| is_required(field))
                .map(filled)
                .collect(),
        )
    }
}

/// Whether an argument or input field must be given.
pub fn is_required(field: &Value) -> bool {
    field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null()
}

/// Who may use a field, by its description.
pub fn guard(field: &Value) -> Guard {
    let description = field["description"].as_str().unwrap_or_default();
    if description.contains("Scope: PUBLIC.") || description.contains("Scope: none.") {
        return Guard::Public;
    }
    if description.contains("Scope: the one that reading") {
        return Guard::OfRecord;
    }
    let Some((_, rest)) = description.split_once("Scope: `") else {
        return Guard::Silent;
    };
    let (scope, _) = rest
        .split_once("`.")
        .unwrap_or_else(|| panic!("unclear: {description}"));
    let scope = Scope::parse(scope);
    Guard::Scope(scope.unwrap_or_else(|| panic!("no such scope: {description}")))
}

/// The name of a type, field or argument.
pub fn name(of: &Value) -> &str {
    of["name"]
        .as_str()
        .unwrap_or_else(|| panic!("{of} has no name"))
}

/// The type inside lists and non-nulls.
pub fn inner(wanted: &Value) -> &str {
    match &wanted["ofType"] {
        Value::Null => name(wanted),
        within => inner(within),
    }
}

fn written(wanted: &Value) -> String {
    match wanted["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", written(&wanted["ofType"])),
        Some("LIST") => format!("[{}]", written(&wanted["ofType"])),
        _ => name(wanted).to_owned(),
    }
}
