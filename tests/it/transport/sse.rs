//! Promises of streams of server-sent events.

use reqwest::{Response, header};
use serde_json::json;
use tokio::time::timeout;

use super::{
    client::{PATIENCE, answer, codes, send},
    toy::Toy,
};

const EVENTS: &str = "text/event-stream";

async fn open(toy: &Toy, query: &str, token: Option<&str>) -> Response {
    let request = reqwest::Client::new()
        .post(toy.url())
        .json(&json!({ "query": query }));
    let request = request.header(header::ACCEPT, EVENTS);
    send(match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    })
    .await
}

async fn rest(response: Response) -> String {
    timeout(PATIENCE, response.text())
        .await
        .expect("it ends in time")
        .expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_is_a_stream_of_events() {
    let toy = Toy::start().await;
    let response = open(&toy, "subscription { count(to: 2) }", None).await;
    assert_eq!(
        response.headers()[header::CONTENT_TYPE],
        "text/event-stream; charset=utf-8"
    );
    assert!(response.headers().contains_key("x-request-id"));
    let next = |count: i32| format!("event: next\ndata: {{\"data\":{{\"count\":{count}}}}}\n\n");
    let all = format!("{}{}event: complete\ndata:\n\n", next(1), next(2));
    assert_eq!(rest(response).await, all);
    let response = open(&toy, "{ hello }", None).await;
    assert!(
        rest(response).await.contains("hello world"),
        "a query may be streamed too"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_refused_never_begins() {
    let toy = Toy::start().await;
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("query A($n: Int!) { hello }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let request = toy
            .query(query)
            .header(header::ACCEPT, "text/event-stream;q=0.1");
        assert_eq!(codes(&answer(request).await.1), [code]);
    }
    let parameters = [("query", "mutation { bump }")];
    let url = reqwest::Url::parse_with_params(&toy.url(), parameters).expect("a URL");
    let request = reqwest::Client::new()
        .get(url)
        .header(header::ACCEPT, EVENTS);
    assert_eq!(send(request).await.status(), 405);
    assert_eq!(*toy.probe.bumps.borrow(), 0);
    assert_eq!(open(&toy, "{ hello }", Some("bad")).await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_stream_ends_with_the_next_sign_of_life() {
    let toy = Toy::with(|limits| limits.ws_ping_ms = 20).await;
    let response = open(&toy, "subscription { silence }", None).await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    drop(response);
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("it is ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_token_and_with_the_server() {
    let toy = Toy::with(|limits| limits.ws_reauthentication_ms = 20).await;
    let response = open(&toy, "subscription { silence }", Some("good-1")).await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    toy.probe
        .revoked
        .lock()
        .expect("no test panics with it")
        .push("good-1".to_owned());
    assert_eq!(rest(response).await, "");
    let response = open(&toy, "subscription { silence }", None).await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    toy.shutdown.send(true).expect("the server listens");
    assert_eq!(rest(response).await, "");
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("it is ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_nobody_reads_is_cut() {
    let toy = Toy::with(|limits| limits.ws_send_ms = 200).await;
    let response = open(&toy, "subscription { flood(size: 65536) }", None).await;
    timeout(PATIENCE, toy.probe.streams(1))
        .await
        .expect("it runs");
    timeout(PATIENCE, toy.probe.streams(0))
        .await
        .expect("it is ended, though nothing was read");
    let read = timeout(PATIENCE, response.bytes())
        .await
        .expect("it ends in time");
    assert!(read.is_err(), "the socket is shut before the body's end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_stream_is_kept_alive() {
    let toy = Toy::with(|limits| limits.ws_ping_ms = 20).await;
    let mut response = open(&toy, "subscription { silence }", None).await;
    let chunk = timeout(PATIENCE, response.chunk())
        .await
        .expect("in time")
        .expect("a chunk");
    assert!(chunk.is_some_and(|chunk| chunk.starts_with(b":\n\n")));
}
