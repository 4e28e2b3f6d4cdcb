//! The rows of goods receipts and their lines.

use entity::purchasing::{goods_receipt, goods_receipt_line};
use entity::stock::stock_movement;
use entity::vocab::{GoodsReceiptId, GoodsReceiptLineId, PurchaseOrderId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::purchasing::goods_receipt, GoodsReceiptId);
loader_by_id!(entity::purchasing::goods_receipt_line, GoodsReceiptLineId);
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
loader_of_many!(
    /// Asks for the receipts of a purchase order.
    ReceiptsOf(PurchaseOrderId),
    entity::purchasing::goods_receipt, PurchaseOrderId(|row| row.purchase_order_id),
    by Id
);

/// The lines of a receipt, in order.
///
/// # Errors
/// The database's.
pub async fn lines(
    conn: &impl ConnectionTrait,
    id: GoodsReceiptId,
) -> Result<Vec<goods_receipt_line::Model>, DbErr> {
    goods_receipt_line::Entity::find()
        .filter(goods_receipt_line::Column::GoodsReceiptId.eq(id))
        .order_by_asc(goods_receipt_line::Column::Position)
        .all(conn)
        .await
}

/// The movements that brought the goods of these lines in, in order.
///
/// # Errors
/// The database's.
pub async fn movements(
    conn: &impl ConnectionTrait,
    lines: Vec<GoodsReceiptLineId>,
) -> Result<Vec<stock_movement::Model>, DbErr> {
    use stock_movement::Column;
    stock_movement::Entity::find()
        .filter(Column::GoodsReceiptLineId.is_in(lines))
        .filter(Column::ReversesId.is_null())
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// Writes a reversed receipt, and at which values its goods left.
///
/// # Errors
/// The database's.
pub async fn save(
    conn: &impl ConnectionTrait,
    receipt: goods_receipt::Model,
    lines: Vec<goods_receipt_line::Model>,
) -> Result<(), DbErr> {
    use goods_receipt_line::Column;
    let id = receipt.id;
    let mut changed = receipt.into_active_model().reset_all();
    changed.id = NotSet;
    goods_receipt::Entity::update_many()
        .set(changed)
        .filter(goods_receipt::Column::Id.eq(id))
        .exec(conn)
        .await?;
    let rows = lines
        .into_iter()
        .map(|line| line.into_active_model().reset_all());
    let update = OnConflict::column(Column::Id)
        .update_column(Column::ReversedValue)
        .to_owned();
    goods_receipt_line::Entity::insert_many(rows)
        .on_conflict(update)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}
