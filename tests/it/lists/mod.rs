//! Lists: their pages, filters, orderings and searches, and how the databases find them.

mod fill;
mod nodes;
mod pages;
mod plans;
mod statements;
mod walks;

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use crate::access::schema::{Guard, guard, inner, is_required, name};
use crate::bad_input::world::World;
use crate::support::{Client, TestServer};

/// A world in which every list has a record.
pub async fn world(server: &TestServer) {
    World::make(server).await;
    let client = server.client();
    let list = json!({ "code": "LISTED", "name": "Listed", "currency": "EUR" });
    client
        .accept("priceListCreate", list, "priceList { id }")
        .await;
    let price = json!({ "variant": { "sku": "BOLT" }, "minimumQuantity": "0", "unitPrice": "1" });
    let items = json!({ "priceList": { "code": "LISTED" }, "items": [price] });
    client
        .accept("priceListItemsSet", items, "priceList { id }")
        .await;
    let low = json!({ "variant": { "sku": "BARE" }, "reorderPoint": "1000000" });
    let policy = json!({ "warehouse": { "code": "SIDE" }, "lines": [low] });
    client
        .accept("stockPolicySet", policy, "warehouse { id }")
        .await;
    let rate = json!({ "currency": "USD", "validFrom": "2026-01-01", "rate": "0.9" });
    client
        .accept("exchangeRateSet", rate, "exchangeRate { id }")
        .await;
}

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
    queryType { fields { name description type { ofType { name } }
      args { name type { name ofType { name } } } } }
    types { name kind inputFields { name type { name kind ofType { name kind } } }
      fields { name type { ...T } args { type { kind } defaultValue } }
      enumValues { name } } } }
    fragment T on __Type { kind name
      ofType { kind name ofType { kind name ofType { kind name } } } }";

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

    /// The names of all root fields that are connections, and the scope each needs.
    pub fn connections(&self) -> Vec<(String, Scope)> {
        let fields = self.0["__schema"]["queryType"]["fields"].as_array();
        let is_connection = |field: &&Value| {
            let kind = field["type"]["ofType"]["name"].as_str().unwrap_or_default();
            kind.ends_with("Connection")
        };
        let named = |field: &Value| {
            let Guard::Scope(scope) = guard(field) else {
                panic!("{field} does not say its scope")
            };
            (name(field).to_owned(), scope)
        };
        let fields = fields.expect("a query type has fields").iter();
        fields.filter(is_connection).map(named).collect()
    }

    /// All that can be asked of the records of a connection and of what they lead to, and how many
    /// of their fields lead on.
    pub fn selection_of_nodes(&self, list: &str) -> (String, u64) {
        let fields = self.0["__schema"]["queryType"]["fields"].as_array();
        let field = fields.into_iter().flatten().find(|one| name(one) == list);
        let connection = field.map(|field| inner(&field["type"])).expect("a list");
        let nodes = self.type_of(connection)["fields"]
            .as_array()
            .into_iter()
            .flatten();
        let nodes = nodes
            .into_iter()
            .find(|one| name(one) == "nodes")
            .expect("nodes");
        let (mut selected, mut leads_to) = (Vec::new(), 0);
        for field in self.free_fields(inner(&nodes["type"])) {
            let kind = inner(&field["type"]);
            if self.is_leaf(kind) {
                selected.push(name(field).to_owned());
                continue;
            }
            let own = self.free_fields(kind);
            let own = own
                .iter()
                .filter(|one| self.is_leaf(inner(&one["type"])))
                .map(|one| name(one));
            let own: Vec<&str> = std::iter::once("__typename").chain(own).collect();
            selected.push(format!("{} {{ {} }}", name(field), own.join(" ")));
            leads_to += 1;
        }
        (selected.join(" "), leads_to)
    }

    /// The fields of a type that need no arguments.
    fn free_fields(&self, kind: &str) -> Vec<&Value> {
        let fields = self.type_of(kind)["fields"]
            .as_array()
            .into_iter()
            .flatten();
        let is_free = |field: &&Value| {
            let arguments = field["args"].as_array().into_iter().flatten();
            arguments.into_iter().all(|one| !is_required(one))
        };
        fields.filter(is_free).collect()
    }

    fn is_leaf(&self, kind: &str) -> bool {
        let kind = &self.type_of(kind)["kind"];
        kind == "SCALAR" || kind == "ENUM"
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
