//! Taking a payment back: it bounced, or was entered by mistake.

use chrono::NaiveDate;
use entity::accounts::{open_item, payment};
use entity::vocab::{Amount, DocumentKind, OpenItemId, PaymentId, PaymentStatus};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::store;
use crate::accounts::ledger::store as journal;
use crate::accounts::ledger::{Entry, Line, Party, Posting};
use crate::accounts::open_item::ops::{posting, record};
use crate::accounts::open_item::rules::{NewItem, PartyBook};
use crate::accounts::open_item::store as items;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::{Reference, find_and_lock};
use crate::platform::rejection::{Path, Problem, Rejection};

/// Which payment is to be taken back.
#[derive(Clone, Debug)]
pub struct ReversePayment {
    /// The payment.
    pub payment: Reference<PaymentId>,
    /// Why.
    pub reason: String,
    /// The business day it belongs to.
    pub date: NaiveDate,
}

/// Takes a payment back: what it paid is open again.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn reverse(app: &App, envelope: Envelope<ReversePayment>) -> Verdict {
    envelope.call.actor.require(Scope::PaymentsWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<ReversePayment>];

fn handle<'t>(app: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let found = find_and_lock::<payment::Entity>(tx.conn(), &command.payment).await?;
        if let Err(Some(reason)) = can_reverse(command, found.as_ref())
            && !rejections.iter().any(|one| one.path == reason.path)
        {
            rejections.push(reason);
        }
        let Some(payment) = found.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let posting = posting(tx, call, command.date);
        let (mut book, item) = load(app, tx, &payment).await?;
        for row in items::standing(tx.conn(), item.id).await? {
            book.take_back(posting, &row);
        }
        close(&mut book, posting, &item, &command.reason);
        let (date, reason) = (command.date, command.reason.clone());
        store::reverse(tx.conn(), payment.id, (date, reason), tx.now()).await?;
        let entries = reversing_entry(tx, posting, &payment).await?;
        record(tx, &book, posting, entries.into_iter().collect()).await?;
        let event = NewEvent {
            operation_id: call.operation_id,
            kind: "payment.reversed",
            schema_version: 1,
            subject_id: payment.id.0,
            facts: json!({ "customerId": payment.customer_id, "reason": command.reason })
                .to_string(),
        };
        Ok(Done::accepted(payment.id.0, vec![event]))
    })
}

/// Only a payment that stands can be reversed.
///
/// # Errors
/// That it was reversed already.
pub fn check_posted(payment: &payment::Model) -> Result<(), Rejection> {
    if payment.status == PaymentStatus::Posted {
        return Ok(());
    }
    let problem = Problem::InvalidState {
        state: payment.status.as_str(),
        allowed: &["paymentPost"],
        message: "This payment was reversed already. Post another one.".to_owned(),
    };
    Err(Rejection::new(Path::input().at("payment"), problem))
}

fn can_reverse(
    command: &ReversePayment,
    found: Option<&payment::Model>,
) -> Result<(), Option<Rejection>> {
    let path = Path::input();
    let Some(payment) = found else {
        let is_named = command.payment != Reference::Unusable;
        let reason = || Rejection::new(path.at("payment"), Problem::NotFound("payment"));
        return Err(is_named.then(reason));
    };
    check_posted(payment)?;
    if command.date < payment.date {
        let message = format!(
            "Must not be earlier than the payment's day, {}.",
            payment.date
        );
        return Err(Some(Rejection::invalid(path.at("date"), message)));
    }
    Ok(())
}

/// Locks the party and brings the payment's item, and the items that it was used for.
async fn load(
    app: &App,
    tx: &Tx,
    payment: &payment::Model,
) -> Result<(PartyBook, open_item::Model), TxError> {
    let of = (
        Party::Customer(payment.customer_id),
        payment.currency.as_str(),
    );
    let base = app.company.base_currency;
    let balance = items::lock(tx, of.0, of.1).await?;
    let item = items::of_document(tx.conn(), payment.id.0)
        .await?
        .into_iter()
        .find(|item| item.document_kind == DocumentKind::Payment)
        .ok_or_else(|| TxError::internal("a payment without an open item"))?;
    let standing = items::standing(tx.conn(), item.id).await?;
    let ids: Vec<OpenItemId> = standing
        .iter()
        .flat_map(|row| [row.debit_item_id, row.credit_item_id])
        .chain([item.id])
        .collect();
    let loaded = items::by_ids(tx.conn(), ids).await?;
    Ok((PartyBook::of(of.0, base, balance, loaded), item))
}

/// Closes the payment's item by its opposite.
fn close(book: &mut PartyBook, posting: Posting, item: &open_item::Model, reason: &str) {
    let opposite = book.add(
        posting,
        NewItem {
            document: (DocumentKind::PaymentReversal, item.document_id),
            number: item.number.clone(),
            external_id: None,
            instalment: 1,
            due_on: posting.date,
            exchange_rate: item.exchange_rate,
            amount: -item.amount,
            base_amount: -item.base_amount,
            note: Some(reason.to_owned()),
        },
    );
    book.settle(posting, opposite, item.id, None);
}

async fn reversing_entry(
    tx: &Tx,
    posting: Posting,
    payment: &payment::Model,
) -> Result<Option<Entry>, TxError> {
    let document = (DocumentKind::Payment, payment.id.0);
    let Some((entry, lines)) = journal::entry_of(tx.conn(), document).await? else {
        return Ok(None);
    };
    let opposite = lines.iter().map(|line| Line {
        account: line.account,
        amount: Amount(-line.amount.0),
        party: line.customer_id.map(Party::Customer),
    });
    let document = (DocumentKind::PaymentReversal, payment.id.0);
    let reversing = Entry::of(posting, document, opposite);
    Ok(reversing.map(|reversing| Entry {
        reverses: Some(entry.id),
        ..reversing
    }))
}
