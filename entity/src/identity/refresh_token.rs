//! What brings a session its next access token, once; the token itself is never stored.

use crate::vocab::{Instant, SessionId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What brings a session its next access token, once; the token itself is never stored.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// SHA-256 of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    /// The session it belongs to.
    pub session_id: SessionId,
    /// When it was given out.
    pub created_at: Instant,
    /// From when on it is refused.
    pub expires_at: Instant,
    /// When it was used; a second use is a theft.
    pub used_at: Option<Instant>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
