//! The rows of payments.

use chrono::NaiveDate;
use entity::accounts::payment::{ActiveModel, Column, Entity, Model};
use entity::vocab::{Instant, PaymentId, PaymentStatus};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, Select,
};

use crate::graphql::loader_by_id;
use crate::platform::reference::referable;

loader_by_id!(entity::accounts::payment, PaymentId);
referable!(
    entity::accounts::payment,
    PaymentId,
    "payment",
    number(Number)
);

/// Writes a new payment.
///
/// # Errors
/// The database's.
pub async fn insert(conn: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Notes that a payment was taken back.
///
/// # Errors
/// The database's.
pub async fn reverse(
    conn: &impl ConnectionTrait,
    id: PaymentId,
    (date, reason): (NaiveDate, String),
    now: Instant,
) -> Result<(), DbErr> {
    let reversed = ActiveModel {
        status: Set(PaymentStatus::Reversed),
        reversed_on: Set(Some(date)),
        reversal_reason: Set(Some(reason)),
        updated_at: Set(now),
        ..Default::default()
    };
    Entity::update_many()
        .set(reversed)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// The payments of a customer, or all, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}
