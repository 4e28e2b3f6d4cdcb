//! Reads movements.

use entity::stock::stock_movement;
use entity::vocab::{ProductVariantId, WarehouseId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Select};

/// The movements of a variant, for a list.
#[must_use]
pub fn of_variant(id: ProductVariantId) -> Condition {
    Condition::all().add(stock_movement::Column::VariantId.eq(id))
}

/// The movements that left or reached a level, for a list: of those of its variant, in their order,
/// the ones of its warehouse.
#[must_use]
pub fn of_level(variant: ProductVariantId, warehouse: WarehouseId) -> Condition {
    use stock_movement::Column::{FromWarehouseId, ToWarehouseId};
    let sides = Condition::any()
        .add(FromWarehouseId.eq(warehouse))
        .add(ToWarehouseId.eq(warehouse));
    of_variant(variant).add(sides)
}

/// All movements, for a list.
#[must_use]
pub fn all() -> Select<stock_movement::Entity> {
    stock_movement::Entity::find()
}
