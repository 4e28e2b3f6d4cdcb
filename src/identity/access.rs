//! What signing in and authenticating need at hand, and how they are set up.

use serde::{Deserialize, Serialize};

use super::session::keys::Keys;
use super::user::password::Passwords;
use crate::platform::secret::Secret;

/// The `[access]` part of the configuration.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccessSettings {
    /// What access tokens are signed with: at least 32 bytes of text, the same on every server.
    /// Left out, a key is made at the first start and kept in the database.
    pub signing_key: Option<Secret>,
    /// What they were signed with before, so that a change of the key ends nobody's session.
    pub previous_signing_key: Option<Secret>,
    /// Memory for one password, in KiB. Less than the default is for tests.
    pub password_memory_kib: u32,
    /// Passes over that memory.
    pub password_passes: u32,
    /// Passwords that may wait to be checked; beyond, callers are told to come back.
    pub password_queue: usize,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self {
            signing_key: None,
            previous_signing_key: None,
            password_memory_kib: 19_456,
            password_passes: 2,
            password_queue: 64,
        }
    }
}

/// The `[admin]` part of the configuration: the user that is made when there is none.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdminSettings {
    /// Its email.
    pub email: String,
    /// Its first password, to be changed when it signs in. Left out, one is made and printed once.
    pub password: Option<Secret>,
}

impl Default for AdminSettings {
    fn default() -> Self {
        Self {
            email: "admin@localhost".to_owned(),
            password: None,
        }
    }
}

/// Why signing in cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// A key of the configuration is too short.
    #[error("access.{0} must have at least 32 bytes; make one with: openssl rand -base64 48")]
    ShortKey(&'static str),
    /// A key of the database is not one of ours.
    #[error("the signing key {0} in the database is damaged; delete its row of signing_key")]
    DamagedKey(String),
    /// What a password costs is out of range.
    #[error("access.password_memory_kib and access.password_passes cannot be used: {0}")]
    Cost(String),
    /// The first administrator cannot be made.
    #[error("admin.{0}")]
    Administrator(String),
    /// The database.
    #[error("cannot set up signing in: {0}")]
    Database(String),
}

/// What signing in needs; clones share it.
#[derive(Clone)]
pub struct Access {
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Signs and checks access tokens.
    pub keys: Keys,
}
