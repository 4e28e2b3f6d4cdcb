//! A checker that finds nothing wherever it looks is worth nothing: books and journal are spoiled
//! in several ways, each is taken back, and each must be found.

use serde_json::json;

use super::books::Source;
use super::{About, all};
use crate::api::Outcome;
use crate::journal::{Entry, Fate};

/// A way to spoil the books: its name, the statement, and what must be found.
const BOOKS: &[(&str, &str, About)] = &[
    (
        "a piece more on a level",
        "UPDATE stock_level SET sellable = sellable + 1000000 WHERE (variant_id, warehouse_id) IN \
         (SELECT variant_id, warehouse_id FROM stock_level WHERE sellable > 0 LIMIT 1)",
        About::Sum,
    ),
    (
        "a reservation deleted",
        "DELETE FROM reservation WHERE id IN \
         (SELECT id FROM reservation WHERE state = 'ACTIVE' LIMIT 1)",
        About::Lost,
    ),
    (
        "a reservation doubled",
        "UPDATE reservation SET reserved = reserved + reserved WHERE id IN \
         (SELECT id FROM reservation WHERE reserved > 0 LIMIT 1)",
        About::Oversold,
    ),
    (
        "an operation deleted",
        "DELETE FROM operation WHERE id IN (SELECT id FROM operation \
         WHERE command = 'salesOrderPlace' AND idempotency_key IS NOT NULL LIMIT 1)",
        About::Lost,
    ),
    (
        "a movement of goods deleted",
        "DELETE FROM stock_movement WHERE id IN (SELECT id FROM stock_movement \
         WHERE fulfilment_line_id IS NOT NULL LIMIT 1)",
        About::Sum,
    ),
    (
        "an order's line with a piece more",
        "UPDATE sales_order_line SET quantity = quantity + 1000000 WHERE id IN \
         (SELECT id FROM sales_order_line LIMIT 1)",
        About::Lost,
    ),
    (
        "a line of the journal changed",
        "UPDATE journal_line SET amount = amount + 1000000 WHERE account = 'INVENTORY' \
         AND entry_id IN (SELECT entry_id FROM journal_line WHERE account = 'INVENTORY' LIMIT 1)",
        About::Sum,
    ),
    (
        "an event deleted",
        "DELETE FROM event WHERE sequence IN (SELECT sequence FROM event \
         WHERE kind = 'stock_level.changed' AND facts LIKE '%sales_order%' \
         ORDER BY sequence LIMIT 1)",
        About::Sum,
    ),
    (
        "a piece less on a level",
        "UPDATE stock_level SET sellable = sellable - 1000000 WHERE (variant_id, warehouse_id) IN \
         (SELECT variant_id, warehouse_id FROM stock_level WHERE sellable > reserved LIMIT 1)",
        About::Lost,
    ),
];

/// Spoils the books and the journal, one way after the other: each with whether it was found.
pub async fn spoil(source: &Source, entries: &[Entry]) -> Outcome<Vec<(String, bool)>> {
    let mut found = Vec::new();
    let clean = all(&source.read().await?, entries);
    for (name, statement, about) in BOOKS {
        source.execute("BEGIN").await?;
        let spoiled = source.execute(statement).await;
        let books = source.read().await;
        source.execute("ROLLBACK").await?;
        spoiled?;
        let differences = all(&books?, entries);
        let counts = (differences.counts(), clean.counts());
        let is_found = counts.0.get(about) > counts.1.get(about);
        found.push(((*name).to_owned(), is_found));
    }
    let books = source.read().await?;
    for (name, spoiled) in journals(entries) {
        let is_found = all(&books, &spoiled).all().len() > clean.all().len();
        found.push((name.to_owned(), is_found));
    }
    Ok(found)
}

/// Journals that do not fit the books any more.
fn journals(entries: &[Entry]) -> Vec<(&'static str, Vec<Entry>)> {
    let is_order = |entry: &Entry| entry.command == "salesOrderPlace" && entry.payload().is_some();
    let order = entries.iter().position(is_order);
    let Some(order) = order else {
        return Vec::new();
    };
    let with = |change: &dyn Fn(&mut Vec<Entry>)| {
        let mut entries = entries.to_vec();
        change(&mut entries);
        entries
    };
    let refused = Fate::Refused(vec!["INVALID".to_owned()]);
    vec![
        (
            "a client forgets an acknowledged key",
            with(&|entries| drop(entries.remove(order))),
        ),
        (
            "a client was refused what is there",
            with(&|entries| entries[order].fate = refused.clone()),
        ),
        (
            "a client was told of what is not there",
            with(&|entries| entries.push(invented(&entries[order]))),
        ),
        (
            "a client was told another quantity",
            with(&|entries| {
                if let Fate::Acknowledged(payload) = &mut entries[order].fate {
                    payload["salesOrder"]["lines"][0]["quantity"] = json!("99");
                }
            }),
        ),
    ]
}

fn invented(entry: &Entry) -> Entry {
    Entry {
        key: format!("{}-invented", entry.key),
        ..entry.clone()
    }
}
