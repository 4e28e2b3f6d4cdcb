//! The rows of exchange rates.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::accounts::exchange_rate::{Column, Entity, Model};
use entity::vocab::{CurrencyCode, ExchangeRate, ExchangeRateId};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, Select,
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

/// What currencies are worth on these days, in one statement: for each day the latest rate on or
/// before it. No statement when nothing is asked for.
///
/// # Errors
/// The database's.
pub async fn rates_on(
    conn: &impl ConnectionTrait,
    asked: &BTreeSet<(&str, NaiveDate)>,
) -> Result<Vec<Model>, DbErr> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let any = asked.iter().fold(Condition::any(), |any, (currency, day)| {
        let last = Query::select()
            .expr(Expr::col(Column::ValidFrom).max())
            .from(Entity)
            .and_where(Column::Currency.eq(*currency))
            .and_where(Column::ValidFrom.lte(*day))
            .to_owned();
        let of_currency = Condition::all().add(Column::Currency.eq(*currency));
        any.add(of_currency.add(Column::ValidFrom.in_subquery(last)))
    });
    Entity::find().filter(any).all(conn).await
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
pub fn all() -> Select<Entity> {
    Entity::find()
}
