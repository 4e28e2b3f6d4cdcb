//! What a level is made of: the parts add up to its numbers, whatever happened and happens.

use chrono::{TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use stockroom::platform::actor::Scope;
use tokio::task::JoinSet;

use crate::support::{Client, shop};

const EXPLANATION: &str = "level { onHand sellable quarantined reserved backordered available \
     incoming value { amount } variant { sku } warehouse { code } version } \
     sums { name total terms { name quantity } } \
     promises { reserved backordered dueOn since document { __typename } } \
     otherReserved otherBackordered \
     arrivals { quantity dueOn document { __typename } } otherIncoming \
     layers { quantity value { amount } unitCost movement { quantity } document { __typename } } \
     earlier valueDifference { amount }";
/// Listed of each kind, where all is to be listed.
const LISTED: usize = 50;

fn number(value: &Value) -> Decimal {
    let text = value
        .as_str()
        .unwrap_or_else(|| panic!("a number: {value}"));
    text.parse().expect("a number")
}

fn rows(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

/// Adds up a field of a list.
fn total(of: &Value, field: impl Fn(&Value) -> &Value) -> Decimal {
    rows(of).iter().map(|row| number(field(row))).sum()
}

/// Panics when a list and what is not listed do not come to the number, or something is left out
/// of a list that has room.
fn assert_comes_to(of: &Value, listed: Decimal, other: &str, wanted: &Value, is_full: bool) {
    let rest = number(&of[other]);
    assert_eq!(listed + rest, number(wanted), "with {other}: {of:#}");
    assert!(
        is_full || rest.is_zero(),
        "{other} although there is room: {of:#}"
    );
}

/// Panics when the parts of an explanation do not add up to the level in it.
fn assert_adds_up(of: &Value, listed: usize) {
    let level = &of["level"];
    for sum in rows(&of["sums"]) {
        let name = sum["name"].as_str().expect("a sum has a name");
        assert_eq!(sum["total"], level[name], "{name}: {of:#}");
        let terms = total(&sum["terms"], |term| &term["quantity"]);
        assert_eq!(terms, number(&sum["total"]), "{name}: {of:#}");
    }
    let is_full = |list: &str| rows(&of[list]).len() == listed;
    let promised = is_full("promises");
    let reserved = total(&of["promises"], |one| &one["reserved"]);
    assert_comes_to(of, reserved, "otherReserved", &level["reserved"], promised);
    let waiting = total(&of["promises"], |one| &one["backordered"]);
    assert_comes_to(
        of,
        waiting,
        "otherBackordered",
        &level["backordered"],
        promised,
    );
    let coming = total(&of["arrivals"], |one| &one["quantity"]);
    assert_comes_to(
        of,
        coming,
        "otherIncoming",
        &level["incoming"],
        is_full("arrivals"),
    );
    let there = total(&of["layers"], |one| &one["quantity"]);
    assert_comes_to(of, there, "earlier", &level["onHand"], is_full("layers"));
    let value = total(&of["layers"], |one| &one["value"]["amount"]);
    let value = value + number(&of["valueDifference"]["amount"]);
    assert_eq!(value, number(&level["value"]["amount"]), "{of:#}");
    for list in ["promises", "arrivals", "layers"] {
        for one in rows(&of[list]) {
            assert!(one["document"]["__typename"].is_string(), "{list}: {one}");
        }
    }
}

/// Panics when the parts of any level do not add up; how many levels there are.
pub async fn assert_all_add_up(client: &Client) -> usize {
    let query = format!(
        "query($after: String) {{ stockLevels(first: 5, after: $after) {{ \
         pageInfo {{ hasNextPage endCursor }} \
         nodes {{ explanation(first: {LISTED}) {{ {EXPLANATION} }} }} }} }}"
    );
    let (mut after, mut levels) = (Value::Null, 0);
    loop {
        let data = client.query(&query, json!({ "after": after })).await;
        let page = &data["stockLevels"];
        for level in rows(&page["nodes"]) {
            assert_adds_up(&level["explanation"], LISTED);
            levels += 1;
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return levels;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn explain(client: &Client, arguments: &str, selection: &str) -> Value {
    let query = format!(
        "{{ stockLevel(variant: {{ sku: \"TEA\" }}, warehouse: {{ code: \"MAIN\" }}) \
         {{ explanation{arguments} {{ {selection} }} }} }}"
    );
    client.query(&query, json!({})).await["stockLevel"]["explanation"].take()
}

async fn open_shop(client: &Client) {
    for code in ["MAIN", "SHOP"] {
        shop::warehouse(client, code).await;
    }
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("7.50")).await;
}

async fn place(client: &Client, quantity: &str) -> Value {
    let mut order = shop::order("ANNA", "MAIN", &[("TEA", quantity)]);
    order["onShortage"] = json!("BACKORDER");
    let placed = client
        .accept("salesOrderPlace", order, "salesOrder { id number }")
        .await;
    placed["salesOrder"].clone()
}

async fn receive(client: &Client, quantity: &str, unit_cost: &str) -> Value {
    let line = json!({ "variant": { "sku": "TEA" }, "quantity": quantity, "unitCost": unit_cost });
    let input = json!({ "warehouse": { "code": "MAIN" }, "lines": [line] });
    let posted = client
        .accept("goodsReceiptPost", input, "goodsReceipt { id number }")
        .await;
    posted["goodsReceipt"].clone()
}

/// A transfer of goods that are sent; its id.
async fn send(client: &Client, from: &str, to: &str, quantity: &str) -> Value {
    let input = json!({
        "fromWarehouse": { "code": from }, "toWarehouse": { "code": to },
        "lines": [{ "variant": { "sku": "TEA" }, "quantity": quantity }],
    });
    let selection = "stockTransfer { id }";
    let made = client.accept("stockTransferCreate", input, selection).await;
    let id = made["stockTransfer"]["id"].clone();
    let input = json!({ "stockTransfer": { "id": id } });
    client
        .accept("stockTransferDispatch", input, selection)
        .await;
    id
}

const DOCUMENTS: &str = "layers { quantity unitCost movement { quantity } \
     document { ... on GoodsReceipt { number } } } earlier \
     promises { reserved backordered document { __typename ... on SalesOrder { number } } }";

both! {
    async fn goods_on_hand_are_the_latest_that_came(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        receive(&client, "40", "1").await;
        let second = receive(&client, "25", "2").await;
        let wrong = receive(&client, "9", "9").await;
        let third = receive(&client, "20", "3").await;
        let input = json!({ "goodsReceipt": { "id": wrong["id"] }, "reason": "Wrong supplier" });
        client.accept("goodsReceiptReverse", input, "goodsReceipt { id }").await;
        let order = place(&client, "55").await;
        let ship = json!({ "salesOrder": { "id": order["id"] } });
        client.accept("fulfilmentShip", ship, "fulfilments { id }").await;
        let of = explain(&client, "", DOCUMENTS).await;
        let layer = |quantity: &str, all: &str, cost: &str, receipt: &Value| json!({
            "quantity": quantity, "unitCost": cost, "movement": { "quantity": all },
            "document": { "number": receipt["number"] },
        });
        let wanted = json!([layer("20", "20", "3", &third), layer("10", "25", "2", &second)]);
        assert_eq!(of["layers"], wanted, "{of:#}");
        assert_eq!(of["earlier"], "0");
        assert_all_add_up(&client).await;
    }

    async fn promises_are_served_in_the_order_in_which_they_are_told(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        receive(&client, "10", "2").await;
        let hold = json!({
            "owner": "cart", "expiresAt": (Utc::now() + TimeDelta::hours(1)).to_rfc3339(),
            "lines": [{
                "variant": { "sku": "TEA" }, "warehouse": { "code": "MAIN" }, "quantity": "4",
            }],
        });
        client.accept("stockHoldCreate", hold, "stockHold { id }").await;
        let (one, other) = (place(&client, "8").await, place(&client, "5").await);
        let of = explain(&client, "", DOCUMENTS).await;
        let order = |reserved: &str, backordered: &str, order: &Value| json!({
            "reserved": reserved, "backordered": backordered,
            "document": { "__typename": "SalesOrder", "number": order["number"] },
        });
        let held = json!({
            "reserved": "4", "backordered": "0", "document": { "__typename": "StockHold" },
        });
        let wanted = json!([held, order("6", "2", &one), order("0", "5", &other)]);
        assert_eq!(of["promises"], wanted, "{of:#}");
        assert_all_add_up(&client).await;
        let of = explain(&client, "(first: 1)", EXPLANATION).await;
        assert_adds_up(&of, 1);
        assert_eq!((&of["otherReserved"], &of["otherBackordered"]), (&json!("6"), &json!("7")));
    }

    async fn what_is_on_its_way_is_told_with_who_announced_it(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        receive(&client, "10", "2").await;
        send(&client, "MAIN", "SHOP", "4").await;
        let back = send(&client, "MAIN", "SHOP", "2").await;
        let input = json!({ "stockTransfer": { "id": back } });
        client.accept("stockTransferReceive", input, "stockTransfer { id }").await;
        let query = "{ stockLevel(variant: { sku: \"TEA\" }, warehouse: { code: \"SHOP\" }) \
             { explanation { arrivals { quantity document { __typename } } \
             layers { quantity document { __typename } } } } }";
        let data = client.query(query, json!({})).await;
        let of = &data["stockLevel"]["explanation"];
        let sent = |quantity: &str| json!([{
            "quantity": quantity, "document": { "__typename": "StockTransfer" },
        }]);
        assert_eq!((&of["arrivals"], &of["layers"]), (&sent("4"), &sent("2")), "{of:#}");
        assert_eq!(assert_all_add_up(&client).await, 2);
    }

    async fn what_is_not_listed_is_told_as_a_sum(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        for _ in 0..110 {
            receive(&client, "1", "2").await;
        }
        for _ in 0..3 {
            place(&client, "50").await;
        }
        let of = explain(&client, "(first: 100)", EXPLANATION).await;
        assert_adds_up(&of, 100);
        assert_eq!((rows(&of["layers"]).len(), &of["earlier"]), (100, &json!("10")));
        assert_eq!(of["valueDifference"]["amount"], "20.00", "earlier goods are in it");
        let of = explain(&client, "(first: 2)", EXPLANATION).await;
        assert_adds_up(&of, 2);
        assert_eq!((&of["otherReserved"], &of["otherBackordered"]), (&json!("10"), &json!("40")));
        assert_eq!((rows(&of["layers"]).len(), &of["earlier"]), (2, &json!("108")));
        assert_all_add_up(&client).await;
    }

    async fn parts_add_up_while_others_write(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        receive(&client, "50", "2").await;
        let mut writers = JoinSet::new();
        for number in 0..3 {
            let client = client.clone();
            writers.spawn(async move {
                for round in 0..12 {
                    let order = place(&client, "3").await;
                    let this = json!({ "salesOrder": { "id": order["id"] } });
                    if (number + round) % 3 == 0 {
                        client.accept("salesOrderCancel", this, "salesOrder { id }").await;
                    }
                    receive(&client, "2", "2.5").await;
                    send(&client, "MAIN", "SHOP", "1").await;
                }
            });
        }
        let mut looks = 0;
        while !writers.is_empty() {
            assert_all_add_up(&client).await;
            looks += 1;
            while let Some(ended) = writers.try_join_next() {
                ended.expect("a writer ends");
            }
        }
        println!("{looks} looks beside 3 writers");
    }

    async fn documents_and_costs_need_their_scopes(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        receive(&client, "10", "2").await;
        place(&client, "4").await;
        let scopes = [Scope::StockRead, Scope::ProductsRead];
        let poor = server.client_with(&scopes).await;
        let of = explain(&poor, "", DOCUMENTS.replace("unitCost", "").as_str()).await;
        assert_eq!(of["promises"][0]["document"], Value::Null, "{of:#}");
        assert_eq!(of["layers"][0]["document"], Value::Null, "{of:#}");
        assert_eq!(of["layers"][0]["quantity"], "10", "the numbers are there");
        let query = "{ stockLevels { nodes { explanation { valueDifference { amount } \
             layers { value { amount } unitCost } } } } }";
        let reply = poor.send(query, json!({})).await;
        let of = &reply.body["data"]["stockLevels"]["nodes"][0]["explanation"];
        let hidden = json!({ "value": null, "unitCost": null });
        let hidden = json!({ "valueDifference": null, "layers": [hidden] });
        assert_eq!(*of, hidden, "{}", reply.body);
        let errors = rows(&reply.body["errors"]);
        assert!(errors.iter().all(|error| error["extensions"]["code"] == "FORBIDDEN"));
    }

    async fn a_list_of_explanations_is_bounded_and_takes_no_more_statements_than_one(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        for number in 0..30 {
            let sku = format!("MANY-{number}");
            shop::variant(&client, &sku, Some("1")).await;
            shop::receive(&client, "MAIN", &[(&sku, "5", "2")]).await;
            let order = shop::order("ANNA", "MAIN", &[(&sku, "2")]);
            client.accept("salesOrderPlace", order, "salesOrder { id }").await;
        }
        let ask = async |first: usize| {
            let query = format!(
                "{{ stockLevels(first: {first}) {{ nodes {{ explanation(first: 2) {{ {DOCUMENTS} \
                 }} }} }} }}"
            );
            let before = server.app().db.statements_sent();
            let data = client.query(&query, json!({})).await;
            assert_eq!(rows(&data["stockLevels"]["nodes"]).len(), first);
            server.app().db.statements_sent() - before
        };
        let (one, many) = (ask(1).await, ask(30).await);
        assert_eq!(one, many, "statements of one explanation and of thirty");
        for first in ["0", "101", "-1"] {
            let query = format!(
                "{{ stockLevels {{ nodes {{ explanation(first: {first}) {{ earlier }} }} }} }}"
            );
            let reply = client.send(&query, json!({})).await;
            let code = &reply.body["errors"][0]["extensions"]["code"];
            assert_eq!(code, "BAD_USER_INPUT", "{}", reply.body);
        }
    }
}
