//! The working copy of levels and reservations on which commands are decided and posted.
//!
//! Every method keeps the invariants of a level: `0 ≤ reserved ≤ sellable`, `available` below zero
//! only by backorders, value zero when nothing is there. Rules check before they post: a method
//! that is given more than there is panics in tests and is refused by the database in production.

use std::collections::{BTreeMap, BTreeSet};

use entity::stock::{reservation, stock_level};
use entity::vocab::{
    Amount, Instant, ProductVariantId, Quantity, ReservationId, ReservationState, WarehouseId,
};

use super::events::{LevelChange, LevelFacts, StockCause};
use super::posting::{Demand, Movement, MovementCause, Place, Posting};
use super::promise::{Promise, available};
use crate::platform::event::NewEvent;

/// A variant in a warehouse: what a level is found and locked by.
pub type LevelKey = (ProductVariantId, WarehouseId);

/// A change of the commitment ledger.
#[derive(Clone, Copy, Debug)]
pub(super) struct Commitment {
    pub posting: Posting,
    pub key: LevelKey,
    pub demand: Demand,
    pub reserved: Quantity,
    pub backordered: Quantity,
    pub incoming: Quantity,
}

/// A level, as it was when it was loaded and as it is now.
#[derive(Clone, Debug)]
pub(super) struct LevelEntry {
    pub loaded_version: i64,
    pub before_command: stock_level::Model,
    pub now: stock_level::Model,
}

/// The working copy.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub(super) levels: BTreeMap<LevelKey, LevelEntry>,
    pub(super) reservations: BTreeMap<ReservationId, reservation::Model>,
    pub(super) changed: BTreeSet<ReservationId>,
    pub(super) movements: Vec<Movement>,
    pub(super) commitments: Vec<Commitment>,
    touched: BTreeSet<LevelKey>,
    events: Vec<NewEvent>,
}

impl Book {
    /// A book of these levels.
    #[must_use]
    pub fn of(levels: Vec<stock_level::Model>, reservations: Vec<reservation::Model>) -> Self {
        let entries = levels.into_iter().map(|level| {
            let entry = LevelEntry {
                loaded_version: level.version,
                before_command: level.clone(),
                now: level,
            };
            ((entry.now.variant_id, entry.now.warehouse_id), entry)
        });
        let reservations = reservations.into_iter().map(|row| (row.id, row));
        Self {
            levels: entries.collect(),
            reservations: reservations.collect(),
            ..Self::default()
        }
    }

    /// Whether the level exists.
    #[must_use]
    pub fn has(&self, key: LevelKey) -> bool {
        self.levels.contains_key(&key)
    }

    /// A level; every level that a command names was loaded.
    #[must_use]
    pub fn level(&self, key: LevelKey) -> &stock_level::Model {
        &self
            .levels
            .get(&key)
            .expect("every level that a command names was loaded")
            .now
    }

    fn level_mut(&mut self, key: LevelKey) -> &mut stock_level::Model {
        self.touched.insert(key);
        &mut self
            .levels
            .get_mut(&key)
            .expect("every level that a command names was loaded")
            .now
    }

    /// `sellable − reserved − backordered` of a level, as it stands in this book.
    #[must_use]
    pub fn available(&self, key: LevelKey) -> Quantity {
        available(self.level(key))
    }

    /// A reservation that was loaded or made here.
    #[must_use]
    pub fn reservation(&self, id: ReservationId) -> Option<&reservation::Model> {
        self.reservations.get(&id)
    }

    /// The ids of the active reservations of a demand, oldest first.
    #[must_use]
    pub fn active_of(&self, demand: Demand) -> Vec<ReservationId> {
        let of_demand = |row: &&reservation::Model| {
            row.state == ReservationState::Active && demand_of(row) == demand
        };
        self.reservations
            .values()
            .filter(of_demand)
            .map(|row| row.id)
            .collect()
    }

    /// Holds stock for a demand, and lets what is backordered wait.
    pub fn promise(
        &mut self,
        posting: Posting,
        (demand, key): (Demand, LevelKey),
        promise: Promise,
        expires_at: Option<Instant>,
    ) -> ReservationId {
        let mut row = new_reservation(posting, demand, key);
        row.expires_at = expires_at;
        let id = row.id;
        self.reservations.insert(id, row);
        self.change(posting, id, promise.reserved, promise.backordered);
        if let Some(at) = expires_at {
            let level = self.level_mut(key);
            level.hold_expires_at = Some(level.hold_expires_at.map_or(at, |first| first.min(at)));
        }
        id
    }

    /// Announces goods on their way to a level, or takes the announcement back.
    pub fn expect_incoming(
        &mut self,
        posting: Posting,
        demand: Demand,
        key: LevelKey,
        change: Quantity,
    ) {
        self.level_mut(key).incoming.0 += change.0;
        let (reserved, backordered) = (Quantity::ZERO, Quantity::ZERO);
        self.commitments.push(Commitment {
            posting,
            key,
            demand,
            reserved,
            backordered,
            incoming: change,
        });
    }

    /// Brings goods into a warehouse, and serves who waits for them, oldest first.
    pub fn bring_in(
        &mut self,
        posting: Posting,
        (variant_id, from, to): (ProductVariantId, Place, Place),
        (quantity, value): (Quantity, Amount),
        cause: MovementCause,
    ) {
        let warehouse = to.warehouse().expect("goods come into a warehouse");
        let key = (variant_id, warehouse);
        let level = self.level_mut(key);
        match to {
            Place::Sellable(_) => level.sellable.0 += quantity.0,
            _ => level.quarantined.0 += quantity.0,
        }
        level.value.0 += value.0;
        self.movements.push(Movement {
            posting,
            variant_id,
            quantity,
            value,
            from,
            to,
            cause,
            reason: None,
        });
        self.promote(posting, key);
    }

    /// Takes goods out of a warehouse at their moving-average cost. Reservations that the rest no
    /// longer covers become backorders, newest first: a physical fact is never refused for them.
    pub fn take_out(
        &mut self,
        posting: Posting,
        (variant_id, from, to): (ProductVariantId, Place, Place),
        quantity: Quantity,
        cause: MovementCause,
    ) -> Amount {
        let warehouse = from
            .warehouse()
            .expect("goods are taken out of a warehouse");
        let key = (variant_id, warehouse);
        let level = self.level_mut(key);
        let on_hand = Quantity(level.sellable.0 + level.quarantined.0);
        let value = level.value.share(quantity, on_hand);
        match from {
            Place::Sellable(_) => level.sellable.0 -= quantity.0,
            _ => level.quarantined.0 -= quantity.0,
        }
        level.value.0 -= value.0;
        self.movements.push(Movement {
            posting,
            variant_id,
            quantity,
            value,
            from,
            to,
            cause,
            reason: None,
        });
        self.demote(posting, key);
        value
    }

    /// Writes off goods that were lost on the way: they leave transit and reach no warehouse.
    pub fn lose_in_transit(
        &mut self,
        posting: Posting,
        variant_id: ProductVariantId,
        (quantity, value): (Quantity, Amount),
        (cause, reason): (MovementCause, Option<String>),
    ) {
        let (from, to) = (Place::Transit, Place::Outside);
        self.movements.push(Movement {
            posting,
            variant_id,
            quantity,
            value,
            from,
            to,
            cause,
            reason,
        });
    }

    /// Ships what a reservation holds: the promise is kept, and the goods leave.
    pub fn consume(
        &mut self,
        posting: Posting,
        id: ReservationId,
        quantity: Quantity,
        (to, cause): (Place, MovementCause),
    ) -> Amount {
        let row = &self.reservations[&id];
        let (variant_id, warehouse_id) = (row.variant_id, row.warehouse_id);
        self.change(posting, id, -quantity, Quantity::ZERO);
        self.close(id, ReservationState::Consumed, posting.now);
        let places = (variant_id, Place::Sellable(warehouse_id), to);
        self.take_out(posting, places, quantity, cause)
    }

    /// Gives up what a reservation holds and waits for, and serves who waits behind it.
    pub fn release(&mut self, posting: Posting, id: ReservationId, state: ReservationState) {
        let row = &self.reservations[&id];
        let key = (row.variant_id, row.warehouse_id);
        self.change(posting, id, -row.reserved, -row.backordered);
        self.close(id, state, posting.now);
        self.promote(posting, key);
    }

    /// Hands what a reservation holds and waits for over to another demand, with no moment
    /// between the two in which somebody else could take it.
    pub fn hand_over(
        &mut self,
        posting: Posting,
        id: ReservationId,
        demand: Demand,
        quantity: Quantity,
    ) -> Promise {
        let row = &self.reservations[&id];
        let key = (row.variant_id, row.warehouse_id);
        let reserved = row.reserved.at_most(quantity);
        let backordered = row.backordered.at_most(Quantity(quantity.0 - reserved.0));
        self.change(posting, id, -reserved, -backordered);
        self.close(id, ReservationState::Consumed, posting.now);
        let promise = Promise {
            reserved,
            backordered,
        };
        self.promise(posting, (demand, key), promise, None);
        promise
    }

    /// Changes until when a hold keeps its stock.
    pub fn extend(&mut self, id: ReservationId, expires_at: Instant, now: Instant) {
        let row = self
            .reservations
            .get_mut(&id)
            .expect("a reservation of this book");
        row.expires_at = Some(expires_at);
        row.updated_at = now;
        let key = (row.variant_id, row.warehouse_id);
        self.changed.insert(id);
        let level = self.level_mut(key);
        let first = level
            .hold_expires_at
            .map_or(expires_at, |first| first.min(expires_at));
        level.hold_expires_at = Some(first);
    }

    /// Gives back what holds keep whose time ran out. Where one did, every hold of the level was
    /// loaded, so that the next time to look is known exactly.
    pub(super) fn expire_holds(&mut self, posting: Posting) {
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= posting.now);
        let keys: Vec<LevelKey> = self
            .levels
            .iter()
            .filter(|(_, entry)| due(entry.now.hold_expires_at))
            .map(|(key, _)| *key)
            .collect();
        for key in keys {
            for id in self.active_ids(key, |row| due(row.expires_at)) {
                self.release(posting, id, ReservationState::Expired);
            }
            let left = self.active_ids(key, |row| row.expires_at.is_some());
            let next = left
                .iter()
                .filter_map(|id| self.reservations[id].expires_at)
                .min();
            self.level_mut(key).hold_expires_at = next;
        }
    }

    /// Changes what a reservation holds and waits for, on the level and in the ledger alike.
    fn change(
        &mut self,
        posting: Posting,
        id: ReservationId,
        reserved: Quantity,
        backordered: Quantity,
    ) {
        if reserved.is_zero() && backordered.is_zero() {
            return;
        }
        let row = self
            .reservations
            .get_mut(&id)
            .expect("a reservation of this book");
        row.reserved.0 += reserved.0;
        row.backordered.0 += backordered.0;
        row.updated_at = posting.now;
        let (key, demand) = ((row.variant_id, row.warehouse_id), demand_of(row));
        self.changed.insert(id);
        let level = self.level_mut(key);
        level.reserved.0 += reserved.0;
        level.backordered.0 += backordered.0;
        let incoming = Quantity::ZERO;
        self.commitments.push(Commitment {
            posting,
            key,
            demand,
            reserved,
            backordered,
            incoming,
        });
    }

    fn close(&mut self, id: ReservationId, state: ReservationState, now: Instant) {
        let row = self
            .reservations
            .get_mut(&id)
            .expect("a reservation of this book");
        if row.reserved.is_zero() && row.backordered.is_zero() {
            row.state = state;
            row.updated_at = now;
            self.changed.insert(id);
        }
    }

    /// Serves backorders of a level from stock that has become free, oldest first.
    fn promote(&mut self, posting: Posting, key: LevelKey) {
        let level = self.level(key);
        let mut free = Quantity(level.sellable.0 - level.reserved.0);
        if level.backordered.is_zero() || !free.is_positive() {
            return;
        }
        for id in self.active_ids(key, |row| row.backordered.is_positive()) {
            let served = self.reservations[&id].backordered.at_most(free);
            self.change(posting, id, served, -served);
            free.0 -= served.0;
            if free.is_zero() {
                break;
            }
        }
    }

    /// Turns reservations that stock no longer covers into backorders, newest first.
    fn demote(&mut self, posting: Posting, key: LevelKey) {
        let level = self.level(key);
        let mut excess = Quantity(level.reserved.0 - level.sellable.0);
        if !excess.is_positive() {
            return;
        }
        for id in self
            .active_ids(key, |row| row.reserved.is_positive())
            .into_iter()
            .rev()
        {
            let lost = self.reservations[&id].reserved.at_most(excess);
            self.change(posting, id, -lost, lost);
            excess.0 -= lost.0;
            if excess.is_zero() {
                break;
            }
        }
    }

    /// Ids are made in the order of time, so their order is the order of asking.
    fn active_ids(
        &self,
        key: LevelKey,
        wanted: impl Fn(&reservation::Model) -> bool,
    ) -> Vec<ReservationId> {
        let of_level = |row: &&reservation::Model| {
            (row.variant_id, row.warehouse_id) == key
                && row.state == ReservationState::Active
                && wanted(row)
        };
        self.reservations
            .values()
            .filter(of_level)
            .map(|row| row.id)
            .collect()
    }

    /// Ends a command: every level it touched gets a version and tells what happened to it.
    pub fn end_command(&mut self, posting: Posting, cause: StockCause) {
        for key in std::mem::take(&mut self.touched) {
            let entry = self
                .levels
                .get_mut(&key)
                .expect("touched levels are in the book");
            entry.now.version += 1;
            entry.now.updated_at = posting.now;
            let change = LevelChange::between(&entry.before_command, &entry.now);
            entry.before_command = entry.now.clone();
            let level = entry.now.clone();
            let facts = LevelFacts {
                level,
                change,
                cause,
            };
            self.events.push(facts.into_event(posting.operation_id));
        }
    }

    /// The events of all commands so far.
    #[must_use]
    pub fn take_events(&mut self) -> Vec<NewEvent> {
        std::mem::take(&mut self.events)
    }
}

fn new_reservation(posting: Posting, demand: Demand, key: LevelKey) -> reservation::Model {
    let mut row = reservation::Model {
        id: ReservationId::generate(),
        variant_id: key.0,
        warehouse_id: key.1,
        sales_order_line_id: None,
        stock_transfer_line_id: None,
        stock_hold_line_id: None,
        reserved: Quantity::ZERO,
        backordered: Quantity::ZERO,
        state: ReservationState::Active,
        due_on: posting.date,
        expires_at: None,
        created_at: posting.now,
        updated_at: posting.now,
    };
    match demand {
        Demand::OrderLine(id) => row.sales_order_line_id = Some(id),
        Demand::TransferLine(id) => row.stock_transfer_line_id = Some(id),
        Demand::HoldLine(id) => row.stock_hold_line_id = Some(id),
    }
    row
}

/// The demand a reservation belongs to.
pub(super) fn demand_of(row: &reservation::Model) -> Demand {
    let order = row.sales_order_line_id.map(Demand::OrderLine);
    let transfer = row.stock_transfer_line_id.map(Demand::TransferLine);
    let hold = row.stock_hold_line_id.map(Demand::HoldLine);
    order
        .or(transfer)
        .or(hold)
        .expect("a check constraint wants exactly one")
}
