//! What must hold of holds: pure.

use std::collections::BTreeMap;

use entity::stock::{stock_hold, stock_hold_line, warehouse};
use entity::vocab::{Instant, ProductVariantId, Quantity, StockHoldStatus, WarehouseId};

use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::{check_unit, total_quantity};
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::{Book, Demand, LevelKey};
use crate::stock::warehouse::rules as warehouses;

/// A line that names a variant, a warehouse and a quantity.
#[derive(Clone, Debug)]
pub struct StockLine {
    /// What.
    pub variant: Reference<ProductVariantId>,
    /// Where.
    pub warehouse: Reference<WarehouseId>,
    /// How much.
    pub quantity: Quantity,
}

/// The level that each line names.
///
/// # Errors
/// Everything that is wrong with the references and quantities, all at once.
pub fn resolve(
    lines: &[StockLine],
    variants: &[CountedVariant],
    places: &[warehouse::Model],
) -> Result<Vec<LevelKey>, Vec<Rejection>> {
    let mut rejections = Vec::new();
    let mut keys = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let path = Path::input().at("lines").at(index);
        let counted = variants::usable_in_stock(variants, &line.variant, &path.at("variant"));
        let place = warehouses::usable(places, &line.warehouse, &path.at("warehouse"));
        if let Ok(counted) = &counted {
            let checked = check_unit(&path.at("quantity"), line.quantity, &counted.unit);
            rejections.extend(checked.err());
        }
        match (counted, place) {
            (Ok(counted), Ok(place)) => keys.push((counted.variant.id, place.id)),
            (counted, place) => {
                rejections.extend(counted.err().flatten());
                rejections.extend(place.err().flatten());
            }
        }
    }
    if total_quantity(lines.iter().map(|line| line.quantity)).is_none() {
        let message = "The lines add up to too much; split the document.";
        rejections.push(Rejection::invalid(Path::input().at("lines"), message));
    }
    if rejections.is_empty() {
        Ok(keys)
    } else {
        Err(rejections)
    }
}

/// All lines together must be available: demand is summed per level before it is compared.
///
/// # Errors
/// One rejection per level that lacks stock, at the first line it fails.
pub fn check_available(wanted: &[(LevelKey, Quantity)], book: &Book) -> Result<(), Vec<Rejection>> {
    let mut sums: BTreeMap<LevelKey, i64> = BTreeMap::new();
    let mut short: BTreeMap<LevelKey, usize> = BTreeMap::new();
    for (line, (key, quantity)) in wanted.iter().enumerate() {
        let sum = sums.entry(*key).or_default();
        *sum += quantity.0;
        if *sum > book.available(*key).or_zero().0 {
            short.entry(*key).or_insert(line);
        }
    }
    let rejection = |(key, line): (LevelKey, usize)| {
        let problem = Problem::InsufficientStock {
            variant: key.0,
            warehouse: Some(key.1),
            requested: Quantity(sums[&key]),
            available: book.available(key).or_zero(),
        };
        Rejection::new(Path::input().at("lines").at(line).at("quantity"), problem)
    };
    let rejections: Vec<Rejection> = short.into_iter().map(rejection).collect();
    if rejections.is_empty() {
        Ok(())
    } else {
        Err(rejections)
    }
}

/// The status of a hold at a moment: it expires by itself.
#[must_use]
pub fn status_at(hold: &stock_hold::Model, now: Instant) -> StockHoldStatus {
    if hold.status == StockHoldStatus::Active && hold.expires_at <= now {
        StockHoldStatus::Expired
    } else {
        hold.status
    }
}

/// Only an active hold can be extended, released or converted.
///
/// # Errors
/// Why not.
pub fn check_active(hold: &stock_hold::Model, now: Instant) -> Result<(), Rejection> {
    let (state, message) = match status_at(hold, now) {
        StockHoldStatus::Active => return Ok(()),
        StockHoldStatus::Converted => ("CONVERTED", "This hold has become an order."),
        StockHoldStatus::Released => ("RELEASED", "This hold was released. Hold the stock again."),
        StockHoldStatus::Expired => return Err(expired()),
    };
    Err(ended(state, message))
}

/// An active hold keeps all of what it was made for. The moment at which a command began may lie
/// before the hold's end, and the moment at which it got the levels behind it: whoever had them
/// meanwhile was given the stock.
///
/// # Errors
/// That the hold has expired.
pub fn check_kept(lines: &[stock_hold_line::Model], book: &Book) -> Result<(), Rejection> {
    let keeps = |line: &stock_hold_line::Model| {
        let ids = book.active_of(Demand::HoldLine(line.id)).into_iter();
        let rows = ids.filter_map(|id| book.reservation(id));
        let kept: i64 = rows.map(|row| row.reserved.0 + row.backordered.0).sum();
        kept == line.quantity.0
    };
    if lines.iter().all(keeps) {
        Ok(())
    } else {
        Err(expired())
    }
}

fn expired() -> Rejection {
    ended("EXPIRED", "This hold has expired. Hold the stock again.")
}

fn ended(state: &'static str, message: &str) -> Rejection {
    let problem = Problem::InvalidState {
        state,
        allowed: &["stockHoldCreate"],
        message: message.to_owned(),
    };
    Rejection::new(Path::input().at("stockHold"), problem)
}
