//! Credit notes in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use entity::sales::{credit_note, credit_note_line};
use entity::vocab::{CreditNoteId, CreditNoteStatus, CustomerId, InvoiceId};

use super::inputs::{CreditNotePostInput, CreditNoteReference};
use super::ops;
use super::store::{self, CreditNotesOf, LinesOf};
use crate::accounts::open_item::graphql::OpenItem;
use crate::accounts::open_item::openness;
use crate::accounts::open_item::store::ItemsOf;
use crate::graphql::context::Asked;
use crate::graphql::filter::{DateFilter, IdFilter, MetadataFilter, TextFilter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    AvailableTransition, Date, Decimal, Money, Reading, app, listing, loaders, payload,
    record_fields,
};
use crate::identity::principal::graphql::{Principal, author};
use crate::party::customer::graphql::Customer;
use crate::platform::actor::Scope;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::sales::invoice::graphql::Invoice;

/// Where a credit note is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "CreditNoteStatus", remote = "CreditNoteStatus")]
pub enum CreditNoteStatusKind {
    /// It counts.
    Posted,
}

/// A credit note: it takes an invoice, or a part of it, back.
#[derive(Description)]
pub struct CreditNote(credit_note::Model);

impl From<credit_note::Model> for CreditNote {
    fn from(row: credit_note::Model) -> Self {
        Self(row)
    }
}

impl CreditNote {
    /// The credit notes on an invoice, oldest first.
    pub async fn of_invoice(ctx: &Context<'_>, id: InvoiceId) -> Result<Vec<Self>> {
        let rows = loaders(ctx).load_one(CreditNotesOf(id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Self).collect())
    }
}

#[Object(use_type_description)]
impl CreditNote {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "CN-2026-000123": without holes within a year.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> CreditNoteStatusKind {
        self.0.status.into()
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// Who is credited.
    /// Scope: `customers:read`.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        ctx.require(Scope::CustomersRead)?;
        let row = loaders(ctx).load_one(self.0.customer_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Customer)
            .ok_or_else(|| async_graphql::Error::new("a credit note without a customer"))
    }

    /// The invoice it takes back from.
    async fn invoice(&self, ctx: &Context<'_>) -> Result<Invoice> {
        let row = loaders(ctx).load_one(self.0.invoice_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Invoice::from)
            .ok_or_else(|| async_graphql::Error::new("a credit note without an invoice"))
    }

    /// Why.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<CreditNoteLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        let currency = &self.0.currency;
        let line = |row| CreditNoteLine {
            row,
            currency: currency.clone(),
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Its open item, with what is left of the credit; none when it comes to nothing.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn open_items(&self, ctx: &Context<'_>) -> Result<Vec<OpenItem>> {
        let rows = loaders(ctx).load_one(ItemsOf(self.0.id.0)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(OpenItem::from).collect())
    }

    /// Sum of the lines' net amounts.
    async fn net(&self) -> Money {
        Money::new(self.0.net, self.0.currency.clone())
    }

    /// Sum of the lines' taxes.
    async fn tax(&self) -> Money {
        Money::new(self.0.tax, self.0.currency.clone())
    }

    /// What is credited: net and tax.
    async fn gross(&self) -> Money {
        Money::new(self.0.gross, self.0.currency.clone())
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by).await.transpose()
    }

    /// What can be done with it now, and why not the rest.
    #[graphql(complexity = "10")]
    async fn available_transitions(&self, ctx: &Context<'_>) -> Result<Vec<AvailableTransition>> {
        let items = loaders(ctx).load_one(ItemsOf(self.0.id.0)).await;
        let items = items.map_err(|error| internal(&error))?.unwrap_or_default();
        let left = openness::check_credit(&items);
        Ok(vec![
            AvailableTransition::of("paymentAllocate", left),
            AvailableTransition::of("paymentPost", left),
        ])
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

/// A line of a credit note.
#[derive(Description)]
pub struct CreditNoteLine {
    row: credit_note_line::Model,
    currency: String,
}

#[Object(use_type_description)]
impl CreditNoteLine {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.row.id.to_string())
    }

    /// The id of the invoice line it takes back from.
    async fn invoice_line_id(&self) -> ID {
        ID(self.row.invoice_line_id.to_string())
    }

    /// How much of the quantity is taken back; 0 for a mere price reduction.
    async fn quantity(&self) -> Decimal {
        self.row.quantity.into()
    }

    /// Before tax.
    async fn net(&self) -> Money {
        Money::new(self.row.net, self.currency.clone())
    }

    /// The tax.
    async fn tax(&self) -> Money {
        Money::new(self.row.tax, self.currency.clone())
    }

    /// With tax.
    async fn gross(&self) -> Money {
        Money::new(self.row.gross, self.currency.clone())
    }
}

payload! {
    /// What posting a credit note brought.
    CreditNotePostPayload {
        /// The credit note.
        credit_note: CreditNote = CreditNoteId
    }
}

listing! {
    /// Credit notes, oldest first unless ordered otherwise.
    /// Scope: `invoices:read`.
    credit_notes: CreditNote of credit_note, Scope::InvoicesRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the customer.
        customer_id: IdFilter => |given| given.on(Column::CustomerId, CustomerId::parse),
        /// By the invoice that they credit.
        invoice_id: IdFilter => |given| given.on(Column::InvoiceId, InvoiceId::parse),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their business day.
        Date => [Date, Id],
        /// By their number.
        Number => [Number],
    }
    all store::all();
}

/// Reads credit notes.
#[derive(Default)]
pub struct CreditNoteQuery;

#[Object]
impl CreditNoteQuery {
    /// One credit note, by its id, number or external id; null when there is none.
    /// Scope: `invoices:read`.
    async fn credit_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: CreditNoteReference,
    ) -> Option<Result<CreditNote>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: CreditNoteReference) -> Result<Option<CreditNote>> {
    ctx.require(Scope::InvoicesRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<credit_note::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(CreditNote))
}

/// Changes credit notes.
#[derive(Default)]
pub struct CreditNoteMutation;

#[Object]
impl CreditNoteMutation {
    /// Takes an invoice, or parts of it, back.
    /// Scope: `invoices:write`.
    pub async fn credit_note_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be taken back.")] input: CreditNotePostInput,
    ) -> Result<CreditNotePostPayload> {
        ctx.require(Scope::InvoicesWrite)?;
        let verdict = ops::post(app(ctx), input.read(ctx)).await;
        CreditNotePostPayload::answer(ctx, verdict).await
    }
}
