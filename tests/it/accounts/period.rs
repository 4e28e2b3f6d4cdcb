//! Locked periods: nothing is posted on or before the last locked day.

use serde_json::{Value, json};

use super::{ago, open_shop, pay, shipped};
use crate::support::{Client, shop};

/// Lines of an input with TEA.
fn tea(more: Value) -> Value {
    let mut line = json!({ "variant": { "sku": "TEA" } });
    let fields = more.as_object().expect("fields").clone();
    line.as_object_mut().expect("fields").extend(fields);
    json!([line])
}

fn adjustment() -> Value {
    let lines = tea(json!({ "change": { "delta": "-1" } }));
    json!({ "warehouse": { "code": "MAIN" }, "reason": "LOSS", "lines": lines })
}

/// Documents that something can be posted for; their ids.
async fn documents(client: &Client) -> Value {
    open_shop(client).await;
    shop::warehouse(client, "SHOP").await;
    let order = shop::order("ANNA", "MAIN", &[("TEA", "2")]);
    let order = client
        .accept("salesOrderPlace", order, "salesOrder { id }")
        .await;
    let transfer = json!({
        "fromWarehouse": { "code": "MAIN" },
        "toWarehouse": { "code": "SHOP" },
        "lines": tea(json!({ "quantity": "1" })),
    });
    let transfer = client
        .accept("stockTransferCreate", transfer, "stockTransfer { id }")
        .await;
    let mut adjusted = adjustment();
    adjusted["date"] = json!(ago(20).to_string());
    let adjusted = client
        .accept("stockAdjust", adjusted, "stockAdjustment { id }")
        .await;
    let billed = shipped(client, "ANNA", "3").await;
    let earlier = json!({ "date": ago(20).to_string() });
    let credit = pay(client, "5", earlier.clone()).await;
    let bounced = pay(client, "6", earlier).await;
    let owed = shipped(client, "ANNA", "1").await;
    let owed = json!({ "salesOrder": { "id": owed }, "date": ago(20).to_string() });
    client.accept("invoicePost", owed, "invoice { id }").await;
    json!({
        "order": order["salesOrder"], "transfer": transfer["stockTransfer"],
        "adjusted": adjusted["stockAdjustment"], "billed": { "id": billed },
        "credit": { "id": credit["openItems"][0]["id"] }, "bounced": { "id": bounced["id"] },
    })
}

/// Everything that posts, each with documents of its own, as inputs for a day.
async fn postings(client: &Client) -> Vec<(&'static str, Value)> {
    let of = documents(client).await;
    let receipt = json!({
        "warehouse": { "code": "MAIN" },
        "lines": tea(json!({ "quantity": "1", "unitCost": "4" })),
    });
    let found = json!({ "stockAdjustment": of["adjusted"], "reason": "Found" });
    let payment = json!({ "customer": { "code": "ANNA" }, "amount": "1" });
    let bounced = json!({ "payment": of["bounced"], "reason": "Bounced" });
    vec![
        ("goodsReceiptPost", receipt),
        ("stockAdjust", adjustment()),
        ("stockAdjustReverse", found),
        (
            "stockTransferDispatch",
            json!({ "stockTransfer": of["transfer"] }),
        ),
        ("fulfilmentShip", json!({ "salesOrder": of["order"] })),
        ("invoicePost", json!({ "salesOrder": of["billed"] })),
        ("paymentPost", payment),
        ("paymentAllocate", json!({ "credit": of["credit"] })),
        ("paymentReverse", bounced),
    ]
}

/// Posts for the day so many days ago; the errors.
async fn post(client: &Client, (name, input): (&str, &Value), days: u64) -> Value {
    let mut input = input.clone();
    input["date"] = json!(ago(days).to_string());
    client
        .mutate(
            name,
            input,
            "errors { path ... on PeriodLockedError { lockedThrough } }",
        )
        .await["errors"]
        .take()
}

async fn lock(client: &Client, days: u64) -> Value {
    let input = json!({ "through": ago(days).to_string() });
    let selection = "accountingPeriod { lockedThrough reason changedBy { name } changedAt }";
    client.accept("periodLock", input, selection).await["accountingPeriod"].take()
}

const BALANCE: &str = "{ trialBalance { debit { amount } credit { amount } }
    stockMovements(last: 1) { nodes { number } } }";

both! {
    async fn nothing_is_posted_on_or_before_the_last_locked_day(server: &TestServer) {
        let client = server.client();
        let postings = postings(&client).await;
        let locked = lock(&client, 3).await;
        assert_eq!(locked["lockedThrough"], ago(3).to_string(), "{locked}");
        assert!(locked["changedAt"].is_string(), "{locked}");
        let before = client.query(BALANCE, json!({})).await;
        for (name, input) in &postings {
            for days in [3, 4] {
                let errors = post(&client, (name, input), days).await;
                assert_eq!(errors.as_array().map(Vec::len), Some(1), "{name}: {errors}");
                assert_eq!(errors[0]["code"], "PERIOD_LOCKED", "{name}: {errors}");
                assert_eq!(errors[0]["path"], json!(["input", "date"]), "{name}: {errors}");
                assert_eq!(errors[0]["lockedThrough"], ago(3).to_string(), "{name}: {errors}");
            }
        }
        assert_eq!(client.query(BALANCE, json!({})).await, before, "nothing was changed");
        for (name, input) in &postings {
            assert_eq!(post(&client, (name, input), 2).await, json!([]), "{name}");
        }
    }

    async fn a_period_is_opened_again_with_a_reason_and_the_audit_log_keeps_it(
        server: &TestServer
    ) {
        let client = server.client();
        let postings = postings(&client).await;
        lock(&client, 3).await;
        let (name, input) = &postings[0];
        assert_ne!(post(&client, (name, input), 5).await, json!([]));
        let selection = "accountingPeriod { lockedThrough reason }";
        let part = json!({ "lockedThrough": ago(6).to_string(), "reason": "A late bill" });
        let opened = client.accept("periodReopen", part, selection).await;
        assert_eq!(opened["accountingPeriod"]["lockedThrough"], ago(6).to_string());
        assert_eq!(opened["accountingPeriod"]["reason"], "A late bill");
        assert_eq!(post(&client, (name, input), 5).await, json!([]));
        assert_ne!(post(&client, (name, input), 6).await, json!([]));

        let all = json!({ "reason": "Everything anew" });
        let opened = client.accept("periodReopen", all, selection).await;
        assert_eq!(opened["accountingPeriod"]["lockedThrough"], Value::Null);
        assert_eq!(post(&client, (name, input), 900).await, json!([]));
        let nothing = json!({ "reason": "Once more" });
        let refused = client.mutate("periodReopen", nothing, selection).await;
        assert_eq!(refused["errors"][0]["code"], "INVALID_STATE", "{refused}");

        let query = "{ auditEntries(filter: { command: { eq: \"periodReopen\" } }, first: 5) {
            nodes { input changes } } }";
        let data = client.query(query, json!({})).await;
        let entries = data["auditEntries"]["nodes"].as_array().expect("a list").clone();
        assert_eq!(entries.len(), 2, "{data}");
        let text = entries[0].to_string() + &entries[1].to_string();
        assert!(text.contains("A late bill") && text.contains("lockedThrough"), "{text}");
    }

    async fn only_what_is_over_is_locked_and_only_forward(server: &TestServer) {
        let client = server.client();
        let refused = async |input: Value| -> Value {
            let reply = client.mutate("periodLock", input, "accountingPeriod { reason }").await;
            reply["errors"][0]["path"].clone()
        };
        let through = json!(["input", "through"]);
        assert_eq!(refused(json!({ "through": ago(0).to_string() })).await, through);
        lock(&client, 3).await;
        assert_eq!(refused(json!({ "through": ago(3).to_string() })).await, through);
        assert_eq!(refused(json!({ "through": ago(4).to_string() })).await, through);
        assert_eq!(lock(&client, 2).await["lockedThrough"], ago(2).to_string());
        let read = "{ accountingPeriod { lockedThrough } }";
        let data = client.query(read, json!({})).await;
        assert_eq!(data["accountingPeriod"]["lockedThrough"], ago(2).to_string());
    }

    async fn when_a_period_is_locked_nothing_is_on_its_way_into_it(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let line = json!({ "variant": { "sku": "TEA" }, "quantity": "1", "unitCost": "4" });
        let input = json!({ "warehouse": { "code": "MAIN" }, "lines": [line] });
        let (yesterday, count) = (ago(1).to_string(), "{ stockMovements(filter: {
            date: { eq: \"DAY\" } }, first: 1) { totalCount } }");
        let count = count.replace("DAY", &yesterday);
        let posters = (0..8).map(|_| async {
            let poster = server.client();
            let mut accepted = 0;
            while post(&poster, ("goodsReceiptPost", &input), 1).await == json!([]) {
                accepted += 1;
            }
            accepted
        });
        let locking = async {
            // Not before some of them were accepted.
            loop {
                let data = client.query(&count, json!({})).await;
                if data["stockMovements"]["totalCount"].as_u64() > Some(10) {
                    break;
                }
            }
            lock(&client, 1).await;
            client.query(&count, json!({})).await["stockMovements"]["totalCount"].as_u64()
        };
        let (accepted, when_locked) =
            futures_util::join!(futures_util::future::join_all(posters), locking);
        let data = client.query(&count, json!({})).await;
        let at_last = data["stockMovements"]["totalCount"].as_u64();
        assert_eq!(when_locked, at_last, "something came in behind the lock");
        assert_eq!(at_last, Some(accepted.iter().sum()), "what was accepted is there");
    }
}
