//! What must hold of policies: pure.

use std::collections::BTreeSet;

use entity::vocab::{ProductVariantId, Quantity, WarehouseId};

use super::ops::PolicyLine;
use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::{check_unit, check_version};
use crate::platform::rejection::{Path, Rejection};
use crate::stock::ledger::Book;

/// How much a level should have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The least that should be there.
    pub minimum: Option<Quantity>,
    /// The most that should be there.
    pub maximum: Option<Quantity>,
    /// At how much available it is to be ordered again.
    pub reorder_point: Option<Quantity>,
    /// What is kept for surprises.
    pub safety_stock: Option<Quantity>,
}

impl Policy {
    /// Its quantities, by the names of their fields.
    fn quantities(&self) -> impl Iterator<Item = (&'static str, Quantity)> {
        let all = [
            ("minimum", self.minimum),
            ("maximum", self.maximum),
            ("reorderPoint", self.reorder_point),
            ("safetyStock", self.safety_stock),
        ];
        all.into_iter()
            .filter_map(|(name, quantity)| Some((name, quantity?)))
    }

    /// What of it contradicts itself, by field.
    fn contradictions(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let passes = |low: Option<Quantity>, high: Option<Quantity>| {
            low.zip(high).is_some_and(|(low, high)| low > high)
        };
        [
            (
                passes(self.minimum, self.maximum),
                ("minimum", "Must not be above the maximum."),
            ),
            (
                passes(self.reorder_point, self.maximum),
                ("reorderPoint", "Must not be above the maximum."),
            ),
            (
                passes(self.safety_stock, self.reorder_point),
                (
                    "safetyStock",
                    "Must not be above the reorder point, which is what is kept for surprises and \
                     what is sold until new goods come.",
                ),
            ),
        ]
        .into_iter()
        .filter_map(|(is_wrong, told)| is_wrong.then_some(told))
    }
}

/// Resolves the variants of lines, no variant twice, and looks at what each line says.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn resolve(
    lines: &[PolicyLine],
    found: &[CountedVariant],
) -> Result<Vec<ProductVariantId>, Vec<Rejection>> {
    let (mut rejections, mut seen, mut ids) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (index, line) in lines.iter().enumerate() {
        let path = Path::input().at("lines").at(index);
        for (field, message) in line.policy.contradictions() {
            rejections.push(Rejection::invalid(path.at(field), message));
        }
        match variants::usable_in_stock(found, &line.variant, &path.at("variant")) {
            Ok(counted) => {
                for (field, quantity) in line.policy.quantities() {
                    let checked = check_unit(&path.at(field), quantity, &counted.unit);
                    rejections.extend(checked.err());
                }
                if !seen.insert(counted.variant.id) {
                    let message = "This variant is given a policy twice here; say it in one line.";
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

/// The policies are at the versions that the caller knows of.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn check_versions(
    lines: &[PolicyLine],
    (ids, warehouse): (&[ProductVariantId], WarehouseId),
    book: &Book,
) -> Result<(), Vec<Rejection>> {
    let mut rejections = Vec::new();
    for (index, (line, id)) in lines.iter().zip(ids).enumerate() {
        let current = book.level((*id, warehouse)).policy_version;
        if let Err(stale) = check_version(line.expected_version, current) {
            let path = Path::input().at("lines").at(index).at("expectedVersion");
            rejections.push(Rejection::new(path, stale.problem));
        }
    }
    if rejections.is_empty() {
        Ok(())
    } else {
        Err(rejections)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_contradicts_itself_is_told_by_field() {
        let policy = Policy {
            minimum: Some(Quantity(5)),
            maximum: Some(Quantity(4)),
            reorder_point: Some(Quantity(6)),
            safety_stock: Some(Quantity(7)),
        };
        let fields: Vec<&str> = policy.contradictions().map(|(field, _)| field).collect();
        assert_eq!(fields, ["minimum", "reorderPoint", "safetyStock"]);
        let alone = Policy {
            maximum: None,
            reorder_point: None,
            ..policy
        };
        assert_eq!(alone.contradictions().count(), 0);
        assert_eq!(Policy::default().quantities().count(), 0);
    }
}
