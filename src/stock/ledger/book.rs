//! The working copy of levels and reservations on which commands are decided and posted.
//!
//! Every method keeps the invariants of a level: `0 ≤ reserved ≤ sellable`, `available` below zero
//! only by backorders, value zero when nothing is there. Rules check before they post: a method
//! that is given more than there is panics in tests and is refused by the database in production.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::stock::{reservation, stock_level, stock_movement};
use entity::vocab::{
    Amount, OperationId, ProductVariantId, Quantity, ReservationId, ReservationState, WarehouseId,
};

use super::alerts::Alerts;
use super::events::{LevelChange, LevelFacts, StockCause};
use super::layers::Layers;
use super::posting::{Demand, Movement, MovementCause, Place, Posting, Supply};
use super::promise::{available, on_hand};
use super::valuation;
use crate::accounts::ledger::Entry;
use crate::platform::event::NewEvent;
use crate::platform::input::is_bookable;

/// A variant in a warehouse: what a level is found and locked by.
pub type LevelKey = (ProductVariantId, WarehouseId);

/// The document line behind a change of the commitment ledger.
#[derive(Clone, Copy, Debug)]
pub enum CommitmentCause {
    /// What asks for goods.
    Demand(Demand),
    /// What announces goods.
    Supply(Supply),
}

/// A change of the commitment ledger.
#[derive(Clone, Copy, Debug)]
pub struct Commitment {
    /// Under whose name and for which day.
    pub posting: Posting,
    /// Of which level.
    pub key: LevelKey,
    /// The document line behind it.
    pub cause: CommitmentCause,
    /// The day of the demand or supply.
    pub due_on: NaiveDate,
    /// By how much `reserved` changed.
    pub reserved: Quantity,
    /// By how much `backordered` changed.
    pub backordered: Quantity,
    /// By how much `incoming` changed.
    pub incoming: Quantity,
}

/// What a command wrote to both ledgers.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Of the physical ledger.
    pub movements: Vec<Movement>,
    /// Of the commitment ledger.
    pub commitments: Vec<Commitment>,
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
    /// Of the levels where goods leave first in, first out.
    pub(super) layers: BTreeMap<LevelKey, Layers>,
    pub(super) reservations: BTreeMap<ReservationId, reservation::Model>,
    pub(super) changed: BTreeSet<ReservationId>,
    /// The reservations that were there before.
    pub(super) known: BTreeSet<ReservationId>,
    pub(super) movements: Vec<Movement>,
    pub(super) commitments: Vec<Commitment>,
    /// What the movements come to in the journal, up to the last end of a command.
    pub(super) entries: Vec<Entry>,
    /// How many movements are in the entries.
    pub(super) valued: usize,
    /// How many commitments say what expired holds gave back; they are the first.
    pub(super) expired: usize,
    pub(super) alerts: Alerts,
    /// The levels that were given another policy.
    pub(super) policies: BTreeSet<LevelKey>,
    touched: BTreeSet<LevelKey>,
    pub(super) events: Vec<NewEvent>,
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
        let known = reservations.iter().map(|row| row.id).collect();
        let reservations = reservations.into_iter().map(|row| (row.id, row));
        Self {
            known,
            levels: entries.collect(),
            reservations: reservations.collect(),
            ..Self::default()
        }
    }

    /// Books what expired holds gave back under another command: one that is kept.
    pub fn book_expired_under(&mut self, posting: Posting) {
        for line in &mut self.commitments[..self.expired] {
            line.posting = posting;
        }
    }

    /// What a command wrote to both ledgers.
    #[must_use]
    pub fn lines_of(&self, operation_id: OperationId) -> Lines {
        let mine = |posting: &Posting| posting.operation_id == operation_id;
        let movements = self.movements.iter().filter(|line| mine(&line.posting));
        let commitments = self.commitments.iter().filter(|line| mine(&line.posting));
        Lines {
            movements: movements.cloned().collect(),
            commitments: commitments.copied().collect(),
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

    pub(super) fn level_mut(&mut self, key: LevelKey) -> &mut stock_level::Model {
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

    /// Whether a level can take on so much more and still be reckoned with.
    #[must_use]
    pub fn has_room(&self, key: LevelKey, quantity: Quantity, value: Amount) -> bool {
        let level = self.level(key);
        let balances =
            [on_hand(level).0, level.backordered.0].map(|now| now.checked_add(quantity.0));
        let value = level.value.0.checked_add(value.0);
        let mut after = balances.into_iter().chain([value]);
        after.all(|sum| sum.is_some_and(is_bookable))
    }

    /// Whether a level can expect so much more and still be reckoned with.
    #[must_use]
    pub fn can_expect(&self, key: LevelKey, quantity: Quantity) -> bool {
        let sum = self.level(key).incoming.0.checked_add(quantity.0);
        sum.is_some_and(is_bookable)
    }

    /// A reservation that was loaded or made here.
    #[must_use]
    pub fn reservation(&self, id: ReservationId) -> Option<&reservation::Model> {
        self.reservations.get(&id)
    }

    /// Announces goods that reach a level on a day, or takes the announcement back.
    pub fn expect_incoming(
        &mut self,
        posting: Posting,
        (supply, due_on): (Supply, NaiveDate),
        key: LevelKey,
        change: Quantity,
    ) {
        if change.is_zero() {
            return;
        }
        self.level_mut(key).incoming.0 += change.0;
        let (reserved, backordered) = (Quantity::ZERO, Quantity::ZERO);
        self.commitments.push(Commitment {
            posting,
            key,
            cause: CommitmentCause::Supply(supply),
            due_on,
            reserved,
            backordered,
            incoming: change,
        });
    }

    /// Notes a movement, with what its warehouses have after it: their levels were changed before.
    fn moved(&mut self, movement: Movement) {
        let on_hand = |place: Place| {
            let warehouse = place.warehouse()?;
            Some(on_hand(self.level((movement.variant_id, warehouse))))
        };
        self.movements.push(Movement {
            from_on_hand: on_hand(movement.from),
            to_on_hand: on_hand(movement.to),
            ..movement
        });
    }

    /// Brings goods into a warehouse, and serves who waits for them, in their turn.
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
        let layer = self.add_layer(key, (quantity, value));
        let movement = Movement::new(posting, (variant_id, from, to), (quantity, value), cause);
        self.moved(Movement { layer, ..movement });
        self.promote(posting, key);
    }

    /// Puts goods back into a warehouse that a movement took out, at the value at which they left.
    pub fn put_back(
        &mut self,
        posting: Posting,
        (variant_id, to): (ProductVariantId, Place),
        (quantity, value): (Quantity, Amount),
        (cause, reverses, reason): (MovementCause, i64, &str),
    ) {
        let places = (variant_id, Place::Outside, to);
        self.bring_in(posting, places, (quantity, value), cause);
        let movement = self.movements.last_mut().expect("it was just brought in");
        movement.reverses = Some(reverses);
        movement.reason = Some(reason.to_owned());
    }

    /// Takes goods out of a warehouse, at the cost that the level's method says. Reservations that
    /// the rest no longer covers become backorders, newest first: a physical fact is never refused
    /// for them.
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
        let value = self.cost_of(key, quantity);
        self.take_off(key, from, (quantity, value));
        let places = (variant_id, from, to);
        self.moved(Movement::new(posting, places, (quantity, value), cause));
        self.demote(posting, key);
        value
    }

    /// Lets goods of quarantine be sold, and serves who waits for them, in their turn. What the
    /// warehouse has and is worth stays as it is.
    pub fn let_go(
        &mut self,
        posting: Posting,
        (variant_id, warehouse): LevelKey,
        quantity: Quantity,
        cause: MovementCause,
    ) {
        let key = (variant_id, warehouse);
        let level = self.level_mut(key);
        let value = level.value.share(quantity, on_hand(level));
        level.quarantined.0 -= quantity.0;
        level.sellable.0 += quantity.0;
        let (from, to) = (Place::Quarantine(warehouse), Place::Sellable(warehouse));
        let places = (variant_id, from, to);
        self.moved(Movement::new(posting, places, (quantity, value), cause));
        self.promote(posting, key);
    }

    /// Takes all goods out of a warehouse again that a movement brought in, at a value that the
    /// rules have found to be there. Reservations that the rest no longer covers become backorders.
    pub fn take_back(
        &mut self,
        posting: Posting,
        from: Place,
        (brought, value): (&stock_movement::Model, Amount),
        (cause, reason): (MovementCause, &str),
    ) {
        let warehouse = from
            .warehouse()
            .expect("goods are taken back out of a warehouse");
        let (variant_id, quantity) = (brought.variant_id, brought.quantity);
        let key = (variant_id, warehouse);
        self.remove_layer(key, brought.cost_layer_id);
        self.take_off(key, from, (quantity, value));
        let places = (variant_id, from, Place::Outside);
        self.moved(Movement {
            reason: Some(reason.to_owned()),
            reverses: Some(brought.id),
            ..Movement::new(posting, places, (quantity, value), cause)
        });
        self.demote(posting, key);
    }

    /// Takes goods and their value off a level.
    fn take_off(&mut self, key: LevelKey, from: Place, (quantity, value): (Quantity, Amount)) {
        let level = self.level_mut(key);
        match from {
            Place::Sellable(_) => level.sellable.0 -= quantity.0,
            _ => level.quarantined.0 -= quantity.0,
        }
        level.value.0 -= value.0;
    }

    /// Writes off goods that were lost on the way: they leave transit and reach no warehouse.
    pub fn lose_in_transit(
        &mut self,
        posting: Posting,
        variant_id: ProductVariantId,
        (quantity, value): (Quantity, Amount),
        (cause, reason): (MovementCause, Option<String>),
    ) {
        let places = (variant_id, Place::Transit, Place::Outside);
        let movement = Movement::new(posting, places, (quantity, value), cause);
        self.moved(Movement { reason, ..movement });
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

    /// Ends a command: every level it touched gets a version and tells what happened to it, alerts
    /// are raised and cleared, and what it moved becomes an entry of the journal.
    pub fn end_command(&mut self, posting: Posting, cause: StockCause) {
        let moved = &self.movements[self.valued..];
        self.entries.extend(valuation::entry(posting, cause, moved));
        self.valued = self.movements.len();
        for key in std::mem::take(&mut self.touched) {
            let entry = self
                .levels
                .get_mut(&key)
                .expect("touched levels are in the book");
            entry.now.version += 1;
            entry.now.updated_at = posting.now;
            let before = std::mem::replace(&mut entry.before_command, entry.now.clone());
            let facts = LevelFacts {
                level: entry.now.clone(),
                change: LevelChange::between(&before, &entry.now),
                cause,
            };
            let after = facts.level.clone();
            self.events.push(facts.into_event(posting.operation_id));
            self.alert(posting, &before, &after);
        }
    }

    /// The events of all commands so far.
    #[must_use]
    pub fn take_events(&mut self) -> Vec<NewEvent> {
        std::mem::take(&mut self.events)
    }
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
