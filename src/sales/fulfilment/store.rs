//! The rows of fulfilments and their lines.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::sales::{fulfilment, fulfilment_line};
use entity::vocab::{FulfilmentId, OperationId, SalesOrderId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use crate::graphql::{Fetch, loader_by_id};

loader_by_id!(entity::sales::fulfilment, FulfilmentId);

/// Writes new fulfilments and their lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    fulfilments: Vec<fulfilment::Model>,
    lines: Vec<fulfilment_line::Model>,
) -> Result<(), DbErr> {
    let rows = fulfilments
        .into_iter()
        .map(IntoActiveModel::into_active_model);
    fulfilment::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    let rows = lines.into_iter().map(IntoActiveModel::into_active_model);
    fulfilment_line::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// The fulfilments that a command made.
///
/// # Errors
/// The database's.
pub async fn of_operation(
    conn: &impl ConnectionTrait,
    id: OperationId,
) -> Result<Vec<fulfilment::Model>, DbErr> {
    fulfilment::Entity::find()
        .filter(fulfilment::Column::OperationId.eq(id))
        .order_by_asc(fulfilment::Column::Id)
        .all(conn)
        .await
}

/// Asks for the fulfilments of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FulfilmentsOf(pub SalesOrderId);

impl Loader<FulfilmentsOf> for Fetch {
    type Value = Vec<fulfilment::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[FulfilmentsOf],
    ) -> Result<HashMap<FulfilmentsOf, Self::Value>, Self::Error> {
        let rows = fulfilment::Entity::find()
            .filter(fulfilment::Column::SalesOrderId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(fulfilment::Column::Id)
            .all(self.db.reader())
            .await?;
        let mut found: HashMap<FulfilmentsOf, Self::Value> = HashMap::new();
        for row in rows {
            found
                .entry(FulfilmentsOf(row.sales_order_id))
                .or_default()
                .push(row);
        }
        Ok(found)
    }
}

/// Asks for the lines of a fulfilment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesOf(pub FulfilmentId);

impl Loader<LinesOf> for Fetch {
    type Value = Vec<fulfilment_line::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[LinesOf]) -> Result<HashMap<LinesOf, Self::Value>, Self::Error> {
        let rows = fulfilment_line::Entity::find()
            .filter(fulfilment_line::Column::FulfilmentId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(fulfilment_line::Column::FulfilmentId)
            .order_by_asc(fulfilment_line::Column::Position)
            .all(self.db.reader())
            .await?;
        let mut found: HashMap<LinesOf, Self::Value> = HashMap::new();
        for row in rows {
            found
                .entry(LinesOf(row.fulfilment_id))
                .or_default()
                .push(row);
        }
        Ok(found)
    }
}
