//! Going on from a cursor: exactly there, on any server.

use serde_json::{Value, json};

use super::recorder::{Mode, Recorder, assert_same, levels};
use super::{EVERY_CHANGE, WAREHOUSE, order, receive, ring, stocked, subscription};
use crate::support::Client;

const CHANGES: usize = 12;

/// Makes changes on the one client while the other is told, and gives back all it was told.
async fn recorded(writer: &Client, reader: &Client) -> Vec<Value> {
    let mut stream = reader
        .subscribe(&subscription(EVERY_CHANGE), json!({}))
        .await;
    let mut items = Vec::new();
    for _ in 0..2 {
        items.push(stream.next().await);
    }
    for round in 0..CHANGES / 2 {
        let sku = ["R-1", "R-2"][round % 2];
        order(writer, sku, "7").await;
        receive(writer, WAREHOUSE, sku, "3").await;
    }
    for _ in 0..CHANGES {
        items.push(stream.next().await);
    }
    stream.close().await;
    items
}

fn cursor(item: &Value) -> &Value {
    &item["stockLevelChanged"]["cursor"]
}

/// Resumes behind every item and expects exactly what the first subscriber got behind it.
async fn assert_resumes(client: &Client, items: &[Value]) {
    let query = subscription("after: $after, mode: EVERY_CHANGE")
        .replace("subscription", "subscription($after: String)");
    // The snapshot is one place, behind its last item.
    for from in 1..items.len() - 1 {
        let after = json!({ "after": cursor(&items[from]) });
        let mut stream = client.subscribe(&query, after).await;
        for expected in &items[from + 1..] {
            let item = stream.next().await;
            assert_eq!(item, *expected, "resumed behind item {from}");
        }
        stream.close().await;
    }
}

both! {
    async fn a_subscriber_resumes_exactly_behind_its_cursor(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["R-1", "R-2"]).await;
        let items = recorded(&client, &client).await;
        let mut recorder = Recorder::new(Mode::EveryChange);
        for item in &items {
            recorder.take(item);
        }
        assert_eq!((recorder.snapshot, recorder.changes), (2, CHANGES));
        assert_resumes(&client, &items).await;
    }
}

postgres_only! {
    async fn another_server_resumes_exactly_behind_a_cursor(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["R-1", "R-2"]).await;
        let items = recorded(&client, &client).await;
        let second = server.second().await;
        assert_resumes(&second.client(), &items).await;
        second.stop().await;
    }
}

postgres_only! {
    async fn a_subscriber_of_one_server_is_told_what_is_done_on_another(server: &TestServer) {
        let client = server.client();
        let second = server.second().await;
        stocked(&client, &["R-1", "R-2"]).await;
        let items = recorded(&client, &second.client()).await;
        let mut recorder = Recorder::new(Mode::EveryChange);
        for item in &items {
            recorder.take(item);
        }
        assert_same(&recorder.levels, &levels(&client).await);
        second.stop().await;
    }
}

both! {
    async fn an_event_cursor_is_the_place_behind_all_a_mutation_caused(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["R-1", "R-2"]).await;
        let lines = ["R-1", "R-2"].map(|sku| json!({ "variant": { "sku": sku }, "quantity": "1" }));
        let input = json!({
            "customer": { "code": "READER" }, "warehouse": { "code": WAREHOUSE },
            "lines": lines,
        });
        let placed = client.accept("salesOrderPlace", input, "eventCursor").await;
        let query = subscription("after: $after, mode: EVERY_CHANGE")
            .replace("subscription", "subscription($after: String)");
        let after = json!({ "after": placed["eventCursor"] });
        let mut stream = client.subscribe(&query, after).await;
        ring(&client, WAREHOUSE, "R-END").await;
        let item = stream.next().await;
        let sku = &item["stockLevelChanged"]["stockLevel"]["variant"]["sku"];
        assert_eq!(sku, "R-END", "both changes of the order are before its cursor: {item}");
        stream.close().await;
    }
}
