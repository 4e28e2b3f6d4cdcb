//! Levels are the sums of their ledgers, and of what clients were told; money balances.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::books::Books;
use super::expected::{Expected, Place};
use super::{About, Differences};

/// Names of what a level stores, in its order.
pub const NAMES: [&str; 6] = [
    "sellable",
    "quarantined",
    "reserved",
    "backordered",
    "incoming",
    "value",
];

/// What a level is called.
pub fn name(books: &Books, (variant, warehouse): (Uuid, Uuid)) -> String {
    let sku = books.skus.get(&variant).map_or("?", String::as_str);
    let code = books.warehouses.get(&warehouse).map_or("?", String::as_str);
    format!("{sku} in {code}")
}

/// Each level is the sum of both ledgers and of its reservations, and promises only what is there.
pub fn levels(books: &Books, found: &mut Differences) {
    let mut sums: HashMap<(Uuid, Uuid), [i64; 6]> = HashMap::new();
    for line in &books.movements {
        for (sign, (place, warehouse)) in [(-1, &line.from), (1, &line.to)] {
            let Some(warehouse) = warehouse else {
                continue;
            };
            let sum = sums.entry((line.variant, *warehouse)).or_default();
            sum[usize::from(place == "QUARANTINE")] += sign * line.amount[0];
            sum[5] += sign * line.amount[1];
        }
    }
    for line in &books.commitments {
        let sum = sums.entry(line.place).or_default();
        for (at, change) in line.change.iter().enumerate() {
            sum[2 + at] += change;
        }
    }
    let mut held: HashMap<(Uuid, Uuid), [i64; 2]> = HashMap::new();
    for reservation in &books.reservations {
        let sum = held.entry(reservation.place).or_default();
        sum[0] += reservation.held[0];
        sum[1] += reservation.held[1];
    }
    for level in &books.levels {
        let called = || name(books, level.place);
        let sum = sums.remove(&level.place).unwrap_or_default();
        for (at, field) in NAMES.iter().enumerate() {
            let what = || format!("{}: {field} by its ledger", called());
            found.equal(About::Sum, what, level.state[at], sum[at]);
        }
        let held = held.remove(&level.place).unwrap_or_default();
        for (at, held) in held.iter().enumerate() {
            let what = || format!("{}: {} by reservations", called(), NAMES[2 + at]);
            found.equal(About::Sum, what, level.state[2 + at], *held);
        }
        let [sellable, quarantined, reserved, backordered, ..] = level.state;
        if sellable < 0 || quarantined < 0 || reserved > sellable {
            found.note(About::Oversold, format!("{}: {:?}", called(), level.state));
        }
        if backordered > 0 && sellable > reserved {
            found.note(
                About::Sum,
                format!("{}: waits while stock is free", called()),
            );
        }
    }
    for place in sums.keys().chain(held.keys()) {
        found.note(About::Sum, format!("{}: no level", name(books, *place)));
    }
}

/// Pieces by place, and by variant from the outside, are those that clients were told.
pub fn pieces(books: &Books, expected: &Expected, found: &mut Differences) {
    let text =
        |id: &Uuid, names: &HashMap<Uuid, String>| names.get(id).cloned().unwrap_or_default();
    let mut stored: BTreeMap<Place, [i64; 3]> = BTreeMap::new();
    let mut pieces: BTreeMap<String, i64> = BTreeMap::new();
    for level in &books.levels {
        let (sku, code) = level.place;
        let sku = text(&sku, &books.skus);
        let state = level.state;
        *pieces.entry(sku.clone()).or_default() += state[0] + state[1];
        let place = (sku, text(&code, &books.warehouses));
        stored.insert(place, [state[0], state[1], state[4]]);
    }
    for place in expected.stock.keys().chain(expected.on_order.keys()) {
        stored.entry(place.clone()).or_default();
    }
    for (place, [sellable, quarantined, incoming]) in stored {
        let wanted = expected.stock.get(&place).copied().unwrap_or_default();
        let [on_order, on_their_way] = [&expected.on_order, &expected.on_their_way]
            .map(|pieces| pieces.get(&place).copied().unwrap_or_default());
        let (sku, code) = &place;
        let what = |field: &str| format!("{sku} in {code}: {field} by the clients' journal");
        found.equal(About::Sum, || what("sellable"), sellable, wanted[0]);
        found.equal(About::Sum, || what("quarantined"), quarantined, wanted[1]);
        let coming = on_order + on_their_way;
        found.equal(About::Sum, || what("incoming"), incoming, coming);
    }
    for line in &books.movements {
        let sign = i64::from(line.to.0 == "TRANSIT") - i64::from(line.from.0 == "TRANSIT");
        *pieces.entry(text(&line.variant, &books.skus)).or_default() += sign * line.amount[0];
    }
    for (sku, there) in pieces {
        let [came, went] = expected.flow.get(&sku).copied().unwrap_or_default();
        // More gone than the books say would be goods sold twice.
        let about = if there < came - went {
            About::Lost
        } else {
            About::Oversold
        };
        found.equal(
            about,
            || format!("{sku}: pieces, came - went"),
            there,
            came - went,
        );
    }
}

/// The journal balances, agrees with stock and open items, and these with what clients were told.
pub fn money(books: &Books, expected: &Expected, found: &mut Differences) {
    let mut entries: HashMap<Uuid, i64> = HashMap::new();
    let mut accounts: BTreeMap<&str, i64> = BTreeMap::new();
    for (entry, account, amount) in &books.postings {
        *entries.entry(*entry).or_default() += amount;
        *accounts.entry(account).or_default() += amount;
    }
    for (entry, sum) in entries {
        found.equal(About::Sum, || format!("journal entry {entry}"), sum, 0);
    }
    let account = |name: &str| accounts.get(name).copied().unwrap_or_default();
    let value: i64 = books.levels.iter().map(|level| level.state[5]).sum();
    let open: i64 = books.owed.iter().map(|item| item[1]).sum();
    let open_base: i64 = books.owed.iter().map(|item| item[2]).sum();
    let balances: i64 = books.balances.iter().sum();
    let [billed, paid] = expected.billed;
    let on_its_way: i64 = books.value_on_its_way.iter().sum();
    for (what, is, wanted) in [
        ("inventory, value of the stock", account("INVENTORY"), value),
        (
            "in transit, value on its way",
            account("INVENTORY_IN_TRANSIT"),
            on_its_way,
        ),
        (
            "receivables, open items",
            account("ACCOUNTS_RECEIVABLE"),
            open_base,
        ),
        ("balances, open items", balances, open),
        (
            "open items, invoiced - paid by the clients' journal",
            open,
            billed - paid,
        ),
        ("cash, paid by the clients' journal", account("CASH"), paid),
    ] {
        found.equal(About::Sum, || what.to_owned(), is, wanted);
    }
}
