//! Supplier items: prices by quantity, minimum and multiple, the preferred one.

use serde_json::{Value, json};

use super::{ORDER, of, open_shop, order, refused, step};
use crate::support::{Client, shop};

const ITEM: &str = "supplierItem { id isPreferred supplierSku minimumQuantity orderMultiple \
    leadTimeDays version prices { minimumQuantity unitPrice } }";

async fn offer(client: &Client, more: Value) -> Value {
    let mut input = json!({
        "supplier": { "code": "MILL" },
        "variant": { "sku": "TEA" },
        "prices": [
            { "unitPrice": "4" },
            { "minimumQuantity": "100", "unitPrice": "3" },
            { "minimumQuantity": "10", "unitPrice": "3.5" },
        ],
    });
    if let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) {
        input.extend(more);
    }
    client.accept("supplierItemCreate", input, ITEM).await["supplierItem"].take()
}

/// What the unit price becomes of an order that names none.
async fn price_of(client: &Client, quantity: &str) -> Value {
    let mut input = order(&[("TEA", quantity, "0")]);
    input["lines"][0]
        .as_object_mut()
        .expect("a line")
        .remove("unitPrice");
    let payload = client.accept("purchaseOrderCreate", input, ORDER).await;
    payload["purchaseOrder"]["lines"][0]["unitPrice"].clone()
}

both! {
    async fn the_highest_quantity_that_is_reached_gives_the_price(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        offer(&client, json!({})).await;
        assert_eq!(price_of(&client, "1").await, "4");
        assert_eq!(price_of(&client, "9").await, "4");
        assert_eq!(price_of(&client, "10").await, "3.5");
        assert_eq!(price_of(&client, "100").await, "3");
        let mut input = order(&[("CUP", "1", "0")]);
        input["lines"][0].as_object_mut().expect("a line").remove("unitPrice");
        let errors = refused(&client, "purchaseOrderCreate", input).await;
        assert_eq!(errors[0]["path"], json!(["input", "lines", "0", "unitPrice"]), "{errors}");
    }

    async fn minimum_and_multiple_are_held_on_submitting_unless_told_otherwise(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        offer(&client, json!({ "minimumQuantity": "20", "orderMultiple": "6" })).await;
        for (quantity, word) in [("19", "minimum"), ("25", "multiple")] {
            let lines = order(&[("TEA", quantity, "4")]);
            let made = client.accept("purchaseOrderCreate", lines, ORDER).await;
            let made = &made["purchaseOrder"];
            let errors = refused(&client, "purchaseOrderSubmit", of(made)).await;
            let message = errors[0]["message"].as_str().expect("a message");
            assert!(message.contains(word), "{message}");
            let mut input = of(made);
            input["ignoreMinimums"] = json!(true);
            client.accept("purchaseOrderSubmit", input, ORDER).await;
        }
        let lines = order(&[("TEA", "24", "4")]);
        let made = client.accept("purchaseOrderCreate", lines, ORDER).await;
        step(&client, "Submit", &made["purchaseOrder"]).await;
    }

    async fn one_item_of_a_variant_is_preferred_and_a_pair_is_offered_once(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::supplier(&client, "YARD").await;
        let first = offer(&client, json!({ "isPreferred": true })).await;
        assert_eq!(first["isPreferred"], true);
        let yard = json!({ "supplier": { "code": "YARD" }, "isPreferred": true });
        let second = offer(&client, yard.clone()).await;
        let query = "query($id: ID!) { supplierItem(by: { id: $id }) { isPreferred version } }";
        let now = client.query(query, json!({ "id": first["id"] })).await;
        assert_eq!(now["supplierItem"], json!({ "isPreferred": false, "version": 2 }));
        let again = json!({
            "supplierItem": { "id": first["id"] }, "isPreferred": true, "expectedVersion": 2,
            "prices": [{ "unitPrice": "5" }], "leadTimeDays": 9,
        });
        let changed = client.accept("supplierItemUpdate", again.clone(), ITEM).await;
        assert_eq!(changed["supplierItem"]["isPreferred"], true);
        assert_eq!(changed["supplierItem"]["prices"].as_array().map(Vec::len), Some(1));
        let now = client.query(query, json!({ "id": second["id"] })).await;
        assert_eq!(now["supplierItem"]["isPreferred"], false);
        let stale = client.mutate("supplierItemUpdate", again, ITEM).await;
        assert_eq!(stale["errors"][0]["path"], json!(["input", "expectedVersion"]));
        let mut twice = yard;
        twice["variant"] = json!({ "sku": "TEA" });
        let taken = client.mutate("supplierItemCreate", twice, ITEM).await;
        assert_eq!(taken["errors"][0]["existing"], second["id"], "{taken}");
        let archive = json!({ "supplierItem": { "id": first["id"] } });
        client.accept("supplierItemArchive", archive, "supplierItem { status }").await;
        let data = client
            .query(
                "{ productVariant(by: { sku: \"TEA\" }) { supplierItems { status isPreferred } } }",
                json!({}),
            )
            .await;
        let archived = json!({ "status": "ARCHIVED", "isPreferred": false });
        assert_eq!(data["productVariant"]["supplierItems"][0], archived, "{data}");
    }
}
