//! A balanced entry of the journal.

use crate::vocab::{DocumentKind, Instant, JournalEntryId, OperationId, PrincipalId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A balanced entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "journal_entry")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JournalEntryId,
    /// The command that made it.
    pub operation_id: OperationId,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// What kind of document it belongs to.
    pub document_kind: DocumentKind,
    /// The UUID of that document.
    pub document_id: Uuid,
    /// The entry that it takes back.
    pub reverses_id: Option<JournalEntryId>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Who recorded it.
    pub recorded_by: PrincipalId,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
