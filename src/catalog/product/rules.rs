//! What must hold of products and variants.

use std::collections::HashMap;

use entity::catalog::{category, product, tax_class, unit};
use entity::vocab::{CategoryId, ProductVariantId, RecordStatus, TaxClassId};

use super::ops::{CreateProduct, CreateVariant};
use super::store::CountedVariant;
use crate::catalog::tax::rules as taxes;
use crate::platform::reference::{self, Reference};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::platform::text_key::text_key;

/// What creating a product was decided on.
pub struct Loaded {
    /// The product that has the wanted external id already.
    pub rival: Option<product::Model>,
    /// Variants that have a wanted SKU or external id already.
    pub rivals: Vec<CountedVariant>,
    /// All units.
    pub units: Vec<unit::Model>,
}

/// SKUs and external ids are unique, also among archived variants; units exist.
#[must_use]
pub fn check_new(command: &CreateProduct, loaded: &Loaded) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    if let Some(rival) = &loaded.rival {
        let path = Path::input().at("externalId");
        let existing = rival.id.to_string();
        let problem = Problem::Duplicate {
            field: "external id",
            existing,
        };
        rejections.push(Rejection::new(path, problem));
    }
    let mut skus = HashMap::new();
    let mut external_ids = HashMap::new();
    for (index, variant) in command.variants.iter().enumerate() {
        let path = Path::input().at("variants").at(index);
        rejections.extend(check_variant(variant, &path, loaded));
        if !is_refused(&variant.sku)
            && let Some(first) = skus.insert(text_key(&variant.sku), index)
        {
            let message = format!("Is the SKU of line {first} too; a SKU names one variant.");
            rejections.push(Rejection::invalid(path.at("sku"), message));
        }
        if let Some(id) = &variant.external_id
            && !is_refused(id)
            && let Some(first) = external_ids.insert(id.clone(), index)
        {
            let message = format!("Is the external id of line {first} too.");
            rejections.push(Rejection::invalid(path.at("externalId"), message));
        }
    }
    rejections
}

/// SKU and external id of a new variant are free, and its unit exists.
#[must_use]
pub fn check_variant(variant: &CreateVariant, path: &Path, loaded: &Loaded) -> Vec<Rejection> {
    let mut rejections = check_taken(variant, path, loaded);
    let is_unit = |unit: &unit::Model| unit.code == variant.unit_code;
    if !is_refused(&variant.unit_code) && !loaded.units.iter().any(is_unit) {
        let codes: Vec<&str> = loaded.units.iter().map(|unit| unit.code.as_str()).collect();
        let message = format!("Is not a unit. The units are: {}.", codes.join(", "));
        rejections.push(Rejection::invalid(path.at("unit"), message));
    }
    rejections
}

/// The category of a new product, and the tax class of each of its variants.
pub type Referred = (Option<CategoryId>, Vec<Option<TaxClassId>>);

/// What a new product and its variants refer to.
///
/// # Errors
/// Everything that is wrong with them.
pub fn refer(
    command: &CreateProduct,
    categories: &[category::Model],
    classes: &[tax_class::Model],
) -> Result<Referred, Vec<Rejection>> {
    let mut rejections = Vec::new();
    let path = Path::input().at("category");
    let named = command.category.as_ref();
    let category = named.map(|by| reference::find(categories, by, &path).map(|row| row.id));
    let category = category.transpose().unwrap_or_else(|reason| {
        rejections.extend(reason);
        None
    });
    let mut of_variants = Vec::with_capacity(command.variants.len());
    for (index, variant) in command.variants.iter().enumerate() {
        let path = Path::input().at("variants").at(index).at("taxClass");
        let class = taxes::usable(classes, variant.tax_class.as_ref(), &path);
        of_variants.push(class.unwrap_or_else(|reason| {
            rejections.extend(reason);
            None
        }));
    }
    if rejections.is_empty() {
        Ok((category, of_variants))
    } else {
        Err(rejections)
    }
}

/// A text that was complained about already is empty.
fn is_refused(text: &str) -> bool {
    text.is_empty()
}

fn check_taken(variant: &CreateVariant, path: &Path, loaded: &Loaded) -> Vec<Rejection> {
    let key = text_key(&variant.sku);
    let taken = |field: &'static str, step: &str, rival: &CountedVariant| {
        let existing = rival.variant.id.to_string();
        Rejection::new(path.at(step), Problem::Duplicate { field, existing })
    };
    let by_sku = loaded
        .rivals
        .iter()
        .find(|rival| rival.variant.sku_key == key);
    let by_external_id = loaded.rivals.iter().find(|rival| {
        rival.variant.external_id.is_some() && rival.variant.external_id == variant.external_id
    });
    let sku = by_sku.map(|rival| taken("SKU", "sku", rival));
    sku.into_iter()
        .chain(by_external_id.map(|rival| taken("external id", "externalId", rival)))
        .collect()
}

/// Only an active variant can be archived.
///
/// # Errors
/// Why not; empty when the reference was complained about already.
pub fn archive(
    found: &[CountedVariant],
    wanted: &Reference<ProductVariantId>,
) -> Result<ProductVariantId, Vec<Rejection>> {
    let path = Path::input().at("variant");
    let row = reference::find(found, wanted, &path)
        .map_err(|reason| reason.into_iter().collect::<Vec<_>>())?;
    if row.variant.status == RecordStatus::Archived {
        let problem = Problem::InvalidState {
            state: row.variant.status.as_str(),
            allowed: &[],
            message: "This variant is already archived; nothing needs to be done.".to_owned(),
        };
        return Err(vec![Rejection::new(path, problem)]);
    }
    Ok(row.variant.id)
}

/// The variant that a line names, archived or not.
///
/// # Errors
/// Why not; `None` inside when the reference was complained about already.
pub fn known<'v>(
    found: &'v [CountedVariant],
    wanted: &Reference<ProductVariantId>,
    path: &Path,
) -> Result<&'v CountedVariant, Option<Rejection>> {
    reference::find(found, wanted, path)
}

/// The variant that a line about goods in stock names, when new documents may use it: fees and
/// freight are sold, and never stored.
///
/// # Errors
/// Why not; `None` inside when the reference was complained about already.
pub fn usable_in_stock<'v>(
    found: &'v [CountedVariant],
    wanted: &Reference<ProductVariantId>,
    path: &Path,
) -> Result<&'v CountedVariant, Option<Rejection>> {
    let row = usable(found, wanted, path)?;
    if row.variant.is_stock_tracked {
        return Ok(row);
    }
    let message = "This variant is not kept in stock (isStockTracked is false), so there is \
        nothing of it to receive, move, count or hold. Name a variant that is.";
    Err(Some(Rejection::invalid(path.clone(), message)))
}

/// The variant that a document line names, when new documents may use it.
///
/// # Errors
/// Why not; `None` inside when the reference was complained about already.
pub fn usable<'v>(
    found: &'v [CountedVariant],
    wanted: &Reference<ProductVariantId>,
    path: &Path,
) -> Result<&'v CountedVariant, Option<Rejection>> {
    let row = reference::find(found, wanted, path)?;
    if row.variant.status == RecordStatus::Archived {
        return Err(Some(Rejection::new(
            path.clone(),
            Problem::Archived("variant"),
        )));
    }
    Ok(row)
}
