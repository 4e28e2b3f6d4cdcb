//! A person who signs in.

use crate::vocab::{Instant, UserId, UserStatus};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "user_account")]
pub struct Model {
    /// Its id; the same UUID as its principal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// What it signs in with.
    pub email: String,
    /// The email as it is unique.
    pub email_key: String,
    /// Its name.
    pub name: String,
    /// The name as it sorts.
    pub name_key: String,
    /// Argon2id, as a PHC string.
    pub password_hash: String,
    /// When the password was last set.
    pub password_changed_at: Instant,
    /// Whether it may do nothing else before it has chosen a password of its own.
    pub must_change_password: bool,
    /// What it does: role names, separated by spaces.
    pub roles: String,
    /// Whether it may sign in.
    pub status: UserStatus,
    /// Wrong passwords since the last right one.
    pub failed_count: i32,
    /// Until when every password is refused.
    pub locked_until: Option<Instant>,
    /// When it last signed in.
    pub last_sign_in_at: Option<Instant>,
    /// The id that a partner's system knows it by; unique.
    pub external_id: Option<String>,
    /// What partners keep beside it, as a JSON object; none when empty.
    pub metadata: Option<Json>,
    /// When it was recorded.
    pub created_at: Instant,
    /// When it last changed; signing in is no change.
    pub updated_at: Instant,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
