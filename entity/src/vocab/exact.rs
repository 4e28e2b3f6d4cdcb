//! Exact numbers: quantities, unit prices and rates, stored as whole millionths.
//!
//! Both databases store the number × 10⁶ in a BIGINT (SQLite has no exact decimal), and this file
//! and `money` are the only places where that form and a decimal meet. No float is ever involved.

use rust_decimal::Decimal;
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// How many stored units make one.
pub const MICROS_PER_UNIT: i64 = 1_000_000;

/// Decimals that are stored.
const SCALE: u32 = 6;

/// Numbers that come in are below this in size.
const LIMIT: i64 = 1_000_000_000_000;

/// Why a decimal cannot be taken as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExactError {
    /// The number has more decimals than are kept; nothing is rounded silently.
    #[error("has more than {allowed} decimals")]
    TooPrecise {
        /// How many decimals are allowed.
        allowed: u32,
    },
    /// The number is 10¹² or more in size.
    #[error("must be below 1000000000000 in size")]
    TooLarge,
}

/// Converts a decimal with at most `decimals` decimals to millionths.
pub(super) fn to_micros(number: Decimal, decimals: u32) -> Result<i64, ExactError> {
    let allowed = decimals.min(SCALE);
    if number.abs() >= Decimal::from(LIMIT) {
        return Err(ExactError::TooLarge);
    }
    let number = number.normalize();
    if number.scale() > allowed {
        return Err(ExactError::TooPrecise { allowed });
    }
    let micros = number
        .checked_mul(Decimal::from(MICROS_PER_UNIT))
        .ok_or(ExactError::TooLarge)?;
    i64::try_from(micros).map_err(|_| ExactError::TooLarge)
}

pub(super) fn from_micros(micros: i64) -> Decimal {
    Decimal::from_i128_with_scale(i128::from(micros), SCALE).normalize()
}

/// `a × b ÷ divisor`, rounded half away from zero, in 128 bits; `None` if it does not fit.
pub(super) fn mul_div_round(a: i64, b: i64, divisor: i128) -> Option<i64> {
    let product = i128::from(a) * i128::from(b);
    let half = divisor / 2;
    let rounded = if product >= 0 {
        (product + half) / divisor
    } else {
        (product - half) / divisor
    };
    i64::try_from(rounded).ok()
}

macro_rules! exact {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
            Serialize, Deserialize, DeriveValueType,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// Zero.
            pub const ZERO: Self = Self(0);

            /// Reads a decimal with at most `decimals` decimals (never more than six).
            ///
            /// # Errors
            /// [`ExactError`] when it has more decimals or is 10¹² or more in size.
            pub fn from_decimal(number: Decimal, decimals: u32) -> Result<Self, ExactError> {
                to_micros(number, decimals).map(Self)
            }

            /// The number as a decimal without trailing zeros.
            #[must_use]
            pub fn to_decimal(self) -> Decimal {
                from_micros(self.0)
            }

            /// The sum, or `None` when it does not fit.
            #[must_use]
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }

            /// The difference, or `None` when it does not fit.
            #[must_use]
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }

            /// Whether it is above zero.
            #[must_use]
            pub fn is_positive(self) -> bool {
                self.0 > 0
            }

            /// Whether it is zero.
            #[must_use]
            pub fn is_zero(self) -> bool {
                self.0 == 0
            }
        }

        impl std::ops::Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.to_decimal().fmt(f)
            }
        }
    )*};
}
pub(super) use exact;

exact! {
    /// A quantity in the variant's base unit, in millionths.
    Quantity;
    /// A price or cost of one base unit, in millionths of the currency's major unit.
    UnitPrice;
    /// A share such as a discount: 0.15 is fifteen per cent, in millionths.
    Rate;
}

impl Quantity {
    /// The smaller of two.
    #[must_use]
    pub fn at_most(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// The number itself when above zero, else zero.
    #[must_use]
    pub fn or_zero(self) -> Self {
        Self(self.0.max(0))
    }
}

impl Rate {
    /// The whole: 100 per cent.
    pub const ONE: Self = Self(MICROS_PER_UNIT);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn too_many_decimals_are_refused_and_never_rounded() {
        let number = Decimal::new(15, 1);
        assert_eq!(
            Quantity::from_decimal(number, 0),
            Err(ExactError::TooPrecise { allowed: 0 })
        );
        assert_eq!(Quantity::from_decimal(number, 1), Ok(Quantity(1_500_000)));
    }

    #[test]
    fn trailing_zeros_are_no_decimals() {
        assert_eq!(
            Quantity::from_decimal(Decimal::new(2000, 3), 0),
            Ok(Quantity(2_000_000))
        );
    }

    #[test]
    fn the_limit_is_exclusive() {
        let limit = Decimal::from(LIMIT);
        assert_eq!(Quantity::from_decimal(limit, 6), Err(ExactError::TooLarge));
        assert_eq!(
            Quantity::from_decimal(Decimal::MAX, 6),
            Err(ExactError::TooLarge)
        );
        assert!(Quantity::from_decimal(limit - Decimal::new(1, 6), 6).is_ok());
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(mul_div_round(5, 1, 10), Some(1));
        assert_eq!(mul_div_round(-5, 1, 10), Some(-1));
        assert_eq!(mul_div_round(4, 1, 10), Some(0));
    }

    proptest! {
        #[test]
        fn a_number_survives_storing(
            micros in -999_999_999_999_999_999_i64..=999_999_999_999_999_999
        ) {
            let quantity = Quantity(micros);
            prop_assert_eq!(Quantity::from_decimal(quantity.to_decimal(), 6), Ok(quantity));
        }
    }
}
