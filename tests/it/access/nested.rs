//! Guarded fields below the root: refused by themselves, whatever the way to them.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;
use stockroom::platform::clock;

use super::schema::{Guard, Schema, guard, inner, is_required, name};
use super::{all_but, codes};
use crate::support::{Client, TestServer, shop};

both! {
    async fn every_guarded_field_below_the_root_is_refused_without_its_scope(server: &TestServer) {
        let client = server.client();
        fill(&client).await;
        fill_documents(&client).await;
        let schema = Schema::of(&client).await;
        let (mut tried, mut failures) = (BTreeSet::new(), Vec::new());
        // Payloads alone lead to what was posted: `lists::pages` tries that.
        for of in schema.objects().into_iter().filter(|of| !of.starts_with("Posted")) {
            for field in schema.fields(of) {
                let Guard::Scope(scope) = guard(field) else { continue };
                let place = format!("{of}.{}", name(field));
                let Some(way) = way_to(&schema, of, scope) else {
                    failures.push(format!("{place}: there is no way to it without its scope"));
                    continue;
                };
                let document = document(&schema, &way, field);
                let wrong = refusal(server, &document, field, scope).await;
                failures.extend(wrong.map(|reason| format!("{place}: {reason}\n    {document}")));
                let reply = client.send(&document, json!({})).await;
                if reply.body.get("errors").is_some() {
                    failures.push(format!("{place}, with every scope: {}", reply.body));
                }
                tried.insert(place);
            }
        }
        assert!(failures.is_empty(), "badly guarded:\n{}", failures.join("\n"));
        let known = ["StockLevel.value", "StockLevel.unitCost", "FulfilmentLine.cost",
            "SalesOrder.customer", "SalesOrderLine.variant", "GoodsReceipt.warehouse",
            "StockMovement.value", "StockHoldLine.variant", "StockTransferLine.variant",
            "StockTransferLine.inTransitValue", "StockAdjustmentLine.value",
            "StockAdjustmentLine.reversedValue", "StockCountLine.variant"];
        for place in known {
            assert!(tried.contains(place), "{place} was not tried, only {tried:?}");
        }
    }

    async fn a_cost_that_is_refused_is_null_beside_everything_else(server: &TestServer) {
        fill(&server.client()).await;
        let client = server.client_with(&all_but(Scope::CostsRead)).await;
        let query = "{ stockLevels { nodes { onHand value { amount } unitCost } } }";
        let reply = client.send(query, json!({})).await;
        let level = json!({ "onHand": "9", "value": null, "unitCost": null });
        assert_eq!(reply.body["data"]["stockLevels"]["nodes"], json!([level]), "{}", reply.body);
        assert_eq!(codes(&reply.body), ["FORBIDDEN", "FORBIDDEN"], "{}", reply.body);
    }
}

/// What lists need to be asked for at all.
const ARGUMENTS: [(&str, &str); 4] = [
    (
        "prices",
        "(customer: { code: \"ACME\" }, lines: [{ variant: { sku: \"BOLT\" }, quantity: \"1\" }])",
    ),
    (
        "sourcingPreview",
        "(input: { warehouse: { code: \"MAIN\" }, \
         lines: [{ variant: { sku: \"BOLT\" }, quantity: \"1\" }] })",
    ),
    ("asOf", "(date: \"2999-12-31\")"),
    (
        "period",
        "(firstDay: \"2000-01-01\", lastDay: \"2999-12-31\")",
    ),
];

/// A hold, a transfer, an adjustment and a count.
async fn fill_documents(client: &Client) {
    shop::warehouse(client, "SIDE").await;
    let variant = json!({ "sku": "BOLT" });
    let main = json!({ "code": "MAIN" });
    let hold = json!({
        "owner": "cart 17",
        "expiresAt": (clock::now().to_utc() + chrono::Days::new(1)).to_rfc3339(),
        "lines": [{ "variant": variant, "warehouse": main, "quantity": "1" }],
    });
    client
        .accept("stockHoldCreate", hold, "stockHold { id }")
        .await;
    let transfer = json!({
        "fromWarehouse": main,
        "toWarehouse": { "code": "SIDE" },
        "lines": [{ "variant": variant, "quantity": "1" }],
    });
    client
        .accept("stockTransferCreate", transfer, "stockTransfer { id }")
        .await;
    let adjustment = json!({
        "warehouse": main,
        "reason": "COUNT",
        "lines": [{ "variant": variant, "change": { "delta": "1" } }],
    });
    client
        .accept("stockAdjust", adjustment, "stockAdjustment { id }")
        .await;
    let policy = json!({ "warehouse": main,
        "lines": [{ "variant": variant, "reorderPoint": "1000" }] });
    client
        .accept("stockPolicySet", policy, "warehouse { id }")
        .await;
    let count = json!({ "warehouse": main, "variants": [variant] });
    client
        .accept("stockCountCreate", count, "stockCount { id }")
        .await;
    bill(client).await;
    fill_purchases(client).await;
    fill_returns(client).await;
}

/// A return of what was shipped and billed, credited and replaced by another order.
async fn fill_returns(client: &Client) {
    let query = "{ salesOrders { nodes { id fulfilments { lines { id } } } } }";
    let orders = client.query(query, json!({})).await;
    let order = &orders["salesOrders"]["nodes"][0];
    let line = json!({ "fulfilmentLine": order["fulfilments"][0]["lines"][0]["id"],
        "quantity": "1", "reason": "DAMAGED" });
    let input = json!({ "salesOrder": { "id": order["id"] }, "lines": [line] });
    let selection = "customerReturn { id }";
    let made = client
        .accept("customerReturnRequest", input, selection)
        .await;
    let other = shop::order("ACME", "MAIN", &[("BOLT", "1")]);
    let other = client
        .accept("salesOrderPlace", other, "salesOrder { id }")
        .await;
    let mut of = json!({ "customerReturn": { "id": made["customerReturn"]["id"] } });
    for step in ["Approve", "Receive", "Inspect"] {
        let step = format!("customerReturn{step}");
        client.accept(&step, of.clone(), selection).await;
    }
    of["settlement"] = json!("REPLACEMENT");
    of["replacement"] = json!({ "id": other["salesOrder"]["id"] });
    client.accept("customerReturnClose", of, selection).await;
}

/// An invoice over what was shipped, a part of it credited, a part of it paid.
async fn bill(client: &Client) {
    let orders = client
        .query("{ salesOrders { nodes { id } } }", json!({}))
        .await;
    let input = json!({ "salesOrder": { "id": orders["salesOrders"]["nodes"][0]["id"] } });
    let selection = "invoice { id lines { id } }";
    let made = client.accept("invoicePost", input, selection).await;
    let line = &made["invoice"]["lines"][0]["id"];
    let note = json!({ "invoice": { "id": made["invoice"]["id"] }, "reason": "torn",
        "lines": [{ "line": line, "amount": "0.5" }] });
    client
        .accept("creditNotePost", note, "creditNote { id }")
        .await;
    let payment = json!({ "customer": { "code": "ACME" }, "amount": "1" });
    client
        .accept("paymentPost", payment, "payment { id }")
        .await;
}

/// A supplier item, and an order by it of which something came in.
async fn fill_purchases(client: &Client) {
    shop::supplier(client, "MILL").await;
    let (supplier, variant) = (json!({ "code": "MILL" }), json!({ "sku": "BOLT" }));
    let item = json!({ "supplier": supplier, "variant": variant, "prices": [{ "unitPrice": 1 }] });
    client
        .accept("supplierItemCreate", item, "supplierItem { id }")
        .await;
    let order = json!({
        "supplier": supplier,
        "warehouse": { "code": "MAIN" },
        "lines": [{ "variant": variant, "quantity": "2" }],
    });
    let selection = "purchaseOrder { id lines { id } }";
    let made = client.accept("purchaseOrderCreate", order, selection).await;
    let mut of = json!({ "purchaseOrder": { "id": made["purchaseOrder"]["id"] } });
    for step in ["purchaseOrderSubmit", "purchaseOrderSend"] {
        client
            .accept(step, of.clone(), "purchaseOrder { id }")
            .await;
    }
    let line = &made["purchaseOrder"]["lines"][0]["id"];
    of["lines"] = json!([{ "line": line, "accepted": "1" }]);
    client
        .accept("purchaseOrderReceive", of, "goodsReceipt { id }")
        .await;
}

/// A receipt, an order and a fulfilment of it, with everything that they refer to.
async fn fill(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ACME").await;
    shop::variant(client, "BOLT", Some("2")).await;
    shop::receive(client, "MAIN", &[("BOLT", "10", "1.25")]).await;
    price(client).await;
    let order = shop::order("ACME", "MAIN", &[("BOLT", "1")]);
    let made = client
        .accept("salesOrderPlace", order, "salesOrder { id }")
        .await;
    let input = json!({ "salesOrder": { "id": made["salesOrder"]["id"] } });
    client
        .accept("fulfilmentShip", input, "salesOrder { id }")
        .await;
}

/// A price list of a customer and of its group.
async fn price(client: &Client) {
    let list = json!({ "code": "TRADE", "name": "Trade", "currency": "EUR" });
    client
        .accept("priceListCreate", list, "priceList { id }")
        .await;
    let by = json!({ "code": "TRADE" });
    let item = json!({ "variant": { "sku": "BOLT" }, "unitPrice": "2", "validFrom": "2020-01-01" });
    let items = json!({ "priceList": by, "items": [item] });
    client
        .accept("priceListItemsSet", items, "priceList { id }")
        .await;
    let group = json!({ "code": "SHOPS", "name": "Shops", "priceList": by });
    client
        .accept("customerGroupCreate", group, "customerGroup { id }")
        .await;
    let customer = json!({ "customer": { "code": "ACME" }, "priceList": by });
    client
        .accept("customerUpdate", customer, "customer { id }")
        .await;
}

/// The fields that lead from a query to a type, none of them guarded by this scope.
fn way_to<'s>(schema: &'s Schema, wanted: &str, scope: Scope) -> Option<Vec<&'s str>> {
    let mut seen = BTreeSet::new();
    let mut ways: VecDeque<(Vec<&str>, &str)> = VecDeque::new();
    let step = |field: &'s Value| {
        let is_known = ARGUMENTS.iter().any(|(known, _)| *known == name(field));
        let args = field["args"].as_array().into_iter().flatten();
        let needs = !is_known && args.into_iter().any(is_required);
        let open = guard(field) != Guard::Scope(scope) && !needs;
        open.then(|| (name(field), inner(&field["type"])))
    };
    ways.extend(
        schema
            .root("query")
            .into_iter()
            .filter_map(step)
            .map(|(name, to)| (vec![name], to)),
    );
    while let Some((way, at)) = ways.pop_front() {
        if at == wanted {
            return Some(way);
        }
        if !seen.insert(at) {
            continue;
        }
        for (name, to) in schema.fields(at).into_iter().filter_map(step) {
            ways.push_back(([way.as_slice(), &[name]].concat(), to));
        }
    }
    None
}

fn document(schema: &Schema, way: &[&str], field: &Value) -> String {
    let asked = format!("{} {}", name(field), schema.selection(field));
    let given = |step: &str| {
        let known = ARGUMENTS.iter().find(|(known, _)| *known == step);
        known.map_or("", |(_, given)| *given)
    };
    let inside = way.iter().rev().fold(asked, |inside, step| {
        format!("{step}{} {{ {inside} }}", given(step))
    });
    format!("{{ {inside} }}")
}

/// What is wrong with the answer to a caller with every other scope.
async fn refusal(
    server: &TestServer,
    document: &str,
    field: &Value,
    scope: Scope,
) -> Option<String> {
    let client = server.client_with(&all_but(scope)).await;
    let reply = client.send(document, json!({})).await;
    let told = codes(&reply.body);
    if told.is_empty() || told.iter().any(|code| code != "FORBIDDEN") {
        return Some(format!("without {}: {}", scope.as_str(), reply.body));
    }
    let may_be_null = field["type"]["kind"] != "NON_NULL";
    let path = reply.body["errors"][0]["path"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let value = path
        .iter()
        .try_fold(&reply.body["data"], |at, step| match step {
            Value::String(name) => at.get(name),
            index => at.get(usize::try_from(index.as_u64()?).ok()?),
        });
    // A field that may be null is null in a parent that is there; else a parent is null.
    (may_be_null && value != Some(&Value::Null))
        .then(|| format!("its parent is gone: {}", reply.body))
}
