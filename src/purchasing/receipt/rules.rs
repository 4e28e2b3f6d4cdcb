//! What must hold when goods are received: pure.

use entity::purchasing::goods_receipt;
use entity::stock::warehouse;
use entity::vocab::{Amount, ProductVariantId, WarehouseId};

use super::ops::{PostReceipt, ReceiptLine};
use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::check_unit;
use crate::platform::rejection::{Path, Problem, Rejection};
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
    match place {
        Some(place) if rejections.is_empty() => Ok((place.id, lines)),
        _ => Err(rejections),
    }
}

fn value_line(
    line: &ReceiptLine,
    found: &[CountedVariant],
    path: &Path,
) -> Result<ValuedLine, Option<Rejection>> {
    let counted = variants::usable(found, &line.variant, &path.at("variant"))?;
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
