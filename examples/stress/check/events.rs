//! Each level's changes, one after the other, as subscribers are told: no change is missing, and
//! never, after any of them, more was promised than was there.

use std::collections::HashMap;

use super::books::{Books, Event};
use super::ledger::name;
use super::{About, Differences};

/// Checks the sequence of changes of each level.
pub fn check(books: &Books, found: &mut Differences) {
    let mut last: HashMap<_, Event> = HashMap::new();
    for event in &books.events {
        let before = last.insert(event.place, *event);
        let (state, version) = before.map_or(([0; 6], 0), |before| (before.state, before.version));
        let called = || format!("{}, version {}", name(books, event.place), event.version);
        if before.is_some() && event.version != version + 1 {
            found.note(About::Sum, format!("{}: comes after {version}", called()));
        }
        for (at, change) in event.change.iter().enumerate() {
            let wanted = state[at] + change;
            found.equal(
                About::Sum,
                || format!("{}: state", called()),
                event.state[at],
                wanted,
            );
        }
        let [sellable, quarantined, reserved, ..] = event.state;
        if sellable < 0 || quarantined < 0 || reserved > sellable {
            found.note(About::Oversold, format!("{}: {:?}", called(), event.state));
        }
    }
    for level in &books.levels {
        match last.get(&level.place) {
            Some(event) if (event.state, event.version) == (level.state, level.version) => {}
            Some(event) => {
                let what = format!(
                    "{}: {level:?}, last told {event:?}",
                    name(books, level.place)
                );
                found.note(About::Sum, what);
            }
            // A level that was made and never changed.
            None if level.state == [0; 6] => {}
            None => found.note(
                About::Sum,
                format!("{}: never told", name(books, level.place)),
            ),
        }
    }
}
