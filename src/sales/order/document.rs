//! What an order is made of, before it is priced, and the rows it becomes.

use chrono::NaiveDate;
use entity::sales::{sales_order, sales_order_line};
use entity::vocab::{
    CustomerId, ExchangeRate, ProductVariantId, Progress, Quantity, Rate, SalesOrderId,
    SalesOrderLineId, SalesOrderStatus, ShortagePolicy, SourcingStrategy, UnitPrice, WarehouseId,
};
use serde_json::Value as Json;

use super::pricing::{PricedLine, PricedOrder};
use super::rules;
use crate::platform::command::Call;
use crate::platform::db::Tx;
use crate::platform::lane::Weight;
use crate::platform::reference::Reference;
use crate::sales::credit::rules::CreditPolicy;

/// A line of a new order.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// Its id.
    pub id: SalesOrderLineId,
    /// What is ordered.
    pub variant: Reference<ProductVariantId>,
    /// Where from; the order's warehouse when left out.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// What it is, where the variant's name does not say enough.
    pub description: Option<String>,
    /// How much.
    pub quantity: Quantity,
    /// A price of the caller's own.
    pub unit_price: Option<UnitPrice>,
    /// Share taken off.
    pub discount_rate: Rate,
}

/// What an order says beside its lines.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// The last day a quotation can be confirmed.
    pub valid_until: Option<NaiveDate>,
    /// The customer's own number for it.
    pub customer_reference: Option<String>,
    /// When the customer wants it.
    pub requested_delivery_on: Option<NaiveDate>,
    /// Where the goods go.
    pub shipping_address: Option<Json>,
    /// Where the bill goes.
    pub billing_address: Option<Json>,
    /// A remark.
    pub note: Option<String>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
}

/// How the warehouses of an order are to be chosen.
#[derive(Clone, Debug)]
pub struct Sourcing {
    /// By which rule.
    pub strategy: SourcingStrategy,
    /// Among which, in order; none: all active ones, by their priority.
    pub warehouses: Vec<Reference<WarehouseId>>,
}

/// An order to be made.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Its id.
    pub id: SalesOrderId,
    /// Who buys.
    pub customer: Reference<CustomerId>,
    /// Where lines are served from that do not say.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// What happens when too little is available.
    pub on_shortage: ShortagePolicy,
    /// How warehouses are chosen for lines that name none; the company's way when left out.
    pub sourcing: Option<Sourcing>,
    /// Who is served first of those that wait: the highest.
    pub priority: i32,
    /// What happens when the customer's credit limit would be passed.
    pub on_credit_limit: CreditPolicy,
    /// What one unit of the customer's currency is worth in the company's.
    pub exchange_rate: Option<ExchangeRate>,
    /// Whether the unit prices are with tax.
    pub prices_include_tax: bool,
    /// What it says beside its lines.
    pub details: Details,
    /// What is ordered.
    pub lines: Vec<NewLine>,
}

impl Weight for NewOrder {
    fn lines(&self) -> usize {
        self.lines.len()
    }
}

/// The row of a new order.
#[must_use]
pub fn order_row(
    tx: &Tx,
    call: &Call,
    (order, priced): (&NewOrder, &PricedOrder),
    (number, status): (String, SalesOrderStatus),
) -> sales_order::Model {
    let details = order.details.clone();
    sales_order::Model {
        id: order.id,
        customer_id: priced.customer_id,
        currency: priced.currency.code().to_owned(),
        valid_until: details.valid_until,
        exchange_rate: priced.exchange_rate,
        prices_include_tax: order.prices_include_tax,
        net: priced.totals.net,
        tax: priced.totals.tax,
        gross: priced.totals.gross,
        fulfilment: first_progress(&priced.lines),
        billing: Progress::None,
        priority: order.priority,
        customer_reference: details.customer_reference,
        requested_delivery_on: details.requested_delivery_on,
        shipping_address: details.shipping_address.or(priced.shipping_address.clone()),
        billing_address: details.billing_address.or(priced.billing_address.clone()),
        note: details.note,
        number,
        status,
        date: order.date,
        external_id: details.external_id,
        metadata: details.metadata,
        operation_id: call.operation_id,
        created_by: call.actor.caller_id(),
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    }
}

/// An order without goods has nothing to be shipped.
fn first_progress(lines: &[PricedLine]) -> Progress {
    if lines.iter().any(|line| line.is_stock_tracked) {
        Progress::None
    } else {
        Progress::Full
    }
}

/// The rows of a new order's lines; positions go on behind `last`.
#[must_use]
pub fn line_rows(
    id: SalesOrderId,
    (lines, priced): (&[NewLine], &[PricedLine]),
    last: i32,
) -> Vec<sales_order_line::Model> {
    let row = |(line, priced): (&NewLine, &PricedLine)| sales_order_line::Model {
        id: line.id,
        sales_order_id: id,
        position: 0,
        variant_id: priced.wanted.variant_id,
        is_stock_tracked: priced.is_stock_tracked,
        warehouse_id: priced.warehouse_id,
        description: line.description.clone(),
        quantity: line.quantity,
        unit_price: priced.quote.unit_price,
        price_source: priced.quote.source,
        price_list_id: priced.quote.price_list_id,
        discount_rate: line.discount_rate,
        tax_class_id: priced.tax.class,
        tax_rate: priced.tax.rate,
        net: priced.amounts.net,
        tax: priced.amounts.tax,
        gross: priced.amounts.gross,
        allocated: Quantity::ZERO,
        shipped: Quantity::ZERO,
        closed: Quantity::ZERO,
        invoiced: Quantity::ZERO,
    };
    let mut rows: Vec<sales_order_line::Model> = lines.iter().zip(priced).map(row).collect();
    for (row, position) in rows.iter_mut().zip(last + 1..) {
        row.position = position;
    }
    rows
}

/// Puts the sums of its lines on an order, and how far they are.
pub fn sum_up(order: &mut sales_order::Model, lines: &[sales_order_line::Model]) {
    let totals = rules::totals(lines);
    (order.net, order.tax, order.gross) = (totals.net, totals.tax, totals.gross);
    order.fulfilment = rules::progress(lines);
}
