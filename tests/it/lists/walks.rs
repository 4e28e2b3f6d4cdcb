//! Every list can be walked page by page, both ways, in every ordering.

use serde_json::{Value, json};

use super::fill::fill;
use super::plans::table_of;
use super::{List, Schema, world};
use crate::support::Client;

/// Records that every list gets in addition to its own.
const RECORDS: usize = 20;

both_unchecked! {
    async fn every_list_is_walked_both_ways_in_every_ordering(server: &TestServer) {
        world(server).await;
        let client = server.client();
        let schema = Schema::read(&client).await;
        let mut statements = server.app().db.watch().expect("nobody else watches");
        for list in schema.lists() {
            while statements.try_recv().is_ok() {}
            cursors(&client, &list, "first: 1").await;
            let statement = statements.try_recv().expect("a list takes a statement");
            fill(server, &table_of(&statement), RECORDS).await;
            for ordering in &list.orderings {
                walk(&client, &list, ordering).await;
            }
        }
    }
}

async fn walk(client: &Client, list: &List, ordering: &str) {
    let mut forward = Vec::new();
    for direction in ["ASC", "DESC"] {
        let order = format!("orderBy: {{ field: {ordering}, direction: {direction} }}");
        let whole = pages(client, list, ("first", "after", 250), &order).await;
        assert!(
            whole.len() > RECORDS,
            "{} has only {}",
            list.name,
            whole.len()
        );
        let what = format!("{} by {ordering} {direction}", list.name);
        assert_eq!(
            pages(client, list, ("first", "after", 9), &order).await,
            whole,
            "{what}"
        );
        assert_eq!(
            pages(client, list, ("last", "before", 9), &order).await,
            whole,
            "{what}"
        );
        forward.push(whole.len());
    }
    assert_eq!(forward[0], forward[1], "{} by {ordering}", list.name);
}

/// All cursors of a list, page by page.
async fn pages(
    client: &Client,
    list: &List,
    (size, from, count): (&str, &str, usize),
    order: &str,
) -> Vec<String> {
    let (mut seen, mut place) = (Vec::new(), String::new());
    loop {
        let arguments = format!("{size}: {count}{place}, {order}");
        let (mut page, info) = cursors(client, list, &arguments).await;
        let (more, end) = if size == "first" {
            seen.append(&mut page);
            ("hasNextPage", "endCursor")
        } else {
            page.append(&mut seen);
            seen = page;
            ("hasPreviousPage", "startCursor")
        };
        if info[more] == json!(false) {
            return seen;
        }
        place = format!(", {from}: {}", info[end]);
    }
}

async fn cursors(client: &Client, list: &List, arguments: &str) -> (Vec<String>, Value) {
    let name = &list.name;
    let query = format!(
        "{{ {name}({arguments}) {{ edges {{ cursor }} \
         pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let mut data = client.query(&query, json!({})).await;
    let edges = data[name]["edges"].as_array().expect("edges").clone();
    let cursor = |edge: &Value| edge["cursor"].as_str().expect("a cursor").to_owned();
    let cursors = edges.iter().map(cursor).collect();
    (cursors, data[name]["pageInfo"].take())
}
