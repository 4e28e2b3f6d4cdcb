//! A WebSocket in the hand: a client that sees each message, and may stop reading.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::support::TestServer;

/// How long a message is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that the kernel keeps for one who does not read.
const WINDOW: u32 = 4_096;

/// An open connection, introduced.
pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects with a token, or without one.
    pub async fn open(server: &TestServer, token: Option<&str>) -> Self {
        Self::open_at(&server.url(), token).await
    }

    /// The same, of a server that is known by its address.
    pub async fn open_at(url: &str, token: Option<&str>) -> Self {
        let mut request = url
            .replacen("http://", "ws://", 1)
            .into_client_request()
            .expect("the address of a server can be asked");
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        let authority = request
            .uri()
            .authority()
            .expect("it has a host")
            .to_string();
        let address = authority.parse().expect("its host is a number");
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(WINDOW).expect("a small window");
        let stream = socket.connect(address).await.expect("the server listens");
        let (stream, _) = tokio_tungstenite::client_async(request, stream)
            .await
            .expect("the server speaks the subprotocol");
        let mut socket = Self(stream);
        let credentials = token.map(|token| format!("Bearer {token}"));
        let payload = credentials.map(|value| json!({ "Authorization": value }));
        socket
            .say(json!({ "type": "connection_init", "payload": payload }))
            .await;
        let welcome = socket.hear().await;
        assert_eq!(welcome["type"], "connection_ack", "{welcome}");
        socket
    }

    /// Starts an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str) {
        let payload = json!({ "query": query });
        self.say(json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    async fn say(&mut self, message: Value) {
        let sent = self.0.send(Message::text(message.to_string())).await;
        sent.expect("the connection is open");
    }

    /// The next message.
    pub async fn hear(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next())
                .await
                .expect("a message comes in time")
                .expect("the connection is open")
                .expect("the connection is whole");
            match message {
                Message::Text(text) => {
                    return serde_json::from_str(&text).expect("a message is JSON");
                }
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("the connection ended: {other:?}"),
            }
        }
    }

    /// The next result; panics on errors.
    pub async fn next(&mut self) -> Value {
        let mut message = self.hear().await;
        assert_eq!(message["type"], "next", "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message}");
        message["payload"]["data"].take()
    }
}
