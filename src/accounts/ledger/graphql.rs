//! The journal in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::accounts::{journal_entry, journal_line};
use entity::vocab::{Account, Amount, DocumentKind, any_record};

use super::store::{self, LinesOf};
use crate::graphql::context::{Asked, date_time};
use crate::graphql::filter::{DateFilter, IdFilter};
use crate::graphql::payload::internal;
use crate::graphql::{Date, Money, app, company, listing, loaders};
use crate::platform::actor::Scope;
use crate::platform::clock;

/// An account of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Account", remote = "Account")]
pub enum AccountKind {
    /// What the goods in the warehouses are worth.
    Inventory,
    /// What the goods between two warehouses are worth.
    InventoryInTransit,
    /// Goods that came in and that no bill was booked for yet.
    GoodsReceivedNotBilled,
    /// What customers owe.
    AccountsReceivable,
    /// What is owed to suppliers.
    AccountsPayable,
    /// Money that came in and went out.
    Cash,
    /// What was sold, before tax.
    Revenue,
    /// What was given away on what was sold.
    Discounts,
    /// Tax on what was sold.
    TaxPayable,
    /// Tax on what was bought.
    TaxReceivable,
    /// What the goods that were sold had cost.
    CostOfGoodsSold,
    /// What corrections of stock found or lost.
    InventoryAdjustment,
    /// The difference of a bill's price and the receipt's, for goods that have left.
    PriceVariance,
    /// What changes of exchange rates brought or cost.
    ExchangeDifference,
    /// What will not be paid any more.
    WriteOff,
}

/// What kind of document an entry of the journal or an open item belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "DocumentKind", remote = "DocumentKind")]
pub enum DocumentKindKind {
    /// Goods came in.
    GoodsReceipt,
    /// Goods were shipped.
    Fulfilment,
    /// Goods went from one warehouse to another.
    StockTransfer,
    /// Stock was corrected.
    StockAdjustment,
    /// A sales order.
    SalesOrder,
    /// An order to a supplier.
    PurchaseOrder,
    /// Stock was held for somebody.
    StockHold,
    /// Goods that a customer sends back.
    CustomerReturn,
    /// An invoice to a customer.
    Invoice,
    /// A credit note to a customer.
    CreditNote,
    /// Money that came in or went out.
    Payment,
    /// A payment that was taken back.
    PaymentReversal,
    /// A part of a credit was used for a debt, or that was taken back.
    Allocation,
    /// A debt that will not be paid any more.
    WriteOff,
}

/// The sums of an account up to a day, in the company's currency.
#[derive(SimpleObject)]
pub struct TrialBalanceAccount {
    /// The account.
    account: AccountKind,
    /// Sum of its debits.
    debit: Money,
    /// Sum of its credits.
    credit: Money,
    /// Debits minus credits.
    balance: Money,
}

/// What every account comes to at the end of a day; debits and credits are always the same.
#[derive(SimpleObject)]
pub struct TrialBalance {
    /// The day, included.
    as_of: Date,
    /// The accounts that were ever posted to, by name.
    accounts: Vec<TrialBalanceAccount>,
    /// Sum of all debits.
    debit: Money,
    /// Sum of all credits: the same.
    credit: Money,
}

/// A balanced entry of the journal, in the company's currency.
#[derive(Description)]
pub struct JournalEntry(journal_entry::Model);

impl From<journal_entry::Model> for JournalEntry {
    fn from(row: journal_entry::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl JournalEntry {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// What kind of document it belongs to.
    async fn document_kind(&self) -> DocumentKindKind {
        self.0.document_kind.into()
    }

    /// The UUID of that document: what follows the prefix of its id stands for the same.
    async fn document_uuid(&self) -> String {
        self.0.document_id.to_string()
    }

    /// The id of the entry that it takes back.
    async fn reverses_id(&self) -> Option<ID> {
        self.0.reverses_id.map(|id| ID(id.to_string()))
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime<Utc> {
        date_time(self.0.recorded_at)
    }

    /// Its lines; their debits and credits are the same.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<JournalLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(JournalLine).collect())
    }
}

/// A line of a journal entry.
#[derive(Description)]
pub struct JournalLine(journal_line::Model);

#[Object(use_type_description)]
impl JournalLine {
    /// The account.
    async fn account(&self) -> AccountKind {
        self.0.account.into()
    }

    /// How much: a debit above zero, a credit below.
    async fn amount(&self, ctx: &Context<'_>) -> Money {
        Money::base(self.0.amount, company(ctx).base_currency)
    }

    /// The id of the customer it is about.
    async fn customer_id(&self) -> Option<ID> {
        self.0.customer_id.map(|id| ID(id.to_string()))
    }
}

listing! {
    /// Entries of the journal, in the order of recording unless ordered otherwise.
    /// Scope: `journal:read`.
    journal_entries: JournalEntry of journal_entry, Scope::JournalRead;
    filter {
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the document that they post, of any kind.
        document_id: IdFilter => |given| given.on(Column::DocumentId, any_record),
    }
    order by Id {
        /// By when they were recorded; the default.
        Created => [Id],
        /// By their business day.
        Date => [Date, Id],
    }
    all store::entries();
}

/// Reads the journal.
#[derive(Default)]
pub struct JournalQuery;

#[Object]
impl JournalQuery {
    /// What every account comes to at the end of a day.
    /// Scope: `journal:read`.
    #[graphql(complexity = "15 * child_complexity + 1")]
    async fn trial_balance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day, included; today when left out.")] as_of: Option<Date>,
    ) -> Result<TrialBalance> {
        ctx.require(Scope::JournalRead)?;
        let company = company(ctx);
        let as_of = as_of.map_or_else(|| company.day(clock::now()), |day| day.0);
        let sums = store::sums(app(ctx).db.reader(), as_of).await;
        let sums = sums.map_err(|error| internal(&error))?;
        let money = |micros: i64| Money::base(Amount(micros), company.base_currency);
        let debit = sums.iter().map(|sum| sum.debit.0).sum();
        let credit = sums.iter().map(|sum| sum.credit.0).sum();
        let accounts = sums.into_iter().map(|sum| TrialBalanceAccount {
            account: sum.account.into(),
            debit: money(sum.debit.0),
            credit: money(sum.credit.0),
            balance: money(sum.debit.0 - sum.credit.0),
        });
        Ok(TrialBalance {
            as_of: Date(as_of),
            accounts: accounts.collect(),
            debit: money(debit),
            credit: money(credit),
        })
    }
}
