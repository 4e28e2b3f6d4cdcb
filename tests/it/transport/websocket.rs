//! Promises of the two WebSocket subprotocols.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::{
    client::{PATIENCE, Seen, Socket, codes},
    toy::Toy,
};

fn next(id: &str, data: Value) -> Value {
    json!({ "type": "next", "id": id, "payload": { "data": data } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_yields_and_completes() {
    let toy = Toy::start().await;
    let mut socket = Socket::open(&toy).await;
    assert_eq!(socket.protocol.as_deref(), Some("graphql-transport-ws"));
    socket.subscribe("a", "subscription { count(to: 2) }").await;
    assert_eq!(socket.said().await, next("a", json!({ "count": 1 })));
    assert_eq!(socket.said().await, next("a", json!({ "count": 2 })));
    assert_eq!(
        socket.said().await,
        json!({ "type": "complete", "id": "a" })
    );
    socket.subscribe("a", "{ hello }").await;
    assert_eq!(
        socket.said().await,
        next("a", json!({ "hello": "hello world" }))
    );
    assert_eq!(
        socket.said().await,
        json!({ "type": "complete", "id": "a" })
    );
    socket.subscribe("b", "mutation { bump }").await;
    assert_eq!(socket.said().await, next("b", json!({ "bump": 1 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_operation_is_told_by_error_and_its_id_is_free() {
    let toy = Toy::start().await;
    let mut socket = Socket::open(&toy).await;
    for (document, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { fails }", "CURSOR_EXPIRED"),
        ("{ panics }", "INTERNAL"),
        ("mutation { panics }", "INTERNAL"),
    ] {
        socket.subscribe("a", document).await;
        let said = socket.said().await;
        assert_eq!(
            (&said["type"], &said["id"]),
            (&json!("error"), &json!("a")),
            "{said}"
        );
        assert_eq!(
            codes(&json!({ "errors": said["payload"] })),
            [code],
            "{document}"
        );
    }
    socket
        .say(json!({ "type": "subscribe", "id": "a", "payload": { "query": 7 } }))
        .await;
    assert_eq!(socket.said().await["type"], "error");
    socket.subscribe("a", "{ hello nullableFails }").await;
    let said = socket.said().await;
    assert_eq!(said["type"], "next");
    assert_eq!(codes(&said["payload"]), ["INTERNAL"]);
    assert!(!said.to_string().contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_panics_ends_alone() {
    let toy = Toy::start().await;
    let mut socket = Socket::open(&toy).await;
    socket.subscribe("a", "subscription { panics }").await;
    assert_eq!(socket.said().await, next("a", json!({ "panics": 1 })));
    let said = socket.said().await;
    assert_eq!(codes(&said["payload"]), ["INTERNAL"], "{said}");
    assert_eq!(
        socket.said().await,
        json!({ "type": "complete", "id": "a" })
    );
    socket.subscribe("b", "{ hello }").await;
    assert_eq!(socket.said().await["type"], "next");
}

#[tokio::test(flavor = "multi_thread")]
async fn breaches_of_the_protocol_close_with_their_code() {
    let toy = Toy::start().await;
    let init = json!({ "type": "connection_init" });
    let start = |id: &str| {
        let payload = json!({ "query": "subscription { silence }" });
        json!({ "type": "subscribe", "id": id, "payload": payload })
    };
    for (messages, code) in [
        (vec![start("a")], 4401),
        (vec![init.clone(), init.clone()], 4429),
        (vec![json!({ "type": "nothing" })], 4400),
        (vec![json!([])], 4400),
        (
            vec![json!({ "type": "connection_init", "payload": 7 })],
            4400,
        ),
    ] {
        let mut socket = Socket::connect(&toy, "graphql-transport-ws", &[]).await;
        for message in &messages {
            socket.say(message.clone()).await;
        }
        assert_eq!(socket.closed().await.0, code, "{messages:?}");
    }
    let mut socket = Socket::open(&toy).await;
    socket.say(start("a")).await;
    socket.say(start("a")).await;
    assert_eq!(
        socket.closed().await,
        (4409, "Subscriber for a already exists".to_owned())
    );
    let mut socket = Socket::open(&toy).await;
    socket.send(Message::binary(b"{}".to_vec())).await;
    assert_eq!(socket.closed().await.0, 4400);
    let mut socket = Socket::connect(&toy, "", &[]).await;
    assert_eq!(socket.closed().await.0, 4406);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_come_from_the_header_or_the_first_message() {
    let toy = Toy::start().await;
    let bearer = |token: &str| json!({ "Authorization": format!("Bearer {token}") });
    for (header, payload, code) in [
        (None, bearer("good"), None),
        (Some("Bearer good"), Value::Null, None),
        (
            Some("Bearer bad"),
            json!({ "authorization": "Bearer good" }),
            None,
        ),
        (None, bearer("bad"), Some(4403)),
        (Some("Basic x"), Value::Null, Some(4403)),
        (None, json!({ "authorization": 7 }), Some(4403)),
        (None, bearer("down"), Some(1013)),
    ] {
        let headers: Vec<_> = header
            .iter()
            .map(|value| ("authorization", *value))
            .collect();
        let mut socket = Socket::connect(&toy, "graphql-transport-ws", &headers).await;
        socket
            .say(json!({ "type": "connection_init", "payload": payload }))
            .await;
        match code {
            None => assert_eq!(socket.said().await["type"], "connection_ack"),
            Some(code) => assert_eq!(socket.closed().await.0, code, "{payload}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_is_answered_with_its_payload() {
    let toy = Toy::start().await;
    let mut socket = Socket::connect(&toy, "graphql-transport-ws", &[]).await;
    socket
        .say(json!({ "type": "ping", "payload": { "n": 1 } }))
        .await;
    assert_eq!(
        socket.said().await,
        json!({ "type": "pong", "payload": { "n": 1 } })
    );
    socket.say(json!({ "type": "pong" })).await;
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.said().await, json!({ "type": "pong" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completed_or_dropped_operation_ends_at_the_server() {
    let toy = Toy::start().await;
    let mut socket = Socket::open(&toy).await;
    socket.subscribe("a", "subscription { silence }").await;
    socket.subscribe("b", "subscription { silence }").await;
    timeout(PATIENCE, toy.probe.streams(2))
        .await
        .expect("both run");
    socket.say(json!({ "type": "complete", "id": "a" })).await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("one is ended");
    socket
        .stream
        .get_mut()
        .set_zero_linger()
        .expect("a reset on close");
    drop(socket);
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("the other is ended");
    let mut socket = Socket::open(&toy).await;
    socket.subscribe("a", "subscription { silence }").await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    socket.stream.close(None).await.expect("closed");
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("it is ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_outlives_its_socket() {
    let toy = Toy::start().await;
    let mut socket = Socket::open(&toy).await;
    socket.subscribe("a", "mutation { bumpSlowly }").await;
    socket.subscribe("b", "subscription { silence }").await;
    toy.probe.someone_entered().await;
    drop(socket);
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("the connection is over");
    toy.probe.gate.add_permits(1);
    timeout(PATIENCE, toy.probe.bumped(1))
        .await
        .expect("the mutation ran to its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_query_does_not_hold_the_others_up() {
    let toy = Toy::start().await;
    let mut socket = Socket::open(&toy).await;
    socket.subscribe("slow", "{ slow }").await;
    toy.probe.someone_entered().await;
    socket.subscribe("quick", "{ hello }").await;
    assert_eq!(socket.said().await["id"], "quick");
    assert_eq!(socket.said().await["type"], "complete");
    toy.probe.gate.add_permits(1);
    assert_eq!(socket.said().await, next("slow", json!({ "slow": 1 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_does_not_starve_its_neighbours() {
    let toy = Toy::start().await;
    let mut socket = Socket::open(&toy).await;
    for id in ["a", "b", "c", "d"] {
        socket
            .subscribe(id, "subscription { flood(size: 10) }")
            .await;
    }
    timeout(PATIENCE, toy.probe.streams(4))
        .await
        .expect("all run");
    let mut heard: HashMap<String, usize> = HashMap::new();
    let everyone = |heard: &HashMap<String, usize>| heard.len() == 4;
    while !everyone(&heard) {
        *heard
            .entry(socket.said().await["id"].to_string())
            .or_default() += 1;
    }
    heard.clear();
    for _ in 0..400 {
        *heard
            .entry(socket.said().await["id"].to_string())
            .or_default() += 1;
    }
    assert!(
        heard.values().all(|count| (99..=101).contains(count)),
        "{heard:?}"
    );
    socket.subscribe("q", "{ hello }").await;
    while socket.said().await["id"] != "q" {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_says_so() {
    let toy = Toy::start().await;
    let mut socket = Socket::open(&toy).await;
    socket.subscribe("a", "subscription { silence }").await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    toy.shutdown.send(true).expect("the server listens");
    assert_eq!(
        socket.closed().await,
        (1001, "server is stopping".to_owned())
    );
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("it is ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_subprotocol_is_the_first_offered_one() {
    let toy = Toy::start().await;
    for (offered, chosen) in [
        ("graphql-ws, graphql-transport-ws", "graphql-ws"),
        ("graphql-transport-ws, graphql-ws", "graphql-transport-ws"),
        ("other, graphql-ws", "graphql-ws"),
    ] {
        let socket = Socket::connect(&toy, offered, &[]).await;
        assert_eq!(socket.protocol.as_deref(), Some(chosen));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_subprotocol_is_spoken_too() {
    let toy = Toy::start().await;
    let mut socket = Socket::connect(&toy, "graphql-ws", &[]).await;
    let start =
        |id: &str, query: &str| json!({ "type": "start", "id": id, "payload": { "query": query } });
    socket
        .say(json!({ "type": "connection_init", "payload": {} }))
        .await;
    assert_eq!(socket.said().await, json!({ "type": "connection_ack" }));
    assert_eq!(socket.said().await, json!({ "type": "ka" }));
    socket
        .say(start("1", "subscription { count(to: 1) }"))
        .await;
    let data = json!({ "type": "data", "id": "1", "payload": { "data": { "count": 1 } } });
    assert_eq!(socket.said().await, data);
    assert_eq!(
        socket.said().await,
        json!({ "type": "complete", "id": "1" })
    );
    socket.say(start("2", "{ nothing }")).await;
    let said = socket.said().await;
    assert_eq!(said["type"], "error");
    assert_eq!(
        said["payload"]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
    socket.say(start("3", "subscription { silence }")).await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    socket.say(json!({ "type": "stop", "id": "3" })).await;
    assert_eq!(
        socket.said().await,
        json!({ "type": "complete", "id": "3" })
    );
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("it is ended");
    socket.say(json!({ "type": "connection_terminate" })).await;
    assert_eq!(socket.closed().await.0, 1000);
    let mut socket = Socket::connect(&toy, "graphql-ws", &[]).await;
    let payload = json!({ "Authorization": "Bearer bad" });
    socket
        .say(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(socket.said().await["type"], "connection_error");
    assert!(matches!(socket.hear().await, Seen::Closed(4403, _)));
}
