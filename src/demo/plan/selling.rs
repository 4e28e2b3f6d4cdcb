//! What becomes of what customers want: shipped, billed, paid, and sometimes given back.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::walk::Change;
use super::{Order, Payment, Plan, Return, Shelf, Step};
use crate::demo::company::{Company, Extent};
use crate::demo::customers::{Customer, Pays};
use crate::demo::demand::{Line, Wanted, workday};
use crate::demo::seed::{Dice, Purpose};

/// An order below this, in the company's currency, pays for being brought.
const FREE_FROM: i64 = 200;
/// Deliveries are reported for so many days.
const REPORTED_DAYS: i64 = 21;
/// Since so many days nobody pays who does not pay any more.
const UNPAID_DAYS: i64 = 130;

/// Who sells.
pub struct Seller<'a> {
    company: &'a Company,
    extent: &'a Extent,
    dice: Dice,
    /// The orders that are paid on a day by a customer.
    paid: BTreeMap<(i64, usize), Vec<usize>>,
}

impl<'a> Seller<'a> {
    /// Nothing is sold yet.
    #[must_use]
    pub fn new(company: &'a Company, extent: &'a Extent) -> Self {
        Self {
            company,
            extent,
            dice: Dice::new(extent.seed, Purpose::Selling),
            paid: BTreeMap::new(),
        }
    }

    /// Sells what is there of what is wanted. What comes back to the shelves is told with its day.
    pub fn sell(
        &mut self,
        wanted: Wanted,
        shelf: &mut Shelf,
        plan: &mut Plan,
    ) -> Vec<(i64, Change)> {
        let buyer = &self.company.customers[wanted.customer];
        let lines = self.take(&wanted.lines, buyer.warehouse, shelf);
        if lines.is_empty() {
            return Vec::new();
        }
        let place = plan.orders.len();
        let ships = workday(self.extent, wanted.day + self.dice.between(1, 3));
        plan.steps.push((wanted.day, Step::Place(place)));
        plan.steps.push((ships, Step::Ship(place)));
        plan.steps.push((ships, Step::Bill(place)));
        let is_reported = ships > self.extent.days - REPORTED_DAYS;
        if is_reported {
            let arrives = workday(self.extent, ships + self.dice.between(1, 2));
            plan.steps.push((arrives, Step::Deliver(place)));
        }
        if let Some(day) = self.pays(buyer, ships) {
            let paid = self.paid.entry((day, wanted.customer)).or_default();
            paid.push(place);
        }
        let comes_back = self.dice.chance(35);
        let back = if comes_back {
            let line = *self.dice.pick(&lines);
            self.give_back((place, line, ships), buyer.warehouse, plan)
        } else {
            None
        };
        plan.orders.push(Order {
            day: wanted.day,
            customer: wanted.customer,
            has_freight: self.worth(&lines) < Decimal::from(FREE_FROM),
            lines,
            ships,
            comes_back,
            is_reported,
        });
        back.into_iter().collect()
    }

    fn take(&self, wanted: &[Line], warehouse: usize, shelf: &mut Shelf) -> Vec<Line> {
        let mut lines = Vec::new();
        for line in wanted {
            let variant = &self.company.catalog.variants[line.variant];
            let stays = if warehouse == 0 { variant.stays } else { 0 };
            let free = shelf.free(line.variant, warehouse) - stays;
            let quantity = line.quantity.min(free);
            if quantity > 0 {
                shelf.change(line.variant, warehouse, -quantity);
                lines.push(Line { quantity, ..*line });
            }
        }
        lines
    }

    fn worth(&self, lines: &[Line]) -> Decimal {
        let worth = |line: &Line| {
            Decimal::from(line.quantity) * self.company.catalog.variants[line.variant].price
        };
        lines.iter().map(worth).sum()
    }

    /// The day a bill is paid; nobody pays twice in two weeks.
    fn pays(&mut self, buyer: &Customer, billed: i64) -> Option<i64> {
        let due = billed + buyer.term_days();
        let late = match buyer.pays {
            Pays::Prompt => self.dice.between(-4, 0),
            Pays::Normal => self.dice.between(-2, 5),
            Pays::Slow => self.dice.between(8, 35),
            Pays::Never if billed > self.extent.days - UNPAID_DAYS => return None,
            Pays::Never => self.dice.between(10, 30),
        };
        let day = (due + late).max(billed);
        // Bills are paid together, every second week.
        Some(day - day.rem_euclid(14) + 13)
    }

    fn give_back(
        &mut self,
        (order, line, ships): (usize, Line, i64),
        warehouse: usize,
        plan: &mut Plan,
    ) -> Option<(i64, Change)> {
        let place = plan.returns.len();
        let quantity = self.dice.between(1, line.quantity.min(6));
        let is_good = self.dice.chance(600);
        let reason = if is_good {
            *self.dice.pick(&["NOT_WANTED", "WRONG_ITEM"])
        } else {
            *self.dice.pick(&["DAMAGED", "DEFECTIVE"])
        };
        let requested = workday(self.extent, ships + self.dice.between(4, 15));
        let approved = workday(self.extent, requested + 1);
        let received = workday(self.extent, approved + self.dice.between(3, 6));
        let inspected = workday(self.extent, received + 1);
        let closed = workday(self.extent, inspected + 2);
        plan.steps.extend([
            (requested, Step::RequestReturn(place)),
            (approved, Step::ApproveReturn(place)),
            (received, Step::ReceiveReturn(place)),
            (inspected, Step::Inspect(place)),
            (inspected, Step::CreditReturn(place)),
            (closed, Step::CloseReturn(place)),
        ]);
        let line = Line { quantity, ..line };
        plan.returns.push(Return {
            order,
            line,
            reason,
            is_good,
        });
        is_good.then_some((inspected, (line.variant, warehouse, quantity)))
    }

    /// Puts the payments into the plan.
    pub fn collect(&mut self, plan: &mut Plan) {
        for ((day, customer), orders) in std::mem::take(&mut self.paid) {
            if day > self.extent.days {
                continue;
            }
            plan.steps.push((day, Step::Pay(plan.payments.len())));
            plan.payments.push(Payment { customer, orders });
        }
    }
}
