//! The messages of the two WebSocket subprotocols, read and written.

use async_graphql::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::reply::Wire;

/// The subprotocol of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `graphql-transport-ws`, in use today.
    Transport,
    /// `graphql-ws`, of the retired subscriptions-transport-ws.
    Legacy,
}

impl Dialect {
    /// The name in Sec-WebSocket-Protocol.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transport => "graphql-transport-ws",
            Self::Legacy => "graphql-ws",
        }
    }

    /// The first of the offered subprotocols that is ours.
    pub fn choose<'a>(offered: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let known = [Self::Transport, Self::Legacy];
        offered
            .into_iter()
            .find_map(|name| known.into_iter().find(|known| known.name() == name))
    }
}

/// What a client says, whatever the subprotocol.
#[derive(Debug, PartialEq)]
pub enum ClientMessage {
    /// Introduces itself, perhaps with credentials.
    Init(Map<String, Value>),
    /// Asks whether we are there.
    Ping(Option<Value>),
    /// Answers our ping.
    Pong,
    /// Starts an operation.
    Start(String, Map<String, Value>),
    /// Ends an operation.
    Stop(String),
    /// Ends the connection.
    Terminate,
}

/// What the server says.
#[derive(Debug)]
pub enum ServerMessage {
    /// The client is welcome.
    Ack,
    /// The client is not; only in the legacy subprotocol, the other one closes.
    Unwelcome(String),
    /// We are still there; only in the legacy subprotocol.
    KeepAlive,
    /// Answers a ping.
    Pong(Option<Value>),
    /// A result of an operation.
    Next(String, Box<Response>),
    /// The operation was refused, and is over.
    Error(String, Box<Response>),
    /// The operation is over.
    Complete(String),
}

#[derive(Deserialize)]
struct Envelope {
    r#type: String,
    id: Option<String>,
    payload: Option<Value>,
}

/// Longer ids than this serve nobody and are kept in memory.
const LONGEST_ID: usize = 256;

/// Reads a message, or says what is wrong with it.
pub fn read(dialect: Dialect, text: &str) -> Result<ClientMessage, String> {
    let envelope: Envelope = serde_json::from_str(text)
        .map_err(|_| "a message must be a JSON object with a string \"type\"")?;
    let Envelope {
        r#type: kind,
        id,
        payload,
    } = envelope;
    match (dialect, kind.as_str()) {
        (_, "connection_init") => Ok(ClientMessage::Init(object(payload)?.unwrap_or_default())),
        (Dialect::Transport, "ping") => {
            let payload = object(payload)?.map(Value::Object);
            Ok(ClientMessage::Ping(payload))
        }
        (Dialect::Transport, "pong") => object(payload).map(|_| ClientMessage::Pong),
        (Dialect::Transport, "subscribe") | (Dialect::Legacy, "start") => {
            let payload = object(payload)?.ok_or("it has no \"payload\"")?;
            Ok(ClientMessage::Start(identifier(id)?, payload))
        }
        (Dialect::Transport, "complete") | (Dialect::Legacy, "stop") => {
            Ok(ClientMessage::Stop(identifier(id)?))
        }
        (Dialect::Legacy, "connection_terminate") => Ok(ClientMessage::Terminate),
        _ => Err(format!("{} has no message of this type", dialect.name())),
    }
}

fn object(payload: Option<Value>) -> Result<Option<Map<String, Value>>, String> {
    match payload {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(payload)) => Ok(Some(payload)),
        Some(_) => Err("its \"payload\" is not an object".to_owned()),
    }
}

fn identifier(id: Option<String>) -> Result<String, String> {
    match id {
        Some(id) if id.is_empty() || id.len() > LONGEST_ID => {
            Err(format!("its \"id\" must have 1 to {LONGEST_ID} bytes"))
        }
        Some(id) => Ok(id),
        None => Err("it has no \"id\"".to_owned()),
    }
}

/// Writes a message, or nothing when the subprotocol has no such message.
pub fn write(dialect: Dialect, message: &ServerMessage) -> Option<String> {
    let is_legacy = dialect == Dialect::Legacy;
    let value = match message {
        ServerMessage::Ack => json!({ "type": "connection_ack" }),
        ServerMessage::KeepAlive if is_legacy => json!({ "type": "ka" }),
        ServerMessage::Unwelcome(message) if is_legacy => {
            json!({ "type": "connection_error", "payload": { "message": message } })
        }
        ServerMessage::KeepAlive | ServerMessage::Unwelcome(_) => return None,
        ServerMessage::Pong(None) => json!({ "type": "pong" }),
        ServerMessage::Pong(Some(payload)) => json!({ "type": "pong", "payload": payload }),
        ServerMessage::Next(id, response) => {
            let kind = if is_legacy { "data" } else { "next" };
            json!({ "type": kind, "id": id, "payload": Wire::from(&**response) })
        }
        ServerMessage::Error(id, response) if is_legacy => {
            json!({ "type": "error", "id": id, "payload": response.errors.first() })
        }
        ServerMessage::Error(id, response) => {
            json!({ "type": "error", "id": id, "payload": response.errors })
        }
        ServerMessage::Complete(id) => json!({ "type": "complete", "id": id }),
    };
    Some(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_offer_is_chosen() {
        assert_eq!(
            Dialect::choose(["x", "graphql-ws", "graphql-transport-ws"]),
            Some(Dialect::Legacy)
        );
        assert_eq!(
            Dialect::choose(["graphql-transport-ws"]),
            Some(Dialect::Transport)
        );
        assert_eq!(Dialect::choose(["x"]), None);
    }

    #[test]
    fn a_message_of_the_other_dialect_is_refused() {
        let start = r#"{"type":"start","id":"1","payload":{"query":"{a}"}}"#;
        assert!(read(Dialect::Transport, start).is_err());
        assert!(read(Dialect::Legacy, start).is_ok());
    }

    #[test]
    fn malformed_messages_are_refused() {
        let malformed = [
            "",
            "[]",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"nothing"}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":1,"payload":{}}"#,
            r#"{"type":"complete"}"#,
        ];
        for text in malformed {
            assert!(read(Dialect::Transport, text).is_err(), "{text}");
        }
    }
}
