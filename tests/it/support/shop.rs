//! Small builders by way of the API.

use serde_json::{Value, json};

use super::client::Client;

/// Creates a warehouse; its id.
pub async fn warehouse(client: &Client, code: &str) -> String {
    let input = json!({ "code": code, "name": format!("Warehouse {code}") });
    let payload = client
        .accept("warehouseCreate", input, "warehouse { id }")
        .await;
    id(&payload["warehouse"])
}

/// Creates a customer; its id.
pub async fn customer(client: &Client, code: &str) -> String {
    let input = json!({ "code": code, "name": format!("Customer {code}") });
    let payload = client
        .accept("customerCreate", input, "customer { id }")
        .await;
    id(&payload["customer"])
}

/// Creates a supplier, who is paid in the company's currency; its id.
pub async fn supplier(client: &Client, code: &str) -> String {
    let input = json!({ "code": code, "name": format!("Supplier {code}") });
    let payload = client
        .accept("supplierCreate", input, "supplier { id }")
        .await;
    id(&payload["supplier"])
}

/// Creates a product with one variant, counted in pieces; the variant's id.
pub async fn variant(client: &Client, sku: &str, price: Option<&str>) -> String {
    let variants = json!([{ "sku": sku, "price": price }]);
    let input = json!({ "name": format!("Product {sku}"), "variants": variants });
    let payload = client
        .accept("productCreate", input, "product { variants { id } }")
        .await;
    id(&payload["product"]["variants"][0])
}

/// Posts a goods receipt of SKU, quantity and unit cost.
pub async fn receive(client: &Client, warehouse_code: &str, lines: &[(&str, &str, &str)]) {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(sku, quantity, unit_cost)| {
            json!({ "variant": { "sku": sku }, "quantity": quantity, "unitCost": unit_cost })
        })
        .collect();
    let input = json!({ "warehouse": { "code": warehouse_code }, "lines": lines });
    client
        .accept("goodsReceiptPost", input, "goodsReceipt { id }")
        .await;
}

/// The level of a variant in a warehouse; null when it never was there.
pub async fn level(client: &Client, sku: &str, warehouse_code: &str) -> Value {
    let query = "query($sku: String!, $code: String!) { \
         stockLevel(variant: { sku: $sku }, warehouse: { code: $code }) { \
         onHand sellable reserved backordered available incoming value { amount } version } }";
    let variables = json!({ "sku": sku, "code": warehouse_code });
    let mut data = client.query(query, variables).await;
    data["stockLevel"].take()
}

/// The input of `salesOrderPlace` for SKUs and quantities.
pub fn order(customer_code: &str, warehouse_code: &str, lines: &[(&str, &str)]) -> Value {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(sku, quantity)| json!({ "variant": { "sku": sku }, "quantity": quantity }))
        .collect();
    json!({
        "customer": { "code": customer_code },
        "warehouse": { "code": warehouse_code },
        "lines": lines,
    })
}

fn id(record: &Value) -> String {
    record["id"]
        .as_str()
        .unwrap_or_else(|| panic!("a record with an id, not {record}"))
        .to_owned()
}
