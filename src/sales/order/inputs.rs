//! Inputs of sales orders, and how they become commands.

use async_graphql::{Context, Enum, ID, InputObject, Json};
use entity::vocab::{
    ExchangeRate, Rate, SalesOrderId, SalesOrderLineId, ShortagePolicy, StockHoldLineId, UnitPrice,
};
use serde_json::Value;

use super::address::inputs::OrderAddress;
use super::cancel::CancelOrder;
use super::close::CloseOrder;
use super::convert::{ConvertHold, LinePrice};
use super::document::{Details, NewLine, NewOrder};
use crate::catalog::product::graphql::ProductVariantReference;
use crate::graphql::context::{actor, company};
use crate::graphql::{Date, Decimal, Reading, reference_input};
use crate::party::customer::graphql::CustomerReference;
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{CODE_LENGTH_MAX, LINES_MAX, NAME_LENGTH_MAX};
use crate::platform::rejection::{Path, Problem};
use crate::sales::credit::graphql::CreditPolicyKind;
use crate::sales::sourcing::inputs::{SourcingInput, read_sourcing};
use crate::stock::hold::graphql::StockHoldReference;
use crate::stock::ledger::{PRIORITY_MAX, PRIORITY_NORMAL};
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
    /// What is missing waits for stock, and is served when stock arrives: the highest priority
    /// first, of the same the oldest. Where several warehouses may serve, it waits in the first.
    Backorder,
    /// What is missing is taken from other active warehouses, by their priority; what they all lack
    /// refuses the order.
    Split,
}

/// A line of a new order.
#[derive(InputObject)]
pub struct SalesOrderLineInput {
    /// The variant.
    variant: ProductVariantReference,
    /// How much, in the variant's base unit; above zero, with at most the unit's decimals.
    quantity: Decimal,
    /// Price of one base unit, in the order's currency; when left out, the price of the customer's
    /// list, of its group's list, or the variant's own. Needs the scope `sales_orders:price`.
    unit_price: Option<Decimal>,
    /// Share taken off the line, 0 to 1; 0.15 is fifteen per cent. Needs the scope
    /// `sales_orders:price`.
    discount_rate: Option<Decimal>,
    /// Where this line is served from; the order's warehouse when left out. Not of variants that
    /// are not kept in stock.
    warehouse: Option<WarehouseReference>,
    /// What it is, where the variant's name does not say enough; at most 200 characters.
    description: Option<String>,
}

/// What orders say beside their lines, as it comes in inputs.
pub(in crate::sales) struct DetailsGiven {
    pub valid_until: Option<Date>,
    pub customer_reference: Option<String>,
    pub requested_delivery_date: Option<Date>,
    pub shipping_address: Option<OrderAddress>,
    pub billing_address: Option<OrderAddress>,
    pub note: Option<String>,
    pub external_id: Option<String>,
    pub metadata: Option<Json<Value>>,
}

impl DetailsGiven {
    pub(in crate::sales) fn read(self, reading: &mut Reading) -> Details {
        let path = Path::input();
        let address = |reading: &mut Reading, field: &str, address: Option<OrderAddress>| {
            address.map(|address| address.read(reading, &path.at(field)))
        };
        let shipping_address = address(reading, "shippingAddress", self.shipping_address);
        let billing_address = address(reading, "billingAddress", self.billing_address);
        let check = &mut reading.check;
        let mut day =
            |field: &str, date: Option<Date>| date.map(|date| check.day(path.at(field), date.0));
        let valid_until = day("validUntil", self.valid_until);
        let requested_delivery_on = day("requestedDeliveryDate", self.requested_delivery_date);
        let reference = self.customer_reference.as_deref();
        Details {
            valid_until,
            customer_reference: check.optional_text(
                path.at("customerReference"),
                reference,
                CODE_LENGTH_MAX,
            ),
            requested_delivery_on,
            shipping_address,
            billing_address,
            note: check.note(path.at("note"), self.note.as_deref()),
            external_id: self
                .external_id
                .map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), self.metadata),
        }
    }
}

/// Reads what one unit of the order's currency is worth.
pub(in crate::sales) fn read_rate(
    reading: &mut Reading,
    rate: Option<Decimal>,
) -> Option<ExchangeRate> {
    let rate = rate?;
    let path = Path::input().at("exchangeRate");
    reading.check.exchange_rate(path, &rate.0)
}

/// Reads who is served first of those that wait.
pub(in crate::sales) fn read_priority(reading: &mut Reading, priority: i32) -> i32 {
    let path = Path::input().at("priority");
    reading.check.whole(path, priority, (0, PRIORITY_MAX))
}

/// Reads lines at a place in the input.
pub(in crate::sales) fn read_lines(
    reading: &mut Reading,
    lines: Vec<SalesOrderLineInput>,
    path: &Path,
    may_price: bool,
) -> Vec<NewLine> {
    let lines = lines.into_iter().take(LINES_MAX).enumerate();
    lines
        .map(|(index, line)| line.read(reading, &path.at(index), may_price))
        .collect()
}

/// A new sales order, placed and confirmed in one call.
#[derive(InputObject)]
pub struct SalesOrderPlaceInput {
    /// Who buys.
    customer: CustomerReference,
    /// What is ordered: 1 to 1,000 lines.
    lines: Vec<SalesOrderLineInput>,
    /// Where the goods are served from. May be left out when there is only one active warehouse,
    /// with SPLIT, or where `sourcing` or the company's setting says how one is chosen.
    warehouse: Option<WarehouseReference>,
    /// How warehouses are chosen for lines that name none; when left out, as the company has
    /// settled on. Not together with `warehouse`, but for GIVEN_WAREHOUSE.
    sourcing: Option<SourcingInput>,
    /// Who is served first of those that wait for stock: 0 to 9, the highest first; 5 by default.
    #[graphql(default_with = "PRIORITY_NORMAL")]
    priority: i32,
    /// What happens when too little is available.
    #[graphql(default_with = "ShortagePolicyKind::Reject")]
    on_shortage: ShortagePolicyKind,
    /// What happens when the customer's credit limit would be passed. IGNORE needs the scope
    /// `credit:write`.
    #[graphql(default_with = "CreditPolicyKind::Reject")]
    on_credit_limit: CreditPolicyKind,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// What one unit of the customer's currency is worth in the company's, above zero, at most
    /// twelve decimals. Left out, it is the rate that was set for its day; 1 where the two are
    /// the same.
    exchange_rate: Option<Decimal>,
    /// Whether the unit prices are with tax; false by default.
    #[graphql(default)]
    prices_include_tax: bool,
    /// The customer's own number for it, at most 64 characters.
    customer_reference: Option<String>,
    /// When the customer wants it.
    requested_delivery_date: Option<Date>,
    /// Where the goods go; when left out, the customer's first SHIPPING address, else its first.
    shipping_address: Option<OrderAddress>,
    /// Where the bill goes; when left out, the customer's first BILLING address, else its first.
    billing_address: Option<OrderAddress>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
    /// The id your own system knows it by, unique among sales orders.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderPlaceInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<NewOrder> {
        let mut reading = Reading::of("salesOrderPlace", &self);
        let Self {
            customer,
            lines,
            warehouse,
            sourcing,
            priority,
            on_shortage,
            on_credit_limit,
            date,
            exchange_rate,
            prices_include_tax,
            customer_reference,
            requested_delivery_date,
            shipping_address,
            billing_address,
            note,
            external_id,
            metadata,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let sourcing = read_sourcing(&mut reading, sourcing, warehouse.is_some());
        let may_price = actor(ctx).may(Scope::SalesOrdersPrice);
        reading.check.line_count(path.at("lines"), lines.len());
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let lines = read_lines(&mut reading, lines, &path.at("lines"), may_price);
        let details = DetailsGiven {
            valid_until: None,
            customer_reference,
            requested_delivery_date,
            shipping_address,
            billing_address,
            note,
            external_id,
            metadata,
        };
        let command = NewOrder {
            id: SalesOrderId::generate(),
            customer: customer.read(&mut reading, &path.at("customer")),
            warehouse: warehouse.map(|by| by.read(&mut reading, &path.at("warehouse"))),
            date: reading.check.past_day(path.at("date"), date, today),
            on_shortage: on_shortage.into(),
            sourcing,
            priority: read_priority(&mut reading, priority),
            on_credit_limit: on_credit_limit.read(ctx, &mut reading),
            exchange_rate: read_rate(&mut reading, exchange_rate),
            prices_include_tax,
            details: details.read(&mut reading),
            lines,
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

impl SalesOrderLineInput {
    fn read(self, reading: &mut Reading, path: &Path, may_price: bool) -> NewLine {
        let Self {
            variant,
            quantity,
            unit_price,
            discount_rate,
            warehouse,
            description,
        } = self;
        let (unit_price, discount_rate) =
            read_price(reading, path, (unit_price, discount_rate), may_price);
        let description = description.as_deref();
        NewLine {
            id: SalesOrderLineId::generate(),
            description: reading.check.optional_text(
                path.at("description"),
                description,
                NAME_LENGTH_MAX,
            ),
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
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderCancelInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<CancelOrder> {
        let mut reading = Reading::of("salesOrderCancel", &self);
        let Self {
            sales_order,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let order = sales_order.read(&mut reading, &Path::input().at("salesOrder"));
        reading.finish(
            ctx,
            idempotency_key,
            (uuid::Uuid::nil(), CancelOrder { order }),
        )
    }
}

/// Which order to close.
#[derive(InputObject)]
pub struct SalesOrderCloseInput {
    /// The order.
    sales_order: SalesOrderReference,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderCloseInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<CloseOrder> {
        let mut reading = Reading::of("salesOrderClose", &self);
        let Self {
            sales_order,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let order = sales_order.read(&mut reading, &Path::input().at("salesOrder"));
        reading.finish(
            ctx,
            idempotency_key,
            (uuid::Uuid::nil(), CloseOrder { order }),
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
    /// What one unit of the customer's currency is worth in the company's, above zero, at most
    /// twelve decimals. Left out, it is the rate that was set for its day; 1 where the two are
    /// the same.
    exchange_rate: Option<Decimal>,
    /// Whether the unit prices are with tax; false by default.
    #[graphql(default)]
    prices_include_tax: bool,
    /// The id your own system knows the order by, unique among sales orders.
    external_id: Option<String>,
    /// What happens when the customer's credit limit would be passed. IGNORE needs the scope
    /// `credit:write`.
    #[graphql(default_with = "CreditPolicyKind::Reject")]
    on_credit_limit: CreditPolicyKind,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
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
            exchange_rate,
            prices_include_tax,
            on_credit_limit,
            external_id,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
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
        let order = NewOrder {
            id: SalesOrderId::generate(),
            customer: customer.read(&mut reading, &path.at("customer")),
            warehouse: None,
            date: reading
                .check
                .past_day(path.at("date"), date.map(|date| date.0), today),
            on_shortage: ShortagePolicy::Reject,
            sourcing: None,
            priority: PRIORITY_NORMAL,
            on_credit_limit: on_credit_limit.read(ctx, &mut reading),
            exchange_rate: read_rate(&mut reading, exchange_rate),
            prices_include_tax,
            details: Details {
                external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
                ..Details::default()
            },
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
pub(in crate::sales) fn read_price(
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
