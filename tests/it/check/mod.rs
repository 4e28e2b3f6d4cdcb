//! `stockroom check` names every kind of difference: each kind of row is corrupted past all rules,
//! seen named, and put right again.

mod accounts;
mod alerts;
mod api;
mod books;
mod constraints;
mod corruption;
mod documents;
mod moved_rows;
mod program;
mod purchases;
mod rows;

use std::collections::BTreeSet;

use self::books::Books;
use self::corruption::{Corruption, Saved, try_sql};
use crate::support::TestServer;

both_unchecked! {
    async fn every_corrupted_row_is_named_by_rule_and_record(server: &TestServer) {
        let books = Books::make(server).await;
        let saved = Saved::make(server).await;
        assert_eq!(told(server).await, [], "the books are right before anything is corrupted");
        let mut failures = Vec::new();
        for row in rows::all(&books) {
            failures.extend(corrupt_and_restore(server, &saved, &row).await);
        }
        let (count, list) = (failures.len(), failures.join("\n"));
        assert!(failures.is_empty(), "{count} rows went wrong:\n{list}");
    }

    async fn every_rule_is_violated_by_a_row(server: &TestServer) {
        let books = Books::make(server).await;
        let rows = rows::all(&books);
        assert!(rows.len() >= 80, "only {} rows", rows.len());
        let violated: BTreeSet<&str> =
            rows.iter().flat_map(|row| &row.told).map(|(rule, _)| rule.as_str()).collect();
        let missing: Vec<&str> = stockroom::check::rule_names()
            .into_iter()
            .filter(|rule| !violated.contains(rule))
            .collect();
        assert!(missing.is_empty(), "rules that no row violates: {missing:?}");
    }
}

/// What `check` says: rule and record, in order.
async fn told(server: &TestServer) -> Vec<(String, String)> {
    let differences = server.differences().await;
    let mut told: Vec<(String, String)> = differences
        .into_iter()
        .map(|one| {
            assert_ne!(one.stored, one.expected, "a difference is one: {one}");
            (one.rule.to_owned(), one.record)
        })
        .collect();
    told.sort_unstable();
    told
}

/// What went wrong, if anything did.
async fn corrupt_and_restore(
    server: &TestServer,
    saved: &Saved,
    row: &Corruption,
) -> Option<String> {
    if let Some(constraint) = row.past {
        constraints::set_aside(server, row.table, constraint).await;
    }
    let done = try_sql(server, &row.statement()).await;
    let told = told(server).await;
    saved.restore(server, row).await;
    if let Some(constraint) = row.past {
        constraints::put_back(server, row.table, constraint).await;
    }
    let rest = self::told(server).await;
    assert_eq!(rest, [], "{}: the books are right again", row.name);
    let mut wanted = row.told.clone();
    wanted.sort_unstable();
    match done {
        Err(error) => Some(format!("{}: the database refused it: {error}", row.name)),
        Ok(0) => Some(format!("{}: nothing was corrupted", row.name)),
        Ok(_) if told == wanted => None,
        Ok(_) => Some(format!(
            "{}:\n  wanted {wanted:#?}\n  told {told:#?}",
            row.name
        )),
    }
}
