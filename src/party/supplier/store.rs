//! The rows of suppliers.

use entity::party::supplier::{Column, Entity, Model};
use entity::vocab::SupplierId;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use crate::graphql::loader_by_id;
use crate::platform::reference::{self, Referable, Reference, ReferenceColumns};

loader_by_id!(entity::party::supplier, SupplierId);

impl Referable for Model {
    type Id = SupplierId;
    const NOUN: &'static str = "supplier";

    fn id(&self) -> SupplierId {
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

/// The suppliers that references name, in one statement.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<SupplierId>],
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(reference::any_of(references, &COLUMNS))
        .all(conn)
        .await
}
