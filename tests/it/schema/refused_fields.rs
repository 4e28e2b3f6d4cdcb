//! A nullable field that is refused is null, with an error; what is around it is answered.

use std::collections::BTreeSet;

use async_graphql::parser::types::FieldDefinition;
use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use super::{call, fields, fields_of, named, types};
use crate::support::{Client, shop};

fn is_guarded(field: &FieldDefinition) -> bool {
    let description = field.description.as_ref();
    description.is_some_and(|text| text.node.contains("Scope: `costs:read`"))
}

both! {
    async fn a_refused_root_field_leaves_its_neighbours_alone(server: &TestServer) {
        let nobody = server.client_with(&[]).await;
        let query = fields_of(types(), "Query");
        let nullable: Vec<&FieldDefinition> = query
            .iter()
            // The scope of `node` depends on its id; it has tests of its own.
            .filter(|field| field.ty.node.nullable && field.name.node != "node")
            .collect();
        assert!(nullable.len() >= 7, "the fields are found: {}", nullable.len());
        for field in nullable {
            let called = call(field, Vec::new());
            let document = format!("{{ viewer {{ __typename }} it: {called} {{ __typename }} }}");
            let body = nobody.send(&document, Value::Null).await.body;
            assert_eq!(body["data"], json!({ "viewer": { "__typename": "Viewer" }, "it": null }));
            let errors = body["errors"].as_array().map_or(0, Vec::len);
            assert_eq!(errors, 1, "{document}: {body:#}");
            assert_eq!(body["errors"][0]["extensions"]["code"], "FORBIDDEN", "{body:#}");
            assert_eq!(body["errors"][0]["path"], json!(["it"]), "{body:#}");
        }
    }

    async fn a_refused_nullable_field_does_not_take_its_record_with_it(server: &TestServer) {
        let client = server.client();
        every_document(&client).await;

        let others: Vec<Scope> = Scope::ALL
            .iter()
            .copied()
            .filter(|scope| *scope != Scope::CostsRead)
            .collect();
        let clerk = server.client_with(&others).await;
        let mut seen = BTreeSet::new();
        for (name, document) in RECORDS {
            let body = clerk.send(document, Value::Null).await.body;
            refused(name, &body, &mut seen);
        }
        for (field, scope, document) in OTHERS {
            let all = Scope::ALL.iter().copied();
            let others: Vec<Scope> = all.filter(|other| other != scope).collect();
            let body = server.client_with(&others).await.send(document, Value::Null).await.body;
            let record = field.split('.').next().expect("a record and its field");
            let mut other = BTreeSet::new();
            refused(record, &body, &mut other);
            assert_eq!(other, BTreeSet::from([(*field).to_owned()]));
        }
        let guarded: BTreeSet<String> = types()
            .iter()
            .filter(|definition| !ROOTS.contains(&definition.name.node.as_str()))
            // Only payloads lead to those: `lists::pages` tries them.
            .filter(|definition| !definition.name.node.starts_with("Posted"))
            .flat_map(|definition| {
                let guarded = fields(definition)
                    .into_iter()
                    .filter(|field| field.ty.node.nullable && is_guarded(field));
                let name = &definition.name.node;
                guarded
                    .map(|field| format!("{name}.{}", field.name.node))
                    .collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(seen, guarded, "every nullable field with a scope is listed, and no other");
    }
}

/// Makes one document of each kind that has costs.
async fn every_document(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::warehouse(client, "SHOP").await;
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("7.50")).await;
    shop::receive(client, "MAIN", &[("TEA", "10", "3.10")]).await;
    let order = shop::order("ANNA", "MAIN", &[("TEA", "4")]);
    let placed = client
        .accept("salesOrderPlace", order, "salesOrder { id }")
        .await;
    let input = json!({ "salesOrder": { "id": placed["salesOrder"]["id"] } });
    client
        .accept("fulfilmentShip", input.clone(), "fulfilments { id }")
        .await;
    client.accept("invoicePost", input, "invoice { id }").await;
    give_back(client).await;
    let input = json!({
        "warehouse": { "code": "MAIN" },
        "reason": "FOUND",
        "lines": [{ "variant": { "sku": "TEA" }, "change": { "delta": "1" } }],
    });
    client
        .accept("stockAdjust", input, "stockAdjustment { id }")
        .await;
    let input = json!({
        "fromWarehouse": { "code": "MAIN" },
        "toWarehouse": { "code": "SHOP" },
        "lines": [{ "variant": { "sku": "TEA" }, "quantity": "1" }],
    });
    client
        .accept("stockTransferCreate", input, "stockTransfer { id }")
        .await;
}

/// A return of what was shipped.
async fn give_back(client: &Client) {
    let query = "{ salesOrders { nodes { id fulfilments { lines { id } } } } }";
    let orders = client.query(query, json!({})).await;
    let order = &orders["salesOrders"]["nodes"][0];
    let line = json!({ "fulfilmentLine": order["fulfilments"][0]["lines"][0]["id"],
        "quantity": "1", "reason": "DAMAGED" });
    let input = json!({ "salesOrder": { "id": order["id"] }, "lines": [line] });
    client
        .accept("customerReturnRequest", input, "customerReturn { id }")
        .await;
}

const ROOTS: &[&str] = &["Query", "Mutation", "Subscription"];

/// Records with nullable fields that need `costs:read`, and how to come to one.
const RECORDS: &[(&str, &str)] = &[
    (
        "StockLevel",
        "{ stockLevels { nodes { onHand unitCost value { amount } } } }",
    ),
    (
        "StockBalance",
        "{ stockLevels { nodes {
            asOf(date: \"2999-12-31\") { onHand unitCost value { amount } } } } }",
    ),
    (
        "StockFlow",
        "{ stockLevels { nodes { period(firstDay: \"2000-01-01\", lastDay: \"2999-12-31\") {
            total { quantityIn valueIn { amount } valueOut { amount } } } } } }",
    ),
    (
        "StockLevelExplanation",
        "{ stockLevels { nodes { explanation { earlier valueDifference { amount } } } } }",
    ),
    (
        "StockLayer",
        "{ stockLevels { nodes { explanation { layers {
            quantity unitCost value { amount } } } } } }",
    ),
    (
        "GoodsReceiptLine",
        "{ goodsReceipts { nodes { lines { quantity unitCost value { amount }
            reversalDifference { amount } } } } }",
    ),
    (
        "FulfilmentLine",
        "{ salesOrders { nodes { fulfilments { lines { quantity cost { amount } } } } } }",
    ),
    (
        "CustomerReturnLine",
        "{ customerReturns { nodes { lines { quantity cost { amount } } } } }",
    ),
    (
        "StockAdjustmentLine",
        "{ stockAdjustments { nodes { lines {
            delta value { amount } reversedValue { amount } } } } }",
    ),
    (
        "StockTransferLine",
        "{ stockTransfers { nodes { lines { quantity inTransitValue { amount } } } } }",
    ),
    (
        "StockMovement",
        "{ stockMovements(variant: { sku: \"TEA\" }) { nodes { quantity value { amount } } } }",
    ),
];

/// Fields of records that need another scope, and how to come to one.
const OTHERS: &[(&str, Scope, &str)] = &[
    (
        "OpenItem.customer",
        Scope::CustomersRead,
        "{ invoices { nodes { openItems { number customer { code } } } } }",
    ),
    (
        "InvoiceLine.variant",
        Scope::ProductsRead,
        "{ invoices { nodes { lines { description variant { sku } } } } }",
    ),
];

/// Every error is a refusal of a field that is null, beside others of its record that are not.
fn refused(record: &str, body: &Value, seen: &mut BTreeSet<String>) {
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    assert!(
        !errors.is_empty(),
        "{record}: something is refused: {body:#}"
    );
    for error in errors {
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{body:#}");
        let path = error["path"].as_array().expect("an error has a path");
        let (field, parents) = path.split_last().expect("a path is not empty");
        let parent = parents
            .iter()
            .fold(&body["data"], |value, part| match part {
                Value::Number(index) => &value[index.as_u64().expect("a place in a list") as usize],
                name => &value[name.as_str().expect("a name")],
            });
        let field = field.as_str().expect("a field has a name");
        let others = parent
            .as_object()
            .unwrap_or_else(|| panic!("a record: {body:#}"));
        assert!(others[field].is_null(), "{body:#}");
        assert!(others.values().any(|value| !value.is_null()), "{body:#}");
        seen.insert(format!("{record}.{field}"));
    }
}

#[test]
fn the_names_of_wrapped_types_are_found() {
    let query = fields_of(types(), "Query");
    let units = query.iter().find(|field| field.name.node == "units");
    assert_eq!(named(&units.expect("there are units").ty.node), "Unit");
}
