//! Confirming a draft: it is accepted, and its stock is reserved.

use entity::sales::{sales_order, sales_order_hold, sales_order_line};
use entity::vocab::{
    Amount, Quantity, Rate, RecordStatus, SalesOrderHoldKind, SalesOrderId, SalesOrderStatus,
    ShortagePolicy, WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::reprice;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::input::check_version;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::credit::rules::{Asked, CreditPolicy, in_base};
use crate::sales::credit::store as credit;
use crate::sales::order::document::{self, Details, NewLine, NewOrder, Sourcing};
use crate::sales::order::locked::{self, Locked};
use crate::sales::order::places::{self, Purpose, Route};
use crate::sales::order::pricing::{self, Frame, References};
use crate::sales::order::rules::{self, Transition};
use crate::sales::order::sourcing::{self, Spread, Wanted};
use crate::sales::order::{load, store};
use crate::sales::order_hold::{ops as holds, store as hold_store};
use crate::stock::ledger::{self, Book, Demand, Needs, Plan, Posting, StockCause};
use crate::stock::warehouse::rules as warehouses;

/// A draft to be confirmed.
#[derive(Clone, Debug)]
pub struct ConfirmOrder {
    /// Which one.
    pub order: Reference<SalesOrderId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// Where lines are served from that do not say.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// How warehouses are chosen for lines that do not say.
    pub sourcing: Option<Sourcing>,
    /// What happens when too little is available.
    pub on_shortage: ShortagePolicy,
    /// What happens when the customer's credit limit would be passed.
    pub on_credit_limit: CreditPolicy,
    /// Whether prices and taxes are fixed anew, as of today.
    pub reprice: bool,
    /// Whether a quotation may be confirmed behind its last day.
    pub ignore_validity: bool,
}

/// Confirms a draft.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn confirm(app: &App, envelope: Envelope<ConfirmOrder>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ConfirmOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let today = app.company.day(tx.now());
        let found = locked::lock(tx, &command.order, &mut rejections).await?;
        let Some(mut found) = found else {
            return Ok(Done::refused(rejections));
        };
        let mut facts = found.facts(Quantity::ZERO, today);
        facts.is_expired &= !command.ignore_validity;
        let path = Path::input().at("salesOrder");
        if let Err(reason) = rules::check_at(Transition::Confirm, &facts, &path) {
            rejections.push(reason);
            return Ok(Done::refused(rejections));
        }
        let version = found.order.version;
        rejections.extend(check_version(command.expected_version, version).err());
        let (whole, base) = (whole(command, &found), app.company.base_currency);
        let references = load::find_references(tx.conn(), &[&whole], base).await?;
        rejections.extend(archived(&references, &path));
        if command.reprice {
            let frame = frame(&references, &found, app, today);
            let outcome = frame.map(|it| reprice::reprice(&mut found.lines, &references, it));
            rejections.extend(outcome.and_then(Result::err).into_iter().flatten());
        }
        let wanted = wanted(command, &mut found.lines, &references);
        let wanted = wanted.map_err(|more| rejections.extend(more));
        let Some(wanted) = wanted.ok().filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let mut order = found.order.clone();
        document::sum_up(&mut order, &found.lines);
        let policy = (command.on_credit_limit, Amount::ZERO);
        let held = match limit(app, tx, call, (&references, &order), policy).await? {
            Ok(held) => held,
            Err(reason) => return Ok(Done::refused(vec![reason])),
        };
        let posting = locked::posting(tx, call, today);
        let of_stock = (&wanted[..], command.on_shortage);
        let book = match reserve(tx, posting, &mut found, of_stock).await? {
            Ok(book) => book,
            Err(reasons) => return Ok(Done::refused(reasons)),
        };
        order.status = SalesOrderStatus::Confirmed;
        let mut events = vec![event(call, &order)];
        events.extend(held.iter().map(|hold| holds::placed(call, hold)));
        let id = order.id;
        hold_store::insert(tx.conn(), held.into_iter().collect()).await?;
        store::save(tx.conn(), order, found.lines, tx.now()).await?;
        ledger::record(tx, &book).await?;
        Ok(ledger::done(call, id.0, events, book))
    })
}

/// Takes what an order comes to, beyond what is counted of it already, from what is left of the
/// customer's credit limit; the hold that it is put on where it does not fit and that is wanted.
pub(super) async fn limit(
    app: &App,
    tx: &Tx,
    call: &Call,
    (references, order): (&References, &sales_order::Model),
    (policy, counted): (CreditPolicy, Amount),
) -> Result<Result<Option<sales_order_hold::Model>, Rejection>, TxError> {
    let base = app.company.base_currency;
    let buyers = references.buyers.iter().map(|buyer| &buyer.customer);
    let mut exposures = credit::lock(tx, buyers, base).await?;
    let more = in_base(order, base).0.saturating_sub(counted.0);
    let asked = Asked {
        customer_id: order.customer_id,
        amount: Amount(more),
        policy,
        currency: base,
    };
    let reason = exposures.take(asked, &Path::input().at("salesOrder"));
    let hold = |reason| holds::new_row(tx, call, order.id, (SalesOrderHoldKind::Credit, reason));
    Ok(reason.map(|reason| reason.map(hold)))
}

fn event(call: &Call, order: &sales_order::Model) -> NewEvent {
    NewEvent {
        operation_id: call.operation_id,
        kind: "sales_order.confirmed",
        schema_version: 1,
        subject_id: order.id.0,
        facts: json!({ "customerId": order.customer_id, "net": order.net }).to_string(),
    }
}

/// Everything that the order refers to, as if it were a new one.
fn whole(command: &ConfirmOrder, locked: &Locked) -> NewOrder {
    let line = |line: &sales_order_line::Model| NewLine {
        id: line.id,
        variant: Reference::Id(line.variant_id),
        warehouse: line.warehouse_id.map(Reference::Id),
        description: None,
        quantity: line.quantity,
        unit_price: None,
        discount_rate: Rate::ZERO,
    };
    NewOrder {
        id: locked.order.id,
        customer: Reference::Id(locked.order.customer_id),
        warehouse: command.warehouse.clone(),
        date: locked.order.date,
        on_shortage: command.on_shortage,
        sourcing: command.sourcing.clone(),
        priority: locked.order.priority,
        on_credit_limit: command.on_credit_limit,
        exchange_rate: Some(locked.order.exchange_rate),
        prices_include_tax: locked.order.prices_include_tax,
        details: Details::default(),
        lines: locked.lines.iter().map(line).collect(),
    }
}

fn frame(
    found: &References,
    locked: &Locked,
    app: &App,
    today: chrono::NaiveDate,
) -> Option<Frame> {
    let base = app.company.base_currency;
    let with_tax = locked.order.prices_include_tax;
    let mut frame = Frame::of(found.buyers.first()?, base, today, with_tax);
    let own = entity::vocab::CurrencyCode::parse(&locked.order.currency);
    frame.currency = own.unwrap_or(frame.currency);
    Some(frame)
}

/// What was archived since the quotation was written is not sold any longer.
fn archived(found: &References, path: &Path) -> Vec<Rejection> {
    let is = |status| status == RecordStatus::Archived;
    let customer = found.buyers.iter().any(|one| is(one.customer.status));
    let variant = found.variants.iter().any(|one| is(one.variant.status));
    let nouns = [("customer", customer), ("variant", variant)];
    nouns
        .into_iter()
        .filter(|(_, is_archived)| *is_archived)
        .map(|(noun, _)| Rejection::new(path.clone(), Problem::Archived(noun)))
        .collect()
}

/// What each line wants, and from where; lines that left it open learn where it is.
fn wanted(
    command: &ConfirmOrder,
    lines: &mut [sales_order_line::Model],
    found: &References,
) -> Result<Vec<Wanted>, Vec<Rejection>> {
    let is_named = command.warehouse.is_some();
    let (route, mut rejections) = Route::of(command.sourcing.as_ref(), is_named, found);
    let policy = (command.on_shortage, Purpose::Reserve, &route);
    let path = Path::input().at("warehouse");
    if let Some(named) = &command.warehouse {
        rejections.extend(
            warehouses::usable(&found.warehouses, named, &path)
                .err()
                .flatten(),
        );
    }
    let mut wanted = Vec::with_capacity(lines.len());
    for line in lines {
        let own = line.warehouse_id.map(Reference::Id);
        let mut want = Wanted {
            variant_id: line.variant_id,
            quantity: rules::open_quantity(line),
            warehouses: Vec::new(),
            spread: Spread::OnePlace,
        };
        if line.is_stock_tracked {
            let (named, path) = match &own {
                Some(own) => (Some(own), Path::input().at("salesOrder")),
                None => (command.warehouse.as_ref(), path.clone()),
            };
            match places::places(policy, named, &path, found) {
                Ok(places) => {
                    (want.warehouses, want.spread) = (places.warehouses, places.spread);
                    line.warehouse_id = places.own;
                }
                Err(reason) => {
                    let reason = reason.filter(|one| !rejections.contains(one));
                    rejections.extend(reason);
                }
            }
        }
        wanted.push(want);
    }
    if rejections.is_empty() {
        Ok(wanted)
    } else {
        Err(rejections)
    }
}

async fn reserve(
    tx: &Tx,
    posting: Posting,
    found: &mut Locked,
    (wanted, policy): (&[Wanted], ShortagePolicy),
) -> Result<Result<Book, Vec<Rejection>>, TxError> {
    let (keys, optional) = pricing::keys(wanted.iter(), policy);
    let plan = Plan {
        keys,
        optional,
        needs: Needs::Levels,
        demands: Vec::new(),
    };
    let mut book = ledger::load(tx, &plan, posting).await?;
    let allocations = match sourcing::allocate(wanted, policy, &book) {
        Ok(allocations) => allocations,
        Err(reasons) => {
            let paths = vec![Path::input().at("salesOrder"); wanted.len()];
            let at = |reason| sourcing::at_place(reason, &paths);
            return Ok(Err(reasons.into_iter().map(at).collect()));
        }
    };
    for (index, line) in found.lines.iter_mut().enumerate() {
        let first = || sourcing::first_place(index, &allocations);
        line.warehouse_id = line.warehouse_id.or_else(first);
    }
    for one in allocations {
        let demand = Demand::OrderLine(found.lines[one.line].id);
        let id = book.promise(posting, (demand, one.key), one.promise, None);
        book.prioritize(id, found.order.priority, posting.now);
    }
    book.end_command(posting, StockCause::SalesOrder(found.order.id));
    Ok(Ok(book))
}
