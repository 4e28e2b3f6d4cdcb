//! The rows of tax classes and their rates.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::catalog::{tax_class, tax_rate};
use entity::vocab::{Instant, Rate, RecordStatus, TaxClassId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::{self, Reference, Stored, referable};

loader_by_id!(entity::catalog::tax_class, TaxClassId);
referable!(
    entity::catalog::tax_class,
    TaxClassId,
    "tax class",
    code_key(CodeKey)
);
loader_of_many!(
    /// Asks for the rates of a tax class.
    RatesOf(TaxClassId),
    entity::catalog::tax_rate, TaxClassId(|row| Some(row.tax_class_id)),
    by ValidFrom
);

/// The tax classes that references name, in one statement.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<TaxClassId>],
) -> Result<Vec<tax_class::Model>, DbErr> {
    tax_class::Entity::find()
        .filter(reference::any_of(references, &tax_class::Entity::COLUMNS))
        .all(conn)
        .await
}

/// What these classes are taxed with on a day: the latest rate on or before it. A class without one
/// is missing.
///
/// # Errors
/// The database's.
pub async fn rates_on(
    conn: &impl ConnectionTrait,
    classes: Vec<TaxClassId>,
    day: NaiveDate,
) -> Result<HashMap<TaxClassId, Rate>, DbErr> {
    if classes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = tax_rate::Entity::find()
        .filter(tax_rate::Column::TaxClassId.is_in(classes))
        .filter(tax_rate::Column::ValidFrom.lte(day))
        .order_by_asc(tax_rate::Column::ValidFrom)
        .all(conn)
        .await?;
    // Later rows replace earlier ones.
    Ok(rows
        .into_iter()
        .map(|row| (row.tax_class_id, row.rate))
        .collect())
}

/// Writes a new class.
///
/// # Errors
/// The database's.
pub async fn insert(conn: &impl ConnectionTrait, row: tax_class::Model) -> Result<(), DbErr> {
    tax_class::Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Writes a rate; one of the same class and day gives way.
///
/// # Errors
/// The database's.
pub async fn set_rate(conn: &impl ConnectionTrait, row: tax_rate::Model) -> Result<(), DbErr> {
    use tax_rate::Column::{Rate, TaxClassId, ValidFrom};
    let replace = OnConflict::columns([TaxClassId, ValidFrom])
        .update_column(Rate)
        .to_owned();
    tax_rate::Entity::insert(row.into_active_model())
        .on_conflict(replace)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Notes that a class changed, and archives it where wanted.
///
/// # Errors
/// The database's.
pub async fn touch(
    conn: &impl ConnectionTrait,
    id: TaxClassId,
    status: RecordStatus,
    now: Instant,
) -> Result<(), DbErr> {
    use tax_class::Column;
    let changed = tax_class::ActiveModel {
        status: Set(status),
        updated_at: Set(now),
        ..Default::default()
    };
    tax_class::Entity::update_many()
        .set(changed)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// All classes, for a list.
#[must_use]
pub fn all() -> Select<tax_class::Entity> {
    tax_class::Entity::find()
}
