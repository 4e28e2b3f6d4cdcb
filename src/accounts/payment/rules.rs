//! What must hold when a payment is posted: pure.

use entity::party::customer;
use entity::vocab::{Amount, CurrencyCode, ExchangeRate, OpenItemId, PaymentDirection};

use super::ops::PostPayment;
use crate::accounts::ledger::Posting;
use crate::accounts::open_item::rules::{self as items, PartyBook};
use crate::platform::input::{check_minor_unit, is_bookable};
use crate::platform::rejection::{Path, Rejection};

/// A payment's amount and what it is worth.
#[derive(Clone, Copy, Debug)]
pub struct Valued {
    /// Its currency.
    pub currency: CurrencyCode,
    /// What one unit of it is worth in the base currency.
    pub exchange_rate: ExchangeRate,
    /// The amount in the base currency.
    pub base_amount: Amount,
}

/// The currency of a payment: its own, else the customer's.
#[must_use]
pub fn currency(
    command: &PostPayment,
    customer: &customer::Model,
    base: CurrencyCode,
) -> CurrencyCode {
    let own = || CurrencyCode::parse(&customer.currency);
    command.currency.or_else(own).unwrap_or(base)
}

/// What a payment is worth in the base currency; `of_day` is the rate that was set for its day.
///
/// # Errors
/// Everything that is wrong with its amount and rate.
pub fn value(
    command: &PostPayment,
    currency: CurrencyCode,
    base: CurrencyCode,
    of_day: Option<ExchangeRate>,
) -> Result<Valued, Vec<Rejection>> {
    let path = Path::input();
    let mut rejections = Vec::new();
    let exchange_rate = match command.exchange_rate {
        Some(rate) if currency == base && rate != ExchangeRate::ONE => {
            let message = format!(
                "{} is the company's own currency. Leave it out.",
                base.code()
            );
            rejections.push(Rejection::invalid(path.at("exchangeRate"), message));
            rate
        }
        Some(rate) => rate,
        None if currency == base => ExchangeRate::ONE,
        None => of_day.unwrap_or_else(|| {
            let message = format!(
                "There is no exchange rate of {} for that day. Give one, or use exchangeRateSet.",
                currency.code()
            );
            rejections.push(Rejection::invalid(path.at("exchangeRate"), message));
            ExchangeRate::ONE
        }),
    };
    if let Err(reason) = check_minor_unit(&path.at("amount"), command.amount, currency) {
        rejections.push(reason);
    }
    let base_amount = exchange_rate.to_base(command.amount, base);
    match base_amount.filter(|base| is_bookable(base.0)) {
        Some(base_amount) if rejections.is_empty() => Ok(Valued {
            currency,
            exchange_rate,
            base_amount,
        }),
        Some(_) => Err(rejections),
        None => {
            let message = "Is too much in the company's currency.";
            rejections.push(Rejection::invalid(path.at("amount"), message));
            Err(rejections)
        }
    }
}

/// Uses a payment's item as the command says; what is wrong with that.
pub fn allocate(
    command: &PostPayment,
    book: &mut PartyBook,
    (posting, id): (Posting, OpenItemId),
    judges_numbers: bool,
) -> Vec<Rejection> {
    let wanted = command.allocations.as_deref().unwrap_or_default();
    let mut rejections = items::apply(book, (posting, id), wanted, judges_numbers);
    if !judges_numbers || !rejections.is_empty() {
        return rejections;
    }
    if command.is_oldest_first {
        book.settle_oldest_first(posting, id);
    }
    let left = book.item(id).map(|item| item.open_amount);
    if let (PaymentDirection::Out, Some(left)) = (command.direction, left)
        && !left.is_zero()
    {
        let covered = Amount(command.amount.0 - left.0);
        let message = format!(
            "Is too much: a refund takes credit of the customer, and only {covered} of it is open \
             or was named."
        );
        rejections.push(Rejection::invalid(Path::input().at("amount"), message));
    }
    rejections
}
