//! The parts of a level, and how they add up: pure.

use chrono::NaiveDate;
use entity::stock::{reservation, stock_level, stock_movement};
use entity::vocab::{Amount, CostingMethod, Quantity};

use crate::stock::ledger::{Supply, available};

/// Goods on their way to a level, by one line of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The line that announces them.
    pub supply: Supply,
    /// The day they are expected.
    pub due_on: NaiveDate,
    /// How much.
    pub quantity: Quantity,
}

/// What came with one movement, as far as it still accounts for what is on hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The movement that brought it.
    pub movement: stock_movement::Model,
    /// How much of it.
    pub quantity: Quantity,
    /// What that part came at.
    pub value: Amount,
}

/// Numbers that come to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The number, as the level calls it.
    pub name: &'static str,
    /// What it is.
    pub total: Quantity,
    /// What it is made of; what is taken away is below zero.
    pub terms: Vec<(&'static str, Quantity)>,
}

/// A level and what it is made of, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The level.
    pub level: stock_level::Model,
    /// Whom it is promised to, in the order in which they are served.
    pub promises: Vec<reservation::Model>,
    /// What is announced, the first to come first.
    pub arrivals: Vec<Arrival>,
    /// What is on hand, the latest first.
    pub layers: Vec<Layer>,
}

impl Parts {
    /// What is physically there.
    #[must_use]
    pub fn on_hand(&self) -> Quantity {
        Quantity(self.level.sellable.0 + self.level.quarantined.0)
    }

    /// What is reserved for those that are not listed.
    #[must_use]
    pub fn other_reserved(&self) -> Quantity {
        let listed: i64 = self.promises.iter().map(|one| one.reserved.0).sum();
        Quantity(self.level.reserved.0 - listed)
    }

    /// What those wait for that are not listed.
    #[must_use]
    pub fn other_backordered(&self) -> Quantity {
        let listed: i64 = self.promises.iter().map(|one| one.backordered.0).sum();
        Quantity(self.level.backordered.0 - listed)
    }

    /// What else is announced.
    #[must_use]
    pub fn other_incoming(&self) -> Quantity {
        let listed: i64 = self.arrivals.iter().map(|one| one.quantity.0).sum();
        Quantity(self.level.incoming.0 - listed)
    }

    /// What is on hand and came before the layers that are listed.
    #[must_use]
    pub fn earlier(&self) -> Quantity {
        let listed: i64 = self.layers.iter().map(|one| one.quantity.0).sum();
        Quantity(self.on_hand().0 - listed)
    }

    /// The level's value less what its layers came at.
    #[must_use]
    pub fn value_difference(&self) -> Amount {
        let listed: i64 = self.layers.iter().map(|one| one.value.0).sum();
        Amount(self.level.value.0 - listed)
    }

    /// How every number of the level comes about.
    #[must_use]
    pub fn sums(&self) -> Vec<Sum> {
        let level = &self.level;
        let less = |quantity: Quantity| Quantity(-quantity.0);
        let sum = |name, total, terms: &[(&'static str, Quantity)]| Sum {
            name,
            total,
            terms: terms.to_vec(),
        };
        let split = |name, total: Quantity, (listed, other), rest: Quantity| {
            sum(
                name,
                total,
                &[(listed, Quantity(total.0 - rest.0)), (other, rest)],
            )
        };
        let on_hand = self.on_hand();
        vec![
            sum(
                "onHand",
                on_hand,
                &[
                    ("sellable", level.sellable),
                    ("quarantined", level.quarantined),
                ],
            ),
            split("onHand", on_hand, ("layers", "earlier"), self.earlier()),
            split(
                "reserved",
                level.reserved,
                ("promises", "otherReserved"),
                self.other_reserved(),
            ),
            split(
                "backordered",
                level.backordered,
                ("promises", "otherBackordered"),
                self.other_backordered(),
            ),
            split(
                "incoming",
                level.incoming,
                ("arrivals", "otherIncoming"),
                self.other_incoming(),
            ),
            sum(
                "available",
                available(level),
                &[
                    ("sellable", level.sellable),
                    ("reserved", less(level.reserved)),
                    ("backordered", less(level.backordered)),
                ],
            ),
        ]
    }
}

/// Whether the layers of a level are those at whose cost its goods leave.
#[must_use]
pub fn is_fifo(level: &stock_level::Model) -> bool {
    level.costing_method == CostingMethod::Fifo
}

/// The latest goods that came, as far as they account for what is on hand, `first` of them at most.
/// What came is given with the latest first, without what was taken back.
#[must_use]
pub fn layers(on_hand: Quantity, came: Vec<stock_movement::Model>, first: usize) -> Vec<Layer> {
    let mut left = on_hand;
    let mut layers = Vec::new();
    for movement in came.into_iter().take(first) {
        if left.is_zero() {
            break;
        }
        let quantity = Quantity(movement.quantity.0.min(left.0));
        left.0 -= quantity.0;
        layers.push(Layer {
            value: movement.value.share(quantity, movement.quantity),
            quantity,
            movement,
        });
    }
    layers
}

#[cfg(test)]
mod tests {
    use entity::vocab::{
        Instant, OperationId, PrincipalId, ProductVariantId, StockAdjustmentLineId, StockPlace,
        WarehouseId,
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, number).expect("a day")
    }

    fn came(id: i64, quantity: i64, value: i64) -> stock_movement::Model {
        stock_movement::Model {
            id,
            operation_id: OperationId::generate(),
            variant_id: ProductVariantId::generate(),
            quantity: Quantity(quantity),
            value: Amount(value),
            from_place: StockPlace::Outside,
            from_warehouse_id: None,
            to_place: StockPlace::Sellable,
            to_warehouse_id: Some(WarehouseId::generate()),
            goods_receipt_line_id: None,
            fulfilment_line_id: None,
            stock_transfer_line_id: None,
            stock_adjustment_line_id: Some(StockAdjustmentLineId::generate()),
            customer_return_line_id: None,
            reason: None,
            reverses_id: None,
            cost_layer_id: None,
            from_on_hand: None,
            to_on_hand: Some(Quantity(quantity)),
            happened_on: day(1),
            recorded_at: Instant(0),
            recorded_by: PrincipalId(Uuid::nil()),
        }
    }

    #[test]
    fn the_latest_goods_are_there_and_of_the_first_only_what_is_left() {
        let came = vec![came(7, 20, 60), came(5, 25, 50), came(2, 40, 40)];
        let layers = layers(Quantity(30), came, 100);
        let told: Vec<_> = layers
            .iter()
            .map(|layer| (layer.movement.id, layer.quantity.0, layer.value.0))
            .collect();
        assert_eq!(told, [(7, 20, 60), (5, 10, 20)]);
    }

    #[test]
    fn nothing_on_hand_has_no_layers() {
        assert_eq!(layers(Quantity(0), vec![came(1, 5, 5)], 100), []);
    }

    proptest! {
        #[test]
        fn layers_come_to_what_is_on_hand_and_cost_no_more_than_what_came(
            movements in proptest::collection::vec((1..1_000_i64, 0..1_000_i64), 0..30),
            share in 0..=100_i64,
            first in 0..40_usize,
        ) {
            let all: i64 = movements.iter().map(|(quantity, _)| quantity).sum();
            let on_hand = all * share / 100;
            let list: Vec<_> = movements.iter().map(|(q, v)| came(1, *q, *v)).collect();
            let layers = layers(Quantity(on_hand), list.clone(), first);
            let listed: i64 = layers.iter().map(|layer| layer.quantity.0).sum();
            prop_assert!(listed <= on_hand && layers.len() <= first);
            prop_assert!(listed == on_hand || layers.len() == first);
            for (layer, movement) in layers.iter().zip(&list) {
                prop_assert!(layer.quantity <= movement.quantity && layer.value <= movement.value);
            }
        }
    }
}
