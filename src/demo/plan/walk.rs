//! Walks through the history, a day after another.

use std::collections::BTreeMap;

use super::buying::Buyer;
use super::selling::Seller;
use super::{Count, Plan, Shelf, Step, Transfer};
use crate::demo::company::{Company, Extent};
use crate::demo::customers::WAREHOUSES;
use crate::demo::demand::{self, Line, Wanted, workday};
use crate::demo::seed::{Dice, Purpose};

/// Between two transfers to a warehouse.
const TRANSFER_EVERY: i64 = 28;
/// Between two counts of some shelves.
const COUNT_EVERY: i64 = 30;
/// Between two rates of a currency.
const RATE_EVERY: i64 = 30;

/// Makes the plan.
#[must_use]
pub fn plan(company: &Company, extent: &Extent) -> Plan {
    let wanted = demand::wanted(company, extent);
    let forecast = Forecast::of(company, extent, &wanted);
    let mut walk = Walk {
        company,
        extent,
        dice: Dice::new(extent.seed, Purpose::Counting),
        buyer: Buyer::new(company, extent),
        seller: Seller::new(company, extent),
        forecast,
        shelf: Shelf::empty(company.catalog.variants.len()),
        plan: Plan::default(),
        incoming: BTreeMap::new(),
    };
    walk.open();
    let mut wanted = wanted.into_iter().peekable();
    for day in 0..=extent.days {
        walk.arrive(day);
        if day % TRANSFER_EVERY == 3 {
            walk.send_transfers(day);
        }
        while let Some(one) = wanted.next_if(|one| one.day == day) {
            let (shelf, plan) = (&mut walk.shelf, &mut walk.plan);
            for (day, change) in walk.seller.sell(one, shelf, plan) {
                walk.incoming.entry(day).or_default().push(change);
            }
        }
        if day % COUNT_EVERY == 20 {
            walk.count(day);
        }
        walk.buy(day);
        if day % RATE_EVERY == 0 {
            walk.plan.steps.push((day, Step::Rate));
        }
    }
    walk.seller.collect(&mut walk.plan);
    walk.plan.steps.retain(|(day, _)| *day <= extent.days);
    walk.plan.steps.sort_unstable();
    walk.plan.left = walk.shelf;
    walk.plan
}

/// What will be wanted: whoever buys knows it about as well as one who has done so for years.
pub struct Forecast {
    /// Pieces wanted before each day, by variant and warehouse.
    before: Vec<Vec<Vec<i64>>>,
    days: i64,
}

impl Forecast {
    fn of(company: &Company, extent: &Extent, wanted: &[Wanted]) -> Self {
        let days = usize::try_from(extent.days).unwrap_or(0);
        let variants = company.catalog.variants.len();
        let mut before = vec![vec![vec![0; days + 2]; WAREHOUSES.len()]; variants];
        for one in wanted {
            let warehouse = company.customers[one.customer].warehouse;
            let day = usize::try_from(one.day).unwrap_or(0);
            for line in &one.lines {
                before[line.variant][warehouse][day + 1] += line.quantity;
            }
        }
        for sums in before.iter_mut().flatten() {
            for day in 1..sums.len() {
                sums[day] += sums[day - 1];
            }
        }
        Self {
            before,
            days: extent.days + 1,
        }
    }

    /// How much is wanted from one day until before another; beyond the history, as in its mean.
    #[must_use]
    pub fn between(&self, (variant, warehouse): (usize, usize), (from, until): (i64, i64)) -> i64 {
        let sums = &self.before[variant][warehouse];
        let at = |day: i64| sums[usize::try_from(day.clamp(0, self.days)).unwrap_or(0)];
        let beyond = (until - self.days.max(from)).max(0);
        at(until) - at(from) + at(self.days) * beyond / self.days
    }

    /// The same for all warehouses.
    #[must_use]
    pub fn everywhere(&self, variant: usize, days: (i64, i64)) -> i64 {
        let warehouses = 0..WAREHOUSES.len();
        warehouses
            .map(|one| self.between((variant, one), days))
            .sum()
    }
}

/// A variant, the place of a warehouse, and how many pieces come to it.
pub type Change = (usize, usize, i64);

struct Walk<'a> {
    company: &'a Company,
    extent: &'a Extent,
    dice: Dice,
    buyer: Buyer<'a>,
    seller: Seller<'a>,
    forecast: Forecast,
    shelf: Shelf,
    plan: Plan,
    /// What comes to the shelves on a day.
    incoming: BTreeMap<i64, Vec<Change>>,
}

impl Walk<'_> {
    /// What is there at the beginning: enough until the first deliveries.
    fn open(&mut self) {
        self.plan.opening = vec![Vec::new(); WAREHOUSES.len()];
        for (place, variant) in self.company.catalog.variants.iter().enumerate() {
            let Some(supplier) = variant.supplier else {
                continue;
            };
            let supplier = &self.company.suppliers[supplier];
            let until = supplier.lead_days + supplier.cycle_days + 10;
            let elsewhere = TRANSFER_EVERY + 10;
            let mut main = variant.pack + variant.stays;
            main += self.forecast.between((place, 0), (0, until)) * 11 / 10;
            for warehouse in 1..WAREHOUSES.len() {
                let first = self.forecast.between((place, warehouse), (0, elsewhere));
                let all = self.forecast.between((place, warehouse), (0, until));
                main += all - first;
                let first = first + if variant.is_everywhere() { 6 } else { 0 };
                self.put((place, warehouse), first);
            }
            self.put((place, 0), main);
        }
    }

    fn put(&mut self, (variant, warehouse): (usize, usize), quantity: i64) {
        if quantity > 0 {
            self.plan.opening[warehouse].push(Line { variant, quantity });
            self.shelf.change(variant, warehouse, quantity);
        }
    }

    fn arrive(&mut self, day: i64) {
        for (variant, warehouse, pieces) in self.incoming.remove(&day).unwrap_or_default() {
            self.shelf.change(variant, warehouse, pieces);
        }
        self.buyer.arrive(day);
    }

    fn buy(&mut self, day: i64) {
        let bought = self.buyer.review(day, &self.shelf, &self.forecast);
        for purchase in bought {
            for arrival in &purchase.arrivals {
                let changes = purchase.lines.iter().zip(&arrival.lines);
                let changes = changes.map(|(line, (good, ..))| (line.variant, 0, *good));
                self.incoming
                    .entry(arrival.day)
                    .or_default()
                    .extend(changes);
            }
            Buyer::steps(&purchase, &mut self.plan);
        }
    }

    /// The other warehouses get from the main one what they will need.
    fn send_transfers(&mut self, day: i64) {
        for to in 1..WAREHOUSES.len() {
            let mut lines = Vec::new();
            for (place, variant) in self.company.catalog.variants.iter().enumerate() {
                let until = (day, day + TRANSFER_EVERY + 10);
                let needed = self.forecast.between((place, to), until);
                let needed = needed * 11 / 10 - self.shelf.free(place, to);
                let free = self.shelf.free(place, 0) - variant.stays;
                let quantity = needed.min(free * 2 / 3);
                if quantity > 0 {
                    lines.push(Line {
                        variant: place,
                        quantity,
                    });
                    self.shelf.change(place, 0, -quantity);
                }
            }
            if lines.is_empty() {
                continue;
            }
            let arrives = workday(self.extent, day + self.dice.between(2, 3));
            let incoming = self.incoming.entry(arrives).or_default();
            incoming.extend(lines.iter().map(|line| (line.variant, to, line.quantity)));
            let place = self.plan.transfers.len();
            self.plan.steps.push((day, Step::TransferOut(place)));
            self.plan.steps.push((arrives, Step::TransferIn(place)));
            self.plan.transfers.push(Transfer {
                day,
                arrives,
                to,
                lines,
            });
        }
    }

    /// Some shelves of each warehouse are counted, and what broke is thrown away.
    fn count(&mut self, day: i64) {
        for warehouse in 0..WAREHOUSES.len() {
            let reason = *self
                .dice
                .pick(&["COUNT", "COUNT", "DAMAGE", "LOSS", "INTERNAL_USE"]);
            let mut lines: Vec<Line> = Vec::new();
            for _ in 0..self.dice.between(3, 8) {
                let variants = self.company.catalog.variants.len() as i64;
                let variant = self.dice.between(0, variants - 1) as usize;
                let least = self.company.catalog.variants[variant].stays.max(6);
                let is_more = reason == "COUNT" && self.dice.chance(300);
                let quantity = if is_more { 1 } else { -self.dice.between(1, 3) };
                let is_new = lines.iter().all(|line| line.variant != variant);
                if is_new && self.shelf.free(variant, warehouse) > least + 3 {
                    lines.push(Line { variant, quantity });
                    self.shelf.change(variant, warehouse, quantity);
                }
            }
            if lines.is_empty() {
                continue;
            }
            let place = self.plan.counts.len();
            self.plan.steps.push((day, Step::Count(place)));
            self.plan.counts.push(Count {
                warehouse,
                reason,
                lines,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn extent() -> Extent {
        Extent::year(1, NaiveDate::from_ymd_opt(2026, 3, 17).unwrap())
    }

    fn year(seed: u64) -> (Company, Plan) {
        let company = Company::read();
        let plan = plan(&company, &Extent { seed, ..extent() });
        (company, plan)
    }

    #[test]
    fn a_year_has_enough_of_everything() {
        let (company, plan) = year(1);
        let lines: usize = plan.orders.iter().map(|order| order.lines.len()).sum();
        assert!((500..800).contains(&plan.orders.len()));
        assert!(lines > 4_000, "{lines}");
        assert!(plan.returns.len() > 10);
        assert!((50..100).contains(&plan.purchases.len()));
        let arrives = |step: &Step| matches!(step, Step::Arrive(..));
        let arrived = plan.steps.iter().filter(|(_, step)| arrives(step)).count();
        assert!(
            arrived < plan.purchases.len() + 10,
            "some are still on their way"
        );
        let wanted = demand::wanted(&company, &extent());
        let wanted: usize = wanted.iter().map(|one| one.lines.len()).sum();
        assert!(lines * 100 > wanted * 95, "{lines} of {wanted}");
    }

    #[test]
    fn nothing_is_sold_that_is_not_there() {
        let (company, plan) = year(2);
        for (place, variant) in company.catalog.variants.iter().enumerate() {
            for warehouse in 0..WAREHOUSES.len() {
                assert!(plan.left.free(place, warehouse) >= 0, "{}", variant.sku);
            }
            assert!(plan.left.free(place, 0) >= variant.stays, "{}", variant.sku);
        }
    }

    #[test]
    fn the_same_seed_plans_the_same() {
        let same = |one: &Plan, other: &Plan| format!("{one:?}") == format!("{other:?}");
        let (one, again, other) = (year(3).1, year(3).1, year(4).1);
        assert!(same(&one, &again));
        assert!(!same(&one, &other));
    }
}
