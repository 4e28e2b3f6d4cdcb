//! What is posted to the ledgers: places, causes, demands.

use entity::vocab::{
    Amount, CostLayerId, CustomerReturnLineId, FulfilmentLineId, GoodsReceiptLineId,
    ProductVariantId, PurchaseOrderLineId, Quantity, SalesOrderLineId, StockAdjustmentLineId,
    StockHoldLineId, StockPlace, StockTransferLineId, WarehouseId,
};

pub use crate::accounts::ledger::Posting;

/// Who waits for stock is served by priority, of the same the oldest first; this is that of all
/// demands that have none of their own.
pub const PRIORITY_NORMAL: i32 = 5;
/// The highest priority; the lowest is 0.
pub const PRIORITY_MAX: i32 = 9;

/// One side of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Goods of a warehouse that may be sold.
    Sellable(WarehouseId),
    /// Goods of a warehouse that may not be sold for now.
    Quarantine(WarehouseId),
    /// Goods on their way; the movement's cause says in which transfer.
    Transit,
    /// Suppliers, customers, and what corrections find or lose.
    Outside,
}

impl Place {
    /// The kind of place, as it is stored.
    #[must_use]
    pub fn kind(self) -> StockPlace {
        match self {
            Self::Sellable(_) => StockPlace::Sellable,
            Self::Quarantine(_) => StockPlace::Quarantine,
            Self::Transit => StockPlace::Transit,
            Self::Outside => StockPlace::Outside,
        }
    }

    /// The warehouse it belongs to.
    #[must_use]
    pub fn warehouse(self) -> Option<WarehouseId> {
        match self {
            Self::Sellable(id) | Self::Quarantine(id) => Some(id),
            Self::Transit | Self::Outside => None,
        }
    }
}

/// The document line that caused a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovementCause {
    /// Goods came in.
    GoodsReceipt(GoodsReceiptLineId),
    /// Goods went to a customer.
    Fulfilment(FulfilmentLineId),
    /// Goods went to another warehouse.
    Transfer(StockTransferLineId),
    /// Stock was corrected.
    Adjustment(StockAdjustmentLineId),
    /// A customer sent goods back, they may be sold again, or go back to the customer.
    Return(CustomerReturnLineId),
    /// What a customer sent back was thrown away.
    Scrap(CustomerReturnLineId),
}

/// The document line whose demand a commitment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Demand {
    /// A line of a sales order.
    OrderLine(SalesOrderLineId),
    /// A line of a transfer.
    TransferLine(StockTransferLineId),
    /// A line of a hold.
    HoldLine(StockHoldLineId),
}

/// The document line whose supply a commitment is: what it announces is incoming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Supply {
    /// A line of a transfer, on its way.
    TransferLine(StockTransferLineId),
    /// A line of an order that the supplier has.
    PurchaseOrderLine(PurchaseOrderLineId),
}

/// A new line of the physical ledger.
#[derive(Clone, Debug)]
pub struct Movement {
    /// Under whose name and for which day.
    pub posting: Posting,
    /// What moves.
    pub variant_id: ProductVariantId,
    /// How much.
    pub quantity: Quantity,
    /// What it is worth.
    pub value: Amount,
    /// Where it leaves.
    pub from: Place,
    /// Where it arrives.
    pub to: Place,
    /// The document line behind it.
    pub cause: MovementCause,
    /// Why, where the cause alone does not say it.
    pub reason: Option<String>,
    /// The movement it takes back, by its number.
    pub reverses: Option<i64>,
    /// The layer of costs that it makes.
    pub layer: Option<CostLayerId>,
    /// What the warehouse it leaves has on hand after it.
    pub from_on_hand: Option<Quantity>,
    /// What the warehouse it reaches has on hand after it.
    pub to_on_hand: Option<Quantity>,
}

impl Movement {
    /// A movement that takes nothing back and makes no layer.
    #[must_use]
    pub fn new(
        posting: Posting,
        (variant_id, from, to): (ProductVariantId, Place, Place),
        (quantity, value): (Quantity, Amount),
        cause: MovementCause,
    ) -> Self {
        Self {
            posting,
            variant_id,
            quantity,
            value,
            from,
            to,
            cause,
            reason: None,
            reverses: None,
            layer: None,
            from_on_hand: None,
            to_on_hand: None,
        }
    }
}
