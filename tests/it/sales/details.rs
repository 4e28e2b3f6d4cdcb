//! What an order says beside its lines, and what is only tried.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{level, of, open_shop, placed, step};
use crate::support::shop;

const ADDRESSES: &str = "salesOrder { id version shippingAddress { street city country }
    billingAddress { street city country } metadata }";

/// What an order may be given or not, in every combination.
fn given(number: u8) -> Value {
    let some = |bit: u8, value: Value| {
        if number >> bit & 1 == 1 {
            value
        } else {
            Value::Null
        }
    };
    json!({
        "customerReference": format!("ref {number:02}"),
        "note": some(0, json!(format!("note, {number}; \"{{\\ü"))),
        "externalId": some(1, json!(format!("shop-{number}"))),
        "requestedDeliveryDate": some(2, json!("2031-05-06")),
        "metadata": if number >> 3 & 1 == 1 { json!({ "a": [number, null] }) } else { json!({}) },
        "shippingAddress":
            some(4, json!({ "street": format!("Dock {number}"), "city": "Wien", "country": "AT" })),
    })
}

both! {
    async fn an_order_goes_where_its_customer_is_unless_it_says_otherwise(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let address = |purpose: &str, street: &str| json!({
            "purpose": purpose, "street": street, "city": "Wien", "country": "AT",
        });
        let addresses = json!([address("OTHER", "Lane 1"), address("SHIPPING", "Dock 2")]);
        let anna = json!({ "customer": { "code": "ANNA" }, "addresses": addresses });
        client.accept("customerUpdate", anna, "customer { id }").await;
        let input = shop::order("ANNA", "MAIN", &[("BOLT", "1")]);
        let made = client.accept("salesOrderPlace", input.clone(), ADDRESSES).await;
        let at = |street: &str| json!({ "street": street, "city": "Wien", "country": "AT" });
        assert_eq!(made["salesOrder"]["shippingAddress"], at("Dock 2"));
        assert_eq!(made["salesOrder"]["billingAddress"], at("Lane 1"));
        let mut told = input.clone();
        told["shippingAddress"] = at("Site 9");
        let other = client.accept("salesOrderCreate", told, ADDRESSES).await;
        assert_eq!(other["salesOrder"]["shippingAddress"], at("Site 9"));
        assert_eq!(other["salesOrder"]["billingAddress"], at("Lane 1"));
        let gone = json!({ "customer": { "code": "ANNA" }, "addresses": [] });
        client.accept("customerUpdate", gone, "customer { id }").await;
        let read = of(&made["salesOrder"], json!({ "note": "as it was" }));
        let read = client.accept("salesOrderUpdate", read, ADDRESSES).await;
        assert_eq!(read["salesOrder"]["shippingAddress"], at("Dock 2"), "as it was written");
        let none = client.accept("salesOrderPlace", input, ADDRESSES).await;
        assert_eq!(none["salesOrder"]["shippingAddress"], Value::Null);
    }

    async fn orders_placed_at_once_keep_what_each_was_given(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "1000")]).await;
        let given: Vec<Value> = (0..60).map(given).collect();
        let placing = given.iter().map(|order| {
            let mut input = shop::order("ANNA", "MAIN", &[("BOLT", "1")]);
            for (name, value) in order.as_object().into_iter().flatten() {
                input[name] = value.clone();
            }
            client.accept("salesOrderPlace", input, "salesOrder { id }")
        });
        join_all(placing).await;
        let query = "{ salesOrders(first: 100) { nodes { customerReference note externalId
            requestedDeliveryDate metadata shippingAddress { street city country } } } }";
        let mut found = client.query(query, json!({})).await["salesOrders"]["nodes"].take();
        let found = found.as_array_mut().expect("a list");
        let number = |order: &Value| order["customerReference"].as_str().map(str::to_owned);
        found.sort_by_key(|order| number(order));
        assert_eq!(*found, given);
    }

    async fn orders_are_found_by_what_partners_keep_beside_them(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let mut input = shop::order("ANNA", "MAIN", &[("BOLT", "1")]);
        input["metadata"] = json!({ "route": 7 });
        let made = client.accept("salesOrderPlace", input.clone(), ADDRESSES).await;
        assert_eq!(made["salesOrder"]["metadata"], json!({ "route": 7 }));
        input["metadata"] = json!({ "route": 8 });
        client.accept("salesOrderCreate", input, ADDRESSES).await;
        let count = async |route: &str| {
            let query = "query($route: String!) { salesOrders(filter: {
                metadata: { key: \"route\", value: $route } }) { totalCount } }";
            client.query(query, json!({ "route": route })).await["salesOrders"]["totalCount"].take()
        };
        assert_eq!((count("7").await, count("8").await), (json!(1), json!(1)));
        let change = of(&made["salesOrder"], json!({ "metadata": { "route": 8 } }));
        let changed = client.accept("salesOrderUpdate", change, ADDRESSES).await;
        assert_eq!(changed["salesOrder"]["metadata"], json!({ "route": 8 }));
        assert_eq!((count("7").await, count("8").await), (json!(0), json!(2)));
        let product = json!({ "name": "Saw", "metadata": { "shelf": "A3" },
            "variants": [{ "sku": "SAW", "metadata": { "colour": "red" } }] });
        let selection = "product { id metadata variants { metadata } }";
        let made = client.accept("productCreate", product, selection).await;
        assert_eq!(made["product"]["metadata"], json!({ "shelf": "A3" }));
        let query = "{ products(filter: { metadata: { key: \"shelf\", value: \"A3\" } }) {
            totalCount }
            productVariants(filter: { metadata: { key: \"colour\", value: \"red\" } }) {
            totalCount } }";
        let found = client.query(query, json!({})).await;
        assert_eq!(found["products"]["totalCount"], 1);
        assert_eq!(found["productVariants"]["totalCount"], 1);
    }

    async fn what_is_only_tried_tells_what_it_would_post_and_changes_nothing(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let posted = "posted { movements { quantity fromPlace } commitments { reserved } }";
        let mut input = shop::order("ANNA", "MAIN", &[("BOLT", "4")]);
        input["dryRun"] = json!(true);
        let selection = format!("salesOrder {{ id }} {posted}");
        let tried = client.accept("salesOrderPlace", input, &selection).await;
        assert_eq!(tried["salesOrder"], Value::Null);
        assert_eq!(tried["posted"]["commitments"], json!([{ "reserved": "4" }]), "{tried}");
        assert_eq!(level(&client, "BOLT").await[1], "0");
        let order = placed(&client, &[("BOLT", "4")], "REJECT").await;
        let tried = of(&order, json!({ "dryRun": true }));
        for mutation in ["salesOrderCancel", "salesOrderClose"] {
            let payload = client.accept(mutation, tried.clone(), &selection).await;
            let given_up = json!([{ "reserved": "-4" }]);
            assert_eq!(payload["posted"]["commitments"], given_up, "{payload}");
        }
        let selection = format!("fulfilments {{ id }} salesOrder {{ id }} {posted}");
        let payload = client.accept("fulfilmentShip", tried.clone(), &selection).await;
        assert_eq!(payload["fulfilments"], json!([]));
        let movement = json!([{ "quantity": "4", "fromPlace": "SELLABLE" }]);
        assert_eq!(payload["posted"]["movements"], movement, "{payload}");
        assert_eq!(level(&client, "BOLT").await, ["10", "4", "0"]);
        let shipped = client.accept("fulfilmentShip", of(&order, json!({})), &selection).await;
        assert_eq!(shipped["posted"]["movements"], movement, "{shipped}");
        let closed = step(&client, "salesOrderClose", &order, json!({ "dryRun": true })).await;
        assert_eq!(closed, Value::Null);
    }
}
