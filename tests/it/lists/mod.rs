//! Lists: their pages, filters, orderings and searches, and how the databases find them.

mod pages;
mod plans;

use serde_json::{Value, json};

use crate::support::Client;

/// A list of the schema that can be filtered and ordered.
pub struct List {
    /// The root field.
    pub name: String,
    /// Its filter: field, and the type of its operators.
    pub filters: Vec<(String, String)>,
    /// By what it can be ordered.
    pub orderings: Vec<String>,
    /// Whether it can be searched.
    pub is_searched: bool,
}

const QUERY: &str = "{ __schema {
    queryType { fields { name args { name type { name ofType { name } } } } }
    types { name inputFields { name type { name kind ofType { name kind } } }
      enumValues { name } } } }";

/// The schema, as far as lists are concerned.
pub struct Schema(Value);

impl Schema {
    pub async fn read(client: &Client) -> Self {
        Self(client.query(QUERY, json!({})).await)
    }

    fn type_of(&self, name: &str) -> &Value {
        let types = self.0["__schema"]["types"].as_array().expect("types");
        types
            .iter()
            .find(|one| one["name"] == name)
            .unwrap_or_else(|| panic!("no type {name}"))
    }

    /// The fields of an input, with the names of their types.
    pub fn inputs(&self, name: &str) -> Vec<(String, String)> {
        let fields = self.type_of(name)["inputFields"].as_array();
        let fields = fields.unwrap_or_else(|| panic!("{name} is no input"));
        let named = |field: &Value| {
            let kind = &field["type"];
            let name = kind["name"].as_str().or(kind["ofType"]["name"].as_str());
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&field["name"]), name.unwrap_or_default().to_owned())
        };
        fields.iter().map(named).collect()
    }

    /// The values of an enum.
    pub fn values(&self, name: &str) -> Vec<String> {
        let values = self.type_of(name)["enumValues"].as_array();
        let values = values.unwrap_or_else(|| panic!("{name} is no enum"));
        let text = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
        values.iter().map(text).collect()
    }

    /// Every list that can be filtered and ordered.
    pub fn lists(&self) -> Vec<List> {
        let fields = self.0["__schema"]["queryType"]["fields"].as_array();
        let fields = fields.expect("a query type has fields");
        fields.iter().filter_map(|field| self.list(field)).collect()
    }

    fn list(&self, field: &Value) -> Option<List> {
        let arguments = field["args"].as_array()?;
        let argument = |name: &str| {
            let found = arguments.iter().find(|one| one["name"] == name)?;
            let kind = &found["type"];
            kind["name"].as_str().or(kind["ofType"]["name"].as_str())
        };
        let (filter, order) = (argument("filter")?, argument("orderBy")?);
        let filters = self.inputs(filter);
        let own = |(name, _): &(String, String)| !["and", "or", "not"].contains(&name.as_str());
        let by = self
            .inputs(order)
            .into_iter()
            .find(|(name, _)| name == "field");
        Some(List {
            name: field["name"].as_str()?.to_owned(),
            filters: filters.into_iter().filter(own).collect(),
            orderings: self.values(&by?.1),
            is_searched: argument("search").is_some(),
        })
    }
}
