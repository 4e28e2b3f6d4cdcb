//! Suppliers, their offers, and orders to them, in the shop that bad inputs are tried on. All
//! orders are of `PIPE`, which nothing else is about, into SIDE.

use entity::vocab::{GoodsReceiptId, PurchaseOrderId, PurchaseOrderLineId, SupplierItemId};
use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use super::world::text;
use crate::support::{Client, TestServer, shop};

/// An order of 10 `PIPE` and its line.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The id of its line.
    pub line: String,
}

/// Ids of the right form that nothing has.
pub struct UnknownPurchases {
    pub item: String,
    pub order: String,
    pub line: String,
    pub receipt: String,
}

/// The supplier `YARD` (paid in USD), beside `MILL` and the archived `SHUT`; items of MILL for
/// `WIRE`
/// (external id `offered`), `TUBE` (`archivable`) and `ROPE` (archived, `withdrawn`).
pub struct Purchases {
    pub unknown: UnknownPurchases,
    /// A draft, with the external id `ordered`.
    pub draft: Purchase,
    /// A draft to be changed by the baseline; and so on.
    pub updatable: Purchase,
    pub deletable: Purchase,
    pub submittable: Purchase,
    /// A draft of fewer `WIRE` than the supplier sells.
    pub below: Purchase,
    pub sendable: Purchase,
    pub sent: Purchase,
    pub confirmable: Purchase,
    pub receivable: Purchase,
    pub cancellable: Purchase,
    pub closable: Purchase,
    pub closed: Purchase,
    pub cancelled: Purchase,
    /// With a receipt of 4.
    pub partly: Purchase,
    /// Waits for approval, written by who calls.
    pub pending: Purchase,
    pub approvable: Purchase,
    pub rejectable: Purchase,
    /// Receipts: to be reversed by the baseline, reversed, of goods that are gone.
    pub reversible: String,
    pub reversed: String,
    pub sold: String,
}

impl Purchases {
    /// Makes them through the API.
    pub async fn make(server: &TestServer) -> Self {
        let client = server.client();
        let client = &client;
        masters(client).await;
        let partly = sent(client, "partly").await;
        let reversible = receive(client, &partly, "4").await;
        let cancelled = draft(client, "given up", "PIPE", "10").await;
        step(client, "Cancel", &cancelled).await;
        let closed = sent(client, "closed-po").await;
        step(client, "Close", &closed).await;
        let sendable = draft(client, "sendable", "PIPE", "10").await;
        step(client, "Submit", &sendable).await;
        let (reversed, sold) = receipts(client).await;
        let mut made = Self {
            unknown: UnknownPurchases::make(),
            draft: draft(client, "ordered", "PIPE", "10").await,
            updatable: draft(client, "updatable", "PIPE", "10").await,
            deletable: draft(client, "deletable", "PIPE", "10").await,
            submittable: draft(client, "submittable", "PIPE", "10").await,
            below: draft(client, "below", "WIRE", "1").await,
            sent: sent(client, "sent-po").await,
            confirmable: sent(client, "confirmable").await,
            receivable: sent(client, "receivable").await,
            cancellable: sent(client, "cancellable-po").await,
            closable: sent(client, "closable").await,
            pending: draft(client, "pending", "PIPE", "10").await,
            approvable: draft(client, "approvable", "PIPE", "10").await,
            rejectable: draft(client, "rejectable", "PIPE", "10").await,
            sendable,
            closed,
            cancelled,
            partly,
            reversible,
            reversed,
            sold,
        };
        made.submit(server).await;
        made
    }

    /// Orders from 5 on are approved by somebody else than their author.
    async fn submit(&mut self, server: &TestServer) {
        let client = server.client();
        let tiers = json!({ "tiers": [{ "fromAmount": "5" }] });
        let settings = "companySettings { overReceiptTolerance }";
        client
            .accept("purchaseApprovalTiersSet", tiers, settings)
            .await;
        step(&client, "Submit", &self.pending).await;
        let writer = server.client_with(Scope::ALL).await;
        for order in [&mut self.approvable, &mut self.rejectable] {
            step(&client, "Delete", order).await;
            *order = draft(
                &writer,
                &format!("of-writer-{}", order.number),
                "PIPE",
                "10",
            )
            .await;
            step(&writer, "Submit", order).await;
        }
    }
}

impl UnknownPurchases {
    fn make() -> Self {
        Self {
            item: SupplierItemId::generate().to_string(),
            order: PurchaseOrderId::generate().to_string(),
            line: PurchaseOrderLineId::generate().to_string(),
            receipt: GoodsReceiptId::generate().to_string(),
        }
    }
}

async fn masters(client: &Client) {
    let yard = json!({ "code": "YARD", "name": "YARD", "currency": "USD" });
    client
        .accept("supplierCreate", yard, "supplier { id }")
        .await;
    for sku in ["PIPE", "WIRE", "TUBE", "ROPE"] {
        shop::variant(client, sku, None).await;
    }
    for (sku, external_id) in [
        ("WIRE", "offered"),
        ("TUBE", "archivable"),
        ("ROPE", "withdrawn"),
    ] {
        let input = json!({
            "supplier": { "code": "MILL" }, "variant": { "sku": sku }, "externalId": external_id,
            "minimumQuantity": "5", "prices": [{ "minimumQuantity": "100", "unitPrice": "1" }],
        });
        client
            .accept("supplierItemCreate", input, "supplierItem { id }")
            .await;
    }
    let gone = json!({ "supplierItem": { "externalId": "withdrawn" } });
    client
        .accept("supplierItemArchive", gone, "supplierItem { id }")
        .await;
}

async fn draft(client: &Client, external_id: &str, sku: &str, quantity: &str) -> Purchase {
    let line = json!({ "variant": { "sku": sku }, "quantity": quantity, "unitPrice": "1.5" });
    let input = json!({
        "supplier": { "code": "MILL" }, "warehouse": { "code": "SIDE" }, "lines": [line],
        "externalId": external_id,
    });
    let selection = "purchaseOrder { id number lines { id } }";
    let made = client.accept("purchaseOrderCreate", input, selection).await;
    Purchase {
        id: text(&made, "/purchaseOrder/id"),
        number: text(&made, "/purchaseOrder/number"),
        line: text(&made, "/purchaseOrder/lines/0/id"),
    }
}

async fn step(client: &Client, step: &str, order: &Purchase) {
    let input = json!({ "purchaseOrder": { "id": order.id } });
    let name = format!("purchaseOrder{step}");
    client.accept(&name, input, "purchaseOrder { id }").await;
}

async fn sent(client: &Client, external_id: &str) -> Purchase {
    let order = draft(client, external_id, "PIPE", "10").await;
    step(client, "Submit", &order).await;
    step(client, "Send", &order).await;
    order
}

/// The id of the receipt.
async fn receive(client: &Client, order: &Purchase, accepted: &str) -> String {
    let line = json!({ "line": order.line, "accepted": accepted });
    let input = json!({ "purchaseOrder": { "id": order.id }, "lines": [line] });
    let made = client
        .accept("purchaseOrderReceive", input, "goodsReceipt { id }")
        .await;
    text(&made, "/goodsReceipt/id")
}

async fn post(client: &Client, sku: &str) -> Value {
    let line = json!({ "variant": { "sku": sku }, "quantity": "5", "unitCost": "1" });
    let input = json!({ "warehouse": { "code": "SIDE" }, "lines": [line] });
    let selection = "goodsReceipt { id }";
    client.accept("goodsReceiptPost", input, selection).await["goodsReceipt"]["id"].take()
}

/// A receipt that was reversed, and one whose goods are gone.
async fn receipts(client: &Client) -> (String, String) {
    let (reversed, sold) = (post(client, "TUBE").await, post(client, "ROPE").await);
    let input = json!({ "goodsReceipt": { "id": reversed }, "reason": "counted twice" });
    client
        .accept("goodsReceiptReverse", input, "goodsReceipt { id }")
        .await;
    let line = json!({ "variant": { "sku": "ROPE" }, "change": { "delta": "-2" } });
    let input = json!({ "warehouse": { "code": "SIDE" }, "reason": "LOSS", "lines": [line] });
    client
        .accept("stockAdjust", input, "stockAdjustment { id }")
        .await;
    let id = |value: &Value| value.as_str().expect("an id").to_owned();
    (id(&reversed), id(&sold))
}
