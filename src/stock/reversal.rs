//! At which value goods leave again that a movement brought in: pure.
//!
//! They leave from where they went, at the value at which they came. Under a moving average that is
//! not always possible: when part of the goods has left at another average cost, the level may be
//! worth less than what came in. So the value leaves exactly as it came when what stays is worth
//! zero or more without it; when nothing stays, all the value that is there leaves, for a level
//! without goods has none, and the difference is noted on the line; else it is refused.
//!
//! Where goods leave first in, first out, they have a layer of their own. It is taken as a whole:
//! of goods that have left in part, the rest leaves by a correction.

use std::collections::BTreeMap;

use entity::stock::stock_movement;
use entity::vocab::{Amount, CostingMethod, Quantity, StockPlace, WarehouseId};

use super::ledger::{Book, LevelKey};
use crate::platform::rejection::{Path, Problem, Rejection};

/// A movement that is taken back, and at which value.
#[derive(Clone, Copy, Debug)]
pub struct TakenBack<'m> {
    /// The movement that brought the goods in.
    pub movement: &'m stock_movement::Model,
    /// Where they went.
    pub warehouse: WarehouseId,
    /// At which value they leave.
    pub value: Amount,
}

/// At which value each movement is taken back; `document` leads to the field that names what is
/// taken back.
///
/// # Errors
/// Goods that are no longer there, and values that no longer are.
pub fn values<'m>(
    movements: &'m [stock_movement::Model],
    book: &Book,
    document: &Path,
) -> Result<Vec<TakenBack<'m>>, Vec<Rejection>> {
    let mut by_level: BTreeMap<LevelKey, Vec<&stock_movement::Model>> = BTreeMap::new();
    for movement in movements {
        let warehouse = movement
            .to_warehouse_id
            .expect("what is taken back came into a warehouse");
        let key = (movement.variant_id, warehouse);
        by_level.entry(key).or_default().push(movement);
    }
    let (mut taken, mut rejections) = (Vec::new(), Vec::new());
    for (key, movements) in by_level {
        let missing = missing(key, &movements, (book, document));
        if !missing.is_empty() {
            rejections.extend(missing);
            continue;
        }
        let level = book.level(key);
        if level.costing_method == CostingMethod::Fifo {
            match of_layers(key, &movements, (book, document)) {
                Ok(layers) => taken.extend(layers),
                Err(used) => rejections.extend(used),
            }
            continue;
        }
        let on_hand = Quantity(level.sellable.0 + level.quarantined.0);
        let parts: Vec<_> = movements
            .iter()
            .map(|one| (one.quantity, one.value))
            .collect();
        match split(level.value, on_hand, &parts) {
            Some(values) => {
                let of = |(movement, value)| TakenBack {
                    movement,
                    warehouse: key.1,
                    value,
                };
                taken.extend(movements.into_iter().zip(values).map(of));
            }
            None => rejections.push(too_little_value(level.value, &parts, document)),
        }
    }
    if rejections.is_empty() {
        Ok(taken)
    } else {
        Err(rejections)
    }
}

/// What is no longer there of what came to a level, by place.
fn missing(
    key: LevelKey,
    movements: &[&stock_movement::Model],
    (book, document): (&Book, &Path),
) -> Vec<Rejection> {
    let level = book.level(key);
    let places = [
        (StockPlace::Sellable, level.sellable),
        (StockPlace::Quarantine, level.quarantined),
    ];
    let check = |(place, available): (StockPlace, Quantity)| {
        let there = movements.iter().filter(|one| one.to_place == place);
        let requested = Quantity(there.map(|one| one.quantity.0).sum());
        let problem = Problem::InsufficientStock {
            variant: key.0,
            warehouse: Some(key.1),
            requested,
            available,
        };
        (requested > available).then(|| Rejection::new(document.clone(), problem))
    };
    places.into_iter().filter_map(check).collect()
}

/// What is taken back where goods leave first in, first out: whole layers, at their value.
fn of_layers<'m>(
    key: LevelKey,
    movements: &[&'m stock_movement::Model],
    (book, document): (&Book, &Path),
) -> Result<Vec<TakenBack<'m>>, Vec<Rejection>> {
    let (mut taken, mut used) = (Vec::new(), Vec::new());
    for movement in movements {
        let layer = movement.cost_layer_id.and_then(|id| book.layer(key, id));
        match layer.filter(|layer| layer.quantity == movement.quantity) {
            Some(layer) => taken.push(TakenBack {
                movement,
                warehouse: key.1,
                value: layer.value,
            }),
            None => {
                let left = layer.map_or(Quantity::ZERO, |layer| layer.quantity);
                let came = movement.quantity;
                let message = format!(
                    "Of the {came} that came in, only {left} are still there at their cost: goods \
                     leave first in, first out. Take out what you want by stockAdjust instead, at \
                     the cost of what came first."
                );
                used.push(Rejection::invalid(document.clone(), message));
            }
        }
    }
    if used.is_empty() {
        Ok(taken)
    } else {
        Err(used)
    }
}

/// The value of each part: as it came; or, when the parts are all there is, a share of all value.
fn split(value: Amount, on_hand: Quantity, parts: &[(Quantity, Amount)]) -> Option<Vec<Amount>> {
    let mut whole = Quantity(parts.iter().map(|(quantity, _)| quantity.0).sum());
    let came = Amount(parts.iter().map(|(_, value)| value.0).sum());
    if value == came || (whole < on_hand && value > came) {
        return Some(parts.iter().map(|(_, value)| *value).collect());
    }
    if whole < on_hand {
        return None;
    }
    let mut left = value;
    let shares = parts.iter().map(|(quantity, _)| {
        let share = left.share(*quantity, whole);
        left.0 -= share.0;
        whole.0 -= quantity.0;
        share
    });
    Some(shares.collect())
}

fn too_little_value(value: Amount, parts: &[(Quantity, Amount)], document: &Path) -> Rejection {
    let came = Amount(parts.iter().map(|(_, value)| value.0).sum());
    let message = format!(
        "The goods came in at {came}, but all that is there is worth only {value} by now, because \
         others left at the average cost; taking them back would leave goods worth less than \
         nothing. Take them out by stockAdjust at the present cost, or receive what is missing \
         first."
    );
    Rejection::invalid(document.clone(), message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(value: i64, on_hand: i64, parts: &[(i64, i64)]) -> Option<Vec<i64>> {
        let parts: Vec<_> = parts
            .iter()
            .map(|(q, v)| (Quantity(*q), Amount(*v)))
            .collect();
        let values = split(Amount(value), Quantity(on_hand), &parts)?;
        Some(values.into_iter().map(|value| value.0).collect())
    }

    #[test]
    fn value_leaves_as_it_came_where_it_can() {
        assert_eq!(
            of(100, 10, &[(4, 60)]),
            Some(vec![60]),
            "others stay, worth 40"
        );
        assert_eq!(
            of(100, 10, &[(10, 100)]),
            Some(vec![100]),
            "all of it, at its value"
        );
        assert_eq!(
            of(50, 10, &[(4, 60)]),
            None,
            "others would be worth less than nothing"
        );
        assert_eq!(
            of(70, 10, &[(4, 20), (6, 30)]),
            Some(vec![28, 42]),
            "nothing stays"
        );
    }

    proptest! {
        #[test]
        fn a_level_that_is_emptied_has_no_value_left(
            value in 0_i64..1_000_000,
            parts in prop::collection::vec((1_i64..1_000, 0_i64..1_000), 1..6),
        ) {
            let on_hand = parts.iter().map(|(quantity, _)| quantity).sum();
            let values = of(value, on_hand, &parts).unwrap();
            prop_assert_eq!(values.iter().sum::<i64>(), value);
        }
    }
}
