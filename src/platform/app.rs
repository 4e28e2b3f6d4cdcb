//! What every use case needs at hand: the database, the bus, and the company's constants.

use chrono::NaiveDate;
use chrono_tz::Tz;
use entity::vocab::{CurrencyCode, Instant};

use super::bus::Bus;
use super::clock;
use super::db::Db;
use super::meters::Meters;

/// The company's constants, read once at start: they never change while books are open.
#[derive(Clone, Copy, Debug)]
pub struct Company {
    /// The currency the books are kept in.
    pub base_currency: CurrencyCode,
    /// Decides which business day a moment belongs to.
    pub time_zone: Tz,
}

impl Company {
    /// The business day of a moment.
    #[must_use]
    pub fn day(&self, at: Instant) -> NaiveDate {
        clock::business_day(at, self.time_zone)
    }
}

/// The database, the bus, and the company's constants.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Tells subscribers of committed events.
    pub bus: Bus,
    /// The company's constants.
    pub company: Company,
    /// What is counted for whoever watches.
    pub meters: Meters,
}
