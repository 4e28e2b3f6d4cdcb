//! Which exchange rate counts: pure.

use chrono::NaiveDate;
use entity::accounts::exchange_rate::Model;
use entity::vocab::ExchangeRate;

/// The rate among these that a currency has on a day.
#[must_use]
pub fn latest(rates: &[Model], currency: &str, day: NaiveDate) -> Option<ExchangeRate> {
    rates
        .iter()
        .filter(|rate| rate.currency == currency && rate.valid_from <= day)
        .max_by_key(|rate| rate.valid_from)
        .map(|rate| rate.rate)
}
