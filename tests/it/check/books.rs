//! A small shop whose books hold every kind of row: a receipt, orders placed, partly shipped,
//! shipped, cancelled and waiting for stock; transfers, adjustments and holds.

use entity::purchasing::goods_receipt;
use entity::stock::reservation::{Column, Entity};
use entity::vocab::{OperationId, PrincipalId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::accounts::Accounts;
use super::alerts::Alerts;
use super::documents::Documents;
use super::purchases::Purchases;
use crate::support::{Client, TestServer, shop};

/// The ids by which `check` names records.
pub struct Books {
    /// 100 pieces came in, 4 left, 6 are reserved.
    pub bolt: String,
    /// 20 pieces came in, 5 left, 2 came back.
    pub nut: String,
    /// Nothing came in, 5 are waited for.
    pub sand: String,
    /// 5 pieces came in, 2 left first in, first out.
    pub wire: String,
    pub warehouse: String,
    /// Of 10 bolts, 4 shipped.
    pub partial: Order,
    /// Of 3 bolts.
    pub cancelled: Order,
    /// Of 5 pieces of sand.
    pub waiting: Order,
    /// The line of the receipt that brought the bolts.
    pub receipt_line: String,
    /// The line of the fulfilment that took 4 bolts.
    pub fulfilment_line: String,
    /// Holds 6 bolts.
    pub reservation: String,
    /// The line of the return of 3 nuts, of which 2 came back.
    pub returned: String,
    /// Of nails, which nothing else is about.
    pub documents: Documents,
    /// Of the nuts that left.
    pub accounts: Accounts,
    /// Of pipes, which nothing else is about.
    pub purchases: Purchases,
    /// Of what nothing else is about.
    pub alerts: Alerts,
    /// The operation of the receipt that brought the bolts, and its author; none where the
    /// database cannot be read beside the server.
    pub authorship: Option<(OperationId, PrincipalId)>,
}

/// An order and its only line.
pub struct Order {
    pub id: String,
    pub line: String,
}

impl Books {
    /// Makes it through the API.
    pub async fn make(server: &TestServer) -> Self {
        let mut books = Self::make_by(&server.client()).await;
        books.reservation = reservation(server).await;
        books.authorship = Some(authorship(server).await);
        books
    }

    /// Makes it through the API of any server; that does not show reservations.
    pub async fn make_by(client: &Client) -> Self {
        let warehouse = shop::warehouse(client, "MAIN").await;
        shop::customer(client, "ACME").await;
        let bolt = shop::variant(client, "BOLT", Some("2.5")).await;
        let nut = shop::variant(client, "NUT", Some("1")).await;
        let sand = shop::variant(client, "SAND", Some("0.1")).await;
        let wire = first_out(client).await;
        let receipt_line = receive(client).await;
        let partial = place(client, "BOLT", "10").await;
        let fulfilment_line = ship(client, &partial, "4").await;
        let cancelled = place(client, "BOLT", "3").await;
        let input = json!({ "salesOrder": { "id": cancelled.id } });
        client
            .accept("salesOrderCancel", input, "salesOrder { id }")
            .await;
        let waiting = place(client, "SAND", "5").await;
        let shipped = place(client, "NUT", "5").await;
        let nuts = ship(client, &shipped, "5").await;
        Self {
            bolt,
            nut,
            sand,
            wire,
            warehouse,
            partial,
            cancelled,
            waiting,
            receipt_line,
            fulfilment_line,
            reservation: String::new(),
            returned: give_back(client, &nuts, &shipped.id).await,
            documents: Documents::make(client).await,
            accounts: Accounts::make(client, &shipped.id, &shipped.line).await,
            purchases: Purchases::make(client).await,
            alerts: Alerts::make(client).await,
            authorship: None,
        }
    }

    /// The name of a variant's level in the warehouse of the orders.
    pub fn level(&self, variant: &str) -> String {
        format!("{variant} in {}", self.warehouse)
    }
}

/// Wire whose pieces leave first in, first out.
async fn first_out(client: &Client) -> String {
    let variants = json!([{ "sku": "WIRE", "costingMethod": "FIFO" }]);
    let input = json!({ "name": "Wire", "variants": variants });
    let made = client
        .accept("productCreate", input, "product { variants { id } }")
        .await;
    for (delta, cost) in [("3", Some("1")), ("2", Some("4")), ("-2", None)] {
        let line = json!({ "variant": { "sku": "WIRE" }, "change": { "delta": delta },
            "unitCost": cost });
        let input = json!({ "warehouse": { "code": "MAIN" }, "reason": "OPENING",
            "lines": [line] });
        client
            .accept("stockAdjust", input, "stockAdjustment { id }")
            .await;
    }
    text(&made, "/product/variants/0/id")
}

/// Two of three nuts that were to come back.
async fn give_back(client: &Client, line: &str, order: &str) -> String {
    let line = json!({ "fulfilmentLine": line, "quantity": "3", "reason": "NOT_WANTED" });
    let input = json!({ "salesOrder": { "id": order }, "lines": [line] });
    let selection = "customerReturn { id lines { id } }";
    let made = client
        .accept("customerReturnRequest", input, selection)
        .await;
    let line = text(&made, "/customerReturn/lines/0/id");
    let mut of = json!({ "customerReturn": { "id": made["customerReturn"]["id"] } });
    client
        .accept("customerReturnApprove", of.clone(), selection)
        .await;
    of["lines"] = json!([{ "line": line, "quantity": "2" }]);
    client.accept("customerReturnReceive", of, selection).await;
    line
}

async fn reservation(server: &TestServer) -> String {
    let reader = server.app().db.reader();
    let rows = Entity::find()
        .filter(Column::Reserved.gt(0))
        .filter(Column::SalesOrderLineId.is_not_null())
        .all(reader)
        .await;
    let rows = rows.expect("reservations can be read");
    assert_eq!(
        rows.len(),
        1,
        "one reservation holds stock for orders: {rows:?}"
    );
    rows[0].id.to_string()
}

/// A text that the answer has at this pointer.
pub fn text(answer: &Value, pointer: &str) -> String {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no text at {pointer} in {answer}"))
        .to_owned()
}

async fn receive(client: &Client) -> String {
    let input = json!({
        "warehouse": { "code": "MAIN" },
        "lines": [
            { "variant": { "sku": "BOLT" }, "quantity": "100", "unitCost": "1.25" },
            { "variant": { "sku": "NUT" }, "quantity": "20", "unitCost": "0.333333" },
        ],
    });
    let made = client
        .accept("goodsReceiptPost", input, "goodsReceipt { lines { id } }")
        .await;
    text(&made, "/goodsReceipt/lines/0/id")
}

async fn place(client: &Client, sku: &str, quantity: &str) -> Order {
    let mut input = shop::order("ACME", "MAIN", &[(sku, quantity)]);
    input["onShortage"] = json!("BACKORDER");
    let made = client
        .accept("salesOrderPlace", input, "salesOrder { id lines { id } }")
        .await;
    Order {
        id: text(&made, "/salesOrder/id"),
        line: text(&made, "/salesOrder/lines/0/id"),
    }
}

async fn ship(client: &Client, order: &Order, quantity: &str) -> String {
    let lines = [json!({ "line": order.line, "quantity": quantity })];
    let input = json!({ "salesOrder": { "id": order.id }, "lines": lines });
    let made = client
        .accept("fulfilmentShip", input, "fulfilments { lines { id } }")
        .await;
    text(&made, "/fulfilments/0/lines/0/id")
}

async fn authorship(server: &TestServer) -> (OperationId, PrincipalId) {
    let receipt = goods_receipt::Entity::find()
        .order_by_asc(goods_receipt::Column::Id)
        .one(server.app().db.reader())
        .await;
    let receipt = receipt.expect("it can be read").expect("there is one");
    (receipt.operation_id, receipt.created_by)
}
