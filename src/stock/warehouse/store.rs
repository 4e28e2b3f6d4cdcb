//! The rows of warehouses.

use entity::stock::warehouse::{Column, Entity, Model};
use entity::vocab::{RecordStatus, WarehouseId};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::graphql::loader_by_id;
use crate::platform::master::{self, master};
use crate::platform::reference::{self, Reference, ReferenceColumns, Stored};

loader_by_id!(entity::stock::warehouse, WarehouseId);

master!(
    entity::stock::warehouse,
    WarehouseId,
    "warehouse",
    code_key(CodeKey) = "code"
);

const COLUMNS: ReferenceColumns<Column> = <Entity as Stored>::COLUMNS;

/// The warehouses that references name, in one statement.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<WarehouseId>],
) -> Result<Vec<Model>, DbErr> {
    master::find::<Entity>(conn, references).await
}

/// The same, held until the transaction ends: who posts to a warehouse and who archives it take
/// turns, so that nothing comes into an archived one.
///
/// # Errors
/// The database's.
pub async fn find_and_hold(
    conn: &impl ConnectionTrait,
    references: &[&Reference<WarehouseId>],
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(reference::any_of(references, &COLUMNS))
        .order_by_asc(Column::CodeKey)
        .lock(LockType::Share)
        .all(conn)
        .await
}

/// The one to be archived, held against everybody who posts to it.
///
/// # Errors
/// The database's.
pub async fn find_to_archive(
    conn: &impl ConnectionTrait,
    reference: &Reference<WarehouseId>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(reference::any_of(&[reference], &COLUMNS))
        .lock(LockType::Update)
        .all(conn)
        .await
}

/// The warehouses that references name, and beside them all active ones when somebody leaves the
/// choice to us, in one statement. They are held like those of `find_and_hold`.
///
/// # Errors
/// The database's.
pub async fn find_and_active(
    conn: &impl ConnectionTrait,
    references: &[&Reference<WarehouseId>],
    and_active: bool,
) -> Result<Vec<Model>, DbErr> {
    let mut wanted = reference::any_of(references, &COLUMNS);
    if and_active {
        wanted = wanted.add(Column::Status.eq(RecordStatus::Active));
    }
    Entity::find()
        .filter(wanted)
        .order_by_asc(Column::CodeKey)
        .lock(LockType::Share)
        .all(conn)
        .await
}

/// All warehouses, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}

/// Whether these warehouses hold nothing, promise nothing and expect nothing.
///
/// # Errors
/// The database's.
pub async fn holds_nothing(
    conn: &impl ConnectionTrait,
    ids: Vec<WarehouseId>,
) -> Result<bool, DbErr> {
    use entity::stock::stock_level;
    let something = Condition::any()
        .add(stock_level::Column::Sellable.ne(0))
        .add(stock_level::Column::Quarantined.ne(0))
        .add(stock_level::Column::Backordered.ne(0))
        .add(stock_level::Column::Incoming.ne(0));
    let level = stock_level::Entity::find()
        .filter(stock_level::Column::WarehouseId.is_in(ids))
        .filter(something)
        .one(conn)
        .await?;
    Ok(level.is_none())
}
