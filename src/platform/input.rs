//! Reading inputs: every value is checked, every complaint kept, so that all come at once.
//!
//! A value that is refused is replaced by a placeholder. That is safe because a call with
//! complaints is never accepted: see `command`.

use chrono::NaiveDate;
use entity::vocab::{
    Amount, CurrencyCode, ExactError, ExchangeRate, IdError, Quantity, Rate, UnitPrice,
};
use rust_decimal::Decimal;

use super::rejection::{Path, Problem, Rejection};

/// Characters of a code, SKU or external id, at most.
pub const CODE_LENGTH_MAX: usize = 64;
/// Characters of a name, at most.
pub const NAME_LENGTH_MAX: usize = 200;
/// Characters of a remark, at most.
pub const NOTE_LENGTH_MAX: usize = 2_000;
/// Lines of a document, at most.
pub const LINES_MAX: usize = 1_000;

/// What is said to a number that is none, or that came as a float.
const NOT_DECIMAL: &str = "Must be a decimal number in quotes, such as \"12.5\"; only whole \
    numbers may go without quotes.";

/// Collects what is wrong with an input.
#[derive(Debug, Default)]
pub struct Check {
    complaints: Vec<Rejection>,
}

impl Check {
    /// Everything that was found.
    #[must_use]
    pub fn into_complaints(self) -> Vec<Rejection> {
        self.complaints
    }

    /// How much was found so far.
    #[must_use]
    pub fn complaint_count(&self) -> usize {
        self.complaints.len()
    }

    /// Notes a complaint.
    pub fn complain(&mut self, path: Path, message: impl Into<String>) {
        self.complaints.push(Rejection::invalid(path, message));
    }

    /// Notes a complaint of another kind.
    pub fn reject(&mut self, path: Path, problem: Problem) {
        self.complaints.push(Rejection::new(path, problem));
    }

    /// One line of text, trimmed: not blank, not too long, no control characters. Empty when it
    /// is refused: PostgreSQL could not even look for a text with a NUL, or for an endless one.
    pub fn text(&mut self, path: Path, text: &str, length_max: usize) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.complain(path, "Must not be blank.");
        } else if text.chars().any(char::is_control) {
            self.complain(
                path,
                "Must not contain control characters such as tabs or line breaks.",
            );
        } else if text.chars().count() > length_max {
            self.complain(path, format!("Must have at most {length_max} characters."));
        } else {
            return text.to_owned();
        }
        String::new()
    }

    /// The same, where it may be left out.
    pub fn optional_text(
        &mut self,
        path: Path,
        text: Option<&str>,
        length_max: usize,
    ) -> Option<String> {
        text.map(|text| self.text(path, text, length_max))
    }

    /// Text of several lines, where it may be left out.
    pub fn note(&mut self, path: Path, text: Option<&str>) -> Option<String> {
        let text = text?.trim();
        if text.is_empty() {
            self.complain(path, "Must not be blank; leave it out instead.");
        } else if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
        {
            self.complain(path, "Must not contain control characters.");
        } else if text.chars().count() > NOTE_LENGTH_MAX {
            self.complain(
                path,
                format!("Must have at most {NOTE_LENGTH_MAX} characters."),
            );
        }
        Some(text.to_owned())
    }

    /// An e-mail address of at most 200 characters.
    pub fn email(&mut self, path: Path, text: &str) -> String {
        let before = self.complaint_count();
        let email = self.text(path.clone(), text, NAME_LENGTH_MAX);
        if self.complaint_count() == before && !email_address::EmailAddress::is_valid(&email) {
            self.complain(path, "Is not an e-mail address, such as anna@example.com.");
            return String::new();
        }
        email
    }

    /// An ISO 3166-1 alpha-2 code, in capitals.
    pub fn country(&mut self, path: Path, text: &str) -> String {
        let code = text.trim().to_ascii_uppercase();
        if isocountry::CountryCode::for_alpha2(&code).is_err() {
            self.complain(
                path,
                "Is not a country; give its ISO 3166-1 code such as \"DE\".",
            );
            return String::new();
        }
        code
    }

    /// An ISO 4217 currency; the base currency when left out.
    pub fn currency(&mut self, path: Path, text: Option<&str>, base: CurrencyCode) -> CurrencyCode {
        let Some(text) = text else { return base };
        CurrencyCode::parse(&text.trim().to_ascii_uppercase()).unwrap_or_else(|| {
            self.complain(
                path,
                "Is not a currency; give its ISO 4217 code such as \"EUR\".",
            );
            base
        })
    }

    /// An amount of money of zero or more, in a currency's decimals.
    pub fn amount(&mut self, path: Path, text: &str, currency: CurrencyCode) -> Amount {
        let Some(number) = self.decimal(&path, text) else {
            return Amount::ZERO;
        };
        let decimals = currency.decimals();
        match Amount::from_decimal(number, decimals) {
            Ok(amount) if amount < Amount::ZERO => {
                self.complain(path, "Must not be below zero.");
                Amount::ZERO
            }
            Ok(amount) => amount,
            Err(error) => {
                self.complain(path, format!("Is refused: it {error}."));
                Amount::ZERO
            }
        }
    }

    /// A whole number between two bounds.
    pub fn whole(&mut self, path: Path, number: i32, (least, most): (i32, i32)) -> i32 {
        if !(least..=most).contains(&number) {
            self.complain(path, format!("Must be between {least} and {most}."));
            return least;
        }
        number
    }

    /// An id, when it is of the wanted kind.
    pub fn id<I>(&mut self, path: Path, parsed: Result<I, IdError>) -> Option<I> {
        parsed
            .map_err(|error| self.complain(path, format!("Not usable: {error}.")))
            .ok()
    }

    fn decimal(&mut self, path: &Path, text: &str) -> Option<Decimal> {
        let text = text.trim();
        let plain = !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
        if !plain {
            self.complain(path.clone(), NOT_DECIMAL);
            return None;
        }
        match Decimal::from_str_exact(text) {
            Ok(number) => Some(number),
            Err(rust_decimal::Error::Underflow) => {
                self.complain(path.clone(), "Has more decimals than can be kept.");
                None
            }
            Err(_) if text.len() > 15 => {
                self.complain(
                    path.clone(),
                    format!("Is refused: it {}.", ExactError::TooLarge),
                );
                None
            }
            Err(_) => {
                self.complain(path.clone(), NOT_DECIMAL);
                None
            }
        }
    }

    fn exact<T: Default>(
        &mut self,
        path: &Path,
        text: &str,
        convert: impl Fn(Decimal, u32) -> Result<T, ExactError>,
    ) -> Option<T> {
        let number = self.decimal(path, text)?;
        convert(number, 6)
            .map_err(|error| self.complain(path.clone(), format!("Is refused: it {error}.")))
            .ok()
    }

    /// Any quantity; its unit's decimals are checked where the unit is known.
    pub fn quantity(&mut self, path: Path, text: &str) -> Quantity {
        self.exact(&path, text, Quantity::from_decimal)
            .unwrap_or_default()
    }

    /// A quantity above zero.
    pub fn positive_quantity(&mut self, path: Path, text: &str) -> Quantity {
        let Some(quantity) = self.exact(&path, text, Quantity::from_decimal) else {
            return Quantity::ZERO;
        };
        if !quantity.is_positive() {
            self.complain(path, "Must be above zero.");
            return Quantity::ZERO;
        }
        quantity
    }

    /// A quantity of zero or more.
    pub fn quantity_not_negative(&mut self, path: Path, text: &str) -> Quantity {
        let quantity = self.quantity(path.clone(), text);
        if quantity < Quantity::ZERO {
            self.complain(path, "Must not be below zero.");
            return Quantity::ZERO;
        }
        quantity
    }

    /// A price or cost of zero or more, with at most six decimals.
    pub fn price(&mut self, path: Path, text: &str) -> UnitPrice {
        let price = self
            .exact(&path, text, UnitPrice::from_decimal)
            .unwrap_or_default();
        if price < UnitPrice::ZERO {
            self.complain(path, "Must not be below zero.");
            return UnitPrice::ZERO;
        }
        price
    }

    /// An amount of money above zero; its currency's decimals are checked where that is known.
    pub fn positive_amount(&mut self, path: Path, text: &str) -> Amount {
        let Some(amount) = self.exact(&path, text, Amount::from_decimal) else {
            return Amount::ZERO;
        };
        if !amount.is_positive() {
            self.complain(path, "Must be above zero.");
            return Amount::ZERO;
        }
        amount
    }

    /// The ISO 4217 code of a currency; none when it is refused.
    pub fn currency_code(&mut self, path: Path, code: &str) -> Option<CurrencyCode> {
        let currency = CurrencyCode::parse(&code.trim().to_ascii_uppercase());
        if currency.is_none() {
            let message = "Is not a currency; give its ISO 4217 code such as \"EUR\".";
            self.complain(path, message);
        }
        currency
    }

    /// A share from 0 to 1.
    pub fn rate(&mut self, path: Path, text: &str) -> Rate {
        let rate = self
            .exact(&path, text, Rate::from_decimal)
            .unwrap_or_default();
        if rate < Rate::ZERO || rate > Rate::ONE {
            self.complain(path, "Must be between 0 and 1; 0.15 is fifteen per cent.");
            return Rate::ZERO;
        }
        rate
    }

    /// An exchange rate above zero, with at most twelve decimals; none when it is refused.
    pub fn exchange_rate(&mut self, path: Path, text: &str) -> Option<ExchangeRate> {
        let number = self.decimal(&path, text)?;
        let message = match ExchangeRate::from_decimal(number) {
            Ok(rate) => return Some(rate),
            Err(ExactError::TooLarge) => "Must be above zero and below a million.".to_owned(),
            Err(error) => format!("Is refused: it {error}."),
        };
        self.complain(path, message);
        None
    }

    /// A day on which something is expected: not before another one, and within ten years of it.
    pub fn coming_day(&mut self, path: Path, day: NaiveDate, from: NaiveDate) -> NaiveDate {
        let last = from.checked_add_days(chrono::Days::new(3_660));
        if day < from {
            self.complain(path, format!("Must not be earlier than {from}."));
        } else if last.is_some_and(|last| day > last) {
            self.complain(path, format!("Must be within ten years of {from}."));
        }
        day
    }

    /// A business day that may lie in the future, of a calendar that people use.
    pub fn day(&mut self, path: Path, date: NaiveDate) -> NaiveDate {
        let bounds = [1900, 9999].map(|year| NaiveDate::from_ymd_opt(year, 1, 1));
        let [earliest, latest] = bounds.map(|day| day.expect("a day that exists"));
        if !(earliest..latest).contains(&date) {
            self.complain(path, "Must be a day of the years 1900 to 9998.");
        }
        date
    }

    /// A business day that is not in the future; today when left out.
    pub fn past_day(&mut self, path: Path, date: Option<NaiveDate>, today: NaiveDate) -> NaiveDate {
        let Some(date) = date else { return today };
        let earliest = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day that exists");
        if date > today {
            self.complain(path, format!("Must not be later than today, {today}."));
        } else if date < earliest {
            self.complain(path, format!("Must not be earlier than {earliest}."));
        }
        date
    }

    /// At least one line, at most so many.
    pub fn line_count(&mut self, path: Path, count: usize) {
        if count == 0 {
            self.complain(path, "Must have at least one line.");
        } else if count > LINES_MAX {
            self.complain(
                path,
                format!("Must have at most {LINES_MAX} lines; split the document."),
            );
        }
    }
}

/// Totals and balances stay below this many millionths, so that sums of a few of them always fit.
const TOTAL_LIMIT: i64 = 1_000_000_000_000_000_000;

/// Whether a total or a balance, in millionths, is small enough to be reckoned with further.
#[must_use]
pub fn is_bookable(micros: i64) -> bool {
    micros.abs() < TOTAL_LIMIT
}

/// The sum of a document's quantities, none of them below zero; `None` when it is too large.
pub fn total_quantity(quantities: impl IntoIterator<Item = Quantity>) -> Option<Quantity> {
    let sum = quantities
        .into_iter()
        .try_fold(Quantity::ZERO, Quantity::checked_add);
    sum.filter(|sum| is_bookable(sum.0))
}

/// Complains when an amount has more decimals than its currency's minor unit.
///
/// # Errors
/// The complaint.
pub fn check_minor_unit(
    path: &Path,
    amount: Amount,
    currency: CurrencyCode,
) -> Result<(), Rejection> {
    if amount.rounded(currency) == amount {
        return Ok(());
    }
    let (code, decimals) = (currency.code(), currency.decimals());
    let message = format!("Is refused: {code} has at most {decimals} decimals.");
    Err(Rejection::invalid(path.clone(), message))
}

/// Complains when the version the caller expects is not the one that is stored.
///
/// # Errors
/// The complaint, at `expectedVersion`.
pub fn check_version(expected: Option<i64>, current: i64) -> Result<(), Rejection> {
    match expected {
        Some(expected) if expected != current => Err(Rejection::new(
            Path::input().at("expectedVersion"),
            Problem::StaleVersion { current },
        )),
        _ => Ok(()),
    }
}

/// Complains when a quantity has more decimals than its unit allows.
///
/// # Errors
/// The complaint.
pub fn check_unit(
    path: &Path,
    quantity: Quantity,
    unit: &entity::catalog::unit::Model,
) -> Result<(), Rejection> {
    let decimals = u32::try_from(unit.decimals).unwrap_or(0);
    match Quantity::from_decimal(quantity.to_decimal(), decimals) {
        Ok(_) => Ok(()),
        Err(error) => Err(Rejection::invalid(
            path.clone(),
            format!(
                "Is refused: it {error}, which is what the unit {} allows.",
                unit.code
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_enormous_number_is_a_complaint_with_its_path() {
        let mut check = Check::default();
        let path = Path::input().at("quantity");
        check.positive_quantity(path.clone(), "1000000000000000000000000000000");
        check.positive_quantity(path.clone(), "1e30");
        check.positive_quantity(path.clone(), "0");
        check.positive_quantity(path.clone(), "0.0000001");
        let complaints = check.into_complaints();
        assert_eq!(complaints.len(), 4);
        assert!(complaints.iter().all(|complaint| complaint.path == path));
    }

    proptest! {
        #[test]
        fn no_text_makes_a_number_panic(text in "\\PC{0,60}") {
            let mut check = Check::default();
            let _ = check.quantity(Path::input(), &text);
            let _ = check.price(Path::input(), &text);
            let _ = check.rate(Path::input(), &text);
        }
    }
}
