//! What customers owe and have ordered, read under a lock.

use std::collections::{BTreeSet, HashMap};

use entity::party::customer;
use entity::vocab::{Amount, CurrencyCode, CustomerId, ExchangeRate};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};
use uuid::Uuid;

use super::rules::{Exposure, Exposures};
use crate::platform::db::Tx;

/// Locks the customers that have a limit, in one order, until the transaction ends, and brings what
/// they owe and have ordered. Those without limit are left out; no statement when there is none.
///
/// # Errors
/// The database's.
pub async fn lock(
    tx: &Tx,
    customers: impl Iterator<Item = &customer::Model>,
    base: CurrencyCode,
) -> Result<Exposures, DbErr> {
    let limited = customers.filter(|customer| customer.credit_limit.is_some());
    let ids: BTreeSet<CustomerId> = limited.map(|customer| customer.id).collect();
    if ids.is_empty() {
        return Ok(Exposures::default());
    }
    // The limit is read again: it may have changed until the lock was got.
    let locked = customer::Entity::find()
        .filter(customer::Column::Id.is_in(ids))
        .order_by_asc(customer::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx.conn())
        .await?;
    Ok(Exposures(of(tx.conn(), &locked, base).await?))
}

/// What customers may owe, owe and have ordered.
///
/// # Errors
/// The database's.
pub async fn of(
    conn: &impl ConnectionTrait,
    customers: &[customer::Model],
    base: CurrencyCode,
) -> Result<HashMap<CustomerId, Exposure>, DbErr> {
    let mut exposures: HashMap<CustomerId, Exposure> = customers
        .iter()
        .map(|customer| {
            let exposure = Exposure {
                limit: customer.credit_limit,
                ..Exposure::default()
            };
            (customer.id, exposure)
        })
        .collect();
    let ids = customers.iter().map(|customer| customer.id.0);
    for (id, rate, amount) in open_and_ordered(conn, ids.collect()).await? {
        let Some(exposure) = exposures.get_mut(&id) else {
            continue;
        };
        match rate {
            None => add(&mut exposure.open_balance, amount),
            Some(rate) => {
                let amount = rate.to_base(amount, base).unwrap_or(Amount(i64::MAX));
                add(&mut exposure.open_orders, amount);
            }
        }
    }
    Ok(exposures)
}

fn add(sum: &mut Amount, more: Amount) {
    *sum = Amount(sum.0.saturating_add(more.0));
}

/// What is open, in the base currency and without a rate, and what confirmed orders come to that
/// was not invoiced, in their currency and by its rate. One statement: between two, an invoice
/// could turn the one into the other, and neither would count it.
async fn open_and_ordered(
    conn: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<Vec<(CustomerId, Option<ExchangeRate>, Amount)>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let places = places.join(", ");
    // The words of the partial index `sales_order_uninvoiced`.
    let sql = format!(
        "SELECT party_id AS customer_id, CAST(NULL AS BIGINT) AS exchange_rate, \
            open_base AS amount \
         FROM party_balance WHERE party_id IN ({places}) \
         UNION ALL \
         SELECT o.customer_id, o.exchange_rate, CAST(SUM(o.gross - COALESCE((\
            SELECT SUM(i.gross) FROM invoice AS i WHERE i.sales_order_id = o.id), 0)) AS BIGINT) \
         FROM sales_order AS o \
         WHERE o.status = 'CONFIRMED' AND o.billing <> 'FULL' AND o.customer_id IN ({places}) \
         GROUP BY o.customer_id, o.exchange_rate"
    );
    let values = ids.into_iter().map(sea_orm::Value::from);
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let rows = conn.query_all_raw(statement).await?;
    let read = |row: sea_orm::QueryResult| {
        let id = row.try_get("", "customer_id")?;
        let rate = row.try_get("", "exchange_rate")?;
        Ok((id, rate, row.try_get("", "amount")?))
    };
    rows.into_iter().map(read).collect()
}
