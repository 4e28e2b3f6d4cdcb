//! Promises of the endpoint over HTTP.

use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{
    client::{GRAPHQL, PATIENCE, answer, codes, send},
    toy::Toy,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_the_type_the_caller_likes() {
    let toy = Toy::start().await;
    for (accept, expected) in [
        (GRAPHQL, GRAPHQL),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        (
            "application/json;q=0.5, application/graphql-response+json;q=0.6",
            GRAPHQL,
        ),
        (
            "application/json, application/graphql-response+json;q=0.6",
            "application/json",
        ),
    ] {
        let response = send(toy.query("{ hello }").header(header::ACCEPT, "x/y")).await;
        assert_eq!(response.status(), 200, "one range of two may be unknown");
        let request = reqwest::Client::new()
            .post(toy.url())
            .json(&json!({ "query": "{ hello }" }));
        let response = send(request.header(header::ACCEPT, accept)).await;
        assert_eq!(response.status(), 200);
        let media = response.headers()[header::CONTENT_TYPE]
            .to_str()
            .expect("text")
            .to_owned();
        assert_eq!(media, format!("{expected}; charset=utf-8"), "{accept}");
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(body, json!({ "data": { "hello": "hello world" } }));
    }
    let request = reqwest::Client::new()
        .post(toy.url())
        .json(&json!({ "query": "{ hello }" }));
    assert_eq!(
        send(request.header(header::ACCEPT, "text/html"))
            .await
            .status(),
        406
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_has_no_data_and_says_why() {
    let toy = Toy::start().await;
    for (document, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { hello } query B { hello }", "BAD_REQUEST"),
        ("subscription { silence }", "BAD_REQUEST"),
        (
            "{ ...A } fragment A on Query { ...A }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        let (status, body) = answer(toy.query(document)).await;
        assert_eq!(
            (status, codes(&body)),
            (400, vec![code]),
            "{document}: {body}"
        );
        assert!(body.get("data").is_none(), "{body}");
    }
    let plain = toy
        .query("{ nothing }")
        .header(header::ACCEPT, "application/json;q=2");
    assert!(send(plain).await.status().is_client_error());
    let request = reqwest::Client::new()
        .post(toy.url())
        .json(&json!({ "query": "{ nothing }" }));
    let (status, body) = answer(request).await;
    assert_eq!(
        (status, codes(&body)),
        (200, vec!["GRAPHQL_VALIDATION_FAILED"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_parameters_are_told_apart() {
    let toy = Toy::start().await;
    for body in [
        json!({}),
        json!({ "query": 7 }),
        json!({ "query": "{ hello }", "variables": [] }),
        json!({ "query": "{ hello }", "operationName": 7 }),
        json!({ "query": "{ hello }", "extensions": "x" }),
        json!([{ "query": "{ hello }" }]),
        json!("x"),
    ] {
        let (status, told) = answer(toy.post(&body)).await;
        assert_eq!((status, codes(&told)), (400, vec!["BAD_REQUEST"]), "{body}");
    }
    let raw = |body: &'static [u8]| {
        let request = toy.post(&json!({}));
        request.body(body)
    };
    assert_eq!(send(raw(b"")).await.status(), 400);
    assert_eq!(send(raw(b"{\"query\": ")).await.status(), 400);
    assert_eq!(send(raw(b"{\"query\": \"\xff\"}")).await.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_runs_queries() {
    let toy = Toy::start().await;
    let query = "query A($name: String!) { hello(name: $name) } query B { hello }";
    let variables = json!({ "name": "Ada" }).to_string();
    let parameters = [
        ("query", query),
        ("operationName", "A"),
        ("variables", &variables),
    ];
    let (status, body) = answer(toy.get(&parameters)).await;
    assert_eq!(
        (status, body),
        (200, json!({ "data": { "hello": "hello Ada" } }))
    );
    let (status, _) = answer(toy.get(&[("query", "{ hello }"), ("variables", "{")])).await;
    assert_eq!(status, 400);
    assert_eq!(answer(toy.get(&[])).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_never_runs_a_mutation() {
    let toy = Toy::start().await;
    let hidden = "query A { hello } mutation B { bump }";
    for parameters in [
        vec![("query", "mutation { bump }")],
        vec![("query", hidden), ("operationName", "B")],
    ] {
        let response = send(toy.get(&parameters)).await;
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()[header::ALLOW], "POST");
    }
    assert_eq!(*toy.probe.bumps.borrow(), 0);
    let put = reqwest::Client::new().request(Method::PUT, toy.url());
    let response = send(put).await;
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()[header::ALLOW], "GET, POST");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_bodies_are_taken() {
    let toy = Toy::start().await;
    let body = json!({ "query": "mutation { bump }" }).to_string();
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=latin1",
        "text/plain, application/json",
    ] {
        let request = reqwest::Client::new()
            .post(toy.url())
            .header(header::CONTENT_TYPE, media);
        assert_eq!(
            send(request.body(body.clone())).await.status(),
            415,
            "{media}"
        );
    }
    let bare = reqwest::Client::new().post(toy.url()).body(body);
    assert_eq!(send(bare).await.status(), 415);
    assert_eq!(*toy.probe.bumps.borrow(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internal_error_tells_its_request_id_and_nothing_else() {
    let toy = Toy::start().await;
    let request = toy
        .query("{ hello nullableFails }")
        .header("x-request-id", "order-7");
    let (status, body) = answer(request).await;
    assert_eq!(status, 200);
    assert_eq!(
        body["data"],
        json!({ "hello": "hello world", "nullableFails": null })
    );
    assert_eq!(codes(&body), ["INTERNAL"]);
    assert_eq!(body["errors"][0]["path"], json!(["nullableFails"]));
    assert!(
        body["errors"][0]["message"]
            .as_str()
            .is_some_and(|text| text.contains("order-7"))
    );
    assert!(!body.to_string().contains("hunter2"));
    let (status, body) = answer(toy.query("{ requiredFails }")).await;
    assert_eq!((status, codes(&body)), (200, vec!["INTERNAL"]));
    assert_eq!(body.get("data"), Some(&Value::Null), "it was executed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_caller_can_mend_is_told_as_it_is() {
    let toy = Toy::start().await;
    let (status, body) = answer(toy.query("{ forbidden }")).await;
    assert_eq!((status, codes(&body)), (200, vec!["FORBIDDEN"]));
    assert_eq!(body["errors"][0]["message"], "you may not");
    let (_, body) = answer(toy.query("{ even(number: 3) }")).await;
    assert_eq!(codes(&body), ["BAD_REQUEST"], "{body}");
    let document = "query A($n: Int!) { even(number: $n) }";
    let (status, body) = answer(toy.post(&json!({ "query": document }))).await;
    assert_eq!(
        (status, codes(&body)),
        (400, vec!["GRAPHQL_VALIDATION_FAILED"]),
        "{body}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_an_internal_error_and_the_server_goes_on() {
    let toy = Toy::start().await;
    for document in ["{ panics }", "mutation { panics }"] {
        let (status, body) = answer(toy.query(document)).await;
        assert_eq!((status, codes(&body)), (500, vec!["INTERNAL"]));
        assert!(!body.to_string().contains("hunter2"));
    }
    assert_eq!(answer(toy.query("{ hello }")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_a_request_id() {
    let toy = Toy::start().await;
    for (given, is_kept) in [
        ("Abc_1.2-3", true),
        ("with space", false),
        (&"x".repeat(65), false),
    ] {
        let response = send(toy.query("{ requestId }").header("x-request-id", given)).await;
        let id = response.headers()["x-request-id"]
            .to_str()
            .expect("text")
            .to_owned();
        assert_eq!(id == given, is_kept, "{given}");
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(body["data"]["requestId"], id);
    }
    let response = send(toy.query("{")).await;
    assert!(response.headers().contains_key("x-request-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_credentials_are_refused_before_anything_runs() {
    let toy = Toy::start().await;
    for (given, status, code) in [
        ("Bearer good", 200, None),
        ("Bearer bad", 401, Some("UNAUTHENTICATED")),
        ("Basic Z29vZA==", 401, Some("UNAUTHENTICATED")),
        ("Bearer", 401, Some("UNAUTHENTICATED")),
        ("Bearer down", 503, Some("UNAVAILABLE")),
    ] {
        let request = toy
            .query("mutation { bump }")
            .header(header::AUTHORIZATION, given);
        let response = send(request).await;
        assert_eq!(response.status(), status, "{given}");
        let asks = response.headers().contains_key(header::WWW_AUTHENTICATE);
        assert_eq!(asks, status == 401, "{given}");
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(codes(&body).first().copied(), code);
    }
    assert_eq!(*toy.probe.bumps.borrow(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_outlives_its_connection() {
    let toy = Toy::start().await;
    let body = json!({ "query": "mutation { bumpSlowly }" }).to_string();
    let mut socket = TcpStream::connect(toy.address).await.expect("a connection");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket.write_all(body.as_bytes()).await.expect("sent");
    toy.probe.someone_entered().await;
    socket.set_zero_linger().expect("a reset on close");
    drop(socket);
    // The server has seen the reset once it answers on another connection.
    assert_eq!(answer(toy.query("{ hello }")).await.0, 200);
    toy.probe.gate.add_permits(1);
    timeout(PATIENCE, toy.probe.bumped(1))
        .await
        .expect("the mutation ran to its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expected_continue_is_given() {
    let toy = Toy::start().await;
    let mut socket = TcpStream::connect(toy.address).await.expect("a connection");
    let head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Expect: 100-continue\r\nContent-Length: 21\r\n\r\n";
    socket.write_all(head.as_bytes()).await.expect("sent");
    let mut line = [0; 21];
    let read = timeout(PATIENCE, socket.read_exact(&mut line));
    read.await.expect("in time").expect("an interim answer");
    assert!(line.starts_with(b"HTTP/1.1 100"));
}
