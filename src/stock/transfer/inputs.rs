//! Inputs of transfers, and how they become commands.

use async_graphql::{Context, ID, InputObject, Json};
use entity::vocab::{Quantity, StockTransferId, StockTransferLineId};
use serde_json::Value;

use super::ops::{ChangeTransfer, CreateTransfer};
use super::receive::ReceiveTransfer;
use super::rules::ArrivedLine;
use crate::catalog::product::graphql::ProductVariantReference;
use crate::graphql::context::company;
use crate::graphql::{Date, Decimal, Reading, reference_input};
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{LINES_MAX, NAME_LENGTH_MAX};
use crate::platform::rejection::Path;
use crate::stock::hold::rules::StockLine;
use crate::stock::warehouse::graphql::WarehouseReference;

reference_input!(
    /// Names a transfer.
    StockTransferReference -> StockTransferId,
    /// Its number.
    Number("number")
);

/// What to move, and how much.
#[derive(InputObject)]
pub struct StockTransferLineInput {
    /// The variant.
    variant: ProductVariantReference,
    /// How much, in the base unit; above zero, with at most the unit's decimals.
    quantity: Decimal,
}

/// A new transfer.
#[derive(InputObject)]
pub struct StockTransferCreateInput {
    /// Where the goods leave.
    from_warehouse: WarehouseReference,
    /// Where they are going; another one.
    to_warehouse: WarehouseReference,
    /// What to move: 1 to 1,000 lines.
    lines: Vec<StockTransferLineInput>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
    /// The id your own system knows it by, unique among transfers.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockTransferCreateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<CreateTransfer> {
        let mut reading = Reading::of("stockTransferCreate", &self);
        let Self {
            from_warehouse,
            to_warehouse,
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
        let from = from_warehouse.read(&mut reading, &path.at("fromWarehouse"));
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines.map(|(index, StockTransferLineInput { variant, quantity })| {
            let path = path.at("lines").at(index);
            StockLine {
                variant: variant.read(&mut reading, &path.at("variant")),
                warehouse: from.clone(),
                quantity: reading
                    .check
                    .positive_quantity(path.at("quantity"), &quantity.0),
            }
        });
        let lines = lines.collect();
        let command = CreateTransfer {
            id: StockTransferId::generate(),
            to: to_warehouse.read(&mut reading, &path.at("toWarehouse")),
            date: read_date(&mut reading, ctx, date),
            note: reading.check.note(path.at("note"), note.as_deref()),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
            from,
            lines,
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

fn read_date(reading: &mut Reading, ctx: &Context<'_>, date: Option<Date>) -> chrono::NaiveDate {
    let today = company(ctx).day(clock::now());
    reading
        .check
        .past_day(Path::input().at("date"), date.map(|date| date.0), today)
}

/// Which transfer to send on its way, and when.
#[derive(InputObject)]
pub struct StockTransferDispatchInput {
    /// The transfer.
    stock_transfer: StockTransferReference,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockTransferDispatchInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ChangeTransfer> {
        let mut reading = Reading::of("stockTransferDispatch", &self);
        let Self {
            stock_transfer,
            date,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let transfer = stock_transfer.read(&mut reading, &Path::input().at("stockTransfer"));
        let date = read_date(&mut reading, ctx, date);
        let command = ChangeTransfer { transfer, date };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

/// Which transfer to give up.
#[derive(InputObject)]
pub struct StockTransferCancelInput {
    /// The transfer.
    stock_transfer: StockTransferReference,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockTransferCancelInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ChangeTransfer> {
        let mut reading = Reading::of("stockTransferCancel", &self);
        let Self {
            stock_transfer,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let transfer = stock_transfer.read(&mut reading, &Path::input().at("stockTransfer"));
        let command = ChangeTransfer {
            transfer,
            date: company(ctx).day(clock::now()),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

/// What became of goods on their way. Quantities are in the base unit, zero or more; together at
/// most what is on its way.
#[derive(InputObject)]
pub struct StockTransferReceiveLineInput {
    /// The id of the transfer line.
    line: ID,
    /// What arrived.
    #[graphql(default_with = "Decimal(\"0\".to_owned())")]
    received: Decimal,
    /// What was lost on the way; its value is written off.
    #[graphql(default_with = "Decimal(\"0\".to_owned())")]
    lost: Decimal,
    /// What came back to where it was sent from.
    #[graphql(default_with = "Decimal(\"0\".to_owned())")]
    returned: Decimal,
}

impl StockTransferReceiveLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> ArrivedLine {
        let Self {
            line,
            received,
            lost,
            returned,
        } = self;
        let mut quantity = |field: &str, text: &Decimal| -> Quantity {
            reading.check.quantity_not_negative(path.at(field), &text.0)
        };
        let (received, lost, returned) = (
            quantity("received", &received),
            quantity("lost", &lost),
            quantity("returned", &returned),
        );
        let line_id = reading
            .check
            .id(path.at("line"), StockTransferLineId::parse(&line));
        ArrivedLine {
            line_id,
            received,
            lost,
            returned,
        }
    }
}

/// What became of a transfer, or a part of it.
#[derive(InputObject)]
pub struct StockTransferReceiveInput {
    /// The transfer.
    stock_transfer: StockTransferReference,
    /// What became of which lines; when left out, everything on its way arrived.
    lines: Option<Vec<StockTransferReceiveLineInput>>,
    /// Why goods were lost or sent back, at most 200 characters; needed when some were.
    shortage_reason: Option<String>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockTransferReceiveInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ReceiveTransfer> {
        let mut reading = Reading::of("stockTransferReceive", &self);
        let Self {
            stock_transfer,
            lines,
            shortage_reason,
            date,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        if let Some(lines) = &lines {
            reading.check.line_count(path.at("lines"), lines.len());
        }
        let lines: Option<Vec<ArrivedLine>> = lines.map(|lines| {
            let lines = lines.into_iter().take(LINES_MAX).enumerate();
            lines
                .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
                .collect()
        });
        let reason_path = path.at("shortageReason");
        let is_short = lines
            .iter()
            .flatten()
            .any(|line| line.lost.is_positive() || line.returned.is_positive());
        if is_short && shortage_reason.is_none() {
            let message = "Say why goods were lost or sent back.";
            reading.check.complain(reason_path.clone(), message);
        }
        let reason = shortage_reason.as_deref();
        let command = ReceiveTransfer {
            transfer: stock_transfer.read(&mut reading, &path.at("stockTransfer")),
            lines,
            shortage_reason: reading
                .check
                .optional_text(reason_path, reason, NAME_LENGTH_MAX),
            date: read_date(&mut reading, ctx, date),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}
