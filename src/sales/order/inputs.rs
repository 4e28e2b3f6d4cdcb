//! Inputs of sales orders, and how they become commands.

use async_graphql::{Context, Enum, ID, InputObject};
use entity::vocab::{
    Rate, SalesOrderId, SalesOrderLineId, ShortagePolicy, StockHoldLineId, UnitPrice,
};

use super::cancel::CancelOrder;
use super::convert::{ConvertHold, LinePrice};
use super::place::{PlaceLine, PlaceOrder};
use crate::catalog::product::graphql::ProductVariantReference;
use crate::graphql::context::{actor, company};
use crate::graphql::{Date, Decimal, Reading, reference_input};
use crate::party::customer::graphql::CustomerReference;
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::LINES_MAX;
use crate::platform::rejection::{Path, Problem};
use crate::stock::hold::graphql::StockHoldReference;
use crate::stock::warehouse::graphql::WarehouseReference;

reference_input!(
    /// Names a sales order.
    SalesOrderReference -> SalesOrderId,
    /// Its number.
    Number("number")
);

/// What happens when too little is available.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ShortagePolicy", remote = "ShortagePolicy")]
pub enum ShortagePolicyKind {
    /// The whole order is refused: all or nothing.
    Reject,
    /// What is missing waits for stock, and is served oldest first when stock arrives.
    Backorder,
    /// What is missing is taken from other active warehouses, by code; what they all lack refuses
    /// the order.
    Split,
}

/// A line of a new order.
#[derive(InputObject)]
pub struct SalesOrderLineInput {
    /// The variant.
    variant: ProductVariantReference,
    /// How much, in the variant's base unit; above zero, with at most the unit's decimals.
    quantity: Decimal,
    /// Price of one base unit, in the order's currency; the variant's own price when left out.
    /// Needs the scope `sales_orders:price`.
    unit_price: Option<Decimal>,
    /// Share taken off the line, 0 to 1; 0.15 is fifteen per cent. Needs the scope
    /// `sales_orders:price`.
    discount_rate: Option<Decimal>,
    /// Where this line is served from; the order's warehouse when left out.
    warehouse: Option<WarehouseReference>,
}

/// A new sales order, placed and confirmed in one call.
#[derive(InputObject)]
pub struct SalesOrderPlaceInput {
    /// Who buys.
    customer: CustomerReference,
    /// What is ordered: 1 to 1,000 lines.
    lines: Vec<SalesOrderLineInput>,
    /// Where the goods are served from. May be left out when there is only one active warehouse,
    /// or with SPLIT.
    warehouse: Option<WarehouseReference>,
    /// What happens when too little is available.
    #[graphql(default_with = "ShortagePolicyKind::Reject")]
    on_shortage: ShortagePolicyKind,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// The id your own system knows it by, unique among sales orders.
    external_id: Option<String>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderPlaceInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<PlaceOrder> {
        let mut reading = Reading::of("salesOrderPlace", &self);
        let Self {
            customer,
            lines,
            warehouse,
            on_shortage,
            date,
            external_id,
            idempotency_key,
        } = self;
        let path = Path::input();
        let may_price = actor(ctx).may(Scope::SalesOrdersPrice);
        reading.check.line_count(path.at("lines"), lines.len());
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines
            .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index), may_price))
            .collect();
        let command = PlaceOrder {
            id: SalesOrderId::generate(),
            customer: customer.read(&mut reading, &path.at("customer")),
            warehouse: warehouse.map(|by| by.read(&mut reading, &path.at("warehouse"))),
            date: reading.check.past_day(path.at("date"), date, today),
            on_shortage: on_shortage.into(),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            lines,
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

impl SalesOrderLineInput {
    fn read(self, reading: &mut Reading, path: &Path, may_price: bool) -> PlaceLine {
        let Self {
            variant,
            quantity,
            unit_price,
            discount_rate,
            warehouse,
        } = self;
        let (unit_price, discount_rate) =
            read_price(reading, path, (unit_price, discount_rate), may_price);
        PlaceLine {
            id: SalesOrderLineId::generate(),
            discount_rate,
            variant: variant.read(reading, &path.at("variant")),
            warehouse: warehouse.map(|by| by.read(reading, &path.at("warehouse"))),
            quantity: reading
                .check
                .positive_quantity(path.at("quantity"), &quantity.0),
            unit_price,
        }
    }
}

/// Which order to cancel.
#[derive(InputObject)]
pub struct SalesOrderCancelInput {
    /// The order.
    sales_order: SalesOrderReference,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderCancelInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<CancelOrder> {
        let mut reading = Reading::of("salesOrderCancel", &self);
        let Self {
            sales_order,
            idempotency_key,
        } = self;
        let order = sales_order.read(&mut reading, &Path::input().at("salesOrder"));
        reading.finish(
            ctx,
            idempotency_key,
            (uuid::Uuid::nil(), CancelOrder { order }),
        )
    }
}

/// A price or discount of your own for a line of the hold.
#[derive(InputObject)]
pub struct StockHoldPriceInput {
    /// The id of the hold line.
    line: ID,
    /// Price of one base unit; the variant's own price when left out. Needs the scope
    /// `sales_orders:price`.
    unit_price: Option<Decimal>,
    /// Share taken off the line, 0 to 1. Needs the scope `sales_orders:price`.
    discount_rate: Option<Decimal>,
}

/// Which hold becomes an order, and whose.
#[derive(InputObject)]
pub struct StockHoldConvertInput {
    /// The hold; it must be active.
    stock_hold: StockHoldReference,
    /// Who buys.
    customer: CustomerReference,
    /// Prices and discounts of your own; other lines get the variant's price.
    #[graphql(default)]
    prices: Vec<StockHoldPriceInput>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// The id your own system knows the order by, unique among sales orders.
    external_id: Option<String>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockHoldConvertInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ConvertHold> {
        let mut reading = Reading::of("stockHoldConvert", &self);
        let Self {
            stock_hold,
            customer,
            prices,
            date,
            external_id,
            idempotency_key,
        } = self;
        let path = Path::input();
        if prices.len() > LINES_MAX {
            let message = format!("Must have at most {LINES_MAX} lines.");
            reading.check.complain(path.at("prices"), message);
        }
        let may_price = actor(ctx).may(Scope::SalesOrdersPrice);
        let today = company(ctx).day(clock::now());
        let prices = prices.into_iter().take(LINES_MAX).enumerate();
        let prices = prices
            .map(|(index, price)| price.read(&mut reading, &path.at("prices").at(index), may_price))
            .collect();
        let order = PlaceOrder {
            id: SalesOrderId::generate(),
            customer: customer.read(&mut reading, &path.at("customer")),
            warehouse: None,
            date: reading
                .check
                .past_day(path.at("date"), date.map(|date| date.0), today),
            on_shortage: ShortagePolicy::Reject,
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            lines: Vec::new(),
        };
        let hold = stock_hold.read(&mut reading, &path.at("stockHold"));
        let command = ConvertHold {
            hold,
            order,
            prices,
        };
        reading.finish(ctx, idempotency_key, (command.order.id.0, command))
    }
}

impl StockHoldPriceInput {
    fn read(self, reading: &mut Reading, path: &Path, may_price: bool) -> LinePrice {
        let Self {
            line,
            unit_price,
            discount_rate,
        } = self;
        let (unit_price, discount_rate) =
            read_price(reading, path, (unit_price, discount_rate), may_price);
        let line_id = reading
            .check
            .id(path.at("line"), StockHoldLineId::parse(&line));
        LinePrice {
            line_id,
            unit_price,
            discount_rate,
        }
    }
}

/// A price and a discount of the caller's own, which need a scope of their own.
fn read_price(
    reading: &mut Reading,
    path: &Path,
    (unit_price, discount_rate): (Option<Decimal>, Option<Decimal>),
    may_price: bool,
) -> (Option<UnitPrice>, Rate) {
    for (field, is_set) in [
        ("unitPrice", unit_price.is_some()),
        ("discountRate", discount_rate.is_some()),
    ] {
        if is_set && !may_price {
            let problem = Problem::FieldForbidden(Scope::SalesOrdersPrice.as_str());
            reading.check.reject(path.at(field), problem);
        }
    }
    let price = unit_price.map(|price| reading.check.price(path.at("unitPrice"), &price.0));
    let rate = discount_rate.map(|rate| reading.check.rate(path.at("discountRate"), &rate.0));
    (price, rate.unwrap_or(Rate::ZERO))
}
