//! The rows of goods receipts and their lines.

use entity::purchasing::{goods_receipt, goods_receipt_line};
use entity::vocab::GoodsReceiptId;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, Select};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::purchasing::goods_receipt, GoodsReceiptId);
referable!(
    entity::purchasing::goods_receipt,
    GoodsReceiptId,
    "goods receipt",
    number(Number)
);

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

loader_of_many!(
    /// Asks for the lines of a receipt.
    LinesOf(GoodsReceiptId),
    entity::purchasing::goods_receipt_line, GoodsReceiptId(|row| Some(row.goods_receipt_id)),
    by Position
);
