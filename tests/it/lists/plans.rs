//! With 100,000 records in every list, each filter, each ordering and each search is served by an
//! index: the plans of the very statements that the server sends are looked at.

use entity::vocab::CustomerId;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::fill::{fill, run};
use super::{List, Schema, world};
use crate::support::{Client, Engine, TestServer};

/// Records that every list is filled up to.
const RECORDS: usize = 100_000;

both_unchecked! {
    async fn filters_orderings_and_searches_of_long_lists_use_an_index(server: &TestServer) {
        world(server).await;
        let client = server.client();
        let schema = Schema::read(&client).await;
        let statements = server.app().db.watch().expect("nobody else watches");
        let mut trial = Trial { server, client, statements, failures: Vec::new() };
        let lists = schema.lists();
        assert!(lists.len() >= 28, "only {} lists", lists.len());
        let mut tables = Vec::new();
        for list in &lists {
            let statement = trial.statement(list, json!({})).await;
            tables.push(table_of(&statement));
        }
        let mut filled: Vec<String> = tables.clone();
        filled.sort();
        filled.dedup();
        for table in &filled {
            fill(server, table, RECORDS).await;
        }
        run(server, "ANALYZE").await;
        for (list, table) in lists.iter().zip(&tables) {
            trial.look_at(&schema, list, table).await;
        }
        assert!(trial.failures.is_empty(), "{}", trial.failures.join("\n"));
    }
}

struct Trial<'s> {
    server: &'s TestServer,
    client: Client,
    statements: UnboundedReceiver<Statement>,
    failures: Vec<String>,
}

impl Trial<'_> {
    /// The statement that a list is read with.
    async fn statement(&mut self, list: &List, arguments: Value) -> Statement {
        while self.statements.try_recv().is_ok() {}
        let data = self.send(list, &arguments).await;
        assert!(
            data.get("errors").is_none(),
            "{} {arguments}: {data}",
            list.name
        );
        self.statements
            .try_recv()
            .expect("a list takes a statement")
    }

    async fn send(&self, list: &List, arguments: &Value) -> Value {
        let mut given = String::new();
        for (name, value) in arguments.as_object().expect("arguments are an object") {
            given.push_str(&format!(", {name}: {}", literal(value)));
        }
        let query = format!(
            "{{ {}(first: 50{given}) {{ nodes {{ __typename }} }} }}",
            list.name
        );
        self.client.send(&query, json!({})).await.body
    }

    async fn look_at(&mut self, schema: &Schema, list: &List, table: &str) {
        for ordering in &list.orderings {
            for direction in ["ASC", "DESC"] {
                let (field, direction) = (format!("${ordering}"), format!("${direction}"));
                let order = json!({ "field": field, "direction": direction });
                let statement = self
                    .statement(list, json!({ "orderBy": order.clone() }))
                    .await;
                let plan = self.plan(statement).await;
                let what = format!("{} by {order}", list.name);
                // What SQLite reads without sorting is read along a key: its row numbers are one.
                let is_along = self.server.engine() == Engine::Sqlite || !is_scanned(&plan, table);
                self.expect(is_along && !is_sorted(&plan), what, &plan);
            }
        }
        for (field, kind) in &list.filters {
            for (operator, _) in schema.inputs(kind) {
                let Some(given) = self.sample(schema, list, (field, kind), &operator).await else {
                    continue;
                };
                let statement = self
                    .statement(list, json!({ "filter": { field: given } }))
                    .await;
                let plan = self.plan(statement).await;
                let what = format!("{} where {field} {operator}", list.name);
                let fine = is_searched(&plan) && !is_scanned(&plan, table);
                self.expect(fine, what, &plan);
            }
        }
        if list.is_searched {
            let statement = self
                .statement(list, json!({ "search": "no-such word" }))
                .await;
            let plan = self.plan(statement).await;
            let fine = is_searched(&plan) && !is_scanned(&plan, table);
            self.expect(fine, format!("{} by words", list.name), &plan);
        }
    }

    fn expect(&mut self, fine: bool, what: String, plan: &str) {
        if !fine {
            self.failures.push(format!("{what}:\n{plan}"));
        }
    }

    /// A value that few records have; none for what is no operator of its own.
    async fn sample(
        &self,
        schema: &Schema,
        list: &List,
        (field, kind): (&str, &str),
        operator: &str,
    ) -> Option<Value> {
        let value = match (kind, operator) {
            ("TextFilter", "in") => json!(["nobody-has-this"]),
            ("TextFilter", _) => json!("nobody-has-this"),
            ("DateTimeFilter", "gte") => json!("2999-01-01T00:00:00Z"),
            ("DateTimeFilter", _) => json!("1999-01-01T00:00:00Z"),
            ("DateFilter", "gte") => json!("2999-01-01"),
            ("DateFilter", _) => json!("1999-01-01"),
            ("DecimalFilter", "gte") => json!("999999999999"),
            ("DecimalFilter", _) => json!("-999999999999"),
            ("MetadataFilter", "key") => return Some(json!({ "key": "a", "value": "b" })),
            ("MetadataFilter", _) => return None,
            ("IdFilter", _) => {
                let id = self.id_for(list, field).await;
                if operator == "in" {
                    json!([id])
                } else {
                    json!(id)
                }
            }
            ("Boolean", _) => return None,
            (kind, _) => {
                let of = schema
                    .inputs(kind)
                    .into_iter()
                    .find(|(name, _)| name == "eq");
                let values = schema.values(&of.unwrap_or_else(|| panic!("what is {kind}?")).1);
                let last = format!("${}", values.last().expect("an enum has values"));
                if operator == "in" {
                    json!([last])
                } else {
                    json!(last)
                }
            }
        };
        Some(json!({ operator: value }))
    }

    /// An id of the kind that a filter wants, which it tells when it is given another.
    async fn id_for(&self, list: &List, field: &str) -> String {
        let filter = json!({ "filter": { field: { "eq": "x" } } });
        let answer = self.send(list, &filter).await;
        let message = answer.pointer("/errors/0/message").and_then(Value::as_str);
        let message = message.unwrap_or_else(|| panic!("{} {field} takes any id", list.name));
        let prefix = message
            .split('"')
            .nth(1)
            .and_then(|text| text.split('_').next());
        let some = CustomerId::generate().to_string();
        let suffix = some.split('_').next_back().expect("a TypeID has a suffix");
        format!(
            "{}_{suffix}",
            prefix.unwrap_or_else(|| panic!("no prefix in {message}"))
        )
    }

    /// How the database carries a statement out.
    async fn plan(&self, statement: Statement) -> String {
        let db = &self.server.app().db;
        let (explain, column) = match self.server.engine() {
            Engine::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
            Engine::Postgres => ("EXPLAIN", "QUERY PLAN"),
        };
        let sql = format!("{explain} {}", statement.sql);
        let statement = Statement { sql, ..statement };
        let rows = db.reader().query_all_raw(statement).await.expect("a plan");
        let lines = rows
            .iter()
            .map(|row| row.try_get::<String>("", column).expect("a line"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A GraphQL literal; texts that begin with a dollar are names of enum values.
fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) => name.to_owned(),
            None => value.to_string(),
        },
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| format!("{name}: {}", literal(value));
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// Whether all of a table is read, in any order.
fn is_scanned(plan: &str, table: &str) -> bool {
    let whole = |line: &str| {
        let line = line.trim();
        let scan = line.starts_with(&format!("SCAN {table}")) && !line.contains("INDEX");
        scan || line.contains(&format!("Seq Scan on {table} "))
    };
    plan.lines().any(whole)
}

/// Whether records are put in order after they were found.
fn is_sorted(plan: &str) -> bool {
    plan.contains("TEMP B-TREE FOR ORDER BY") || plan.contains("Sort")
}

/// Whether an index is entered with a value.
fn is_searched(plan: &str) -> bool {
    plan.contains("SEARCH") || plan.contains("Index Cond")
}

/// The table that a list is read from.
pub fn table_of(statement: &Statement) -> String {
    let from = statement
        .sql
        .split(" FROM \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    from.unwrap_or_else(|| panic!("no table in {}", statement.sql))
        .to_owned()
}
