//! A secret that access tokens are signed with, shared by all servers.

use crate::vocab::Instant;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A secret that access tokens are signed with, shared by all servers.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "signing_key")]
pub struct Model {
    /// Its id, named in the tokens it signs.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The secret.
    pub secret: Vec<u8>,
    /// From when on it signs.
    pub created_at: Instant,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
