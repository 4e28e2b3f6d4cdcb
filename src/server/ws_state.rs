//! What a WebSocket connection does on each message: decided here, without any I/O.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::ws_protocol::{ClientMessage, Dialect, ServerMessage};

/// What is to be done.
#[derive(Debug)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Say this.
    Say(ServerMessage),
    /// Find out who this is by the value of an Authorization header, if it gave one.
    Authenticate(Result<Option<String>, Malformed>),
    /// Start an operation, after ending the one of this id, if there is one.
    Start(String, Map<String, Value>),
    /// There are too many operations for this one.
    TooMany(String),
    /// End an operation.
    Stop(String),
    /// Close with this code and reason.
    Close(u16, String),
}

/// The credentials in `connection_init` are not a string.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing was said yet.
    New,
    /// Introduced, and being authenticated.
    Introduced,
    /// Welcomed.
    Open,
}

/// The state of one connection.
pub struct Conversation {
    dialect: Dialect,
    phase: Phase,
    running: HashSet<String>,
    most: usize,
}

impl Conversation {
    /// A new connection with at most this many operations at once.
    pub fn new(dialect: Dialect, most: usize) -> Self {
        Self {
            dialect,
            phase: Phase::New,
            running: HashSet::new(),
            most,
        }
    }

    /// Whether the client was welcomed.
    pub fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    /// The client may stay.
    pub fn welcome(&mut self) {
        self.phase = Phase::Open;
    }

    /// An operation ended by itself.
    pub fn ended(&mut self, id: &str) {
        self.running.remove(id);
    }

    /// The client said this.
    pub fn hear(&mut self, message: ClientMessage) -> Action {
        match message {
            ClientMessage::Init(payload) if self.phase == Phase::New => {
                self.phase = Phase::Introduced;
                Action::Authenticate(credentials(&payload))
            }
            ClientMessage::Init(_) => close(4429, "Too many initialisation requests"),
            ClientMessage::Ping(payload) => Action::Say(ServerMessage::Pong(payload)),
            ClientMessage::Pong => Action::Nothing,
            ClientMessage::Start(..) if self.phase != Phase::Open => close(
                4401,
                "Unauthorized: send connection_init and wait for connection_ack",
            ),
            ClientMessage::Start(id, payload) => self.start(id, payload),
            ClientMessage::Stop(id) => {
                // An operation may end while the client's wish to end it is under way.
                if self.running.remove(&id) {
                    Action::Stop(id)
                } else {
                    Action::Nothing
                }
            }
            ClientMessage::Terminate => close(1000, "Bye"),
        }
    }

    fn start(&mut self, id: String, payload: Map<String, Value>) -> Action {
        let is_known = self.running.contains(&id);
        if is_known && self.dialect == Dialect::Transport {
            return Action::Close(4409, format!("Subscriber for {id} already exists"));
        }
        if !is_known && self.running.len() >= self.most {
            return Action::TooMany(id);
        }
        self.running.insert(id.clone());
        Action::Start(id, payload)
    }
}

fn close(code: u16, reason: &str) -> Action {
    Action::Close(code, reason.to_owned())
}

fn credentials(payload: &Map<String, Value>) -> Result<Option<String>, Malformed> {
    let is_authorization = |name: &str| name.eq_ignore_ascii_case("authorization");
    let mut found = payload
        .iter()
        .filter(|(name, _)| is_authorization(name))
        .map(|(_, value)| value);
    match (found.next(), found.next()) {
        (None | Some(Value::Null), None) => Ok(None),
        (Some(Value::String(value)), None) => Ok(Some(value.clone())),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn start(id: &str) -> ClientMessage {
        ClientMessage::Start(id.to_owned(), Map::new())
    }

    fn closed(action: &Action) -> Option<u16> {
        match action {
            Action::Close(code, _) => Some(*code),
            _ => None,
        }
    }

    fn open(dialect: Dialect) -> Conversation {
        let mut conversation = Conversation::new(dialect, 2);
        conversation.hear(ClientMessage::Init(Map::new()));
        conversation.welcome();
        conversation
    }

    #[test]
    fn nothing_starts_before_the_welcome() {
        let mut conversation = Conversation::new(Dialect::Transport, 2);
        assert_eq!(closed(&conversation.hear(start("1"))), Some(4401));
        conversation.hear(ClientMessage::Init(Map::new()));
        assert_eq!(closed(&conversation.hear(start("1"))), Some(4401));
        assert_eq!(
            closed(&conversation.hear(ClientMessage::Init(Map::new()))),
            Some(4429)
        );
    }

    #[test]
    fn an_id_is_free_again_once_its_operation_is_over() {
        let mut conversation = open(Dialect::Transport);
        assert!(matches!(conversation.hear(start("1")), Action::Start(..)));
        assert_eq!(closed(&conversation.hear(start("1"))), Some(4409));
        conversation.ended("1");
        assert!(matches!(conversation.hear(start("1")), Action::Start(..)));
        assert!(matches!(
            conversation.hear(ClientMessage::Stop("1".into())),
            Action::Stop(_)
        ));
        assert!(matches!(
            conversation.hear(ClientMessage::Stop("1".into())),
            Action::Nothing
        ));
        assert!(matches!(conversation.hear(start("1")), Action::Start(..)));
    }

    #[test]
    fn the_number_of_operations_is_limited() {
        let mut conversation = open(Dialect::Transport);
        conversation.hear(start("1"));
        conversation.hear(start("2"));
        assert!(matches!(conversation.hear(start("3")), Action::TooMany(_)));
    }

    #[test]
    fn the_legacy_dialect_replaces_an_operation() {
        let mut conversation = open(Dialect::Legacy);
        conversation.hear(start("1"));
        assert!(matches!(conversation.hear(start("1")), Action::Start(..)));
    }

    #[test]
    fn credentials_are_one_string() {
        let read = |value: Value| credentials(value.as_object().expect("an object"));
        assert_eq!(read(json!({})), Ok(None));
        assert_eq!(
            read(json!({ "Authorization": "Bearer x" })),
            Ok(Some("Bearer x".into()))
        );
        assert_eq!(read(json!({ "authorization": 7 })), Err(Malformed));
        assert_eq!(
            read(json!({ "authorization": "a", "Authorization": "b" })),
            Err(Malformed)
        );
    }
}
