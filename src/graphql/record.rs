//! The fields that every record has.

use async_graphql::{Description, Json, Object};
use chrono::{DateTime, Utc};
use entity::vocab::Instant;

use super::context::date_time;

/// What every record has beside its own fields; flattened into it.
#[derive(Clone, Debug, Description)]
pub struct RecordFields {
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What partners keep beside it.
    pub metadata: Option<serde_json::Value>,
    /// When it was recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts its changes.
    pub version: i64,
}

/// The common fields of a row.
macro_rules! record_fields {
    ($row:expr) => {
        $crate::graphql::record::RecordFields {
            external_id: $row.external_id.clone(),
            metadata: $row.metadata.clone(),
            created_at: $row.created_at,
            updated_at: $row.updated_at,
            version: $row.version,
        }
    };
}
pub(crate) use record_fields;

#[Object(use_type_description)]
impl RecordFields {
    /// The id your own system knows it by, unique among its kind.
    async fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    /// What you keep beside it: a JSON object of at most 16 KiB.
    async fn metadata(&self) -> Json<serde_json::Value> {
        let empty = || serde_json::Value::Object(serde_json::Map::new());
        Json(self.metadata.clone().unwrap_or_else(empty))
    }

    /// When it was recorded.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        date_time(self.updated_at)
    }

    /// Counts its changes, from 1; give it back as `expectedVersion` when you change it.
    async fn version(&self) -> i64 {
        self.version
    }
}
