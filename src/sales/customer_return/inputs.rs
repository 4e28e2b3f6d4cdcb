//! What the mutations of customer returns take.

use async_graphql::{Context, Enum, ID, InputObject, Json};
use entity::vocab::{
    CustomerReturnId, CustomerReturnLineId, FulfilmentLineId, ReturnReason, ReturnSettlement,
};
use serde_json::Value;
use uuid::Uuid;

use super::claim::AskedLine;
use super::credit::CreditReturn;
use super::inspect::{InspectReturn, InspectedLine};
use super::receive::{ReceiveReturn, ReceivedLine};
use super::request::RequestReturn;
use super::steps::{Deed, StepOf};
use crate::graphql::{Date, Decimal, Reading, company, reference_input};
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{LINES_MAX, NOTE_LENGTH_MAX};
use crate::platform::rejection::Path;
use crate::sales::order::inputs::SalesOrderReference;
use crate::stock::warehouse::graphql::WarehouseReference;

reference_input!(
    /// Names a customer return.
    CustomerReturnReference -> CustomerReturnId,
    /// Its number.
    Number("number")
);

/// Why goods come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ReturnReason", remote = "ReturnReason")]
pub enum ReturnReasonKind {
    /// They arrived broken.
    Damaged,
    /// They do not work.
    Defective,
    /// They are not what was ordered.
    WrongItem,
    /// The customer does not want them.
    NotWanted,
    /// Anything else; say what in the line's note.
    Other,
}

/// How a return is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ReturnSettlement", remote = "ReturnSettlement")]
pub enum ReturnSettlementKind {
    /// By credit notes, which are on the customer's account or were refunded by a payment.
    Credit,
    /// By another order.
    Replacement,
    /// Not at all, or outside of Stockroom.
    None,
}

/// A line that is to come back.
#[derive(InputObject)]
pub struct CustomerReturnLineInput {
    /// The id of the fulfilment line that the goods were shipped by, named once.
    fulfilment_line: ID,
    /// How much, in the base unit; above zero, at most what was shipped and is not returned.
    quantity: Decimal,
    /// Why.
    reason: ReturnReasonKind,
    /// A remark, at most 2,000 characters; needed with the reason OTHER.
    note: Option<String>,
}

impl CustomerReturnLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> AskedLine {
        if self.reason == ReturnReasonKind::Other && self.note.is_none() {
            let message = "Say why, with the reason OTHER.";
            reading.check.complain(path.at("note"), message);
        }
        let parsed = FulfilmentLineId::parse(&self.fulfilment_line);
        let fulfilment_line = reading.check.id(path.at("fulfilmentLine"), parsed);
        let before = reading.check.complaint_count();
        let at = path.at("quantity");
        let quantity = reading.check.positive_quantity(at, &self.quantity.0);
        AskedLine {
            fulfilment_line,
            quantity,
            is_unread: reading.check.complaint_count() > before,
            reason: self.reason.into(),
            note: reading.check.note(path.at("note"), self.note.as_deref()),
        }
    }
}

/// What is to come back.
#[derive(InputObject)]
pub struct CustomerReturnRequestInput {
    /// The order that the goods were shipped for.
    sales_order: SalesOrderReference,
    /// What: 1 to 1,000 lines.
    lines: Vec<CustomerReturnLineInput>,
    /// Where the goods come in; where they left when left out.
    warehouse: Option<WarehouseReference>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
    /// The id your own system knows it by, unique among customer returns.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CustomerReturnRequestInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<RequestReturn> {
        let mut reading = Reading::of("customerReturnRequest", &self);
        let path = Path::input();
        reading.check.line_count(path.at("lines"), self.lines.len());
        let today = company(ctx).day(clock::now());
        let lines = self.lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines
            .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
            .collect();
        let date = self.date.map(|date| date.0);
        let warehouse = self.warehouse;
        let command = RequestReturn {
            id: CustomerReturnId::generate(),
            order: self.sales_order.read(&mut reading, &path.at("salesOrder")),
            warehouse: warehouse.map(|by| by.read(&mut reading, &path.at("warehouse"))),
            lines,
            date: reading.check.past_day(path.at("date"), date, today),
            note: reading.check.note(path.at("note"), self.note.as_deref()),
            external_id: self
                .external_id
                .map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), self.metadata),
        };
        reading.finish(ctx, self.idempotency_key, (command.id.0, command))
    }
}

/// Which return to approve.
#[derive(InputObject)]
pub struct CustomerReturnApproveInput {
    /// The return.
    customer_return: CustomerReturnReference,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

/// Which return to give up.
#[derive(InputObject)]
pub struct CustomerReturnCancelInput {
    /// The return.
    customer_return: CustomerReturnReference,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

/// Which return to reject, and why.
#[derive(InputObject)]
pub struct CustomerReturnRejectInput {
    /// The return.
    customer_return: CustomerReturnReference,
    /// Why, at most 2,000 characters.
    reason: String,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

/// Which return is settled, and how.
#[derive(InputObject)]
pub struct CustomerReturnCloseInput {
    /// The return.
    customer_return: CustomerReturnReference,
    /// How it is settled.
    settlement: ReturnSettlementKind,
    /// The confirmed order of the same customer that replaces the goods; with REPLACEMENT only.
    replacement: Option<SalesOrderReference>,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

fn step(
    ctx: &Context<'_>,
    mut reading: Reading,
    by: (CustomerReturnReference, Option<i64>),
    (deed, key): (Deed, Option<String>),
) -> Envelope<StepOf> {
    let (customer_return, expected_version) = by;
    let path = Path::input().at("customerReturn");
    let command = StepOf {
        customer_return: customer_return.read(&mut reading, &path),
        expected_version,
        deed,
    };
    reading.finish(ctx, key, (Uuid::nil(), command))
}

impl CustomerReturnApproveInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<StepOf> {
        let reading = Reading::of("customerReturnApprove", &self);
        let by = (self.customer_return, self.expected_version);
        step(ctx, reading, by, (Deed::Approve, self.idempotency_key))
    }
}

impl CustomerReturnCancelInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<StepOf> {
        let reading = Reading::of("customerReturnCancel", &self);
        let by = (self.customer_return, self.expected_version);
        step(ctx, reading, by, (Deed::Cancel, self.idempotency_key))
    }
}

impl CustomerReturnRejectInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<StepOf> {
        let mut reading = Reading::of("customerReturnReject", &self);
        let path = Path::input().at("reason");
        let reason = reading.check.text(path, &self.reason, NOTE_LENGTH_MAX);
        let by = (self.customer_return, self.expected_version);
        let deed = Deed::Reject { reason };
        step(ctx, reading, by, (deed, self.idempotency_key))
    }
}

impl CustomerReturnCloseInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<StepOf> {
        let mut reading = Reading::of("customerReturnClose", &self);
        let path = Path::input().at("replacement");
        let replacement = self.replacement.map(|by| by.read(&mut reading, &path));
        let by = (self.customer_return, self.expected_version);
        let deed = Deed::Close {
            settlement: self.settlement.into(),
            replacement,
        };
        step(ctx, reading, by, (deed, self.idempotency_key))
    }
}

/// How much of a line has come back.
#[derive(InputObject)]
pub struct CustomerReturnReceiveLineInput {
    /// The id of the line of the return, named once.
    line: ID,
    /// How much, in the base unit; zero to what was to come back.
    quantity: Decimal,
}

/// Goods that have come back.
#[derive(InputObject)]
pub struct CustomerReturnReceiveInput {
    /// The return.
    customer_return: CustomerReturnReference,
    /// What has come: 1 to 1,000 lines; nothing of those that are not named. All of all lines when
    /// left out.
    lines: Option<Vec<CustomerReturnReceiveLineInput>>,
    /// The business day; today when left out, never in the future.
    date: Option<Date>,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CustomerReturnReceiveInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ReceiveReturn> {
        let mut reading = Reading::of("customerReturnReceive", &self);
        reading.dry_run(self.dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = self.date.map(|date| date.0);
        let lines = self.lines.map(|lines| {
            reading.check.line_count(path.at("lines"), lines.len());
            let lines = lines.into_iter().take(LINES_MAX).enumerate();
            lines
                .map(|(index, line)| {
                    let path = path.at("lines").at(index);
                    let parsed = CustomerReturnLineId::parse(&line.line);
                    let id = reading.check.id(path.at("line"), parsed);
                    let before = reading.check.complaint_count();
                    let at = path.at("quantity");
                    let quantity = reading.check.quantity_not_negative(at, &line.quantity.0);
                    let is_read = reading.check.complaint_count() == before;
                    ReceivedLine {
                        line: id.filter(|_| is_read),
                        quantity,
                    }
                })
                .collect()
        });
        let command = ReceiveReturn {
            customer_return: self
                .customer_return
                .read(&mut reading, &path.at("customerReturn")),
            expected_version: self.expected_version,
            date: reading.check.past_day(path.at("date"), date, today),
            lines,
        };
        reading.finish(ctx, self.idempotency_key, (Uuid::nil(), command))
    }
}

/// What becomes of a line. The three add up to what came back of it.
#[derive(InputObject)]
pub struct CustomerReturnInspectLineInput {
    /// The id of the line of the return, named once.
    line: ID,
    /// How much may be sold again, in the base unit; zero when left out.
    #[graphql(default_with = "Decimal::from(entity::vocab::Quantity::ZERO)")]
    restock: Decimal,
    /// How much is thrown away, in the base unit; zero when left out.
    #[graphql(default_with = "Decimal::from(entity::vocab::Quantity::ZERO)")]
    scrap: Decimal,
    /// How much goes back to the customer, in the base unit; zero when left out.
    #[graphql(default_with = "Decimal::from(entity::vocab::Quantity::ZERO)")]
    send_back: Decimal,
    /// What was found, at most 2,000 characters.
    finding: Option<String>,
}

/// What inspecting a return found.
#[derive(InputObject)]
pub struct CustomerReturnInspectInput {
    /// The return.
    customer_return: CustomerReturnReference,
    /// What becomes of each line of which something came back: 1 to 1,000 lines. All may be sold
    /// again when left out.
    lines: Option<Vec<CustomerReturnInspectLineInput>>,
    /// The business day; today when left out, never in the future.
    date: Option<Date>,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CustomerReturnInspectInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<InspectReturn> {
        let mut reading = Reading::of("customerReturnInspect", &self);
        reading.dry_run(self.dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = self.date.map(|date| date.0);
        let lines = self.lines.map(|lines| {
            reading.check.line_count(path.at("lines"), lines.len());
            let lines = lines.into_iter().take(LINES_MAX).enumerate();
            lines
                .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
                .collect()
        });
        let command = InspectReturn {
            customer_return: self
                .customer_return
                .read(&mut reading, &path.at("customerReturn")),
            expected_version: self.expected_version,
            date: reading.check.past_day(path.at("date"), date, today),
            lines,
        };
        reading.finish(ctx, self.idempotency_key, (Uuid::nil(), command))
    }
}

impl CustomerReturnInspectLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> InspectedLine {
        let parsed = CustomerReturnLineId::parse(&self.line);
        let line = reading.check.id(path.at("line"), parsed);
        let mut part = |field: &str, text: &Decimal| {
            reading.check.quantity_not_negative(path.at(field), &text.0)
        };
        InspectedLine {
            line,
            restock: part("restock", &self.restock),
            scrap: part("scrap", &self.scrap),
            send_back: part("sendBack", &self.send_back),
            finding: reading
                .check
                .note(path.at("finding"), self.finding.as_deref()),
        }
    }
}

/// Which return to credit.
#[derive(InputObject)]
pub struct CustomerReturnCreditInput {
    /// The return.
    customer_return: CustomerReturnReference,
    /// The business day; today when left out, never in the future.
    date: Option<Date>,
    /// Whether the credit pays what is open of the invoices; true when left out. What is left is
    /// credit on the customer's account.
    apply: Option<bool>,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CustomerReturnCreditInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<CreditReturn> {
        let mut reading = Reading::of("customerReturnCredit", &self);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = self.date.map(|date| date.0);
        let command = CreditReturn {
            customer_return: self
                .customer_return
                .read(&mut reading, &path.at("customerReturn")),
            expected_version: self.expected_version,
            date: reading.check.past_day(path.at("date"), date, today),
            applies: self.apply.unwrap_or(true),
        };
        reading.finish(ctx, self.idempotency_key, (Uuid::nil(), command))
    }
}
