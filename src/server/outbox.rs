//! Writes messages into a short queue that the connection empties as its peer reads.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use actix_http::ws::{CloseReason, OpCode, Parser};
use actix_web::web::{Bytes, BytesMut};
use futures_util::Stream;
use tokio::{sync::mpsc, time::timeout};

/// Why a message cannot be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsent {
    /// The connection ended.
    Gone,
    /// The peer took nothing in the time it has.
    Stuck,
}

/// The writing half of a WebSocket, or of a stream of events.
pub struct Outbox {
    queue: mpsc::Sender<Bytes>,
    patience: Duration,
}

/// The body of the response: the frames.
pub struct Frames(mpsc::Receiver<Bytes>);

/// A queue of this many messages; a send waits at most for `patience`.
pub fn channel(length: usize, patience: Duration) -> (Outbox, Frames) {
    let (queue, frames) = mpsc::channel(length.max(1));
    (Outbox { queue, patience }, Frames(frames))
}

impl Stream for Frames {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|frame| frame.map(Ok))
    }
}

impl Outbox {
    /// Whether no message can be queued at the moment.
    pub fn is_full(&self) -> bool {
        self.queue.capacity() == 0
    }

    /// Waits until a message can be queued.
    pub async fn room(&self) {
        // A closed queue is told by `gone`; here it would only end the wait.
        if self.queue.reserve().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until the connection has ended.
    pub async fn gone(&self) {
        self.queue.closed().await;
    }

    /// Sends a text message.
    pub async fn text(&self, text: &str) -> Result<(), Unsent> {
        self.send(OpCode::Text, text.as_bytes()).await
    }

    /// Sends a ping.
    pub async fn ping(&self) -> Result<(), Unsent> {
        self.send(OpCode::Ping, b"").await
    }

    /// Answers a ping.
    pub async fn pong(&self, bytes: &[u8]) -> Result<(), Unsent> {
        self.send(OpCode::Pong, bytes).await
    }

    /// Sends the close frame; nothing may follow.
    pub async fn close(&self, code: u16, reason: &str) -> Result<(), Unsent> {
        let mut description = reason.to_owned();
        // A control frame holds 125 bytes, two of them for the code.
        description.truncate(description.floor_char_boundary(123));
        let reason = CloseReason {
            code: code.into(),
            description: Some(description),
        };
        let mut frame = BytesMut::new();
        Parser::write_close(&mut frame, Some(reason), false);
        self.raw(frame.freeze()).await
    }

    async fn send(&self, code: OpCode, payload: &[u8]) -> Result<(), Unsent> {
        let mut frame = BytesMut::new();
        Parser::write_message(&mut frame, payload, code, true, false);
        self.raw(frame.freeze()).await
    }

    /// Sends these bytes as they are.
    pub async fn raw(&self, bytes: Bytes) -> Result<(), Unsent> {
        match timeout(self.patience, self.queue.send(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Unsent::Gone),
            Err(_) => Err(Unsent::Stuck),
        }
    }
}
