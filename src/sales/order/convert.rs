//! Converting a hold into an order: what the hold keeps is handed over, with no moment between in
//! which somebody else could take it.

use std::collections::BTreeMap;

use entity::stock::stock_hold_line;
use entity::vocab::{
    Rate, SalesOrderLineId, StockHoldId, StockHoldLineId, StockHoldStatus, UnitPrice,
};
use futures_util::future::BoxFuture;

use super::document::{NewLine, NewOrder};
use super::place::{self, Placed};
use super::places::Purpose;
use super::pricing;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::credit::store as credit;
use crate::stock::hold::{ops as holds, rules as hold_rules, store as hold_store};
use crate::stock::ledger::{self, Book, Demand, Needs, Plan, Posting, StockCause};

/// A price or discount of the caller's own for a line of the hold.
#[derive(Clone, Copy, Debug)]
pub struct LinePrice {
    /// The hold line; none when its id was not readable.
    pub line_id: Option<StockHoldLineId>,
    /// Price of one base unit.
    pub unit_price: Option<UnitPrice>,
    /// Share taken off.
    pub discount_rate: Rate,
}

/// A hold that is to become an order.
#[derive(Clone, Debug)]
pub struct ConvertHold {
    /// Which one.
    pub hold: Reference<StockHoldId>,
    /// The order it is to become; its lines come from the hold.
    pub order: NewOrder,
    /// Prices of the caller's own.
    pub prices: Vec<LinePrice>,
}

/// Converts a hold into an order.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn convert(app: &App, envelope: Envelope<ConvertHold>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<ConvertHold>];

fn handle<'t>(app: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let hold = holds::lock(tx, &command.hold, &mut rejections).await?;
        let lines = match &hold {
            Some(hold) => hold_store::lines(tx.conn(), hold.id).await?,
            None => Vec::new(),
        };
        if hold.is_some() {
            rejections.extend(unknown_lines(&command.prices, &lines));
        }
        let mut order = command.order.clone();
        order.lines = order_lines(&lines, &command.prices);
        let envelope = Envelope {
            call: call.clone(),
            command: order,
        };
        let base = app.company.base_currency;
        let found = place::load_references(tx, &[&envelope], base).await?;
        let priced = pricing::price(&envelope.command, &found, base, Purpose::Reserve);
        let (priced, hold) = match (priced, hold) {
            (Ok(priced), Some(hold)) if rejections.is_empty() => (priced, hold),
            (priced, _) => {
                let of_order = priced.err().unwrap_or_default().into_iter();
                rejections.extend(of_order.map(|one| of_hold(one, &lines, &command.prices)));
                return Ok(Done::refused(rejections));
            }
        };
        let buyers = found.buyers.iter().map(|buyer| &buyer.customer);
        let mut exposures = credit::lock(tx, buyers, base).await?;
        let of = (&envelope.call, &envelope.command);
        let on_hold = match place::check_credit(tx, of, &priced, (&mut exposures, base)) {
            Ok(on_hold) => on_hold,
            Err(reason) => return Ok(Done::refused(vec![reason])),
        };
        let posting = place::posting(tx, &envelope);
        let demands = lines.iter().map(|line| Demand::HoldLine(line.id)).collect();
        let plan = Plan::of_demands(tx, demands, Needs::Levels).await?;
        let mut book = ledger::load(tx, &plan, posting).await?;
        if let Err(reason) = hold_rules::check_kept(&lines, &book) {
            return Ok(Done::refused(vec![reason]));
        }
        hand_over(&mut book, posting, &lines, &envelope.command.lines);
        let order_id = envelope.command.id;
        book.end_command(posting, StockCause::SalesOrder(order_id));
        let placed = [Placed {
            envelope: &envelope,
            priced,
            hold: on_hold,
        }];
        place::record(tx, &placed, &book).await?;
        let end = (StockHoldStatus::Converted, Some(order_id));
        hold_store::end(tx.conn(), hold.id, end, tx.now()).await?;
        let events = placed[0].events();
        Ok(ledger::done(&envelope.call, order_id.0, events, book))
    })
}

/// What the lines of the hold keep goes to those of the order.
fn hand_over(
    book: &mut Book,
    posting: Posting,
    lines: &[stock_hold_line::Model],
    ordered: &[NewLine],
) {
    for (line, ordered) in lines.iter().zip(ordered) {
        for id in book.active_of(Demand::HoldLine(line.id)) {
            book.hand_over(posting, id, Demand::OrderLine(ordered.id), line.quantity);
        }
    }
}

fn unknown_lines(prices: &[LinePrice], lines: &[stock_hold_line::Model]) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    let mut seen = BTreeMap::new();
    for (index, price) in prices.iter().enumerate() {
        let Some(id) = price.line_id else { continue };
        let path = Path::input().at("prices").at(index).at("line");
        if !lines.iter().any(|line| line.id == id) {
            let problem = Problem::NotFound("line of this hold");
            rejections.push(Rejection::new(path, problem));
        } else if seen.insert(id, index).is_some() {
            rejections.push(Rejection::invalid(path, "This line is priced twice."));
        }
    }
    rejections
}

/// The caller sent no lines: what is wrong with one is said of its price, or of the hold.
fn of_hold(
    rejection: Rejection,
    lines: &[stock_hold_line::Model],
    prices: &[LinePrice],
) -> Rejection {
    let steps: Vec<&str> = rejection.path.steps().iter().map(String::as_str).collect();
    let given = |index: &str| {
        let line = index
            .parse()
            .ok()
            .and_then(|index: usize| lines.get(index))?;
        prices
            .iter()
            .position(|price| price.line_id == Some(line.id))
    };
    let prices = Path::input().at("prices");
    let path = match steps.as_slice() {
        ["input", "lines"] => prices,
        ["input", "lines", index, "unitPrice" | "quantity"] => match given(index) {
            Some(place) => prices.at(place).at("unitPrice"),
            None => prices,
        },
        ["input", "lines", ..] => Path::input().at("stockHold"),
        _ => return rejection,
    };
    Rejection::new(path, rejection.problem)
}

fn order_lines(lines: &[stock_hold_line::Model], prices: &[LinePrice]) -> Vec<NewLine> {
    let line = |line: &stock_hold_line::Model| {
        let price = prices.iter().find(|price| price.line_id == Some(line.id));
        NewLine {
            id: SalesOrderLineId::generate(),
            variant: Reference::Id(line.variant_id),
            warehouse: Some(Reference::Id(line.warehouse_id)),
            description: None,
            quantity: line.quantity,
            unit_price: price.and_then(|price| price.unit_price),
            discount_rate: price.map_or(Rate::ZERO, |price| price.discount_rate),
        }
    };
    lines.iter().map(line).collect()
}
