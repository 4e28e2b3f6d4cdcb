//! Purchase orders and their receipts in the shop whose books are corrupted, and what is done to
//! them. All are of pipes, which nothing else is about.

use serde_json::{Value, json};

use super::books::text;
use super::corruption::{Corruption, Deed, PIECE, corrupt, set};
use super::rows::{INCOMING, SELLABLE, VALUE, lifted};
use crate::support::{Client, shop};

pub const REJECTED: &str = "receipt line: rejected = movements to quarantine";
const LEFT: &str = "receipt line: of a reversed receipt everything has left again";
const LEFT_VALUE: &str = "receipt line: value that left = reversing movements";
const NET: &str = "purchase order: net = sum of lines";
const TAX: &str = "purchase order: tax = sum of lines";
const GROSS: &str = "purchase order: gross = net + tax of the lines";
const CAME: &str = "purchase order: receiving says what came (0 none, 1 partial, 2 full, 3 over)";
const DUE: &str = "purchase order: is due while something is open (in millionths)";
const LINE_ACCEPTED: &str = "purchase order line: accepted = receipts that stand";
const LINE_REJECTED: &str = "purchase order line: rejected = receipts that stand";
const LINE_SHORT: &str = "purchase order line: short = receipts that stand";
const LINE_OPEN: &str = "purchase order line: incoming = open remainder";

/// The ids by which `check` names records.
pub struct Purchases {
    /// The level of the pipes.
    level: String,
    /// Of 10 pipes, 4 accepted, 1 rejected, 1 noted as short.
    partly: String,
    partly_line: String,
    /// The line of its receipt.
    receipt_line: String,
    /// The order line of 6 pipes whose receipt was reversed.
    back_line: String,
    /// The line of that receipt.
    reversed_line: String,
}

impl Purchases {
    /// Makes them through the API.
    pub async fn make(client: &Client) -> Self {
        let pipe = shop::variant(client, "PIPE", None).await;
        shop::supplier(client, "MILL").await;
        let (partly, partly_line) = sent(client, "10").await;
        let some = json!({
            "line": partly_line, "accepted": "4", "rejected": "1", "rejectionReason": "bent",
            "short": "1",
        });
        let receipt_line = receive(client, &partly, some).await.1;
        let (back, back_line) = sent(client, "6").await;
        let all = json!({ "line": back_line, "accepted": "6" });
        let (receipt, reversed_line) = receive(client, &back, all).await;
        let input = json!({ "goodsReceipt": { "id": receipt }, "reason": "counted twice" });
        client
            .accept("goodsReceiptReverse", input, "goodsReceipt { id }")
            .await;
        let query = "{ warehouse(by: { code: \"MAIN\" }) { id } }";
        let main = text(&client.query(query, json!({})).await, "/warehouse/id");
        Self {
            level: format!("{pipe} in {main}"),
            partly,
            partly_line,
            receipt_line,
            back_line,
            reversed_line,
        }
    }
}

/// The ids of a sent order and its only line.
async fn sent(client: &Client, quantity: &str) -> (String, String) {
    let line = json!({ "variant": { "sku": "PIPE" }, "quantity": quantity, "unitPrice": "2" });
    let input = json!({
        "supplier": { "code": "MILL" }, "warehouse": { "code": "MAIN" }, "lines": [line],
    });
    let selection = "purchaseOrder { id lines { id } }";
    let made = client.accept("purchaseOrderCreate", input, selection).await;
    let id = text(&made, "/purchaseOrder/id");
    for step in ["purchaseOrderSubmit", "purchaseOrderSend"] {
        let input = json!({ "purchaseOrder": { "id": id } });
        client.accept(step, input, "purchaseOrder { id }").await;
    }
    (id, text(&made, "/purchaseOrder/lines/0/id"))
}

/// The ids of a receipt and its only line.
async fn receive(client: &Client, order: &str, line: Value) -> (String, String) {
    let input = json!({ "purchaseOrder": { "id": order }, "lines": [line] });
    let selection = "goodsReceipt { id lines { id } }";
    let made = client
        .accept("purchaseOrderReceive", input, selection)
        .await;
    (
        text(&made, "/goodsReceipt/id"),
        text(&made, "/goodsReceipt/lines/0/id"),
    )
}

/// Every corruption of these.
pub fn all(purchases: &Purchases) -> Vec<Corruption> {
    [
        orders(purchases),
        lines(purchases),
        receipts(purchases),
        ledgers(purchases),
    ]
    .concat()
}

fn orders(purchases: &Purchases) -> Vec<Corruption> {
    let Purchases {
        partly,
        partly_line,
        ..
    } = purchases;
    let order = |deed: Deed| corrupt("purchase_order", "receiving = 'PARTIAL'", deed);
    vec![
        order(set("net = net + 10000")).breaks(NET, partly),
        order(set("tax = tax + 10000")).breaks(TAX, partly),
        order(set("gross = gross + 10000")).breaks(GROSS, partly),
        order(set("receiving = 'FULL'")).breaks(CAME, partly),
        order(set("receiving = 'NONE'")).breaks(CAME, partly),
        order(set("due_on = NULL")).breaks(DUE, partly),
        order(set("status = 'CANCELLED', due_on = NULL")).breaks(LINE_OPEN, partly_line),
    ]
}

fn lines(purchases: &Purchases) -> Vec<Corruption> {
    let Purchases {
        partly,
        partly_line,
        ..
    } = purchases;
    let line = |deed: Deed| corrupt("purchase_order_line", "rejected > 0", deed);
    vec![
        line(set("net = net + 10000"))
            .breaks(NET, partly)
            .breaks(GROSS, partly),
        line(set("tax = tax + 10000"))
            .breaks(TAX, partly)
            .breaks(GROSS, partly),
        line(lifted("accepted"))
            .breaks(LINE_ACCEPTED, partly_line)
            .breaks(LINE_OPEN, partly_line),
        line(lifted("rejected"))
            .breaks(LINE_REJECTED, partly_line)
            .breaks(LINE_OPEN, partly_line),
        line(lifted("short")).breaks(LINE_SHORT, partly_line),
        line(lifted("closed")).breaks(LINE_OPEN, partly_line),
        line(lifted("quantity")).breaks(LINE_OPEN, partly_line),
    ]
}

fn receipts(purchases: &Purchases) -> Vec<Corruption> {
    let Purchases {
        partly_line,
        receipt_line,
        back_line,
        reversed_line,
        ..
    } = purchases;
    let line = |deed: Deed| corrupt("goods_receipt_line", "rejected > 0", deed);
    let shifted = format!("accepted = accepted + {PIECE}, rejected = rejected - {PIECE}");
    let reversed = "reversed_value > 0";
    vec![
        line(lifted("short")).breaks(LINE_SHORT, partly_line),
        line(set(shifted))
            .breaks(REJECTED, receipt_line)
            .breaks(LINE_ACCEPTED, partly_line)
            .breaks(LINE_REJECTED, partly_line),
        corrupt(
            "goods_receipt_line",
            reversed,
            set("reversed_value = reversed_value + 1"),
        )
        .breaks(LEFT_VALUE, reversed_line),
        corrupt(
            "goods_receipt",
            "status = 'REVERSED'",
            set("status = 'POSTED', reversed_at = NULL"),
        )
        .breaks(LEFT, reversed_line)
        .breaks(LINE_ACCEPTED, back_line),
    ]
}

fn ledgers(purchases: &Purchases) -> Vec<Corruption> {
    let Purchases {
        level,
        partly_line,
        reversed_line,
        ..
    } = purchases;
    let of_line = "purchase_order_line_id = \
         (SELECT id FROM purchase_order_line WHERE rejected > 0) AND incoming > 0";
    let expected = |deed: Deed| {
        corrupt("commitment", of_line, deed)
            .breaks(INCOMING, level)
            .breaks(LINE_OPEN, partly_line)
    };
    let of_receipt = "reverses_id IS NOT NULL AND goods_receipt_line_id IS NOT NULL";
    let back = |deed: Deed| corrupt("stock_movement", of_receipt, deed);
    vec![
        expected(lifted("incoming")),
        expected(Deed::Delete),
        expected(Deed::Duplicate),
        back(lifted("quantity"))
            .breaks(SELLABLE, level)
            .breaks(LEFT, reversed_line),
        back(set("value = value + 1"))
            .breaks(VALUE, level)
            .breaks(LEFT_VALUE, reversed_line),
        back(Deed::Delete)
            .breaks(SELLABLE, level)
            .breaks(VALUE, level)
            .breaks(LEFT, reversed_line)
            .breaks(LEFT_VALUE, reversed_line),
    ]
}
