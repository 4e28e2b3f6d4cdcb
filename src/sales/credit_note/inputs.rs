//! What posting a credit note takes.

use async_graphql::{Context, ID, InputObject, Json};
use entity::vocab::{CreditNoteId, InvoiceLineId};
use serde_json::Value;

use super::ops::PostCreditNote;
use super::rules::CreditLine;
use crate::graphql::{Date, Decimal, Reading, company, reference_input};
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{LINES_MAX, NOTE_LENGTH_MAX};
use crate::platform::rejection::Path;
use crate::sales::invoice::inputs::InvoiceReference;

reference_input!(
    /// Names a credit note.
    CreditNoteReference -> CreditNoteId,
    /// Its number.
    Number("number")
);

/// What is taken back of a line of an invoice: a quantity, an amount, or all that is left of it.
#[derive(InputObject)]
pub struct CreditNoteLineInput {
    /// The id of the invoice line.
    line: ID,
    /// How much of its quantity, above zero; its share of net and tax is taken back.
    quantity: Option<Decimal>,
    /// How much of its gross, above zero, where the quantity stays as it is. Not together with a
    /// quantity.
    amount: Option<Decimal>,
}

/// What is to be taken back of an invoice.
#[derive(InputObject)]
pub struct CreditNotePostInput {
    /// The invoice.
    invoice: InvoiceReference,
    /// Which lines: 1 to 1,000; all that is not credited yet when left out.
    lines: Option<Vec<CreditNoteLineInput>>,
    /// Why, at most 2,000 characters.
    reason: String,
    /// The business day it belongs to; today when left out, never in the future, and not before
    /// the invoice's.
    date: Option<Date>,
    /// Whether it pays at once what is open of the invoice; true when left out. The rest is credit
    /// on account.
    apply: Option<bool>,
    /// The id your own system knows it by, unique among credit notes.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CreditNotePostInput {
    /// Reads it.
    pub fn read(self, ctx: &Context<'_>) -> Envelope<PostCreditNote> {
        let mut reading = Reading::of("creditNotePost", &self);
        let Self {
            invoice,
            lines,
            reason,
            date,
            apply,
            external_id,
            metadata,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let lines = lines.map(|lines| {
            let path = path.at("lines");
            reading.check.line_count(path.clone(), lines.len());
            let lines = lines.into_iter().take(LINES_MAX).enumerate();
            lines
                .map(|(index, line)| line.read(&mut reading, &path.at(index)))
                .collect()
        });
        let invoice = invoice.read(&mut reading, &path.at("invoice"));
        let external_id = external_id.map(|id| reading.code(path.at("externalId"), &id));
        let metadata = reading.metadata(path.at("metadata"), metadata);
        let check = &mut reading.check;
        let command = PostCreditNote {
            id: CreditNoteId::generate(),
            invoice,
            lines,
            reason: check.text(path.at("reason"), &reason, NOTE_LENGTH_MAX),
            date: check.past_day(path.at("date"), date, today),
            applies: apply.unwrap_or(true),
            external_id,
            metadata,
            customer_return: None,
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

impl CreditNoteLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> CreditLine {
        let Self {
            line,
            quantity,
            amount,
        } = self;
        let check = &mut reading.check;
        let line_id = check.id(path.at("line"), InvoiceLineId::parse(&line));
        CreditLine {
            line_id,
            quantity: quantity
                .map(|quantity| check.positive_quantity(path.at("quantity"), &quantity.0)),
            amount: amount.map(|amount| check.positive_amount(path.at("amount"), &amount.0)),
        }
    }
}
