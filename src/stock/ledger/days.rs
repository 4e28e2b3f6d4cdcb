//! What movements come to by level, business day and kind of document: pure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::stock::stock_day;
use entity::vocab::{Amount, MovementKind, ProductVariantId, Quantity, WarehouseId};

use super::posting::{Movement, MovementCause};

impl MovementCause {
    /// The kind of document behind it.
    #[must_use]
    pub fn kind(self) -> MovementKind {
        match self {
            Self::GoodsReceipt(_) => MovementKind::Receipt,
            Self::Fulfilment(_) => MovementKind::Fulfilment,
            Self::Transfer(_) => MovementKind::Transfer,
            Self::Adjustment(_) => MovementKind::Adjustment,
            Self::Return(_) | Self::Scrap(_) => MovementKind::Return,
        }
    }
}

type Key = (ProductVariantId, WarehouseId, NaiveDate, MovementKind);

/// The sums of what came and what left, each level, day and kind once. What only changes between
/// sellable and quarantined neither comes nor leaves.
pub(super) fn days(movements: &[Movement]) -> Vec<stock_day::Model> {
    let mut days: BTreeMap<Key, stock_day::Model> = BTreeMap::new();
    for line in movements {
        let (from, to) = (line.from.warehouse(), line.to.warehouse());
        if from == to {
            continue;
        }
        if let Some(warehouse) = to {
            let day = day_of(&mut days, line, warehouse);
            day.quantity_in.0 += line.quantity.0;
            day.value_in.0 += line.value.0;
        }
        if let Some(warehouse) = from {
            let day = day_of(&mut days, line, warehouse);
            day.quantity_out.0 += line.quantity.0;
            day.value_out.0 += line.value.0;
        }
    }
    days.into_values().collect()
}

fn day_of<'d>(
    days: &'d mut BTreeMap<Key, stock_day::Model>,
    line: &Movement,
    warehouse_id: WarehouseId,
) -> &'d mut stock_day::Model {
    let (variant_id, happened_on) = (line.variant_id, line.posting.date);
    let kind = line.cause.kind();
    let empty = stock_day::Model {
        variant_id,
        warehouse_id,
        happened_on,
        kind,
        quantity_in: Quantity::ZERO,
        value_in: Amount::ZERO,
        quantity_out: Quantity::ZERO,
        value_out: Amount::ZERO,
    };
    days.entry((variant_id, warehouse_id, happened_on, kind))
        .or_insert(empty)
}
