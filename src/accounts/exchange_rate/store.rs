//! The rows of exchange rates.

use chrono::NaiveDate;
use entity::accounts::exchange_rate::{Column, Entity, Model};
use entity::vocab::{CurrencyCode, ExchangeRate, ExchangeRateId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Select,
};

use crate::graphql::loader_by_id;

loader_by_id!(entity::accounts::exchange_rate, ExchangeRateId);

/// What a currency is worth on a day: the latest rate on or before it.
///
/// # Errors
/// The database's.
pub async fn rate_on(
    conn: &impl ConnectionTrait,
    currency: CurrencyCode,
    day: NaiveDate,
) -> Result<Option<ExchangeRate>, DbErr> {
    let row = Entity::find()
        .filter(Column::Currency.eq(currency.code()))
        .filter(Column::ValidFrom.lte(day))
        .order_by_desc(Column::ValidFrom)
        .one(conn)
        .await?;
    Ok(row.map(|row| row.rate))
}

/// Writes a rate; one for the same currency and day gives way. The row as it is now.
///
/// # Errors
/// The database's.
pub async fn set(conn: &impl ConnectionTrait, row: Model) -> Result<Model, DbErr> {
    let next = Expr::col((Entity, Column::Version)).add(1_i64);
    let replace = OnConflict::columns([Column::Currency, Column::ValidFrom])
        .update_columns([Column::Rate, Column::UpdatedAt])
        .value(Column::Version, next)
        .to_owned();
    Entity::insert(row.into_active_model())
        .on_conflict(replace)
        .exec_with_returning(conn)
        .await
}

/// The rates of a currency, or all, for a list.
#[must_use]
pub fn all(currency: Option<CurrencyCode>) -> Select<Entity> {
    let select = Entity::find();
    match currency {
        Some(currency) => select.filter(Column::Currency.eq(currency.code())),
        None => select,
    }
}
