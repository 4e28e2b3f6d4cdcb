//! Statements in the schema.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::{rules, store};
use crate::accounts::ledger::graphql::DocumentKindKind;
use crate::accounts::open_item::graphql::customer;
use crate::graphql::context::{Asked, bad_argument};
use crate::graphql::payload::internal;
use crate::graphql::{Date, Money, Reading, app, company};
use crate::party::customer::graphql::CustomerReference;
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::rejection::Path;

/// Items of a statement, at most.
const ITEMS_MAX: u64 = 1_000;

/// What a customer owed at the beginning of a period, what happened in it, and what was owed at
/// its end; in one currency.
#[derive(SimpleObject)]
pub struct CustomerStatement {
    /// The first day.
    from: Date,
    /// The last day.
    until: Date,
    /// What was owed before the first day.
    opening: Money,
    /// The documents of the period, in order.
    lines: Vec<CustomerStatementLine>,
    /// What was owed at the end of the last day.
    closing: Money,
}

/// A document on a statement.
#[derive(SimpleObject)]
pub struct CustomerStatementLine {
    /// Its business day.
    date: Date,
    /// What kind of document it is.
    document_kind: DocumentKindKind,
    /// Its number.
    number: String,
    /// What it made the customer owe more, or less when below zero.
    amount: Money,
    /// What was owed after it.
    balance: Money,
    /// Why it was made, where its document does not say it.
    note: Option<String>,
}

/// Reads statements.
#[derive(Default)]
pub struct StatementQuery;

#[Object]
impl StatementQuery {
    /// The statement of a customer: opening balance, documents and payments with the running
    /// balance, closing balance. A period of more than 1,000 items is refused; ask for a shorter
    /// one.
    /// Scope: `invoices:read`.
    #[graphql(complexity = "100 + 10 * child_complexity")]
    async fn customer_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.", name = "customer")] of: CustomerReference,
        #[graphql(desc = "The first day.")] from: Date,
        #[graphql(desc = "The last day; today when left out.")] until: Option<Date>,
        #[graphql(desc = "The currency; the company's when left out.")] currency: Option<String>,
    ) -> Result<CustomerStatement> {
        ctx.require(Scope::InvoicesRead)?;
        let company = company(ctx);
        let mut reading = Reading::of("", &String::new());
        let path = Path::default().at("currency");
        let currency = currency.and_then(|code| reading.check.currency_code(path, &code));
        reading.usable()?;
        let currency = currency.unwrap_or(company.base_currency).code();
        let until = until.map_or_else(|| company.day(clock::now()), |day| day.0);
        let of = (customer(ctx, &of).await?, currency);
        let conn = app(ctx).db.reader();
        let opening = store::balance_before(conn, of, from.0).await;
        let opening = opening.map_err(|error| internal(&error))?;
        let items = store::items(conn, of, (from.0, until), ITEMS_MAX + 1).await;
        let items = items.map_err(|error| internal(&error))?;
        if items.len() as u64 > ITEMS_MAX {
            let message = "from: the period has more than 1,000 items; ask for a shorter one.";
            return Err(bad_argument(message));
        }
        let (lines, closing) = rules::lines(opening, &items);
        let line = |line: rules::StatementLine| CustomerStatementLine {
            date: Date(line.date),
            document_kind: line.kind.into(),
            number: line.number,
            amount: Money::new(line.amount, currency),
            balance: Money::new(line.balance, currency),
            note: line.note,
        };
        Ok(CustomerStatement {
            from,
            until: Date(until),
            opening: Money::new(opening, currency),
            lines: lines.into_iter().map(line).collect(),
            closing: Money::new(closing, currency),
        })
    }
}
