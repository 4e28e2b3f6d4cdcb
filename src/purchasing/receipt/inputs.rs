//! Inputs of goods receipts, and how they become commands.

use async_graphql::{Context, ID, InputObject, Json};
use chrono::NaiveDate;
use entity::vocab::{GoodsReceiptId, GoodsReceiptLineId, PurchaseOrderLineId, UnitPrice};
use serde_json::Value;

use super::arrival::ArrivingLine;
use super::ops::{PostReceipt, ReceiptLine};
use super::receive::ReceiveOrder;
use super::reverse::ReverseReceipt;
use crate::catalog::product::graphql::ProductVariantReference;
use crate::graphql::context::{actor, company};
use crate::graphql::{Date, Decimal, Reading, reference_input};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{LINES_MAX, NAME_LENGTH_MAX};
use crate::platform::rejection::{Path, Problem};
use crate::purchasing::order::inputs::PurchaseOrderReference;
use crate::stock::warehouse::graphql::WarehouseReference;

reference_input!(
    /// Names a goods receipt.
    GoodsReceiptReference -> GoodsReceiptId,
    /// Its number.
    Number("number")
);

/// A line of a goods receipt.
#[derive(InputObject)]
pub struct GoodsReceiptLineInput {
    /// The variant.
    variant: ProductVariantReference,
    /// How much came in, in the base unit; above zero, with at most the unit's decimals.
    quantity: Decimal,
    /// What one base unit cost, in the company's currency; zero or more, at most six decimals.
    unit_cost: Decimal,
}

/// Goods that came in.
#[derive(InputObject)]
pub struct GoodsReceiptPostInput {
    /// Where they came in.
    warehouse: WarehouseReference,
    /// What came in: 1 to 1,000 lines.
    lines: Vec<GoodsReceiptLineInput>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
    /// The id your own system knows it by, unique among goods receipts.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl GoodsReceiptPostInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<PostReceipt> {
        let mut reading = Reading::of("goodsReceiptPost", &self);
        let Self {
            warehouse,
            lines,
            date,
            note,
            external_id,
            metadata,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        reading.check.line_count(path.at("lines"), lines.len());
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines
            .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
            .collect();
        let command = PostReceipt {
            id: GoodsReceiptId::generate(),
            warehouse: warehouse.read(&mut reading, &path.at("warehouse")),
            date: reading.check.past_day(path.at("date"), date, today),
            note: reading.check.note(path.at("note"), note.as_deref()),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
            lines,
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

impl GoodsReceiptLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> ReceiptLine {
        let Self {
            variant,
            quantity,
            unit_cost,
        } = self;
        ReceiptLine {
            id: GoodsReceiptLineId::generate(),
            variant: variant.read(reading, &path.at("variant")),
            quantity: reading
                .check
                .positive_quantity(path.at("quantity"), &quantity.0),
            unit_cost: reading.check.price(path.at("unitCost"), &unit_cost.0),
        }
    }
}

fn read_date(reading: &mut Reading, ctx: &Context<'_>, date: Option<Date>) -> NaiveDate {
    let today = company(ctx).day(clock::now());
    let date = date.map(|date| date.0);
    reading
        .check
        .past_day(Path::input().at("date"), date, today)
}

/// What came in of an order line. Quantities are in the base unit, zero or more.
#[derive(InputObject)]
pub struct PurchaseOrderReceiveLineInput {
    /// The id of the order line.
    line: ID,
    /// How much came in and may be sold. With what was rejected at most what is open, and the
    /// tolerance of `companySettings` on top.
    #[graphql(default_with = "Decimal(\"0\".to_owned())")]
    accepted: Decimal,
    /// How much came in and was rejected; it goes to quarantine.
    #[graphql(default_with = "Decimal(\"0\".to_owned())")]
    rejected: Decimal,
    /// Why some was rejected, at most 200 characters; needed when some was.
    rejection_reason: Option<String>,
    /// How much was announced, for example on the delivery note, and did not come. Only noted: it
    /// is still waited for.
    #[graphql(default_with = "Decimal(\"0\".to_owned())")]
    short: Decimal,
    /// What one base unit cost, in the company's currency; the order's price less the discount, at
    /// the order's exchange rate, when left out. Needs the scope `costs:read`.
    unit_cost: Option<Decimal>,
}

impl PurchaseOrderReceiveLineInput {
    fn read(self, reading: &mut Reading, path: &Path, may_cost: bool) -> ArrivingLine {
        let Self {
            line,
            accepted,
            rejected,
            rejection_reason,
            short,
            unit_cost,
        } = self;
        let before = reading.check.complaint_count();
        let mut quantity = |field: &str, text: &Decimal| {
            reading.check.quantity_not_negative(path.at(field), &text.0)
        };
        let (accepted, rejected, short) = (
            quantity("accepted", &accepted),
            quantity("rejected", &rejected),
            quantity("short", &short),
        );
        let unit_cost = unit_cost.map(|text| {
            let path = path.at("unitCost");
            if !may_cost {
                let problem = Problem::FieldForbidden(Scope::CostsRead.as_str());
                reading.check.reject(path, problem);
                return UnitPrice::ZERO;
            }
            reading.check.price(path, &text.0)
        });
        let is_unread = reading.check.complaint_count() > before;
        let why = path.at("rejectionReason");
        if rejected.is_positive() && rejection_reason.is_none() {
            let message = "Say why some was rejected.";
            reading.check.complain(why.clone(), message);
        }
        let reason = rejection_reason.as_deref();
        let line_id = PurchaseOrderLineId::parse(&line);
        ArrivingLine {
            id: GoodsReceiptLineId::generate(),
            rejection_reason: reading.check.optional_text(why, reason, NAME_LENGTH_MAX),
            line_id: reading.check.id(path.at("line"), line_id),
            accepted,
            rejected,
            short,
            unit_cost,
            is_unread,
        }
    }
}

/// Goods of an order that came in.
#[derive(InputObject)]
pub struct PurchaseOrderReceiveInput {
    /// The order; a sent one.
    purchase_order: PurchaseOrderReference,
    /// What came in: 1 to 1,000 lines, each naming another line of the order.
    lines: Vec<PurchaseOrderReceiveLineInput>,
    /// Where it came in; where the order says when left out.
    warehouse: Option<WarehouseReference>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// The supplier's delivery note, at most 200 characters.
    delivery_note: Option<String>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
    /// The id your own system knows the receipt by, unique among goods receipts.
    external_id: Option<String>,
    /// What you keep beside the receipt: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PurchaseOrderReceiveInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ReceiveOrder> {
        let mut reading = Reading::of("purchaseOrderReceive", &self);
        let Self {
            purchase_order,
            lines,
            warehouse,
            date,
            delivery_note,
            note,
            external_id,
            metadata,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let may_cost = actor(ctx).may(Scope::CostsRead);
        reading.check.line_count(path.at("lines"), lines.len());
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines
            .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index), may_cost))
            .collect();
        let slip = (path.at("deliveryNote"), delivery_note.as_deref());
        let command = ReceiveOrder {
            id: GoodsReceiptId::generate(),
            order: purchase_order.read(&mut reading, &path.at("purchaseOrder")),
            warehouse: warehouse.map(|one| one.read(&mut reading, &path.at("warehouse"))),
            date: read_date(&mut reading, ctx, date),
            delivery_note: reading.check.optional_text(slip.0, slip.1, NAME_LENGTH_MAX),
            note: reading.check.note(path.at("note"), note.as_deref()),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
            lines,
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

/// Which receipt to take back.
#[derive(InputObject)]
pub struct GoodsReceiptReverseInput {
    /// The receipt.
    goods_receipt: GoodsReceiptReference,
    /// Why, at most 200 characters.
    reason: String,
    /// The business day it belongs to, not before the receipt's own; today when left out, never in
    /// the future.
    date: Option<Date>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl GoodsReceiptReverseInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ReverseReceipt> {
        let mut reading = Reading::of("goodsReceiptReverse", &self);
        let Self {
            goods_receipt,
            reason,
            date,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let command = ReverseReceipt {
            receipt: goods_receipt.read(&mut reading, &path.at("goodsReceipt")),
            reason: reading
                .check
                .text(path.at("reason"), &reason, NAME_LENGTH_MAX),
            date: read_date(&mut reading, ctx, date),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}
