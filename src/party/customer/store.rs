//! The rows of customers.

use entity::party::customer::{Entity, Model};
use entity::vocab::CustomerId;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Select};

use crate::graphql::loader_by_id;
use crate::platform::master::{self, master};
use crate::platform::reference::Reference;

loader_by_id!(entity::party::customer, CustomerId);
master!(
    entity::party::customer,
    CustomerId,
    "customer",
    code_key(CodeKey) = "code"
);

/// The customers that references name, in one statement.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<CustomerId>],
) -> Result<Vec<Model>, DbErr> {
    master::find::<Entity>(conn, references).await
}

/// All customers, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}
