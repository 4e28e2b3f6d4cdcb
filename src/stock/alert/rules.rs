//! When an alert is raised and when it is cleared: pure.

use entity::stock::stock_level;
use entity::vocab::{Quantity, StockAlertKind};

use crate::stock::ledger::{available, on_hand};

/// What becomes of the alerts of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A line was crossed.
    Raise {
        /// What is to be told.
        kind: StockAlertKind,
        /// What is available, or on hand.
        quantity: Quantity,
        /// The line.
        threshold: Quantity,
    },
    /// The level came back.
    Clear {
        /// What was told.
        kind: StockAlertKind,
        /// What is available, or on hand.
        quantity: Quantity,
    },
}

/// At how much available a level is low: at its reorder point or, without one, its minimum.
#[must_use]
pub fn low_at(level: &stock_level::Model) -> Option<Quantity> {
    level.reorder_point.or(level.minimum)
}

/// Whether what is available is at the line where it is to be ordered again, or below.
#[must_use]
pub fn is_low(level: &stock_level::Model) -> bool {
    low_at(level).is_some_and(|line| available(level) <= line)
}

/// Whether more is on hand than there should be.
#[must_use]
pub fn is_over(level: &stock_level::Model) -> bool {
    level.maximum.is_some_and(|most| on_hand(level) > most)
}

/// Whether the level, as it is stored, may have an open alert. One that nothing ever happened to
/// has none without a policy.
#[must_use]
pub fn may_be_open(level: &stock_level::Model) -> bool {
    let is_out = level.version > 0 && !available(level).is_positive();
    is_out || is_low(level) || is_over(level)
}

/// What becomes of the alerts of a level by a change. Only what was available can run out: a level
/// that never had anything is not out of stock.
pub fn turns(
    is_open: impl Fn(StockAlertKind) -> bool,
    before: &stock_level::Model,
    after: &stock_level::Model,
) -> Vec<Turn> {
    use StockAlertKind::{BackInStock, Low, Out, Overstock};
    let free = available(after);
    let mut turns = Vec::new();
    let mut turn = |kind, holds: bool, (quantity, threshold): (Quantity, Option<Quantity>)| match (
        is_open(kind),
        holds,
    ) {
        (false, true) => turns.push(Turn::Raise {
            kind,
            quantity,
            threshold: threshold.unwrap_or_default(),
        }),
        (true, false) => turns.push(Turn::Clear { kind, quantity }),
        (false, false) | (true, true) => {}
    };
    let is_out = !free.is_positive();
    let has_run_out = is_out && (is_open(Out) || available(before).is_positive());
    turn(Out, has_run_out, (free, None));
    // A moment: nothing is open of it, so nothing of it is ever cleared.
    turn(BackInStock, is_open(Out) && !is_out, (free, None));
    turn(Low, is_low(after), (free, low_at(after)));
    turn(Overstock, is_over(after), (on_hand(after), after.maximum));
    turns
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use entity::vocab::{Amount, CostingMethod, Instant, ProductVariantId, WarehouseId};
    use proptest::prelude::*;

    use super::*;

    fn level(sellable: i64, backordered: i64, version: i64) -> stock_level::Model {
        stock_level::Model {
            variant_id: ProductVariantId(uuid::Uuid::nil()),
            warehouse_id: WarehouseId(uuid::Uuid::nil()),
            sellable: Quantity(sellable),
            quarantined: Quantity::ZERO,
            reserved: Quantity::ZERO,
            backordered: Quantity(backordered),
            incoming: Quantity::ZERO,
            value: Amount::ZERO,
            costing_method: CostingMethod::MovingAverage,
            minimum: None,
            maximum: None,
            reorder_point: None,
            safety_stock: None,
            policy_version: 0,
            hold_expires_at: None,
            updated_at: Instant(0),
            version,
        }
    }

    fn raised(kind: StockAlertKind, quantity: i64, threshold: i64) -> Turn {
        Turn::Raise {
            kind,
            quantity: Quantity(quantity),
            threshold: Quantity(threshold),
        }
    }

    #[test]
    fn what_never_was_there_is_not_out_of_stock() {
        let (nothing, waiting) = (level(0, 0, 0), level(0, 5, 1));
        assert_eq!(turns(|_| false, &nothing, &waiting), []);
        assert_eq!(turns(|_| false, &waiting, &level(3, 0, 2)), []);
    }

    #[test]
    fn the_last_piece_tells_it_is_out_and_the_next_that_it_is_back() {
        use StockAlertKind::{BackInStock, Out};
        let (one, none) = (level(1, 0, 1), level(0, 0, 2));
        assert_eq!(turns(|_| false, &one, &none), [raised(Out, 0, 0)]);
        let cleared = Turn::Clear {
            kind: Out,
            quantity: Quantity(1),
        };
        let back = turns(|kind| kind == Out, &none, &one);
        assert_eq!(back, [cleared, raised(BackInStock, 1, 0)]);
    }

    #[test]
    fn the_reorder_point_counts_before_the_minimum() {
        let mut low = level(4, 0, 1);
        low.minimum = Some(Quantity(4));
        assert!(is_low(&low));
        low.reorder_point = Some(Quantity(3));
        assert!(!is_low(&low));
        assert!(may_be_open(&level(0, 0, 1)) && !may_be_open(&level(0, 0, 0)));
    }

    fn line() -> impl Strategy<Value = Option<i64>> {
        proptest::option::of(0_i64..12)
    }

    proptest! {
        #[test]
        fn alerts_alternate_and_stand_exactly_while_they_hold(
            steps in prop::collection::vec(
                (0_i64..15, 0_i64..4, any::<bool>(), line(), line(), line()), 1..60)
        ) {
            use StockAlertKind::{BackInStock, Low, Out, Overstock};
            let mut open: BTreeMap<StockAlertKind, i64> = BTreeMap::new();
            let mut before = level(0, 0, 0);
            let mut was_there = false;
            for (sellable, backordered, has_other_policy, low, least, most) in steps {
                let mut after = level(sellable, backordered, before.version + 1);
                (after.reorder_point, after.minimum, after.maximum) =
                    (before.reorder_point, before.minimum, before.maximum);
                if has_other_policy {
                    after.reorder_point = low.map(Quantity);
                    after.minimum = least.map(Quantity);
                    after.maximum = most.map(Quantity);
                }
                let was_out = open.contains_key(&Out);
                let mut is_back = false;
                for turn in turns(|kind| open.contains_key(&kind), &before, &after) {
                    match turn {
                        Turn::Raise { kind: BackInStock, .. } => is_back = true,
                        Turn::Raise { kind, .. } => {
                            prop_assert!(open.insert(kind, sellable).is_none(), "twice");
                        }
                        Turn::Clear { kind, .. } => {
                            prop_assert!(open.remove(&kind).is_some(), "not open");
                        }
                    }
                }
                was_there |= available(&after).is_positive();
                let is_out = was_there && !available(&after).is_positive();
                prop_assert_eq!(open.contains_key(&Out), is_out);
                prop_assert_eq!(open.contains_key(&Low), is_low(&after));
                prop_assert_eq!(open.contains_key(&Overstock), is_over(&after));
                prop_assert_eq!(is_back, was_out && !is_out);
                prop_assert!(open.is_empty() || may_be_open(&after));
                before = after;
            }
        }
    }
}
