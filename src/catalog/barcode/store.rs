//! The rows of barcodes.

use entity::catalog::barcode::{Column, Entity, Model};
use entity::catalog::product_variant;
use entity::vocab::ProductVariantId;
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder,
};

use crate::graphql::loader_of_many;

loader_of_many!(
    /// Asks for the barcodes of a variant.
    BarcodesOf(ProductVariantId),
    entity::catalog::barcode, VariantId(|row| Some(row.variant_id)), by Position
);

/// The barcodes of these forms; no statement for none.
///
/// # Errors
/// The database's.
pub async fn find(conn: &impl ConnectionTrait, keys: Vec<String>) -> Result<Vec<Model>, DbErr> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let theirs = Column::CodeKey.is_in(keys);
    Entity::find().filter(theirs).all(conn).await
}

/// The barcodes of variants, in their order.
///
/// # Errors
/// The database's.
pub async fn of_variants(
    conn: &impl ConnectionTrait,
    variants: Vec<ProductVariantId>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::VariantId.is_in(variants))
        .order_by_asc(Column::VariantId)
        .order_by_asc(Column::Position)
        .all(conn)
        .await
}

/// That a variant has the barcode of this form.
#[must_use]
pub fn having(key: &str) -> Condition {
    let owner = Query::select()
        .column(Column::VariantId)
        .from(Entity)
        .and_where(Column::CodeKey.eq(key))
        .to_owned();
    Condition::all().add(product_variant::Column::Id.in_subquery(owner))
}

/// Writes new barcodes; no statement for none.
///
/// # Errors
/// The database's.
pub async fn insert(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Writes a variant's barcodes in place of those it had; its row is locked by the caller.
///
/// # Errors
/// The database's.
pub async fn replace(
    conn: &impl ConnectionTrait,
    variant: ProductVariantId,
    rows: Vec<Model>,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::VariantId.eq(variant))
        .exec(conn)
        .await?;
    insert(conn, rows).await
}
