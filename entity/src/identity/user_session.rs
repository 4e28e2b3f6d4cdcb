//! A user's stay: from signing in until signing out.

use crate::vocab::{Instant, SessionId, UserId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A user's stay: from signing in until signing out.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "user_session")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When the user signed in.
    pub created_at: Instant,
    /// When it was last refreshed.
    pub refreshed_at: Instant,
    /// From when on it cannot be refreshed.
    pub expires_at: Instant,
    /// When it ended before that.
    pub ended_at: Option<Instant>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
