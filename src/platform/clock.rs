//! The time, and which business day a moment belongs to.

use chrono::{NaiveDate, Utc};
use chrono_tz::Tz;
use entity::vocab::Instant;

/// Now, to the microsecond.
#[must_use]
pub fn now() -> Instant {
    Utc::now().into()
}

/// The business day of a moment in the company's time zone.
#[must_use]
pub fn business_day(at: Instant, time_zone: Tz) -> NaiveDate {
    at.to_utc().with_timezone(&time_zone).date_naive()
}
