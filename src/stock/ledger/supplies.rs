//! What announcements come to by the line that makes them: pure.

use std::collections::BTreeMap;

use entity::stock::supply;
use entity::vocab::Quantity;
use uuid::Uuid;

use super::book::{Commitment, CommitmentCause};
use super::posting::Supply;

impl Supply {
    /// The UUID of the line.
    #[must_use]
    pub fn line(self) -> Uuid {
        match self {
            Self::TransferLine(id) => id.0,
            Self::PurchaseOrderLine(id) => id.0,
        }
    }
}

/// By how much the goods that lines announce change, each line once; and the day on which they are
/// due where a line announces some: what takes an announcement back does not say when it was due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Supplies {
    /// Of lines that announce goods.
    pub announced: Vec<supply::Model>,
    /// Of lines that only take announcements back.
    pub taken_back: Vec<(Uuid, Quantity)>,
}

impl Supplies {
    /// Sums up the commitments that are supply.
    pub fn of<'c>(commitments: impl IntoIterator<Item = &'c Commitment>) -> Self {
        let mut lines: BTreeMap<Uuid, (supply::Model, bool)> = BTreeMap::new();
        for commitment in commitments {
            let CommitmentCause::Supply(cause) = commitment.cause else {
                continue;
            };
            let (row, announces) = lines
                .entry(cause.line())
                .or_insert_with(|| (nothing(cause, commitment), false));
            row.incoming.0 += commitment.incoming.0;
            if commitment.incoming.is_positive() {
                row.due_on = commitment.due_on;
                *announces = true;
            }
        }
        let mut supplies = Self::default();
        for (row, announces) in lines.into_values() {
            if announces {
                supplies.announced.push(row);
            } else {
                supplies.taken_back.push((row.line_id, row.incoming));
            }
        }
        supplies
    }
}

fn nothing(cause: Supply, commitment: &Commitment) -> supply::Model {
    let (purchase_order_line_id, stock_transfer_line_id) = match cause {
        Supply::PurchaseOrderLine(id) => (Some(id), None),
        Supply::TransferLine(id) => (None, Some(id)),
    };
    supply::Model {
        line_id: cause.line(),
        variant_id: commitment.key.0,
        warehouse_id: commitment.key.1,
        purchase_order_line_id,
        stock_transfer_line_id,
        due_on: commitment.due_on,
        incoming: Quantity::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use entity::vocab::{
        Instant, OperationId, PrincipalId, ProductVariantId, PurchaseOrderLineId, WarehouseId,
    };

    use super::super::posting::Posting;
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, number).expect("a day of January")
    }

    fn change(cause: Supply, incoming: i64, due: u32) -> Commitment {
        let posting = Posting {
            operation_id: OperationId::generate(),
            actor: PrincipalId::generate(),
            date: day(1),
            now: Instant(0),
        };
        Commitment {
            posting,
            key: (ProductVariantId(Uuid::nil()), WarehouseId(Uuid::nil())),
            cause: CommitmentCause::Supply(cause),
            due_on: day(due),
            reserved: Quantity::ZERO,
            backordered: Quantity::ZERO,
            incoming: Quantity(incoming),
        }
    }

    #[test]
    fn goods_that_come_on_another_day_are_the_same_goods() {
        let line = Supply::PurchaseOrderLine(PurchaseOrderLineId::generate());
        let moved = [change(line, -10, 5), change(line, 8, 9)];
        let supplies = Supplies::of(&moved);
        assert!(supplies.taken_back.is_empty());
        let [row] = supplies.announced.as_slice() else {
            panic!("one row: {supplies:?}");
        };
        assert_eq!((row.incoming, row.due_on), (Quantity(-2), day(9)));
    }

    #[test]
    fn what_arrives_is_taken_back_whatever_day_it_is() {
        let line = Supply::PurchaseOrderLine(PurchaseOrderLineId::generate());
        let supplies = Supplies::of(&[change(line, -3, 7), change(line, -1, 7)]);
        assert!(supplies.announced.is_empty());
        assert_eq!(supplies.taken_back, [(line.line(), Quantity(-4))]);
    }
}
