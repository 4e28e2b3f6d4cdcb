//! Two server processes on one database: what one does, subscribers of the other are told, and
//! neither sells what the other has sold.

use serde_json::json;

use super::recorder::{Mode, Recorder, assert_same, levels};
use super::{EVERY_CHANGE, WAREHOUSE, order, receive, ring, stocked, subscription};
use crate::support::process::ServerProcess;
use crate::support::shop;

const WRITERS: usize = 6;
const ROUNDS: usize = 12;
const PIECES: usize = 20;
const BUYERS: usize = 32;

postgres_only! {
    async fn what_another_process_does_is_told_here_and_nothing_is_missed(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["P-1", "P-2", "P-3"]).await;
        let other = ServerProcess::start(&server.database_url()).await;
        let mut stream = client.subscribe(&subscription(EVERY_CHANGE), json!({})).await;
        let mut recorder = Recorder::new(Mode::EveryChange);
        for _ in 0..3 {
            recorder.take(&stream.next().await);
        }
        let follower = tokio::spawn(recorder.follow(stream, "P-END".to_owned()));
        // Both processes write at the same time.
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let writer = if number % 2 == 0 { other.client() } else { client.clone() };
                tokio::spawn(async move {
                    for round in 0..ROUNDS {
                        let sku = ["P-1", "P-2", "P-3"][(number + round) % 3];
                        order(&writer, sku, "2").await;
                        receive(&writer, WAREHOUSE, sku, "3").await;
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.expect("a writer ends");
        }
        ring(&other.client(), WAREHOUSE, "P-END").await;
        let recorder = follower.await.expect("the subscriber sees the end");
        assert_eq!(recorder.changes, 2 * WRITERS * ROUNDS + 1);
        assert_same(&recorder.levels, &levels(&client).await);
        other.stop().await;
    }
}

postgres_only! {
    async fn two_processes_never_sell_the_same_piece(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["LAST"]).await;
        receive(&client, WAREHOUSE, "LAST", &(PIECES - 10).to_string()).await;
        let other = ServerProcess::start(&server.database_url()).await;
        let buyers: Vec<_> = (0..BUYERS)
            .map(|number| {
                let buyer = if number % 2 == 0 { other.client() } else { client.clone() };
                tokio::spawn(async move {
                    let order = shop::order("READER", WAREHOUSE, &[("LAST", "1")]);
                    buyer.mutate("salesOrderPlace", order, "salesOrder { id }").await
                })
            })
            .collect();
        let mut sold = 0;
        for buyer in buyers {
            let answer = buyer.await.expect("a buyer is answered");
            if answer["errors"] == json!([]) {
                sold += 1;
            } else {
                assert_eq!(answer["errors"][0]["code"], "INSUFFICIENT_STOCK", "{answer}");
            }
        }
        assert_eq!(sold, PIECES);
        assert_eq!(shop::level(&client, "LAST", WAREHOUSE).await["available"], "0");
        other.stop().await;
    }
}
