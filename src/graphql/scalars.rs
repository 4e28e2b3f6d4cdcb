//! Scalars: numbers and days travel as strings, exactly.

use async_graphql::{
    Description, Enum, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};
use chrono::{Datelike, NaiveDate};
use entity::vocab::{Amount, CurrencyCode, RecordStatus};

/// An exact decimal number, written as a string such as "12.5". Whole numbers may also be given
/// without quotes. Never a float.
#[derive(Clone, Debug, PartialEq, Eq, Description)]
pub struct Decimal(pub String);

#[Scalar(name = "Decimal", use_type_description)]
impl ScalarType for Decimal {
    // What is not a number is reported with all other errors of the input, under its path.
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) if number.is_f64() => Ok(Self(format!("float {number}"))),
            Value::Number(number) => Ok(Self(number.to_string())),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

impl<T: ToDecimal> From<T> for Decimal {
    fn from(number: T) -> Self {
        Self(number.to_decimal().to_string())
    }
}

/// Exact numbers of the vocabulary.
pub trait ToDecimal {
    /// The number without trailing zeros.
    fn to_decimal(&self) -> rust_decimal::Decimal;
}

macro_rules! to_decimal {
    ($($name:ident),*) => {$(
        impl ToDecimal for entity::vocab::$name {
            fn to_decimal(&self) -> rust_decimal::Decimal {
                Self::to_decimal(*self)
            }
        }
    )*};
}
to_decimal!(Quantity, UnitPrice, Rate, Amount, ExchangeRate);

/// A day of the calendar, such as "2026-11-22".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Description)]
pub struct Date(pub NaiveDate);

#[Scalar(name = "Date", use_type_description)]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => {
                // Days are compared as texts by one of the databases: four digits of a year.
                let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d")
                    .ok()
                    .filter(|day| (0..=9999).contains(&day.year()));
                Ok(Self(day.ok_or("a day must be written like 2026-11-22")?))
            }
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An amount of money.
#[derive(Clone, Debug, SimpleObject)]
pub struct Money {
    /// The amount in the currency's major unit, with at least the minor unit's decimals.
    amount: Decimal,
    /// The ISO 4217 code of the currency.
    currency: String,
}

impl Money {
    /// An amount in a currency.
    #[must_use]
    pub fn new(amount: Amount, currency: impl Into<String>) -> Self {
        let currency = currency.into();
        let decimals = CurrencyCode::parse(&currency).map_or(0, CurrencyCode::decimals);
        let mut number = amount.to_decimal();
        if number.scale() < decimals {
            number.rescale(decimals);
        }
        Self {
            amount: Decimal(number.to_string()),
            currency,
        }
    }

    /// An amount in the company's currency.
    #[must_use]
    pub fn base(amount: Amount, currency: CurrencyCode) -> Self {
        Self::new(amount, currency.code())
    }
}

/// Whether a record may be used in new documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "RecordStatus", remote = "RecordStatus")]
pub enum RecordStatusKind {
    /// In use.
    Active,
    /// Kept for history; refused in new documents.
    Archived,
}
