//! Changing an order: what it says, and its lines, with the reservations following.

use entity::sales::sales_order_hold;
use entity::vocab::SalesOrderStatus;
use futures_util::future::BoxFuture;
use serde_json::json;

use super::command::UpdateOrder;
use super::confirm;
use super::edit::{self, Loaded, Revised};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::metadata;
use crate::platform::reference::Reference;
use crate::platform::rejection::Rejection;
use crate::sales::credit::rules::in_base;
use crate::sales::order::document::{Details, NewLine, NewOrder};
use crate::sales::order::locked::{self, Locked};
use crate::sales::order::pricing::{self, References};
use crate::sales::order::rules::Transition;
use crate::sales::order::sourcing::{self, Wanted};
use crate::sales::order::{load, store};
use crate::sales::order_hold::{ops as holds, store as hold_store};
use crate::stock::ledger::{self, Book, Demand, Needs, Plan, Posting, StockCause};

/// Changes an order.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn update(app: &App, envelope: Envelope<UpdateOrder>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<UpdateOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let today = app.company.day(tx.now());
        let step = (Transition::Update, today);
        let wanted = (&command.order, command.expected_version);
        let Some(order) = locked::lock_for(tx, wanted, step, &mut rejections).await? else {
            return Ok(Done::refused(rejections));
        };
        let found = load::find_references(
            tx.conn(),
            &[&whole(command, &order)],
            app.company.base_currency,
        )
        .await?;
        let loaded = Loaded {
            order: &order.order,
            lines: &order.lines,
            facts: &order.facts(entity::vocab::Quantity::ZERO, today),
            found: &found,
            base: app.company.base_currency,
            today,
        };
        let revised = edit::revise(&loaded, command).map_err(|more| rejections.extend(more));
        let Some(mut revised) = revised.ok().filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let held = match credit_of(app, tx, call, (command, &order), (&found, &revised)).await? {
            Ok(held) => held,
            Err(reason) => return Ok(Done::refused(vec![reason])),
        };
        let posting = locked::posting(tx, call, today);
        let mut book = match follow(tx, posting, &order, (&mut revised, command)).await? {
            Ok(book) => book,
            Err(more) => return Ok(Done::refused(more)),
        };
        book.end_command(posting, StockCause::SalesOrder(order.order.id));
        let mut events = vec![event(call, &revised)];
        events.extend(held.iter().map(|hold| holds::placed(call, hold)));
        hold_store::insert(tx.conn(), held.into_iter().collect()).await?;
        let id = order.order.id;
        let metadata = (
            order.order.metadata.as_ref(),
            revised.order.metadata.as_ref(),
        );
        if metadata.0 != metadata.1 {
            metadata::write(tx.conn(), id.0, metadata.0, metadata.1).await?;
        }
        store::delete_lines(tx.conn(), revised.deleted).await?;
        store::save(tx.conn(), revised.order, revised.written, tx.now()).await?;
        ledger::record(tx, &book).await?;
        Ok(ledger::done(call, id.0, events, book))
    })
}

/// What a confirmed order comes to more than before must fit in the customer's credit limit; a
/// draft is checked when it is confirmed.
async fn credit_of(
    app: &App,
    tx: &Tx,
    call: &Call,
    (command, before): (&UpdateOrder, &Locked),
    (found, revised): (&References, &Revised),
) -> Result<Result<Option<sales_order_hold::Model>, Rejection>, TxError> {
    let counted = in_base(&before.order, app.company.base_currency);
    let is_more = in_base(&revised.order, app.company.base_currency) > counted;
    if revised.order.status == SalesOrderStatus::Draft || !is_more {
        return Ok(Ok(None));
    }
    let policy = (command.on_credit_limit, counted);
    confirm::limit(app, tx, call, (found, &revised.order), policy).await
}

fn event(call: &Call, revised: &Revised) -> NewEvent {
    NewEvent {
        operation_id: call.operation_id,
        kind: "sales_order.updated",
        schema_version: 1,
        subject_id: revised.order.id.0,
        facts: json!({ "number": revised.order.number, "net": revised.order.net }).to_string(),
    }
}

/// Everything that the changed order will refer to, as if it were a new one.
fn whole(command: &UpdateOrder, locked: &Locked) -> NewOrder {
    let old = locked.lines.iter().map(|line| NewLine {
        id: line.id,
        variant: Reference::Id(line.variant_id),
        warehouse: line.warehouse_id.map(Reference::Id),
        description: None,
        quantity: line.quantity,
        unit_price: None,
        discount_rate: line.discount_rate,
    });
    let mut lines: Vec<NewLine> = old.chain(command.add.iter().cloned()).collect();
    let moved = command
        .change
        .iter()
        .filter_map(|change| change.warehouse.clone());
    if let Some(first) = lines.first().cloned() {
        lines.extend(moved.map(|warehouse| NewLine {
            warehouse,
            ..first.clone()
        }));
    }
    let customer = command.customer.clone();
    NewOrder {
        id: locked.order.id,
        customer: customer.unwrap_or(Reference::Id(locked.order.customer_id)),
        warehouse: command.warehouse.clone(),
        date: locked.order.date,
        on_shortage: command.on_shortage,
        sourcing: command.sourcing.clone(),
        priority: locked.order.priority,
        on_credit_limit: command.on_credit_limit,
        exchange_rate: None,
        prices_include_tax: locked.order.prices_include_tax,
        details: Details {
            external_id: command.external_id.clone().flatten(),
            ..Details::default()
        },
        lines,
    }
}

/// Gives up what is wanted less, then reserves what is wanted more.
async fn follow(
    tx: &Tx,
    posting: Posting,
    order: &Locked,
    (revised, command): (&mut Revised, &UpdateOrder),
) -> Result<Result<Book, Vec<Rejection>>, TxError> {
    let (differences, policy) = (&revised.differences[..], command.on_shortage);
    if differences.is_empty() {
        return Ok(Ok(Book::default()));
    }
    let mut plan = Plan::of_demands(tx, order.demands(), Needs::Waiting).await?;
    let more = differences.iter().map(|one| &one.more);
    let (keys, optional) = pricing::keys(more.filter(|one| !one.quantity.is_zero()), policy);
    plan.keys.extend(keys);
    plan.optional.extend(optional);
    let mut book = ledger::load(tx, &plan, posting).await?;
    for one in differences.iter().filter(|one| one.less.is_positive()) {
        book.give_up(posting, Demand::OrderLine(one.line_id), one.less);
    }
    let wanted: Vec<Wanted> = differences.iter().map(|one| one.more.clone()).collect();
    let allocations = match sourcing::allocate(&wanted, policy, &book) {
        Ok(allocations) => allocations,
        Err(reasons) => {
            let paths: Vec<_> = differences.iter().map(|one| one.path.clone()).collect();
            let at = |reason| sourcing::at_place(reason, &paths);
            return Ok(Err(reasons.into_iter().map(at).collect()));
        }
    };
    for one in &allocations {
        let demand = Demand::OrderLine(differences[one.line].line_id);
        let id = book.promise(posting, (demand, one.key), one.promise, None);
        book.prioritize(id, order.order.priority, posting.now);
    }
    for (index, difference) in differences.iter().enumerate() {
        let first = sourcing::first_place(index, &allocations);
        let mut lines = revised.written.iter_mut();
        if let Some(line) = lines.find(|line| line.id == difference.line_id) {
            line.warehouse_id = line.warehouse_id.or(first);
        }
    }
    Ok(Ok(book))
}
