//! Tax classes and exchange rates.

use serde_json::json;

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of both modules.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![create(), set_rate(world), archive(world), exchange_rate()]
}

fn create() -> Mutation {
    let baseline = json!({
        "code": "HALF", "name": "Half", "rate": "0.07", "validFrom": "2024-02-29",
        "externalId": "half", "idempotencyKey": "taxClassCreate",
    });
    let rows = [
        parts::shape(&["code", "name", "rate"]),
        parts::text("/code", 64),
        parts::text("/name", 200),
        parts::rate("/rate"),
        parts::past_day("/validFrom"),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        vec![
            row("the code is taken, in another case")
                .set("/code", "full")
                .gives("DUPLICATE", "code"),
            row("several errors at once")
                .set("/code", "NIL")
                .set("/externalId", "full")
                .set("/rate", "1.5")
                .gives("DUPLICATE", "code")
                .gives("DUPLICATE", "externalId")
                .invalid("rate"),
        ],
    ];
    Mutation {
        name: "taxClassCreate",
        baseline,
        rows: rows.concat(),
    }
}

fn class(world: &World) -> Vec<Row> {
    let unknown = &world.money.unknown;
    let ids = (unknown.tax_class.as_str(), unknown.exchange_rate.as_str());
    let archived = row("the class is archived")
        .set("/taxClass", json!({ "code": "NIL" }))
        .gives("INVALID_STATE", "taxClass");
    let mut rows = parts::reference("/taxClass", ids, "code");
    rows.push(archived);
    rows
}

fn set_rate(world: &World) -> Mutation {
    let baseline = json!({
        "taxClass": { "code": "FULL" }, "rate": "0.2", "validFrom": "2099-01-01",
        "idempotencyKey": "taxRateSet",
    });
    let rows = [
        parts::shape(&["taxClass", "rate", "validFrom"]),
        class(world),
        parts::rate("/rate"),
        parts::key(USED_KEY),
        vec![
            row("a day long ago")
                .set("/validFrom", "1899-12-31")
                .invalid("validFrom"),
            row("a day far off")
                .set("/validFrom", "2200-01-01")
                .invalid("validFrom"),
            row("several errors at once")
                .set("/taxClass", json!({ "code": "NIL" }))
                .set("/rate", "2")
                .gives("INVALID_STATE", "taxClass")
                .invalid("rate"),
        ],
    ];
    Mutation {
        name: "taxRateSet",
        baseline,
        rows: rows.concat(),
    }
}

fn archive(world: &World) -> Mutation {
    let baseline = json!({
        "taxClass": { "code": "FULL" }, "idempotencyKey": "taxClassArchive",
    });
    let rows = [
        parts::shape(&["taxClass"]),
        class(world),
        parts::key(USED_KEY),
        vec![
            row("several errors at once")
                .set("/taxClass", json!({ "code": "NIL" }))
                .set("/idempotencyKey", "")
                .gives("INVALID_STATE", "taxClass")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "taxClassArchive",
        baseline,
        rows: rows.concat(),
    }
}

fn exchange_rate() -> Mutation {
    let baseline = json!({
        "currency": "USD", "rate": "0.923456789012", "validFrom": "2024-02-29",
        "idempotencyKey": "exchangeRateSet",
    });
    // A rate has up to twelve decimals.
    let mut numbers = parts::number("/rate");
    numbers.retain(|row| !row.name.contains("0.0000001"));
    let currency = |code: &str| {
        let name = format!("the currency is {code:?}");
        row(name).set("/currency", code).invalid("currency")
    };
    let rows = [
        parts::shape(&["currency", "rate"]),
        numbers,
        parts::past_day("/validFrom"),
        parts::key(USED_KEY),
        ["", "EURO", "XX", "a\0b", "EUR"].map(currency).to_vec(),
        vec![
            row("no rate at all").set("/rate", 0).invalid("rate"),
            row("thirteen decimals")
                .set("/rate", "0.1234567890123")
                .invalid("rate"),
            row("several errors at once")
                .set("/currency", "EUR")
                .set("/rate", "0")
                .set("/validFrom", "2999-01-01")
                .invalid("currency")
                .invalid("rate")
                .invalid("validFrom"),
        ],
    ];
    Mutation {
        name: "exchangeRateSet",
        baseline,
        rows: rows.concat(),
    }
}
