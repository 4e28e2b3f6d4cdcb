//! What customers owe and have ordered, read under a lock.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::accounts::party_balance;
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
    let ids = || customers.iter().map(|customer| customer.id.0);
    let balances = party_balance::Entity::find()
        .filter(party_balance::Column::PartyId.is_in(ids()))
        .all(conn)
        .await?;
    for balance in balances {
        if let Some(exposure) = exposures.get_mut(&CustomerId(balance.party_id)) {
            add(&mut exposure.open_balance, balance.open_base);
        }
    }
    for (id, rate, gross) in uninvoiced(conn, ids().collect()).await? {
        if let Some(exposure) = exposures.get_mut(&id) {
            let amount = rate.to_base(gross, base).unwrap_or(Amount(i64::MAX));
            add(&mut exposure.open_orders, amount);
        }
    }
    Ok(exposures)
}

fn add(sum: &mut Amount, more: Amount) {
    *sum = Amount(sum.0.saturating_add(more.0));
}

/// What confirmed orders come to that was not invoiced, by customer and exchange rate.
async fn uninvoiced(
    conn: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<Vec<(CustomerId, ExchangeRate, Amount)>, DbErr> {
    let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    // The words of the partial index `sales_order_uninvoiced`.
    let sql = format!(
        "SELECT o.customer_id, o.exchange_rate, CAST(SUM(o.gross - COALESCE((\
            SELECT SUM(i.gross) FROM invoice AS i WHERE i.sales_order_id = o.id), 0)) AS BIGINT) \
            AS gross \
         FROM sales_order AS o \
         WHERE o.status = 'CONFIRMED' AND o.billing <> 'FULL' AND o.customer_id IN ({}) \
         GROUP BY o.customer_id, o.exchange_rate",
        places.join(", ")
    );
    let values = ids.into_iter().map(sea_orm::Value::from);
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let rows = conn.query_all_raw(statement).await?;
    // Several rates of one currency come one after the other, always in the same order.
    let mut sums = BTreeMap::new();
    for row in rows {
        let id: CustomerId = row.try_get("", "customer_id")?;
        let rate: ExchangeRate = row.try_get("", "exchange_rate")?;
        let gross: Amount = row.try_get("", "gross")?;
        sums.insert((id, rate), gross);
    }
    Ok(sums
        .into_iter()
        .map(|((id, rate), gross)| (id, rate, gross))
        .collect())
}
