//! One accepted command: what it made, kept so that a repeated or lost call finds it, and as the
//! audit log.

use crate::vocab::{Instant, OperationId, PrincipalId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One accepted command: who gave it, what it made; kept for ever, as the audit log.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "operation")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OperationId,
    /// Who called.
    pub caller_id: PrincipalId,
    /// The caller's own key for it, unique per caller.
    pub idempotency_key: Option<String>,
    /// The mutation's name.
    pub command: String,
    /// SHA-256 of the input: the same key with another input is an error.
    pub input_hash: Vec<u8>,
    /// The record it made or changed.
    pub record_id: Uuid,
    /// What kind of record that is: the prefix of its id.
    pub record_kind: Option<String>,
    /// The request it came with.
    pub request_id: Option<String>,
    /// The address of the connection it came by.
    pub remote_address: Option<String>,
    /// The input as it was given, without secrets, as JSON.
    pub input: Option<String>,
    /// What changed in a master record: `before` and `after`, as JSON.
    pub changes: Option<String>,
    /// When it was accepted.
    pub created_at: Instant,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
