//! Clients for the tests: JSON over HTTP, and messages over a WebSocket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{RequestBuilder, Response, header};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use super::toy::Toy;

pub const GRAPHQL: &str = "application/graphql-response+json";

/// Far more than anything here needs: a test that waits for what never comes must fail.
pub const PATIENCE: Duration = Duration::from_secs(20);

impl Toy {
    /// A POST of a query in the media type of today.
    pub fn query(&self, query: &str) -> RequestBuilder {
        self.post(&json!({ "query": query }))
    }

    pub fn post(&self, body: &Value) -> RequestBuilder {
        reqwest::Client::new()
            .post(self.url())
            .json(body)
            .header(header::ACCEPT, GRAPHQL)
    }

    pub fn get(&self, parameters: &[(&str, &str)]) -> RequestBuilder {
        let url = reqwest::Url::parse_with_params(&self.url(), parameters).expect("a URL");
        reqwest::Client::new()
            .get(url)
            .header(header::ACCEPT, GRAPHQL)
    }
}

/// The status and the body of an answer.
pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = send(request).await;
    let status = response.status().as_u16();
    (status, response.json().await.expect("a JSON body"))
}

pub async fn send(request: RequestBuilder) -> Response {
    timeout(PATIENCE, request.send())
        .await
        .expect("an answer in time")
        .expect("an answer")
}

/// The codes of the errors in a body.
pub fn codes(body: &Value) -> Vec<&str> {
    let errors = body["errors"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    errors
        .iter()
        .map(|error| error["extensions"]["code"].as_str().unwrap_or("none"))
        .collect()
}

/// What a WebSocket client sees.
#[derive(Debug, PartialEq)]
pub enum Seen {
    Said(Value),
    Closed(u16, String),
    /// The connection ended without a close frame.
    Cut,
}

pub struct Socket {
    pub stream: WebSocketStream<TcpStream>,
    pub protocol: Option<String>,
}

impl Socket {
    /// Connects with these subprotocols offered, and these headers.
    pub async fn connect(toy: &Toy, offered: &str, headers: &[(&'static str, &str)]) -> Self {
        let url = format!("ws://{}/graphql", toy.address);
        let mut request = url.into_client_request().expect("a request");
        let mut insert = |name: &'static str, value: &str| {
            request
                .headers_mut()
                .insert(name, HeaderValue::from_str(value).expect("a value"));
        };
        if !offered.is_empty() {
            insert("sec-websocket-protocol", offered);
        }
        for (name, value) in headers {
            insert(name, value);
        }
        let tcp = TcpStream::connect(toy.address).await.expect("a connection");
        let (stream, response) = client_async(request, tcp).await.expect("an upgrade");
        let protocol = response.headers().get("sec-websocket-protocol");
        let protocol = protocol
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        Self { stream, protocol }
    }

    /// Connects and is welcomed.
    pub async fn open(toy: &Toy) -> Self {
        let mut socket = Self::connect(toy, "graphql-transport-ws", &[]).await;
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(
            socket.hear().await,
            Seen::Said(json!({ "type": "connection_ack" }))
        );
        socket
    }

    pub async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub async fn send(&mut self, message: Message) {
        self.stream
            .send(message)
            .await
            .expect("the message is sent");
    }

    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": query } }))
            .await;
    }

    /// The next message; pings of the frame layer are not told.
    pub async fn hear(&mut self) -> Seen {
        loop {
            let next = timeout(PATIENCE, self.stream.next())
                .await
                .expect("a message in time");
            return match next {
                Some(Ok(Message::Text(text))) => {
                    Seen::Said(serde_json::from_str(&text).expect("JSON"))
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    Seen::Closed(frame.code.into(), frame.reason.to_string())
                }
                Some(Ok(Message::Close(None))) | Some(Err(_)) | None => Seen::Cut,
                Some(Ok(_)) => continue,
            };
        }
    }

    /// The next message, which must be one.
    pub async fn said(&mut self) -> Value {
        match self.hear().await {
            Seen::Said(message) => message,
            other => panic!("expected a message, not {other:?}"),
        }
    }

    /// The code with which the connection is closed, whatever is said before.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.hear().await {
                Seen::Said(_) => {}
                Seen::Closed(code, reason) => return (code, reason),
                Seen::Cut => panic!("the connection was cut without a close frame"),
            }
        }
    }
}
