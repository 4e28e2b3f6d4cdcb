//! The PostgreSQL that is measured: the server's database, and a twin of it for `pgbench`, so that
//! the orders of one do not wait for, or are told to, the other.

use std::collections::BTreeMap;

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Row};

use crate::api::{Outcome, told};
use crate::meter;

/// Tables that an order writes to.
const WRITTEN: [&str; 6] = [
    "operation",
    "sales_order",
    "sales_order_line",
    "reservation",
    "commitment",
    "event",
];

/// A PostgreSQL with both.
pub struct Postgres {
    /// To the server's database.
    pub own: PgPool,
    /// To the twin.
    pub twin: PgPool,
    /// Where `pgbench` finds the twin.
    pub twin_url: String,
    /// PostgreSQL's first process.
    pub postmaster: u32,
    /// What it says it is.
    pub version: String,
}

impl Postgres {
    /// Tidies the database, which no server has open, and makes its twin.
    pub async fn settle(url: &str) -> Outcome<Self> {
        let (server, name) = url.rsplit_once('/').ok_or("a URL without a database")?;
        let twin_name = format!("{name}_twin");
        let twin_url = format!("{server}/{twin_name}");
        let tidy = connect(url).await?;
        execute(&tidy, "VACUUM ANALYZE").await?;
        tidy.close().await;
        let admin = connect(&format!("{server}/postgres")).await?;
        let create = format!("CREATE DATABASE \"{twin_name}\" TEMPLATE \"{name}\"");
        execute(&admin, &create).await?;
        execute(&admin, "CHECKPOINT").await?;
        let asked = "SELECT pg_backend_pid(), version(), current_setting('fsync')";
        let row = sqlx::query(asked).fetch_one(&admin).await.map_err(told)?;
        let backend: i32 = row.try_get(0).map_err(told)?;
        let version: String = row.try_get(1).map_err(told)?;
        let fsync: String = row.try_get(2).map_err(told)?;
        let backend = u32::try_from(backend).map_err(told)?;
        let postmaster = meter::parent(backend).ok_or("PostgreSQL is on another machine")?;
        admin.close().await;
        let version = version.split(" on ").next().unwrap_or_default();
        Ok(Self {
            own: connect(url).await?,
            twin: connect(&twin_url).await?,
            twin_url,
            postmaster,
            version: format!("{version}, fsync {fsync}"),
        })
    }
}

async fn connect(url: &str) -> Outcome<PgPool> {
    let options = PgPoolOptions::new().max_connections(1);
    options.connect(url).await.map_err(told)
}

async fn execute(pool: &PgPool, statement: &str) -> Outcome<()> {
    let query = sqlx::query(AssertSqlSafe(statement.to_owned()));
    query.execute(pool).await.map(|_| ()).map_err(told)
}

/// How many rows the tables have that an order writes to, and what is reserved and how often
/// levels have changed, all in all.
pub async fn rows(pool: &PgPool) -> Outcome<BTreeMap<&'static str, i64>> {
    let mut rows = BTreeMap::new();
    for table in WRITTEN {
        rows.insert(
            table,
            number(pool, &format!("SELECT count(*) FROM {table}")).await?,
        );
    }
    for (what, column) in [
        ("pieces reserved", "reserved / 1000000"),
        ("level changes", "version"),
    ] {
        let sum = format!("SELECT sum({column})::bigint FROM stock_level");
        rows.insert(what, number(pool, &sum).await?);
    }
    Ok(rows)
}

async fn number(pool: &PgPool, sql: &str) -> Outcome<i64> {
    let row = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_one(pool);
    row.await.map_err(told)?.try_get(0).map_err(told)
}

type Rows = BTreeMap<&'static str, i64>;

/// Whether orders of the server and of the script write the same; says what.
pub fn compare(
    (before, ours): (&Rows, &Rows),
    (twin_before, twin): (&Rows, &Rows),
    orders: usize,
) -> Outcome<String> {
    let since = |before: &Rows, after: &Rows| -> Rows {
        let changes = after
            .iter()
            .map(|(what, number)| (*what, number - before.get(what).unwrap_or(&0)));
        changes.collect()
    };
    let (ours, twin) = (since(before, ours), since(twin_before, twin));
    let placed = ours.get("sales_order").copied().unwrap_or_default();
    let replayed = i64::try_from(orders).map_err(told)?;
    let is_same = ours.iter().all(|(what, number)| {
        twin.get(what)
            .is_some_and(|one| one * placed == number * replayed)
    });
    if !is_same {
        return Err(format!(
            "it writes otherwise: {twin:?} in {replayed} orders, the server {ours:?} in {placed}"
        ));
    }
    let each: Vec<String> = twin
        .iter()
        .map(|(what, number)| format!("{what} {}", number / replayed.max(1)))
        .collect();
    Ok(format!(
        "the server and the script write the same for an order: {}",
        each.join(", ")
    ))
}
