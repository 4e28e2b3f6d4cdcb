//! `integrityCheck`: the check over the API, by parts, while everything runs on.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;
use tokio::task::JoinSet;

use super::books::Books;
use crate::support::{Client, shop};

const REPORT: &str = "isSound checkedAt \
     rules { name part isSound hasMore differences { record stored expected } }";

async fn check(client: &Client, arguments: &str) -> Value {
    let query = format!("{{ integrityCheck{arguments} {{ {REPORT} }} }}");
    client.query(&query, json!({})).await["integrityCheck"].take()
}

/// The code of the error that a check is refused with.
async fn refusal(client: &Client, arguments: &str) -> Value {
    let query = format!("{{ integrityCheck{arguments} {{ {REPORT} }} }}");
    let reply = client.send(&query, json!({})).await;
    assert_eq!(
        reply.body["data"]["integrityCheck"],
        Value::Null,
        "{}",
        reply.body
    );
    reply.body["errors"][0]["extensions"]["code"].clone()
}

/// The rules that do not hold, as they are told.
fn broken(report: &Value) -> Vec<&Value> {
    let rules = report["rules"].as_array().expect("rules are a list");
    let broken: Vec<&Value> = rules
        .iter()
        .filter(|rule| rule["isSound"] == false)
        .collect();
    assert_eq!(report["isSound"], broken.is_empty(), "{report}");
    broken
}

fn names(report: &Value) -> BTreeSet<String> {
    let rules = report["rules"].as_array().expect("rules are a list");
    let name = |rule: &Value| rule["name"].as_str().expect("a rule has a name").to_owned();
    rules.iter().map(name).collect()
}

const WRITERS: usize = 4;
const ROUNDS: usize = 12;

both! {
    async fn the_books_are_sound_while_others_write(server: &TestServer) {
        let client = server.client();
        shop::warehouse(&client, "MAIN").await;
        shop::customer(&client, "ANNA").await;
        for sku in ["A", "B"] {
            shop::variant(&client, sku, Some("5")).await;
        }
        let mut writers = JoinSet::new();
        for _ in 0..WRITERS {
            let client = client.clone();
            writers.spawn(async move {
                for _ in 0..ROUNDS {
                    shop::receive(&client, "MAIN", &[("A", "2", "3"), ("B", "1", "4")]).await;
                    let mut order = shop::order("ANNA", "MAIN", &[("B", "2"), ("A", "1")]);
                    order["onShortage"] = json!("BACKORDER");
                    client.accept("salesOrderPlace", order, "salesOrder { id }").await;
                }
            });
        }
        let mut checks = 0;
        while !writers.is_empty() {
            let report = check(&client, "").await;
            assert!(broken(&report).is_empty(), "{:#?}", broken(&report));
            checks += 1;
            while let Some(ended) = writers.try_join_next() {
                ended.expect("a writer ends");
            }
        }
        println!("{checks} checks beside {WRITERS} writers");
        assert!(checks > 0);
    }
}

both! {
    async fn the_parts_together_are_all_rules_and_no_rule_is_in_two(server: &TestServer) {
        let client = server.client();
        let all: BTreeSet<String> =
            stockroom::check::rule_names().into_iter().map(str::to_owned).collect();
        assert_eq!(names(&check(&client, "").await), all);
        let mut seen = BTreeSet::new();
        for part in ["STOCK", "COMMITMENTS", "ORDERS", "PURCHASING", "ACCOUNTS", "REFERENCES"] {
            let report = check(&client, &format!("(parts: [{part}])")).await;
            for rule in report["rules"].as_array().expect("rules are a list") {
                assert_eq!(rule["part"], part, "{rule}");
                let name = rule["name"].as_str().expect("a rule has a name").to_owned();
                assert!(seen.insert(name), "{rule} is in two parts");
            }
        }
        assert_eq!(seen, all);
    }
}

both_unchecked! {
    async fn a_corruption_is_found_and_named(server: &TestServer) {
        Books::make(server).await;
        let client = server.client();
        assert_eq!(check(&client, "").await["isSound"], true);
        let levels = "{ stockLevels(first: 2) { nodes { incoming variant { id sku } \
             warehouse { id } } } }";
        let levels = client.query(levels, json!({})).await;
        let level = &levels["stockLevels"]["nodes"][0];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let (variant, warehouse) = (text(&level["variant"]["id"]), text(&level["warehouse"]["id"]));
        server.sql("UPDATE stock_level SET incoming = incoming + 1000000").await;

        let arguments = format!(
            "(parts: [COMMITMENTS], variant: {{ sku: {} }})", level["variant"]["sku"]
        );
        let report = check(&client, &arguments).await;
        let found = broken(&report);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0]["name"], "incoming = sum of commitments");
        let place = format!("{variant} in {warehouse}");
        let differences = found[0]["differences"].as_array().expect("a list");
        let difference = differences.iter().find(|one| one["record"] == *place);
        let difference = difference.unwrap_or_else(|| panic!("{place} is not in {found:#?}"));
        assert_eq!(difference["expected"], level["incoming"], "{difference}");
        assert!(
            differences.iter().all(|one| text(&one["record"]).starts_with(&variant)),
            "only that variant is looked at: {differences:#?}"
        );

        let report = check(&client, "(parts: [COMMITMENTS], first: 1)").await;
        let found = broken(&report);
        assert_eq!(found[0]["differences"].as_array().map(Vec::len), Some(1), "{found:#?}");
        assert_eq!(found[0]["hasMore"], true, "{found:#?}");
        let report = check(&client, "(parts: [STOCK, ACCOUNTS])").await;
        assert!(broken(&report).is_empty(), "other parts are sound");
    }
}

both! {
    async fn a_check_needs_its_scope_and_sensible_arguments(server: &TestServer) {
        let all = Scope::ALL.iter().copied();
        let others: Vec<Scope> = all.filter(|scope| *scope != Scope::IntegrityRead).collect();
        let blind = server.client_with(&others).await;
        assert_eq!(refusal(&blind, "").await, "FORBIDDEN");
        assert_eq!(refusal(&server.anonymous(), "").await, "UNAUTHENTICATED");
        let alone = server.client_with(&[Scope::IntegrityRead]).await;
        assert_eq!(check(&alone, "").await["isSound"], true);
        shop::variant(&server.client(), "A", None).await;
        for arguments in [
            "(first: 0)",
            "(first: 101)",
            "(parts: [])",
            "(variant: { sku: \"NONE\" })",
            "(parts: [ORDERS], variant: { sku: \"A\" })",
        ] {
            assert_eq!(refusal(&alone, arguments).await, "BAD_USER_INPUT", "{arguments}");
        }
    }

    async fn a_server_checks_once_at_a_time(server: &TestServer) {
        let client = server.client();
        let query = "{ one: integrityCheck { isSound } other: integrityCheck { isSound } }";
        let reply = client.send(query, json!({})).await;
        let sound = json!({ "isSound": true });
        let data = &reply.body["data"];
        let answers = [&data["one"], &data["other"]];
        assert_eq!(answers.iter().filter(|answer| ***answer == sound).count(), 1, "{data}");
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "UNAVAILABLE");
        // The turn is given back.
        assert_eq!(check(&client, "").await["isSound"], true);
    }
}
