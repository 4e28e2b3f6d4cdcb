//! The rows of the audit log.

use entity::platform::operation::{Column, Entity};
use entity::vocab::{Instant, PrincipalId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

/// Which entries are wanted; what is none does not matter.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this caller.
    pub actor: Option<PrincipalId>,
    /// Of this command.
    pub command: Option<String>,
    /// About this record.
    pub record: Option<Uuid>,
    /// From this moment on.
    pub from: Option<Instant>,
    /// Before this moment.
    pub until: Option<Instant>,
}

/// The entries, for a list; each condition is served by an index.
#[must_use]
pub fn wanted(wanted: Wanted) -> Select<Entity> {
    let Wanted {
        actor,
        command,
        record,
        from,
        until,
    } = wanted;
    let mut select = Entity::find();
    if let Some(actor) = actor {
        select = select.filter(Column::CallerId.eq(actor));
    }
    if let Some(command) = command {
        select = select.filter(Column::Command.eq(command));
    }
    if let Some(record) = record {
        select = select.filter(Column::RecordId.eq(record));
    }
    if let Some(from) = from {
        select = select.filter(Column::CreatedAt.gte(from));
    }
    if let Some(until) = until {
        select = select.filter(Column::CreatedAt.lt(until));
    }
    select
}
