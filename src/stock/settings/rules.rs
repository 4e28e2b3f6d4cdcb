//! Which correction of stock needs approval: pure.

use entity::vocab::Amount;

/// Whether a correction of these values, above zero for what came in and below for what went out,
/// is worth more than may be corrected without approval.
#[must_use]
pub fn needs_approval(over: Option<Amount>, values: impl IntoIterator<Item = Amount>) -> bool {
    let Some(over) = over else { return false };
    let sum: i128 = values
        .into_iter()
        .map(|value| i128::from(value.0).abs())
        .sum();
    sum > i128::from(over.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_does_not_make_up_for_what_is_missing() {
        let values = || [Amount(60), Amount(-50)];
        assert!(needs_approval(Some(Amount(109)), values()));
        assert!(!needs_approval(Some(Amount(110)), values()));
        assert!(needs_approval(Some(Amount::ZERO), [Amount(-1)]));
    }

    #[test]
    fn without_a_limit_nothing_needs_approval() {
        assert!(!needs_approval(None, [Amount(i64::MAX), Amount(i64::MAX)]));
    }
}
