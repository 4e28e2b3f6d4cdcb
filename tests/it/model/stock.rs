//! Stock as the model sees it: levels, and who has a claim on them.

/// Variants that are kept in stock.
pub const GOODS: usize = 5;
pub const WAREHOUSES: usize = 3;

/// Who asks for goods: a document and its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    Order(usize, usize),
    Transfer(usize, usize),
    Hold(usize, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Sellable,
    Quarantine,
}

/// What is there; the value in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    pub sellable: i64,
    pub quarantined: i64,
    pub incoming: i64,
    pub value: i64,
}

impl Level {
    pub fn on_hand(&self) -> i64 {
        self.sellable + self.quarantined
    }
}

/// What is held for a demand, and what waits for it.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    pub demand: Demand,
    pub at: (usize, usize),
    pub reserved: i64,
    pub waiting: i64,
    /// Above zero it is served before others, below zero after them.
    pub urgency: i64,
}

/// All levels, by variant and warehouse, and all claims, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    pub levels: [[Level; WAREHOUSES]; GOODS],
    pub claims: Vec<Claim>,
}

/// A line's wish: how much of what, from where, the preferred one first.
pub type Wish = (usize, i64, Vec<usize>);

/// What a level gives to a wish: which wish, where, how much is held and how much waits.
pub type Part = (usize, (usize, usize), i64, i64);

/// A part of a whole, rounded half up; all of it when the part is the whole.
pub fn share(value: i64, part: i64, whole: i64) -> i64 {
    if part == whole {
        return value;
    }
    let exact = i128::from(value) * i128::from(part);
    let whole = i128::from(whole);
    i64::try_from((exact + whole / 2).div_euclid(whole)).expect("a part of a value")
}

impl Stock {
    pub fn level(&self, (variant, warehouse): (usize, usize)) -> &Level {
        &self.levels[variant][warehouse]
    }

    pub fn level_mut(&mut self, (variant, warehouse): (usize, usize)) -> &mut Level {
        &mut self.levels[variant][warehouse]
    }

    fn sum(&self, at: (usize, usize), of: impl Fn(&Claim) -> i64) -> i64 {
        self.claims
            .iter()
            .filter(|claim| claim.at == at)
            .map(of)
            .sum()
    }

    pub fn reserved(&self, at: (usize, usize)) -> i64 {
        self.sum(at, |claim| claim.reserved)
    }

    pub fn waiting(&self, at: (usize, usize)) -> i64 {
        self.sum(at, |claim| claim.waiting)
    }

    pub fn available(&self, at: (usize, usize)) -> i64 {
        self.level(at).sellable - self.reserved(at) - self.waiting(at)
    }

    /// What is held for a demand in a warehouse.
    pub fn held(&self, demand: Demand, warehouse: usize) -> i64 {
        let of_it = |claim: &&Claim| claim.demand == demand && claim.at.1 == warehouse;
        self.claims
            .iter()
            .filter(of_it)
            .map(|claim| claim.reserved)
            .sum()
    }

    pub fn claim(&mut self, demand: Demand, at: (usize, usize), reserved: i64, waiting: i64) {
        if reserved + waiting > 0 {
            self.claims.push(Claim {
                demand,
                at,
                reserved,
                waiting,
                urgency: 0,
            });
        }
    }

    /// Gives all claims of a demand another turn.
    pub fn prioritize(&mut self, demand: Demand, urgency: i64) {
        for claim in self.claims.iter_mut().filter(|one| one.demand == demand) {
            claim.urgency = urgency;
        }
    }

    /// Gives up all claims of a demand, and serves who waits.
    pub fn release(&mut self, demand: Demand) {
        let gone: Vec<_> = self
            .claims
            .iter()
            .filter(|one| one.demand == demand)
            .collect();
        let places: Vec<_> = gone.iter().map(|claim| claim.at).collect();
        self.claims.retain(|one| one.demand != demand);
        for at in places {
            self.settle(at);
        }
    }

    /// Gives up a part: first what waits, then what is held, of each the newest.
    pub fn give_up(&mut self, demand: Demand, mut open: i64) {
        for of_waiting in [true, false] {
            for claim in self
                .claims
                .iter_mut()
                .rev()
                .filter(|one| one.demand == demand)
            {
                let has = if of_waiting {
                    &mut claim.waiting
                } else {
                    &mut claim.reserved
                };
                let part = open.min(*has);
                *has -= part;
                open -= part;
            }
        }
        let places: Vec<_> = self
            .claims
            .iter()
            .filter(|one| one.demand == demand)
            .collect();
        let places: Vec<_> = places.iter().map(|claim| claim.at).collect();
        self.claims
            .retain(|claim| claim.reserved + claim.waiting > 0);
        for at in places {
            self.settle(at);
        }
    }

    /// Shares what may be sold among the claims: waits are served by urgency, of the same the
    /// oldest first; what is no longer there is lost by who would be served last.
    pub fn settle(&mut self, at: (usize, usize)) {
        let mut free = self.level(at).sellable - self.reserved(at);
        let of_it = |index: &usize| self.claims[*index].at == at;
        let mut turns: Vec<usize> = (0..self.claims.len()).filter(of_it).collect();
        turns.sort_by_key(|index| -self.claims[*index].urgency);
        for index in &turns {
            let claim = &mut self.claims[*index];
            let served = claim.waiting.min(free.max(0));
            claim.waiting -= served;
            claim.reserved += served;
            free -= served;
        }
        for index in turns.iter().rev() {
            let claim = &mut self.claims[*index];
            let lost = claim.reserved.min((-free).max(0));
            claim.reserved -= lost;
            claim.waiting += lost;
            free += lost;
        }
    }

    pub fn bring_in(&mut self, at: (usize, usize), place: Place, quantity: i64, value: i64) {
        let level = self.level_mut(at);
        match place {
            Place::Sellable => level.sellable += quantity,
            Place::Quarantine => level.quarantined += quantity,
        }
        level.value += value;
        self.settle(at);
    }

    /// Takes goods out at their average cost; what they were worth.
    pub fn take_out(&mut self, at: (usize, usize), place: Place, quantity: i64) -> i64 {
        let level = self.level(at);
        let value = share(level.value, quantity, level.on_hand());
        self.bring_in(at, place, -quantity, -value);
        value
    }

    /// Takes out what is held for a demand in a warehouse, claim by claim, oldest first.
    pub fn consume(&mut self, demand: Demand, warehouse: usize, mut open: i64) -> i64 {
        let mut value = 0;
        for index in 0..self.claims.len() {
            let claim = &mut self.claims[index];
            if claim.demand != demand || claim.at.1 != warehouse {
                continue;
            }
            let (at, part) = (claim.at, claim.reserved.min(open));
            claim.reserved -= part;
            open -= part;
            if part > 0 {
                value += self.take_out(at, Place::Sellable, part);
            }
        }
        self.claims
            .retain(|claim| claim.reserved + claim.waiting > 0);
        value
    }

    /// Which warehouse holds how much for which wish, and how much waits; none when too little is
    /// there.
    pub fn allocate(&self, wishes: &[Wish], policy: &str) -> Option<Vec<Part>> {
        let mut left = [[0; WAREHOUSES]; GOODS];
        for (variant, row) in left.iter_mut().enumerate() {
            for (warehouse, free) in row.iter_mut().enumerate() {
                *free = self.available((variant, warehouse)).max(0);
            }
        }
        let mut parts = Vec::new();
        for (index, (variant, wanted, places)) in wishes.iter().enumerate() {
            let several = if policy == "SPLIT" { places.len() } else { 1 };
            let mut open = *wanted;
            for warehouse in places.iter().take(several) {
                let free = &mut left[*variant][*warehouse];
                let held = open.min(*free);
                let waits = if policy == "BACKORDER" {
                    open - held
                } else {
                    0
                };
                *free -= held;
                open -= held + waits;
                parts.push((index, (*variant, *warehouse), held, waits));
            }
            if open > 0 {
                return None;
            }
        }
        Some(parts)
    }
}
