//! What must hold of how orders are sourced, with examples and at random.

use entity::stock::stock_level;
use entity::vocab::{
    Amount, CostingMethod, Instant, ProductVariantId, Quantity, ShortagePolicy, WarehouseId,
};
use proptest::prelude::*;

use super::sourcing::*;
use crate::platform::rejection::Problem;
use crate::stock::ledger::{Book, LevelKey, Promise};

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
        costing_method: CostingMethod::MovingAverage,
        hold_expires_at: None,
        updated_at: Instant(0),
        version: 1,
    }
}

fn want(
    variant_id: ProductVariantId,
    quantity: i64,
    (warehouses, spread): (&[WarehouseId], Spread),
) -> Wanted {
    Wanted {
        variant_id,
        quantity: Quantity(quantity),
        warehouses: warehouses.to_vec(),
        spread,
    }
}

fn taken(allocations: &[Allocation]) -> Vec<(usize, WarehouseId, i64, i64)> {
    let one = |one: &Allocation| {
        let Promise {
            reserved,
            backordered,
        } = one.promise;
        (one.line, one.key.1, reserved.0, backordered.0)
    };
    allocations.iter().map(one).collect()
}

#[test]
fn two_lines_cannot_both_take_the_last_piece() {
    let key = (ProductVariantId::generate(), WarehouseId::generate());
    let book = Book::of(vec![level(key, 10, 9)], Vec::new());
    for spread in [Spread::OnePlace, Spread::InOrder, Spread::Fewest] {
        let wanted = [1, 1].map(|one| want(key.0, one, (&[key.1], spread)));
        let rejections =
            allocate(&wanted, ShortagePolicy::Reject, &book).expect_err("there is too little");
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
}

#[test]
fn only_the_remainder_is_taken_from_the_next_warehouse() {
    let variant = ProductVariantId::generate();
    let [a, b, c] = [(); 3].map(|()| WarehouseId::generate());
    let levels = [(a, 3), (b, 9), (c, 9)];
    let levels = levels.map(|(place, there)| level((variant, place), there, 0));
    let book = Book::of(levels.to_vec(), Vec::new());
    let wanted = [want(variant, 5, (&[a, b, c], Spread::InOrder))];
    let sourced = source(&wanted, ShortagePolicy::Split, &book);
    assert_eq!(taken(&sourced.allocations()), [(0, a, 3, 0), (0, b, 2, 0)]);
    let reasons: Vec<Reason> = sourced.looks.iter().map(|look| look.reason).collect();
    assert_eq!(reasons, [Reason::Serves, Reason::Serves, Reason::NotNeeded]);
}

#[test]
fn a_line_that_names_its_warehouse_is_served_before_one_that_does_not() {
    let variant = ProductVariantId::generate();
    let [a, b] = [(); 2].map(|()| WarehouseId::generate());
    let levels = vec![level((variant, a), 2, 0), level((variant, b), 2, 0)];
    let book = Book::of(levels, Vec::new());
    for spread in [Spread::InOrder, Spread::Fewest] {
        let free = want(variant, 2, (&[a, b], spread));
        let wanted = [free, want(variant, 2, (&[a], Spread::OnePlace))];
        let sourced = source(&wanted, ShortagePolicy::Reject, &book);
        assert_eq!(taken(&sourced.allocations()), [(0, b, 2, 0), (1, a, 2, 0)]);
        assert_eq!(sourced.looks[0].reason, Reason::TakenByOtherLines);
    }
}

#[test]
fn the_fewest_warehouses_serve_and_the_others_are_told_why_not() {
    let (x, y) = (ProductVariantId::generate(), ProductVariantId::generate());
    let [a, b, c] = [(); 3].map(|()| WarehouseId::generate());
    let levels = vec![
        level((x, a), 9, 0),
        level((y, b), 9, 0),
        level((x, c), 9, 0),
    ];
    let levels = [levels, vec![level((y, c), 9, 0)]].concat();
    let book = Book::of(levels, Vec::new());
    let wanted = [x, y].map(|variant| want(variant, 9, (&[a, b, c], Spread::Fewest)));
    let sourced = source(&wanted, ShortagePolicy::Reject, &book);
    assert_eq!(taken(&sourced.allocations()), [(0, c, 9, 0), (1, c, 9, 0)]);
    let reasons: Vec<Reason> = sourced.looks.iter().map(|look| look.reason).collect();
    use Reason::{MoreShipments, NothingAvailable, Serves};
    let first = [MoreShipments, NothingAvailable, Serves];
    assert_eq!(
        reasons,
        [first, [NothingAvailable, MoreShipments, Serves]].concat()
    );
}

#[test]
fn what_all_lack_waits_in_the_first_and_of_the_fewest_in_the_first_that_serves() {
    let variant = ProductVariantId::generate();
    let [a, b] = [(); 2].map(|()| WarehouseId::generate());
    let book = Book::of(
        vec![level((variant, a), 0, 0), level((variant, b), 3, 0)],
        Vec::new(),
    );
    let waits = |spread| {
        let wanted = [want(variant, 5, (&[a, b], spread))];
        taken(
            &allocate(&wanted, ShortagePolicy::Backorder, &book).expect("what is missing may wait"),
        )
    };
    assert_eq!(waits(Spread::InOrder), [(0, a, 0, 2), (0, b, 3, 0)]);
    assert_eq!(waits(Spread::Fewest), [(0, b, 3, 2)]);
}

fn spreads() -> impl Strategy<Value = Spread> {
    prop::sample::select(vec![Spread::OnePlace, Spread::InOrder, Spread::Fewest])
}

fn policies() -> impl Strategy<Value = ShortagePolicy> {
    use ShortagePolicy::{Backorder, Reject, Split};
    prop::sample::select(vec![Reject, Backorder, Split])
}

proptest! {
    #[test]
    fn nobody_promises_more_than_there_is_or_less_than_was_wanted(
        stock in prop::collection::vec(0_i64..20, 3),
        lines in prop::collection::vec((1_i64..15, spreads()), 1..6),
        policy in policies(),
    ) {
        let variant = ProductVariantId::generate();
        let places: Vec<WarehouseId> = stock.iter().map(|_| WarehouseId::generate()).collect();
        let levels = places.iter().zip(&stock);
        let levels = levels.map(|(place, there)| level((variant, *place), *there, 0)).collect();
        let book = Book::of(levels, Vec::new());
        let of = |spread| if spread == Spread::OnePlace { &places[..1] } else { &places[..] };
        let wanted = lines.iter().map(|(most, spread)| {
            want(variant, *most, (of(*spread), *spread))
        });
        let wanted: Vec<Wanted> = wanted.collect();
        let sourced = source(&wanted, policy, &book);
        let allocations = sourced.allocations();
        let reserved = |place: WarehouseId| -> i64 {
            let here = allocations.iter().filter(|one| one.key.1 == place);
            here.map(|one| one.promise.reserved.0).sum()
        };
        for (place, there) in places.iter().zip(&stock) {
            prop_assert!(reserved(*place) <= *there, "more than is there");
            let waits = |one: &Allocation| {
                one.key.1 == *place && one.promise.backordered.is_positive()
            };
            let is_free = reserved(*place) < *there;
            prop_assert!(!(is_free && allocations.iter().any(waits)), "waits beside stock");
        }
        for (line, want) in wanted.iter().enumerate() {
            let own = allocations.iter().filter(|one| one.line == line);
            let sum: i64 = own.map(|one| one.promise.reserved.0 + one.promise.backordered.0).sum();
            let short = sourced.short.get(&line).map_or(0, |short| short.0);
            prop_assert_eq!(sum + short, want.quantity.0);
            let all_taken = |place| reserved(places[place]) == stock[place];
            let few = if want.spread == Spread::OnePlace { 1 } else { 3 };
            prop_assert!(short == 0 || (0..few).all(all_taken), "short beside stock");
        }
        let is_short = !sourced.short.is_empty();
        prop_assert_eq!(allocate(&wanted, policy, &book).is_err(), is_short);
        prop_assert!(!(is_short && policy == ShortagePolicy::Backorder));
    }

    #[test]
    fn the_next_in_order_is_asked_only_for_what_those_before_it_lack(
        stock in prop::collection::vec(0_i64..20, 4),
        quantities in prop::collection::vec(1_i64..15, 1..6),
    ) {
        let variant = ProductVariantId::generate();
        let places: Vec<WarehouseId> = stock.iter().map(|_| WarehouseId::generate()).collect();
        let levels = places.iter().zip(&stock);
        let levels = levels.map(|(place, there)| level((variant, *place), *there, 0)).collect();
        let book = Book::of(levels, Vec::new());
        let of = |most: &i64| want(variant, *most, (&places[..], Spread::InOrder));
        let wanted: Vec<Wanted> = quantities.iter().map(of).collect();
        let allocations = source(&wanted, ShortagePolicy::Split, &book).allocations();
        let mut open: i64 = quantities.iter().sum();
        for (place, there) in places.iter().zip(&stock) {
            let here = allocations.iter().filter(|one| one.key.1 == *place);
            let taken: i64 = here.map(|one| one.promise.reserved.0).sum();
            prop_assert_eq!(taken, open.min(*there));
            open -= taken;
        }
    }
}
