//! The rows of goods receipts and their lines.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::purchasing::{goods_receipt, goods_receipt_line};
use entity::vocab::GoodsReceiptId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    Select,
};

use crate::graphql::{Fetch, loader_by_id};
use crate::platform::reference::{self, Referable, Reference, ReferenceColumns};

loader_by_id!(entity::purchasing::goods_receipt, GoodsReceiptId);

impl Referable for goods_receipt::Model {
    type Id = GoodsReceiptId;
    const NOUN: &'static str = "goods receipt";

    fn id(&self) -> GoodsReceiptId {
        self.id
    }

    fn key(&self) -> &str {
        &self.number
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }
}

const COLUMNS: ReferenceColumns<goods_receipt::Column> = ReferenceColumns {
    id: goods_receipt::Column::Id,
    key: goods_receipt::Column::Number,
    external_id: goods_receipt::Column::ExternalId,
};

/// The receipt that a reference names.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    reference: &Reference<GoodsReceiptId>,
) -> Result<Option<goods_receipt::Model>, DbErr> {
    let named = reference::any_of(&[reference], &COLUMNS);
    goods_receipt::Entity::find().filter(named).one(conn).await
}

/// All receipts, for a list.
#[must_use]
pub fn all() -> Select<goods_receipt::Entity> {
    goods_receipt::Entity::find()
}

/// Writes a new receipt and its lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    receipt: goods_receipt::Model,
    lines: Vec<goods_receipt_line::Model>,
) -> Result<(), DbErr> {
    let receipt = receipt.into_active_model();
    goods_receipt::Entity::insert(receipt)
        .exec_without_returning(conn)
        .await?;
    let rows = lines.into_iter().map(IntoActiveModel::into_active_model);
    goods_receipt_line::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// Asks for the lines of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesOf(pub GoodsReceiptId);

impl Loader<LinesOf> for Fetch {
    type Value = Vec<goods_receipt_line::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[LinesOf]) -> Result<HashMap<LinesOf, Self::Value>, Self::Error> {
        let rows = goods_receipt_line::Entity::find()
            .filter(goods_receipt_line::Column::GoodsReceiptId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(goods_receipt_line::Column::GoodsReceiptId)
            .order_by_asc(goods_receipt_line::Column::Position)
            .all(self.db.reader())
            .await?;
        let mut found: HashMap<LinesOf, Self::Value> = HashMap::new();
        for row in rows {
            found
                .entry(LinesOf(row.goods_receipt_id))
                .or_default()
                .push(row);
        }
        Ok(found)
    }
}
