//! By how much something is overdue, and which bucket that is: pure.

use chrono::{Days, NaiveDate};

/// Days at which buckets end, when the caller does not say.
pub const ENDS_DEFAULT: [i32; 3] = [30, 60, 90];
/// Buckets of what is overdue, at most.
const ENDS_MAX: usize = 12;
/// The last day at which a bucket may end.
const END_MAX: i32 = 3_650;

/// Buckets: not due, overdue by 1 day to the first end, …, by more than the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets(Vec<i32>);

impl Buckets {
    /// Reads the days at which buckets end.
    ///
    /// # Errors
    /// A text for the caller.
    pub fn read(ends: Option<Vec<i32>>) -> Result<Self, String> {
        let ends = ends.unwrap_or_else(|| ENDS_DEFAULT.to_vec());
        let rising = ends.windows(2).all(|pair| pair[0] < pair[1]);
        let in_range = ends.iter().all(|end| (1..=END_MAX).contains(end));
        if ends.is_empty() || ends.len() > ENDS_MAX || !rising || !in_range {
            return Err(format!(
                "buckets: give 1 to {ENDS_MAX} rising numbers of days from 1 to {END_MAX}, such as \
                 [30, 60, 90]."
            ));
        }
        Ok(Self(ends))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len() + 2
    }

    /// The first due days of the buckets that have one, on a day: the first is of what is not due.
    #[must_use]
    pub fn first_days(&self, as_of: NaiveDate) -> Vec<NaiveDate> {
        let before = |days: i32| {
            let days = Days::new(u64::try_from(days).unwrap_or(0));
            as_of.checked_sub_days(days).unwrap_or(as_of)
        };
        std::iter::once(0)
            .chain(self.0.iter().copied())
            .map(before)
            .collect()
    }

    /// The bucket of what is due on a day.
    #[must_use]
    pub fn of(&self, due_on: NaiveDate, as_of: NaiveDate) -> usize {
        let firsts = self.first_days(as_of);
        let found = firsts.iter().position(|first| due_on >= *first);
        found.unwrap_or(firsts.len())
    }

    /// By how many days what is in a bucket is overdue: from, and to where it has an end.
    #[must_use]
    pub fn days(&self, bucket: usize) -> (Option<i32>, Option<i32>) {
        match bucket {
            0 => (None, Some(0)),
            1 => (Some(1), self.0.first().copied()),
            _ => (
                self.0.get(bucket - 2).map(|end| end + 1),
                self.0.get(bucket - 1).copied(),
            ),
        }
    }

    /// Its name, such as `1-30`.
    #[must_use]
    pub fn label(&self, bucket: usize) -> String {
        match self.days(bucket) {
            (None, _) => "not due".to_owned(),
            (Some(from), Some(to)) => format!("{from}-{to}"),
            (Some(from), None) => format!("over {}", from - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn buckets_end_where_they_say() {
        let buckets = Buckets::read(None).unwrap();
        let labels: Vec<_> = (0..buckets.count()).map(|at| buckets.label(at)).collect();
        assert_eq!(labels, ["not due", "1-30", "31-60", "61-90", "over 90"]);
        let as_of: NaiveDate = "2026-03-31".parse().unwrap();
        let of = |day: &str| buckets.of(day.parse().unwrap(), as_of);
        assert_eq!(
            [of("2026-04-01"), of("2026-03-31"), of("2026-03-30")],
            [0, 0, 1]
        );
        assert_eq!([of("2026-03-01"), of("2026-02-28")], [1, 2]);
        assert_eq!([of("2025-12-31"), of("2025-12-30")], [3, 4]);
    }

    #[test]
    fn buckets_that_do_not_rise_are_refused() {
        for ends in [vec![], vec![30, 30], vec![0], vec![60, 30], vec![9_999]] {
            assert!(Buckets::read(Some(ends)).is_err());
        }
    }

    proptest! {
        #[test]
        fn every_day_is_in_the_bucket_of_its_days(overdue in -400_i64..400) {
            let buckets = Buckets::read(Some(vec![7, 14, 100])).unwrap();
            let as_of: NaiveDate = "2026-06-15".parse().unwrap();
            let due_on = as_of - chrono::Duration::days(overdue);
            let (from, to) = buckets.days(buckets.of(due_on, as_of));
            prop_assert!(from.is_none_or(|from| overdue >= i64::from(from)));
            prop_assert!(to.is_none_or(|to| overdue <= i64::from(to)));
        }
    }
}
