//! The rows of the audit log.

use entity::platform::operation::Entity;
use entity::vocab::OperationId;
use sea_orm::{EntityTrait, Select};

use crate::graphql::loader_by_id;

loader_by_id!(entity::platform::operation, OperationId);

/// All entries, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}
