//! When a document is to be paid: its amount split over the instalments of payment terms. Pure.

use chrono::{Datelike, Days, NaiveDate};
use entity::party::payment_terms_instalment;
use entity::vocab::{Amount, CurrencyCode};

/// The instalments of a document: when each is due, and how much. They add up to the gross exactly;
/// without terms all of it is due at once. Nothing for a document of zero.
#[must_use]
pub fn due_dates(
    instalments: &[payment_terms_instalment::Model],
    date: NaiveDate,
    gross: Amount,
    currency: CurrencyCode,
) -> Vec<(NaiveDate, Amount)> {
    let parts = if instalments.is_empty() {
        vec![(date, gross)]
    } else {
        let shares: Vec<i64> = instalments.iter().map(|part| part.share.0).collect();
        let amounts = split(gross, &shares, currency);
        instalments
            .iter()
            .map(|part| due_on(part, date))
            .zip(amounts)
            .collect()
    };
    parts
        .into_iter()
        .filter(|(_, amount)| !amount.is_zero())
        .collect()
}

fn due_on(part: &payment_terms_instalment::Model, date: NaiveDate) -> NaiveDate {
    let days = Days::new(u64::try_from(part.days).unwrap_or(0));
    let day = date.checked_add_days(days).unwrap_or(date);
    if part.is_end_of_month {
        end_of_month(day)
    } else {
        day
    }
}

fn end_of_month(day: NaiveDate) -> NaiveDate {
    let (year, month) = match day.month() {
        12 => (day.year() + 1, 1),
        month => (day.year(), month + 1),
    };
    let next = NaiveDate::from_ymd_opt(year, month, 1);
    next.and_then(|next| next.pred_opt()).unwrap_or(day)
}

/// Splits an amount of zero or more by weights into whole minor units, by largest remainder: the
/// parts add up to it exactly, and none is off by a whole minor unit. The first of equals gets
/// more.
#[must_use]
pub fn split(total: Amount, weights: &[i64], currency: CurrencyCode) -> Vec<Amount> {
    let step = 10_i128.pow(6 - currency.decimals());
    let (units, all) = (
        i128::from(total.0) / step,
        weights.iter().copied().map(i128::from).sum::<i128>().max(1),
    );
    let mut parts: Vec<(i128, i128)> = weights
        .iter()
        .map(|weight| units * i128::from(*weight))
        .map(|exact| (exact / all, exact % all))
        .collect();
    let given: i128 = parts.iter().map(|(whole, _)| whole).sum();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| (-parts[*index].1, *index));
    let missing = usize::try_from(units - given).unwrap_or(0);
    for index in order.into_iter().take(missing) {
        parts[index].0 += 1;
    }
    let amount = |(whole, _): (i128, i128)| {
        Amount(i64::try_from(whole * step).expect("a part is not larger than the whole"))
    };
    parts.into_iter().map(amount).collect()
}

#[cfg(test)]
mod tests {
    use entity::vocab::{PaymentTermsId, Rate};
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn part(share: i64, days: i32, is_end_of_month: bool) -> payment_terms_instalment::Model {
        payment_terms_instalment::Model {
            payment_terms_id: PaymentTermsId::generate(),
            position: 1,
            share: Rate(share),
            days,
            is_end_of_month,
        }
    }

    fn euro() -> CurrencyCode {
        CurrencyCode::parse("EUR").unwrap()
    }

    #[test]
    fn thirds_of_a_hundred_add_up_to_a_hundred() {
        let terms = [
            part(333_333, 0, false),
            part(333_333, 30, false),
            part(333_334, 30, true),
        ];
        let parts = due_dates(&terms, day("2026-01-15"), Amount(100_000_000), euro());
        assert_eq!(
            parts,
            [
                (day("2026-01-15"), Amount(33_330_000)),
                (day("2026-02-14"), Amount(33_330_000)),
                (day("2026-02-28"), Amount(33_340_000)),
            ]
        );
    }

    #[test]
    fn without_terms_it_is_due_at_once_and_nothing_is_due_for_nothing() {
        let date = day("2026-12-31");
        let at_once = due_dates(&[], date, Amount(10_000), euro());
        assert_eq!(at_once, [(date, Amount(10_000))]);
        assert_eq!(due_dates(&[], date, Amount(0), euro()), []);
        let year_end = due_dates(&[part(1_000_000, 0, true)], date, Amount(10_000), euro());
        assert_eq!(year_end, [(date, Amount(10_000))]);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_are_off_by_less_than_a_cent(
            cents in 0_i64..1_000_000_000_000,
            weights in prop::collection::vec(1_i64..=1_000_000, 1..12),
        ) {
            let total = Amount(cents * 10_000);
            let parts = split(total, &weights, euro());
            prop_assert_eq!(parts.iter().map(|part| part.0).sum::<i64>(), total.0);
            let all: i128 = weights.iter().copied().map(i128::from).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(total.0) * i128::from(*weight);
                prop_assert!((i128::from(part.0) * all - exact).abs() < 10_000 * all);
            }
        }
    }
}
