//! What it takes to take a receipt back: pure. At which value its goods leave is the matter of
//! [`crate::stock::reversal`].

use entity::purchasing::{goods_receipt, purchase_order, purchase_order_line};
use entity::vocab::{GoodsReceiptStatus, PurchaseOrderStatus, Quantity};

use crate::platform::rejection::{Path, Problem, Rejection};
use crate::purchasing::order::rules as orders;

/// Only a posted receipt is taken back.
///
/// # Errors
/// That it was taken back already.
pub fn check_status(receipt: &goods_receipt::Model) -> Result<(), Rejection> {
    if receipt.status == GoodsReceiptStatus::Posted {
        return Ok(());
    }
    let problem = Problem::InvalidState {
        state: receipt.status.as_str(),
        allowed: &[],
        message: "This receipt is reversed already; nothing needs to be done.".to_owned(),
    };
    Err(Rejection::new(Path::input().at("goodsReceipt"), problem))
}

/// Takes back from an order line what a receipt line brought; what is incoming again with it. Of a
/// closed order nothing is waited for again.
pub fn give_back(
    order: &purchase_order::Model,
    line: &mut purchase_order_line::Model,
    (accepted, rejected, short): (Quantity, Quantity, Quantity),
) -> Quantity {
    let before = orders::open(line);
    line.accepted.0 -= accepted.0;
    line.rejected.0 -= rejected.0;
    line.short.0 -= short.0;
    let again = Quantity(orders::open(line).0 - before.0);
    if order.status == PurchaseOrderStatus::Sent {
        return again;
    }
    line.closed.0 += again.0;
    Quantity::ZERO
}
