//! Every mutation of the schema, given every kind of bad input: all errors at once, typed, naming
//! the field, and nothing changed.
//!
//! A module of the API has a file here with its mutations, each with an input that is accepted and
//! the rows that spoil it. A mutation without rows fails the first test.

mod adjustments;
mod batches;
mod catalog;
mod coded;
mod counts;
mod documents;
pub mod fingerprint;
mod fulfilments;
mod garbage;
mod holds;
mod invoices;
mod money;
mod offers;
mod orders;
mod parties;
mod parts;
mod payments;
mod policies;
mod prices;
mod purchases;
mod purchasing;
mod rates;
mod returns;
pub mod row;
mod sales;
pub mod schema;
mod selling;
mod sessions;
mod shelf;
mod tokens;
mod transfers;
mod users;
pub mod world;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use self::fingerprint::{Fingerprint, Fingerprinter};
pub use self::row::Mutation;
use self::row::{Expected, Row};
use self::schema::Payload;
pub use self::world::World;
use crate::support::{Client, Reply, TestServer};

/// The table: every module's mutations.
pub fn table(world: &World) -> Vec<Mutation> {
    let modules = [
        adjustments::mutations(world),
        batches::mutations(),
        counts::mutations(world),
        catalog::mutations(world),
        coded::mutations(world),
        holds::mutations(world),
        invoices::mutations(world),
        payments::mutations(world),
        policies::mutations(world),
        rates::mutations(world),
        offers::mutations(world),
        orders::mutations(world),
        parties::mutations(world),
        purchasing::mutations(world),
        returns::mutations(world),
        prices::mutations(world),
        selling::mutations(world),
        fulfilments::mutations(world),
        sales::mutations(world),
        sessions::mutations(world),
        tokens::mutations(world),
        transfers::mutations(world),
        users::mutations(world),
    ];
    modules.into_iter().flatten().collect()
}

/// Mutations whose input has one field.
const SINGLE: [&str; 2] = ["sessionEnd", "sessionRefresh"];

/// Rows that a mutation has at least: fewer are a sign that it was forgotten.
const ROWS_MIN: usize = 10;

both! {
    async fn an_enormous_number_in_the_document_itself_is_a_user_error(server: &TestServer) {
        World::make(server).await;
        let digits = format!("1{}", "0".repeat(30));
        for number in [digits.as_str(), "1e30", "0.5", "1.0000001"] {
            let document = format!(
                "mutation {{ goodsReceiptPost(input: {{ warehouse: {{ code: \"MAIN\" }}, lines: [
                   {{ variant: {{ sku: \"BOLT\" }}, quantity: {number}, unitCost: {number} }} ] }})
                   {{ errors {{ code path }} }} }}"
            );
            let answer = server.client().query(&document, json!({})).await;
            let error = |field: &str| {
                json!({ "code": "INVALID", "path": ["input", "lines", "0", field] })
            };
            let errors = json!([error("quantity"), error("unitCost")]);
            assert_eq!(answer["goodsReceiptPost"]["errors"], errors, "{number}");
        }
    }

    async fn every_mutation_has_rows_and_every_bad_input_is_refused_whole(server: &TestServer) {
        let world = World::make(server).await;
        let payloads = schema::payloads(&server.client()).await;
        let table = table(&world);
        let uncovered = uncovered(&payloads, &table);
        let mut trial = Trial::new(server, &world, payloads).await;
        trial.failures.extend(uncovered);
        for mutation in &table {
            for row in &mutation.rows {
                trial.refuses(mutation, row).await;
            }
            trial.accepts(mutation).await;
        }
        trial.report();
    }
}

/// What the table lacks.
fn uncovered(payloads: &BTreeMap<String, Payload>, table: &[Mutation]) -> Vec<String> {
    let known: BTreeSet<&str> = payloads.keys().map(String::as_str).collect();
    let covered: BTreeSet<&str> = table.iter().map(|mutation| mutation.name).collect();
    let gone: Vec<&&str> = covered.difference(&known).collect();
    assert!(
        gone.is_empty(),
        "rows for mutations that do not exist: {gone:?}"
    );
    let missing = known.difference(&covered);
    let mut lacks: Vec<String> = missing
        .map(|name| format!("{name}: no rows of bad input at all"))
        .collect();
    for Mutation { name, rows, .. } in table {
        if rows.len() < ROWS_MIN {
            lacks.push(format!("{name}: only {} rows", rows.len()));
        }
        let several = rows.iter().any(|row| match &row.expected {
            Expected::Errors(errors) => errors.len() > 1,
            Expected::Unfit => false,
        });
        if !several && !SINGLE.contains(name) {
            lacks.push(format!("{name}: no row with several errors at once"));
        }
    }
    lacks
}

/// Runs rows, and gathers what is wrong, so that one run shows everything.
struct Trial<'s> {
    server: &'s TestServer,
    world: &'s World,
    payloads: BTreeMap<String, Payload>,
    fingerprinter: Fingerprinter,
    clients: BTreeMap<Option<Scope>, Client>,
    left: Option<Fingerprint>,
    failures: Vec<String>,
}

impl<'s> Trial<'s> {
    async fn new(
        server: &'s TestServer,
        world: &'s World,
        payloads: BTreeMap<String, Payload>,
    ) -> Self {
        let clients = [(None, server.client())].into();
        Self {
            server,
            world,
            payloads,
            fingerprinter: Fingerprinter::of(server).await,
            clients,
            left: None,
            failures: Vec::new(),
        }
    }

    async fn client(&mut self, mutation: &str, without: Option<Scope>) -> Client {
        if let Some(token) = self.world.callers.get(mutation) {
            return Client::new(self.server.url(), Some(token.clone()));
        }
        if !self.clients.contains_key(&without) {
            let scopes: Vec<Scope> = Scope::ALL
                .iter()
                .copied()
                .filter(|scope| Some(*scope) != without)
                .collect();
            let client = self.server.client_with(&scopes).await;
            self.clients.insert(without, client);
            // Its token is new in the database.
            self.left = None;
        }
        self.clients[&without].clone()
    }

    async fn refuses(&mut self, mutation: &Mutation, row: &Row) {
        let client = self.client(mutation.name, row.without).await;
        let input = row.input(&mutation.baseline);
        // What the last row left is what this one finds.
        let before = match self.left.take() {
            Some(left) => left,
            None => self.fingerprinter.take(self.server).await,
        };
        let writes = self.fingerprinter.writes(self.server).await;
        let reply = send(&client, &self.payloads, mutation.name, &input).await;
        let is_unwritten = self.fingerprinter.writes(self.server).await == writes;
        let mut wrong = match &row.expected {
            Expected::Errors(errors) => user_errors(&reply, errors, &self.payloads[mutation.name]),
            Expected::Unfit => unfit(&reply),
        };
        if is_unwritten {
            self.left = Some(before);
        } else {
            let after = self.fingerprinter.take(self.server).await;
            let changed = fingerprint::differing(&before, &after);
            self.left = Some(after);
            if !changed.is_empty() {
                wrong.push(format!("changed {changed:?}"));
            }
        }
        for reason in wrong {
            self.failures
                .push(format!("{}, {}: {reason}", mutation.name, row.name));
        }
    }

    /// The input that the rows spoil is good by itself.
    async fn accepts(&mut self, mutation: &Mutation) {
        let client = self.client(mutation.name, None).await;
        let reply = send(&client, &self.payloads, mutation.name, &mutation.baseline).await;
        // It changed what the next row finds.
        self.left = None;
        let errors = reply.body.pointer("/data/payload/errors");
        if errors != Some(&json!([])) {
            let name = mutation.name;
            self.failures
                .push(format!("{name}: the baseline is refused: {}", reply.body));
        }
    }

    fn report(self) {
        let (count, list) = (self.failures.len(), self.failures.join("\n"));
        assert!(self.failures.is_empty(), "{count} rows went wrong:\n{list}");
    }
}

pub async fn send(
    client: &Client,
    payloads: &BTreeMap<String, Payload>,
    name: &str,
    input: &Value,
) -> Reply {
    let Payload {
        input_type, record, ..
    } = &payloads[name];
    let query = format!(
        "mutation($input: {input_type}!) {{ payload: {name}(input: $input) {{
           replayed {record} {{ __typename }} errors {{ __typename code message path }}
         }} }}"
    );
    client.send(&query, json!({ "input": input })).await
}

/// What is wrong with the answer to an input that must be refused with these errors.
fn user_errors(reply: &Reply, expected: &[(String, String)], payload: &Payload) -> Vec<String> {
    let Some(answer) = reply
        .body
        .pointer("/data/payload")
        .filter(|_| reply.status == 200)
    else {
        return vec![format!("HTTP {}, {}", reply.status, shortened(&reply.body))];
    };
    let mut wrong = Vec::new();
    let none = [json!(null), json!([])];
    if reply.body.get("errors").is_some() || !none.contains(&answer[&payload.record]) {
        wrong.push(format!("more than user errors: {}", shortened(&reply.body)));
    }
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    wrong.extend(errors.iter().filter_map(ill_formed));
    let mut told: Vec<(String, String)> = errors.iter().map(code_and_path).collect();
    let mut wanted = expected.to_vec();
    told.sort_unstable();
    wanted.sort_unstable();
    if told != wanted {
        let (told, all) = (shorten(format!("{told:?}")), shortened(&answer["errors"]));
        wrong.push(format!(
            "\n    wanted {wanted:?}\n    told   {told}\n    {all}"
        ));
    }
    wrong
}

fn code_and_path(error: &Value) -> (String, String) {
    let steps = error["path"].as_array().cloned().unwrap_or_default();
    let steps: Vec<&str> = steps.iter().skip(1).filter_map(Value::as_str).collect();
    (
        error["code"].as_str().unwrap_or_default().to_owned(),
        steps.join("."),
    )
}

/// Whether the last step of an error's path is a version.
fn is_about_version(error: &Value) -> bool {
    let steps = error["path"].as_array();
    steps.is_some_and(|steps| steps.last().is_some_and(|step| step == "expectedVersion"))
}

/// Each error is of the type that belongs to its code, begins at the input, and says something.
fn ill_formed(error: &Value) -> Option<String> {
    let kind = match error["code"].as_str() {
        Some("DUPLICATE") => "DuplicateError",
        Some("CREDIT_LIMIT") => "CreditLimitError",
        Some("INSUFFICIENT_STOCK") => "InsufficientStockError",
        Some("INVALID_STATE") => "InvalidStateError",
        Some("STALE") if is_about_version(error) => "StaleVersionError",
        Some("STALE") => "StaleQuantityError",
        _ => "InputError",
    };
    let message = error["message"].as_str().unwrap_or_default();
    let is_sentence = message.len() > 10 && message.len() < 600 && message.ends_with('.');
    let is_good = error["__typename"] == kind && error["path"][0] == "input" && is_sentence;
    (!is_good).then(|| format!("an ill-formed error: {error}"))
}

/// What is wrong with the answer to an input that the schema's types do not take. Variables that do
/// not fit the document are refused before anything runs: HTTP 400 without data. Values of our own
/// scalars, and of what is nested in lists, are read when the mutation is about to run: HTTP 200
/// with null as data, and the path of the mutation.
fn unfit(reply: &Reply) -> Vec<String> {
    let errors = reply.body["errors"].as_array().cloned().unwrap_or_default();
    let told = |code: &str, path: Value| {
        let is_told = |error: &Value| {
            error.pointer("/extensions/code") == Some(&json!(code)) && error["path"] == path
        };
        !errors.is_empty() && errors.iter().all(is_told)
    };
    let is_refused = match (reply.status, reply.body.get("data")) {
        (400, None) => told("GRAPHQL_VALIDATION_FAILED", Value::Null),
        (200, Some(Value::Null)) => told("BAD_REQUEST", json!(["payload"])),
        _ => false,
    };
    if is_refused {
        return Vec::new();
    }
    vec![format!("HTTP {}, {}", reply.status, shortened(&reply.body))]
}

fn shortened(value: &Value) -> String {
    shorten(value.to_string())
}

fn shorten(text: String) -> String {
    text.chars().take(1_500).collect()
}
