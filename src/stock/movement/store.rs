//! Reads movements.

use entity::stock::stock_movement;
use entity::vocab::ProductVariantId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

/// The movements of a variant, for a list.
#[must_use]
pub fn of_variant(id: ProductVariantId) -> Select<stock_movement::Entity> {
    stock_movement::Entity::find().filter(stock_movement::Column::VariantId.eq(id))
}
