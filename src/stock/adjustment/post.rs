//! Posting corrections as one adjustment: what `stockAdjust` decided, and what a count found.

use chrono::NaiveDate;
use entity::stock::{stock_adjustment, stock_adjustment_line};
use entity::vocab::{
    AdjustmentReason, Amount, NumberKind, StockAdjustmentId, StockAdjustmentLineId,
    StockAdjustmentStatus, StockPlace, WarehouseId,
};
use serde_json::Value as Json;

use super::rules::Correction;
use super::store;
use crate::platform::actor::Scope;
use crate::platform::command::Call;
use crate::platform::db::{Tx, TxError};
use crate::platform::metadata;
use crate::platform::numbering;
use crate::stock::ledger::{self, Book, MovementCause, Place, Posting, StockCause};
use crate::stock::settings::{rules as approval, store as settings};

/// The head of an adjustment to be written.
#[derive(Clone, Debug)]
pub struct NewAdjustment {
    /// Its id.
    pub id: StockAdjustmentId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Why.
    pub reason: AdjustmentReason,
    /// A remark.
    pub note: Option<String>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
}

/// Posts corrections to the book, and ends the command there: the lines of the adjustment, with the
/// values that came in and went out.
pub fn post(
    book: &mut Book,
    posting: Posting,
    (id, warehouse): (StockAdjustmentId, WarehouseId),
    corrections: &[Correction],
) -> Vec<stock_adjustment_line::Model> {
    let mut rows = Vec::with_capacity(corrections.len());
    for (index, correction) in corrections.iter().enumerate() {
        let line = StockAdjustmentLineId::generate();
        let value = post_line(book, posting, (line, warehouse), correction);
        rows.push(stock_adjustment_line::Model {
            id: line,
            stock_adjustment_id: id,
            position: i32::try_from(index + 1).expect("a document has few lines"),
            variant_id: correction.variant_id,
            place: correction.place,
            delta: correction.delta,
            value,
            reversed_value: Amount::ZERO,
        });
    }
    book.end_command(posting, StockCause::StockAdjustment(id));
    rows
}

/// Posts one correction; the value is above zero for what came in, below for what went out.
fn post_line(
    book: &mut Book,
    posting: Posting,
    (line, warehouse): (StockAdjustmentLineId, WarehouseId),
    correction: &Correction,
) -> Amount {
    let cause = MovementCause::Adjustment(line);
    let place = match correction.place {
        StockPlace::Quarantine => Place::Quarantine(warehouse),
        _ => Place::Sellable(warehouse),
    };
    if correction.delta.is_positive() {
        let places = (correction.variant_id, Place::Outside, place);
        book.bring_in(
            posting,
            places,
            (correction.delta, correction.value_in),
            cause,
        );
        return correction.value_in;
    }
    let places = (correction.variant_id, place, Place::Outside);
    -book.take_out(posting, places, -correction.delta, cause)
}

/// Whether corrections are worth more than may be corrected without approval.
///
/// # Errors
/// The database's.
pub async fn needs_approval(
    tx: &Tx,
    lines: &[stock_adjustment_line::Model],
) -> Result<bool, TxError> {
    let over = settings::settings(tx.conn())
        .await?
        .adjustment_approval_over;
    let values = lines.iter().map(|line| line.value);
    Ok(approval::needs_approval(over, values))
}

/// The scope that approves.
pub const APPROVING: Scope = Scope::StockApprove;

/// Writes the adjustment, its lines, and what was posted to the book for them.
///
/// # Errors
/// The database's.
pub async fn record(
    tx: &Tx,
    call: &Call,
    (adjustment, date): (NewAdjustment, NaiveDate),
    (lines, book): (Vec<stock_adjustment_line::Model>, &Book),
) -> Result<(), TxError> {
    let numbers = numbering::take(tx, NumberKind::StockAdjustment, &[date]).await?;
    let adjustment = stock_adjustment::Model {
        id: adjustment.id,
        warehouse_id: adjustment.warehouse_id,
        reason: adjustment.reason,
        note: adjustment.note,
        number: numbers.concat(),
        status: StockAdjustmentStatus::Posted,
        reversed_by: None,
        reversed_at: None,
        reversed_on: None,
        reversed_reason: None,
        date,
        external_id: adjustment.external_id,
        metadata: adjustment.metadata,
        operation_id: call.operation_id,
        created_by: call.actor.caller_id(),
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    metadata::insert(tx.conn(), [(adjustment.id.0, adjustment.metadata.as_ref())]).await?;
    store::insert(tx.conn(), adjustment, lines).await?;
    ledger::record(tx, book).await
}
