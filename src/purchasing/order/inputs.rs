//! Inputs of purchase orders, and how they become commands.

use async_graphql::{Context, ID, InputObject, Json, MaybeUndefined};
use chrono::NaiveDate;
use entity::vocab::{PurchaseOrderId, PurchaseOrderLineId, Rate};
use serde_json::Value;

use super::draft::{DraftLine, DraftOrder, UpdateOrder};
use super::ops::ChangeOrder;
use super::rules::ConfirmedLine;
use super::send::ConfirmOrder;
use crate::catalog::product::graphql::ProductVariantReference;
use crate::graphql::context::company;
use crate::graphql::{Date, Decimal, Reading, reference_input};
use crate::party::supplier::graphql::SupplierReference;
use crate::party::terms::graphql::PaymentTermsReference;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{LINES_MAX, NAME_LENGTH_MAX};
use crate::platform::rejection::Path;
use crate::purchasing::supplier_item::inputs::given;
use crate::stock::warehouse::graphql::WarehouseReference;

reference_input!(
    /// Names a purchase order.
    PurchaseOrderReference -> PurchaseOrderId,
    /// Its number.
    Number("number")
);

/// A line of a purchase order.
#[derive(InputObject)]
pub struct PurchaseOrderLineInput {
    /// The variant.
    variant: ProductVariantReference,
    /// How much, in the variant's base unit; above zero, with at most the unit's decimals.
    quantity: Decimal,
    /// Price of one base unit without tax, in the supplier's currency; that of the supplier item
    /// for this quantity when left out. At most six decimals.
    unit_price: Option<Decimal>,
    /// Share taken off the line, 0 to 1; 0.15 is fifteen per cent.
    discount_rate: Option<Decimal>,
    /// The day on which the line is expected; the order's when left out, else the order's date and
    /// the lead time of the supplier item or the supplier.
    expected_on: Option<Date>,
}

impl PurchaseOrderLineInput {
    fn read_all(
        lines: Vec<Self>,
        reading: &mut Reading,
        from: Option<NaiveDate>,
    ) -> Vec<DraftLine> {
        let path = Path::input().at("lines");
        reading.check.line_count(path.clone(), lines.len());
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        lines
            .map(|(index, line)| line.read(reading, &path.at(index), from))
            .collect()
    }

    fn read(self, reading: &mut Reading, path: &Path, from: Option<NaiveDate>) -> DraftLine {
        let Self {
            variant,
            quantity,
            unit_price,
            discount_rate,
            expected_on,
        } = self;
        let before = reading.check.complaint_count();
        let amount = path.at("quantity");
        let quantity = reading.check.positive_quantity(amount, &quantity.0);
        let is_quantity_unread = reading.check.complaint_count() > before;
        let (rate, expected) = (path.at("discountRate"), path.at("expectedOn"));
        DraftLine {
            id: PurchaseOrderLineId::generate(),
            variant: variant.read(reading, &path.at("variant")),
            quantity,
            is_quantity_unread,
            unit_price: unit_price.map(|text| reading.check.price(path.at("unitPrice"), &text.0)),
            discount_rate: discount_rate
                .map_or(Rate::ZERO, |text| reading.check.rate(rate, &text.0)),
            expected_on: expected_on.map(|day| read_day(reading, expected, day, from)),
        }
    }
}

/// A new purchase order, as a draft.
#[derive(InputObject)]
pub struct PurchaseOrderCreateInput {
    /// From whom; an archived one is refused.
    supplier: SupplierReference,
    /// Where the goods shall come in.
    warehouse: WarehouseReference,
    /// What is ordered: 1 to 1,000 lines.
    lines: Vec<PurchaseOrderLineInput>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// The day by which everything is expected; when left out, the latest of the lines' days.
    expected_on: Option<Date>,
    /// What one unit of the supplier's currency is worth in the company's, with at most twelve
    /// decimals. Needed when the currencies differ; else left out, or 1.
    exchange_rate: Option<Decimal>,
    /// When it is to be paid; as agreed on with the supplier when left out.
    payment_terms: Option<PaymentTermsReference>,
    /// The supplier's own number of it, at most 200 characters.
    supplier_reference: Option<String>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
    /// The id your own system knows it by, unique among purchase orders.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PurchaseOrderCreateInput {
    pub(in crate::purchasing::order) fn read(self, ctx: &Context<'_>) -> Envelope<DraftOrder> {
        let mut reading = Reading::of("purchaseOrderCreate", &self);
        let Self {
            supplier,
            warehouse,
            lines,
            date,
            expected_on,
            exchange_rate,
            payment_terms,
            supplier_reference,
            note,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let before = reading.check.complaint_count();
        let date = reading.check.past_day(path.at("date"), date, today);
        let from = (reading.check.complaint_count() == before).then_some(date);
        let expected = path.at("expectedOn");
        let rate = exchange_rate.map(|text| {
            reading
                .check
                .exchange_rate(path.at("exchangeRate"), &text.0)
        });
        let command = DraftOrder {
            id: PurchaseOrderId::generate(),
            supplier: supplier.read(&mut reading, &path.at("supplier")),
            warehouse: warehouse.read(&mut reading, &path.at("warehouse")),
            date,
            expected_on: expected_on.map(|day| read_day(&mut reading, expected, day, from)),
            exchange_rate: rate.flatten(),
            is_rate_unread: rate == Some(None),
            payment_terms: payment_terms
                .map(|terms| Some(terms.read(&mut reading, &path.at("paymentTerms")))),
            supplier_reference: read_reference(&mut reading, supplier_reference),
            note: reading.check.note(path.at("note"), note.as_deref()),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
            lines: PurchaseOrderLineInput::read_all(lines, &mut reading, from),
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

fn read_reference(reading: &mut Reading, text: Option<String>) -> Option<String> {
    let path = Path::input().at("supplierReference");
    let text = text.as_deref();
    reading.check.optional_text(path, text, NAME_LENGTH_MAX)
}

/// What changes of a draft; what is left out stays as it is, null removes it.
#[derive(InputObject)]
pub struct PurchaseOrderUpdateInput {
    /// The order; a draft.
    purchase_order: PurchaseOrderReference,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// Where the goods shall come in.
    warehouse: Option<WarehouseReference>,
    /// All of its lines, instead of those it has: 1 to 1,000. Without them, the lines keep their
    /// prices.
    lines: Option<Vec<PurchaseOrderLineInput>>,
    /// The business day it belongs to, never in the future.
    date: Option<Date>,
    /// The day by which everything is expected; without `lines`, of every line too.
    expected_on: Option<Date>,
    /// What one unit of the supplier's currency is worth in the company's.
    exchange_rate: Option<Decimal>,
    /// When it is to be paid; null when nothing is agreed.
    payment_terms: MaybeUndefined<PaymentTermsReference>,
    /// The supplier's own number of it, at most 200 characters.
    supplier_reference: MaybeUndefined<String>,
    /// A remark, at most 2,000 characters.
    note: MaybeUndefined<String>,
    /// The id your own system knows it by, unique among purchase orders.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PurchaseOrderUpdateInput {
    pub(in crate::purchasing::order) fn read(self, ctx: &Context<'_>) -> Envelope<UpdateOrder> {
        let mut reading = Reading::of("purchaseOrderUpdate", &self);
        let Self {
            purchase_order,
            expected_version,
            warehouse,
            lines,
            date,
            expected_on,
            exchange_rate,
            payment_terms,
            supplier_reference,
            note,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let before = reading.check.complaint_count();
        let date = date.map(|date| {
            let path = path.at("date");
            reading.check.past_day(path, Some(date.0), today)
        });
        let from = date.filter(|_| reading.check.complaint_count() == before);
        let (expected, rate) = (path.at("expectedOn"), path.at("exchangeRate"));
        let command = UpdateOrder {
            order: purchase_order.read(&mut reading, &path.at("purchaseOrder")),
            expected_version,
            warehouse: warehouse.map(|one| one.read(&mut reading, &path.at("warehouse"))),
            date,
            expected_on: expected_on.map(|day| read_day(&mut reading, expected, day, from)),
            exchange_rate: exchange_rate
                .and_then(|text| reading.check.exchange_rate(rate, &text.0)),
            payment_terms: reading.optional(payment_terms, |reading, terms| {
                terms.read(reading, &path.at("paymentTerms"))
            }),
            supplier_reference: given(supplier_reference)
                .map(|text| read_reference(&mut reading, text)),
            note: reading.new_note(note),
            external_id: reading.new_external_id(external_id),
            metadata: reading.new_metadata(metadata),
            lines: lines.map(|lines| PurchaseOrderLineInput::read_all(lines, &mut reading, from)),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

/// Declares the input of a step that needs nothing but the order.
macro_rules! step_input {
    ($(#[$doc:meta])* $name:ident, $mutation:literal
        $(, $(#[$dry_doc:meta])* $dry:ident)?) => {
        $(#[$doc])*
        #[derive(InputObject)]
        pub struct $name {
            /// The order.
            purchase_order: PurchaseOrderReference,
            $( $(#[$dry_doc])* $dry: Option<bool>, )?
            /// A key of your own: the same key and input is done once, however often it is sent.
            idempotency_key: Option<String>,
        }

        impl $name {
            pub(in crate::purchasing::order) fn read(
                self,
                ctx: &Context<'_>,
            ) -> Envelope<ChangeOrder> {
                let mut reading = Reading::of($mutation, &self);
                let Self { purchase_order, $( $dry, )? idempotency_key } = self;
                $( reading.dry_run($dry); )?
                let command = change(&mut reading, &purchase_order);
                reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
            }
        }
    };
}

/// Declares the input of a step with a reason.
macro_rules! reasoned_input {
    ($(#[$doc:meta])* $name:ident, $mutation:literal, $(#[$reason_doc:meta])* $reason:ty
        $(, $(#[$dry_doc:meta])* $dry:ident)?) => {
        $(#[$doc])*
        #[derive(InputObject)]
        pub struct $name {
            /// The order.
            purchase_order: PurchaseOrderReference,
            $(#[$reason_doc])*
            reason: $reason,
            $( $(#[$dry_doc])* $dry: Option<bool>, )?
            /// A key of your own: the same key and input is done once, however often it is sent.
            idempotency_key: Option<String>,
        }

        impl $name {
            pub(in crate::purchasing::order) fn read(
                self,
                ctx: &Context<'_>,
            ) -> Envelope<ChangeOrder> {
                let mut reading = Reading::of($mutation, &self);
                let Self { purchase_order, reason, $( $dry, )? idempotency_key } = self;
                $( reading.dry_run($dry); )?
                let mut command = change(&mut reading, &purchase_order);
                let (path, reason) = (Path::input().at("reason"), Option::<String>::from(reason));
                let reason = reason.as_deref();
                command.reason = reading.check.optional_text(path, reason, NAME_LENGTH_MAX);
                reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
            }
        }
    };
}

fn change(reading: &mut Reading, order: &PurchaseOrderReference) -> ChangeOrder {
    ChangeOrder {
        order: order.read(reading, &Path::input().at("purchaseOrder")),
        reason: None,
        ignore_minimums: false,
    }
}

step_input!(
    /// Which draft to delete.
    PurchaseOrderDeleteInput,
    "purchaseOrderDelete"
);
step_input!(
    /// Which order to approve.
    PurchaseOrderApproveInput,
    "purchaseOrderApprove"
);
step_input!(
    /// Which order was sent.
    PurchaseOrderSendInput,
    "purchaseOrderSend",
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run
);
reasoned_input!(
    /// Which order to give back to its author.
    PurchaseOrderRejectInput,
    "purchaseOrderReject",
    /// What has to change, at most 200 characters.
    String
);
reasoned_input!(
    /// Which order to withdraw.
    PurchaseOrderCancelInput,
    "purchaseOrderCancel",
    /// Why, at most 200 characters.
    Option<String>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run
);
reasoned_input!(
    /// Which order is no longer waited for.
    PurchaseOrderCloseInput,
    "purchaseOrderClose",
    /// Why, at most 200 characters.
    Option<String>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run
);

/// Which draft is ready.
#[derive(InputObject)]
pub struct PurchaseOrderSubmitInput {
    /// The order.
    purchase_order: PurchaseOrderReference,
    /// Whether quantities below the supplier's minimum, or no multiple of what the supplier sells
    /// in, are ordered nevertheless; for what was agreed on by telephone. They are refused
    /// otherwise.
    #[graphql(default = false)]
    ignore_minimums: bool,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PurchaseOrderSubmitInput {
    pub(in crate::purchasing::order) fn read(self, ctx: &Context<'_>) -> Envelope<ChangeOrder> {
        let mut reading = Reading::of("purchaseOrderSubmit", &self);
        let Self {
            purchase_order,
            ignore_minimums,
            idempotency_key,
        } = self;
        let mut command = change(&mut reading, &purchase_order);
        command.ignore_minimums = ignore_minimums;
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

/// What the supplier confirmed of a line. What is left out stays as it is.
#[derive(InputObject)]
pub struct PurchaseOrderConfirmLineInput {
    /// The id of the order line.
    line: ID,
    /// How much the supplier will deliver, in the base unit; zero or more. The order goes on
    /// waiting for all that was ordered: close it when the rest will not come.
    quantity: Option<Decimal>,
    /// The day the supplier promised; from then on the line is overdue.
    promised_on: Option<Date>,
}

/// What the supplier confirmed.
#[derive(InputObject)]
pub struct PurchaseOrderConfirmInput {
    /// The order; a sent one.
    purchase_order: PurchaseOrderReference,
    /// What was confirmed: 1 to 1,000 lines, each named once.
    lines: Vec<PurchaseOrderConfirmLineInput>,
    /// The supplier's own number of it, at most 200 characters.
    supplier_reference: Option<String>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PurchaseOrderConfirmInput {
    pub(in crate::purchasing::order) fn read(self, ctx: &Context<'_>) -> Envelope<ConfirmOrder> {
        let mut reading = Reading::of("purchaseOrderConfirm", &self);
        let Self {
            purchase_order,
            lines,
            supplier_reference,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        reading.check.line_count(path.at("lines"), lines.len());
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines
            .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
            .collect();
        let command = ConfirmOrder {
            order: purchase_order.read(&mut reading, &path.at("purchaseOrder")),
            supplier_reference: read_reference(&mut reading, supplier_reference),
            lines,
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

impl PurchaseOrderConfirmLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> ConfirmedLine {
        let Self {
            line,
            quantity,
            promised_on,
        } = self;
        let (amount, day) = (path.at("quantity"), path.at("promisedOn"));
        ConfirmedLine {
            line_id: reading
                .check
                .id(path.at("line"), PurchaseOrderLineId::parse(&line)),
            quantity: quantity.map(|text| reading.check.quantity_not_negative(amount, &text.0)),
            promised_on: promised_on.map(|date| read_day(reading, day, date, None)),
        }
    }
}

/// No promise was made earlier.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day that exists");

/// A day that lies ahead of another one, where that is known.
fn read_day(reading: &mut Reading, path: Path, day: Date, from: Option<NaiveDate>) -> NaiveDate {
    if let Some(from) = from {
        return reading.check.coming_day(path, day.0, from);
    }
    let last = NaiveDate::from_ymd_opt(2_999, 12, 31).expect("a day that exists");
    if day.0 < EARLIEST || day.0 > last {
        let message = format!("Must lie between {EARLIEST} and {last}.");
        reading.check.complain(path, message);
    }
    day.0
}
