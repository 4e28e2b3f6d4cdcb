//! How far a period may be locked or opened again: pure.

use chrono::NaiveDate;

use crate::platform::rejection::{Path, Problem, Rejection};

/// The day that refuses a posting: the last locked one, when the posting is not behind it.
#[must_use]
pub fn refuses(locked_through: Option<NaiveDate>, day: NaiveDate) -> Option<NaiveDate> {
    locked_through.filter(|through| day <= *through)
}

/// A period is over before it is locked, and locks only go forward.
///
/// # Errors
/// What is wrong with the day.
pub fn check_lock(
    locked_through: Option<NaiveDate>,
    through: NaiveDate,
    today: NaiveDate,
) -> Result<(), Rejection> {
    let path = Path::input().at("through");
    if through >= today {
        let message = format!("Must be earlier than today, {today}: what is locked is over.");
        return Err(Rejection::invalid(path, message));
    }
    match locked_through {
        Some(before) if through <= before => {
            let message = format!(
                "The books are locked through {before} already. Lock a later day, or open a part \
                 of it again with periodReopen."
            );
            Err(Rejection::invalid(path, message))
        }
        _ => Ok(()),
    }
}

/// Only what is locked is opened again.
///
/// # Errors
/// What is wrong with the day.
pub fn check_reopen(
    locked_through: Option<NaiveDate>,
    through: Option<NaiveDate>,
) -> Result<(), Rejection> {
    let path = Path::input().at("lockedThrough");
    let Some(before) = locked_through else {
        let problem = Problem::InvalidState {
            state: "OPEN",
            allowed: &["periodLock"],
            message: "Nothing is locked, so there is nothing to open.".to_owned(),
        };
        return Err(Rejection::new(path, problem));
    };
    match through {
        Some(through) if through >= before => {
            let message = format!(
                "Must be earlier than {before}, through which the books are locked; leave it out \
                 to open everything."
            );
            Err(Rejection::invalid(path, message))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, number).expect("a day of January")
    }

    #[test]
    fn the_last_locked_day_is_locked_and_the_next_is_not() {
        assert_eq!(refuses(Some(day(5)), day(5)), Some(day(5)));
        assert_eq!(refuses(Some(day(5)), day(6)), None);
        assert_eq!(refuses(None, day(1)), None);
    }

    #[test]
    fn locks_go_forward_and_end_before_today() {
        let today = day(10);
        assert!(check_lock(None, day(9), today).is_ok());
        assert!(check_lock(None, today, today).is_err());
        assert!(check_lock(Some(day(4)), day(5), today).is_ok());
        assert!(check_lock(Some(day(4)), day(4), today).is_err());
    }

    #[test]
    fn only_a_part_of_what_is_locked_is_opened() {
        assert!(check_reopen(None, None).is_err());
        assert!(check_reopen(Some(day(4)), None).is_ok());
        assert!(check_reopen(Some(day(4)), Some(day(3))).is_ok());
        assert!(check_reopen(Some(day(4)), Some(day(4))).is_err());
    }
}
