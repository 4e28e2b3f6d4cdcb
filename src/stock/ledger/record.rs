//! Writes what was posted to a book: levels, reservations, both ledgers; a fixed number of
//! multi-row statements.

use entity::stock::{
    commitment, cost_layer, reservation, stock_alert, stock_day, stock_level, stock_movement,
    supply,
};
use entity::vocab::{CostLayerId, CostingMethod, Instant, ProductVariantId, Quantity};
use sea_orm::{
    ActiveValue, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    Statement, Value,
};
use uuid::Uuid;

use super::book::{Book, Commitment, CommitmentCause, LevelEntry};
use super::days::days;
use super::layers::Layers;
use super::posting::{Demand, Movement, MovementCause, Supply};
use super::supplies::Supplies;
use crate::accounts::ledger as journal;
use crate::accounts::period::guard::check_days;
use crate::platform::db::{Tx, TxError, Write, Writes, places, rows};

/// Rows per statement: SQLite takes at most 32,766 values.
const ROWS_MAX: usize = 1_000;

/// Writes the difference between the book and the database. Documents come first, for ledger lines
/// refer to them; then the journal; events come last.
///
/// # Errors
/// The database's; an internal error when a level is not the one that was locked.
pub async fn record(tx: &Tx, book: &Book) -> Result<(), TxError> {
    record_after(tx, Box::new(std::iter::empty()), book).await
}

/// Like [`record`], behind writes of documents: what follows is put together while the database is
/// at work on them.
///
/// # Errors
/// The database's; an internal error when a level is not the one that was locked.
pub async fn record_after(tx: &Tx, documents: Writes<'_>, book: &Book) -> Result<(), TxError> {
    if book.valued < book.movements.len() {
        return Err(TxError::internal("movements of a command that has no end"));
    }
    let pending = Pending::of(book);
    let of_book = pending.writes(tx, book);
    tx.write_all(Box::new(documents.chain(of_book))).await?;
    if book.entries.is_empty() {
        check_days(tx, book.movements.iter().map(|line| line.posting.date)).await?;
    }
    journal::post(tx, &book.entries).await
}

/// What a book has that the database has not.
struct Pending<'b> {
    levels: Vec<&'b LevelEntry>,
    used_layers: Vec<CostLayerId>,
    layers: Vec<&'b cost_layer::Model>,
    changed_reservations: Vec<&'b reservation::Model>,
    new_reservations: Vec<&'b reservation::Model>,
    commitments: Vec<&'b Commitment>,
    supplies: Supplies,
    days: Vec<stock_day::Model>,
    policies: Vec<&'b LevelEntry>,
    changed_alerts: Vec<&'b stock_alert::Model>,
    new_alerts: Vec<&'b stock_alert::Model>,
}

impl<'b> Pending<'b> {
    fn of(book: &'b Book) -> Self {
        let levels = book.levels.values();
        let (changed_reservations, new_reservations) = book
            .changed
            .iter()
            .map(|id| &book.reservations[id])
            .partition(|row| book.known.contains(&row.id));
        let (changed_alerts, new_alerts) = book.alerts.written();
        let commitments = book.commitments.iter();
        let commitments: Vec<_> = commitments.filter(|line| line.says_something()).collect();
        Self {
            levels: levels
                .filter(|entry| entry.now.version > entry.loaded_version)
                .collect(),
            used_layers: book.layers.values().flat_map(Layers::used_up).collect(),
            layers: book.layers.values().flat_map(Layers::changed).collect(),
            changed_reservations,
            new_reservations,
            supplies: Supplies::of(commitments.iter().copied()),
            commitments,
            days: days(&book.movements),
            policies: book.policies.iter().map(|key| &book.levels[key]).collect(),
            changed_alerts,
            new_alerts,
        }
    }

    /// Statements of at most so many rows, in one order.
    fn writes<'w>(&'w self, tx: &'w Tx, book: &'w Book) -> Writes<'w> {
        let levels = self.levels.chunks(ROWS_MAX);
        let used = self.used_layers.chunks(ROWS_MAX);
        let layers = self.layers.chunks(ROWS_MAX);
        let changed = self.changed_reservations.chunks(ROWS_MAX);
        // Most are new, and new rows cost less where nobody has to look for old ones.
        let new = self.new_reservations.chunks(ROWS_MAX);
        let commitments = self.commitments.chunks(ROWS_MAX);
        let announced = self.supplies.announced.chunks(ROWS_MAX);
        let taken_back = self.supplies.taken_back.chunks(ROWS_MAX);
        let movements = book.movements.chunks(ROWS_MAX);
        let days = self.days.chunks(ROWS_MAX);
        let policies = self.policies.chunks(ROWS_MAX);
        // What is cleared makes room for what is raised again.
        let cleared = self.changed_alerts.chunks(ROWS_MAX);
        let raised = self.new_alerts.chunks(ROWS_MAX);
        Box::new(
            levels
                .map(move |entries| Ok(update_levels(tx, entries)))
                .chain(used.map(move |ids| Ok(remove_layers(tx, ids))))
                .chain(layers.map(move |rows| write_layers(tx, rows)))
                .chain(changed.map(move |rows| write_reservations(tx, rows, UPDATE_RESERVATIONS)))
                .chain(new.map(move |rows| write_reservations(tx, rows, "")))
                .chain(commitments.map(move |lines| {
                    Write::insert(tx, lines.iter().map(|line| commitment_row(line)), "")
                }))
                .chain(announced.map(move |rows| announce(tx, rows)))
                .chain(taken_back.map(move |lines| Ok(take_back(tx, lines))))
                .chain(
                    movements
                        .map(move |lines| Write::insert(tx, lines.iter().map(movement_row), "")),
                )
                .chain(days.map(move |rows| add_days(tx, rows)))
                .chain(policies.map(move |entries| Ok(update_policies(tx, entries))))
                .chain(cleared.map(move |rows| write_alerts(tx, rows, CLEAR_ALERTS)))
                .chain(raised.map(move |rows| write_alerts(tx, rows, ""))),
        )
    }
}

impl Commitment {
    fn says_something(&self) -> bool {
        !(self.reserved.is_zero() && self.backordered.is_zero() && self.incoming.is_zero())
    }
}

const LEVEL_COLUMNS: usize = 11;

/// One statement for all levels. The versions stand guard behind the locks: a level that is not
/// the one that was read is not written, and that is an error.
fn update_levels(tx: &Tx, entries: &[&LevelEntry]) -> Write {
    let backend = tx.backend();
    let now = places(backend, 1, 1);
    let mut values: Vec<Value> = Vec::with_capacity(entries.len() * LEVEL_COLUMNS);
    for entry in entries {
        let level = &entry.now;
        values.push(level.variant_id.into());
        values.push(level.warehouse_id.into());
        values.push(level.sellable.into());
        values.push(level.quarantined.into());
        values.push(level.reserved.into());
        values.push(level.backordered.into());
        values.push(level.incoming.into());
        values.push(level.value.into());
        values.push(level.hold_expires_at.map(|Instant(at)| at).into());
        values.push(level.version.into());
        values.push(entry.loaded_version.into());
    }
    let (rows, of_rows) = rows(backend, (2, LEVEL_COLUMNS), values);
    let values = [tx.now().into()].into_iter().chain(of_rows);
    let sql = format!(
        "UPDATE stock_level SET sellable = v.column3, quarantined = v.column4, \
         reserved = v.column5, backordered = v.column6, incoming = v.column7, value = v.column8, \
         hold_expires_at = v.column9, version = v.column10, updated_at = {now} \
         FROM ({rows}) AS v WHERE stock_level.variant_id = v.column1 \
         AND stock_level.warehouse_id = v.column2 AND stock_level.version = v.column11"
    );
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Write::exactly(
        statement,
        entries.len(),
        "a stock level changed although it was locked",
    )
}

/// Layers that are used up.
fn remove_layers(tx: &Tx, ids: &[CostLayerId]) -> Write {
    let values = ids.iter().map(|id| Value::from(*id)).collect();
    let (rows, values) = rows(tx.backend(), (1, 1), values);
    let sql = format!("DELETE FROM cost_layer WHERE id IN ({rows})");
    let statement = Statement::from_sql_and_values(tx.backend(), sql, values);
    Write::exactly(
        statement,
        ids.len(),
        "a layer of costs changed although its level was locked",
    )
}

/// Layers that are new, and those of which some has left.
fn write_layers(tx: &Tx, rows: &[&cost_layer::Model]) -> Result<Write, DbErr> {
    let update = "ON CONFLICT (id) DO UPDATE SET quantity = excluded.quantity, \
        value = excluded.value";
    let rows = rows.iter().map(|row| (*row).clone().into_active_model());
    Write::insert(tx, rows, update)
}

/// Changes at which cost goods of a variant leave everywhere. Its levels are locked.
///
/// # Errors
/// The database's.
pub async fn set_costing(
    tx: &Tx,
    id: ProductVariantId,
    method: CostingMethod,
) -> Result<(), DbErr> {
    let changed = stock_level::ActiveModel {
        costing_method: Set(method),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    stock_level::Entity::update_many()
        .set(changed)
        .filter(stock_level::Column::VariantId.eq(id))
        .exec(tx.conn())
        .await
        .map(|_| ())
}

/// One statement for the policies of all levels, which are locked.
fn update_policies(tx: &Tx, entries: &[&LevelEntry]) -> Write {
    let backend = tx.backend();
    let now = places(backend, 1, 1);
    let mut values: Vec<Value> = Vec::with_capacity(entries.len() * 7);
    for LevelEntry { now: level, .. } in entries {
        values.push(level.variant_id.into());
        values.push(level.warehouse_id.into());
        for quantity in [
            level.minimum,
            level.maximum,
            level.reorder_point,
            level.safety_stock,
        ] {
            values.push(quantity.map(|Quantity(micros)| micros).into());
        }
        values.push(level.policy_version.into());
    }
    let (rows, of_rows) = rows(backend, (2, 7), values);
    let values = [tx.now().into()].into_iter().chain(of_rows);
    let sql = format!(
        "UPDATE stock_level SET minimum = v.column3, maximum = v.column4, \
         reorder_point = v.column5, safety_stock = v.column6, policy_version = v.column7, \
         updated_at = {now} FROM ({rows}) AS v WHERE stock_level.variant_id = v.column1 \
         AND stock_level.warehouse_id = v.column2 AND stock_level.policy_version = v.column7 - 1"
    );
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Write::exactly(
        statement,
        entries.len(),
        "the policy of a stock level changed although it was locked",
    )
}

const CLEAR_ALERTS: &str = "ON CONFLICT (id) DO UPDATE SET \
    cleared_quantity = excluded.cleared_quantity, cleared_by = excluded.cleared_by, \
    cleared_at = excluded.cleared_at";

fn write_alerts(tx: &Tx, rows: &[&stock_alert::Model], then: &'static str) -> Result<Write, DbErr> {
    let rows = rows.iter().map(|row| (*row).clone().into_active_model());
    Write::insert(tx, rows, then)
}

const UPDATE_RESERVATIONS: &str = "ON CONFLICT (id) DO UPDATE SET reserved = excluded.reserved, \
    backordered = excluded.backordered, state = excluded.state, priority = excluded.priority, \
    expires_at = excluded.expires_at, updated_at = excluded.updated_at";

fn write_reservations(
    tx: &Tx,
    rows: &[&reservation::Model],
    then: &'static str,
) -> Result<Write, DbErr> {
    let rows = rows.iter().map(|row| (*row).clone().into_active_model());
    Write::insert(tx, rows, then)
}

/// Adds to the sums of days. Their levels are locked, so nobody else adds to them meanwhile.
fn add_days(tx: &Tx, rows: &[stock_day::Model]) -> Result<Write, DbErr> {
    let add = "ON CONFLICT (variant_id, warehouse_id, happened_on, kind) DO UPDATE SET \
        quantity_in = stock_day.quantity_in + excluded.quantity_in, \
        value_in = stock_day.value_in + excluded.value_in, \
        quantity_out = stock_day.quantity_out + excluded.quantity_out, \
        value_out = stock_day.value_out + excluded.value_out";
    let rows = rows.iter().map(|row| row.clone().into_active_model());
    Write::insert(tx, rows, add)
}

/// Adds to what lines announce. Their document and their levels are locked.
fn announce(tx: &Tx, rows: &[supply::Model]) -> Result<Write, DbErr> {
    let add = "ON CONFLICT (line_id) DO UPDATE SET \
        incoming = supply.incoming + excluded.incoming, due_on = excluded.due_on";
    let rows = rows.iter().map(|row| row.clone().into_active_model());
    Write::insert(tx, rows, add)
}

fn take_back(tx: &Tx, lines: &[(Uuid, Quantity)]) -> Write {
    let values = lines
        .iter()
        .flat_map(|(line, change)| [Value::from(*line), Value::from(*change)]);
    let (rows, values) = rows(tx.backend(), (1, 2), values.collect());
    let sql = format!(
        "UPDATE supply SET incoming = incoming + v.column2 FROM ({rows}) AS v \
         WHERE supply.line_id = v.column1"
    );
    let statement = Statement::from_sql_and_values(tx.backend(), sql, values);
    Write::exactly(
        statement,
        lines.len(),
        "goods arrived that nobody had announced",
    )
}

fn commitment_row(line: &Commitment) -> commitment::ActiveModel {
    let posting = line.posting;
    let mut row = commitment::ActiveModel {
        id: ActiveValue::NotSet,
        operation_id: Set(posting.operation_id),
        variant_id: Set(line.key.0),
        warehouse_id: Set(line.key.1),
        sales_order_line_id: Set(None),
        stock_transfer_line_id: Set(None),
        stock_hold_line_id: Set(None),
        purchase_order_line_id: Set(None),
        reserved: Set(line.reserved),
        backordered: Set(line.backordered),
        incoming: Set(line.incoming),
        due_on: Set(line.due_on),
        recorded_at: Set(posting.now),
    };
    match line.cause {
        CommitmentCause::Demand(Demand::OrderLine(id)) => row.sales_order_line_id = Set(Some(id)),
        CommitmentCause::Demand(Demand::TransferLine(id))
        | CommitmentCause::Supply(Supply::TransferLine(id)) => {
            row.stock_transfer_line_id = Set(Some(id));
        }
        CommitmentCause::Demand(Demand::HoldLine(id)) => row.stock_hold_line_id = Set(Some(id)),
        CommitmentCause::Supply(Supply::PurchaseOrderLine(id)) => {
            row.purchase_order_line_id = Set(Some(id));
        }
    }
    row
}

fn movement_row(line: &Movement) -> stock_movement::ActiveModel {
    let posting = line.posting;
    let mut row = stock_movement::ActiveModel {
        id: ActiveValue::NotSet,
        operation_id: Set(posting.operation_id),
        variant_id: Set(line.variant_id),
        quantity: Set(line.quantity),
        value: Set(line.value),
        from_place: Set(line.from.kind()),
        from_warehouse_id: Set(line.from.warehouse()),
        to_place: Set(line.to.kind()),
        to_warehouse_id: Set(line.to.warehouse()),
        goods_receipt_line_id: Set(None),
        fulfilment_line_id: Set(None),
        stock_transfer_line_id: Set(None),
        stock_adjustment_line_id: Set(None),
        customer_return_line_id: Set(None),
        reason: Set(line.reason.clone()),
        reverses_id: Set(line.reverses),
        cost_layer_id: Set(line.layer),
        from_on_hand: Set(line.from_on_hand),
        to_on_hand: Set(line.to_on_hand),
        happened_on: Set(posting.date),
        recorded_at: Set(posting.now),
        recorded_by: Set(posting.actor),
    };
    match line.cause {
        MovementCause::GoodsReceipt(id) => row.goods_receipt_line_id = Set(Some(id)),
        MovementCause::Fulfilment(id) => row.fulfilment_line_id = Set(Some(id)),
        MovementCause::Transfer(id) => row.stock_transfer_line_id = Set(Some(id)),
        MovementCause::Adjustment(id) => row.stock_adjustment_line_id = Set(Some(id)),
        MovementCause::Return(id) | MovementCause::Scrap(id) => {
            row.customer_return_line_id = Set(Some(id));
        }
    }
    row
}
