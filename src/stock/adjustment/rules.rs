//! What must hold when stock is corrected: pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::stock::stock_adjustment;
use entity::vocab::{
    Amount, ProductVariantId, Quantity, StockAdjustmentStatus, StockPlace, UnitPrice, WarehouseId,
};

use super::ops::{AdjustLine, Change};
use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::check_unit;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::Book;

/// A correction that may be posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Of what.
    pub variant_id: ProductVariantId,
    /// Of which goods.
    pub place: StockPlace,
    /// By how much; below zero takes away.
    pub delta: Quantity,
    /// What comes in is worth; zero for what goes out, whose cost the ledger knows.
    pub value_in: Amount,
}

/// Only a posted adjustment is taken back.
///
/// # Errors
/// That it was taken back already.
pub fn check_posted(adjustment: &stock_adjustment::Model) -> Result<(), Rejection> {
    if adjustment.status == StockAdjustmentStatus::Posted {
        return Ok(());
    }
    let problem = Problem::InvalidState {
        state: adjustment.status.as_str(),
        allowed: &["stockAdjust"],
        message: "This adjustment is reversed already. Correct the stock again where it is wrong."
            .to_owned(),
    };
    Err(Rejection::new(Path::input().at("stockAdjustment"), problem))
}

/// It is taken back on its own day or later; nothing is said of a day that was complained about.
#[must_use]
pub fn check_day(
    adjustment: &stock_adjustment::Model,
    date: NaiveDate,
    complaints: &[Rejection],
) -> Option<Rejection> {
    let path = Path::input().at("date");
    if date >= adjustment.date || complaints.iter().any(|one| one.path == path) {
        return None;
    }
    let message = format!(
        "Must not be earlier than the adjustment's own day, {}.",
        adjustment.date
    );
    Some(Rejection::invalid(path, message))
}

/// Resolves the variants of lines; no variant and place twice.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn resolve(
    lines: &[AdjustLine],
    found: &[CountedVariant],
) -> Result<Vec<ProductVariantId>, Vec<Rejection>> {
    let mut rejections = Vec::new();
    let mut seen = BTreeSet::new();
    let mut ids = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let path = Path::input().at("lines").at(index);
        match variants::usable_in_stock(found, &line.variant, &path.at("variant")) {
            Ok(counted) => {
                let (steps, quantity) = line.change.quantity();
                let field = steps
                    .iter()
                    .fold(path.at("change"), |path, step| path.at(step));
                rejections.extend(check_unit(&field, quantity, &counted.unit).err());
                if !seen.insert((counted.variant.id, line.place)) {
                    let message = "This variant is corrected twice here; say it in one line.";
                    rejections.push(Rejection::invalid(path.at("variant"), message));
                }
                ids.push(counted.variant.id);
            }
            Err(reason) => rejections.extend(reason),
        }
    }
    if rejections.is_empty() {
        Ok(ids)
    } else {
        Err(rejections)
    }
}

/// Decides the corrections against the levels as they stand, locked.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn correct(
    lines: &[AdjustLine],
    (ids, warehouse): (&[ProductVariantId], WarehouseId),
    book: &Book,
) -> Result<Vec<Correction>, Vec<Rejection>> {
    let mut rejections = Vec::new();
    let mut corrections = Vec::with_capacity(lines.len());
    for (index, (line, variant_id)) in lines.iter().zip(ids).enumerate() {
        let path = Path::input().at("lines").at(index);
        match correct_line(line, (*variant_id, warehouse), book, &path) {
            Ok(correction) => corrections.push(correction),
            Err(rejection) => rejections.push(rejection),
        }
    }
    if rejections.is_empty() {
        Ok(corrections)
    } else {
        Err(rejections)
    }
}

fn correct_line(
    line: &AdjustLine,
    key: (ProductVariantId, WarehouseId),
    book: &Book,
    path: &Path,
) -> Result<Correction, Rejection> {
    let level = book.level(key);
    let there = match line.place {
        StockPlace::Quarantine => level.quarantined,
        _ => level.sellable,
    };
    let change = path.at("change");
    let (delta, field) = match line.change {
        Change::By(delta) => (delta, change.at("delta")),
        Change::To { quantity, expected } => {
            if expected != there {
                let problem = Problem::StaleQuantity {
                    expected,
                    current: there,
                };
                let field = change.at("counted").at("expectedQuantity");
                return Err(Rejection::new(field, problem));
            }
            (
                Quantity(quantity.0 - there.0),
                change.at("counted").at("quantity"),
            )
        }
    };
    if delta.is_zero() {
        let message = "This changes nothing; leave the line out.";
        return Err(Rejection::invalid(field, message));
    }
    if there.0 + delta.0 < 0 {
        let message = format!("Only {there} are there, so no more can be taken away.");
        return Err(Rejection::invalid(field, message));
    }
    let (variant_id, place) = (key.0, line.place);
    if !delta.is_positive() {
        return Ok(Correction {
            variant_id,
            place,
            delta,
            value_in: Amount::ZERO,
        });
    }
    let on_hand = Quantity(level.sellable.0 + level.quarantined.0);
    let usual = level.value.per_unit(on_hand);
    let value_in = value_in(delta, line.unit_cost.or(usual), path)?;
    if delta.is_positive() && !book.has_room(key, delta, value_in) {
        let message = "Is too much: the level would hold more than can be kept.";
        return Err(Rejection::invalid(field, message));
    }
    Ok(Correction {
        variant_id,
        place,
        delta,
        value_in,
    })
}

/// What comes in at that cost; a cost is needed.
fn value_in(delta: Quantity, cost: Option<UnitPrice>, path: &Path) -> Result<Amount, Rejection> {
    let reject = |message| Rejection::invalid(path.at("unitCost"), message);
    let cost = cost
        .ok_or_else(|| reject("Nothing is on hand to take a cost from; say what one unit cost."))?;
    Amount::of(delta, cost).ok_or_else(|| reject("The line's value is too large."))
}
