//! What must hold of payment terms.

use entity::vocab::Rate;

use super::ops::Instalment;
use crate::platform::rejection::{Path, Rejection};

/// Instalments of payment terms, at most.
const INSTALMENTS_MAX: usize = 36;

/// There is at least one instalment, and together they are the whole.
#[must_use]
pub fn check(instalments: &[Instalment]) -> Option<Rejection> {
    let path = Path::input().at("instalments");
    if instalments.is_empty() || instalments.len() > INSTALMENTS_MAX {
        let message = format!("Must have 1 to {INSTALMENTS_MAX} instalments.");
        return Some(Rejection::invalid(path, message));
    }
    let sum: i64 = instalments.iter().map(|one| one.share.0).sum();
    if sum != Rate::ONE.0 {
        let sum = Rate(sum).to_decimal();
        let message = format!("The shares must add up to 1; these add up to {sum}.");
        return Some(Rejection::invalid(path, message));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instalment(share: i64) -> Instalment {
        Instalment {
            share: Rate(share),
            days: 30,
            is_end_of_month: false,
        }
    }

    #[test]
    fn shares_are_the_whole() {
        assert_eq!(check(&[instalment(400_000), instalment(600_000)]), None);
        assert!(check(&[instalment(400_000)]).is_some());
        assert!(check(&[]).is_some());
        let many = vec![instalment(20_000); 50];
        assert!(check(&many).is_some());
    }
}
