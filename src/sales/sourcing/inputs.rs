//! How callers say how warehouses are chosen.

use async_graphql::{Enum, InputObject};
use entity::vocab::SourcingStrategy;

use crate::graphql::Reading;
use crate::platform::rejection::Path;
use crate::sales::order::document::Sourcing;
use crate::stock::warehouse::graphql::WarehouseReference;

/// Warehouses that an order may list, at most.
const WAREHOUSES_MAX: usize = 50;

/// How the warehouses are chosen that serve the lines of an order which name none. Every line gets
/// from the next warehouse only what those before it lack, and no piece is promised twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SourcingStrategy", remote = "SourcingStrategy")]
pub enum SourcingStrategyKind {
    /// The order's `warehouse`, or the only active one.
    GivenWarehouse,
    /// One warehouse after another, in the order of the list or of their priorities.
    Priority,
    /// As few warehouses for the whole order as can serve it; of several such sets the one whose
    /// warehouses come first. Of more than ten warehouses that could help, those are taken that
    /// complete the most variants, which may be more than the fewest.
    FewestShipments,
}

/// How warehouses are chosen for the lines of an order that name none.
#[derive(InputObject)]
pub struct SourcingInput {
    /// By which rule.
    strategy: SourcingStrategyKind,
    /// Only among these, 1 to 50, in this order; all active ones, by their priority and code, when
    /// left out. Not with GIVEN_WAREHOUSE.
    warehouses: Option<Vec<WarehouseReference>>,
}

/// Reads how warehouses are chosen; `is_named` says whether the order names one.
pub(in crate::sales) fn read_sourcing(
    reading: &mut Reading,
    given: Option<SourcingInput>,
    is_named: bool,
) -> Option<Sourcing> {
    let SourcingInput {
        strategy,
        warehouses,
    } = given?;
    let path = Path::input();
    let listed = path.at("sourcing").at("warehouses");
    let is_given = strategy == SourcingStrategyKind::GivenWarehouse;
    if is_named && !is_given {
        let message = "Leave it out, or choose GIVEN_WAREHOUSE: with another strategy the stock \
            says which warehouse serves.";
        reading.check.complain(path.at("warehouse"), message);
    }
    if is_given && warehouses.is_some() {
        let message = "Leave it out: GIVEN_WAREHOUSE takes the warehouse of the order.";
        reading.check.complain(listed.clone(), message);
    }
    let count = warehouses.as_ref().map(Vec::len);
    if count.is_some_and(|count| !(1..=WAREHOUSES_MAX).contains(&count)) {
        let message = format!("Must name 1 to {WAREHOUSES_MAX} warehouses, or be left out.");
        reading.check.complain(listed.clone(), message);
    }
    let warehouses = warehouses.into_iter().flatten().take(WAREHOUSES_MAX);
    let warehouses = warehouses.enumerate();
    let warehouses = warehouses.map(|(index, by)| by.read(reading, &listed.at(index)));
    Some(Sourcing {
        warehouses: warehouses.collect(),
        strategy: strategy.into(),
    })
}
