//! What a new return asks for, and whether so much was shipped and is not claimed yet: pure.

use std::collections::HashMap;

use entity::sales::{customer_return_line, fulfilment_line};
use entity::vocab::{
    Amount, CustomerReturnId, CustomerReturnLineId, FulfilmentLineId, Quantity, ReturnReason,
};

use crate::catalog::product::store::CountedVariant;
use crate::platform::input::check_unit;
use crate::platform::rejection::{Path, Problem, Rejection};

/// A line that is asked for.
#[derive(Clone, Debug)]
pub struct AskedLine {
    /// The line it was shipped by; none when its id was not readable.
    pub fulfilment_line: Option<FulfilmentLineId>,
    /// How much.
    pub quantity: Quantity,
    /// Whether the quantity was not readable, which was complained about.
    pub is_unread: bool,
    /// Why.
    pub reason: ReturnReason,
    /// A remark.
    pub note: Option<String>,
}

/// What lines are judged by.
pub struct Shipped<'s> {
    /// The lines of the order that have left.
    pub lines: &'s [fulfilment_line::Model],
    /// How much of them returns claim already.
    pub claimed: &'s HashMap<FulfilmentLineId, Quantity>,
    /// Their variants.
    pub variants: &'s [CountedVariant],
}

/// The lines of a new return.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn lines(
    id: CustomerReturnId,
    asked: &[AskedLine],
    shipped: &Shipped<'_>,
) -> Result<Vec<customer_return_line::Model>, Vec<Rejection>> {
    let (mut rows, mut rejections) = (Vec::new(), Vec::new());
    let mut seen = Vec::new();
    for (index, one) in asked.iter().enumerate() {
        let path = Path::input().at("lines").at(index);
        let Some(line_id) = one.fulfilment_line else {
            continue;
        };
        if seen.contains(&line_id) {
            let at = path.at("fulfilmentLine");
            rejections.push(Rejection::invalid(at, "This line is named twice."));
            continue;
        }
        seen.push(line_id);
        let Some(line) = shipped.lines.iter().find(|line| line.id == line_id) else {
            let problem = Problem::NotFound("shipped line of this order");
            rejections.push(Rejection::new(path.at("fulfilmentLine"), problem));
            continue;
        };
        if let Err(reason) = check_quantity(one, line, shipped, &path.at("quantity")) {
            rejections.extend(reason);
            continue;
        }
        rows.push(row(id, index, one, line));
    }
    if rejections.is_empty() {
        Ok(rows)
    } else {
        Err(rejections)
    }
}

fn check_quantity(
    one: &AskedLine,
    line: &fulfilment_line::Model,
    shipped: &Shipped<'_>,
    path: &Path,
) -> Result<(), Option<Rejection>> {
    if one.is_unread {
        return Err(None);
    }
    let is_it = |variant: &&CountedVariant| variant.variant.id == line.variant_id;
    if let Some(counted) = shipped.variants.iter().find(is_it) {
        check_unit(path, one.quantity, &counted.unit).map_err(Some)?;
    }
    let claimed = shipped.claimed.get(&line.id).copied().unwrap_or_default();
    let left = Quantity(line.quantity.0 - claimed.0);
    if one.quantity > left {
        let message = format!(
            "Is too much: {} were shipped by this line and {claimed} are returned already, so \
             {left} are left.",
            line.quantity
        );
        return Err(Some(Rejection::invalid(path.clone(), message)));
    }
    Ok(())
}

fn row(
    customer_return_id: CustomerReturnId,
    index: usize,
    one: &AskedLine,
    line: &fulfilment_line::Model,
) -> customer_return_line::Model {
    customer_return_line::Model {
        id: CustomerReturnLineId::generate(),
        customer_return_id,
        position: i32::try_from(index + 1).expect("a document has few lines"),
        fulfilment_line_id: line.id,
        variant_id: line.variant_id,
        quantity: one.quantity,
        reason: one.reason,
        note: one.note.clone(),
        received: Quantity::ZERO,
        cost: Amount::ZERO,
        restocked: Quantity::ZERO,
        scrapped: Quantity::ZERO,
        sent_back: Quantity::ZERO,
        finding: None,
    }
}
