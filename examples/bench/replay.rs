//! Scripts for `pgbench` out of the statements that were captured: the same text with the same
//! parameters, bound as parameters.
//!
//! Reads are as they were. An order has keys, a number and levels that are new each time, so its
//! script begins with a statement that draws three variants and makes the keys; it keeps what the
//! locking read of the levels and the number series return, and puts these in place of what was
//! captured. All else (times, the stored input, the facts of events) stays as captured.

use std::collections::BTreeMap;

use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Row};

use crate::api::{Outcome, told};
use crate::capture::{Captured, Statement};

/// What the table is called that the variants are drawn from.
const VARIANTS: &str = "bench_variant";
/// Quantity one, as it is stored.
const ONE: i64 = 1_000_000;
/// What a NULL may have to be called for PostgreSQL to know what it is.
const NULLS: [&str; 6] = [
    "NULL",
    "NULL::bigint",
    "NULL::text",
    "NULL::uuid",
    "NULL::jsonb",
    "NULL::date",
];

/// A script, and the values of its variables.
#[derive(Default)]
pub struct Script {
    /// For `pgbench --file`.
    pub text: String,
    /// For `pgbench --define`.
    pub values: BTreeMap<String, String>,
}

/// What takes the place of a parameter.
type Place<'a> = dyn Fn(usize, &str) -> Option<String> + 'a;

impl Script {
    /// Adds a statement whose parameters are variables.
    async fn add(
        &mut self,
        pool: &PgPool,
        statement: &Statement,
        (prefix, place, wrap): (&str, &Place<'_>, &Wrap),
    ) -> Outcome<()> {
        if statement.parameters.is_empty() {
            self.text.push_str(&format!("{};\n", statement.sql));
            return Ok(());
        }
        let null = null(pool, statement).await?;
        let mut values = BTreeMap::new();
        let sql = substitute(&statement.sql, |at| {
            let Some(Some(value)) = statement.parameters.get(at) else {
                return null.to_owned();
            };
            if let Some(expression) = place(at, value) {
                return expression;
            }
            let name = format!("{prefix}_{}", at + 1);
            let expression = format!(":{name}::{}", kind(value));
            values.insert(name, value.clone());
            expression
        });
        self.values.append(&mut values);
        self.text.push_str(&wrap(&sql));
        self.text.push('\n');
        Ok(())
    }
}

type Wrap = dyn Fn(&str) -> String;

fn plain(sql: &str) -> String {
    format!("{};", one_line(sql))
}

/// `pgbench` ends a statement at the semicolon, and a statement that is kept at `\gset`.
fn one_line(sql: &str) -> String {
    sql.split('\n').map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Puts something in the place of every `$1`, `$2`, …; it is told the place, from 0 on.
fn substitute(sql: &str, mut with: impl FnMut(usize) -> String) -> String {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        match part[..digits].parse::<usize>() {
            Ok(number) => text.push_str(&with(number.saturating_sub(1))),
            Err(_) => text.push('$'),
        }
        text.push_str(&part[digits..]);
    }
    text
}

/// The type of a value, by its looks: the server names types when it prepares, `pgbench` cannot.
fn kind(value: &str) -> &'static str {
    let is_uuid = value.len() == 36 && value.split('-').count() == 5;
    let is_day = value.len() == 10 && value.split('-').all(|part| part.parse::<u16>().is_ok());
    match value.as_bytes().first() {
        _ if is_uuid => "uuid",
        _ if value.parse::<i64>().is_ok() => "bigint",
        _ if is_day && value.contains('-') => "date",
        _ if matches!(value, "t" | "f") => "bool",
        Some(b'\\') => "bytea",
        _ => "text",
    }
}

/// What NULL has to be called in a statement, found by trying.
async fn null(pool: &PgPool, statement: &Statement) -> Outcome<&'static str> {
    let mut last = String::new();
    for null in NULLS {
        let sql = substitute(&statement.sql, |at| match statement.parameters.get(at) {
            Some(Some(value)) => format!("${}::{}", at + 1, kind(value)),
            _ => null.to_owned(),
        });
        // A number may be left out where a NULL was; PostgreSQL knows its type nevertheless.
        let mut numbers = 0;
        let sql = substitute(&sql, |_| {
            numbers += 1;
            format!("${numbers}")
        });
        let mut connection = pool.acquire().await.map_err(told)?;
        let prepared = format!("PREPARE tried AS {sql}");
        match sqlx::raw_sql(AssertSqlSafe(prepared))
            .execute(&mut *connection)
            .await
        {
            Ok(_) => {
                let gone = sqlx::raw_sql(AssertSqlSafe("DEALLOCATE tried"));
                gone.execute(&mut *connection).await.map_err(told)?;
                return Ok(null);
            }
            Err(error) => last = error.to_string(),
        }
    }
    Err(format!("{last}: {}", statement.sql))
}

/// The script of a read.
pub async fn read(pool: &PgPool, captured: &Captured) -> Outcome<Script> {
    let mut script = Script::default();
    for (number, statement) in captured.statements.iter().enumerate() {
        let prefix = format!("p{number}");
        let how = (
            prefix.as_str(),
            &(|_: usize, _: &str| None) as &Place,
            &plain as &Wrap,
        );
        script.add(pool, statement, how).await?;
    }
    Ok(script)
}

/// Makes the table that the variants of orders are drawn from; how many there are.
pub async fn make_variants(pool: &PgPool) -> Outcome<i64> {
    let statements = [
        format!(
            "CREATE TABLE {VARIANTS} AS SELECT row_number() OVER (ORDER BY sku_key) AS n, \
             id, sku_key FROM product_variant"
        ),
        format!("ALTER TABLE {VARIANTS} ADD PRIMARY KEY (n)"),
        format!("ANALYZE {VARIANTS}"),
    ];
    for statement in statements {
        let query = sqlx::query(AssertSqlSafe(statement));
        query.execute(pool).await.map_err(told)?;
    }
    let count = format!("SELECT count(*) FROM {VARIANTS}");
    let row = sqlx::query(AssertSqlSafe(count)).fetch_one(pool);
    row.await.map_err(told)?.try_get(0).map_err(told)
}

/// What is new in each order.
struct Fresh {
    /// Keys that the server made.
    keys: Vec<String>,
    /// The variants as SKU key and id, in the order of the lines.
    variants: Vec<(String, String)>,
    /// The order's number: what stands before the digits, and how many these are.
    number: (String, usize),
    whole_number: String,
}

impl Fresh {
    async fn find(pool: &PgPool, captured: &Captured) -> Outcome<Self> {
        let answer: serde_json::Value = serde_json::from_slice(&captured.answer).map_err(told)?;
        let number = answer["data"]["salesOrderPlace"]["salesOrder"]["number"]
            .as_str()
            .ok_or("an order without a number")?;
        let before = number.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let parameters = || {
            let all = captured.statements.iter().flat_map(|one| &one.parameters);
            all.flatten()
        };
        let mut keys: Vec<String> = Vec::new();
        for value in parameters() {
            if made_at(value).is_some_and(|at| at + 1 >= captured.sent_at) && !keys.contains(value)
            {
                keys.push(value.clone());
            }
        }
        let rows = sqlx::query(AssertSqlSafe(format!(
            "SELECT sku_key, id::text FROM {VARIANTS}"
        )));
        let rows = rows.fetch_all(pool).await.map_err(told)?;
        let mut variants = Vec::new();
        for row in rows {
            let (key, id): (String, String) =
                (row.try_get(0).map_err(told)?, row.try_get(1).map_err(told)?);
            if parameters().any(|value| *value == key) {
                variants.push((key, id));
            }
        }
        Ok(Self {
            keys,
            variants,
            number: (before.to_owned(), number.len() - before.len()),
            whole_number: number.to_owned(),
        })
    }

    /// What takes the place of a value wherever it stands.
    fn place(&self, value: &str) -> Option<String> {
        if let Some(at) = self.keys.iter().position(|key| key == value) {
            return Some(format!(":u{at}::uuid"));
        }
        if let Some(at) = self.variants.iter().position(|(key, _)| key == value) {
            return Some(format!(":s{at}::text"));
        }
        if let Some(at) = self.variants.iter().position(|(_, id)| id == value) {
            return Some(format!(":v{at}::uuid"));
        }
        let (before, digits) = &self.number;
        (value == self.whole_number)
            .then(|| format!("('{before}' || lpad(:series_last::text, {digits}, '0'))"))
    }

    /// Draws the variants and makes the keys, as the caller and the server do, in one statement.
    fn draw(&self, variants: i64) -> String {
        let third = variants / self.variants.len().max(1) as i64;
        let mut text = String::new();
        let (mut columns, mut tables, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        for at in 0..self.variants.len() {
            let (from, to) = (at as i64 * third + 1, (at as i64 + 1) * third);
            text.push_str(&format!("\\set n{at} random({from}, {to})\n"));
            columns.push(format!("t{at}.id AS v{at}, t{at}.sku_key AS s{at}"));
            tables.push(format!("{VARIANTS} AS t{at}"));
            conditions.push(format!("t{at}.n = :n{at}::bigint"));
        }
        for at in 0..self.keys.len() {
            // Keys begin with the time, so that they go to the end of every index.
            columns.push(format!(
                "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') \
                 || '7' || right(replace(gen_random_uuid()::text, '-', ''), 19))::uuid AS u{at}"
            ));
        }
        text.push_str(&format!(
            "SELECT {} FROM {} WHERE {} \\gset\n",
            columns.join(", "),
            tables.join(", "),
            conditions.join(" AND ")
        ));
        text
    }
}

/// When a UUID of version 7 was made, in milliseconds since 1970.
fn made_at(value: &str) -> Option<u128> {
    let id: uuid::Uuid = value.parse().ok()?;
    (id.get_version_num() == 7).then(|| id.as_u128() >> 80)
}

/// Whether what was captured has one transaction.
pub fn is_alone(captured: &Captured) -> bool {
    let all = &captured.statements;
    let times = |sql: &str| all.iter().filter(|one| one.sql == sql).count();
    (times("BEGIN"), times("COMMIT")) == (1, 1)
}

/// The script of an order.
pub async fn order(pool: &PgPool, captured: &Captured, variants: i64) -> Outcome<Script> {
    let fresh = Fresh::find(pool, captured).await?;
    let mut script = Script {
        text: fresh.draw(variants),
        values: BTreeMap::new(),
    };
    for (number, statement) in captured.statements.iter().enumerate() {
        let prefix = format!("p{number}");
        let sql = &statement.sql;
        let levels = fresh.variants.len();
        if sql.contains("stock_level") && sql.ends_with("FOR UPDATE") {
            let wrap = move |sql: &str| keep_levels(sql, levels);
            let place = |_: usize, value: &str| fresh.place(value);
            script
                .add(pool, statement, (&prefix, &place, &wrap))
                .await?;
        } else if sql.starts_with("UPDATE stock_level") {
            let columns = LevelColumns::of(statement)?;
            let place = |at: usize, value: &str| {
                columns
                    .place(statement, &fresh, at)
                    .or_else(|| fresh.place(value))
            };
            script
                .add(pool, statement, (&prefix, &place, &plain))
                .await?;
        } else {
            let is_series = sql.contains("number_series") && sql.contains("RETURNING");
            let keep = |sql: &str| format!("{} \\gset series_", one_line(sql));
            let wrap: &Wrap = if is_series { &keep } else { &plain };
            let place = |_: usize, value: &str| fresh.place(value);
            script.add(pool, statement, (&prefix, &place, wrap)).await?;
        }
    }
    Ok(script)
}

/// The locking read of levels, folded into the one row that `pgbench` can keep, and what the
/// levels become.
fn keep_levels(sql: &str, levels: usize) -> String {
    let columns = (0..levels).map(|at| {
        let of = format!("FILTER (WHERE l.variant_id = :v{at}::uuid)");
        format!("max(l.reserved) {of} AS r{at}, max(l.version) {of} AS w{at}")
    });
    let columns: Vec<String> = columns.collect();
    let mut text = format!(
        "SELECT {} FROM ({}) AS l \\gset",
        columns.join(", "),
        one_line(sql)
    );
    for at in 0..levels {
        text.push_str(&format!(
            "\n\\set q{at} :r{at} + {ONE}\n\\set x{at} :w{at} + 1"
        ));
    }
    text
}

/// Which columns of the rows in the update of levels mean what, from 0 on.
struct LevelColumns {
    reserved: usize,
    becomes: usize,
    was: usize,
}

impl LevelColumns {
    fn of(statement: &Statement) -> Outcome<Self> {
        let column = |before: &str| {
            let (_, rest) = statement.sql.split_once(&format!("{before} = v.column"))?;
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<usize>().ok()?.checked_sub(1)
        };
        let found = column(" reserved")
            .zip(column(" version"))
            .zip(column("stock_level.version"));
        let ((reserved, becomes), was) =
            found.ok_or_else(|| format!("levels are updated otherwise now: {}", statement.sql))?;
        Ok(Self {
            reserved,
            becomes,
            was,
        })
    }

    /// What takes the place of the parameter there; a row begins with its variant's id.
    fn place(&self, statement: &Statement, fresh: &Fresh, at: usize) -> Option<String> {
        let (begin, level) = (0..=at).rev().find_map(|begin| {
            let value = statement.parameters[begin].as_ref()?;
            let level = fresh.variants.iter().position(|(_, id)| id == value)?;
            Some((begin, level))
        })?;
        let column = at - begin;
        let name = match column {
            _ if column == self.reserved => "q",
            _ if column == self.becomes => "x",
            _ if column == self.was => "w",
            _ => return None,
        };
        Some(format!(":{name}{level}::bigint"))
    }
}
