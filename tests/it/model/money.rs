//! Money as the model sees it, in cents: open items, and which credit pays which debt.

/// What a customer owes, above zero, or is owed.
#[derive(Clone, Debug)]
pub struct Item {
    pub customer: usize,
    pub kind: &'static str,
    pub number: String,
    pub instalment: i64,
    /// In how many days it is due.
    pub due: i64,
    pub amount: i64,
    pub open: i64,
}

/// So much of a credit pays a debt.
#[derive(Clone, Debug)]
pub struct Allocation {
    pub debt: usize,
    pub credit: usize,
    pub amount: i64,
    pub stands: bool,
}

/// All items, in the order in which they came, and what pays what.
#[derive(Clone, Debug, Default)]
pub struct Items {
    pub items: Vec<Item>,
    pub allocations: Vec<Allocation>,
}

/// A document that is to be paid, and how much of it.
pub type Wanted = (String, Option<i64>);

impl Items {
    pub fn add(&mut self, item: Item) -> usize {
        self.items.push(item);
        self.items.len() - 1
    }

    pub fn balance(&self, customer: usize) -> i64 {
        let theirs = self.items.iter().filter(|item| item.customer == customer);
        theirs.map(|item| item.open).sum()
    }

    /// What is open of a customer on one side, due first at the front.
    pub fn open(&self, customer: usize, debts: bool) -> Vec<usize> {
        let suits = |index: &usize| {
            let item = &self.items[*index];
            item.customer == customer && (item.amount > 0) == debts && item.open != 0
        };
        let mut open: Vec<usize> = (0..self.items.len()).filter(suits).collect();
        open.sort_by_key(|index| (self.items[*index].due, *index));
        open
    }

    /// Uses an item for one of the other side, at most so much; how much it was.
    pub fn settle(&mut self, item: usize, other: usize, most: i64) -> i64 {
        let left = |index: usize| self.items[index].open.abs();
        let amount = left(item).min(left(other)).min(most);
        if amount > 0 {
            let is_debt = self.items[item].amount > 0;
            let (debt, credit) = if is_debt {
                (item, other)
            } else {
                (other, item)
            };
            self.items[debt].open -= amount;
            self.items[credit].open += amount;
            let stands = true;
            self.allocations.push(Allocation {
                debt,
                credit,
                amount,
                stands,
            });
        }
        amount
    }

    pub fn settle_oldest_first(&mut self, item: usize) {
        let (customer, is_debt) = (self.items[item].customer, self.items[item].amount > 0);
        for other in self.open(customer, !is_debt) {
            self.settle(item, other, i64::MAX);
        }
    }

    /// Uses an item for what is wanted; the codes of what is wrong.
    pub fn apply(&mut self, item: usize, wanted: &[Wanted]) -> Vec<&'static str> {
        let (customer, is_debt) = (self.items[item].customer, self.items[item].amount > 0);
        let mut codes = Vec::new();
        for (number, amount) in wanted {
            let suits = |index: &usize| {
                let one = &self.items[*index];
                one.customer == customer && one.number == *number && (one.amount > 0) != is_debt
            };
            let mut found: Vec<usize> = (0..self.items.len()).filter(suits).collect();
            found.sort_by_key(|index| (self.items[*index].due, self.items[*index].instalment));
            let open: i64 = found
                .iter()
                .map(|index| self.items[*index].open.abs())
                .sum();
            let left = self.items[item].open.abs();
            let mut rest = amount.unwrap_or(open.min(left));
            if found.is_empty() {
                codes.push("NOT_FOUND");
            } else if open == 0 || rest == 0 || rest > open || rest > left {
                codes.push("INVALID");
            } else {
                for other in found {
                    rest -= self.settle(item, other, rest);
                }
            }
        }
        codes
    }

    /// Takes an allocation back.
    pub fn take_back(&mut self, index: usize) {
        let Allocation {
            debt,
            credit,
            amount,
            ..
        } = self.allocations[index].clone();
        self.allocations[index].stands = false;
        self.items[debt].open += amount;
        self.items[credit].open -= amount;
    }
}

/// Net and tax of a line, each rounded half up to the cent.
pub fn line_amounts(quantity: i64, price: i64, discount: i64, tax: i64) -> (i64, i64) {
    let whole = i128::from(quantity) * i128::from(price) * i128::from(1_000_000 - discount);
    let rounded =
        |exact: i128| i64::try_from((exact + 500_000) / 1_000_000).expect("a small amount");
    let net = rounded(whole);
    (net, rounded(i128::from(net) * i128::from(tax)))
}

/// A part of an amount in cents, rounded to the millionth, then to the cent.
pub fn share_of_cents(amount: i64, part: i64, whole: i64) -> i64 {
    (super::stock::share(amount * 10_000, part, whole) + 5_000).div_euclid(10_000)
}
