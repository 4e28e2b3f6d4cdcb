//! When and how much is bought of whom.

use std::collections::BTreeMap;

use super::walk::Forecast;
use super::{Arrival, Plan, Purchase, Shelf, Step};
use crate::demo::company::{Company, Extent};
use crate::demo::demand::{Line, workday};
use crate::demo::seed::{Dice, Purpose};

/// Who buys.
pub struct Buyer<'a> {
    company: &'a Company,
    extent: &'a Extent,
    dice: Dice,
    /// What is ordered and has not come, by variant.
    on_order: Vec<i64>,
    /// What will have come on a day.
    arriving: BTreeMap<i64, Vec<Line>>,
}

impl<'a> Buyer<'a> {
    /// Nothing is ordered yet.
    #[must_use]
    pub fn new(company: &'a Company, extent: &'a Extent) -> Self {
        Self {
            company,
            extent,
            dice: Dice::new(extent.seed, Purpose::Buying),
            on_order: vec![0; company.catalog.variants.len()],
            arriving: BTreeMap::new(),
        }
    }

    /// What arrives is not on order any more.
    pub fn arrive(&mut self, day: i64) {
        for line in self.arriving.remove(&day).unwrap_or_default() {
            self.on_order[line.variant] -= line.quantity;
        }
    }

    /// Orders what will be needed, from the suppliers whose turn it is.
    pub fn review(&mut self, day: i64, shelf: &Shelf, forecast: &Forecast) -> Vec<Purchase> {
        let mut bought = Vec::new();
        for (place, supplier) in self.company.suppliers.iter().enumerate() {
            let turn = i64::try_from(place).unwrap_or(0) * 3;
            if (day + turn) % supplier.cycle_days != 0 {
                continue;
            }
            let horizon = (day, day + supplier.lead_days + supplier.cycle_days + 4);
            let lines = self.needed(place, horizon, (shelf, forecast));
            if !lines.is_empty() {
                bought.push(self.order((place, workday(self.extent, day)), lines));
            }
        }
        bought
    }

    fn needed(
        &mut self,
        supplier: usize,
        horizon: (i64, i64),
        (shelf, forecast): (&Shelf, &Forecast),
    ) -> Vec<Line> {
        let mut lines = Vec::new();
        for (place, variant) in self.company.catalog.variants.iter().enumerate() {
            if variant.supplier != Some(supplier) {
                continue;
            }
            let expected = forecast.everywhere(place, horizon);
            let expected = expected * self.dice.between(1_000, 1_150) / 1_000;
            let there = shelf.everywhere(place) + self.on_order[place];
            let needed = expected + variant.stays + variant.pack - there;
            if needed > 0 {
                let packs = (needed + variant.pack - 1) / variant.pack;
                lines.push(Line {
                    variant: place,
                    quantity: packs * variant.pack,
                });
            }
        }
        lines
    }

    fn order(&mut self, (supplier, day): (usize, i64), lines: Vec<Line>) -> Purchase {
        let due = workday(
            self.extent,
            day + self.company.suppliers[supplier].lead_days,
        );
        let late = if self.dice.chance(80) {
            self.dice.between(6, 12)
        } else {
            self.dice.between(-1, 2)
        };
        let first = workday(self.extent, (due + late).max(day + 2));
        let arrivals = self.arrivals(first, &lines);
        for line in &lines {
            self.on_order[line.variant] += line.quantity;
        }
        let last = arrivals.last().map_or(first, |arrival| arrival.day);
        let arriving = self.arriving.entry(last).or_default();
        arriving.extend(lines.iter().copied());
        Purchase {
            day,
            supplier,
            due,
            lines,
            arrivals,
        }
    }

    /// Mostly everything comes at once; sometimes in two parts, sometimes something is broken.
    fn arrivals(&mut self, first: i64, lines: &[Line]) -> Vec<Arrival> {
        if lines.len() > 2 && self.dice.chance(150) {
            let halves = |line: &Line| (line.quantity / 2, line.quantity - line.quantity / 2);
            let early = lines.iter().map(|line| {
                let (now, later) = halves(line);
                (now, 0, later)
            });
            let late = lines.iter().map(|line| (halves(line).1, 0, 0));
            return vec![
                Arrival {
                    day: first,
                    lines: early.collect(),
                },
                Arrival {
                    day: workday(self.extent, first + self.dice.between(5, 9)),
                    lines: late.collect(),
                },
            ];
        }
        let broken = if self.dice.chance(120) {
            self.dice.between(0, lines.len() as i64 - 1)
        } else {
            -1
        };
        let arrived = lines.iter().enumerate().map(|(place, line)| {
            let rejected = if place as i64 == broken {
                (line.quantity / 4).max(1)
            } else {
                0
            };
            (line.quantity - rejected, rejected, 0)
        });
        vec![Arrival {
            day: first,
            lines: arrived.collect(),
        }]
    }

    /// Puts a purchase into the plan, with what happens to it.
    pub fn steps(purchase: &Purchase, plan: &mut Plan) {
        let place = plan.purchases.len();
        plan.steps.push((purchase.day, Step::Buy(place)));
        for (number, arrival) in purchase.arrivals.iter().enumerate() {
            plan.steps.push((arrival.day, Step::Arrive(place, number)));
        }
        if let Some(last) = purchase.arrivals.last() {
            plan.steps.push((last.day + 3, Step::Finish(place)));
        }
        plan.purchases.push(purchase.clone());
    }
}
