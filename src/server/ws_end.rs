//! How a WebSocket connection ends, and how that is told.

use std::{
    ops::ControlFlow::{self, Break, Continue},
    time::Duration,
};

use tokio::time::timeout;

use super::{
    frames::{Broken, Inbox},
    gateway::Seat,
    outbox::{Outbox, Unsent},
    socket::Socket,
};
use crate::platform::meters::{CloseLabels, Meters, Present};

/// How long we wait, after our close frame, for the client's.
const LINGER: Duration = Duration::from_secs(1);

/// The ends of an open WebSocket.
pub struct Connection {
    /// What the client sends.
    pub inbox: Inbox,
    /// What the client gets.
    pub outbox: Outbox,
    /// The socket below, if it was kept.
    pub socket: Option<Socket>,
    /// Its place among the server's connections.
    pub _seat: Seat,
    /// Counts it while it is open.
    pub _present: Present,
    /// Counts how it ends.
    pub meters: Meters,
}

/// How a connection ends.
pub enum End {
    /// With a close frame of this code and reason.
    Close(u16, String),
    /// The client has closed; it gets our close frame in return.
    Closed,
    /// The connection is no more.
    Gone,
    /// The client takes nothing: the socket is shut.
    Stuck,
}

impl End {
    /// As what it is counted.
    fn reason(&self) -> String {
        match self {
            Self::Close(code, _) => code.to_string(),
            Self::Closed => "1000".to_owned(),
            Self::Gone => "gone".to_owned(),
            Self::Stuck => "stuck".to_owned(),
        }
    }
}

/// Whether a connection goes on.
pub type Flow = ControlFlow<End>;

impl From<Unsent> for End {
    fn from(unsent: Unsent) -> Self {
        match unsent {
            Unsent::Gone => Self::Gone,
            Unsent::Stuck => Self::Stuck,
        }
    }
}

/// Goes on when a message was sent.
pub fn flow(sent: Result<(), Unsent>) -> Flow {
    match sent {
        Ok(()) => Continue(()),
        Err(unsent) => Break(unsent.into()),
    }
}

/// Ends a connection with a close frame.
pub fn close(code: u16, reason: &str) -> Flow {
    Break(End::Close(code, reason.to_owned()))
}

/// What a failure to read means for the connection.
pub fn end_of(broken: Broken) -> End {
    match broken {
        Broken::Gone => End::Gone,
        Broken::TooLarge => End::Close(1009, "Message too large".to_owned()),
        Broken::NotUtf8 => End::Close(1007, "Invalid UTF-8".to_owned()),
        Broken::Protocol(error) => End::Close(1002, format!("Protocol error: {error}")),
    }
}

/// Tells the client why the connection ends, waits shortly for it to agree, and drops it.
pub async fn farewell(connection: Connection, end: End) {
    let Connection {
        mut inbox,
        outbox,
        socket,
        meters,
        ..
    } = connection;
    let labels = CloseLabels {
        reason: end.reason(),
    };
    meters.closed.get_or_create(&labels).inc();
    let sent = match &end {
        End::Close(code, reason) => outbox.close(*code, reason).await,
        End::Closed => outbox.close(1000, "").await,
        End::Gone => Err(Unsent::Gone),
        End::Stuck => Err(Unsent::Stuck),
    };
    if sent.is_ok() && matches!(end, End::Close(..)) {
        // Were the socket closed with unread bytes, the client could lose our close frame.
        let _ = timeout(LINGER, inbox.until_closed()).await;
    }
    if let (Err(Unsent::Stuck), Some(socket)) = (sent, socket) {
        socket.cut();
    }
}
