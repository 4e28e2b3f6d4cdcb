//! When the method of costing may change: pure.

use entity::stock::stock_level;
use entity::vocab::Quantity;

use crate::platform::rejection::{Path, Rejection};
use crate::stock::ledger::on_hand;

/// The method changes only while nothing is on hand anywhere, and nothing on its way.
///
/// # Errors
/// What is still there.
pub fn check_nothing_there(
    levels: &[stock_level::Model],
    is_in_transit: bool,
) -> Result<(), Rejection> {
    let there = Quantity(levels.iter().map(|level| on_hand(level).0).sum());
    let path = Path::input().at("costingMethod");
    if there.is_positive() {
        let places = levels.iter().filter(|level| on_hand(level).is_positive());
        let message = format!(
            "The method changes only while nothing is there: {there} are on hand in {} \
             warehouse(s). Sell them, or take them out by stockAdjust, and bring them back in \
             under the other method.",
            places.count()
        );
        return Err(Rejection::invalid(path, message));
    }
    if is_in_transit {
        let message = "The method changes only while nothing is there: some are on their way \
            between warehouses. Receive the transfer first.";
        return Err(Rejection::invalid(path, message));
    }
    Ok(())
}
