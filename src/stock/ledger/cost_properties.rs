//! Random histories of goods in two warehouses, by either method of costing: at every step the
//! value of each level is that of its ledger and the sum of its layers, to the last digit; and
//! goods that leave first in, first out cost what their pieces cost, one by one.

use std::collections::VecDeque;

use chrono::NaiveDate;
use entity::stock::{stock_level, stock_movement};
use entity::vocab::{
    Amount, CostingMethod, GoodsReceiptLineId, Instant, OperationId, PrincipalId, ProductVariantId,
    Quantity, StockAdjustmentId, StockAdjustmentLineId, StockTransferLineId, WarehouseId,
};
use proptest::prelude::*;

use super::{Book, LevelKey, Movement, MovementCause, Place, Posting, StockCause};
use crate::platform::rejection::Path;
use crate::stock::reversal;

/// Something that happens; numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    Receive {
        at: usize,
        quantity: i64,
        unit: i64,
        rejected: bool,
    },
    Sell {
        at: usize,
        quantity: i64,
    },
    LetGo {
        at: usize,
        quantity: i64,
    },
    Send {
        from: usize,
        quantity: i64,
    },
    Arrive {
        quantity: i64,
        back: bool,
    },
    TakeBack {
        which: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let at = || 0_usize..2;
    prop_oneof![
        3 => (at(), 1_i64..40, 0_i64..90, any::<bool>()).prop_map(|(at, quantity, unit, rejected)| {
            Step::Receive { at, quantity, unit, rejected }
        }),
        3 => (at(), 1_i64..50).prop_map(|(at, quantity)| Step::Sell { at, quantity }),
        1 => (at(), 1_i64..30).prop_map(|(at, quantity)| Step::LetGo { at, quantity }),
        2 => (at(), 1_i64..30).prop_map(|(from, quantity)| Step::Send { from, quantity }),
        2 => (1_i64..30, any::<bool>())
            .prop_map(|(quantity, back)| Step::Arrive { quantity, back }),
        2 => (0_usize..30).prop_map(|which| Step::TakeBack { which }),
    ]
}

struct History {
    book: Book,
    keys: [LevelKey; 2],
    posting: Posting,
    /// From where, how much of what value, one sending after another.
    on_the_way: VecDeque<(usize, Quantity, Amount)>,
    line: StockTransferLineId,
    taken_back: Vec<usize>,
    /// What each piece of each warehouse cost, those that leave first in front.
    pieces: [VecDeque<i64>; 2],
    /// Whether all pieces cost whole numbers: until goods arrive at a share of what was sent.
    is_exact: [bool; 2],
}

impl History {
    fn new(costing_method: CostingMethod) -> Self {
        let variant = ProductVariantId::generate();
        let keys = [0, 1].map(|_| (variant, WarehouseId::generate()));
        let level = |key: &LevelKey| stock_level::Model {
            variant_id: key.0,
            warehouse_id: key.1,
            sellable: Quantity::ZERO,
            quarantined: Quantity::ZERO,
            reserved: Quantity::ZERO,
            backordered: Quantity::ZERO,
            incoming: Quantity::ZERO,
            value: Amount::ZERO,
            minimum: None,
            maximum: None,
            reorder_point: None,
            safety_stock: None,
            policy_version: 0,
            costing_method,
            hold_expires_at: None,
            updated_at: Instant(0),
            version: 0,
        };
        let mut book = Book::of(keys.iter().map(level).collect(), Vec::new());
        book.give_layers(Vec::new());
        Self {
            book,
            keys,
            posting: Posting {
                operation_id: OperationId::generate(),
                actor: PrincipalId::generate(),
                date: NaiveDate::default(),
                now: Instant(1),
            },
            on_the_way: VecDeque::new(),
            line: StockTransferLineId::generate(),
            taken_back: Vec::new(),
            pieces: Default::default(),
            is_exact: [true; 2],
        }
    }

    fn is_fifo(&self) -> bool {
        self.book.level(self.keys[0]).costing_method == CostingMethod::Fifo
    }

    /// Takes so many pieces of the model; what they cost.
    fn take_pieces(&mut self, at: usize, quantity: Quantity) -> i64 {
        let count = usize::try_from(quantity.0).expect("above zero");
        self.pieces[at].drain(..count).sum()
    }

    /// The places of a warehouse, and how much may leave its shelf.
    fn shelf(&self, at: usize) -> (Place, Quantity) {
        let key = self.keys[at];
        (Place::Sellable(key.1), self.book.level(key).sellable)
    }

    fn leave(
        &mut self,
        at: usize,
        quantity: i64,
        to: Place,
        cause: MovementCause,
    ) -> Option<(Quantity, Amount)> {
        let (from, there) = self.shelf(at);
        let quantity = Quantity(quantity).at_most(there);
        if !quantity.is_positive() {
            return None;
        }
        let places = (self.keys[at].0, from, to);
        let cost = self.book.take_out(self.posting, places, quantity, cause);
        let pieces = self.take_pieces(at, quantity);
        if self.is_fifo() && self.is_exact[at] {
            assert_eq!(cost.0, pieces, "the pieces that came first");
        }
        Some((quantity, cost))
    }

    fn happen(&mut self, step: &Step) {
        let variant = self.keys[0].0;
        match *step {
            Step::Receive {
                at,
                quantity,
                unit,
                rejected,
            } => {
                let warehouse = self.keys[at].1;
                let to = if rejected {
                    Place::Quarantine(warehouse)
                } else {
                    Place::Sellable(warehouse)
                };
                let goods = (Quantity(quantity), Amount(quantity * unit));
                let cause = MovementCause::GoodsReceipt(GoodsReceiptLineId::generate());
                self.book
                    .bring_in(self.posting, (variant, Place::Outside, to), goods, cause);
                self.pieces[at].extend((0..quantity).map(|_| unit));
            }
            Step::Sell { at, quantity } => {
                let cause = MovementCause::Adjustment(StockAdjustmentLineId::generate());
                self.leave(at, quantity, Place::Outside, cause);
            }
            Step::LetGo { at, quantity } => {
                let key = self.keys[at];
                let quantity = Quantity(quantity).at_most(self.book.level(key).quarantined);
                if quantity.is_positive() {
                    let cause = MovementCause::Adjustment(StockAdjustmentLineId::generate());
                    self.book.let_go(self.posting, key, quantity, cause);
                }
            }
            Step::Send { from, quantity } => {
                let cause = MovementCause::Transfer(self.line);
                let sent = self.leave(from, quantity, Place::Transit, cause);
                let sent = sent.map(|(quantity, cost)| (from, quantity, cost));
                self.on_the_way.extend(sent);
            }
            Step::Arrive { quantity, back } => self.arrive(quantity, back),
            Step::TakeBack { which } => self.take_back(which),
        }
        let cause = StockCause::StockAdjustment(StockAdjustmentId::generate());
        self.book.end_command(self.posting, cause);
    }

    /// A part of what was sent first arrives, or comes back, at its share.
    fn arrive(&mut self, quantity: i64, back: bool) {
        let Some((from, sent, value)) = self.on_the_way.pop_front() else {
            return;
        };
        let part = Quantity(quantity).at_most(sent);
        let share = value.share(part, sent);
        let at = if back { from } else { 1 - from };
        let to = Place::Sellable(self.keys[at].1);
        let places = (self.keys[0].0, Place::Transit, to);
        let cause = MovementCause::Transfer(self.line);
        self.book
            .bring_in(self.posting, places, (part, share), cause);
        self.pieces[at].extend((0..part.0).map(|_| 0));
        self.is_exact[at] = false;
        if part < sent {
            let left = (from, Quantity(sent.0 - part.0), Amount(value.0 - share.0));
            self.on_the_way.push_front(left);
        }
    }

    /// Takes back what a receipt brought, when the rules let it.
    fn take_back(&mut self, which: usize) {
        let is_open = |(index, line): &(usize, &Movement)| {
            matches!(line.cause, MovementCause::GoodsReceipt(_))
                && line.reverses.is_none()
                && !self.taken_back.contains(index)
        };
        let lines = self.book.movements.iter().enumerate();
        let open: Vec<_> = lines.filter(is_open).map(|(index, _)| index).collect();
        if open.is_empty() {
            return;
        }
        let index = open[which % open.len()];
        let (row, to, cause) = (
            self.row(index),
            self.book.movements[index].to,
            self.book.movements[index].cause,
        );
        let rows = [row];
        let Ok(taken) = reversal::values(&rows, &self.book, &Path::input()) else {
            return;
        };
        let at = usize::from(to.warehouse() == Some(self.keys[1].1));
        let before = self.place_of(at, rows[0].cost_layer_id);
        self.book.take_back(
            self.posting,
            to,
            (taken[0].movement, taken[0].value),
            (cause, "wrong"),
        );
        self.taken_back.push(index);
        let count = usize::try_from(rows[0].quantity.0).expect("above zero");
        self.pieces[at].drain(before..before + count);
    }

    /// How many pieces are in front of a layer.
    fn place_of(&self, at: usize, layer: Option<entity::vocab::CostLayerId>) -> usize {
        let Some((layers, id)) = self.book.layers.get(&self.keys[at]).zip(layer) else {
            return 0;
        };
        usize::try_from(layers.before(id).0).expect("zero or more")
    }

    fn row(&self, index: usize) -> stock_movement::Model {
        let line = &self.book.movements[index];
        stock_movement::Model {
            id: i64::try_from(index).expect("few"),
            operation_id: line.posting.operation_id,
            variant_id: line.variant_id,
            quantity: line.quantity,
            value: line.value,
            from_place: line.from.kind(),
            from_warehouse_id: line.from.warehouse(),
            to_place: line.to.kind(),
            to_warehouse_id: line.to.warehouse(),
            goods_receipt_line_id: None,
            fulfilment_line_id: None,
            stock_transfer_line_id: None,
            stock_adjustment_line_id: None,
            customer_return_line_id: None,
            reason: None,
            reverses_id: None,
            cost_layer_id: line.layer,
            from_on_hand: line.from_on_hand,
            to_on_hand: line.to_on_hand,
            happened_on: line.posting.date,
            recorded_at: line.posting.now,
            recorded_by: line.posting.actor,
        }
    }

    fn check(&self) {
        for (at, key) in self.keys.iter().enumerate() {
            let level = self.book.level(*key);
            let on_hand = level.sellable.0 + level.quarantined.0;
            let signed = self.book.movements.iter().map(|line| {
                let came = i64::from(line.to.warehouse() == Some(key.1));
                let left = i64::from(line.from.warehouse() == Some(key.1));
                (
                    (came - left) * line.quantity.0,
                    (came - left) * line.value.0,
                )
            });
            let (quantity, value) = signed.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            assert_eq!(
                (on_hand, level.value.0),
                (quantity, value),
                "level = ledger"
            );
            assert!(
                level.value.0 >= 0 && (on_hand > 0 || level.value.is_zero()),
                "{level:?}"
            );
            if let Some(layers) = self.book.layers.get(key) {
                assert_eq!(
                    layers.sum(),
                    (Quantity(on_hand), level.value),
                    "level = layers"
                );
                let pieces: i64 = self.pieces[at].iter().sum();
                assert!(!self.is_exact[at] || pieces == value, "level = pieces");
            }
        }
        let debits = self.book.entries.iter().flat_map(|entry| &entry.lines);
        assert_eq!(
            debits.map(|line| line.amount.0).sum::<i64>(),
            0,
            "the journal is balanced"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn value_of_levels_is_value_of_the_ledger_and_sum_of_layers(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        for method in [CostingMethod::MovingAverage, CostingMethod::Fifo] {
            let mut history = History::new(method);
            for step in &steps {
                history.happen(step);
                history.check();
            }
        }
    }
}
