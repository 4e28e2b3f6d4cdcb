//! Which approval a document needs, and what must hold of the tiers: pure.

use entity::purchasing::approval_tier;
use entity::vocab::Amount;

use super::ops::NewTier;
use crate::platform::rejection::{Path, Rejection};

/// The tier that an amount in base currency reaches: that of the highest amount; none when it
/// needs no approval of somebody else.
#[must_use]
pub fn tier_of(tiers: &[approval_tier::Model], amount: Amount) -> Option<&approval_tier::Model> {
    tiers
        .iter()
        .filter(|tier| tier.from_amount <= amount)
        .max_by_key(|tier| tier.from_amount)
}

/// Every tier begins at another amount.
#[must_use]
pub fn check_tiers(tiers: &[NewTier]) -> Vec<Rejection> {
    let same = |index: usize, tier: &NewTier| {
        let earlier = &tiers[..index];
        !tier.is_unread
            && earlier
                .iter()
                .any(|one| one.from_amount == tier.from_amount)
    };
    let twice = tiers
        .iter()
        .enumerate()
        .filter(|(index, tier)| same(*index, tier));
    twice
        .map(|(index, _)| {
            let path = Path::input().at("tiers").at(index).at("fromAmount");
            Rejection::invalid(path, "Another tier begins at this amount already.")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use entity::vocab::ApprovalKind;

    use super::*;

    #[test]
    fn the_highest_tier_that_is_reached_decides() {
        let tier = |position, amount| approval_tier::Model {
            document_kind: ApprovalKind::PurchaseOrder,
            position,
            from_amount: Amount(amount),
            scope: format!("scope {position}"),
        };
        let tiers = [tier(1, 100), tier(2, 1_000)];
        let of = |amount| tier_of(&tiers, Amount(amount)).map(|tier| tier.position);
        assert_eq!(
            [of(99), of(100), of(999), of(1_000)],
            [None, Some(1), Some(1), Some(2)]
        );
    }
}
