//! The row of settings of stock.

use entity::stock::stock_settings;
use entity::vocab::{Amount, Instant, SourcingStrategy};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
};

/// The settings; the step that made the table wrote the row.
///
/// # Errors
/// The database's.
pub async fn settings(conn: &impl ConnectionTrait) -> Result<stock_settings::Model, DbErr> {
    let row = stock_settings::Entity::find_by_id(1_i16).one(conn).await?;
    row.ok_or_else(|| DbErr::Custom("the settings of stock have no row".to_owned()))
}

/// Changes how warehouses are chosen for orders that do not say.
///
/// # Errors
/// The database's.
pub async fn set_sourcing(
    conn: &impl ConnectionTrait,
    strategy: SourcingStrategy,
    now: Instant,
) -> Result<(), DbErr> {
    let changed = stock_settings::ActiveModel {
        sourcing_strategy: Set(strategy),
        updated_at: Set(now),
        ..Default::default()
    };
    update(conn, changed).await
}

/// Changes from which value on corrections need approval; none: never.
///
/// # Errors
/// The database's.
pub async fn set_approval_over(
    conn: &impl ConnectionTrait,
    over: Option<Amount>,
    now: Instant,
) -> Result<(), DbErr> {
    let changed = stock_settings::ActiveModel {
        adjustment_approval_over: Set(over),
        updated_at: Set(now),
        ..Default::default()
    };
    update(conn, changed).await
}

async fn update(
    conn: &impl ConnectionTrait,
    changed: stock_settings::ActiveModel,
) -> Result<(), DbErr> {
    use stock_settings::Column;
    stock_settings::Entity::update_many()
        .set(changed)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(1_i16))
        .exec(conn)
        .await
        .map(|_| ())
}
