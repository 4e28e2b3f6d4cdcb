//! What the ledger tells others: a level changed, to what, by how much, and why.

use entity::stock::stock_level;
use entity::vocab::{
    Amount, CustomerReturnId, FulfilmentId, GoodsReceiptId, OperationId, PurchaseOrderId, Quantity,
    SalesOrderId, StockAdjustmentId, StockHoldId, StockTransferId,
};
use serde::{Deserialize, Serialize};

use crate::platform::event::NewEvent;

/// The kind of the event.
pub const LEVEL_CHANGED: &str = "stock_level.changed";
const SCHEMA_VERSION: i16 = 1;

/// The document that changed a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum StockCause {
    /// An order was placed or cancelled.
    SalesOrder(SalesOrderId),
    /// An order to a supplier was sent, confirmed, closed or cancelled.
    PurchaseOrder(PurchaseOrderId),
    /// Goods came in, or a receipt was reversed.
    GoodsReceipt(GoodsReceiptId),
    /// Goods were shipped.
    Fulfilment(FulfilmentId),
    /// A transfer was made, sent, received or cancelled.
    StockTransfer(StockTransferId),
    /// Stock was corrected.
    StockAdjustment(StockAdjustmentId),
    /// Goods that a customer sent back came in, or were inspected.
    CustomerReturn(CustomerReturnId),
    /// Stock was held, given back, or its time ran out.
    StockHold(StockHoldId),
}

/// By how much a level changed; each may be below zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelChange {
    /// Change of the goods that may be sold.
    pub sellable: Quantity,
    /// Change of the goods that may not.
    pub quarantined: Quantity,
    /// Change of what is promised.
    pub reserved: Quantity,
    /// Change of what waits.
    pub backordered: Quantity,
    /// Change of what is on its way.
    pub incoming: Quantity,
    /// Change of the value.
    pub value: Amount,
}

impl LevelChange {
    /// The difference of two states of a level.
    #[must_use]
    pub fn between(before: &stock_level::Model, after: &stock_level::Model) -> Self {
        Self {
            sellable: Quantity(after.sellable.0 - before.sellable.0),
            quarantined: Quantity(after.quarantined.0 - before.quarantined.0),
            reserved: Quantity(after.reserved.0 - before.reserved.0),
            backordered: Quantity(after.backordered.0 - before.backordered.0),
            incoming: Quantity(after.incoming.0 - before.incoming.0),
            value: Amount(after.value.0 - before.value.0),
        }
    }
}

/// The facts of a `stock_level.changed` event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelFacts {
    /// The level after the event, never a later state.
    pub level: stock_level::Model,
    /// By how much it changed.
    pub change: LevelChange,
    /// Why.
    pub cause: StockCause,
}

impl LevelFacts {
    /// The event that tells it.
    #[must_use]
    pub fn into_event(self, operation_id: OperationId) -> NewEvent {
        NewEvent {
            operation_id,
            kind: LEVEL_CHANGED,
            schema_version: SCHEMA_VERSION,
            subject_id: self.level.variant_id.0,
            facts: serde_json::to_string(&self).expect("numbers and texts always serialize"),
        }
    }
}
