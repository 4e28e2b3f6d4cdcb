//! Every acknowledged command is there exactly once, as it was told; nothing else is there.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::books::{Books, Document};
use super::expected::{Expected, Told};
use super::{About, Differences};
use crate::journal::{Entry, Fate};

/// Kinds of numbers that have no holes.
const GAPLESS: &[(&str, &str)] = &[("invoice", "IN")];

/// Commands by their keys.
pub fn check(books: &Books, entries: &[Entry], found: &mut Differences) {
    let mut kept: HashMap<&str, Vec<&str>> = HashMap::new();
    for operation in &books.operations {
        if let Some(key) = &operation.key {
            kept.entry(key).or_default().push(&operation.command);
        }
    }
    let mut known = HashSet::new();
    for entry in entries {
        let (key, command) = (entry.key.as_str(), entry.command);
        if !known.insert(key) {
            found.note(About::Sum, format!("{key}: two clients used it"));
        }
        let commands = kept.get(key).map_or(&[][..], Vec::as_slice);
        match &entry.fate {
            Fate::Acknowledged(_) if commands.is_empty() => {
                found.note(About::Lost, format!("{key}: {command} was acknowledged"));
            }
            Fate::Acknowledged(_) | Fate::Left(_) if commands.len() > 1 => {
                found.note(About::Stray, format!("{key}: {command} is there twice"));
            }
            Fate::Acknowledged(_) | Fate::Left(_)
                if commands.iter().any(|kept| *kept != command) =>
            {
                found.note(
                    About::Stray,
                    format!("{key}: {command} became {commands:?}"),
                );
            }
            Fate::Refused(codes) if !commands.is_empty() => {
                let what = format!("{key}: {command} was refused ({codes:?}), yet it is there");
                found.note(About::Stray, what);
            }
            Fate::Open(why) => found.note(About::Sum, format!("{key}: still open ({why})")),
            _ => {}
        }
    }
    for (key, commands) in kept.iter().filter(|(key, _)| !known.contains(*key)) {
        found.note(About::Stray, format!("{key}: nobody sent {commands:?}"));
    }
}

/// Documents, their lines, their numbers, and who made them.
pub fn documents(books: &Books, entries: &[Entry], expected: &Expected, found: &mut Differences) {
    let keys: HashMap<Uuid, &str> = books
        .operations
        .iter()
        .map(|operation| (operation.id, operation.key.as_deref().unwrap_or_default()))
        .collect();
    let mut lines: HashMap<Uuid, Vec<(Uuid, Uuid, i64)>> = HashMap::new();
    for line in &books.lines {
        let of = lines.entry(line.document).or_default();
        of.push((line.id, line.variant, line.quantity));
    }
    let mut there = HashMap::new();
    for document in &books.documents {
        let (table, id) = (document.table, document.id);
        if there.insert(id, document).is_some() {
            found.note(About::Stray, format!("{table} {id} is there twice"));
        }
        match expected.documents.get(&id) {
            None => found.note(About::Stray, format!("{table} {id}: nobody was told of it")),
            Some(told) => {
                let lines = lines.get(&id).map_or(&[][..], Vec::as_slice);
                as_told(books, (document, lines), (told, &keys), found);
            }
        }
    }
    for (id, told) in &expected.documents {
        if !there.contains_key(id) {
            let what = format!("{}: the document {id} is not there", told.key);
            found.note(About::Lost, what);
        }
    }
    causes(books, &keys, found);
    told_once(entries, found);
    numbers(books, found);
}

/// A document is the one that was told.
fn as_told(
    books: &Books,
    (document, lines): (&Document, &[(Uuid, Uuid, i64)]),
    (told, keys): (&Told, &HashMap<Uuid, &str>),
    found: &mut Differences,
) {
    let key = &told.key;
    if keys.get(&document.operation).copied() != Some(key) {
        let what = format!(
            "{key}: {} {} is of another command",
            document.table, document.id
        );
        found.note(About::Stray, what);
    }
    if told.number.is_some() && told.number != document.number {
        let what = format!("{key}: is {:?}, told {:?}", document.number, told.number);
        found.note(About::Lost, what);
    }
    if document.table == "payment" {
        return;
    }
    let mut missing: HashSet<&Uuid> = told.lines.keys().collect();
    for (id, variant, quantity) in lines {
        missing.remove(id);
        let Some((sku, size)) = told.lines.get(id) else {
            found.note(About::Stray, format!("{key}: line {id} was not told"));
            continue;
        };
        if sku.is_some() && sku.as_ref() != books.skus.get(variant) {
            found.note(About::Lost, format!("{key}: line {id} is not of {sku:?}"));
        }
        found.equal(
            About::Lost,
            || format!("{key}: line {id}"),
            *quantity,
            *size,
        );
    }
    for id in missing {
        found.note(About::Lost, format!("{key}: line {id} is not there"));
    }
}

/// Whatever the ledgers and documents say was done by a command that is kept.
fn causes(books: &Books, keys: &HashMap<Uuid, &str>, found: &mut Differences) {
    let mut ledgers = BTreeMap::new();
    let movements = books
        .movements
        .iter()
        .map(|line| ("movement", line.operation));
    let commitments = books
        .commitments
        .iter()
        .map(|line| ("commitment", line.operation));
    for (ledger, operation) in movements.chain(commitments) {
        if !keys.contains_key(&operation) {
            *ledgers.entry((ledger, operation)).or_insert(0) += 1;
        }
    }
    for ((ledger, operation), lines) in ledgers {
        let what =
            format!("{lines} lines ({ledger}) of the command {operation}, which is not kept");
        found.note(About::Stray, what);
    }
}

/// No two commands were told the same new document.
fn told_once(entries: &[Entry], found: &mut Differences) {
    const MAKERS: &[(&str, &str)] = &[
        ("salesOrderPlace", "salesOrder"),
        ("stockHoldConvert", "salesOrder"),
        ("goodsReceiptPost", "goodsReceipt"),
        ("purchaseOrderReceive", "goodsReceipt"),
        ("purchaseOrderCreate", "purchaseOrder"),
        ("stockHoldCreate", "stockHold"),
        ("stockTransferCreate", "stockTransfer"),
        ("stockAdjust", "stockAdjustment"),
        ("stockCountCreate", "stockCount"),
        ("customerReturnRequest", "customerReturn"),
        ("invoicePost", "invoice"),
        ("paymentPost", "payment"),
    ];
    let mut told: HashMap<&str, &str> = HashMap::new();
    for entry in entries {
        let Some(payload) = entry.payload() else {
            continue;
        };
        for (_, record) in MAKERS.iter().filter(|(name, _)| *name == entry.command) {
            let id = payload[record]["id"].as_str().unwrap_or_default();
            if let Some(other) = told.insert(id, &entry.key) {
                let what = format!("{} and {other} were told {id:?}", entry.key);
                found.note(About::Stray, what);
            }
        }
    }
}

/// Numbers are given once, and some without holes.
fn numbers(books: &Books, found: &mut Differences) {
    let mut given = HashSet::new();
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for document in &books.documents {
        let Some(number) = &document.number else {
            continue;
        };
        *counts.entry(document.table).or_default() += 1;
        if !given.insert((document.table, number)) {
            found.note(About::Stray, format!("{number} was given twice"));
        }
    }
    for (table, kind) in GAPLESS {
        let count = counts.get(table).copied().unwrap_or_default();
        let last = books.series.get(*kind).copied().unwrap_or_default();
        if count != last {
            let what = format!("{count} documents ({table}), yet the last number is {last}");
            found.note(About::Stray, what);
        }
    }
}
