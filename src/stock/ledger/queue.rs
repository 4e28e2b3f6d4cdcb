//! Who is promised what of a level: reservations, and how stock that comes and goes is shared among
//! them. The highest priority is served first, of the same the oldest; who would be served last
//! loses first.

use entity::stock::reservation;
use entity::vocab::{Instant, Quantity, ReservationId, ReservationState};

use super::book::{Book, Commitment, CommitmentCause, LevelKey, demand_of};
use super::posting::{Demand, PRIORITY_NORMAL, Posting};
use super::promise::Promise;

impl Book {
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

    /// Gives up what a reservation holds and waits for, and serves who waits behind it.
    pub fn release(&mut self, posting: Posting, id: ReservationId, state: ReservationState) {
        let row = &self.reservations[&id];
        let key = (row.variant_id, row.warehouse_id);
        self.change(posting, id, -row.reserved, -row.backordered);
        self.close(id, state, posting.now);
        self.promote(posting, key);
    }

    /// Gives up a part of what a demand asked for, and serves who waits: first what waits itself,
    /// then what is held, of each the newest.
    pub fn give_up(&mut self, posting: Posting, demand: Demand, quantity: Quantity) {
        let mut open = quantity;
        let ids = self.active_of(demand);
        for of_waiting in [true, false] {
            for id in ids.iter().rev() {
                let row = &self.reservations[id];
                let key = (row.variant_id, row.warehouse_id);
                let has = if of_waiting {
                    row.backordered
                } else {
                    row.reserved
                };
                let part = has.at_most(open);
                open.0 -= part.0;
                if part.is_zero() {
                    continue;
                }
                if of_waiting {
                    self.change(posting, *id, Quantity::ZERO, -part);
                } else {
                    self.change(posting, *id, -part, Quantity::ZERO);
                }
                self.close(*id, ReservationState::Released, posting.now);
                self.promote(posting, key);
            }
        }
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

    /// Changes whose turn it is when stock comes or goes. What is held already stays where it is.
    pub fn prioritize(&mut self, id: ReservationId, priority: i32, now: Instant) {
        let row = self
            .reservations
            .get_mut(&id)
            .expect("a reservation of this book");
        if row.priority != priority {
            row.priority = priority;
            row.updated_at = now;
            self.changed.insert(id);
        }
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
        self.expired = self.commitments.len();
    }

    /// Changes what a reservation holds and waits for, on the level and in the ledger alike.
    pub(super) fn change(
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
            cause: CommitmentCause::Demand(demand),
            due_on: posting.date,
            reserved,
            backordered,
            incoming,
        });
    }

    pub(super) fn close(&mut self, id: ReservationId, state: ReservationState, now: Instant) {
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

    /// Serves backorders of a level from stock that has become free, in their turn.
    pub(super) fn promote(&mut self, posting: Posting, key: LevelKey) {
        let level = self.level(key);
        let mut free = Quantity(level.sellable.0 - level.reserved.0);
        if level.backordered.is_zero() || !free.is_positive() {
            return;
        }
        for id in self.in_turn(key, |row| row.backordered.is_positive()) {
            let served = self.reservations[&id].backordered.at_most(free);
            self.change(posting, id, served, -served);
            free.0 -= served.0;
            if free.is_zero() {
                break;
            }
        }
    }

    /// Turns reservations that stock no longer covers into backorders, the last to be served first.
    pub(super) fn demote(&mut self, posting: Posting, key: LevelKey) {
        let level = self.level(key);
        let mut excess = Quantity(level.reserved.0 - level.sellable.0);
        if !excess.is_positive() {
            return;
        }
        for id in self
            .in_turn(key, |row| row.reserved.is_positive())
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

    /// The highest priority first, of the same the oldest.
    fn in_turn(
        &self,
        key: LevelKey,
        wanted: impl Fn(&reservation::Model) -> bool,
    ) -> Vec<ReservationId> {
        let mut ids = self.active_ids(key, wanted);
        ids.sort_by_key(|id| std::cmp::Reverse(self.reservations[id].priority));
        ids
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
        priority: PRIORITY_NORMAL,
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
