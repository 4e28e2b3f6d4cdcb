//! The independent checker: from the database by SQL of its own, and from what clients were told.
//!
//! It shares no code with the server, knows neither its crates nor its rules, and reckons by plain
//! sums in memory. Whatever does not fit is one difference, told in a line.

pub mod books;
pub mod events;
pub mod expected;
pub mod keys;
pub mod ledger;
pub mod promises;
pub mod spoil;
pub mod typeid;

use std::collections::BTreeMap;

use books::Books;
use expected::Expected;

use crate::journal::Entry;

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// Something acknowledged is not there, or not as it was told.
    Lost,
    /// More was promised or shipped than was there.
    Oversold,
    /// Something is there that nobody was told of, was refused, or is half done.
    Stray,
    /// Sums that do not agree.
    Sum,
}

/// Differences, by what they are about.
#[derive(Debug, Default)]
pub struct Differences(Vec<(About, String)>);

impl Differences {
    /// Notes one.
    pub fn note(&mut self, about: About, what: impl Into<String>) {
        self.0.push((about, what.into()));
    }

    /// Notes one when two numbers differ, in millionths.
    pub fn equal(&mut self, about: About, what: impl FnOnce() -> String, found: i64, wanted: i64) {
        if found != wanted {
            let (found, wanted) = (decimal(found), decimal(wanted));
            self.note(about, format!("{}: {found}, not {wanted}", what()));
        }
    }

    /// All of them.
    pub fn all(&self) -> &[(About, String)] {
        &self.0
    }

    /// How many there are, by what they are about.
    pub fn counts(&self) -> BTreeMap<About, usize> {
        let mut counts = BTreeMap::new();
        for (about, _) in &self.0 {
            *counts.entry(*about).or_default() += 1;
        }
        counts
    }
}

/// Millionths as a decimal number.
fn decimal(millionths: i64) -> String {
    let (sign, size) = (
        if millionths < 0 { "-" } else { "" },
        millionths.unsigned_abs(),
    );
    let (whole, rest) = (size / 1_000_000, size % 1_000_000);
    if rest == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest:06}")
    }
}

/// A decimal number as millionths; nothing when it is none.
pub fn millionths(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let rest = format!("{rest:0<6}");
    let whole: i64 = whole.parse().ok()?;
    let rest: i64 = rest.get(..6)?.parse().ok()?;
    Some(sign * (whole * 1_000_000 + rest))
}

/// Everything that must hold.
pub fn all(books: &Books, entries: &[Entry]) -> Differences {
    let mut found = Differences::default();
    keys::check(books, entries, &mut found);
    let expected = Expected::of(books, entries, &mut found);
    keys::documents(books, entries, &expected, &mut found);
    ledger::levels(books, &mut found);
    ledger::pieces(books, &expected, &mut found);
    ledger::money(books, &expected, &mut found);
    promises::check(books, &expected, &mut found);
    events::check(books, &mut found);
    found
}
