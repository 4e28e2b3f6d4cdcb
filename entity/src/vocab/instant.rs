//! Instants: microseconds since 1970 in UTC, the same integer in both databases.

use chrono::{DateTime, Utc};
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
///
/// One BIGINT in both databases: it compares, sorts and survives alike, which a `timestamptz` on
/// one side and a text on the other would not.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    DeriveValueType,
)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// As a date and time in UTC.
    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl From<DateTime<Utc>> for Instant {
    /// Truncates to the microsecond.
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}
