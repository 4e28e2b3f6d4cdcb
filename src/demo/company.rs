//! The company of the demo, and how much of its history there is.

use chrono::{Days, NaiveDate};

use super::catalog::Catalog;
use super::customers::{self, Customer};
use super::suppliers::{self, Supplier};

/// Its name.
pub const NAME: &str = "Kontor & Kanne";

/// About how many sales orders there are in a year for which nobody says how many.
pub const ORDERS: u32 = 620;

/// The records that everything refers to.
#[derive(Clone, Debug)]
pub struct Company {
    /// Who supplies.
    pub suppliers: Vec<Supplier>,
    /// What is sold.
    pub catalog: Catalog,
    /// Who buys.
    pub customers: Vec<Customer>,
}

impl Company {
    /// Reads the tables.
    #[must_use]
    pub fn read() -> Self {
        let suppliers = suppliers::read();
        Self {
            catalog: Catalog::read(&suppliers),
            suppliers,
            customers: customers::read(),
        }
    }
}

/// What decides everything: the same gives the same company.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// What chance begins with.
    pub seed: u64,
    /// The business day on which it is made; all other days are counted back from it.
    pub today: NaiveDate,
    /// So many days of history.
    pub days: i64,
    /// Orders of an ordinary day, in thousandths.
    pub orders: i64,
    /// Whether documents in every state are left open at the end.
    pub has_open: bool,
}

impl Extent {
    /// A year of a small wholesaler.
    #[must_use]
    pub fn year(seed: u64, today: NaiveDate) -> Self {
        Self::year_of(seed, today, ORDERS)
    }

    /// A year with about so many sales orders.
    #[must_use]
    pub fn year_of(seed: u64, today: NaiveDate, orders: u32) -> Self {
        Self {
            seed,
            today,
            days: 365,
            orders: i64::from(orders) * 1_000 / 365,
            has_open: true,
        }
    }

    /// The date of a day of the history: 0 is the first, the last is today.
    #[must_use]
    pub fn date(&self, day: i64) -> NaiveDate {
        let back = u64::try_from(self.days - day).unwrap_or(0);
        let ahead = u64::try_from(day - self.days).unwrap_or(0);
        self.today - Days::new(back) + Days::new(ahead)
    }
}
