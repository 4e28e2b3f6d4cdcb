//! Which warehouse serves which line of an order: pure.

use std::collections::BTreeMap;

use entity::vocab::{Amount, ProductVariantId, Quantity, ShortagePolicy, WarehouseId};

use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::{Book, LevelKey, Promise};

/// A line that wants stock.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What.
    pub variant_id: ProductVariantId,
    /// How much.
    pub quantity: Quantity,
    /// Where from, the preferred one first.
    pub warehouses: Vec<WarehouseId>,
}

/// What one warehouse promises to one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The line, by its index.
    pub line: usize,
    /// Where.
    pub key: LevelKey,
    /// What.
    pub promise: Promise,
}

/// Serves the lines one after another from what is left, so that two lines of one order never get
/// the same piece.
///
/// # Errors
/// One rejection per variant and warehouse that lacks stock, at the first line it fails.
pub fn allocate(
    wanted: &[Wanted],
    policy: ShortagePolicy,
    book: &Book,
) -> Result<Vec<Allocation>, Vec<Rejection>> {
    let mut left: BTreeMap<LevelKey, Quantity> = BTreeMap::new();
    let mut waiting: BTreeMap<LevelKey, Quantity> = BTreeMap::new();
    let (mut allocations, mut crowded) = (Vec::new(), Vec::new());
    let mut short: BTreeMap<(ProductVariantId, Option<WarehouseId>), usize> = BTreeMap::new();
    for (line, want) in wanted.iter().enumerate() {
        let mut open = want.quantity;
        for (rank, warehouse) in want.warehouses.iter().enumerate() {
            let key = (want.variant_id, *warehouse);
            if !book.has(key) || (rank > 0 && policy != ShortagePolicy::Split) {
                continue;
            }
            let free = left
                .entry(key)
                .or_insert_with(|| book.available(key).or_zero());
            let mut promise = Promise::of(open, *free);
            free.0 -= promise.reserved.0;
            if policy != ShortagePolicy::Backorder {
                promise.backordered = Quantity::ZERO;
            }
            open.0 -= promise.reserved.0 + promise.backordered.0;
            let more = waiting.entry(key).or_default();
            more.0 += promise.backordered.0;
            if !book.has_room(key, *more, Amount::ZERO) {
                crowded.push(too_much(line));
            }
            if promise != Promise::default() {
                allocations.push(Allocation { line, key, promise });
            }
        }
        if open.is_positive() {
            let one_place = policy != ShortagePolicy::Split || want.warehouses.len() == 1;
            let place = want.warehouses.first().copied().filter(|_| one_place);
            short.entry((want.variant_id, place)).or_insert(line);
        }
    }
    if short.is_empty() && crowded.is_empty() {
        return Ok(allocations);
    }
    let short = short.into_iter();
    Err(short
        .map(|(of, line)| shortage(of, line, wanted, book))
        .chain(crowded)
        .collect())
}

/// A rejection of a line, at the line's place in an input that has no such list of lines.
#[must_use]
pub fn at_place(rejection: Rejection, paths: &[Path]) -> Rejection {
    let steps = rejection.path.steps();
    let line = steps.get(2).and_then(|step| step.parse::<usize>().ok());
    match line.and_then(|line| paths.get(line)) {
        Some(path) => Rejection::new(path.clone(), rejection.problem),
        None => rejection,
    }
}

fn too_much(line: usize) -> Rejection {
    let path = Path::input().at("lines").at(line).at("quantity");
    let message = "Is too much: more would wait for stock than can be kept.";
    Rejection::invalid(path, message)
}

fn shortage(
    (variant, warehouse): (ProductVariantId, Option<WarehouseId>),
    line: usize,
    wanted: &[Wanted],
    book: &Book,
) -> Rejection {
    let same_place = |want: &&Wanted| {
        want.variant_id == variant
            && (warehouse.is_none() || want.warehouses.first().copied() == warehouse)
    };
    let requested = wanted
        .iter()
        .filter(same_place)
        .map(|want| want.quantity.0)
        .sum();
    let places = warehouse.map_or_else(|| wanted[line].warehouses.clone(), |one| vec![one]);
    let keys = places
        .into_iter()
        .map(|place| (variant, place))
        .filter(|key| book.has(*key));
    let available = keys.map(|key| book.available(key).or_zero().0).sum();
    let problem = Problem::InsufficientStock {
        variant,
        warehouse,
        requested: Quantity(requested),
        available: Quantity(available),
    };
    Rejection::new(Path::input().at("lines").at(line).at("quantity"), problem)
}

#[cfg(test)]
mod tests {
    use entity::stock::stock_level;
    use entity::vocab::Instant;
    use proptest::prelude::*;

    use super::*;

    fn level(key: LevelKey, sellable: i64, reserved: i64) -> stock_level::Model {
        stock_level::Model {
            variant_id: key.0,
            warehouse_id: key.1,
            sellable: Quantity(sellable),
            quarantined: Quantity::ZERO,
            reserved: Quantity(reserved),
            backordered: Quantity::ZERO,
            incoming: Quantity::ZERO,
            value: Amount::ZERO,
            minimum: None,
            maximum: None,
            reorder_point: None,
            safety_stock: None,
            policy_version: 0,
            hold_expires_at: None,
            updated_at: Instant(0),
            version: 1,
        }
    }

    fn want(variant_id: ProductVariantId, quantity: i64, warehouses: &[WarehouseId]) -> Wanted {
        Wanted {
            variant_id,
            quantity: Quantity(quantity),
            warehouses: warehouses.to_vec(),
        }
    }

    #[test]
    fn two_lines_cannot_both_take_the_last_piece() {
        let key = (ProductVariantId::generate(), WarehouseId::generate());
        let book = Book::of(vec![level(key, 10, 9)], Vec::new());
        let wanted = [want(key.0, 1, &[key.1]), want(key.0, 1, &[key.1])];
        let rejections = allocate(&wanted, ShortagePolicy::Reject, &book).unwrap_err();
        assert_eq!(rejections.len(), 1);
        assert_eq!(
            rejections[0].path.steps(),
            ["input", "lines", "1", "quantity"]
        );
        assert_eq!(
            rejections[0].problem,
            Problem::InsufficientStock {
                variant: key.0,
                warehouse: Some(key.1),
                requested: Quantity(2),
                available: Quantity(1),
            }
        );
    }

    #[test]
    fn a_split_takes_only_the_remainder_from_the_next_warehouse() {
        let variant = ProductVariantId::generate();
        let (a, b) = (WarehouseId::generate(), WarehouseId::generate());
        let levels = vec![level((variant, a), 3, 0), level((variant, b), 9, 0)];
        let book = Book::of(levels, Vec::new());
        let allocations =
            allocate(&[want(variant, 5, &[a, b])], ShortagePolicy::Split, &book).unwrap();
        let taken: Vec<i64> = allocations
            .iter()
            .map(|one| one.promise.reserved.0)
            .collect();
        assert_eq!(taken, [3, 2]);
    }

    proptest! {
        #[test]
        fn no_policy_promises_more_than_there_is_or_less_than_was_wanted(
            stock in prop::collection::vec(0_i64..20, 3),
            quantities in prop::collection::vec(1_i64..15, 1..6),
            policy in prop::sample::select(vec![
                ShortagePolicy::Reject, ShortagePolicy::Backorder, ShortagePolicy::Split,
            ]),
        ) {
            let variant = ProductVariantId::generate();
            let places: Vec<WarehouseId> = stock.iter().map(|_| WarehouseId::generate()).collect();
            let levels = places.iter().zip(&stock);
            let levels = levels.map(|(place, there)| level((variant, *place), *there, 0)).collect();
            let book = Book::of(levels, Vec::new());
            let wanted: Vec<Wanted> =
                quantities.iter().map(|quantity| want(variant, *quantity, &places)).collect();
            let total: i64 = quantities.iter().sum();
            match allocate(&wanted, policy, &book) {
                Ok(allocations) => {
                    let promised: i64 = allocations
                        .iter()
                        .map(|one| one.promise.reserved.0 + one.promise.backordered.0)
                        .sum();
                    prop_assert_eq!(promised, total);
                    for (place, there) in places.iter().zip(&stock) {
                        let here = allocations.iter().filter(|one| one.key.1 == *place);
                        let reserved: i64 = here.map(|one| one.promise.reserved.0).sum();
                        prop_assert!(reserved <= *there);
                    }
                }
                Err(_) => {
                    let is_short = match policy {
                        ShortagePolicy::Reject => total > stock[0],
                        ShortagePolicy::Split => total > stock.iter().sum(),
                        ShortagePolicy::Backorder => false,
                    };
                    prop_assert!(is_short);
                }
            }
        }
    }
}
