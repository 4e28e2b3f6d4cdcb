//! A token of a machine or a partner; the secret itself is never stored.

use crate::vocab::{ApiTokenId, Instant, PrincipalId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A token of a machine or a partner; the secret itself is never stored.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// What else there is to say about it.
    pub description: Option<String>,
    /// How its secret begins, to tell it from others.
    pub prefix: String,
    /// SHA-256 of the secret.
    pub token_hash: Vec<u8>,
    /// What it may do: scope names, separated by spaces.
    pub scopes: String,
    /// Who made it; none when it was made on the command line.
    pub created_by: Option<PrincipalId>,
    /// When it was made.
    pub created_at: Instant,
    /// From when on it is refused.
    pub expires_at: Option<Instant>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
