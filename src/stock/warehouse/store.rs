//! The rows of warehouses.

use entity::stock::warehouse::{ActiveModel, Column, Entity, Model};
use entity::vocab::{Instant, RecordStatus, WarehouseId};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::graphql::loader_by_id;
use crate::platform::reference::{self, Referable, Reference, ReferenceColumns};

loader_by_id!(entity::stock::warehouse, WarehouseId);

impl Referable for Model {
    type Id = WarehouseId;
    const NOUN: &'static str = "warehouse";

    fn id(&self) -> WarehouseId {
        self.id
    }

    fn key(&self) -> &str {
        &self.code_key
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }
}

const COLUMNS: ReferenceColumns<Column> = ReferenceColumns {
    id: Column::Id,
    key: Column::CodeKey,
    external_id: Column::ExternalId,
};

/// The warehouses that references name, in one statement.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<WarehouseId>],
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(reference::any_of(references, &COLUMNS))
        .all(conn)
        .await
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

/// Writes a new warehouse.
///
/// # Errors
/// The database's.
pub async fn insert(conn: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Archives a warehouse.
///
/// # Errors
/// The database's.
pub async fn archive(
    conn: &impl ConnectionTrait,
    id: WarehouseId,
    now: Instant,
) -> Result<(), DbErr> {
    let archived = ActiveModel {
        status: Set(RecordStatus::Archived),
        updated_at: Set(now),
        ..Default::default()
    };
    Entity::update_many()
        .set(archived)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
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
