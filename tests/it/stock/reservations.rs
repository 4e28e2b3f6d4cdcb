//! Reservations in a list: who is promised what, and why.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;
use stockroom::platform::clock;

use crate::access::all_but;
use crate::support::{Client, shop};

const FIELDS: &str = "id state kind reserved backordered priority dueOn expiresAt lineId
    variant { sku } warehouse { code } level { available }
    document { __typename ... on SalesOrder { number } ... on StockHold { owner } }";

async fn list(client: &Client, arguments: &str) -> Vec<Value> {
    let query = format!("{{ reservations{arguments} {{ nodes {{ {FIELDS} }} }} }}");
    let mut data = client.query(&query, json!({})).await;
    match data["reservations"]["nodes"].take() {
        Value::Array(nodes) => nodes,
        other => panic!("no list: {other}"),
    }
}

/// Two orders of ANNA and BEN, a hold and a transfer, of ten pieces of TEA in MAIN.
async fn promise_tea(client: &Client) {
    for code in ["MAIN", "SHOP"] {
        shop::warehouse(client, code).await;
    }
    shop::variant(client, "TEA", Some("10")).await;
    shop::receive(client, "MAIN", &[("TEA", "10", "3")]).await;
    for (code, quantity) in [("ANNA", "4"), ("BEN", "9")] {
        shop::customer(client, code).await;
        let mut input = shop::order(code, "MAIN", &[("TEA", quantity)]);
        input["onShortage"] = json!("BACKORDER");
        if code == "ANNA" {
            let hold = json!({ "owner": "cart", "lines": [{ "variant": { "sku": "TEA" },
                "warehouse": { "code": "MAIN" }, "quantity": "1" }],
                "expiresAt": (clock::now().to_utc() + chrono::Days::new(1)).to_rfc3339() });
            client
                .accept("stockHoldCreate", hold, "stockHold { id }")
                .await;
            let transfer = json!({ "fromWarehouse": { "code": "MAIN" },
                "toWarehouse": { "code": "SHOP" },
                "lines": [{ "variant": { "sku": "TEA" }, "quantity": "2" }] });
            client
                .accept("stockTransferCreate", transfer, "stockTransfer { id }")
                .await;
        } else {
            input["priority"] = json!(9);
        }
        client
            .accept("salesOrderPlace", input, "salesOrder { id }")
            .await;
    }
}

/// Kind, reserved and backordered of each.
fn quantities(rows: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let row = |row: &Value| ["kind", "reserved", "backordered"].map(|field| text(&row[field]));
    rows.iter().map(|one| row(one).join(" ")).collect()
}

both! {
    async fn every_promise_is_listed_with_its_document_and_level(server: &TestServer) {
        let client = server.client();
        promise_tea(&client).await;
        let rows = list(&client, "").await;
        let wanted = ["HOLD 1 0", "TRANSFER 2 0", "ORDER 4 0", "ORDER 3 6"];
        assert_eq!(quantities(&rows), wanted);
        let (hold, ben) = (&rows[0], &rows[3]);
        assert_eq!(hold["document"]["owner"], "cart");
        assert!(hold["expiresAt"].is_string() && ben["expiresAt"].is_null(), "{hold} {ben}");
        assert_eq!(ben["document"]["__typename"], "SalesOrder");
        assert_eq!(ben["priority"], 9);
        assert_eq!(ben["level"]["available"], "-6");
        assert_eq!(ben["warehouse"]["code"], "MAIN");
        let query = "query($id: ID!) { node(id: $id) { id ... on Reservation { backordered } } }";
        let found = client.query(query, json!({ "id": ben["id"] })).await;
        assert_eq!(found["node"], json!({ "id": ben["id"], "backordered": "6" }));
    }

    async fn the_list_is_narrowed_by_kind_customer_place_and_state(server: &TestServer) {
        let client = server.client();
        promise_tea(&client).await;
        let counted = async |arguments: &str| list(&client, arguments).await.len();
        assert_eq!(counted("(kind: ORDER)").await, 2);
        assert_eq!(counted("(kind: TRANSFER)").await, 1);
        assert_eq!(counted("(kind: HOLD)").await, 1);
        let of_ben = list(&client, "(customer: { code: \"BEN\" })").await;
        assert_eq!(quantities(&of_ben), ["ORDER 3 6"]);
        assert_eq!(counted("(kind: HOLD, customer: { code: \"BEN\" })").await, 0);
        assert_eq!(counted("(filter: { state: { eq: ACTIVE } })").await, 4);
        assert_eq!(counted("(filter: { state: { eq: RELEASED } })").await, 0);
        let levels = client.query("{ warehouses { nodes { id code } } }", json!({})).await;
        for place in levels["warehouses"]["nodes"].as_array().expect("two") {
            let of_it = format!("(filter: {{ warehouseId: {{ eq: {} }} }})", place["id"]);
            let wanted = if place["code"] == "MAIN" { 4 } else { 0 };
            assert_eq!(counted(&of_it).await, wanted, "{place}");
        }
        let unknown = "{ reservations(customer: { code: \"NOBODY\" }) { nodes { id } } }";
        let reply = client.send(unknown, json!({})).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }

    async fn an_order_that_ends_leaves_its_reservation_as_history(server: &TestServer) {
        let client = server.client();
        promise_tea(&client).await;
        let orders = client.query("{ salesOrders { nodes { id } } }", json!({})).await;
        let of = json!({ "salesOrder": { "id": orders["salesOrders"]["nodes"][0]["id"] } });
        client.accept("salesOrderCancel", of, "salesOrder { id }").await;
        let released = list(&client, "(filter: { state: { eq: RELEASED } })").await;
        assert_eq!(quantities(&released), ["ORDER 0 0"]);
        let of_ben = list(&client, "(customer: { code: \"BEN\" })").await;
        assert_eq!(quantities(&of_ben), ["ORDER 7 2"]);
    }

    async fn who_may_not_see_customers_does_not_learn_what_they_wait_for(server: &TestServer) {
        promise_tea(&server.client()).await;
        let client = server.client_with(&all_but(Scope::CustomersRead)).await;
        assert_eq!(list(&client, "(kind: ORDER)").await.len(), 2);
        let query = "{ reservations(customer: { code: \"BEN\" }) { nodes { id } } }";
        let reply = client.send(query, json!({})).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
        let clerk = server.client_with(&all_but(Scope::SalesOrdersRead)).await;
        let rows = list(&clerk, "(kind: ORDER)").await;
        assert!(rows.iter().all(|row| row["document"].is_null()), "{rows:?}");
    }
}
