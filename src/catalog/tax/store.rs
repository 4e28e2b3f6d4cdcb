//! The rates of tax classes.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::catalog::tax_rate::{Column, Entity};
use entity::vocab::{Rate, TaxClassId};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

/// The rates of these classes that are valid on a day; classes without one are missing. One
/// statement, none without classes.
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
    let rows = Entity::find()
        .filter(Column::TaxClassId.is_in(classes))
        .filter(Column::ValidFrom.lte(day))
        .order_by_asc(Column::ValidFrom)
        .all(conn)
        .await?;
    // Later rows replace earlier ones.
    Ok(rows
        .into_iter()
        .map(|row| (row.tax_class_id, row.rate))
        .collect())
}
