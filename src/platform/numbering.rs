//! Document numbers such as `SO-2026-000123`.

use chrono::Datelike;
use entity::platform::number_series;
use entity::vocab::NumberKind;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, ExprTrait};

use super::db::Tx;

/// Takes `count` numbers in a row of a kind and year; they are gapless, for a rollback gives them
/// back. The series is locked until the transaction ends: take numbers late.
///
/// # Errors
/// The database's.
pub async fn take(
    tx: &Tx,
    kind: NumberKind,
    dates: &[chrono::NaiveDate],
) -> Result<Vec<String>, DbErr> {
    let mut years: Vec<i16> = dates.iter().map(|date| year_of(*date)).collect();
    years.sort_unstable();
    years.dedup();
    let wanted = years.iter().map(|year| {
        let count = dates.iter().filter(|date| year_of(**date) == *year).count();
        number_series::ActiveModel {
            kind: Set(kind),
            year: Set(*year),
            last: Set(i64::try_from(count).expect("a batch is small")),
        }
    });
    use number_series::Column::{Kind, Last, Year};
    let add = OnConflict::columns([Kind, Year])
        .value(
            Last,
            sea_orm::sea_query::Expr::col((number_series::Entity, Last))
                .add(sea_orm::sea_query::Expr::cust("excluded.last")),
        )
        .to_owned();
    let series = number_series::Entity::insert_many(wanted)
        .on_conflict(add)
        .exec_with_returning(tx.conn())
        .await?;
    let mut next: Vec<(i16, i64)> = series
        .into_iter()
        .map(|row| {
            let count = dates
                .iter()
                .filter(|date| year_of(**date) == row.year)
                .count();
            (
                row.year,
                row.last + 1 - i64::try_from(count).expect("a batch is small"),
            )
        })
        .collect();
    let numbers = dates.iter().map(|date| {
        let year = year_of(*date);
        let next = next
            .iter_mut()
            .find(|(of, _)| *of == year)
            .expect("every year was asked for");
        let number = format!("{}-{year:04}-{:06}", kind.as_str(), next.1);
        next.1 += 1;
        number
    });
    Ok(numbers.collect())
}

fn year_of(date: chrono::NaiveDate) -> i16 {
    i16::try_from(date.year()).expect("dates are checked to lie within four-digit years")
}
