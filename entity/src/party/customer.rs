//! Somebody who buys.

use crate::vocab::{
    Amount, CustomerGroupId, CustomerId, Instant, PaymentTermsId, PriceListId, RecordStatus,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Somebody who buys.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CustomerId,
    /// Its short code, as entered.
    pub code: String,
    /// The code's sorting and uniqueness key.
    pub code_key: String,
    /// Its name.
    pub name: String,
    /// The name's sorting key.
    pub name_key: String,
    /// Group.
    pub group_id: Option<CustomerGroupId>,
    /// Price list.
    pub price_list_id: Option<PriceListId>,
    /// Payment terms.
    pub payment_terms_id: Option<PaymentTermsId>,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// Credit limit.
    pub credit_limit: Option<Amount>,
    /// Tax.
    pub tax_id: Option<String>,
    /// Is tax exempt.
    pub is_tax_exempt: bool,
    /// Where its orders go when they do not say, as orders keep it; a copy of one of its addresses.
    pub shipping_address: Option<Json>,
    /// Where its bills go when an order does not say; a copy of one of its addresses.
    pub billing_address: Option<Json>,
    /// A remark.
    pub note: Option<String>,
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

/// A customer's prices and terms may be its group's.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The group.
    #[sea_orm(
        belongs_to = "super::customer_group::Entity",
        from = "Column::GroupId",
        to = "super::customer_group::Column::Id"
    )]
    Group,
}

impl Related<super::customer_group::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Group.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
