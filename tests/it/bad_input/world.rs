//! The shop that bad inputs are tried on: one record of every kind that a rule looks at.

use std::collections::BTreeMap;

use entity::vocab::{
    ApiTokenId, CustomerGroupId, CustomerId, PaymentTermsId, ProductVariantId, SalesOrderId,
    SalesOrderLineId, StockAdjustmentId, StockHoldId, StockHoldLineId, StockTransferId,
    StockTransferLineId, SupplierId, UserId, WarehouseId,
};
use serde_json::{Value, json};

use super::counts::Counting;
use super::documents::{Adjustments, Holds, Transfers};
use super::money::Money;
use super::purchases::Purchases;
use super::returns::Returning;
use super::shelf::Selling;
use super::users::People;
use crate::support::people::{self, PASSWORD};
use crate::support::{Client, TestServer};

/// A key that was used for making the first warehouse.
pub const USED_KEY: &str = "used for a warehouse";

/// An order and its first line.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The id of its first line.
    pub line: String,
}

/// Ids of the right form that nothing has.
pub struct Unknown {
    pub token: String,
    pub user: String,
    pub variant: String,
    pub warehouse: String,
    pub customer: String,
    pub supplier: String,
    pub customer_group: String,
    pub payment_terms: String,
    pub order: String,
    pub order_line: String,
    pub hold: String,
    pub hold_line: String,
    pub transfer: String,
    pub transfer_line: String,
    pub adjustment: String,
}

/// Everything that rows refer to beside codes: `MAIN`, `SIDE` and the archived `OLD` warehouse;
/// `BOLT` (10,000 pieces in MAIN), `SALT` (kilograms), `BARE` (no price), `GRAVEL` (9·10¹¹ in
/// MAIN), `SAND` (as much waited for), `IRON` (5 promised to a transfer, 3 there), the archived
/// `GONE`, and `ENDING`, archived while a hold keeps 1 of it; customers `ACME` and archived `LEFT`.
/// Each has its code in lower case as external id.
pub struct World {
    pub unknown: Unknown,
    /// With 2,000 pieces reserved.
    pub open: Order,
    /// With nothing but a backorder.
    pub waiting: Order,
    pub cancelled: Order,
    pub partial: Order,
    pub shipped: Order,
    /// To be cancelled by the baseline.
    pub cancellable: Order,
    /// To be revoked by the baseline.
    pub token: String,
    pub revoked: String,
    /// Who calls a mutation that is for users who are signed in: their access tokens.
    pub callers: BTreeMap<&'static str, String>,
    pub people: People,
    pub holds: Holds,
    pub transfers: Transfers,
    pub adjustments: Adjustments,
    pub counting: Counting,
    pub money: Money,
    pub purchases: Purchases,
    pub selling: Selling,
    pub returning: Returning,
}

impl World {
    /// Makes it, through the API alone.
    pub async fn make(server: &TestServer) -> Self {
        let client = server.client();
        masters(&client).await;
        products(&client).await;
        stock(&client).await;
        let world = Self {
            unknown: Unknown::make(),
            open: order(&client, "open", "BOLT", "2000").await,
            waiting: order(&client, "waiting", "SAND", "900000000000").await,
            cancelled: cancelled(&client).await,
            partial: shipped(&client, "partial", "3").await,
            shipped: shipped(&client, "shipped", "5").await,
            cancellable: order(&client, "cancellable", "BOLT", "5").await,
            token: token(&client, "to be revoked").await,
            revoked: revoked(&client).await,
            callers: callers(server).await,
            people: People::make(server).await,
            holds: Holds::make(&client).await,
            transfers: Transfers::make(&client).await,
            adjustments: Adjustments::make(&client).await,
            counting: Counting::make(&client).await,
            money: Money::make(&client).await,
            purchases: Purchases::make(server).await,
            selling: Selling::make(&client).await,
            returning: Returning::make(&client).await,
        };
        // A period that ended before anything happened here.
        let through = json!({ "through": "1990-12-31" });
        client
            .accept("periodLock", through, "accountingPeriod { reason }")
            .await;
        world
    }
}

impl Unknown {
    fn make() -> Self {
        Self {
            token: ApiTokenId::generate().to_string(),
            user: UserId::generate().to_string(),
            variant: ProductVariantId::generate().to_string(),
            warehouse: WarehouseId::generate().to_string(),
            customer: CustomerId::generate().to_string(),
            supplier: SupplierId::generate().to_string(),
            customer_group: CustomerGroupId::generate().to_string(),
            payment_terms: PaymentTermsId::generate().to_string(),
            order: SalesOrderId::generate().to_string(),
            order_line: SalesOrderLineId::generate().to_string(),
            hold: StockHoldId::generate().to_string(),
            hold_line: StockHoldLineId::generate().to_string(),
            transfer: StockTransferId::generate().to_string(),
            transfer_line: StockTransferLineId::generate().to_string(),
            adjustment: StockAdjustmentId::generate().to_string(),
        }
    }
}

/// A text that the answer has at this pointer.
pub fn text(answer: &Value, pointer: &str) -> String {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no text at {pointer} in {answer}"))
        .to_owned()
}

async fn callers(server: &TestServer) -> BTreeMap<&'static str, String> {
    let mut callers = BTreeMap::new();
    for (mutation, email) in [
        ("passwordChange", "changing@example.com"),
        ("sessionEnd", "leaving@example.com"),
    ] {
        people::user(&server.client(), email, &["SALES"]).await;
        let session = people::sign_in(server.url(), email, PASSWORD).await;
        callers.insert(mutation, session.access);
    }
    callers
}

async fn masters(client: &Client) {
    for code in ["MAIN", "SIDE", "OLD", "EMPTY", "CHANGING"] {
        let key = (code == "MAIN").then_some(USED_KEY);
        let input = json!({
            "code": code, "name": code, "externalId": code.to_lowercase(), "idempotencyKey": key,
        });
        client
            .accept("warehouseCreate", input, "warehouse { id }")
            .await;
    }
    for code in ["ACME", "LEFT", "LEAVING", "CHANGING"] {
        let input = json!({ "code": code, "name": code, "externalId": code.to_lowercase() });
        client
            .accept("customerCreate", input, "customer { id }")
            .await;
    }
    parties(client).await;
    let old = json!({ "warehouse": { "code": "OLD" } });
    client
        .accept("warehouseArchive", old, "warehouse { id }")
        .await;
    let left = json!({ "customer": { "code": "LEFT" } });
    client
        .accept("customerArchive", left, "customer { id }")
        .await;
}

/// Two records of each kind and one that the baseline archives; the second is archived already.
async fn parties(client: &Client) {
    let whole = json!([{ "share": "1", "days": 30 }]);
    for (kind, codes) in [
        ("supplier", ["MILL", "SHUT", "SHUTTING", "CHANGING"]),
        ("customerGroup", ["RETAIL", "PAST", "PASSING", "CHANGING"]),
        ("paymentTerms", ["NET30", "NEVER", "ENDING", "CHANGING"]),
    ] {
        let select = format!("{kind} {{ id }}");
        for code in codes {
            let mut input =
                json!({ "code": code, "name": code, "externalId": code.to_lowercase() });
            if kind == "paymentTerms" {
                input["instalments"] = whole.clone();
            }
            client
                .accept(&format!("{kind}Create"), input, &select)
                .await;
        }
        let archived = json!({ kind: { "code": codes[1] } });
        client
            .accept(&format!("{kind}Archive"), archived, &select)
            .await;
    }
}

async fn products(client: &Client) {
    for (sku, unit) in [
        ("BOLT", "EACH"),
        ("SALT", "KG"),
        ("BARE", "EACH"),
        ("GRAVEL", "KG"),
        ("SAND", "KG"),
        ("IRON", "EACH"),
        ("ENDING", "EACH"),
        ("GONE", "EACH"),
        ("GOING", "EACH"),
    ] {
        let external_id = sku.to_lowercase();
        let price = (sku != "BARE").then_some("2.5");
        let barcodes = match sku {
            "BARE" => json!(["5901234123457"]),
            "GONE" => json!(["OLD-1"]),
            _ => json!([]),
        };
        let variant = json!({
            "sku": sku, "unit": unit, "price": price, "externalId": external_id,
            "barcodes": barcodes,
        });
        let input = json!({ "name": sku, "externalId": external_id, "variants": [variant] });
        client
            .accept("productCreate", input, "product { id }")
            .await;
    }
    let gone = json!({ "variant": { "sku": "GONE" } });
    client
        .accept("productVariantArchive", gone, "productVariant { id }")
        .await;
}

async fn stock(client: &Client) {
    let line = |sku: &str, quantity: &str, cost: &str| {
        let variant = json!({ "sku": sku });
        json!({ "variant": variant, "quantity": quantity, "unitCost": cost })
    };
    let lines = [
        line("BOLT", "10000", "1.25"),
        line("SALT", "12.5", "0.8"),
        line("BARE", "10", "1"),
        line("GRAVEL", "900000000000", "0"),
        line("IRON", "5", "1"),
        line("ENDING", "1", "1"),
    ];
    let input = json!({ "warehouse": { "code": "MAIN" }, "lines": lines, "externalId": "first" });
    client
        .accept("goodsReceiptPost", input, "goodsReceipt { id }")
        .await;
}

async fn order(client: &Client, external_id: &str, sku: &str, quantity: &str) -> Order {
    let input = json!({
        "customer": { "code": "ACME" },
        "warehouse": { "code": "MAIN" },
        "lines": [{ "variant": { "sku": sku }, "quantity": quantity, "unitPrice": "0.01" }],
        "onShortage": "BACKORDER",
        "externalId": external_id,
    });
    let made = client
        .accept(
            "salesOrderPlace",
            input,
            "salesOrder { id number lines { id } }",
        )
        .await;
    Order {
        id: text(&made, "/salesOrder/id"),
        number: text(&made, "/salesOrder/number"),
        line: text(&made, "/salesOrder/lines/0/id"),
    }
}

async fn cancelled(client: &Client) -> Order {
    let order = order(client, "cancelled", "BOLT", "5").await;
    let input = json!({ "salesOrder": { "id": order.id } });
    client
        .accept("salesOrderCancel", input, "salesOrder { id }")
        .await;
    order
}

async fn shipped(client: &Client, external_id: &str, quantity: &str) -> Order {
    let order = order(client, external_id, "BOLT", "5").await;
    let lines = [json!({ "line": order.line, "quantity": quantity })];
    let input = json!({ "salesOrder": { "id": order.id }, "lines": lines });
    client
        .accept("fulfilmentShip", input, "salesOrder { id }")
        .await;
    order
}

async fn token(client: &Client, name: &str) -> String {
    let input = json!({ "name": name, "scopes": ["stock:read"] });
    let made = client
        .accept("apiTokenCreate", input, "apiToken { id }")
        .await;
    text(&made, "/apiToken/id")
}

async fn revoked(client: &Client) -> String {
    let id = token(client, "revoked").await;
    client
        .accept("apiTokenRevoke", json!({ "id": id }), "apiToken { id }")
        .await;
    id
}
