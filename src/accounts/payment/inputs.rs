//! What mutations of payments take.

use async_graphql::{Context, Enum, InputObject, Json};
use entity::vocab::{ExchangeRate, PaymentDirection, PaymentId};
use serde_json::Value;

use super::ops::PostPayment;
use super::reverse::ReversePayment;
use crate::accounts::open_item::inputs::{AllocationInput, AllocationPolicy, read_allocations};
use crate::graphql::{Date, Decimal, Reading, company, reference_input};
use crate::party::customer::graphql::CustomerReference;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{NAME_LENGTH_MAX, NOTE_LENGTH_MAX};
use crate::platform::rejection::Path;

reference_input!(
    /// Names a payment.
    PaymentReference -> PaymentId,
    /// Its number.
    Number("number")
);

/// Which way money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "PaymentDirection", remote = "PaymentDirection")]
pub enum PaymentDirectionKind {
    /// From a customer.
    In,
    /// Back to a customer.
    Out,
}

/// Money that came in from a customer, or went back.
#[derive(InputObject)]
pub struct PaymentPostInput {
    /// From whom, or to whom.
    customer: CustomerReference,
    /// Which way; IN when left out. OUT is a refund: it takes credit of the customer, never more
    /// than is open.
    direction: Option<PaymentDirectionKind>,
    /// How much, above zero, with at most the decimals of the currency.
    amount: Decimal,
    /// The ISO 4217 code of the currency; the customer's when left out. It pays only what is open
    /// in the same currency.
    currency: Option<String>,
    /// What one unit of the currency is worth in the company's, with at most twelve decimals; the
    /// rate set for the day when left out. Only for other currencies than the company's.
    exchange_rate: Option<Decimal>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// How it was paid, such as "transfer", at most 200 characters.
    method: Option<String>,
    /// The bank's or the payer's reference, at most 200 characters.
    reference: Option<String>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
    /// What it pays: 1 to 1,000 documents or instalments.
    allocations: Option<Vec<AllocationInput>>,
    /// What happens with what is left of it: OLDEST_FIRST when no allocations are given, else NONE.
    allocate: Option<AllocationPolicy>,
    /// The id your own system knows it by, unique among payments.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PaymentPostInput {
    /// Reads it.
    pub fn read(self, ctx: &Context<'_>) -> Envelope<PostPayment> {
        let mut reading = Reading::of("paymentPost", &self);
        let Self {
            customer,
            direction,
            amount,
            currency,
            exchange_rate,
            date,
            method,
            reference,
            note,
            allocations,
            allocate,
            external_id,
            metadata,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let allocations = read_allocations(&mut reading, allocations);
        let otherwise = match allocations {
            None => AllocationPolicy::OldestFirst,
            Some(_) => AllocationPolicy::None,
        };
        let customer = customer.read(&mut reading, &path.at("customer"));
        let external_id = external_id.map(|id| reading.code(path.at("externalId"), &id));
        let metadata = reading.metadata(path.at("metadata"), metadata);
        let check = &mut reading.check;
        let mut read = |rate: Decimal| check.exchange_rate(path.at("exchangeRate"), &rate.0);
        // A rate that was complained about is not looked for as well.
        let rate = exchange_rate.map(|rate| read(rate).unwrap_or(ExchangeRate::ONE));
        let line = NAME_LENGTH_MAX;
        let command = PostPayment {
            id: PaymentId::generate(),
            customer,
            direction: direction.map_or(PaymentDirection::In, Into::into),
            amount: check.positive_amount(path.at("amount"), &amount.0),
            currency: currency.and_then(|code| check.currency_code(path.at("currency"), &code)),
            exchange_rate: rate,
            date: check.past_day(path.at("date"), date, today),
            method: check.optional_text(path.at("method"), method.as_deref(), line),
            reference: check.optional_text(path.at("reference"), reference.as_deref(), line),
            note: check.note(path.at("note"), note.as_deref()),
            allocations,
            is_oldest_first: allocate.unwrap_or(otherwise) == AllocationPolicy::OldestFirst,
            external_id,
            metadata,
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

/// Which payment is to be taken back.
#[derive(InputObject)]
pub struct PaymentReverseInput {
    /// The payment.
    payment: PaymentReference,
    /// Why, at most 2,000 characters.
    reason: String,
    /// The business day it belongs to; today when left out, never in the future, and not before
    /// the payment's.
    date: Option<Date>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PaymentReverseInput {
    /// Reads it.
    pub fn read(self, ctx: &Context<'_>) -> Envelope<ReversePayment> {
        let mut reading = Reading::of("paymentReverse", &self);
        let Self {
            payment,
            reason,
            date,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let payment = payment.read(&mut reading, &path.at("payment"));
        let check = &mut reading.check;
        let command = ReversePayment {
            payment,
            reason: check.text(path.at("reason"), &reason, NOTE_LENGTH_MAX),
            date: check.past_day(path.at("date"), date, today),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}
