//! What posting an invoice takes.

use async_graphql::{Context, InputObject, Json};
use entity::vocab::InvoiceId;
use serde_json::Value;

use super::ops::PostInvoice;
use crate::graphql::{Date, Reading, company, reference_input};
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::LINES_MAX;
use crate::platform::rejection::Path;
use crate::sales::fulfilment::inputs::FulfilmentReference;
use crate::sales::order::inputs::SalesOrderReference;

reference_input!(
    /// Names an invoice.
    InvoiceReference -> InvoiceId,
    /// Its number.
    Number("number")
);

/// What is to be billed.
#[derive(InputObject)]
pub struct InvoicePostInput {
    /// The order.
    sales_order: SalesOrderReference,
    /// Which fulfilments of it: 1 to 1,000; all that are not billed when left out.
    fulfilments: Option<Vec<FulfilmentReference>>,
    /// Whether lines of what is not stocked, such as freight, are billed too, each once; true when
    /// left out.
    include_charges: Option<bool>,
    /// The business day it belongs to, which decides tax rates and due dates; today when left out,
    /// never in the future.
    date: Option<Date>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
    /// The id your own system knows it by, unique among invoices.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl InvoicePostInput {
    /// Reads it.
    pub fn read(self, ctx: &Context<'_>) -> Envelope<PostInvoice> {
        let mut reading = Reading::of("invoicePost", &self);
        let Self {
            sales_order,
            fulfilments,
            include_charges,
            date,
            note,
            external_id,
            metadata,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let fulfilments = fulfilments.map(|named| {
            let path = path.at("fulfilments");
            reading.check.line_count(path.clone(), named.len());
            let named = named.iter().take(LINES_MAX).enumerate();
            named
                .map(|(index, one)| one.read(&mut reading, &path.at(index)))
                .collect()
        });
        let command = PostInvoice {
            id: InvoiceId::generate(),
            order: sales_order.read(&mut reading, &path.at("salesOrder")),
            fulfilments,
            includes_charges: include_charges.unwrap_or(true),
            date: reading.check.past_day(path.at("date"), date, today),
            note: reading.check.note(path.at("note"), note.as_deref()),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}
