//! The rows of price lists and their items.

use chrono::NaiveDate;
use entity::catalog::{price_list, price_list_item};
use entity::vocab::{
    Instant, PriceListId, PriceListItemId, ProductVariantId, Quantity, RecordStatus, UnitPrice,
};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    ExprTrait, FromQueryResult, IntoActiveModel, JoinType, QueryFilter, QuerySelect, RelationTrait,
    Select,
};

use crate::graphql::loader_by_id;
use crate::platform::master::master;
use crate::platform::reference::{self, Reference, Stored};

loader_by_id!(entity::catalog::price_list, PriceListId);
loader_by_id!(entity::catalog::price_list_item, PriceListItemId);
master!(
    entity::catalog::price_list,
    PriceListId,
    "price list",
    code_key(CodeKey) = "code"
);

/// Rows per statement: SQLite takes at most 32,766 values.
const ROWS_MAX: usize = 1_000;

/// A price of an active list, with the list's currency.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Step {
    /// The list.
    pub price_list_id: PriceListId,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// From which quantity on.
    pub minimum_quantity: Quantity,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; none for ever.
    pub valid_until: Option<NaiveDate>,
    /// Price of one base unit.
    pub unit_price: UnitPrice,
    /// ISO 4217 code of the list's currency.
    pub currency: String,
}

/// All prices of these variants in these lists, as far as they are active; one statement, and none
/// where there is no list.
///
/// # Errors
/// The database's.
pub async fn steps(
    conn: &impl ConnectionTrait,
    lists: Vec<PriceListId>,
    variants: Vec<ProductVariantId>,
) -> Result<Vec<Step>, DbErr> {
    use price_list_item::Column;
    if lists.is_empty() || variants.is_empty() {
        return Ok(Vec::new());
    }
    price_list_item::Entity::find()
        .select_only()
        .columns([
            Column::PriceListId,
            Column::VariantId,
            Column::MinimumQuantity,
            Column::ValidFrom,
            Column::ValidUntil,
            Column::UnitPrice,
        ])
        .column(price_list::Column::Currency)
        .join(
            JoinType::InnerJoin,
            price_list_item::Relation::PriceList.def(),
        )
        .filter(Column::PriceListId.is_in(lists))
        .filter(Column::VariantId.is_in(variants))
        .filter(price_list::Column::Status.eq(RecordStatus::Active))
        .into_model::<Step>()
        .all(conn)
        .await
}

/// The lists that references name, in one statement; none where none is named.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<PriceListId>],
) -> Result<Vec<price_list::Model>, DbErr> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    price_list::Entity::find()
        .filter(reference::any_of(references, &price_list::Entity::COLUMNS))
        .all(conn)
        .await
}

/// All lists, for a list.
#[must_use]
pub fn all() -> Select<price_list::Entity> {
    price_list::Entity::find()
}

/// All prices of lists, for a list.
#[must_use]
pub fn all_items() -> Select<price_list_item::Entity> {
    price_list_item::Entity::find()
}

/// The items of a list for some variants.
///
/// # Errors
/// The database's.
pub async fn items(
    conn: &impl ConnectionTrait,
    list: PriceListId,
    variants: Vec<ProductVariantId>,
) -> Result<Vec<price_list_item::Model>, DbErr> {
    price_list_item::Entity::find()
        .filter(price_list_item::Column::PriceListId.eq(list))
        .filter(price_list_item::Column::VariantId.is_in(variants))
        .all(conn)
        .await
}

/// Writes a new list.
///
/// # Errors
/// The database's.
pub async fn insert(conn: &impl ConnectionTrait, row: price_list::Model) -> Result<(), DbErr> {
    price_list::Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// A column's new value.
pub fn to<T: Into<sea_orm::Value>>(value: T) -> sea_orm::ActiveValue<T> {
    Set(value)
}

/// Changes a list, and counts the change.
///
/// # Errors
/// The database's.
pub async fn update(
    conn: &impl ConnectionTrait,
    id: PriceListId,
    mut changed: price_list::ActiveModel,
    now: Instant,
) -> Result<(), DbErr> {
    use price_list::Column;
    changed.updated_at = Set(now);
    price_list::Entity::update_many()
        .set(changed)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Writes new items and new prices of known ones, and takes others off the list.
///
/// # Errors
/// The database's.
pub async fn set_items(
    conn: &impl ConnectionTrait,
    written: Vec<price_list_item::Model>,
    removed: Vec<PriceListItemId>,
) -> Result<(), DbErr> {
    use price_list_item::Column;
    if !removed.is_empty() {
        price_list_item::Entity::delete_many()
            .filter(Column::Id.is_in(removed))
            .exec(conn)
            .await?;
    }
    for rows in written.chunks(ROWS_MAX) {
        let rows = rows
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        let update = OnConflict::column(Column::Id)
            .update_columns([
                Column::ValidUntil,
                Column::UnitPrice,
                Column::UpdatedAt,
                Column::Version,
            ])
            .to_owned();
        price_list_item::Entity::insert_many(rows)
            .on_conflict(update)
            .exec_without_returning(conn)
            .await?;
    }
    Ok(())
}
