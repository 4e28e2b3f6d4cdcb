//! Who sends the commands, and holds every answer against the model.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use super::dice::Dice;
use super::state::{APPROVED_FROM, LIMITS, LISTED, PRICES, SUPPLIERS, State, TAX};
use super::stock::{GOODS, WAREHOUSES};
use crate::support::{Client, Engine, TestServer, shop};

/// Whether a command is accepted, or the codes of why not.
pub type Verdict = Result<(), Vec<&'static str>>;

/// The verdict of a state that does not allow it.
pub fn wrong_state() -> Verdict {
    Err(vec!["INVALID_STATE"])
}

/// Accepted when nothing is wrong.
pub fn verdict(codes: Vec<&'static str>) -> Verdict {
    if codes.is_empty() { Ok(()) } else { Err(codes) }
}

/// A world, its model, and what was done so far.
pub struct Player {
    pub client: Client,
    /// Approves what the client wrote.
    boss: Client,
    pub state: State,
    pub dice: Dice,
    engine: Engine,
    seed: u64,
    log: Vec<String>,
    pub accepted: usize,
    pub refused: usize,
}

impl Player {
    /// A new world on a server.
    pub async fn open(server: &TestServer, seed: u64) -> Self {
        let player = Self {
            client: server.client(),
            boss: server.client_with(Scope::ALL).await,
            state: State::default(),
            dice: Dice::of(seed),
            engine: server.engine(),
            seed,
            log: Vec::new(),
            accepted: 0,
            refused: 0,
        };
        set_up(&player.client).await;
        player
    }

    /// A document to play with: mostly one that suits, now and then any; none when there is none.
    pub fn choose(&mut self, count: usize, suits: impl Fn(&State, usize) -> bool) -> Option<usize> {
        let fitting: Vec<usize> = (0..count).filter(|one| suits(&self.state, *one)).collect();
        if count == 0 {
            return None;
        }
        if fitting.is_empty() || self.dice.chance(8) {
            return Some(self.dice.below(count));
        }
        Some(self.dice.pick(&fitting))
    }

    /// Sends a command as the one who writes; the payload when it was accepted, as it must be.
    pub async fn send(
        &mut self,
        mutation: &str,
        input: Value,
        selection: &str,
        expected: Verdict,
    ) -> Option<Value> {
        let client = self.client.clone();
        self.send_as(&client, (mutation, input), selection, expected)
            .await
    }

    /// The same, as the one who approves.
    pub async fn send_as_boss(
        &mut self,
        mutation: &str,
        input: Value,
        selection: &str,
        expected: Verdict,
    ) -> Option<Value> {
        // Seldom used: the server may be about to close the connection of the last time.
        let boss = Client::new(
            self.boss.url().to_owned(),
            self.boss.token().map(str::to_owned),
        );
        self.send_as(&boss, (mutation, input), selection, expected)
            .await
    }

    async fn send_as(
        &mut self,
        client: &Client,
        (mutation, input): (&str, Value),
        selection: &str,
        expected: Verdict,
    ) -> Option<Value> {
        let number = self.log.len() + 1;
        self.log.push(format!("{number:>4}. {mutation} {input}"));
        let payload = client.mutate(mutation, input, selection).await;
        let errors = payload["errors"].as_array().cloned().unwrap_or_default();
        let mut codes: Vec<String> = errors
            .iter()
            .map(|error| error["code"].as_str().unwrap_or("?").to_owned())
            .collect();
        codes.sort();
        codes.dedup();
        let mut wanted = expected.err().unwrap_or_default();
        wanted.sort_unstable();
        wanted.dedup();
        if let Some(line) = self.log.last_mut() {
            line.push_str(&format!(
                " → {}",
                if codes.is_empty() { "ok" } else { "refused" }
            ));
        }
        assert_eq!(
            codes, wanted,
            "the answer to {mutation} (left) is not the model's (right): {errors:#?}"
        );
        if codes.is_empty() {
            self.accepted += 1;
            Some(payload)
        } else {
            self.refused += 1;
            None
        }
    }

    /// Sends a command that names a document that does not exist.
    pub async fn send_unknown(&mut self, mutation: &str, field: &str, mut input: Value) {
        input[field] = json!({ "number": "NOT-THERE" });
        if field == "stockHold" {
            input[field] = json!({ "externalId": "NOT-THERE" });
        }
        let unknown = Err(vec!["NOT_FOUND"]);
        self.send(mutation, input, "errors { code }", unknown).await;
    }

    /// The text at a pointer of a payload.
    pub fn text(payload: &Value, pointer: &str) -> String {
        let found = payload.pointer(pointer).and_then(Value::as_str);
        found
            .unwrap_or_else(|| panic!("no text at {pointer} in {payload:#}"))
            .to_owned()
    }

    /// The ids of a list in a payload.
    pub fn ids(payload: &Value, pointer: &str) -> Vec<String> {
        let rows = payload.pointer(pointer).and_then(Value::as_array);
        let rows = rows.unwrap_or_else(|| panic!("no list at {pointer} in {payload:#}"));
        rows.iter().map(|row| Self::text(row, "/id")).collect()
    }
}

impl Drop for Player {
    /// Tells what led to a failure, and how to see it again.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let (seed, engine, count) = (self.seed, self.engine, self.log.len());
        println!("Seed {seed} on {engine:?}, after {count} commands:");
        for line in &self.log {
            println!("{line}");
        }
        println!("Again: STOCKROOM_SEED={seed} scripts/soak 1");
    }
}

/// An amount in cents, as it is written.
pub fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// The reference of a variant, a warehouse, a customer or a supplier.
pub fn variant(index: usize) -> Value {
    json!({ "sku": format!("V{index}") })
}

pub fn warehouse(index: usize) -> Value {
    json!({ "code": format!("W{index}") })
}

pub fn customer(index: usize) -> Value {
    json!({ "code": format!("C{index}") })
}

pub fn supplier(index: usize) -> Value {
    json!({ "code": format!("S{index}") })
}

/// The reference of a document.
pub fn by_id(id: &str) -> Value {
    json!({ "id": id })
}

/// An id of a kind that no record has.
pub fn nowhere(kind: &str) -> String {
    format!("{kind}_{}", "0".repeat(26))
}

/// Partners, goods, prices, taxes, terms and warehouses.
async fn set_up(client: &Client) {
    for index in 0..WAREHOUSES {
        shop::warehouse(client, &format!("W{index}")).await;
    }
    for index in 0..SUPPLIERS {
        shop::supplier(client, &format!("S{index}")).await;
    }
    let taxed = json!({ "code": "FULL", "name": "Full", "rate": "0.19" });
    client
        .accept("taxClassCreate", taxed, "taxClass { id }")
        .await;
    for (index, price) in PRICES.iter().enumerate() {
        let mut variant = json!({ "sku": format!("V{index}"), "price": money(*price) });
        variant["isStockTracked"] = json!(index < GOODS);
        if TAX[index] > 0 {
            variant["taxClass"] = json!({ "code": "FULL" });
        }
        let input = json!({ "name": format!("Product {index}"), "variants": [variant] });
        client
            .accept("productCreate", input, "product { id }")
            .await;
    }
    let list = json!({ "code": "LIST", "name": "List" });
    client
        .accept("priceListCreate", list, "priceList { id }")
        .await;
    let items = json!({ "priceList": { "code": "LIST" }, "items": [
        { "variant": { "sku": "V0" }, "unitPrice": "9" },
        { "variant": { "sku": "V0" }, "unitPrice": "8", "minimumQuantity": "10" },
    ] });
    client
        .accept("priceListItemsSet", items, "priceList { id }")
        .await;
    let halves = json!([{ "days": 0, "share": "0.5" }, { "days": 30, "share": "0.5" }]);
    let terms = json!({ "code": "HALVES", "name": "Halves", "instalments": halves });
    client
        .accept("paymentTermsCreate", terms, "paymentTerms { id }")
        .await;
    set_up_customers(client).await;
    let tolerance = json!({ "overReceiptTolerance": "0.1" });
    client
        .accept(
            "companySettingsUpdate",
            tolerance,
            "companySettings { overReceiptTolerance }",
        )
        .await;
    let tiers = json!({ "tiers": [{ "fromAmount": money(APPROVED_FROM) }] });
    let selection = "companySettings { overReceiptTolerance }";
    client
        .accept("purchaseApprovalTiersSet", tiers, selection)
        .await;
}

async fn set_up_customers(client: &Client) {
    for (index, limit) in LIMITS.iter().enumerate() {
        let code = format!("C{index}");
        let mut input = json!({ "code": code, "name": code });
        if let Some(limit) = limit {
            input["creditLimit"] = json!(money(*limit));
        }
        if index == LISTED {
            input["priceList"] = json!({ "code": "LIST" });
            input["paymentTerms"] = json!({ "code": "HALVES" });
        }
        input["isTaxExempt"] = json!(index == super::state::EXEMPT);
        client
            .accept("customerCreate", input, "customer { id }")
            .await;
    }
}
