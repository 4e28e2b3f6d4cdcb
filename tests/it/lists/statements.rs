//! A long page of any list takes as few statements as a short one, with all that its records lead
//! to.

use serde_json::json;

use super::fill::fill;
use super::plans::table_of;
use super::{Schema, world};

/// Records of a short page and of a long one.
const PAGES: [usize; 2] = [2, 12];
/// Lists of pairs of other records, which cannot be multiplied.
const PAIRS: [&str; 3] = ["stockAlerts", "stockLevels", "supplierItems"];
/// Statements of a list, apart from one for each thing that its records lead to.
const OWN_MAX: u64 = 4;
/// Lists whose records lead further on, and how many statements more that takes: what a level is
/// made of is read in one snapshot; the document of a reservation is found by way of its line.
const FURTHER: [(&str, u64); 2] = [("reservations", 2), ("stockLevels", 6)];

both_unchecked! {
    async fn a_long_page_of_any_list_takes_as_few_statements_as_a_short_one(server: &TestServer) {
        world(server).await;
        let client = server.client();
        let schema = Schema::read(&client).await;
        let mut statements = server.app().db.watch().expect("nobody else watches");
        let (mut failures, mut tried) = (Vec::new(), 0);
        for (name, _) in schema.connections() {
            let (selection, leads_to) = schema.selection_of_nodes(&name);
            let query = |first: usize| {
                format!("{{ {name}(first: {first}) {{ nodes {{ {selection} }} }} }}")
            };
            while statements.try_recv().is_ok() {}
            client.query(&query(1), json!({})).await;
            let statement = statements.try_recv().expect("a list takes a statement");
            if !PAIRS.contains(&name.as_str()) {
                fill(server, &table_of(&statement), PAGES[1]).await;
            }
            let mut sent = Vec::new();
            for first in PAGES {
                let before = server.app().db.statements_sent();
                let data = client.query(&query(first), json!({})).await;
                let nodes = data[&name]["nodes"].as_array().map_or(0, Vec::len);
                assert!(nodes == first || nodes > 1 && PAIRS.contains(&name.as_str()), "{name}");
                sent.push(server.app().db.statements_sent() - before);
            }
            tried += 1;
            // More records may lead to kinds of things that the first ones lack, each by one more
            // statement; a statement per record would be ten more.
            let grows = sent[1] - sent[0] > 3;
            let further = FURTHER.iter().find(|(list, _)| *list == name);
            let more = further.map_or(0, |(_, more)| *more);
            if grows || sent[1] > leads_to + OWN_MAX + more {
                failures.push(format!("{name}: {sent:?} statements, {leads_to} fields lead on"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
        assert!(tried >= 30, "only {tried} lists");
    }
}
