//! Goods that come back: never more than was shipped, at the cost at which they left.

use serde_json::{Value, json};

use super::{codes, level, of, open_shop, placed, text};
use crate::concurrency::at_once;
use crate::support::{Client, shop};

const RETURN: &str = "customerReturn { id number status version settlement
    lines { id quantity received cost { amount } restocked scrapped sentBack }
    creditNotes { gross { amount } }
    availableTransitions { transition isAllowed reason } }";

/// An order of so many bolts for 10 each that was shipped; its id, and the id of the shipped line.
async fn shipped(client: &Client, quantity: &str) -> (Value, String) {
    let order = placed(client, &[("BOLT", quantity)], "REJECT").await;
    let selection = "fulfilments { lines { id } }";
    let made = client
        .accept("fulfilmentShip", of(&order, json!({})), selection)
        .await;
    (order, text(&made, "/fulfilments/0/lines/0/id"))
}

fn asked(order: &Value, line: &str, quantity: &str) -> Value {
    let line = json!({ "fulfilmentLine": line, "quantity": quantity, "reason": "DAMAGED" });
    of(order, json!({ "lines": [line] }))
}

/// A return that took these steps.
async fn returned(client: &Client, (order, line): (&Value, &str), quantity: &str) -> Value {
    let input = asked(order, line, quantity);
    let made = client.accept("customerReturnRequest", input, RETURN).await;
    step(client, "Approve", &made["customerReturn"], json!({})).await
}

async fn step(client: &Client, name: &str, of: &Value, more: Value) -> Value {
    let mut input = more;
    input["customerReturn"] = json!({ "id": of["id"] });
    let made = client
        .accept(&format!("customerReturn{name}"), input, RETURN)
        .await;
    made["customerReturn"].clone()
}

async fn refused(client: &Client, name: &str, of: &Value, more: Value) -> Vec<String> {
    let mut input = more;
    input["customerReturn"] = json!({ "id": of["id"] });
    let name = format!("customerReturn{name}");
    codes(&client.mutate(&name, input, "customerReturn { id }").await)
}

/// Sellable, quarantined and value of the bolts in `MAIN`.
async fn bolts(client: &Client) -> [String; 3] {
    let query = "{ stockLevels { nodes { sellable quarantined value { amount } } } }";
    let answer = client.query(query, json!({})).await;
    ["sellable", "quarantined", "value/amount"]
        .map(|field| text(&answer, &format!("/stockLevels/nodes/0/{field}")))
}

async fn balance(client: &Client, account: &str) -> String {
    let query = "{ trialBalance { accounts { account balance { amount } } } }";
    let answer = client.query(query, json!({})).await;
    let accounts = answer["trialBalance"]["accounts"]
        .as_array()
        .expect("accounts");
    let found = accounts.iter().find(|one| one["account"] == account);
    let found = found.unwrap_or_else(|| panic!("no {account} in {answer:#}"));
    text(found, "/balance/amount")
}

async fn sixteen_return_ten(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client, &[("BOLT", "100")]).await;
    let (order, line) = shipped(client, "10").await;
    let payloads = at_once(16, |n| {
        let client = servers[n % servers.len()].clone();
        let input = asked(&order, &line, "1");
        async move {
            client
                .mutate("customerReturnRequest", input, "customerReturn { id }")
                .await
        }
    })
    .await;
    let accepted = payloads.iter().filter(|one| codes(one).is_empty()).count();
    assert_eq!(accepted, 10, "of 16 returns of one of ten: {payloads:#?}");
}

both! {
    async fn goods_come_back_through_quarantine_at_the_cost_at_which_they_left(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let (order, line) = shipped(&client, "6").await;
        // The rest becomes dearer: what comes back does not.
        shop::receive(&client, "MAIN", &[("BOLT", "4", "9")]).await;
        assert_eq!(bolts(&client).await, ["8", "0", "52.00"]);
        let made = returned(&client, (&order, &line), "5").await;
        assert_eq!(refused(&client, "Inspect", &made, json!({})).await, ["INVALID_STATE"]);
        let came = json!({ "lines": [{ "line": made["lines"][0]["id"], "quantity": "3" }] });
        let mut tried = came.clone();
        tried["dryRun"] = json!(true);
        step(&client, "Receive", &made, tried).await;
        assert_eq!(bolts(&client).await, ["8", "0", "52.00"]);
        let made = step(&client, "Receive", &made, came).await;
        assert_eq!(text(&made, "/lines/0/cost/amount"), "12.00");
        assert_eq!(bolts(&client).await, ["8", "3", "64.00"]);
        assert_eq!(balance(&client, "COST_OF_GOODS_SOLD").await, "12.00");
        let found = json!({ "lines": [{ "line": made["lines"][0]["id"], "restock": "1",
            "scrap": "1", "sendBack": "1", "finding": "one is wet" }] });
        let made = step(&client, "Inspect", &made, found).await;
        assert_eq!(made["status"], "INSPECTED");
        let [sellable, quarantined, _] = bolts(&client).await;
        assert_eq!([sellable.as_str(), quarantined.as_str()], ["9", "0"]);
        let made = step(&client, "Close", &made, json!({ "settlement": "NONE" })).await;
        assert_eq!(made["settlement"], "NONE");
        // One of six is kept; the one that went back may come again, so five are left.
        let no = client.mutate("customerReturnRequest", asked(&order, &line, "5"), RETURN).await;
        assert_eq!(codes(&no), ["INVALID"]);
        client.accept("customerReturnRequest", asked(&order, &line, "4"), RETURN).await;
    }

    async fn what_comes_back_serves_who_waits_only_when_it_may_be_sold(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "5")]).await;
        let (order, line) = shipped(&client, "5").await;
        placed(&client, &[("BOLT", "2")], "BACKORDER").await;
        let made = returned(&client, (&order, &line), "5").await;
        step(&client, "Receive", &made, json!({})).await;
        assert_eq!(level(&client, "BOLT").await, ["0", "0", "2"]);
        step(&client, "Inspect", &made, json!({})).await;
        assert_eq!(level(&client, "BOLT").await, ["5", "2", "0"]);
    }

    async fn what_was_billed_is_credited_once_and_can_be_refunded(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let (order, line) = shipped(&client, "6").await;
        client.accept("invoicePost", of(&order, json!({})), "invoice { id }").await;
        let paid = json!({ "customer": { "code": "ANNA" }, "amount": "60" });
        client.accept("paymentPost", paid, "payment { id }").await;
        let made = returned(&client, (&order, &line), "4").await;
        step(&client, "Receive", &made, json!({})).await;
        let back = json!({ "lines": [{ "line": made["lines"][0]["id"], "restock": "3",
            "sendBack": "1" }] });
        step(&client, "Inspect", &made, back).await;
        let credit = json!({ "settlement": "CREDIT" });
        assert_eq!(refused(&client, "Close", &made, credit.clone()).await, ["INVALID"]);
        let made = step(&client, "Credit", &made, json!({})).await;
        assert_eq!(made["creditNotes"], json!([{ "gross": { "amount": "30.00" } }]));
        assert_eq!(refused(&client, "Credit", &made, json!({})).await, ["INVALID_STATE"]);
        let refund = json!({ "customer": { "code": "ANNA" }, "amount": "30", "direction": "OUT" });
        client.accept("paymentPost", refund, "payment { id }").await;
        assert_eq!(balance(&client, "ACCOUNTS_RECEIVABLE").await, "0.00");
        assert_eq!(balance(&client, "CASH").await, "30.00");
        assert_eq!(step(&client, "Close", &made, credit).await["status"], "CLOSED");
    }

    async fn what_was_never_billed_is_not_credited(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let (order, line) = shipped(&client, "6").await;
        let made = returned(&client, (&order, &line), "4").await;
        step(&client, "Receive", &made, json!({})).await;
        step(&client, "Inspect", &made, json!({})).await;
        assert_eq!(refused(&client, "Credit", &made, json!({})).await, ["INVALID_STATE"]);
    }

    async fn a_return_that_is_rejected_or_cancelled_claims_nothing(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let (order, line) = shipped(&client, "6").await;
        for (name, more) in [("Reject", json!({ "reason": "too late" })), ("Cancel", json!({}))] {
            let input = asked(&order, &line, "6");
            let made = client.accept("customerReturnRequest", input, RETURN).await;
            let no = client
                .mutate("customerReturnRequest", asked(&order, &line, "1"), RETURN)
                .await;
            assert_eq!(codes(&no), ["INVALID"]);
            step(&client, name, &made["customerReturn"], more).await;
        }
        client.accept("customerReturnRequest", asked(&order, &line, "6"), RETURN).await;
    }

    async fn what_is_offered_for_a_return_is_accepted_and_nothing_else(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let (order, line) = shipped(&client, "6").await;
        client.accept("invoicePost", of(&order, json!({})), "invoice { id }").await;
        let input = asked(&order, &line, "6");
        let made = client.accept("customerReturnRequest", input, RETURN).await;
        let mut made = made["customerReturn"].clone();
        let more = |name: &str| match name {
            "customerReturnReject" => json!({ "reason": "too late" }),
            "customerReturnClose" => json!({ "settlement": "NONE" }),
            _ => json!({}),
        };
        for next in ["Approve", "Receive", "Inspect", "Credit", "Close"] {
            for offer in made["availableTransitions"].as_array().expect("offers") {
                let name = text(offer, "/transition");
                let short = name.strip_prefix("customerReturn").expect("of returns");
                assert_eq!(offer["reason"].is_null(), offer["isAllowed"] == true, "{offer}");
                if offer["isAllowed"] == false {
                    let no = refused(&client, short, &made, more(&name)).await;
                    assert_eq!(no, ["INVALID_STATE"], "{name} of {}", made["status"]);
                }
            }
            made = step(&client, next, &made, more(&format!("customerReturn{next}"))).await;
        }
    }

    async fn returns_at_once_never_claim_more_than_was_shipped(server: &TestServer) {
        sixteen_return_ten(&[server.client()]).await;
    }

    async fn two_who_receive_a_return_at_once_receive_it_once(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let (order, line) = shipped(&client, "6").await;
        let made = returned(&client, (&order, &line), "4").await;
        let payloads = at_once(4, |_| {
            let input = json!({ "customerReturn": { "id": made["id"] } });
            let client = client.clone();
            async move {
                client.mutate("customerReturnReceive", input, "customerReturn { id }").await
            }
        })
        .await;
        let accepted = payloads.iter().filter(|one| codes(one).is_empty()).count();
        assert_eq!(accepted, 1, "{payloads:#?}");
        assert_eq!(bolts(&client).await, ["4", "4", "32.00"]);
    }
}

postgres_only! {
    async fn two_servers_never_take_back_more_than_was_shipped(server: &TestServer) {
        let second = server.second().await;
        sixteen_return_ten(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}
