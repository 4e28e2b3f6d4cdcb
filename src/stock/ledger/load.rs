//! Locks the levels that commands touch, in one order, and loads what belongs to them.

use std::collections::BTreeSet;

use entity::stock::{cost_layer, reservation, stock_alert, stock_level, supply};
use entity::vocab::{CostingMethod, Instant, ProductVariantId, ReservationState};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};

use super::book::{Book, LevelKey};
use super::posting::{Demand, Posting};
use crate::platform::db::{Tx, places, rows};
use crate::stock::alert::rules::may_be_open;

/// Which reservations the commands need beside those that stock would be given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Only demand is added: nobody is served or turned away.
    Levels,
    /// Stock may become free: who waits for it.
    Waiting,
    /// Stock may be taken from under a reservation: all that hold or wait.
    Everyone,
}

/// What a batch of commands is about to touch.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The levels; those that do not exist yet are made.
    pub keys: BTreeSet<LevelKey>,
    /// Levels that matter only if they exist.
    pub optional: BTreeSet<LevelKey>,
    /// Which reservations of these levels.
    pub needs: Needs,
    /// The documents' own demands, whose reservations are needed in any case.
    pub demands: Vec<Demand>,
}

impl Plan {
    /// A plan for the levels where documents' lines have reservations. Their document is locked,
    /// so that no other command adds one meanwhile; `load` reads them again under the lock.
    ///
    /// # Errors
    /// The database's.
    pub async fn of_demands(tx: &Tx, demands: Vec<Demand>, needs: Needs) -> Result<Self, DbErr> {
        let rows = active_reservations(tx, &demands).await?;
        let keys = rows
            .iter()
            .map(|row| (row.variant_id, row.warehouse_id))
            .collect();
        Ok(Self {
            keys,
            optional: BTreeSet::new(),
            needs,
            demands,
        })
    }
}

/// Locks the levels in the order of variant and warehouse, makes those that do not exist yet,
/// brings reservations as needed and the layers of costs, and gives back what holds whose time ran
/// out still keep. A fixed number of statements, however many levels.
///
/// # Errors
/// The database's.
pub async fn load(tx: &Tx, plan: &Plan, posting: Posting) -> Result<Book, DbErr> {
    let mut book = load_promises(tx, plan, posting).await?;
    let levels = book.levels.values().map(|entry| &entry.now);
    let fifo = levels.filter(|level| level.costing_method == CostingMethod::Fifo);
    let fifo: BTreeSet<LevelKey> = fifo
        .map(|level| (level.variant_id, level.warehouse_id))
        .collect();
    if !fifo.is_empty() {
        let rows = layers(tx, &fifo).await?;
        book.give_layers(rows);
    }
    Ok(book)
}

/// Like [`load`], for commands that promise goods and move none: without the layers of costs.
///
/// # Errors
/// The database's.
pub async fn load_promises(tx: &Tx, plan: &Plan, posting: Posting) -> Result<Book, DbErr> {
    let keys: BTreeSet<LevelKey> = plan.keys.union(&plan.optional).copied().collect();
    if keys.is_empty() {
        return Ok(Book::default());
    }
    let levels = lock_or_make(tx, (&keys, &plan.keys)).await?;
    let reservations = reservations(tx, &levels, plan).await?;
    let alerts = open_alerts(tx, &levels).await?;
    let mut book = Book::of(levels, reservations).with_alerts(alerts);
    book.expire_holds(posting);
    Ok(book)
}

/// Locks levels for who moves and promises nothing: no reservations are brought, and expired holds
/// stay as they are.
///
/// # Errors
/// The database's.
pub async fn load_as_stored(tx: &Tx, keys: &BTreeSet<LevelKey>) -> Result<Book, DbErr> {
    if keys.is_empty() {
        return Ok(Book::default());
    }
    let levels = lock_or_make(tx, (keys, keys)).await?;
    let alerts = open_alerts(tx, &levels).await?;
    Ok(Book::of(levels, Vec::new()).with_alerts(alerts))
}

/// Locks the levels that there are, and makes those of the wanted ones that there are not.
async fn lock_or_make(
    tx: &Tx,
    (keys, wanted): (&BTreeSet<LevelKey>, &BTreeSet<LevelKey>),
) -> Result<Vec<stock_level::Model>, DbErr> {
    let mut levels = lock(tx, keys).await?;
    let found = levels
        .iter()
        .map(|level| (level.variant_id, level.warehouse_id))
        .collect();
    let missing: BTreeSet<LevelKey> = wanted.difference(&found).copied().collect();
    if !missing.is_empty() {
        let made = make(tx, &missing).await?;
        if made.len() == missing.len() {
            // Nobody else can have touched what was made just now.
            levels.extend(made);
        } else {
            levels = lock(tx, keys).await?;
        }
    }
    Ok(levels)
}

/// The open alerts of levels that are locked; no statement where none of them can have one.
async fn open_alerts(
    tx: &Tx,
    levels: &[stock_level::Model],
) -> Result<Vec<stock_alert::Model>, DbErr> {
    let mut values: Vec<Value> = Vec::new();
    for level in levels.iter().filter(|level| may_be_open(level)) {
        values.push(level.variant_id.into());
        values.push(level.warehouse_id.into());
    }
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let (pairs, values) = rows(tx.backend(), (1, 2), values);
    let sql = format!(
        "SELECT * FROM stock_alert WHERE (variant_id, warehouse_id) IN ({pairs}) \
         AND cleared_at IS NULL"
    );
    let statement = Statement::from_sql_and_values(tx.backend(), sql, values);
    let rows = tx.conn().query_all_raw(statement).await?;
    rows.iter()
        .map(|row| stock_alert::Model::from_query_result(row, ""))
        .collect()
}

/// Locks all levels of a variant, in the order of warehouses.
///
/// # Errors
/// The database's.
pub async fn lock_levels_of(
    tx: &Tx,
    id: ProductVariantId,
) -> Result<Vec<stock_level::Model>, DbErr> {
    stock_level::Entity::find()
        .filter(stock_level::Column::VariantId.eq(id))
        .order_by_asc(stock_level::Column::WarehouseId)
        .lock_exclusive()
        .all(tx.conn())
        .await
}

/// Whether goods of a variant are on their way between warehouses; its levels are locked.
///
/// # Errors
/// The database's.
pub async fn is_in_transit(tx: &Tx, id: ProductVariantId) -> Result<bool, DbErr> {
    use supply::Column;
    let found = supply::Entity::find()
        .filter(Column::VariantId.eq(id))
        .filter(Column::Incoming.gt(0))
        .filter(Column::StockTransferLineId.is_not_null())
        .one(tx.conn())
        .await?;
    Ok(found.is_some())
}

fn values_of(keys: &BTreeSet<LevelKey>) -> Vec<Value> {
    let pairs = keys
        .iter()
        .flat_map(|(variant, warehouse)| [Value::from(*variant), Value::from(*warehouse)]);
    pairs.collect()
}

/// The layers of costs of levels, each level's in their order.
async fn layers(tx: &Tx, keys: &BTreeSet<LevelKey>) -> Result<Vec<cost_layer::Model>, DbErr> {
    let (pairs, values) = rows(tx.backend(), (1, 2), values_of(keys));
    let sql = format!(
        "SELECT * FROM cost_layer WHERE (variant_id, warehouse_id) IN ({pairs}) \
         ORDER BY variant_id, warehouse_id, position"
    );
    let statement = Statement::from_sql_and_values(tx.backend(), sql, values);
    let found = cost_layer::Entity::find().from_raw_sql(statement);
    found.all(tx.conn()).await
}

async fn lock(tx: &Tx, keys: &BTreeSet<LevelKey>) -> Result<Vec<stock_level::Model>, DbErr> {
    let values = values_of(keys);
    let lock = if tx.backend() == DbBackend::Postgres {
        "FOR UPDATE"
    } else {
        ""
    };
    let (pairs, values) = rows(tx.backend(), (1, 2), values);
    let sql = format!(
        "SELECT * FROM stock_level WHERE (variant_id, warehouse_id) IN ({pairs}) \
         ORDER BY variant_id, warehouse_id {lock}"
    );
    let statement = Statement::from_sql_and_values(tx.backend(), sql, values);
    let rows = tx.conn().query_all_raw(statement).await?;
    rows.iter()
        .map(|row| stock_level::Model::from_query_result(row, ""))
        .collect()
}

/// Makes levels, with the method of costing of their variants; gives back those that somebody else
/// did not make meanwhile. The variants are shared until the end of the transaction: who changes
/// the method of one waits, and finds the levels that are made now.
async fn make(tx: &Tx, missing: &BTreeSet<LevelKey>) -> Result<Vec<stock_level::Model>, DbErr> {
    let now = places(tx.backend(), 1, 1);
    let share = if tx.backend() == DbBackend::Postgres {
        "FOR SHARE OF variant"
    } else {
        ""
    };
    let (pairs, of_pairs) = rows(tx.backend(), (2, 2), values_of(missing));
    let values = [tx.now().into()].into_iter().chain(of_pairs);
    let sql = format!(
        "INSERT INTO stock_level (variant_id, warehouse_id, sellable, quarantined, reserved, \
         backordered, incoming, value, costing_method, updated_at, version) \
         SELECT variant.id, asked.column2, 0, 0, 0, 0, 0, 0, variant.costing_method, {now}, 0 \
         FROM ({pairs}) AS asked JOIN product_variant AS variant ON variant.id = asked.column1 \
         WHERE TRUE ORDER BY variant.id, asked.column2 {share} \
         ON CONFLICT DO NOTHING RETURNING *"
    );
    let statement = Statement::from_sql_and_values(tx.backend(), sql, values);
    let made = stock_level::Entity::find().from_raw_sql(statement);
    made.all(tx.conn()).await
}

/// Reservations of these levels: as needed, and of levels with an expired hold all holds. No
/// statement where the levels themselves tell that there is nothing to load.
async fn reservations(
    tx: &Tx,
    levels: &[stock_level::Model],
    plan: &Plan,
) -> Result<Vec<reservation::Model>, DbErr> {
    use reservation::Column;
    let needs = plan.needs;
    let mut any = of_lines(&plan.demands);
    for level in levels {
        let expired = level
            .hold_expires_at
            .is_some_and(|at: Instant| at <= tx.now());
        let waiting = needs != Needs::Levels || expired;
        let everyone = needs == Needs::Everyone
            && (level.reserved.is_positive() || level.backordered.is_positive());
        let mut wanted = Condition::any();
        if waiting && level.backordered.is_positive() {
            wanted = wanted.add(Column::Backordered.gt(0));
        }
        if expired {
            wanted = wanted.add(Column::ExpiresAt.is_not_null());
        }
        if everyone {
            wanted = Condition::any().add(Column::State.eq(ReservationState::Active));
        }
        if !wanted.is_empty() {
            any = any.add(
                Condition::all()
                    .add(Column::VariantId.eq(level.variant_id))
                    .add(Column::WarehouseId.eq(level.warehouse_id))
                    .add(Column::State.eq(ReservationState::Active))
                    .add(wanted),
            );
        }
    }
    if any.is_empty() {
        return Ok(Vec::new());
    }
    let active = Column::State.eq(ReservationState::Active);
    reservation::Entity::find()
        .filter(any)
        .filter(active)
        .order_by_asc(Column::Id)
        .all(tx.conn())
        .await
}

async fn active_reservations(
    tx: &Tx,
    demands: &[Demand],
) -> Result<Vec<reservation::Model>, DbErr> {
    let any = of_lines(demands);
    if any.is_empty() {
        return Ok(Vec::new());
    }
    let active = reservation::Column::State.eq(ReservationState::Active);
    reservation::Entity::find()
        .filter(any)
        .filter(active)
        .order_by_asc(reservation::Column::Id)
        .all(tx.conn())
        .await
}

fn of_lines(demands: &[Demand]) -> Condition {
    use reservation::Column;
    let (mut orders, mut transfers, mut holds) = (Vec::new(), Vec::new(), Vec::new());
    for demand in demands {
        match demand {
            Demand::OrderLine(id) => orders.push(*id),
            Demand::TransferLine(id) => transfers.push(*id),
            Demand::HoldLine(id) => holds.push(*id),
        }
    }
    let mut any = Condition::any();
    if !orders.is_empty() {
        any = any.add(Column::SalesOrderLineId.is_in(orders));
    }
    if !transfers.is_empty() {
        any = any.add(Column::StockTransferLineId.is_in(transfers));
    }
    if !holds.is_empty() {
        any = any.add(Column::StockHoldLineId.is_in(holds));
    }
    any
}
