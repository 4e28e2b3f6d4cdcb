//! Promises about what is too much, too long or too slow in a request.

use std::{fmt::Write, time::Instant};

use futures_util::stream;
use reqwest::Body;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{
    client::{PATIENCE, Socket, answer, codes},
    toy::Toy,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_fragment_bomb_is_refused_at_once() {
    let toy = Toy::start().await;
    let mut bomb = String::from("{ ...F0 }");
    for level in 0..30 {
        let next = level + 1;
        write!(
            bomb,
            " fragment F{level} on Query {{ ...F{next} ...F{next} }}"
        )
        .expect("a string");
    }
    bomb.push_str(" fragment F30 on Query { hello }");
    let begun = Instant::now();
    let (status, body) = answer(toy.query(&bomb)).await;
    assert_eq!((status, codes(&body)), (400, vec!["LIMIT_EXCEEDED"]));
    assert!(begun.elapsed().as_millis() < 500, "{:?}", begun.elapsed());
    let mut socket = Socket::open(&toy).await;
    socket.subscribe("a", &bomb).await;
    let said = socket.said().await;
    assert_eq!(said["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_nesting_does_not_overflow_the_stack() {
    let toy = Toy::start().await;
    let fields = format!("{}hello{}", "{nest".repeat(50_000), "}".repeat(50_000));
    let lists = format!(
        "{{ hello(name: {}{}) }}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let within = format!("{{ hello(name: {}{}) }}", "[".repeat(90), "]".repeat(90));
    let fields_within = format!("{}{{hello}}{}", "{nest".repeat(90), "}".repeat(90));
    for document in [fields, lists, within, fields_within] {
        let (status, body) = answer(toy.query(&document)).await;
        assert_eq!(status, 400, "{body}");
    }
    let json = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let request = toy
        .post(&json!({}))
        .body(format!("{{\"query\":\"{{hello}}\",\"variables\":{json}}}"));
    assert_eq!(answer(request).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_has_a_largest_size() {
    let toy = Toy::with(|limits| {
        limits.document_bytes = 1_000;
        limits.document_tokens = 100;
    })
    .await;
    for document in [
        format!("{{ hello }} #{}", "x".repeat(1_000)),
        format!("{{{}}}", " a".repeat(100)),
    ] {
        let (status, body) = answer(toy.query(&document)).await;
        assert_eq!((status, codes(&body)), (400, vec!["LIMIT_EXCEEDED"]));
    }
    assert_eq!(answer(toy.query("{ hello }")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_errors_ends() {
    let toy = Toy::with(|limits| limits.error_message_chars = 200).await;
    let mut document = String::from("{");
    for number in 0..100 {
        write!(document, " a{number}: {}", "x".repeat(250)).expect("a string");
    }
    document.push('}');
    let (_, body) = answer(toy.query(&document)).await;
    assert_eq!(codes(&body).len(), 20);
    assert_eq!(codes(&body)[19], "LIMIT_EXCEEDED");
    let note = body["errors"][19]["message"].as_str().expect("a message");
    assert!(note.starts_with("81 more errors"), "{note}");
    assert!(body.to_string().len() < 9_000);
    let fields: String = (0..100)
        .map(|number| format!(" a{number}: nullableFails"))
        .collect();
    let (status, body) = answer(toy.query(&format!("{{{fields}}}"))).await;
    assert_eq!((status, codes(&body).len()), (200, 20));
    assert_eq!(
        body["data"].as_object().map(serde_json::Map::len),
        Some(100)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_too_long_is_refused_before_anything_is_compared_with_it() {
    let toy = Toy::start().await;
    let (_, body) = answer(toy.query(&format!("{{ {} }}", "x".repeat(256)))).await;
    assert_eq!(codes(&body), ["GRAPHQL_VALIDATION_FAILED"]);
    let (_, body) = answer(toy.query(&format!("{{ {} }}", "x".repeat(257)))).await;
    assert_eq!(codes(&body), ["LIMIT_EXCEEDED"]);
    let text = "x".repeat(5_000);
    let (_, body) = answer(toy.query(&format!("{{ __type(name: \"{text}\") {{ name }} }}"))).await;
    assert_eq!(body["data"]["__type"], Value::Null, "a text may be longer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_is_refused_and_what_fits_is_taken() {
    let toy = Toy::with(|limits| limits.body_bytes = 10_000).await;
    let query = |length: usize| {
        let frame = json!({ "query": "{ hello } #" }).to_string().len();
        json!({ "query": format!("{{ hello }} #{}", "x".repeat(length - frame)) }).to_string()
    };
    let exact = toy.post(&json!({})).body(query(10_000));
    assert_eq!(answer(exact).await.0, 200);
    let above = toy.post(&json!({})).body(query(10_001));
    let (status, body) = answer(above).await;
    assert_eq!((status, codes(&body)), (413, vec!["LIMIT_EXCEEDED"]));
    let chunks = stream::iter((0..20).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1_000])));
    let request = toy.post(&json!({})).body(Body::wrap_stream(chunks));
    assert_eq!(
        answer(request).await.0,
        413,
        "a body without a length is counted"
    );
    let mut socket = TcpStream::connect(toy.address).await.expect("a connection");
    let head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 400000000\r\n\r\n";
    socket.write_all(head.as_bytes()).await.expect("sent");
    let mut told = Vec::new();
    let read = timeout(PATIENCE, socket.read_to_end(&mut told));
    read.await
        .expect("the connection is closed in time")
        .expect("read");
    assert!(
        told.starts_with(b"HTTP/1.1 413"),
        "an enormous one is refused by its length"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_is_cut() {
    let toy = Toy::with(|limits| limits.body_read_ms = 50).await;
    let mut socket = TcpStream::connect(toy.address).await.expect("a connection");
    let head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 100\r\n\r\n{";
    socket.write_all(head.as_bytes()).await.expect("sent");
    let mut told = Vec::new();
    let read = timeout(PATIENCE, socket.read_to_end(&mut told));
    read.await
        .expect("the connection is closed in time")
        .expect("read");
    assert!(
        told.starts_with(b"HTTP/1.1 408"),
        "{}",
        String::from_utf8_lossy(&told)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_runs_too_long_is_cut() {
    let toy = Toy::with(|limits| limits.query_run_ms = 30).await;
    let (status, body) = answer(toy.query("{ slow }")).await;
    assert_eq!((status, codes(&body)), (400, vec!["LIMIT_EXCEEDED"]));
    let mut socket = Socket::open(&toy).await;
    socket.subscribe("a", "{ slow }").await;
    assert_eq!(socket.said().await["type"], "error");
}

/// The query of `graphql-js`, which real tools send.
const INTROSPECTION: &str =
    "query IntrospectionQuery { __schema { description queryType { name kind }
 mutationType { name kind } subscriptionType { name kind } types { ...FullType } directives {
 name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
 fragment FullType on __Type { kind name description specifiedByURL isOneOf
 fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue }
 type { ...TypeRef } isDeprecated deprecationReason } inputFields(includeDeprecated: true) {
 ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description
 isDeprecated deprecationReason } possibleTypes { ...TypeRef } } fragment InputValue on __InputValue
 { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason } fragment
 TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
 kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
 kind name } } } } } } } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn introspection_by_real_tools_passes_the_limits() {
    let toy = Toy::start().await;
    let (status, body) = answer(toy.query(INTROSPECTION)).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.get("errors").is_none(), "{body}");
}
