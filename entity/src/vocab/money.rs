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

/// What a line costs before, as and with tax, each rounded to the currency's minor unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineAmounts {
    /// Before tax.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// With tax: `net + tax`.
    pub gross: Amount,
}

/// The amounts of a line. Where prices include tax, the gross is what quantity, price and discount
/// come to and the tax is taken out of it; else the tax is put on the net. Each is rounded once,
/// half away from zero; the third is their exact sum or difference. `None` when they do not fit.
#[must_use]
pub fn line_amounts(
    (quantity, price, discount): (Quantity, UnitPrice, Rate),
    tax_rate: Rate,
    prices_include_tax: bool,
    currency: CurrencyCode,
) -> Option<LineAmounts> {
    let stated = line_net(quantity, price, discount, currency)?;
    let unit = i128::from(Rate::ONE.0);
    let rate = i128::from(tax_rate.0);
    let (net, tax) = if prices_include_tax {
        let tax = round_to_minor(i128::from(stated.0) * rate, unit + rate, currency)?;
        (stated.checked_sub(tax)?, tax)
    } else {
        let tax = round_to_minor(i128::from(stated.0) * rate, unit, currency)?;
        (stated, tax)
    };
    let gross = net.checked_add(tax)?;
    Some(LineAmounts { net, tax, gross })
}

/// `micros ÷ divisor`, rounded half away from zero to the currency's minor unit.
fn round_to_minor(micros: i128, divisor: i128, currency: CurrencyCode) -> Option<Amount> {
    let minor = 10_i128.pow(6 - currency.decimals());
    let step = divisor * minor;
    let half = if micros >= 0 { step / 2 } else { -(step / 2) };
    i64::try_from((micros + half) / step * minor)
        .ok()
        .map(Amount)
}

impl Amount {
    /// The amount with the currency's decimals, and its code: `12.50 EUR`.
    #[must_use]
    pub fn in_currency(self, currency: CurrencyCode) -> String {
        let mut number = self.to_decimal();
        if number.scale() < currency.decimals() {
            number.rescale(currency.decimals());
        }
        format!("{number} {}", currency.code())
    }

    /// This amount rounded half away from zero to the currency's minor unit.
    #[must_use]
    pub fn rounded(self, currency: CurrencyCode) -> Self {
        round_to_minor(i128::from(self.0), 1, currency).expect("rounding hardly makes it larger")
    }

    /// A share of this amount, rounded half away from zero to the currency's minor unit.
    #[must_use]
    pub fn times(self, rate: Rate, currency: CurrencyCode) -> Option<Self> {
        let exact = i128::from(self.0) * i128::from(rate.0);
        round_to_minor(exact, i128::from(Rate::ONE.0), currency)
    }
}

/// What one unit of a currency is worth in the base currency, in units of 10⁻¹²; above zero.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    DeriveValueType,
)]
#[serde(transparent)]
pub struct ExchangeRate(pub i64);

/// Stored units per one of an exchange rate.
const RATE_SCALE: u32 = 12;

impl ExchangeRate {
    /// The base currency's own.
    pub const ONE: Self = Self(1_000_000_000_000);

    /// Reads a decimal above zero and below a million, with at most twelve decimals.
    ///
    /// # Errors
    /// [`ExactError`].
    pub fn from_decimal(number: Decimal) -> Result<Self, ExactError> {
        let number = number.normalize();
        if number.scale() > RATE_SCALE {
            return Err(ExactError::TooPrecise {
                allowed: RATE_SCALE,
            });
        }
        if number <= Decimal::ZERO || number >= Decimal::from(1_000_000) {
            return Err(ExactError::TooLarge);
        }
        let scaled = number * Decimal::from(Self::ONE.0);
        i64::try_from(scaled)
            .map(Self)
            .map_err(|_| ExactError::TooLarge)
    }

    /// The rate as a decimal without trailing zeros.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::from_i128_with_scale(i128::from(self.0), RATE_SCALE).normalize()
    }

    /// A unit price in the base currency, to the millionth. `None` when it does not fit.
    #[must_use]
    pub fn price_to_base(self, price: UnitPrice) -> Option<UnitPrice> {
        mul_div_round(price.0, self.0, i128::from(Self::ONE.0)).map(UnitPrice)
    }

    /// An amount in the base currency, rounded to its minor unit. `None` when it does not fit.
    #[must_use]
    pub fn to_base(self, amount: Amount, base: CurrencyCode) -> Option<Amount> {
        let exact = i128::from(amount.0) * i128::from(self.0);
        round_to_minor(exact, i128::from(Self::ONE.0), base)
    }
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
    fn tax_is_put_on_or_taken_out_to_the_same_cent() {
        let line = |price, includes| {
            let line = (Quantity(1_000_000), UnitPrice(price), Rate(0));
            line_amounts(line, Rate(190_000), includes, euro()).unwrap()
        };
        let on_top = line(100_000_000, false);
        assert_eq!(on_top.gross, Amount(119_000_000));
        assert_eq!(line(119_000_000, true), on_top);
        let odd = line(9_990_000, true);
        assert_eq!((odd.net, odd.tax), (Amount(8_390_000), Amount(1_600_000)));
    }

    #[test]
    fn an_exchange_rate_keeps_twelve_decimals() {
        let rate = ExchangeRate::from_decimal("0.923456789012".parse().unwrap()).unwrap();
        assert_eq!(rate.to_decimal().to_string(), "0.923456789012");
        assert_eq!(
            rate.to_base(Amount(100_000_000), euro()),
            Some(Amount(92_350_000))
        );
        assert!(ExchangeRate::from_decimal(Decimal::ZERO).is_err());
        assert!(ExchangeRate::from_decimal("0.1234567890123".parse().unwrap()).is_err());
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
