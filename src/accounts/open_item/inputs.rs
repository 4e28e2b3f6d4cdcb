//! Inputs that name open items.

use async_graphql::{Context, Enum, ID, InputObject};
use entity::vocab::{AllocationId, OpenItemId};

use super::ops::{Allocate, Deallocate, WriteOff};
use super::rules::Wanted;
use crate::graphql::{Date, Decimal, Reading, company, reference_input};
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{LINES_MAX, NOTE_LENGTH_MAX};
use crate::platform::rejection::Path;

reference_input!(
    /// Names an open item, or all instalments of a document.
    OpenItemReference -> OpenItemId,
    /// The number of the document: of an invoice, a credit note or a payment.
    Number("number")
);

/// What is done with what no allocation was named for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AllocationPolicy {
    /// It pays what is due first, first.
    OldestFirst,
    /// It stays as credit on account.
    None,
}

/// What a credit is used for.
#[derive(InputObject)]
pub struct AllocationInput {
    /// The document, or one of its instalments; of the same customer and currency.
    document: OpenItemReference,
    /// How much, in the currency; as much as is open and left when left out.
    amount: Option<Decimal>,
}

/// Reads allocations; none when they were left out.
pub fn read_allocations(
    reading: &mut Reading,
    allocations: Option<Vec<AllocationInput>>,
) -> Option<Vec<Wanted>> {
    let allocations = allocations?;
    let path = Path::input().at("allocations");
    reading.check.line_count(path.clone(), allocations.len());
    let lines = allocations.into_iter().take(LINES_MAX).enumerate();
    let read = lines.map(|(index, line)| {
        let AllocationInput { document, amount } = line;
        let path = path.at(index);
        Wanted {
            document: document.read(reading, &path.at("document")),
            amount: amount
                .map(|amount| reading.check.positive_amount(path.at("amount"), &amount.0)),
        }
    });
    Some(read.collect())
}

/// What a credit on account is to be used for.
#[derive(InputObject)]
pub struct PaymentAllocateInput {
    /// The payment or credit note with something left, by its number or the id of its open item.
    credit: OpenItemReference,
    /// What it pays; what is due first, first, when left out.
    allocations: Option<Vec<AllocationInput>>,
    /// The business day it belongs to; today when left out, never in the future. Not earlier than
    /// the days of the documents, which count when they are later.
    date: Option<Date>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PaymentAllocateInput {
    /// Reads it.
    pub fn read(self, ctx: &Context<'_>) -> Envelope<Allocate> {
        let mut reading = Reading::of("paymentAllocate", &self);
        let Self {
            credit,
            allocations,
            date,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let command = Allocate {
            credit: credit.read(&mut reading, &path.at("credit")),
            allocations: read_allocations(&mut reading, allocations),
            date: reading.check.past_day(path.at("date"), date, today),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

/// Which allocation is to be taken back.
#[derive(InputObject)]
pub struct PaymentDeallocateInput {
    /// The id of the allocation.
    allocation: ID,
    /// The business day it belongs to; today when left out, never in the future. The day of the
    /// allocation counts when that is later.
    date: Option<Date>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PaymentDeallocateInput {
    /// Reads it.
    pub fn read(self, ctx: &Context<'_>) -> Envelope<Deallocate> {
        let mut reading = Reading::of("paymentDeallocate", &self);
        let Self {
            allocation,
            date,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let parsed = AllocationId::parse(&allocation);
        let command = Deallocate {
            allocation: reading.check.id(path.at("allocation"), parsed),
            date: reading.check.past_day(path.at("date"), date, today),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

/// What will not be paid any more.
#[derive(InputObject)]
pub struct OpenItemWriteOffInput {
    /// The debt: an invoice, or one of its instalments.
    open_item: OpenItemReference,
    /// How much of it, in its currency; all that is open when left out.
    amount: Option<Decimal>,
    /// Why, at most 2,000 characters.
    reason: String,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl OpenItemWriteOffInput {
    /// Reads it.
    pub fn read(self, ctx: &Context<'_>) -> Envelope<WriteOff> {
        let mut reading = Reading::of("openItemWriteOff", &self);
        let Self {
            open_item,
            amount,
            reason,
            date,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let open_item = open_item.read(&mut reading, &path.at("openItem"));
        let check = &mut reading.check;
        let command = WriteOff {
            open_item,
            amount: amount.map(|amount| check.positive_amount(path.at("amount"), &amount.0)),
            reason: check.text(path.at("reason"), &reason, NOTE_LENGTH_MAX),
            date: check.past_day(path.at("date"), date, today),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}
