//! Reads what a statement is made of.

use chrono::NaiveDate;
use entity::accounts::open_item::{Column, Entity, Model};
use entity::vocab::{Amount, CustomerId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};

/// What a customer owed in a currency before a day.
///
/// # Errors
/// The database's.
pub async fn balance_before(
    conn: &impl ConnectionTrait,
    (customer, currency): (CustomerId, &str),
    day: NaiveDate,
) -> Result<Amount, DbErr> {
    let statement = Statement::from_sql_and_values(
        conn.get_database_backend(),
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS balance FROM open_item \
         WHERE customer_id = $1 AND currency = $2 AND date < $3",
        [customer.into(), currency.into(), day.into()],
    );
    let row = conn.query_one_raw(statement).await?;
    row.map_or(Ok(Amount::ZERO), |row| row.try_get("", "balance"))
}

/// The items of a customer in a currency from day to day, in order, at most so many.
///
/// # Errors
/// The database's.
pub async fn items(
    conn: &impl ConnectionTrait,
    (customer, currency): (CustomerId, &str),
    (from, until): (NaiveDate, NaiveDate),
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::CustomerId.eq(customer))
        .filter(Column::Currency.eq(currency))
        .filter(Column::Date.between(from, until))
        .order_by_asc(Column::Date)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::DocumentId)
        .order_by_asc(Column::Instalment)
        .limit(limit)
        .all(conn)
        .await
}
