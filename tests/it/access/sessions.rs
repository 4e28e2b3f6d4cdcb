//! WebSockets of users: let in by an access token, and closed when the session ends.

use serde_json::json;
use stockroom::config::Config;

use super::sockets::{FORBIDDEN, introduced, said, say};
use crate::support::people::{self, PASSWORD, sign_in};
use crate::support::{Engine, TestServer};

const ANNA: &str = "anna@example.com";

fn checked_often(config: &mut Config) {
    config.transport.ws_reauthentication_ms = 100;
}

/// What ends a session from elsewhere.
async fn ends(ending: &TestServer, mutation: &str) {
    let by = json!({ "user": { "email": ANNA } });
    ending.client().accept(mutation, by, "user { id }").await;
}

async fn promise(server: &TestServer, ending: &TestServer) {
    people::user(&ending.client(), ANNA, &["SALES"]).await;
    for mutation in ["userSessionsEnd", "userDisable"] {
        let session = sign_in(server.url(), ANNA, PASSWORD).await;
        let mut socket = introduced(server, &session.access).await;
        let welcome = json!({ "type": "connection_ack" });
        assert_eq!(said(&mut socket).await, Ok(welcome));
        let query = "subscription { stockLevelChanged { cursor } }";
        let payload = json!({ "query": query });
        say(
            &mut socket,
            json!({ "type": "subscribe", "id": "1", "payload": payload }),
        )
        .await;
        say(&mut socket, json!({ "type": "ping" })).await;
        assert_eq!(said(&mut socket).await, Ok(json!({ "type": "pong" })));
        ends(ending, mutation).await;
        assert_eq!(said(&mut socket).await, Err(Some(FORBIDDEN)), "{mutation}");
        let mut late = introduced(server, &session.access).await;
        assert_eq!(said(&mut late).await, Err(Some(FORBIDDEN)), "{mutation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_closed_when_its_session_ends_on_sqlite() {
    let server = TestServer::start_with(Engine::Sqlite, checked_often).await;
    promise(&server, &server).await;
    server.stop_with_right_books().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_closed_when_its_session_ends_on_another_server() {
    let server = TestServer::start_with(Engine::Postgres, checked_often).await;
    let other = server.second().await;
    promise(&server, &other).await;
    other.stop().await;
    server.stop_with_right_books().await;
}
