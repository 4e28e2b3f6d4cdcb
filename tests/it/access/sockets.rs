//! WebSockets: who is not let in is told with 4403; who was loses the connection with the token.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::tokens::{make, revoke};
use crate::support::{Engine, TestServer};

/// The server forbids it.
pub const FORBIDDEN: u16 = 4403;
const PATIENCE: Duration = Duration::from_secs(20);

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

both! {
    async fn a_socket_with_a_bad_token_is_closed(server: &TestServer) {
        let client = server.client();
        let made = make(&client, json!({ "name": "shop", "scopes": ["stock:read"] })).await;
        let mut good = introduced(server, &made.secret).await;
        assert_eq!(said(&mut good).await, Ok(json!({ "type": "connection_ack" })));
        revoke(&client, &made.id).await;
        for secret in [made.secret.as_str(), "unknown", "not a token"] {
            let mut socket = introduced(server, secret).await;
            assert_eq!(said(&mut socket).await, Err(Some(FORBIDDEN)), "{secret}");
        }
    }
}

mod a_subscription_ends_when_its_token_is_revoked {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() {
        promise(Engine::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() {
        promise(Engine::Postgres).await;
    }

    async fn promise(engine: Engine) {
        let server = TestServer::start_with(engine, |config| {
            config.transport.ws_reauthentication_ms = 100;
        })
        .await;
        let client = server.client();
        let made = make(&client, json!({ "name": "shop", "scopes": ["stock:read"] })).await;
        let mut socket = introduced(&server, &made.secret).await;
        assert_eq!(
            said(&mut socket).await,
            Ok(json!({ "type": "connection_ack" }))
        );
        let query = "subscription { stockLevelChanged { cursor } }";
        say(
            &mut socket,
            json!({ "type": "subscribe", "id": "1", "payload": { "query": query } }),
        )
        .await;
        // An answer to a later message shows that the subscription was taken.
        say(&mut socket, json!({ "type": "ping" })).await;
        assert_eq!(said(&mut socket).await, Ok(json!({ "type": "pong" })));
        revoke(&client, &made.id).await;
        assert_eq!(said(&mut socket).await, Err(Some(FORBIDDEN)));
        server.stop_with_right_books().await;
    }
}

/// A socket whose client has introduced itself with a token in `connection_init`.
pub async fn introduced(server: &TestServer, secret: &str) -> Socket {
    let mut request = server.ws_url().into_client_request().expect("a URL");
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request)
        .await
        .expect("the server takes sockets");
    let payload = json!({ "Authorization": format!("Bearer {secret}") });
    say(
        &mut socket,
        json!({ "type": "connection_init", "payload": payload }),
    )
    .await;
    socket
}

pub async fn say(socket: &mut Socket, message: Value) {
    let sent = socket.send(Message::text(message.to_string())).await;
    sent.expect("the message can be sent");
}

/// The next message, or the code with which the server closes.
pub async fn said(socket: &mut Socket) -> Result<Value, Option<u16>> {
    let listening = timeout(PATIENCE, async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("the server speaks JSON"));
                }
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map(|frame| u16::from(frame.code)));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("the socket broke: {error}"),
                None => return Err(None),
            }
        }
    });
    listening
        .await
        .unwrap_or_else(|_| panic!("nothing was said within {PATIENCE:?}"))
}
