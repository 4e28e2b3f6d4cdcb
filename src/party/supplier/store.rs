//! The rows of suppliers.

use entity::party::supplier::{Entity, Model};
use entity::vocab::SupplierId;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Select};

use crate::graphql::loader_by_id;
use crate::platform::master::{self, master};
use crate::platform::reference::Reference;

loader_by_id!(entity::party::supplier, SupplierId);
master!(
    entity::party::supplier,
    SupplierId,
    "supplier",
    code_key(CodeKey) = "code"
);

/// The suppliers that references name, in one statement.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<SupplierId>],
) -> Result<Vec<Model>, DbErr> {
    master::find::<Entity>(conn, references).await
}

/// All suppliers, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}
