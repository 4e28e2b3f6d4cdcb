//! What must hold of supplier items, and which of their prices applies: pure.

use entity::party::supplier;
use entity::purchasing::{supplier_item, supplier_item_price};
use entity::vocab::{
    ProductVariantId, Quantity, RecordStatus, SupplierId, SupplierItemId, UnitPrice,
};

use super::ops::{CreateItem, Price, UpdateItem};
use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::{check_unit, check_version};
use crate::platform::master;
use crate::platform::rejection::{Path, Problem, Rejection};

/// Everything that a new item refers to.
pub struct References {
    /// The supplier.
    pub suppliers: Vec<supplier::Model>,
    /// The variant and its unit.
    pub variants: Vec<CountedVariant>,
    /// Items of this supplier and variant, or of the wanted external id.
    pub rivals: Vec<supplier_item::Model>,
}

/// The price that a quantity reaches: that of the highest minimum.
#[must_use]
pub fn price_of(prices: &[supplier_item_price::Model], quantity: Quantity) -> Option<UnitPrice> {
    prices
        .iter()
        .filter(|price| price.minimum_quantity <= quantity)
        .max_by_key(|price| price.minimum_quantity)
        .map(|price| price.unit_price)
}

/// Why the supplier would not take an order of this quantity, in words.
#[must_use]
pub fn refuses(item: &supplier_item::Model, quantity: Quantity) -> Option<String> {
    if quantity < item.minimum_quantity {
        return Some(format!(
            "{quantity} is less than the supplier's minimum of {}",
            item.minimum_quantity
        ));
    }
    let multiple = item.order_multiple?;
    (quantity.0 % multiple.0 != 0)
        .then(|| format!("{quantity} is no multiple of {multiple}, in which the supplier sells"))
}

/// Resolves the references of a new item, and checks its numbers.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn create(
    command: &CreateItem,
    found: &References,
) -> Result<(SupplierId, ProductVariantId), Vec<Rejection>> {
    let mut rejections = Vec::new();
    let path = Path::input();
    let supplier = master::usable(&found.suppliers, &command.supplier, &path.at("supplier"));
    let supplier = supplier.map_err(|reason| rejections.extend(reason)).ok();
    let counted = variants::usable(&found.variants, &command.variant, &path.at("variant"));
    let counted = counted.map_err(|reason| rejections.extend(reason)).ok();
    if let (Some(supplier), Some(counted)) = (supplier, counted) {
        let same = |item: &&supplier_item::Model| {
            item.supplier_id == supplier.id && item.variant_id == counted.variant.id
        };
        let rival = found.rivals.iter().find(same);
        rejections.extend(rival.map(|rival| taken(rival, "supplier and variant", "variant")));
    }
    let by_external_id = |item: &&supplier_item::Model| {
        item.external_id.is_some() && item.external_id == command.external_id
    };
    let rival = found.rivals.iter().find(by_external_id);
    rejections.extend(rival.map(|rival| taken(rival, "external id", "externalId")));
    let numbers = (command.minimum_quantity, command.order_multiple);
    rejections.extend(check_numbers(counted, numbers, Some(&command.prices)));
    match (supplier, counted) {
        (Some(supplier), Some(counted)) if rejections.is_empty() => {
            Ok((supplier.id, counted.variant.id))
        }
        _ => Err(rejections),
    }
}

fn taken(rival: &supplier_item::Model, field: &'static str, step: &str) -> Rejection {
    let existing = rival.id.to_string();
    Rejection::new(
        Path::input().at(step),
        Problem::Duplicate { field, existing },
    )
}

/// Quantities have the decimals of the variant's unit, and every price begins elsewhere.
fn check_numbers(
    counted: Option<&CountedVariant>,
    (minimum, multiple): (Quantity, Option<Quantity>),
    prices: Option<&[Price]>,
) -> Vec<Rejection> {
    let path = Path::input();
    let mut rejections = Vec::new();
    let mut in_unit = |path: Path, quantity: Quantity| {
        if let Some(counted) = counted {
            rejections.extend(check_unit(&path, quantity, &counted.unit).err());
        }
    };
    in_unit(path.at("minimumQuantity"), minimum);
    if let Some(multiple) = multiple {
        in_unit(path.at("orderMultiple"), multiple);
    }
    let prices = prices.unwrap_or_default();
    for (index, price) in prices.iter().enumerate() {
        let path = path.at("prices").at(index).at("minimumQuantity");
        in_unit(path, price.minimum_quantity);
    }
    for (index, price) in prices.iter().enumerate() {
        let same = |other: &Price| other.minimum_quantity == price.minimum_quantity;
        if !price.is_unread && prices[..index].iter().any(same) {
            let path = path.at("prices").at(index).at("minimumQuantity");
            let message = "Another price begins at this quantity already; say one price for it.";
            rejections.push(Rejection::invalid(path, message));
        }
    }
    rejections
}

/// The item after a change.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn update(
    mut item: supplier_item::Model,
    command: &UpdateItem,
    found: (Option<&CountedVariant>, Option<&supplier_item::Model>),
) -> Result<supplier_item::Model, Vec<Rejection>> {
    let (counted, rival) = found;
    let mut rejections = Vec::new();
    rejections.extend(check_active(&item).err());
    rejections.extend(check_version(command.expected_version, item.version).err());
    if let Some(rival) = rival.filter(|rival| rival.id != item.id) {
        rejections.push(taken(rival, "external id", "externalId"));
    }
    if let Some(sku) = &command.supplier_sku {
        item.supplier_sku.clone_from(sku);
    }
    if let Some(minimum) = command.minimum_quantity {
        item.minimum_quantity = minimum;
    }
    if let Some(multiple) = command.order_multiple {
        item.order_multiple = multiple;
    }
    if let Some(days) = command.lead_time_days {
        item.lead_time_days = days;
    }
    if let Some(preferred) = command.is_preferred {
        item.is_preferred = preferred;
    }
    if let Some(id) = &command.external_id {
        item.external_id.clone_from(id);
    }
    if let Some(metadata) = &command.metadata {
        item.metadata.clone_from(metadata);
    }
    let numbers = (item.minimum_quantity, item.order_multiple);
    rejections.extend(check_numbers(counted, numbers, command.prices.as_deref()));
    if rejections.is_empty() {
        Ok(item)
    } else {
        Err(rejections)
    }
}

/// Only an active item is changed or archived.
///
/// # Errors
/// That it is archived.
pub fn check_active(item: &supplier_item::Model) -> Result<(), Rejection> {
    if item.status == RecordStatus::Active {
        return Ok(());
    }
    let problem = Problem::InvalidState {
        state: item.status.as_str(),
        allowed: &[],
        message: "This supplier item is archived; nothing more can be done with it.".to_owned(),
    };
    Err(Rejection::new(Path::input().at("supplierItem"), problem))
}

/// The rows of an item's prices.
#[must_use]
pub fn price_rows(id: SupplierItemId, prices: &[Price]) -> Vec<supplier_item_price::Model> {
    let row = |(index, price): (usize, &Price)| supplier_item_price::Model {
        supplier_item_id: id,
        position: i32::try_from(index + 1).expect("an item has few prices"),
        minimum_quantity: price.minimum_quantity,
        unit_price: price.unit_price,
    };
    prices.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(minimum: i64, unit_price: i64) -> supplier_item_price::Model {
        supplier_item_price::Model {
            supplier_item_id: SupplierItemId::generate(),
            position: 1,
            minimum_quantity: Quantity(minimum),
            unit_price: UnitPrice(unit_price),
        }
    }

    #[test]
    fn the_highest_minimum_that_is_reached_gives_the_price() {
        let prices = [price(100, 7), price(0, 10), price(10, 9)];
        let of = |quantity| price_of(&prices, Quantity(quantity)).map(|price| price.0);
        assert_eq!(
            [of(1), of(9), of(10), of(99), of(100)],
            [10, 10, 9, 9, 7].map(Some)
        );
        assert_eq!(price_of(&prices[..1], Quantity(99)), None);
    }
}
