//! Inputs of drafts and changes, and how they become commands.

use async_graphql::{Context, ID, InputObject, Json, MaybeUndefined};
use entity::vocab::{SalesOrderId, SalesOrderLineId, ShortagePolicy};
use serde_json::Value;
use uuid::Uuid;

use super::command::{ChangeLine, UpdateOrder};
use super::confirm::ConfirmOrder;
use super::create::DeleteOrder;
use crate::graphql::context::{actor, company};
use crate::graphql::{Date, Decimal, Reading};
use crate::party::customer::graphql::CustomerReference;
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{CODE_LENGTH_MAX, LINES_MAX, NAME_LENGTH_MAX};
use crate::platform::rejection::{Path, Problem};
use crate::sales::credit::graphql::CreditPolicyKind;
use crate::sales::credit::rules::CreditPolicy;
use crate::sales::order::address::inputs::OrderAddress;
use crate::sales::order::document::NewOrder;
use crate::sales::order::inputs::{
    DetailsGiven, SalesOrderLineInput, SalesOrderReference, ShortagePolicyKind, read_lines,
    read_priority, read_rate,
};
use crate::sales::order::prioritize::PrioritizeOrder;
use crate::sales::sourcing::inputs::{SourcingInput, read_sourcing};
use crate::stock::ledger::PRIORITY_NORMAL;
use crate::stock::warehouse::graphql::WarehouseReference;

/// A new draft of a sales order: a quotation.
#[derive(InputObject)]
pub struct SalesOrderCreateInput {
    /// Who buys. The order is in the customer's currency.
    customer: CustomerReference,
    /// What is offered: 1 to 1,000 lines. Their prices are fixed now.
    lines: Vec<SalesOrderLineInput>,
    /// Where the goods will be served from; may be left open until the order is confirmed.
    warehouse: Option<WarehouseReference>,
    /// Who is served first of those that wait for stock, once it is confirmed: 0 to 9, the highest
    /// first; 5 by default.
    #[graphql(default_with = "PRIORITY_NORMAL")]
    priority: i32,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// The last day it can be confirmed; for ever when left out. Not earlier than `date`.
    valid_until: Option<Date>,
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
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderCreateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<NewOrder> {
        let mut reading = Reading::of("salesOrderCreate", &self);
        let Self {
            customer,
            lines,
            warehouse,
            priority,
            date,
            valid_until,
            exchange_rate,
            prices_include_tax,
            customer_reference,
            requested_delivery_date,
            shipping_address,
            billing_address,
            note,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let may_price = actor(ctx).may(Scope::SalesOrdersPrice);
        reading.check.line_count(path.at("lines"), lines.len());
        let today = company(ctx).day(clock::now());
        let details = DetailsGiven {
            valid_until,
            customer_reference,
            requested_delivery_date,
            shipping_address,
            billing_address,
            note,
            external_id,
            metadata,
        };
        let date = date.map(|date| date.0);
        let command = NewOrder {
            id: SalesOrderId::generate(),
            lines: read_lines(&mut reading, lines, &path.at("lines"), may_price),
            customer: customer.read(&mut reading, &path.at("customer")),
            warehouse: warehouse.map(|by| by.read(&mut reading, &path.at("warehouse"))),
            date: reading.check.past_day(path.at("date"), date, today),
            on_shortage: ShortagePolicy::Reject,
            sourcing: None,
            priority: read_priority(&mut reading, priority),
            // A quotation is not checked; confirming it is.
            on_credit_limit: CreditPolicy::Ignore,
            exchange_rate: read_rate(&mut reading, exchange_rate),
            prices_include_tax,
            details: details.read(&mut reading),
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

/// Which draft to delete.
#[derive(InputObject)]
pub struct SalesOrderDeleteInput {
    /// The draft.
    sales_order: SalesOrderReference,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderDeleteInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<DeleteOrder> {
        let mut reading = Reading::of("salesOrderDelete", &self);
        let Self {
            sales_order,
            idempotency_key,
        } = self;
        let order = sales_order.read(&mut reading, &Path::input().at("salesOrder"));
        reading.finish(ctx, idempotency_key, (Uuid::nil(), DeleteOrder { order }))
    }
}

/// Which draft to confirm, and how.
#[derive(InputObject)]
pub struct SalesOrderConfirmInput {
    /// The draft.
    sales_order: SalesOrderReference,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// Where lines are served from that left it open. May be left out when there is only one
    /// active warehouse, with SPLIT, or where `sourcing` or the company's setting says how one is
    /// chosen.
    warehouse: Option<WarehouseReference>,
    /// How warehouses are chosen for lines that left it open; when left out, as the company has
    /// settled on. Not together with `warehouse`, but for GIVEN_WAREHOUSE.
    sourcing: Option<SourcingInput>,
    /// What happens when too little is available.
    #[graphql(default_with = "ShortagePolicyKind::Reject")]
    on_shortage: ShortagePolicyKind,
    /// What happens when the customer's credit limit would be passed. IGNORE needs the scope
    /// `credit:write`.
    #[graphql(default_with = "CreditPolicyKind::Reject")]
    on_credit_limit: CreditPolicyKind,
    /// Whether prices and taxes are fixed anew, as of today; prices that were given stay. False by
    /// default: the customer gets the prices of the quotation.
    #[graphql(default)]
    reprice: bool,
    /// Whether a quotation may be confirmed behind its `validUntil`; false by default.
    #[graphql(default)]
    ignore_validity: bool,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderConfirmInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ConfirmOrder> {
        let mut reading = Reading::of("salesOrderConfirm", &self);
        let Self {
            sales_order,
            expected_version,
            warehouse,
            sourcing,
            on_shortage,
            on_credit_limit,
            reprice,
            ignore_validity,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let sourcing = read_sourcing(&mut reading, sourcing, warehouse.is_some());
        let command = ConfirmOrder {
            order: sales_order.read(&mut reading, &path.at("salesOrder")),
            expected_version,
            warehouse: warehouse.map(|by| by.read(&mut reading, &path.at("warehouse"))),
            sourcing,
            on_shortage: on_shortage.into(),
            on_credit_limit: on_credit_limit.read(ctx, &mut reading),
            reprice,
            ignore_validity,
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}

/// Which order is to have which priority.
#[derive(InputObject)]
pub struct SalesOrderPrioritizeInput {
    /// A draft or a confirmed order.
    sales_order: SalesOrderReference,
    /// Who is served first of those that wait for stock: 0 to 9, the highest first; 5 is normal.
    priority: i32,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderPrioritizeInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<PrioritizeOrder> {
        let mut reading = Reading::of("salesOrderPrioritize", &self);
        reading.dry_run(self.dry_run);
        let path = Path::input().at("salesOrder");
        let command = PrioritizeOrder {
            order: self.sales_order.read(&mut reading, &path),
            expected_version: self.expected_version,
            priority: read_priority(&mut reading, self.priority),
        };
        reading.finish(ctx, self.idempotency_key, (Uuid::nil(), command))
    }
}

/// What of a line is to change; what is left out stays as it is.
#[derive(InputObject)]
pub struct SalesOrderLineChangeInput {
    /// The id of the line.
    line: ID,
    /// How much, in the base unit; above zero. The price stays unless it is given or asked for.
    quantity: MaybeUndefined<Decimal>,
    /// Price of one base unit; null prices the line anew from the lists. Needs the scope
    /// `sales_orders:price` when given.
    unit_price: MaybeUndefined<Decimal>,
    /// Share taken off the line, 0 to 1. Needs the scope `sales_orders:price`.
    discount_rate: MaybeUndefined<Decimal>,
    /// What it is, at most 200 characters; null takes it away.
    description: MaybeUndefined<String>,
    /// Where it is served from; null leaves it open. Of goods on drafts only.
    warehouse: MaybeUndefined<WarehouseReference>,
}

impl SalesOrderLineChangeInput {
    fn read(self, reading: &mut Reading, path: &Path, may_price: bool) -> ChangeLine {
        let Self {
            line,
            quantity,
            unit_price,
            discount_rate,
            description,
            warehouse,
        } = self;
        let is_priced = matches!(unit_price, MaybeUndefined::Value(_));
        let is_discounted = !matches!(discount_rate, MaybeUndefined::Undefined);
        for (field, is_set) in [("unitPrice", is_priced), ("discountRate", is_discounted)] {
            if is_set && !may_price {
                let problem = Problem::FieldForbidden(Scope::SalesOrdersPrice.as_str());
                reading.check.reject(path.at(field), problem);
            }
        }
        let quantity = reading.required(path.at("quantity"), quantity);
        let discount_rate = reading.required(path.at("discountRate"), discount_rate);
        let unit_price = reading.optional(unit_price, |reading, price| {
            reading.check.price(path.at("unitPrice"), &price.0)
        });
        let description = reading.optional(description, |reading, text| {
            let path = path.at("description");
            reading.check.text(path, &text, NAME_LENGTH_MAX)
        });
        let warehouse = reading.optional(warehouse, |reading, by| {
            by.read(reading, &path.at("warehouse"))
        });
        let check = &mut reading.check;
        ChangeLine {
            line_id: check.id(path.at("line"), SalesOrderLineId::parse(&line)),
            quantity: quantity
                .map(|quantity| check.positive_quantity(path.at("quantity"), &quantity.0)),
            unit_price,
            discount_rate: discount_rate.map(|rate| check.rate(path.at("discountRate"), &rate.0)),
            description,
            warehouse,
        }
    }
}

/// What of an order is to change; what is left out stays as it is.
#[derive(InputObject)]
pub struct SalesOrderUpdateInput {
    /// Which order: a draft or a confirmed one.
    sales_order: SalesOrderReference,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// Who buys; of drafts only. Prices that were not given are fixed anew.
    customer: MaybeUndefined<CustomerReference>,
    /// The business day it belongs to, never in the future; of drafts only.
    date: MaybeUndefined<Date>,
    /// The last day it can be confirmed; null for ever. Of drafts only.
    valid_until: MaybeUndefined<Date>,
    /// What one unit of its currency is worth in the company's; of drafts only.
    exchange_rate: MaybeUndefined<Decimal>,
    /// Whether the unit prices are with tax; of drafts only.
    prices_include_tax: MaybeUndefined<bool>,
    /// The customer's own number for it, at most 64 characters; null takes it away.
    customer_reference: MaybeUndefined<String>,
    /// When the customer wants it; null takes it away.
    requested_delivery_date: MaybeUndefined<Date>,
    /// Where the goods go; null takes it away.
    shipping_address: MaybeUndefined<OrderAddress>,
    /// Where the bill goes; null takes it away.
    billing_address: MaybeUndefined<OrderAddress>,
    /// A remark, at most 2,000 characters; null takes it away.
    note: MaybeUndefined<String>,
    /// The id your own system knows it by, unique among sales orders; null takes it away.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// Where new lines are served from that do not say.
    warehouse: Option<WarehouseReference>,
    /// How warehouses are chosen for new lines that do not say; when left out, as the company has
    /// settled on. Not together with `warehouse`, but for GIVEN_WAREHOUSE.
    sourcing: Option<SourcingInput>,
    /// New lines, at most 1,000.
    #[graphql(default)]
    add_lines: Vec<SalesOrderLineInput>,
    /// Changed lines, at most 1,000, each named once.
    #[graphql(default)]
    change_lines: Vec<SalesOrderLineChangeInput>,
    /// The ids of lines that are taken off, at most 1,000.
    #[graphql(default)]
    remove_lines: Vec<ID>,
    /// What happens when too little is available for what a confirmed order wants more.
    #[graphql(default_with = "ShortagePolicyKind::Reject")]
    on_shortage: ShortagePolicyKind,
    /// What happens when the customer's credit limit would be passed. IGNORE needs the scope
    /// `credit:write`.
    #[graphql(default_with = "CreditPolicyKind::Reject")]
    on_credit_limit: CreditPolicyKind,
    /// Whether all prices and taxes are fixed anew; prices that were given stay. False by default.
    #[graphql(default)]
    reprice: bool,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderUpdateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<UpdateOrder> {
        let mut reading = Reading::of("salesOrderUpdate", &self);
        let key = self.idempotency_key.clone();
        reading.dry_run(self.dry_run);
        let may_price = actor(ctx).may(Scope::SalesOrdersPrice);
        let today = company(ctx).day(clock::now());
        let policy = self.on_credit_limit.read(ctx, &mut reading);
        let command = self.command(&mut reading, today, (may_price, policy));
        reading.finish(ctx, key, (Uuid::nil(), command))
    }

    fn check_counts(&self, reading: &mut Reading) {
        let lists = [
            ("addLines", self.add_lines.len()),
            ("changeLines", self.change_lines.len()),
            ("removeLines", self.remove_lines.len()),
        ];
        for (field, count) in lists {
            if count > LINES_MAX {
                let message = format!("Must have at most {LINES_MAX} lines.");
                reading.check.complain(Path::input().at(field), message);
            }
        }
    }

    fn command(
        self,
        reading: &mut Reading,
        today: chrono::NaiveDate,
        (may_price, on_credit_limit): (bool, CreditPolicy),
    ) -> UpdateOrder {
        let path = Path::input();
        self.check_counts(reading);
        let sourcing = read_sourcing(reading, self.sourcing, self.warehouse.is_some());
        let date = reading.required(path.at("date"), self.date);
        let rate = reading.required(path.at("exchangeRate"), self.exchange_rate);
        let customer = reading.required(path.at("customer"), self.customer);
        let with_tax = reading.required(path.at("pricesIncludeTax"), self.prices_include_tax);
        let remove = self.remove_lines.into_iter().take(LINES_MAX).enumerate();
        let remove = remove.map(|(index, id)| {
            let path = path.at("removeLines").at(index);
            reading.check.id(path, SalesOrderLineId::parse(&id))
        });
        let remove = remove.collect();
        let change = self.change_lines.into_iter().take(LINES_MAX).enumerate();
        let change = change
            .map(|(index, line)| line.read(reading, &path.at("changeLines").at(index), may_price));
        let change = change.collect();
        UpdateOrder {
            order: self.sales_order.read(reading, &path.at("salesOrder")),
            expected_version: self.expected_version,
            customer: customer.map(|by| by.read(reading, &path.at("customer"))),
            date: date.map(|day| reading.check.past_day(path.at("date"), Some(day.0), today)),
            exchange_rate: read_rate(reading, rate),
            prices_include_tax: with_tax,
            valid_until: day(reading, "validUntil", self.valid_until),
            customer_reference: text(reading, "customerReference", self.customer_reference),
            requested_delivery_on: day(
                reading,
                "requestedDeliveryDate",
                self.requested_delivery_date,
            ),
            shipping_address: address(reading, "shippingAddress", self.shipping_address),
            billing_address: address(reading, "billingAddress", self.billing_address),
            note: reading
                .optional(self.note, |reading, text| {
                    reading.check.note(path.at("note"), Some(&text))
                })
                .map(Option::flatten),
            external_id: text(reading, "externalId", self.external_id),
            metadata: reading.new_metadata(self.metadata),
            warehouse: self
                .warehouse
                .map(|by| by.read(reading, &path.at("warehouse"))),
            add: read_lines(reading, self.add_lines, &path.at("addLines"), may_price),
            change,
            remove,
            sourcing,
            on_shortage: self.on_shortage.into(),
            on_credit_limit,
            reprice: self.reprice,
        }
    }
}

fn day(
    reading: &mut Reading,
    field: &str,
    given: MaybeUndefined<Date>,
) -> Option<Option<chrono::NaiveDate>> {
    reading.optional(given, |reading, date| {
        reading.check.day(Path::input().at(field), date.0)
    })
}

fn text(
    reading: &mut Reading,
    field: &str,
    given: MaybeUndefined<String>,
) -> Option<Option<String>> {
    reading.optional(given, |reading, text| {
        let path = Path::input().at(field);
        reading.check.text(path, &text, CODE_LENGTH_MAX)
    })
}

fn address(
    reading: &mut Reading,
    field: &str,
    given: MaybeUndefined<OrderAddress>,
) -> Option<Option<Value>> {
    reading.optional(given, |reading, address| {
        address.read(reading, &Path::input().at(field))
    })
}
