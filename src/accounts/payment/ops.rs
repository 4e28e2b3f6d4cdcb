//! Posting a payment.

use chrono::NaiveDate;
use entity::accounts::payment;
use entity::party::customer;
use entity::vocab::{
    Account, Amount, CurrencyCode, CustomerId, DocumentKind, ExchangeRate, NumberKind,
    PaymentDirection, PaymentId, PaymentStatus,
};
use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};

use super::rules::{self, Valued};
use super::store;
use crate::accounts::exchange_rate::store as rates;
use crate::accounts::ledger::{Entry, Line, Party, Posting};
use crate::accounts::open_item::ops::{posting, record};
use crate::accounts::open_item::rules::{NewItem, Wanted};
use crate::accounts::open_item::store as items;
use crate::party::customer::store as customers;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::metadata;
use crate::platform::numbering;
use crate::platform::reference::{self, Reference, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};

/// Money that came in or went out.
#[derive(Clone, Debug)]
pub struct PostPayment {
    /// Its id.
    pub id: PaymentId,
    /// From whom, or to whom.
    pub customer: Reference<CustomerId>,
    /// Which way.
    pub direction: PaymentDirection,
    /// How much.
    pub amount: Amount,
    /// In which currency; the customer's when none.
    pub currency: Option<CurrencyCode>,
    /// What one unit is worth; the rate of the day when none.
    pub exchange_rate: Option<ExchangeRate>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// How it was paid.
    pub method: Option<String>,
    /// The bank's or the payer's reference.
    pub reference: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// What it pays.
    pub allocations: Option<Vec<Wanted>>,
    /// Whether what is left of it pays what is due first.
    pub is_oldest_first: bool,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What partners keep beside it.
    pub metadata: Option<Json>,
}

/// Posts a payment, and uses it.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn post(app: &App, envelope: Envelope<PostPayment>) -> Verdict {
    envelope.call.actor.require(Scope::PaymentsWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<PostPayment>];

fn handle<'t>(app: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let Some((customer, valued)) = resolve(app, tx, command, &mut rejections).await? else {
            return Ok(Done::refused(rejections));
        };
        let party = Party::Customer(customer.id);
        let wanted = command.allocations.as_deref().unwrap_or_default();
        let named: Vec<_> = wanted.iter().map(|one| &one.document).collect();
        let of = (party, valued.currency.code());
        let mut book = items::load(tx, of, app.company.base_currency, &named).await?;
        let posting = posting(tx, call, command.date);
        let sign = match command.direction {
            PaymentDirection::In => -1,
            PaymentDirection::Out => 1,
        };
        let signed = |amount: Amount| Amount(sign * amount.0);
        let (owed, owed_base) = (signed(command.amount), signed(valued.base_amount));
        if !book.has_room(owed, owed_base) {
            let message = "Is too much: the balance would be larger than can be kept.";
            rejections.push(Rejection::invalid(Path::input().at("amount"), message));
        }
        let judges = rejections.is_empty();
        let id = book.add(posting, new_item(command, valued, (owed, owed_base)));
        rejections.extend(rules::allocate(command, &mut book, (posting, id), judges));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        // The number is taken last, once nothing can be refused any more.
        let numbers = numbering::take(tx, NumberKind::Payment, &[command.date]).await?;
        book.set_number(command.id.0, &numbers.concat());
        let row = row(command, (&customer, valued), posting, numbers.concat());
        metadata::write(tx.conn(), row.id.0, None, row.metadata.as_ref()).await?;
        store::insert(tx.conn(), row).await?;
        let lines = [
            Line::debit(Account::Cash, -owed_base),
            Line::owed(party, owed_base),
        ];
        let document = (DocumentKind::Payment, command.id.0);
        let entries = Entry::of(posting, document, lines).into_iter().collect();
        record(tx, &book, posting, entries).await?;
        let event = event(command, posting, (customer.id, valued));
        Ok(Done::accepted(command.id.0, vec![event]))
    })
}

fn event(
    command: &PostPayment,
    posting: Posting,
    (customer_id, valued): (CustomerId, Valued),
) -> NewEvent {
    NewEvent {
        operation_id: posting.operation_id,
        kind: "payment.posted",
        schema_version: 1,
        subject_id: command.id.0,
        facts: json!({
            "customerId": customer_id, "amount": command.amount,
            "currency": valued.currency.code(), "direction": command.direction,
        })
        .to_string(),
    }
}

async fn resolve(
    app: &App,
    tx: &Tx,
    command: &PostPayment,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<(customer::Model, Valued)>, TxError> {
    let path = Path::input();
    if let Some(id) = &command.external_id {
        let by = Reference::ExternalId(id.clone());
        if let Some(rival) = find_one::<payment::Entity>(tx.conn(), &by).await? {
            let problem = Problem::Duplicate {
                field: "external id",
                existing: rival.id.to_string(),
            };
            rejections.push(Rejection::new(path.at("externalId"), problem));
        }
    }
    let found = customers::find(tx.conn(), &[&command.customer]).await?;
    let customer = match reference::find(&found, &command.customer, &path.at("customer")) {
        Ok(customer) => customer.clone(),
        Err(reason) => {
            rejections.extend(reason);
            return Ok(None);
        }
    };
    let base = app.company.base_currency;
    let currency = rules::currency(command, &customer, base);
    let of_day = rates::rate_on(tx.conn(), currency, command.date).await?;
    match rules::value(command, currency, base, of_day) {
        Ok(valued) => Ok(Some((customer, valued))),
        Err(more) => {
            rejections.extend(more);
            let nothing = Valued {
                currency,
                exchange_rate: ExchangeRate::ONE,
                base_amount: Amount::ZERO,
            };
            Ok(Some((customer, nothing)))
        }
    }
}

fn new_item(command: &PostPayment, valued: Valued, (amount, base): (Amount, Amount)) -> NewItem {
    NewItem {
        document: (DocumentKind::Payment, command.id.0),
        number: String::new(),
        external_id: command.external_id.clone(),
        instalment: 1,
        due_on: command.date,
        exchange_rate: valued.exchange_rate,
        amount,
        base_amount: base,
        note: None,
    }
}

fn row(
    command: &PostPayment,
    (customer, valued): (&customer::Model, Valued),
    posting: Posting,
    number: String,
) -> payment::Model {
    payment::Model {
        id: command.id,
        number,
        status: PaymentStatus::Posted,
        direction: command.direction,
        date: command.date,
        customer_id: customer.id,
        currency: valued.currency.code().to_owned(),
        exchange_rate: valued.exchange_rate,
        amount: command.amount,
        base_amount: valued.base_amount,
        method: command.method.clone(),
        reference: command.reference.clone(),
        reversed_on: None,
        reversal_reason: None,
        note: command.note.clone(),
        external_id: command.external_id.clone(),
        metadata: command.metadata.clone(),
        operation_id: posting.operation_id,
        created_by: posting.actor,
        created_at: posting.now,
        updated_at: posting.now,
        version: 1,
    }
}
