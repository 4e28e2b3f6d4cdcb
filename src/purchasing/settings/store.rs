//! The row of settings, and those of approval tiers.

use entity::purchasing::{approval_tier, purchasing_settings};
use entity::vocab::{ApprovalKind, Instant, Rate};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};

/// The settings; the step that made the table wrote the row.
///
/// # Errors
/// The database's.
pub async fn settings(conn: &impl ConnectionTrait) -> Result<purchasing_settings::Model, DbErr> {
    let row = purchasing_settings::Entity::find_by_id(1_i16)
        .one(conn)
        .await?;
    row.ok_or_else(|| DbErr::Custom("the settings have no row".to_owned()))
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(conn: &impl ConnectionTrait) -> Result<purchasing_settings::Model, DbErr> {
    let row = purchasing_settings::Entity::find_by_id(1_i16)
        .lock_exclusive()
        .one(conn)
        .await?;
    row.ok_or_else(|| DbErr::Custom("the settings have no row".to_owned()))
}

/// Changes the tolerance.
///
/// # Errors
/// The database's.
pub async fn set_tolerance(
    conn: &impl ConnectionTrait,
    tolerance: Rate,
    now: Instant,
) -> Result<(), DbErr> {
    use purchasing_settings::Column;
    let changed = purchasing_settings::ActiveModel {
        over_receipt_tolerance: Set(tolerance),
        updated_at: Set(now),
        ..Default::default()
    };
    purchasing_settings::Entity::update_many()
        .set(changed)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(1_i16))
        .exec(conn)
        .await
        .map(|_| ())
}

/// The tiers of a kind of document, by amount.
///
/// # Errors
/// The database's.
pub async fn tiers(
    conn: &impl ConnectionTrait,
    kind: ApprovalKind,
) -> Result<Vec<approval_tier::Model>, DbErr> {
    approval_tier::Entity::find()
        .filter(approval_tier::Column::DocumentKind.eq(kind))
        .order_by_asc(approval_tier::Column::FromAmount)
        .all(conn)
        .await
}

/// Replaces the tiers of a kind of document.
///
/// # Errors
/// The database's.
pub async fn replace_tiers(
    conn: &impl ConnectionTrait,
    kind: ApprovalKind,
    tiers: Vec<approval_tier::Model>,
) -> Result<(), DbErr> {
    approval_tier::Entity::delete_many()
        .filter(approval_tier::Column::DocumentKind.eq(kind))
        .exec(conn)
        .await?;
    if tiers.is_empty() {
        return Ok(());
    }
    let rows = tiers.into_iter().map(IntoActiveModel::into_active_model);
    approval_tier::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}
