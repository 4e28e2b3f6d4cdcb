//! Which tax rate holds on a day: pure.

use chrono::NaiveDate;
use entity::catalog::tax_rate;
use entity::vocab::{Rate, TaxClassId};

/// The rate of a class on a day: the latest that is valid by then; zero without a class, and
/// before its first rate.
#[must_use]
pub fn rate_on(rates: &[tax_rate::Model], class: Option<TaxClassId>, day: NaiveDate) -> Rate {
    let valid = rates
        .iter()
        .filter(|rate| Some(rate.tax_class_id) == class && rate.valid_from <= day);
    valid
        .max_by_key(|rate| rate.valid_from)
        .map_or(Rate::ZERO, |rate| rate.rate)
}
