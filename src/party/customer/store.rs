//! The rows of customers.

use entity::party::customer::{ActiveModel, Column, Entity, Model};
use entity::vocab::{CustomerId, Instant, RecordStatus};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, Select,
};

use crate::graphql::loader_by_id;
use crate::platform::reference::{self, Referable, Reference, ReferenceColumns};

loader_by_id!(entity::party::customer, CustomerId);

impl Referable for Model {
    type Id = CustomerId;
    const NOUN: &'static str = "customer";

    fn id(&self) -> CustomerId {
        self.id
    }

    fn key(&self) -> &str {
        &self.code_key
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }
}

const COLUMNS: ReferenceColumns<Column> = ReferenceColumns {
    id: Column::Id,
    key: Column::CodeKey,
    external_id: Column::ExternalId,
};

/// The customers that references name, in one statement.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<CustomerId>],
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(reference::any_of(references, &COLUMNS))
        .all(conn)
        .await
}

/// All customers, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}

/// Writes a new customer.
///
/// # Errors
/// The database's.
pub async fn insert(conn: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Archives a customer.
///
/// # Errors
/// The database's.
pub async fn archive(
    conn: &impl ConnectionTrait,
    id: CustomerId,
    now: Instant,
) -> Result<(), DbErr> {
    let archived = ActiveModel {
        status: Set(RecordStatus::Archived),
        updated_at: Set(now),
        ..Default::default()
    };
    Entity::update_many()
        .set(archived)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}
