//! Random histories on one level, against the books they leave: whatever happens, the level equals
//! its ledgers, nothing waits while stock is free, and no value is lost or made.

use chrono::NaiveDate;
use entity::stock::{reservation, stock_level};
use entity::vocab::{
    Amount, CostingMethod, FulfilmentLineId, GoodsReceiptLineId, Instant, OperationId, PrincipalId,
    ProductVariantId, Quantity, ReservationId, ReservationState, SalesOrderId, SalesOrderLineId,
    StockAdjustmentLineId, StockHoldLineId, StockPlace, WarehouseId,
};
use proptest::prelude::*;

use super::{
    Book, Demand, LevelKey, MovementCause, PRIORITY_MAX, PRIORITY_NORMAL, Place, Posting, Promise,
    StockCause,
};

/// Something that happens to a level. Numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    Receive {
        quantity: i64,
        value: i64,
    },
    Quarantine {
        quantity: i64,
        value: i64,
    },
    Order {
        quantity: i64,
        may_wait: bool,
        priority: i32,
    },
    Prioritize {
        which: usize,
        priority: i32,
    },
    Ship {
        which: usize,
        quantity: i64,
    },
    Cancel {
        which: usize,
    },
    Lose {
        quantity: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1_i64..50, 0_i64..1_000).prop_map(|(quantity, value)| Step::Receive { quantity, value }),
        (1_i64..9, 0_i64..100).prop_map(|(quantity, value)| Step::Quarantine { quantity, value }),
        (1_i64..30, any::<bool>(), 0..=PRIORITY_MAX).prop_map(|(quantity, may_wait, priority)| {
            Step::Order {
                quantity,
                may_wait,
                priority,
            }
        }),
        (0_usize..20, 0..=PRIORITY_MAX)
            .prop_map(|(which, priority)| Step::Prioritize { which, priority }),
        (0_usize..20, 1_i64..30).prop_map(|(which, quantity)| Step::Ship { which, quantity }),
        (0_usize..20).prop_map(|which| Step::Cancel { which }),
        (1_i64..40).prop_map(|quantity| Step::Lose { quantity }),
    ]
}

struct History {
    book: Book,
    key: LevelKey,
    posting: Posting,
    value_in: i64,
    value_out: i64,
}

impl History {
    fn new(costing_method: CostingMethod) -> Self {
        let key = (ProductVariantId::generate(), WarehouseId::generate());
        let level = stock_level::Model {
            variant_id: key.0,
            warehouse_id: key.1,
            sellable: Quantity::ZERO,
            quarantined: Quantity::ZERO,
            reserved: Quantity::ZERO,
            backordered: Quantity::ZERO,
            incoming: Quantity::ZERO,
            value: Amount::ZERO,
            costing_method,
            minimum: None,
            maximum: None,
            reorder_point: None,
            safety_stock: None,
            policy_version: 0,
            hold_expires_at: None,
            updated_at: Instant(0),
            version: 0,
        };
        let posting = Posting {
            operation_id: OperationId::generate(),
            actor: PrincipalId::generate(),
            date: NaiveDate::default(),
            now: Instant(1),
        };
        let mut book = Book::of(vec![level], Vec::new());
        book.give_layers(Vec::new());
        Self {
            book,
            key,
            posting,
            value_in: 0,
            value_out: 0,
        }
    }

    fn active(&self) -> Vec<reservation::Model> {
        let rows = self.book.reservations.values();
        rows.filter(|row| row.state == ReservationState::Active)
            .cloned()
            .collect()
    }

    fn bring_in(&mut self, place: Place, quantity: i64, value: i64) {
        let places = (self.key.0, Place::Outside, place);
        let cause = MovementCause::GoodsReceipt(GoodsReceiptLineId::generate());
        let goods = (Quantity(quantity), Amount(value));
        self.book.bring_in(self.posting, places, goods, cause);
        self.value_in += value;
    }

    fn happen(&mut self, step: &Step) {
        match *step {
            Step::Receive { quantity, value } => {
                self.bring_in(Place::Sellable(self.key.1), quantity, value);
            }
            Step::Quarantine { quantity, value } => {
                self.bring_in(Place::Quarantine(self.key.1), quantity, value);
            }
            Step::Prioritize { which, priority } => {
                let active = self.active();
                if !active.is_empty() {
                    let id = active[which % active.len()].id;
                    self.book.prioritize(id, priority, self.posting.now);
                }
            }
            Step::Order {
                quantity,
                may_wait,
                priority,
            } => {
                let available = self.book.available(self.key);
                let promise = Promise::of(Quantity(quantity), available);
                if may_wait || promise.backordered.is_zero() {
                    let demand = Demand::OrderLine(SalesOrderLineId::generate());
                    let id = self
                        .book
                        .promise(self.posting, (demand, self.key), promise, None);
                    self.book.prioritize(id, priority, self.posting.now);
                }
            }
            Step::Ship { which, quantity } => self.ship(which, quantity),
            Step::Cancel { which } => {
                let active = self.active();
                if !active.is_empty() {
                    let id = active[which % active.len()].id;
                    self.book
                        .release(self.posting, id, ReservationState::Released);
                }
            }
            Step::Lose { quantity } => {
                let lost = Quantity(quantity).at_most(self.book.level(self.key).sellable);
                if lost.is_positive() {
                    let places = (self.key.0, Place::Sellable(self.key.1), Place::Outside);
                    let cause = MovementCause::Adjustment(StockAdjustmentLineId::generate());
                    let value = self.book.take_out(self.posting, places, lost, cause);
                    self.value_out += value.0;
                }
            }
        }
        let order = SalesOrderId::generate();
        self.book
            .end_command(self.posting, StockCause::SalesOrder(order));
    }

    fn ship(&mut self, which: usize, quantity: i64) {
        let active = self.active();
        if active.is_empty() {
            return;
        }
        let row = &active[which % active.len()];
        let quantity = Quantity(quantity).at_most(row.reserved);
        if quantity.is_positive() {
            let cause = MovementCause::Fulfilment(FulfilmentLineId::generate());
            let target = (Place::Outside, cause);
            let value = self.book.consume(self.posting, row.id, quantity, target);
            self.value_out += value.0;
        }
    }

    /// What was on hand after each movement is what all until then come to.
    fn check_steps(&self) {
        let mut there = 0;
        for line in &self.book.movements {
            let (came, left) = (line.to.warehouse(), line.from.warehouse());
            there += line.quantity.0 * (i64::from(came.is_some()) - i64::from(left.is_some()));
            assert_eq!(line.to_on_hand, came.map(|_| Quantity(there)), "{line:?}");
            assert_eq!(line.from_on_hand, left.map(|_| Quantity(there)), "{line:?}");
        }
    }

    /// The layers, where there are some, come to the level.
    fn check_layers(&self) {
        let level = self.book.level(self.key);
        let Some(layers) = self.book.layers.get(&self.key) else {
            return;
        };
        let on_hand = Quantity(level.sellable.0 + level.quarantined.0);
        assert_eq!(layers.sum(), (on_hand, level.value));
    }

    fn check(&self) {
        let level = self.book.level(self.key);
        let sum_of = |place: StockPlace| -> i64 {
            let signed = self.book.movements.iter().map(|line| {
                let arrived = if line.to.kind() == place {
                    line.quantity.0
                } else {
                    0
                };
                let left = if line.from.kind() == place {
                    line.quantity.0
                } else {
                    0
                };
                arrived - left
            });
            signed.sum()
        };
        assert_eq!(level.sellable.0, sum_of(StockPlace::Sellable));
        assert_eq!(level.quarantined.0, sum_of(StockPlace::Quarantine));
        assert_eq!(
            level.value.0,
            self.value_in - self.value_out,
            "value is neither lost nor made"
        );
        if level.sellable.0 + level.quarantined.0 == 0 {
            assert_eq!(level.value.0, 0, "nothing on hand is worth nothing");
        }
        self.check_steps();
        self.check_layers();
        let commitments = &self.book.commitments;
        assert_eq!(
            level.reserved.0,
            commitments.iter().map(|line| line.reserved.0).sum::<i64>()
        );
        let waiting: i64 = commitments.iter().map(|line| line.backordered.0).sum();
        assert_eq!(level.backordered.0, waiting);
        let active = self.active();
        assert_eq!(
            level.reserved.0,
            active.iter().map(|row| row.reserved.0).sum::<i64>()
        );
        assert_eq!(
            level.backordered.0,
            active.iter().map(|row| row.backordered.0).sum::<i64>()
        );
        assert!(level.reserved.0 >= 0 && level.reserved <= level.sellable);
        assert!(
            level.backordered.is_zero() || level.sellable == level.reserved,
            "{level:?}"
        );
        for row in &active {
            assert!(row.reserved.0 >= 0 && row.backordered.0 >= 0);
            assert!(
                row.reserved.0 + row.backordered.0 > 0,
                "an ended one is not active"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_level_equals_its_books_whatever_happens(steps in prop::collection::vec(step(), 1..60)) {
        for method in [CostingMethod::MovingAverage, CostingMethod::Fifo] {
            let mut history = History::new(method);
            for step in &steps {
                history.happen(step);
                history.check();
            }
        }
    }
}

/// Three who want five each, of these priorities; what each holds and waits for after something
/// came and something was lost.
fn shared(priorities: [i32; 3], came: i64, lost: i64) -> Vec<(i64, i64)> {
    let mut history = History::new(CostingMethod::MovingAverage);
    for priority in priorities {
        history.happen(&Step::Order {
            quantity: 5,
            may_wait: true,
            priority,
        });
    }
    history.happen(&Step::Receive {
        quantity: came,
        value: 1,
    });
    if lost > 0 {
        history.happen(&Step::Lose { quantity: lost });
    }
    history.check();
    let rows = history.book.reservations.values();
    rows.map(|row| (row.reserved.0, row.backordered.0))
        .collect()
}

#[test]
fn the_highest_priority_is_served_first_and_of_the_same_the_oldest() {
    assert_eq!(shared([5, 5, 9], 7, 0), [(2, 3), (0, 5), (5, 0)]);
    assert_eq!(shared([0, 5, 5], 7, 0), [(0, 5), (5, 0), (2, 3)]);
}

#[test]
fn who_would_be_served_last_loses_first() {
    assert_eq!(shared([5, 5, 9], 15, 7), [(3, 2), (0, 5), (5, 0)]);
    assert_eq!(shared([0, 5, 5], 15, 7), [(0, 5), (5, 0), (3, 2)]);
}

#[test]
fn another_priority_takes_nothing_away_but_counts_when_stock_comes() {
    let mut history = History::new(CostingMethod::MovingAverage);
    for _ in 0..2 {
        history.happen(&Step::Order {
            quantity: 5,
            may_wait: true,
            priority: 5,
        });
    }
    history.happen(&Step::Receive {
        quantity: 4,
        value: 1,
    });
    history.happen(&Step::Prioritize {
        which: 1,
        priority: 9,
    });
    let held = |history: &History| {
        let rows = history.book.reservations.values();
        rows.map(|row| row.reserved.0).collect::<Vec<_>>()
    };
    assert_eq!(held(&history), [4, 0]);
    history.happen(&Step::Receive {
        quantity: 4,
        value: 1,
    });
    assert_eq!(held(&history), [4, 4]);
    history.check();
}

#[test]
fn what_an_expired_hold_gave_back_moves_to_the_command_that_is_kept() {
    let History {
        book, key, posting, ..
    } = History::new(CostingMethod::MovingAverage);
    let mut level = book.level(key).clone();
    (level.sellable, level.reserved) = (Quantity(5), Quantity(5));
    level.hold_expires_at = Some(posting.now);
    let held = reservation::Model {
        id: ReservationId::generate(),
        variant_id: key.0,
        warehouse_id: key.1,
        sales_order_line_id: None,
        stock_transfer_line_id: None,
        stock_hold_line_id: Some(StockHoldLineId::generate()),
        reserved: Quantity(5),
        backordered: Quantity::ZERO,
        state: ReservationState::Active,
        priority: PRIORITY_NORMAL,
        due_on: posting.date,
        expires_at: Some(posting.now),
        created_at: posting.now,
        updated_at: posting.now,
    };
    let mut book = Book::of(vec![level], vec![held]);
    book.expire_holds(posting);
    let kept = Posting {
        operation_id: OperationId::generate(),
        ..posting
    };
    book.book_expired_under(kept);
    assert!(book.lines_of(posting.operation_id).commitments.is_empty());
    let lines = book.lines_of(kept.operation_id).commitments;
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].reserved, Quantity(-5));
}
