//! What must hold when goods are received: pure.

use std::collections::BTreeMap;

use entity::purchasing::goods_receipt;
use entity::stock::warehouse;
use entity::vocab::{Amount, ProductVariantId, Quantity, WarehouseId};

use super::ops::{PostReceipt, ReceiptLine};
use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::{check_unit, is_bookable, total_quantity};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::Book;
use crate::stock::warehouse::rules as warehouses;

/// Everything that a receipt refers to.
pub struct References {
    /// The warehouse.
    pub warehouses: Vec<warehouse::Model>,
    /// Variants with their units.
    pub variants: Vec<CountedVariant>,
    /// The receipt that has the wanted external id already.
    pub rival: Option<goods_receipt::Model>,
}

/// A line whose variant and value are known.
#[derive(Clone, Copy, Debug)]
pub struct ValuedLine {
    /// What came in.
    pub variant_id: ProductVariantId,
    /// Quantity × unit cost.
    pub value: Amount,
}

/// Resolves references and values the lines.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn value(
    receipt: &PostReceipt,
    found: &References,
) -> Result<(WarehouseId, Vec<ValuedLine>), Vec<Rejection>> {
    let mut rejections = Vec::new();
    let path = Path::input();
    let place = warehouses::usable(&found.warehouses, &receipt.warehouse, &path.at("warehouse"));
    let place = place.map_err(|reason| rejections.extend(reason)).ok();
    if let Some(rival) = &found.rival {
        let existing = rival.id.to_string();
        let problem = Problem::Duplicate {
            field: "external id",
            existing,
        };
        rejections.push(Rejection::new(path.at("externalId"), problem));
    }
    let mut lines = Vec::with_capacity(receipt.lines.len());
    for (index, line) in receipt.lines.iter().enumerate() {
        match value_line(line, &found.variants, &path.at("lines").at(index)) {
            Ok(valued) => lines.push(valued),
            Err(reason) => rejections.extend(reason),
        }
    }
    let quantities = receipt.lines.iter().map(|line| line.quantity);
    let value = lines
        .iter()
        .try_fold(Amount::ZERO, |sum, line| sum.checked_add(line.value));
    if total_quantity(quantities).is_none() || value.is_none_or(|value| !is_bookable(value.0)) {
        let message = "The lines add up to too much; split the document.";
        rejections.push(Rejection::invalid(path.at("lines"), message));
    }
    match place {
        Some(place) if rejections.is_empty() => Ok((place.id, lines)),
        _ => Err(rejections),
    }
}

/// The lines whose level would hold more than can be reckoned with, each of them seen with all the
/// lines of the receipt that go to the same level.
#[must_use]
pub fn crowded(
    receipt: &PostReceipt,
    warehouse: WarehouseId,
    lines: &[ValuedLine],
    book: &Book,
) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    let mut sums: BTreeMap<ProductVariantId, (Quantity, Amount)> = BTreeMap::new();
    for (index, (line, valued)) in receipt.lines.iter().zip(lines).enumerate() {
        let sum = sums.entry(valued.variant_id).or_default();
        sum.0.0 += line.quantity.0;
        sum.1.0 += valued.value.0;
        if !book.has_room((valued.variant_id, warehouse), sum.0, sum.1) {
            let path = Path::input().at("lines").at(index).at("quantity");
            let message = "Is too much: the level would hold more than can be kept.";
            rejections.push(Rejection::invalid(path, message));
        }
    }
    rejections
}

fn value_line(
    line: &ReceiptLine,
    found: &[CountedVariant],
    path: &Path,
) -> Result<ValuedLine, Option<Rejection>> {
    let counted = variants::usable_in_stock(found, &line.variant, &path.at("variant"))?;
    check_unit(&path.at("quantity"), line.quantity, &counted.unit).map_err(Some)?;
    let value = Amount::of(line.quantity, line.unit_cost).ok_or_else(|| {
        Some(Rejection::invalid(
            path.at("unitCost"),
            "The line's value is too large.",
        ))
    })?;
    Ok(ValuedLine {
        variant_id: counted.variant.id,
        value,
    })
}
