//! The seam between the snapshot and the changes behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::recorder::{Mode, Recorder, assert_same, levels};
use super::{EVERY_CHANGE, WAREHOUSE, order, receive, ring, stocked, subscription};
use crate::support::Client;

const SKUS: [&str; 5] = ["S-1", "S-2", "S-3", "S-4", "S-5"];

/// Changes all levels, again and again, until it is told to stop.
async fn write(client: Client, stop: Arc<AtomicBool>, start: usize) {
    for round in start.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let sku = SKUS[round % SKUS.len()];
        order(&client, sku, "3").await;
        receive(&client, WAREHOUSE, sku, "2").await;
    }
}

both! {
    async fn nothing_is_missed_or_repeated_behind_a_snapshot(server: &TestServer) {
        let client = server.client();
        stocked(&client, &SKUS).await;
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..3)
            .map(|start| tokio::spawn(write(client.clone(), Arc::clone(&stop), start)))
            .collect();
        let mut readers = Vec::new();
        for round in 0..20 {
            let (arguments, mode) = match round % 4 {
                3 => ("snapshot: true", Mode::Latest),
                _ => (EVERY_CHANGE, Mode::EveryChange),
            };
            let mut stream = client.subscribe(&subscription(arguments), json!({})).await;
            let mut recorder = Recorder::new(mode);
            // Far enough to be in the midst of the changes; the next one joins meanwhile.
            while recorder.changes < 5 {
                recorder.take(&stream.next().await);
            }
            assert_eq!(recorder.snapshot, SKUS.len(), "a whole snapshot comes first");
            readers.push(tokio::spawn(recorder.follow(stream, "END".to_owned())));
        }
        stop.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.await.expect("a writer ends");
        }
        ring(&client, WAREHOUSE, "END").await;
        let stored = levels(&client).await;
        for reader in readers {
            let recorder = reader.await.expect("a reader ends");
            assert_same(&recorder.levels, &stored);
        }
    }
}

both! {
    async fn without_a_snapshot_only_what_comes_later_is_told(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["S-1", "S-2"]).await;
        let cursor = order(&client, "S-1", "1").await["eventCursor"].clone();
        let query = "subscription($after: String) { stockLevelChanged(after: $after) {
            change { reserved } stockLevel { variant { sku } reserved } } }";
        let mut stream = client.subscribe(query, json!({ "after": cursor })).await;
        order(&client, "S-2", "4").await;
        let item = stream.next().await;
        let item = &item["stockLevelChanged"];
        assert_eq!(item["stockLevel"]["variant"]["sku"], "S-2", "{item}");
        assert_eq!(item["change"]["reserved"], "4", "{item}");
        stream.close().await;
    }
}

both! {
    async fn an_empty_snapshot_is_followed_by_the_first_level_there_is(server: &TestServer) {
        let client = server.client();
        let mut stream = client.subscribe(&subscription(EVERY_CHANGE), json!({})).await;
        stocked(&client, &["S-1"]).await;
        let mut recorder = Recorder::new(Mode::EveryChange);
        recorder.take(&stream.next().await);
        // It may have come in the snapshot: who of the two was first is open.
        assert_eq!(recorder.snapshot + recorder.changes, 1);
        assert_same(&recorder.levels, &levels(&client).await);
        stream.close().await;
    }
}
