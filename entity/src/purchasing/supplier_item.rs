//! What a supplier offers for a variant.

use crate::vocab::{Instant, ProductVariantId, Quantity, RecordStatus, SupplierId, SupplierItemId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a supplier offers for a variant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "supplier_item")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SupplierItemId,
    /// The supplier.
    pub supplier_id: SupplierId,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// The supplier's own SKU.
    pub supplier_sku: Option<String>,
    /// The least that can be ordered; zero when there is no such limit.
    pub minimum_quantity: Quantity,
    /// What an ordered quantity must be a multiple of.
    pub order_multiple: Option<Quantity>,
    /// Days from order to delivery; the supplier's own when none.
    pub lead_time_days: Option<i32>,
    /// Whether the variant is bought here first; one per variant.
    pub is_preferred: bool,
    /// Whether new documents may use it.
    pub status: RecordStatus,
    /// The id a partner's system knows it by; unique per kind.
    pub external_id: Option<String>,
    /// What partners keep beside it, as a JSON object; none when empty.
    pub metadata: Option<Json>,
    /// When it was recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
