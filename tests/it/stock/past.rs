//! What was there on any day, and what came and left in a period.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{Client, shop};

const FIRST_DAY: &str = "2026-03-01";

/// A day of the story, counted from the first.
fn day(number: u64) -> String {
    let first: NaiveDate = FIRST_DAY.parse().expect("a day");
    let day = first.checked_add_days(Days::new(number)).expect("a day");
    day.to_string()
}

/// Two weeks in which each kind of document moves goods, entered out of order.
async fn two_weeks(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::warehouse(client, "SHOP").await;
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("7.50")).await;
    receive(client, 1, "10", "3").await;
    receive(client, 8, "5", "4.50").await;
    adjust(client, 3, "-2", "DAMAGE").await;
    let order = shop::order("ANNA", "MAIN", &[("TEA", "6")]);
    let order = client
        .accept("salesOrderPlace", order, "salesOrder { id }")
        .await;
    let order = &order["salesOrder"]["id"];
    let ship = json!({ "salesOrder": { "id": order }, "date": day(9) });
    let shipped = client
        .accept("fulfilmentShip", ship, "fulfilments { lines { id } }")
        .await;
    transfer(client).await;
    send_back(client, order, &shipped["fulfilments"][0]["lines"][0]["id"]).await;
    // Told late, for a day that is over.
    adjust(client, 5, "1", "COUNT").await;
}

async fn receive(client: &Client, on: u64, quantity: &str, unit_cost: &str) {
    let line = json!({ "variant": { "sku": "TEA" }, "quantity": quantity, "unitCost": unit_cost });
    let input = json!({ "warehouse": { "code": "MAIN" }, "date": day(on), "lines": [line] });
    client
        .accept("goodsReceiptPost", input, "goodsReceipt { id }")
        .await;
}

async fn adjust(client: &Client, on: u64, delta: &str, reason: &str) {
    let line = json!({ "variant": { "sku": "TEA" }, "change": { "delta": delta } });
    let input = json!({
        "warehouse": { "code": "MAIN" },
        "date": day(on),
        "reason": reason,
        "lines": [line],
    });
    client
        .accept("stockAdjust", input, "stockAdjustment { id }")
        .await;
}

/// Four go to the shop on one day, and three of them arrive on another.
async fn transfer(client: &Client) {
    let input = json!({
        "fromWarehouse": { "code": "MAIN" },
        "toWarehouse": { "code": "SHOP" },
        "lines": [{ "variant": { "sku": "TEA" }, "quantity": "4" }],
    });
    let selection = "stockTransfer { id lines { id } }";
    let made = client.accept("stockTransferCreate", input, selection).await;
    let made = &made["stockTransfer"];
    let this = json!({ "id": made["id"] });
    let dispatch = json!({ "stockTransfer": this, "date": day(10) });
    client
        .accept("stockTransferDispatch", dispatch, selection)
        .await;
    let line = json!({ "line": made["lines"][0]["id"], "received": "3" });
    let receive = json!({ "stockTransfer": this, "date": day(12), "lines": [line] });
    client
        .accept("stockTransferReceive", receive, selection)
        .await;
}

/// The customer sends two back; they stand in quarantine until they are sold again.
async fn send_back(client: &Client, order: &Value, line: &Value) {
    let line = json!({ "fulfilmentLine": line, "quantity": "2", "reason": "NOT_WANTED" });
    let input = json!({ "salesOrder": { "id": order }, "date": day(12), "lines": [line] });
    let selection = "customerReturn { id lines { id } }";
    let asked = client
        .accept("customerReturnRequest", input, selection)
        .await;
    let this = json!({ "id": asked["customerReturn"]["id"] });
    let line = &asked["customerReturn"]["lines"][0]["id"];
    let steps = [
        ("customerReturnApprove", json!({ "customerReturn": this })),
        (
            "customerReturnReceive",
            json!({ "customerReturn": this, "date": day(13) }),
        ),
        (
            "customerReturnInspect",
            json!({
                "customerReturn": this,
                "lines": [{ "line": line, "restock": "2" }],
            }),
        ),
    ];
    for (mutation, input) in steps {
        client.accept(mutation, input, selection).await;
    }
}

/// On hand and value of a warehouse at the end of a day.
type Balance = (Decimal, Decimal);

fn number(value: &Value) -> Decimal {
    let text = value
        .as_str()
        .unwrap_or_else(|| panic!("a number: {value}"));
    text.parse().expect("a number")
}

/// Adds up every movement of the ledger: another way to the same numbers.
async fn by_movements(client: &Client, warehouse: &str, until: &str) -> Balance {
    let query = "{ stockMovements(first: 250) { nodes { quantity value { amount } date
        fromWarehouse { code } toWarehouse { code } } } }";
    let data = client.query(query, json!({})).await;
    let mut sum = (Decimal::ZERO, Decimal::ZERO);
    let lines = data["stockMovements"]["nodes"].as_array().expect("a list");
    for line in lines {
        if line["date"].as_str().expect("a day") > until {
            continue;
        }
        let (quantity, value) = (number(&line["quantity"]), number(&line["value"]["amount"]));
        for (side, sign) in [
            ("toWarehouse", Decimal::ONE),
            ("fromWarehouse", Decimal::NEGATIVE_ONE),
        ] {
            if line[side]["code"] == warehouse {
                sum.0 += sign * quantity;
                sum.1 += sign * value;
            }
        }
    }
    sum
}

fn balance(of: &Value) -> Balance {
    (number(&of["onHand"]), number(&of["value"]["amount"]))
}

const PAST: &str = "query($code: String!, $date: Date!, $first: Date!) {
    stockLevel(variant: { sku: \"TEA\" }, warehouse: { code: $code }) {
        onHand value { amount }
        asOf(date: $date) { onHand value { amount } unitCost }
        period(firstDay: $first, lastDay: $date) {
            opening { onHand value { amount } }
            closing { onHand value { amount } }
            total { kind quantityIn quantityOut valueIn { amount } valueOut { amount } }
            flows { kind quantityIn quantityOut valueIn { amount } valueOut { amount } }
        } } }";

async fn past(client: &Client, code: &str, first: &str, date: &str) -> Value {
    let asked = json!({ "code": code, "first": first, "date": date });
    client.query(PAST, asked).await["stockLevel"].take()
}

fn by_kind(period: &Value) -> BTreeMap<String, (String, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let flows = period["flows"].as_array().expect("a list").iter();
    let flows = flows.map(|flow| {
        let moved = (text(&flow["quantityIn"]), text(&flow["quantityOut"]));
        (text(&flow["kind"]), moved)
    });
    flows.collect()
}

both! {
    async fn what_was_there_on_any_day_is_the_sum_of_the_movements_until_then(
        server: &TestServer
    ) {
        let client = server.client();
        two_weeks(&client).await;
        for warehouse in ["MAIN", "SHOP"] {
            for number in 0..16 {
                let (date, before) = (day(number + 1), day(number));
                let level = past(&client, warehouse, &date, &date).await;
                let then = by_movements(&client, warehouse, &date).await;
                assert_eq!(balance(&level["asOf"]), then, "{warehouse} at the end of {date}");
                let period = &level["period"];
                assert_eq!(balance(&period["closing"]), then, "{warehouse}, {date}");
                let opening = by_movements(&client, warehouse, &before).await;
                assert_eq!(balance(&period["opening"]), opening, "{warehouse}, {date}");
            }
            let now = past(&client, warehouse, FIRST_DAY, "2999-12-31").await;
            assert_eq!(balance(&now["asOf"]), balance(&now), "{warehouse}: a later day");
        }
    }

    async fn a_period_says_what_came_and_left_by_kind_of_document(server: &TestServer) {
        let client = server.client();
        two_weeks(&client).await;
        let level = past(&client, "MAIN", &day(2), &day(10)).await;
        let period = &level["period"];
        let kinds = by_kind(period);
        let moved = |came: &str, left: &str| (came.to_owned(), left.to_owned());
        let wanted = [
            ("RECEIPT", moved("5", "0")),
            ("FULFILMENT", moved("0", "6")),
            ("TRANSFER", moved("0", "4")),
            ("ADJUSTMENT", moved("1", "2")),
        ];
        let wanted: BTreeMap<_, _> =
            wanted.into_iter().map(|(kind, moved)| (kind.to_owned(), moved)).collect();
        assert_eq!(kinds, wanted, "{period}");
        assert_eq!(period["opening"]["onHand"], "10", "{period}");
        assert_eq!(period["opening"]["value"]["amount"], "30.00", "{period}");
        let total = &period["total"];
        assert_eq!((&total["quantityIn"], &total["quantityOut"]), (&json!("6"), &json!("12")));
        assert_eq!(total["kind"], Value::Null);
        assert_eq!(period["closing"]["onHand"], "4", "{period}");
    }

    async fn goods_between_sellable_and_quarantined_neither_come_nor_leave(server: &TestServer) {
        let client = server.client();
        two_weeks(&client).await;
        let back = past(&client, "MAIN", &day(13), "2999-12-31").await;
        let kinds = by_kind(&back["period"]);
        assert_eq!(kinds["RETURN"], ("2".to_owned(), "0".to_owned()), "{back}");
        let before = past(&client, "MAIN", "2000-01-01", "2001-01-01").await;
        assert_eq!(before["asOf"]["onHand"], "0");
        assert_eq!(before["asOf"]["unitCost"], Value::Null, "there is nothing to divide by");
    }

    async fn a_period_that_ends_before_it_begins_is_refused(server: &TestServer) {
        let client = server.client();
        two_weeks(&client).await;
        let asked = json!({ "code": "MAIN", "first": day(3), "date": day(2) });
        let reply = client.send(PAST, asked).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let error = &reply.body["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{}", reply.body);
        let said = error["message"].as_str().expect("text");
        assert!(said.starts_with("firstDay:"), "{said}");
    }

    async fn a_day_of_no_calendar_is_refused_and_the_last_one_is_not(server: &TestServer) {
        let client = server.client();
        two_weeks(&client).await;
        for day in ["", "+12345-01-01", "-0044-03-15", "2026-02-30", "yesterday"] {
            let asked = json!({ "code": "MAIN", "first": "2000-01-01", "date": day });
            let reply = client.send(PAST, asked).await;
            let error = &reply.body["errors"][0];
            assert_eq!(error["extensions"]["code"], "BAD_REQUEST", "{day}: {}", reply.body);
        }
        let last = past(&client, "MAIN", "0000-01-01", "9999-12-31").await;
        assert_eq!(last["asOf"]["onHand"], last["onHand"]);
        assert_eq!(last["period"]["opening"]["onHand"], "0");
    }

    async fn the_past_stands_still_while_goods_come_and_go(server: &TestServer) {
        let client = server.client();
        two_weeks(&client).await;
        let wanted = past(&client, "MAIN", FIRST_DAY, &day(14)).await;
        let moving = async {
            for _ in 0..30 {
                shop::receive(&client, "MAIN", &[("TEA", "7", "2.25")]).await;
            }
        };
        let looking = async {
            for _ in 0..60 {
                let seen = past(&client, "MAIN", FIRST_DAY, &day(14)).await;
                assert_eq!(seen["asOf"], wanted["asOf"]);
                assert_eq!(seen["period"], wanted["period"]);
            }
        };
        futures_util::join!(moving, looking);
        let now = past(&client, "MAIN", FIRST_DAY, "2999-12-31").await;
        assert_eq!(number(&now["onHand"]), number(&wanted["onHand"]) + Decimal::from(210));
    }
}
