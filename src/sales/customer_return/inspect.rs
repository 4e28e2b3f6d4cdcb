//! What becomes of goods that came back: sold again, thrown away, or back to the customer.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::sales::{customer_return, customer_return_line};
use entity::vocab::{
    CustomerReturnId, CustomerReturnLineId, CustomerReturnStatus, ProductVariantId, Quantity,
};
use futures_util::future::BoxFuture;

use super::receive;
use super::rules::Step;
use super::steps::{self, Locked};
use crate::catalog::product::store::CountedVariant;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_unit;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::{Book, MovementCause, Place, Posting, StockCause};

/// What becomes of a line.
#[derive(Clone, Debug)]
pub struct InspectedLine {
    /// The line; none when its id was not readable.
    pub line: Option<CustomerReturnLineId>,
    /// How much may be sold again.
    pub restock: Quantity,
    /// How much is thrown away.
    pub scrap: Quantity,
    /// How much goes back to the customer.
    pub send_back: Quantity,
    /// What was found.
    pub finding: Option<String>,
}

/// What inspecting a return found.
#[derive(Clone, Debug)]
pub struct InspectReturn {
    /// Which return.
    pub customer_return: Reference<CustomerReturnId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// The business day.
    pub date: NaiveDate,
    /// What becomes of each line; all may be sold again when none.
    pub lines: Option<Vec<InspectedLine>>,
}

/// Decides what becomes of goods.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn inspect(app: &App, envelope: Envelope<InspectReturn>) -> Verdict {
    envelope.call.actor.require(Scope::ReturnsWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<InspectReturn>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let wanted = (&command.customer_return, command.expected_version);
        let found = steps::lock_for(tx, wanted, Step::Inspect, &mut rejections).await?;
        let Some(Locked { mut row, mut lines }) = found else {
            return Ok(Done::refused(rejections));
        };
        let sold = receive::variants_of(tx, &lines).await?;
        let is_read = rejections.is_empty();
        rejections.extend(decide(command, &mut lines, &sold, is_read));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let posting = receive::posting(tx, call, command.date);
        let mut book = receive::load(tx, posting, (&row, &lines)).await?;
        rejections.extend(missing(&row, &lines, &book));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        carry_out(posting, (&row, &lines), &mut book);
        row.status = CustomerReturnStatus::Inspected;
        let kind = "customer_return.inspected";
        receive::finish(tx, call, (row, lines), (book, kind)).await
    })
}

/// Notes on the lines what becomes of them: of each, all that came.
fn decide(
    command: &InspectReturn,
    lines: &mut [customer_return_line::Model],
    sold: &[CountedVariant],
    is_read: bool,
) -> Vec<Rejection> {
    let Some(found) = &command.lines else {
        for line in lines {
            line.restocked = line.received;
        }
        return Vec::new();
    };
    let mut rejections = Vec::new();
    let mut seen = Vec::new();
    for (index, one) in found.iter().enumerate() {
        let path = Path::input().at("lines").at(index);
        let Some(id) = one.line else { continue };
        let Some(line) = lines.iter_mut().find(|line| line.id == id) else {
            let problem = Problem::NotFound("line of this return");
            rejections.push(Rejection::new(path.at("line"), problem));
            continue;
        };
        if seen.contains(&id) {
            let message = "This line is named twice.";
            rejections.push(Rejection::invalid(path.at("line"), message));
            continue;
        }
        seen.push(id);
        match check_line(one, line, sold, &path) {
            Ok(()) => {
                (line.restocked, line.scrapped) = (one.restock, one.scrap);
                line.sent_back = one.send_back;
                line.finding.clone_from(&one.finding);
            }
            // A quantity that could not be read was complained about already.
            Err(more) if is_read => rejections.extend(more),
            Err(_) => {}
        }
    }
    let is_left = |line: &&customer_return_line::Model| {
        line.received.is_positive() && !seen.contains(&line.id)
    };
    if is_read && rejections.is_empty() && lines.iter().any(|line| is_left(&line)) {
        let message = "Must name every line of which something came back.";
        rejections.push(Rejection::invalid(Path::input().at("lines"), message));
    }
    rejections
}

fn check_line(
    one: &InspectedLine,
    line: &customer_return_line::Model,
    sold: &[CountedVariant],
    path: &Path,
) -> Result<(), Vec<Rejection>> {
    let unit = sold.iter().find(|sold| sold.variant.id == line.variant_id);
    let parts = [
        ("restock", one.restock),
        ("scrap", one.scrap),
        ("sendBack", one.send_back),
    ];
    let unfit: Vec<Rejection> = parts
        .iter()
        .filter_map(|(field, part)| check_unit(&path.at(field), *part, &unit?.unit).err())
        .collect();
    if !unfit.is_empty() {
        return Err(unfit);
    }
    let sum: i128 = parts.iter().map(|(_, part)| i128::from(part.0)).sum();
    if sum == i128::from(line.received.0) {
        return Ok(());
    }
    let message = format!(
        "What is restocked, scrapped and sent back must add up to the {} that came back.",
        line.received
    );
    Err(vec![Rejection::invalid(path.clone(), message)])
}

/// Somebody may have taken goods out of quarantine meanwhile.
fn missing(
    row: &customer_return::Model,
    lines: &[customer_return_line::Model],
    book: &Book,
) -> Vec<Rejection> {
    let mut wanted: BTreeMap<ProductVariantId, i64> = BTreeMap::new();
    for line in lines {
        *wanted.entry(line.variant_id).or_default() += line.received.0;
    }
    let path = Path::input().at("customerReturn");
    let short = wanted.into_iter().filter_map(|(variant, requested)| {
        let available = book.level((variant, row.warehouse_id)).quarantined;
        (available.0 < requested).then(|| {
            let problem = Problem::InsufficientStock {
                variant,
                warehouse: Some(row.warehouse_id),
                requested: Quantity(requested),
                available,
            };
            Rejection::new(path.clone(), problem)
        })
    });
    short.collect()
}

/// Moves the goods: out of the house first, so that what is sold again serves who waits last.
fn carry_out(
    posting: Posting,
    (row, lines): (&customer_return::Model, &[customer_return_line::Model]),
    book: &mut Book,
) {
    let from = Place::Quarantine(row.warehouse_id);
    for line in lines {
        let way = (line.variant_id, from, Place::Outside);
        if line.scrapped.is_positive() {
            book.take_out(posting, way, line.scrapped, MovementCause::Scrap(line.id));
        }
        if line.sent_back.is_positive() {
            book.take_out(posting, way, line.sent_back, MovementCause::Return(line.id));
        }
    }
    for line in lines.iter().filter(|line| line.restocked.is_positive()) {
        let key = (line.variant_id, row.warehouse_id);
        book.let_go(posting, key, line.restocked, MovementCause::Return(line.id));
    }
    book.end_command(posting, StockCause::CustomerReturn(row.id));
}
