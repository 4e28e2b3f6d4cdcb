//! Which warehouse serves which line of an order, and why: pure. Placing and its preview use the
//! same code.

use std::collections::{BTreeMap, BTreeSet};

use entity::vocab::{Amount, ProductVariantId, Quantity, ShortagePolicy, WarehouseId};

use super::fewest::{Amounts, fewest};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::{Book, LevelKey, Promise};

/// How a line is shared among the warehouses that may serve it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// The first one serves it, no other.
    OnePlace,
    /// One after another, each what those before it lack.
    InOrder,
    /// Those serve it that make the fewest warehouses of all such lines of the order.
    Fewest,
}

/// A line that wants stock.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What.
    pub variant_id: ProductVariantId,
    /// How much.
    pub quantity: Quantity,
    /// Where from, the preferred one first.
    pub warehouses: Vec<WarehouseId>,
    /// How it is shared among them.
    pub spread: Spread,
}

/// What one warehouse promises to one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The line, by its index.
    pub line: usize,
    /// Where.
    pub key: LevelKey,
    /// What.
    pub promise: Promise,
}

/// Why a warehouse serves a line, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It serves the line, or a part of it.
    Serves,
    /// It has nothing left, and what all lack waits there.
    Waits,
    /// Nothing is available there.
    NothingAvailable,
    /// Other lines of the order take what is available there.
    TakenByOtherLines,
    /// Those before it serve the whole line.
    NotNeeded,
    /// Others serve the order with fewer shipments.
    MoreShipments,
}

/// How one warehouse was looked at for one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The line, by its index.
    pub line: usize,
    /// Where.
    pub key: LevelKey,
    /// What is available there before the order.
    pub available: Quantity,
    /// What the lines that were served before leave of it.
    pub left: Quantity,
    /// What it promises to the line.
    pub promise: Promise,
    /// Why that, or why nothing.
    pub reason: Reason,
}

/// How all lines of an order are served.
#[derive(Clone, Debug, Default)]
pub struct Sourced {
    /// Every warehouse that was looked at for a line, in the order of the lines.
    pub looks: Vec<Look>,
    /// Lines for which too little is there, and what they lack.
    pub short: BTreeMap<usize, Quantity>,
    /// Lines whose rest cannot wait where so much waits already.
    crowded: Vec<usize>,
}

impl Sourced {
    /// What is promised, where something is.
    #[must_use]
    pub fn allocations(&self) -> Vec<Allocation> {
        let promising = self
            .looks
            .iter()
            .filter(|look| look.promise != Promise::default());
        let allocation = |look: &Look| Allocation {
            line: look.line,
            key: look.key,
            promise: look.promise,
        };
        promising.map(allocation).collect()
    }
}

/// Serves the lines one after another from what is left, so that two lines of one order never get
/// the same piece, and no warehouse more than the remainder of a line. Lines that name their
/// warehouse come first, for they have no other.
#[must_use]
pub fn source(wanted: &[Wanted], policy: ShortagePolicy, book: &Book) -> Sourced {
    let mut picking = Picking {
        book,
        policy,
        left: BTreeMap::new(),
        waiting: BTreeMap::new(),
        sourced: Sourced::default(),
    };
    let of = |spread: Spread| {
        let lines = wanted.iter().enumerate();
        lines.filter(move |(_, want)| want.spread == spread)
    };
    for (line, want) in of(Spread::OnePlace).chain(of(Spread::InOrder)) {
        picking.serve(line, want, None);
    }
    let chosen = picking.choose(of(Spread::Fewest).map(|(_, want)| want));
    for (line, want) in of(Spread::Fewest) {
        picking.serve(line, want, Some(&chosen));
    }
    picking.sourced.looks.sort_by_key(|look| look.line);
    picking.sourced
}

struct Picking<'b> {
    book: &'b Book,
    policy: ShortagePolicy,
    left: BTreeMap<LevelKey, Quantity>,
    waiting: BTreeMap<LevelKey, Quantity>,
    sourced: Sourced,
}

impl Picking<'_> {
    fn available(&self, key: LevelKey) -> Quantity {
        if self.book.has(key) {
            self.book.available(key).or_zero()
        } else {
            Quantity::ZERO
        }
    }

    fn left(&self, key: LevelKey) -> Quantity {
        let left = self.left.get(&key).copied();
        left.unwrap_or_else(|| self.available(key))
    }

    /// The fewest warehouses that serve these lines; those that serve others anyway cost nothing.
    fn choose<'w>(&self, wanted: impl Iterator<Item = &'w Wanted>) -> BTreeSet<WarehouseId> {
        let (mut amounts, mut places) = (Amounts::new(), Vec::new());
        for want in wanted {
            let sum = amounts.entry(want.variant_id).or_default();
            *sum = sum.saturating_add(want.quantity.0);
            places.clone_from(&want.warehouses);
        }
        let has = |place: &WarehouseId| {
            let left = amounts.keys().map(|id| (*id, self.left((*id, *place)).0));
            left.collect::<Amounts>()
        };
        let has: Vec<Amounts> = places.iter().map(has).collect();
        let serving = self.sourced.looks.iter();
        let serving = serving.filter(|look| look.promise.reserved.is_positive());
        let serving: BTreeSet<WarehouseId> = serving.map(|look| look.key.1).collect();
        let used = (0..places.len()).filter(|index| serving.contains(&places[*index]));
        let chosen = fewest(&amounts, &has, &used.collect());
        chosen.into_iter().map(|index| places[index]).collect()
    }

    fn serve(&mut self, line: usize, want: &Wanted, chosen: Option<&BTreeSet<WarehouseId>>) {
        let mut open = want.quantity;
        let first = self.sourced.looks.len();
        for place in &want.warehouses {
            let key = (want.variant_id, *place);
            let (available, left) = (self.available(key), self.left(key));
            let is_chosen = chosen.is_none_or(|set| set.contains(place));
            let part = if is_chosen {
                open.at_most(left)
            } else {
                Quantity::ZERO
            };
            self.left.insert(key, Quantity(left.0 - part.0));
            open.0 -= part.0;
            let reason = match (part.is_positive(), available.is_zero(), left.is_zero()) {
                (true, ..) => Reason::Serves,
                (_, true, _) => Reason::NothingAvailable,
                (_, _, true) => Reason::TakenByOtherLines,
                _ if is_chosen => Reason::NotNeeded,
                _ => Reason::MoreShipments,
            };
            let promise = Promise {
                reserved: part,
                backordered: Quantity::ZERO,
            };
            let look = Look {
                line,
                key,
                available,
                left,
                promise,
                reason,
            };
            self.sourced.looks.push(look);
        }
        if open.is_positive() {
            self.lack(line, open, (first, chosen));
        }
    }

    /// What all lack waits in the first of the warehouses, of the fewest in the first that has or
    /// had any; or it is short.
    fn lack(
        &mut self,
        line: usize,
        open: Quantity,
        (first, chosen): (usize, Option<&BTreeSet<WarehouseId>>),
    ) {
        let looks = &mut self.sourced.looks[first..];
        let serves = |look: &Look| {
            let is_chosen = chosen.is_some_and(|set| set.contains(&look.key.1));
            is_chosen && self.book.has(look.key)
        };
        let place = looks.iter().position(serves).unwrap_or(0);
        let waits = looks.get_mut(place);
        let Some(look) = waits.filter(|_| self.policy == ShortagePolicy::Backorder) else {
            self.sourced.short.insert(line, open);
            return;
        };
        look.promise.backordered = open;
        if look.promise.reserved.is_zero() {
            look.reason = Reason::Waits;
        }
        let more = self.waiting.entry(look.key).or_default();
        more.0 += open.0;
        if self.book.has(look.key) && !self.book.has_room(look.key, *more, Amount::ZERO) {
            self.sourced.crowded.push(line);
        }
    }
}

/// What each warehouse promises to each line.
///
/// # Errors
/// One rejection per variant and warehouse that lacks stock, at the first line it fails.
pub fn allocate(
    wanted: &[Wanted],
    policy: ShortagePolicy,
    book: &Book,
) -> Result<Vec<Allocation>, Vec<Rejection>> {
    let sourced = source(wanted, policy, book);
    if sourced.short.is_empty() && sourced.crowded.is_empty() {
        return Ok(sourced.allocations());
    }
    let mut short: BTreeMap<(ProductVariantId, Option<WarehouseId>), usize> = BTreeMap::new();
    for line in sourced.short.keys() {
        let want = &wanted[*line];
        let one_place = want.spread == Spread::OnePlace || want.warehouses.len() == 1;
        let place = want.warehouses.first().copied().filter(|_| one_place);
        short.entry((want.variant_id, place)).or_insert(*line);
    }
    let short = short.into_iter();
    Err(short
        .map(|(of, line)| shortage(of, line, wanted, book))
        .chain(sourced.crowded.into_iter().map(too_much))
        .collect())
}

/// Where a line is served that did not name its warehouse: where the first part of it comes from.
#[must_use]
pub fn first_place(line: usize, allocations: &[Allocation]) -> Option<WarehouseId> {
    let mut own = allocations.iter().filter(|one| one.line == line);
    own.next().map(|one| one.key.1)
}

/// A rejection of a line, at the line's place in an input that has no such list of lines.
#[must_use]
pub fn at_place(rejection: Rejection, paths: &[Path]) -> Rejection {
    let steps = rejection.path.steps();
    let line = steps.get(2).and_then(|step| step.parse::<usize>().ok());
    match line.and_then(|line| paths.get(line)) {
        Some(path) => Rejection::new(path.clone(), rejection.problem),
        None => rejection,
    }
}

fn too_much(line: usize) -> Rejection {
    let path = Path::input().at("lines").at(line).at("quantity");
    let message = "Is too much: more would wait for stock than can be kept.";
    Rejection::invalid(path, message)
}

fn shortage(
    (variant, warehouse): (ProductVariantId, Option<WarehouseId>),
    line: usize,
    wanted: &[Wanted],
    book: &Book,
) -> Rejection {
    let same_place = |want: &&Wanted| {
        want.variant_id == variant
            && (warehouse.is_none() || want.warehouses.first().copied() == warehouse)
    };
    let requested = wanted
        .iter()
        .filter(same_place)
        .map(|want| want.quantity.0)
        .sum();
    let places = warehouse.map_or_else(|| wanted[line].warehouses.clone(), |one| vec![one]);
    let keys = places
        .into_iter()
        .map(|place| (variant, place))
        .filter(|key| book.has(*key));
    let available = keys.map(|key| book.available(key).or_zero().0).sum();
    let problem = Problem::InsufficientStock {
        variant,
        warehouse,
        requested: Quantity(requested),
        available: Quantity(available),
    };
    Rejection::new(Path::input().at("lines").at(line).at("quantity"), problem)
}
