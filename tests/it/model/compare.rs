//! What the server tells and what the model says, as lines that can be laid side by side.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

use super::player::Player;
use super::state::{CUSTOMERS, State};
use super::stock::{GOODS, WAREHOUSES};

const LEVELS: &str = "stockLevels(first: 100) { nodes { variant { sku } warehouse { code } onHand \
    sellable quarantined reserved backordered available incoming value { amount } } }";

/// A number, in millionths.
pub fn micros(value: &Value) -> i64 {
    let text = value
        .as_str()
        .unwrap_or_else(|| panic!("a number, not {value}"));
    let number: Decimal = text
        .parse()
        .unwrap_or_else(|_| panic!("a number, not {text}"));
    let micros = (number * Decimal::from(1_000_000)).to_i64();
    micros.expect("a number that fits")
}

fn rows(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// Numbers of a level in the order of the query; those of a level that is all zero say nothing.
fn level_line(place: &str, numbers: [i64; 8]) -> Option<String> {
    let is_any = numbers.iter().any(|number| *number != 0);
    let [
        on_hand,
        sellable,
        quarantined,
        reserved,
        waiting,
        available,
        incoming,
        value,
    ] = numbers;
    is_any.then(|| {
        format!(
            "level {place}: on hand {on_hand}, sellable {sellable}, quarantined {quarantined}, \
             reserved {reserved}, backordered {waiting}, available {available}, \
             incoming {incoming}, value {value}"
        )
    })
}

/// Levels, open items and exposures as the server tells them.
pub async fn told(p: &Player) -> Vec<String> {
    let mut query = format!("{{ {LEVELS}");
    for one in 0..CUSTOMERS {
        query.push_str(&format!(
            " e{one}: creditExposure(customer: {{ code: \"C{one}\" }}) \
               {{ openBalance {{ amount }} openOrders {{ amount }} }} \
             o{one}: openItems(customer: {{ code: \"C{one}\" }}, first: 100) \
               {{ nodes {{ documentKind number instalment openAmount {{ amount }} }} }}"
        ));
    }
    query.push_str(" }");
    let data = p.client.query(&query, json!({})).await;
    let mut lines = Vec::new();
    for level in rows(&data["stockLevels"]["nodes"]) {
        let place = format!(
            "{} in {}",
            plain(&level["variant"]["sku"]),
            plain(&level["warehouse"]["code"])
        );
        let fields = [
            "onHand",
            "sellable",
            "quarantined",
            "reserved",
            "backordered",
            "available",
            "incoming",
        ];
        let mut numbers = [0; 8];
        for (number, field) in numbers.iter_mut().zip(fields) {
            *number = micros(&level[field]) / 1_000_000;
        }
        numbers[7] = micros(&level["value"]["amount"]);
        lines.extend(level_line(&place, numbers));
    }
    for one in 0..CUSTOMERS {
        let exposure = &data[format!("e{one}")];
        let of = |field: &str| micros(&exposure[field]["amount"]) / 10_000;
        lines.push(format!(
            "C{one} owes {}, ordered {}",
            of("openBalance"),
            of("openOrders")
        ));
        for item in rows(&data[format!("o{one}")]["nodes"]) {
            lines.push(format!(
                "C{one} {} {} {}: {} open",
                plain(&item["documentKind"]),
                plain(&item["number"]),
                item["instalment"],
                micros(&item["openAmount"]["amount"]) / 10_000
            ));
        }
    }
    fn amount_is_there(line: &&String) -> bool {
        !line.ends_with(": 0 open")
    }
    let mut lines: Vec<String> = lines.iter().filter(amount_is_there).cloned().collect();
    lines.sort();
    lines
}

impl State {
    /// The same, as the model says it.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for variant in 0..GOODS {
            for warehouse in 0..WAREHOUSES {
                let at = (variant, warehouse);
                let level = self.stock.level(at);
                let numbers = [
                    level.on_hand(),
                    level.sellable,
                    level.quarantined,
                    self.stock.reserved(at),
                    self.stock.waiting(at),
                    self.stock.available(at),
                    level.incoming,
                    level.value,
                ];
                lines.extend(level_line(&format!("V{variant} in W{warehouse}"), numbers));
            }
        }
        for one in 0..CUSTOMERS {
            let (owed, ordered) = (self.money.balance(one), self.ordered(one));
            lines.push(format!("C{one} owes {owed}, ordered {ordered}"));
        }
        for item in self.money.items.iter().filter(|item| item.open != 0) {
            lines.push(format!(
                "C{} {} {} {}: {} open",
                item.customer, item.kind, item.number, item.instalment, item.open
            ));
        }
        lines.sort();
        lines
    }
}

/// Fails with what only one of two lists has.
pub fn assert_same(left: (&str, &[String]), right: (&str, &[String]), when: &str) {
    let only = |(name, these): (&str, &[String]), those: &[String]| {
        let only = these.iter().filter(|line| !those.contains(line));
        only.map(|line| format!("  {name:>8}: {line}"))
            .collect::<Vec<_>>()
    };
    let mut difference = only(left, right.1);
    difference.extend(only(right, left.1));
    assert!(difference.is_empty(), "{when}:\n{}", difference.join("\n"));
    assert_eq!(
        left.1.len(),
        right.1.len(),
        "{when}: a line more than once: {:#?}",
        left.1
    );
}

/// Levels, open items and exposures are the model's.
pub async fn check(p: &Player) {
    let (told, said) = (told(p).await, p.state.lines());
    assert_same(
        ("server", &told),
        ("model", &said),
        "after the last command",
    );
}

/// A kind of document, and what is read of it.
const DOCUMENTS: &[(&str, &str)] = &[
    (
        "salesOrders",
        "status fulfilmentStatus billingStatus \
        lines { quantity shipped reserved backordered allocated closed invoiced } \
        holds { isActive }",
    ),
    (
        "purchaseOrders",
        "status receivingStatus lines { quantity accepted rejected closed open }",
    ),
    ("goodsReceipts", "status"),
    ("stockAdjustments", "status"),
    ("fulfilments", "status"),
    (
        "customerReturns",
        "status lines { quantity received sentBack }",
    ),
    (
        "stockTransfers",
        "status lines { quantity inTransit inTransitValue { amount } }",
    ),
    ("stockHolds", "status"),
    ("invoices", "status"),
    ("payments", "status"),
];

/// All documents as the server tells them.
async fn told_documents(p: &Player) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, fields) in DOCUMENTS {
        let query = format!(
            "query($after: String) {{ page: {name}(first: 40, after: $after) {{ \
             pageInfo {{ hasNextPage endCursor }} nodes {{ id {fields} }} }} }}"
        );
        let mut after = Value::Null;
        loop {
            let data = p.client.query(&query, json!({ "after": after })).await;
            let page = &data["page"];
            lines.extend(
                rows(&page["nodes"])
                    .iter()
                    .map(|row| document_line(name, row)),
            );
            if page["pageInfo"]["hasNextPage"] != json!(true) {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
    lines.sort();
    lines
}

/// A document as text: its states, then its lines' numbers.
fn document_line(name: &str, row: &Value) -> String {
    let states = [
        "status",
        "fulfilmentStatus",
        "billingStatus",
        "receivingStatus",
    ];
    let states = states.iter().filter_map(|field| row[*field].as_str());
    let mut text = format!(
        "{name} {}: {}",
        plain(&row["id"]),
        states.collect::<Vec<_>>().join(" ")
    );
    let fields = [
        "quantity",
        "shipped",
        "reserved",
        "backordered",
        "allocated",
        "closed",
        "invoiced",
        "accepted",
        "rejected",
        "open",
        "received",
        "sentBack",
        "inTransit",
    ];
    for line in rows(&row["lines"]) {
        let numbers = fields.iter().filter(|field| line[**field].is_string());
        let numbers: Vec<String> = numbers
            .map(|field| (micros(&line[*field]) / 1_000_000).to_string())
            .collect();
        let value = &line["inTransitValue"]["amount"];
        let value = if value.is_string() {
            format!(" = {}", micros(value))
        } else {
            String::new()
        };
        if numbers[0] != "0" {
            text.push_str(&format!(" [{}{value}]", numbers.join(" ")));
        }
    }
    if let Some(holds) = row["holds"].as_array() {
        let active = holds
            .iter()
            .filter(|hold| hold["isActive"] == json!(true))
            .count();
        text.push_str(&format!(" holds {active}"));
    }
    text
}

/// All documents are the model's, and the journal is balanced and agrees with both.
pub async fn check_documents(p: &Player) {
    let (told, said) = (told_documents(p).await, p.state.document_lines());
    assert_same(("server", &told), ("model", &said), "the documents");
    let query = "{ trialBalance { debit { amount } credit { amount } \
        accounts { account balance { amount } } } }";
    let data = p.client.query(query, json!({})).await;
    let trial = &data["trialBalance"];
    assert_eq!(
        trial["debit"], trial["credit"],
        "debits are credits: {trial:#}"
    );
    let balance = |name: &str| {
        let found = rows(&trial["accounts"])
            .iter()
            .find(|one| one["account"] == json!(name));
        found.map_or(0, |one| micros(&one["balance"]["amount"]))
    };
    let levels = p
        .state
        .stock
        .levels
        .iter()
        .flatten()
        .map(|level| level.value);
    let lines = p.state.transfers.iter().flat_map(|one| &one.lines);
    let owed: i64 = (0..CUSTOMERS).map(|one| p.state.money.balance(one)).sum();
    assert_eq!(
        balance("INVENTORY"),
        levels.sum::<i64>(),
        "stock in the journal"
    );
    let on_its_way: i64 = lines.map(|line| line.value).sum();
    assert_eq!(
        balance("INVENTORY_IN_TRANSIT"),
        on_its_way,
        "goods on their way in the journal"
    );
    assert_eq!(
        balance("ACCOUNTS_RECEIVABLE"),
        owed * 10_000,
        "what is owed in the journal"
    );
}
