//! What is left of goods that came to a level together, at their own cost: first in, first out.

use crate::vocab::{Amount, CostLayerId, ProductVariantId, Quantity, WarehouseId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is left of goods that came to a level together, at their own cost. Only levels that are
/// costed first in, first out have layers; a layer that is used up is no more.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "cost_layer")]
pub struct Model {
    /// Its id; the movement that brought the goods names it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CostLayerId,
    /// Of what.
    pub variant_id: ProductVariantId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Its place in the order in which the goods leave.
    pub position: i64,
    /// How much is left; above zero.
    pub quantity: Quantity,
    /// What that is worth, in the base currency.
    pub value: Amount,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
