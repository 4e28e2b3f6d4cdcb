//! A subscription over a WebSocket that speaks `graphql-transport-ws`.
//!
//! A task of its own reads the socket, so that a busy test still answers the server's pings. There
//! is no answer to `subscribe` in the protocol: a test that must not miss the first change asks
//! for a snapshot, and waits for it, or resumes behind a cursor.

use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long an item may be in coming.
pub const PATIENCE: Duration = Duration::from_secs(10);

type Stream = WebSocketStream<TcpStream>;

/// One subscription on a socket of its own.
pub struct Subscription {
    sink: SplitSink<Stream, Message>,
    heard: UnboundedReceiver<Heard>,
    reader: JoinHandle<()>,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The `data` of an item.
    Data(Value),
    /// An item with errors, or the end by an error.
    Errors(Value),
    /// The orderly end of the subscription.
    Complete,
    /// The end of the socket: code and reason, when it was closed in order.
    Closed(Option<(u16, String)>),
}

impl Subscription {
    pub(super) async fn open(
        url: &str,
        token: Option<&str>,
        query: &str,
        variables: Value,
    ) -> Self {
        let mut stream = connect(url, token).await;
        say(&mut stream, json!({ "type": "connection_init" })).await;
        let welcome = timeout(PATIENCE, stream.next())
            .await
            .expect("a welcome in time");
        match welcome {
            Some(Ok(Message::Text(text))) if text.contains("connection_ack") => {}
            other => panic!("expected connection_ack, not {other:?}"),
        }
        let payload = json!({ "query": query, "variables": variables });
        let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
        say(&mut stream, subscribe).await;
        let (sink, source) = stream.split();
        let (to, heard) = unbounded_channel();
        let reader = tokio::spawn(read(source, to));
        Self {
            sink,
            heard,
            reader,
        }
    }

    /// The `data` of the next item.
    pub async fn next(&mut self) -> Value {
        self.try_next(PATIENCE)
            .await
            .unwrap_or_else(|| panic!("no item within {PATIENCE:?}"))
    }

    /// The `data` of the next item, unless none comes in that time.
    pub async fn try_next(&mut self, within: Duration) -> Option<Value> {
        match timeout(within, self.heard.recv()).await {
            Err(_) => None,
            Ok(Some(Heard::Data(data))) => Some(data),
            Ok(other) => panic!("expected an item, not {other:?}"),
        }
    }

    /// Whatever is said next.
    pub async fn hear(&mut self) -> Heard {
        timeout(PATIENCE, self.heard.recv())
            .await
            .unwrap_or_else(|_| panic!("nothing was said within {PATIENCE:?}"))
            .unwrap_or(Heard::Closed(None))
    }

    /// Ends the subscription, then the socket.
    pub async fn close(mut self) {
        // The server may have closed it already.
        let complete = json!({ "type": "complete", "id": "1" });
        let _ = self.sink.send(Message::text(complete.to_string())).await;
        let _ = self.sink.send(Message::Close(None)).await;
        let _ = timeout(PATIENCE, &mut self.reader).await;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn connect(url: &str, token: Option<&str>) -> Stream {
    let url = url.replacen("http://", "ws://", 1);
    let mut request = url.into_client_request().expect("a URL");
    let mut insert = |name: &'static str, value: &str| {
        let value = HeaderValue::from_str(value).expect("a header value");
        request.headers_mut().insert(name, value);
    };
    insert("sec-websocket-protocol", "graphql-transport-ws");
    if let Some(token) = token {
        insert("authorization", &format!("Bearer {token}"));
    }
    let address = request.uri().authority().expect("an address").to_string();
    let tcp = TcpStream::connect(&address)
        .await
        .unwrap_or_else(|error| panic!("no connection to {address}: {error}"));
    let (stream, _) = client_async(request, tcp)
        .await
        .unwrap_or_else(|error| panic!("no WebSocket at {address}: {error}"));
    stream
}

async fn say(stream: &mut Stream, message: Value) {
    stream
        .send(Message::text(message.to_string()))
        .await
        .unwrap_or_else(|error| panic!("the message cannot be sent: {error}"));
}

async fn read(mut source: SplitStream<Stream>, to: UnboundedSender<Heard>) {
    loop {
        let heard = match source.next().await {
            Some(Ok(Message::Text(text))) => understand(&text),
            Some(Ok(Message::Close(frame))) => Some(Heard::Closed(
                frame.map(|frame| (frame.code.into(), frame.reason.to_string())),
            )),
            Some(Ok(_)) => None,
            Some(Err(_)) | None => Some(Heard::Closed(None)),
        };
        let Some(heard) = heard else { continue };
        let is_end = matches!(heard, Heard::Closed(_));
        if to.send(heard).is_err() || is_end {
            // Answers the close frame, so that the end is orderly.
            while let Some(Ok(_)) = source.next().await {}
            return;
        }
    }
}

fn understand(text: &str) -> Option<Heard> {
    let mut message: Value = serde_json::from_str(text).expect("the server speaks JSON");
    match message["type"].as_str() {
        Some("next") if message["payload"].get("errors").is_some() => {
            Some(Heard::Errors(message["payload"].take()))
        }
        Some("next") => Some(Heard::Data(message["payload"]["data"].take())),
        Some("error") => Some(Heard::Errors(message["payload"].take())),
        Some("complete") => Some(Heard::Complete),
        // An idle server may ask for a sign of life; frames of the layer below answer that.
        Some("ping" | "pong") => None,
        other => panic!("the server said {other:?}: {text}"),
    }
}
