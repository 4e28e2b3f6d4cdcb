//! Sums over what was open on a day: of items that were not settled by then, what was not allocated
//! by then. What was settled before is not looked at.

use chrono::NaiveDate;
use entity::vocab::{Amount, CustomerId, OpenItemId};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use super::rules::Buckets;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Question {
    /// The day, included.
    pub as_of: NaiveDate,
    /// Only items in this currency, in it; else all, in the base currency.
    pub currency: Option<String>,
    /// Only of this customer.
    pub customer: Option<CustomerId>,
}

/// What a customer owed in a bucket, or was owed.
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    /// Who.
    pub customer_id: CustomerId,
    /// Which bucket; none for credits.
    pub bucket: Option<usize>,
    /// How much; below zero for credits.
    pub amount: Amount,
}

/// An item as it was on the day.
#[derive(Clone, Copy, Debug)]
pub struct AgedItem {
    /// The item.
    pub id: OpenItemId,
    /// What was open of it.
    pub open: Amount,
}

/// The SELECT of what was open, and its values: `$1` is the day.
fn open(question: &Question) -> (String, Vec<Value>) {
    let (own, of_debit, of_credit) = match question.currency {
        Some(_) => ("amount", "amount", "amount"),
        None => ("base_amount", "debit_base", "credit_base"),
    };
    let mut values: Vec<Value> = vec![question.as_of.into()];
    let mut wanted = String::new();
    if let Some(currency) = &question.currency {
        values.push(currency.clone().into());
        wanted.push_str(&format!(" AND item.currency = ${}", values.len()));
    }
    if let Some(customer) = question.customer {
        values.push(customer.into());
        wanted.push_str(&format!(" AND item.customer_id = ${}", values.len()));
    }
    let allocated = |column: &str, side: &str| {
        format!(
            "COALESCE((SELECT SUM(allocation.{column}) FROM allocation \
             WHERE allocation.{side}_item_id = item.id AND allocation.date <= $1), 0)"
        )
    };
    let (paid, used) = (allocated(of_debit, "debit"), allocated(of_credit, "credit"));
    let sql = format!(
        "SELECT item.id, item.customer_id, item.due_on, item.amount AS whole, \
         CAST(item.{own} - {paid} + {used} AS BIGINT) AS rest FROM open_item AS item \
         WHERE item.customer_id IS NOT NULL AND item.date <= $1 \
         AND (item.settled_on IS NULL OR item.settled_on > $1){wanted}"
    );
    (sql, values)
}

/// What every customer owed, by bucket; what came to nothing is left out.
///
/// # Errors
/// The database's.
pub async fn sums(
    conn: &impl ConnectionTrait,
    question: &Question,
    buckets: &Buckets,
) -> Result<Vec<Sum>, DbErr> {
    let (open, mut values) = open(question);
    let mut case = "CASE WHEN whole < 0 THEN -1".to_owned();
    for (bucket, first) in buckets.first_days(question.as_of).into_iter().enumerate() {
        values.push(first.into());
        case.push_str(&format!(" WHEN due_on >= ${} THEN {bucket}", values.len()));
    }
    case.push_str(&format!(" ELSE {} END", buckets.count() - 1));
    let sql = format!(
        "SELECT customer_id, CAST(bucket AS BIGINT) AS bucket, CAST(SUM(rest) AS BIGINT) AS rest \
         FROM (SELECT customer_id, {case} AS bucket, rest FROM ({open}) AS open_then) AS sorted \
         GROUP BY customer_id, bucket HAVING SUM(rest) <> 0 ORDER BY customer_id, bucket"
    );
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let rows = conn.query_all_raw(statement).await?;
    let sum = |row: &sea_orm::QueryResult| {
        let bucket: i64 = row.try_get("", "bucket")?;
        Ok(Sum {
            customer_id: row.try_get("", "customer_id")?,
            bucket: usize::try_from(bucket).ok(),
            amount: row.try_get("", "rest")?,
        })
    };
    rows.iter().map(sum).collect()
}

/// The items behind a figure, those due first at the front, at most so many. A bucket is named by
/// the first and the last due day in it; without one, items of all are meant, and credits too.
///
/// # Errors
/// The database's.
pub async fn items(
    conn: &impl ConnectionTrait,
    question: &Question,
    due: Option<(Option<NaiveDate>, Option<NaiveDate>)>,
    limit: u64,
) -> Result<Vec<AgedItem>, DbErr> {
    let (open, mut values) = open(question);
    let mut wanted = "rest <> 0".to_owned();
    if let Some((from, until)) = due {
        wanted.push_str(" AND whole > 0");
        for (day, compare) in [(from, ">="), (until, "<=")] {
            if let Some(day) = day {
                values.push(day.into());
                wanted.push_str(&format!(" AND due_on {compare} ${}", values.len()));
            }
        }
    }
    let sql = format!(
        "SELECT id, rest FROM ({open}) AS open_then WHERE {wanted} \
         ORDER BY due_on, id LIMIT {limit}"
    );
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let rows = conn.query_all_raw(statement).await?;
    let item = |row: &sea_orm::QueryResult| {
        Ok(AgedItem {
            id: row.try_get("", "id")?,
            open: row.try_get("", "rest")?,
        })
    };
    rows.iter().map(item).collect()
}
