//! Runs one WebSocket connection: reads, decides, runs operations, writes, and ends all of it.
//!
//! Everything of a connection is in one task. Its operations are asked for their next response only
//! when the peer has taken the former ones, so a slow reader holds a few messages and no more.

use std::ops::ControlFlow::{Break, Continue};

use actix_web::web::Data;
use async_graphql::{Response, parser::types::OperationType};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::{
    document,
    errors::{self, Refusal},
    frames::{Broken, Incoming},
    gateway::Gateway,
    identify, params, run, token,
    ws_clock::{Clock, Due},
    ws_end::{Connection, End, Flow, close, end_of, farewell, flow},
    ws_protocol::{self, Dialect, ServerMessage},
    ws_state::{Action, Conversation, Malformed},
    ws_streams::{Streams, Yielded},
};
use crate::platform::actor::{Actor, Unauthenticated};
use crate::platform::audit::RemoteAddress;

/// What a connection waits for.
enum Event {
    Heard(Result<Incoming, Broken>),
    Yielded(Box<Yielded>),
    Authenticated(Result<Actor, Unauthenticated>),
    Stopping,
    Gone,
    Time,
}

/// One connection and all that runs on it.
pub struct Session {
    gateway: Data<Gateway>,
    dialect: Option<Dialect>,
    conversation: Conversation,
    streams: Streams,
    actor: Actor,
    /// The token of the upgrade, until `connection_init` names another.
    token: Result<Option<String>, Unauthenticated>,
    address: RemoteAddress,
    authentication: Option<BoxFuture<'static, Result<Actor, Unauthenticated>>>,
    shutdown: watch::Receiver<bool>,
    clock: Clock,
}

impl Session {
    /// A connection that has just been opened.
    pub fn new(
        gateway: Data<Gateway>,
        dialect: Option<Dialect>,
        token: Result<Option<String>, Unauthenticated>,
        address: RemoteAddress,
    ) -> Self {
        let limits = &gateway.limits;
        let clock = Clock::new(limits);
        let spoken = dialect.unwrap_or(Dialect::Transport);
        Self {
            conversation: Conversation::new(spoken, limits.ws_operations),
            shutdown: gateway.shutdown.clone(),
            streams: Streams::default(),
            actor: Actor::anonymous(),
            authentication: None,
            gateway,
            dialect,
            token,
            address,
            clock,
        }
    }

    /// Runs the connection to its end.
    pub async fn run(mut self, mut connection: Connection) {
        let end = match self.dialect {
            Some(_) => self.converse(&mut connection).await,
            None => End::Close(4406, "Subprotocol not acceptable".to_owned()),
        };
        // What runs for this client ends before the farewell, which may take a while.
        self.streams.clear();
        drop(self);
        farewell(connection, end).await;
    }

    async fn converse(&mut self, connection: &mut Connection) -> End {
        loop {
            let event = self.wait(connection).await;
            if let Break(end) = self.handle(connection, event).await {
                return end;
            }
        }
    }

    async fn wait(&mut self, connection: &mut Connection) -> Event {
        self.clock.note_queue(connection.outbox.is_full());
        let due = self.clock.next(self.gateway.limits.ws_send());
        let Connection { inbox, outbox, .. } = connection;
        let outbox = &*outbox;
        let (streams, shutdown) = (&mut self.streams, &mut self.shutdown);
        let authentication = &mut self.authentication;
        tokio::select! {
            heard = inbox.next() => Event::Heard(heard),
            yielded = async {
                outbox.room().await;
                streams.next().await
            } => Event::Yielded(Box::new(yielded)),
            outcome = async {
                match authentication {
                    Some(authentication) => authentication.await,
                    None => std::future::pending().await,
                }
            } => Event::Authenticated(outcome),
            _ = shutdown.wait_for(|stopping| *stopping) => Event::Stopping,
            () = outbox.gone() => Event::Gone,
            () = sleep_until(due) => Event::Time,
        }
    }

    async fn handle(&mut self, connection: &Connection, event: Event) -> Flow {
        match event {
            Event::Heard(Ok(incoming)) => {
                self.clock.last_heard = Instant::now();
                self.heard(connection, incoming).await
            }
            Event::Heard(Err(broken)) => Break(end_of(broken)),
            Event::Yielded(yielded) => {
                // There was room, so the client does take something.
                self.clock.note_progress();
                self.yielded(connection, *yielded).await
            }
            Event::Authenticated(outcome) => {
                self.authentication = None;
                self.authenticated(connection, outcome).await
            }
            Event::Stopping => close(1001, "server is stopping"),
            Event::Gone => Break(End::Gone),
            Event::Time => self.time(connection).await,
        }
    }

    async fn heard(&mut self, connection: &Connection, incoming: Incoming) -> Flow {
        let text = match incoming {
            Incoming::Text(text) => text,
            Incoming::Binary => return close(4400, "Invalid message: send text, not binary"),
            Incoming::Ping(bytes) => return flow(connection.outbox.pong(&bytes).await),
            Incoming::Pong => return Continue(()),
            Incoming::Close => return Break(End::Closed),
        };
        let dialect = self.dialect.unwrap_or(Dialect::Transport);
        match ws_protocol::read(dialect, &text) {
            Ok(message) => {
                let action = self.conversation.hear(message);
                self.act(connection, action).await
            }
            Err(reason) => close(4400, &format!("Invalid message: {reason}")),
        }
    }

    async fn act(&mut self, connection: &Connection, action: Action) -> Flow {
        match action {
            Action::Nothing => Continue(()),
            Action::Say(message) => self.say(connection, message).await,
            Action::Authenticate(credentials) => {
                self.introduce(credentials);
                Continue(())
            }
            Action::Start(id, payload) => self.start(connection, id, payload).await,
            Action::TooMany(id) => {
                let most = self.gateway.limits.ws_operations;
                let refusal = Refusal::limit(format!(
                    "At most {most} operations run on one connection. Complete another one first."
                ));
                self.say(
                    connection,
                    ServerMessage::Error(id, Box::new(refusal.response())),
                )
                .await
            }
            Action::Stop(id) => {
                self.streams.remove(&id);
                match self.dialect {
                    Some(Dialect::Legacy) => {
                        self.say(connection, ServerMessage::Complete(id)).await
                    }
                    _ => Continue(()),
                }
            }
            Action::Close(code, reason) => Break(End::Close(code, reason)),
        }
    }

    fn introduce(&mut self, credentials: Result<Option<String>, Malformed>) {
        match credentials {
            Ok(None) => {}
            Ok(Some(value)) => self.token = token::from_value(&value).map(Some),
            Err(Malformed) => self.token = Err(Unauthenticated::Missing),
        }
        self.authenticate();
    }

    fn authenticate(&mut self) {
        self.authentication = Some(match self.token.clone() {
            Ok(token) => (self.gateway.authenticate)(token),
            Err(reason) => Box::pin(std::future::ready(Err(reason))),
        });
    }

    async fn authenticated(
        &mut self,
        connection: &Connection,
        outcome: Result<Actor, Unauthenticated>,
    ) -> Flow {
        let pause = self.gateway.limits.ws_reauthentication();
        let has_token = !matches!(self.token, Ok(None));
        self.clock.reauthentication = has_token.then(|| Instant::now() + pause);
        let is_first = !self.conversation.is_open();
        match outcome {
            Ok(actor) => self.actor = actor,
            // One who was let in stays while the database is away: nothing is told meanwhile.
            Err(Unauthenticated::Unavailable) if !is_first => return Continue(()),
            Err(reason) => return self.turn_away(connection, reason).await,
        }
        if !is_first {
            return Continue(());
        }
        self.clock.init = None;
        self.conversation.welcome();
        self.say(connection, ServerMessage::Ack).await?;
        self.say(connection, ServerMessage::KeepAlive).await
    }

    async fn turn_away(&mut self, connection: &Connection, reason: Unauthenticated) -> Flow {
        let message = token::refusal(reason).message;
        self.say(connection, ServerMessage::Unwelcome(message.clone()))
            .await?;
        match reason {
            Unauthenticated::Unavailable => close(1013, &message),
            Unauthenticated::Missing | Unauthenticated::Invalid => {
                close(4403, &format!("Forbidden: {message}"))
            }
        }
    }

    async fn start(
        &mut self,
        connection: &Connection,
        id: String,
        payload: Map<String, Value>,
    ) -> Flow {
        // In the legacy dialect a second operation of one id replaces the first.
        self.streams.remove(&id);
        let gateway = &self.gateway;
        let admitted = params::from_json(payload)
            .and_then(|request| document::admit(request, &gateway.limits, &gateway.documents));
        let mut admitted = match admitted {
            Ok(admitted) => admitted,
            Err(refusal) => {
                self.conversation.ended(&id);
                let message = ServerMessage::Error(id, Box::new(refusal.response()));
                return self.say(connection, message).await;
            }
        };
        let request_id = identify::fresh();
        let kind = admitted.kind;
        let origin = (&request_id, &self.address);
        admitted.request = run::prepare(&self.gateway, admitted.request, &self.actor, origin);
        self.streams
            .add(id, kind, run::stream(&self.gateway, admitted, request_id));
        Continue(())
    }

    async fn yielded(&mut self, connection: &Connection, yielded: Yielded) -> Flow {
        let Yielded {
            id,
            kind,
            is_first,
            response,
        } = yielded;
        let Some(response) = response else {
            self.conversation.ended(&id);
            return self.say(connection, ServerMessage::Complete(id)).await;
        };
        if is_first && is_refused(&response, kind) {
            self.streams.remove(&id);
            self.conversation.ended(&id);
            return self
                .say(connection, ServerMessage::Error(id, Box::new(response)))
                .await;
        }
        self.say(connection, ServerMessage::Next(id, Box::new(response)))
            .await
    }

    async fn say(&self, connection: &Connection, message: ServerMessage) -> Flow {
        let dialect = self.dialect.unwrap_or(Dialect::Transport);
        match ws_protocol::write(dialect, &message) {
            Some(text) => flow(connection.outbox.text(&text).await),
            None => Continue(()),
        }
    }

    async fn time(&mut self, connection: &Connection) -> Flow {
        match self.clock.take(&self.gateway.limits) {
            None => Continue(()),
            Some(Due::GiveUp) => Break(End::Stuck),
            Some(Due::Init) => close(4408, "Connection initialisation timeout"),
            Some(Due::Reauthentication) => {
                self.authenticate();
                Continue(())
            }
            Some(Due::Ping) => {
                flow(connection.outbox.ping().await)?;
                if self.conversation.is_open() {
                    self.say(connection, ServerMessage::KeepAlive).await?;
                }
                Continue(())
            }
        }
    }
}

/// Whether an operation never began: it is told by `error`, and is over.
///
/// A subscription whose source fails answers with an error at the root field and no data.
fn is_refused(response: &Response, kind: OperationType) -> bool {
    let has_no_source = kind == OperationType::Subscription
        && response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.len() <= 1);
    has_no_source || errors::is_request_error(response)
}
