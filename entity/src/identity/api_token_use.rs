//! When an API token was last used.

use crate::vocab::{ApiTokenId, Instant};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// When an API token was last used.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "api_token_use")]
pub struct Model {
    /// The token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_id: ApiTokenId,
    /// When it was last used, to the minute.
    pub last_used_at: Instant,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
