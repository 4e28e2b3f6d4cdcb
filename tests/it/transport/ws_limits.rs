//! Promises about what is too much, too long or too slow on a WebSocket.

use std::{sync::atomic::Ordering, time::Instant};

use reqwest::header;
use serde_json::json;
use tokio::{io::AsyncWriteExt, time::timeout};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use super::{
    client::{PATIENCE, Seen, Socket, answer, codes, send},
    toy::Toy,
};

#[tokio::test(flavor = "multi_thread")]
async fn who_never_introduces_itself_is_closed() {
    let toy = Toy::with(|limits| limits.ws_init_ms = 30).await;
    let mut socket = Socket::connect(&toy, "graphql-transport-ws", &[]).await;
    assert_eq!(socket.closed().await.0, 4408);
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_on_one_connection_are_limited() {
    let toy = Toy::with(|limits| limits.ws_operations = 2).await;
    let mut socket = Socket::open(&toy).await;
    for id in ["a", "b", "c"] {
        socket.subscribe(id, "subscription { silence }").await;
    }
    let said = socket.said().await;
    assert_eq!((&said["type"], &said["id"]), (&json!("error"), &json!("c")));
    assert_eq!(said["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
    socket.say(json!({ "type": "complete", "id": "a" })).await;
    socket.subscribe("c", "{ hello }").await;
    assert_eq!(socket.said().await["type"], "next");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_of_one_server_are_limited() {
    let toy = Toy::with(|limits| limits.ws_connections = 1).await;
    let mut first = Socket::open(&toy).await;
    let upgrade = || {
        toy.get(&[])
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "x3JJHMbDL1EzLkh9GBhXDw==")
    };
    let (status, body) = answer(upgrade()).await;
    assert_eq!((status, codes(&body)), (503, vec!["LIMIT_EXCEEDED"]));
    first.subscribe("a", "subscription { silence }").await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    assert_eq!(toy.connections.open(), 1);
    first.stream.close(None).await.expect("closed");
    while first.hear().await != Seen::Cut {}
    let response = send(upgrade()).await;
    assert_eq!(response.status(), 101, "the place is free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_message_is_refused_whole_or_in_parts() {
    let toy = Toy::with(|limits| limits.ws_message_bytes = 1_000).await;
    let mut socket = Socket::open(&toy).await;
    socket.send(Message::text("x".repeat(1_001))).await;
    assert_eq!(socket.closed().await.0, 1009);
    let mut socket = Socket::open(&toy).await;
    let part =
        |code: Data| Message::Frame(Frame::message(vec![b'x'; 600], OpCode::Data(code), false));
    socket.send(part(Data::Text)).await;
    socket.send(part(Data::Continue)).await;
    assert_eq!(socket.closed().await.0, 1009);
    let mut socket = Socket::open(&toy).await;
    // A head that announces a gigabyte: refused before the gigabyte is in memory.
    let head = [0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4];
    socket
        .stream
        .get_mut()
        .write_all(&head)
        .await
        .expect("sent");
    assert_eq!(socket.closed().await.0, 1009);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_parts_is_put_together() {
    let toy = Toy::start().await;
    let mut socket = Socket::connect(&toy, "graphql-transport-ws", &[]).await;
    let text = json!({ "type": "connection_init" })
        .to_string()
        .into_bytes();
    let part = |bytes: &[u8], code: Data, is_last: bool| {
        Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(code), is_last))
    };
    socket.send(part(&text[..5], Data::Text, false)).await;
    socket.send(Message::Ping("between".into())).await;
    socket.send(part(&text[5..10], Data::Continue, false)).await;
    socket.send(part(&text[10..], Data::Continue, true)).await;
    assert_eq!(socket.said().await, json!({ "type": "connection_ack" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_takes_nothing_is_cut_and_holds_little() {
    const SIZE: usize = 64 * 1024;
    let toy = Toy::with(|limits| limits.ws_send_ms = 200).await;
    let mut socket = Socket::open(&toy).await;
    let document = format!("subscription {{ flood(size: {SIZE}) }}");
    socket.subscribe("a", &document).await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("it is ended, though nothing was read");
    let held = toy.probe.flooded.load(Ordering::SeqCst);
    assert!(
        held * SIZE < 32 * 1024 * 1024,
        "{held} messages left the stream"
    );
    let mut heard = 0;
    while socket.hear().await != Seen::Cut {
        heard += 1;
    }
    assert!(
        heard + 2 < held,
        "what was still queued is dropped with the socket"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_reads_slowly_is_not_cut() {
    let toy = Toy::with(|limits| limits.ws_send_ms = 500).await;
    let mut socket = Socket::open(&toy).await;
    socket
        .subscribe("a", "subscription { flood(size: 65536) }")
        .await;
    let begun = Instant::now();
    while begun.elapsed().as_millis() < 1_500 {
        assert_eq!(socket.said().await["type"], "next");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_peer_is_dropped() {
    let toy = Toy::with(|limits| limits.ws_ping_ms = 20).await;
    let mut socket = Socket::open(&toy).await;
    socket.subscribe("a", "subscription { silence }").await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    // This client answers pings only while it is read from, and it is not.
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("it is ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_ends_its_connection() {
    let toy = Toy::with(|limits| limits.ws_reauthentication_ms = 20).await;
    let mut socket = Socket::connect(&toy, "graphql-transport-ws", &[]).await;
    let payload = json!({ "Authorization": "Bearer good-7" });
    socket
        .say(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(socket.said().await["type"], "connection_ack");
    socket.subscribe("a", "subscription { silence }").await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    toy.probe
        .revoked
        .lock()
        .expect("no test panics with it")
        .push("good-7".to_owned());
    assert_eq!(socket.closed().await.0, 4403);
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("it is ended");
}
