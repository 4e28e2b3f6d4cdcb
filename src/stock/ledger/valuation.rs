//! What movements of goods mean in the journal: pure.
//!
//! Each place has an account, and OUTSIDE has the account of the movement's cause. A movement is a
//! debit to the account of where goods arrive and a credit to that of where they leave; within one
//! warehouse both are the same, and nothing is posted.

use entity::vocab::{Account, DocumentKind};
use uuid::Uuid;

use super::events::StockCause;
use super::posting::{Movement, MovementCause, Place, Posting};
use crate::accounts::ledger::{Entry, Line};

/// The account on the other side of the company's door.
fn outside(cause: MovementCause) -> Account {
    match cause {
        MovementCause::GoodsReceipt(_) => Account::GoodsReceivedNotBilled,
        MovementCause::Fulfilment(_) | MovementCause::Return(_) => Account::CostOfGoodsSold,
        MovementCause::Transfer(_) | MovementCause::Adjustment(_) | MovementCause::Scrap(_) => {
            Account::InventoryAdjustment
        }
    }
}

fn account(place: Place, cause: MovementCause) -> Account {
    match place {
        Place::Sellable(_) | Place::Quarantine(_) => Account::Inventory,
        Place::Transit => Account::InventoryInTransit,
        Place::Outside => outside(cause),
    }
}

/// The document behind a change of stock, as the journal names it.
fn document(cause: StockCause) -> (DocumentKind, Uuid) {
    match cause {
        StockCause::SalesOrder(id) => (DocumentKind::SalesOrder, id.0),
        StockCause::PurchaseOrder(id) => (DocumentKind::PurchaseOrder, id.0),
        StockCause::GoodsReceipt(id) => (DocumentKind::GoodsReceipt, id.0),
        StockCause::Fulfilment(id) => (DocumentKind::Fulfilment, id.0),
        StockCause::StockTransfer(id) => (DocumentKind::StockTransfer, id.0),
        StockCause::StockAdjustment(id) => (DocumentKind::StockAdjustment, id.0),
        StockCause::StockHold(id) => (DocumentKind::StockHold, id.0),
        StockCause::CustomerReturn(id) => (DocumentKind::CustomerReturn, id.0),
    }
}

/// The entry that the movements of one document come to; `None` when they move no value.
#[must_use]
pub fn entry(posting: Posting, cause: StockCause, movements: &[Movement]) -> Option<Entry> {
    let lines = movements.iter().flat_map(|movement| {
        let to = account(movement.to, movement.cause);
        let from = account(movement.from, movement.cause);
        [
            Line::debit(to, movement.value),
            Line::credit(from, movement.value),
        ]
    });
    Entry::of(posting, document(cause), lines)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use entity::vocab::{
        Amount, FulfilmentId, FulfilmentLineId, GoodsReceiptLineId, Instant, OperationId,
        PrincipalId, ProductVariantId, Quantity, StockAdjustmentLineId, StockTransferLineId,
        WarehouseId,
    };

    use super::*;

    fn posted(from: Place, to: Place, cause: MovementCause) -> Vec<(Account, i64)> {
        let posting = Posting {
            operation_id: OperationId::generate(),
            actor: PrincipalId(Uuid::nil()),
            date: NaiveDate::from_ymd_opt(2026, 1, 31).unwrap(),
            now: Instant(0),
        };
        let movement = Movement {
            posting,
            variant_id: ProductVariantId::generate(),
            quantity: Quantity(1),
            value: Amount(7),
            from,
            to,
            cause,
            reason: None,
            reverses: None,
            layer: None,
            from_on_hand: None,
            to_on_hand: None,
        };
        let cause = StockCause::Fulfilment(FulfilmentId::generate());
        let entry = entry(posting, cause, &[movement]);
        let lines = entry.map(|entry| entry.lines).unwrap_or_default();
        let mut lines: Vec<_> = lines
            .iter()
            .map(|line| (line.account, line.amount.0))
            .collect();
        lines.sort_by_key(|(_, amount)| -amount);
        lines
    }

    #[test]
    fn every_way_of_goods_has_its_accounts() {
        use Account::{
            CostOfGoodsSold, GoodsReceivedNotBilled, Inventory, InventoryAdjustment,
            InventoryInTransit,
        };
        let here = Place::Sellable(WarehouseId::generate());
        let aside = Place::Quarantine(WarehouseId::generate());
        let receipt = MovementCause::GoodsReceipt(GoodsReceiptLineId::generate());
        let shipped = MovementCause::Fulfilment(FulfilmentLineId::generate());
        let transfer = MovementCause::Transfer(StockTransferLineId::generate());
        let corrected = MovementCause::Adjustment(StockAdjustmentLineId::generate());
        let (outside, transit) = (Place::Outside, Place::Transit);
        for (from, to, cause, debit, credit) in [
            (outside, here, receipt, Inventory, GoodsReceivedNotBilled),
            (here, outside, receipt, GoodsReceivedNotBilled, Inventory),
            (here, outside, shipped, CostOfGoodsSold, Inventory),
            (here, transit, transfer, InventoryInTransit, Inventory),
            (transit, here, transfer, Inventory, InventoryInTransit),
            (
                transit,
                outside,
                transfer,
                InventoryAdjustment,
                InventoryInTransit,
            ),
            (outside, aside, corrected, Inventory, InventoryAdjustment),
            (aside, outside, corrected, InventoryAdjustment, Inventory),
        ] {
            assert_eq!(posted(from, to, cause), [(debit, 7), (credit, -7)]);
        }
        assert_eq!(posted(here, aside, corrected), []);
    }
}
