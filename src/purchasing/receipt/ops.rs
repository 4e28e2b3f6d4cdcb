//! Posting a goods receipt.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::purchasing::{goods_receipt, goods_receipt_line};
use entity::vocab::{
    Amount, GoodsReceiptId, GoodsReceiptLineId, GoodsReceiptStatus, NumberKind, ProductVariantId,
    Quantity, UnitPrice, WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};

use super::rules::{self, References, ValuedLine};
use super::store;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::metadata;
use crate::platform::numbering;
use crate::platform::reference::{Reference, find_one};
use crate::stock::ledger::{self, MovementCause, Needs, Place, Plan, Posting, StockCause};
use crate::stock::warehouse::store as warehouses;

/// A line of a receipt.
#[derive(Clone, Debug)]
pub struct ReceiptLine {
    /// Its id.
    pub id: GoodsReceiptLineId,
    /// What came in.
    pub variant: Reference<ProductVariantId>,
    /// How much.
    pub quantity: Quantity,
    /// What one base unit cost.
    pub unit_cost: UnitPrice,
}

/// Goods that came in.
#[derive(Clone, Debug)]
pub struct PostReceipt {
    /// Its id.
    pub id: GoodsReceiptId,
    /// Where they came in.
    pub warehouse: Reference<WarehouseId>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// A remark.
    pub note: Option<String>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
    /// What came in.
    pub lines: Vec<ReceiptLine>,
}

/// Posts a receipt: the goods are in stock, and serve who waits for them.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn post(app: &App, envelope: Envelope<PostReceipt>) -> Verdict {
    envelope.call.actor.require(Scope::GoodsReceiptsWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<PostReceipt>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found = load_references(tx, command).await?;
        let mut rejections = call.complaints.clone();
        let (warehouse, lines) = match rules::value(command, &found) {
            Ok(valued) if rejections.is_empty() => valued,
            Ok(_) => return Ok(Done::refused(rejections)),
            Err(more) => {
                rejections.extend(more);
                return Ok(Done::refused(rejections));
            }
        };
        let posting = Posting {
            operation_id: call.operation_id,
            actor: call.actor.caller_id(),
            date: command.date,
            now: tx.now(),
        };
        let keys: BTreeSet<_> = lines
            .iter()
            .map(|line| (line.variant_id, warehouse))
            .collect();
        let plan = Plan {
            keys,
            optional: BTreeSet::new(),
            needs: Needs::Waiting,
            demands: Vec::new(),
        };
        let mut book = ledger::load(tx, &plan, posting).await?;
        let crowded = rules::crowded(command, warehouse, &lines, &book);
        if !crowded.is_empty() {
            return Ok(Done::refused(crowded));
        }
        for (line, valued) in command.lines.iter().zip(&lines) {
            let places = (
                valued.variant_id,
                Place::Outside,
                Place::Sellable(warehouse),
            );
            let cause = MovementCause::GoodsReceipt(line.id);
            book.bring_in(posting, places, (line.quantity, valued.value), cause);
        }
        book.end_command(posting, StockCause::GoodsReceipt(command.id));
        record(tx, batch[0], warehouse, &lines).await?;
        ledger::record(tx, &book).await?;
        let mut events = vec![NewEvent {
            operation_id: call.operation_id,
            kind: "goods_receipt.posted",
            schema_version: 1,
            subject_id: command.id.0,
            facts: json!({ "warehouseId": warehouse }).to_string(),
        }];
        events.extend(book.take_events());
        let lines = book.lines_of(call.operation_id);
        Ok(Done::accepted(command.id.0, events).posting(call.operation_id, lines))
    })
}

async fn load_references(tx: &Tx, command: &PostReceipt) -> Result<References, TxError> {
    let named: Vec<_> = command.lines.iter().map(|line| &line.variant).collect();
    let named_place = [&command.warehouse];
    let rival = match &command.external_id {
        Some(id) => {
            find_one::<goods_receipt::Entity>(tx.conn(), &Reference::ExternalId(id.clone())).await?
        }
        None => None,
    };
    Ok(References {
        warehouses: warehouses::find_and_hold(tx.conn(), &named_place).await?,
        variants: variants::find_variants(tx.conn(), &named).await?,
        rival,
    })
}

async fn record(
    tx: &Tx,
    envelope: &Envelope<PostReceipt>,
    warehouse_id: WarehouseId,
    lines: &[ValuedLine],
) -> Result<(), TxError> {
    let (call, command) = (&envelope.call, &envelope.command);
    let numbers = numbering::take(tx, NumberKind::GoodsReceipt, &[command.date]).await?;
    let receipt = goods_receipt::Model {
        id: command.id,
        warehouse_id,
        purchase_order_id: None,
        supplier_id: None,
        delivery_note: None,
        note: command.note.clone(),
        reversed_by: None,
        reversed_at: None,
        reversed_on: None,
        reversed_reason: None,
        number: numbers.concat(),
        status: GoodsReceiptStatus::Posted,
        date: command.date,
        external_id: command.external_id.clone(),
        metadata: command.metadata.clone(),
        operation_id: call.operation_id,
        created_by: call.actor.caller_id(),
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    let rows = command.lines.iter().zip(lines).enumerate();
    let row =
        |(index, (line, valued)): (usize, (&ReceiptLine, &ValuedLine))| goods_receipt_line::Model {
            id: line.id,
            goods_receipt_id: command.id,
            position: i32::try_from(index + 1).expect("a document has few lines"),
            variant_id: valued.variant_id,
            purchase_order_line_id: None,
            quantity: line.quantity,
            accepted: line.quantity,
            rejected: Quantity::ZERO,
            rejection_reason: None,
            short: Quantity::ZERO,
            unit_cost: line.unit_cost,
            value: valued.value,
            reversed_value: Amount::ZERO,
        };
    metadata::insert(tx.conn(), [(receipt.id.0, receipt.metadata.as_ref())]).await?;
    store::insert(tx.conn(), receipt, rows.map(row).collect()).await?;
    Ok(())
}
