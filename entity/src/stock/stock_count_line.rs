//! A line of a stock count: one variant.

use crate::vocab::{
    Instant, PrincipalId, ProductVariantId, Quantity, StockCountId, StockCountLineId, WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a stock count: one variant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_count_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StockCountLineId,
    /// The document it belongs to.
    pub stock_count_id: StockCountId,
    /// Its place in the document, from 1.
    pub position: i32,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// Where it is counted while its count is open or counted: a variant is in one such count of a
    /// warehouse at most. None afterwards.
    pub open_warehouse_id: Option<WarehouseId>,
    /// What was counted last; none when it was not counted yet.
    pub counted: Option<Quantity>,
    /// What the books said when it was counted last.
    pub expected: Option<Quantity>,
    /// How often it was counted.
    pub times_counted: i32,
    /// Who counted it last.
    pub counted_by: Option<PrincipalId>,
    /// When it was counted last.
    pub counted_at: Option<Instant>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
