//! Reads movements.

use entity::stock::stock_movement;
use entity::vocab::ProductVariantId;
use sea_orm::{ColumnTrait, Condition, EntityTrait, Select};

/// The movements of a variant, for a list.
#[must_use]
pub fn of_variant(id: ProductVariantId) -> Condition {
    Condition::all().add(stock_movement::Column::VariantId.eq(id))
}

/// All movements, for a list.
#[must_use]
pub fn all() -> Select<stock_movement::Entity> {
    stock_movement::Entity::find()
}
