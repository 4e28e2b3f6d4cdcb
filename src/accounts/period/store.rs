//! The row that says up to which day the books are locked.

use chrono::NaiveDate;
use entity::accounts::accounting_period;
use entity::vocab::{Instant, PrincipalId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, QuerySelect,
};

fn row(found: Option<accounting_period::Model>) -> Result<accounting_period::Model, DbErr> {
    found.ok_or_else(|| DbErr::Custom("the accounting period has no row".to_owned()))
}

/// The row; the step that made the table wrote it.
///
/// # Errors
/// The database's.
pub async fn read(conn: &impl ConnectionTrait) -> Result<accounting_period::Model, DbErr> {
    let found = accounting_period::Entity::find_by_id(1_i16);
    row(found.one(conn).await?)
}

/// The row, which nobody changes until the transaction ends; several may hold it.
///
/// # Errors
/// The database's.
pub async fn hold(conn: &impl ConnectionTrait) -> Result<accounting_period::Model, DbErr> {
    let found = accounting_period::Entity::find_by_id(1_i16).lock_shared();
    row(found.one(conn).await?)
}

/// The row, when nobody else holds it any more.
///
/// # Errors
/// The database's.
pub async fn lock(conn: &impl ConnectionTrait) -> Result<accounting_period::Model, DbErr> {
    let found = accounting_period::Entity::find_by_id(1_i16).lock_exclusive();
    row(found.one(conn).await?)
}

/// Changes through which day the books are locked.
///
/// # Errors
/// The database's.
pub async fn set(
    conn: &impl ConnectionTrait,
    locked: &accounting_period::Model,
    (locked_through, reason): (Option<NaiveDate>, Option<String>),
    (changed_by, now): (PrincipalId, Instant),
) -> Result<(), DbErr> {
    let changed = accounting_period::ActiveModel {
        id: Set(locked.id),
        locked_through: Set(locked_through),
        reason: Set(reason),
        changed_by: Set(Some(changed_by)),
        changed_at: Set(Some(now)),
        version: Set(locked.version + 1),
    };
    changed.update(conn).await.map(|_| ())
}
