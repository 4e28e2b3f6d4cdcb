//! What is promised is what is open, and was there when it was promised.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::books::Books;
use super::expected::Expected;
use super::{About, Differences};

/// Checks promises of orders, transfers and holds.
pub fn check(books: &Books, expected: &Expected, found: &mut Differences) {
    let mut held: HashMap<Uuid, i64> = HashMap::new();
    for reservation in &books.reservations {
        *held.entry(reservation.line).or_default() += reservation.held[0] + reservation.held[1];
    }
    let lines: HashSet<&Uuid> = held.keys().chain(expected.promised.keys()).collect();
    for line in lines {
        let is = held.get(line).copied().unwrap_or_default();
        let wanted = expected.promised.get(line).copied().unwrap_or_default();
        let about = if is < wanted {
            About::Lost
        } else {
            About::Oversold
        };
        found.equal(about, || format!("line {line}: promised"), is, wanted);
    }
    in_full(books, expected, found);
}

/// An order that may not wait got all of its goods by its own command, or was refused.
fn in_full(books: &Books, expected: &Expected, found: &mut Differences) {
    let keys: HashMap<Uuid, &str> = books
        .operations
        .iter()
        .filter_map(|operation| Some((operation.id, operation.key.as_deref()?)))
        .collect();
    let mut own: HashMap<Uuid, &str> = HashMap::new();
    for told in expected.documents.values() {
        if expected.in_full.contains_key(&told.key) {
            own.extend(told.lines.keys().map(|line| (*line, told.key.as_str())));
        }
    }
    let mut reserved: HashMap<&str, [i64; 2]> = HashMap::new();
    for line in &books.commitments {
        // A command may also move what others wait for; that is not its own.
        let Some(key) = own.get(&line.line) else {
            continue;
        };
        if keys.get(&line.operation) == Some(key) {
            let sum = reserved.entry(key).or_default();
            sum[0] += line.change[0];
            sum[1] += line.change[1];
        }
    }
    for (key, wanted) in &expected.in_full {
        let [is, waits] = reserved.get(key.as_str()).copied().unwrap_or_default();
        let what = || format!("{key}: reserved at once");
        found.equal(About::Oversold, what, is, *wanted);
        found.equal(About::Oversold, || format!("{key}: waits"), waits, 0);
    }
}
