//! Crediting what came back and stays: a credit note per invoice that bills it.

use chrono::NaiveDate;
use entity::sales::{customer_return_line, invoice_line};
use entity::vocab::{CreditNoteId, CustomerReturnId, InvoiceId};
use futures_util::future::BoxFuture;

use super::rules::{self, Step};
use super::steps::{self, Locked};
use super::store;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::credit_note::ops::{self as credit_notes, PostCreditNote};
use crate::sales::credit_note::rules::CreditLine;
use crate::sales::credit_note::store as notes;

/// A return that is to be credited.
#[derive(Clone, Debug)]
pub struct CreditReturn {
    /// Which return.
    pub customer_return: Reference<CustomerReturnId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// The business day.
    pub date: NaiveDate,
    /// Whether the credit pays what is open of the invoices.
    pub applies: bool,
}

/// Credits a return.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn credit(app: &App, envelope: Envelope<CreditReturn>) -> Verdict {
    envelope.call.actor.require(Scope::InvoicesWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<CreditReturn>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let wanted = (&command.customer_return, command.expected_version);
        let found = steps::lock_for(tx, wanted, Step::Credit, &mut rejections).await?;
        let Some(Locked { row, lines }) = found else {
            return Ok(Done::refused(rejections));
        };
        if notes::is_credited(tx.conn(), row.id).await? {
            rejections.push(refuse("This return is credited already. Close it."));
        }
        let billed = store::billed(tx.conn(), &lines).await?;
        let parts = parts(&lines, &billed);
        if parts.is_empty() {
            rejections.push(refuse(
                "Nothing that came back and stays was invoiced, so there is nothing to credit. \
                 Close it.",
            ));
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let mut events = vec![steps::event(call, &row, "customer_return.credited")];
        for (invoice, lines) in parts {
            let note = PostCreditNote {
                id: CreditNoteId::generate(),
                invoice: Reference::Id(invoice),
                lines: Some(lines),
                reason: format!("Return {}", row.number),
                date: command.date,
                applies: command.applies,
                external_id: None,
                metadata: None,
                customer_return: Some(row.id),
            };
            match credit_notes::post_one(app, tx, &quiet(call), &note).await? {
                Ok(event) => events.push(event),
                Err(reasons) => {
                    return Ok(Done::refused(reasons.into_iter().map(of_return).collect()));
                }
            }
        }
        let id = row.id;
        store::save(tx.conn(), row, Vec::new(), tx.now()).await?;
        Ok(Done::accepted(id.0, events))
    })
}

/// The call without its complaints, of which there are none by then.
fn quiet(call: &Call) -> Call {
    Call {
        complaints: Vec::new(),
        ..call.clone()
    }
}

/// The caller named no invoice and no lines: what is wrong with one is said of the return.
fn of_return(rejection: Rejection) -> Rejection {
    let steps = rejection.path.steps();
    if steps.get(1).is_some_and(|step| step == "date") {
        return rejection;
    }
    let path = Path::input().at("customerReturn");
    Rejection::new(path, rejection.problem)
}

fn refuse(message: &str) -> Rejection {
    let problem = Problem::InvalidState {
        state: "INSPECTED",
        allowed: &["customerReturnClose"],
        message: message.to_owned(),
    };
    Rejection::new(Path::input().at("customerReturn"), problem)
}

/// How much is credited of which lines of which invoice, in the order of the invoices.
fn parts(
    lines: &[customer_return_line::Model],
    billed: &[invoice_line::Model],
) -> Vec<(InvoiceId, Vec<CreditLine>)> {
    let mut parts: Vec<(InvoiceId, Vec<CreditLine>)> = Vec::new();
    for bill in billed {
        let is_it = |line: &&customer_return_line::Model| {
            Some(line.fulfilment_line_id) == bill.fulfilment_line_id
        };
        let kept = lines.iter().find(is_it).map(rules::kept);
        let Some(quantity) = kept.filter(|kept| kept.is_positive()) else {
            continue;
        };
        let line = CreditLine {
            line_id: Some(bill.id),
            quantity: Some(quantity),
            amount: None,
        };
        match parts.last_mut() {
            Some((invoice, lines)) if *invoice == bill.invoice_id => lines.push(line),
            _ => parts.push((bill.invoice_id, vec![line])),
        }
    }
    parts
}
