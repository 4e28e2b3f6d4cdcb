//! Money: amounts, currencies, and the one function that rounds a line.

use iso_currency::Currency;
use rust_decimal::Decimal;
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

use super::exact::{ExactError, exact, from_micros, mul_div_round, to_micros};
use super::{MICROS_PER_UNIT, Quantity, Rate, UnitPrice};

exact! {
    /// An amount of money or a stock value, in millionths of the currency's major unit.
    Amount;
}

impl Amount {
    /// Quantity × unit price, to the millionth, rounded half away from zero.
    /// `None` when it does not fit.
    #[must_use]
    pub fn of(quantity: Quantity, price: UnitPrice) -> Option<Self> {
        mul_div_round(quantity.0, price.0, i128::from(MICROS_PER_UNIT)).map(Self)
    }

    /// The share of this value that belongs to `part` of `whole`, to the millionth, rounded half
    /// away from zero; all of it when the part is the whole, so that nothing is lost or made.
    #[must_use]
    pub fn share(self, part: Quantity, whole: Quantity) -> Self {
        if part.0 == whole.0 {
            return self;
        }
        let share = mul_div_round(self.0, part.0, i128::from(whole.0));
        Self(share.expect("a part of a value is not larger than the value"))
    }

    /// This value spread over a quantity: the unit cost, derived and never stored.
    /// `None` when there is nothing to spread it over.
    #[must_use]
    pub fn per_unit(self, quantity: Quantity) -> Option<UnitPrice> {
        if quantity.0 == 0 {
            return None;
        }
        mul_div_round(self.0, MICROS_PER_UNIT, i128::from(quantity.0)).map(UnitPrice)
    }
}

/// What a line costs before tax: quantity × unit price × (1 − discount rate), rounded once, half
/// away from zero, to the currency's minor unit. `None` when it does not fit.
#[must_use]
pub fn line_net(
    quantity: Quantity,
    price: UnitPrice,
    discount: Rate,
    currency: CurrencyCode,
) -> Option<Amount> {
    let gross = i128::from(quantity.0) * i128::from(price.0);
    let exact = gross.checked_mul(i128::from(Rate::ONE.0 - discount.0))?;
    // Three factors in millionths: 10¹⁸ times too large; rounded once, to the minor unit.
    let step = 10_i128.pow(18 - currency.decimals());
    let half = if exact >= 0 { step / 2 } else { -(step / 2) };
    let minor_units = (exact + half) / step;
    let micros = minor_units.checked_mul(10_i128.pow(6 - currency.decimals()))?;
    i64::try_from(micros).ok().map(Amount)
}

/// An ISO 4217 currency in use, with at most six decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CurrencyCode(Currency);

impl CurrencyCode {
    /// Reads a code such as `EUR`; `None` when there is no such currency.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Currency::from_code(code)
            .filter(|c| c.exponent().is_some_and(|e| e <= 6))
            .map(Self)
    }

    /// The three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Decimals of the minor unit: 2 for EUR, 0 for JPY.
    #[must_use]
    pub fn decimals(self) -> u32 {
        u32::from(self.0.exponent().expect("checked when it was made"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn euro() -> CurrencyCode {
        CurrencyCode::parse("EUR").unwrap()
    }

    #[test]
    fn a_line_is_rounded_once_half_away_from_zero() {
        let net = line_net(Quantity(1_000_000), UnitPrice(1_005_000), Rate(0), euro());
        assert_eq!(net, Some(Amount(1_010_000)));
        let net = line_net(
            Quantity(3_000_000),
            UnitPrice(1_115_000),
            Rate(150_000),
            euro(),
        );
        assert_eq!(net, Some(Amount(2_840_000)), "3 × 1.115 × 0.85 = 2.84325");
    }

    #[test]
    fn a_currency_without_minor_unit_has_whole_amounts() {
        let yen = CurrencyCode::parse("JPY").unwrap();
        assert_eq!(yen.decimals(), 0);
        let net = line_net(Quantity(1_000_000), UnitPrice(10_500_000), Rate(0), yen);
        assert_eq!(net, Some(Amount(11_000_000)));
    }

    #[test]
    fn enormous_lines_are_refused_and_do_not_wrap() {
        let huge = 999_999_999_999_000_000;
        assert_eq!(
            line_net(Quantity(huge), UnitPrice(huge), Rate(0), euro()),
            None
        );
        assert_eq!(Amount::of(Quantity(huge), UnitPrice(huge)), None);
    }

    proptest! {
        #[test]
        fn taking_a_value_out_piece_by_piece_leaves_nothing(
            value in 0_i64..1_000_000_000_000,
            pieces in prop::collection::vec(1_i64..1_000_000_000, 1..20),
        ) {
            let mut left = Amount(value);
            let mut whole = Quantity(pieces.iter().sum());
            for piece in pieces.iter().copied().map(Quantity) {
                let share = left.share(piece, whole);
                prop_assert!(share >= Amount::ZERO && share <= left);
                left = left.checked_sub(share).unwrap();
                whole = whole.checked_sub(piece).unwrap();
            }
            prop_assert_eq!(left, Amount::ZERO);
        }

        #[test]
        fn rounding_moves_a_line_by_at_most_half_a_cent(
            price in 0_i64..1_000_000_000,
            quantity in 1_i64..1_000,
            discount in 0_i64..=1_000_000,
        ) {
            let (quantity, rate) = (Quantity(quantity * 1_000_000), Rate(discount));
            let net = line_net(quantity, UnitPrice(price), rate, euro()).unwrap();
            let gross = i128::from(quantity.0) * i128::from(price);
            let exact = gross * i128::from(1_000_000 - discount);
            prop_assert_eq!(net.0 % 10_000, 0);
            let off = i128::from(net.0) * 1_000_000_000_000 - exact;
            prop_assert!(off.abs() <= 5_000 * 1_000_000_000_000);
        }
    }
}
