//! Reads whole WebSocket messages from a request's payload, within a size.
//!
//! The stream of `actix-ws` checks a frame's length only once the whole frame is in memory; here
//! the length is read from the frame's head.

use actix_http::ws::{OpCode, Parser, ProtocolError};
use actix_web::{
    dev::Payload,
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;

/// A message or a control frame from the client.
#[derive(Debug)]
pub enum Incoming {
    /// A whole text message.
    Text(String),
    /// A whole binary message; nothing here uses them.
    Binary,
    /// A ping, to be answered with the same bytes.
    Ping(Bytes),
    /// The answer to a ping of ours.
    Pong,
    /// The client closes.
    Close,
}

/// Why nothing more can be read.
#[derive(Debug)]
pub enum Broken {
    /// The connection ended.
    Gone,
    /// A message is larger than the limit.
    TooLarge,
    /// A text is not UTF-8.
    NotUtf8,
    /// The frames break the protocol.
    Protocol(ProtocolError),
}

/// A frame: whether it is the last of its message, what it is, what it holds.
type Frame = (bool, OpCode, BytesMut);

/// A message whose fragments arrive.
struct Partial {
    is_text: bool,
    bytes: BytesMut,
}

/// The reading half of a WebSocket.
pub struct Inbox {
    payload: Payload,
    buffer: BytesMut,
    limit: usize,
    partial: Option<Partial>,
}

impl Inbox {
    /// Reads from this payload messages of at most `limit` bytes.
    pub fn new(payload: Payload, limit: usize) -> Self {
        Self {
            payload,
            buffer: BytesMut::new(),
            limit,
            partial: None,
        }
    }

    /// The next message. It may be dropped while it waits, and nothing is lost.
    pub async fn next(&mut self) -> Result<Incoming, Broken> {
        loop {
            while let Some(frame) = self.frame()? {
                if let Some(message) = self.take(frame)? {
                    return Ok(message);
                }
            }
            match self.payload.next().await {
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                Some(Err(_)) | None => return Err(Broken::Gone),
            }
        }
    }

    /// Waits until the client closes too, or is gone.
    pub async fn until_closed(&mut self) {
        loop {
            match self.next().await {
                Ok(Incoming::Close) | Err(Broken::Gone) => return,
                Ok(_) => {}
                // Where frames cannot be told apart any more, only the end is waited for.
                Err(_) => break,
            }
        }
        while let Some(Ok(_)) = self.payload.next().await {}
    }

    fn frame(&mut self) -> Result<Option<Frame>, Broken> {
        if declared_length(&self.buffer).is_some_and(|length| length > self.limit as u64) {
            return Err(Broken::TooLarge);
        }
        match Parser::parse(&mut self.buffer, true, self.limit) {
            Ok(frame) => {
                Ok(frame.map(|(is_last, code, bytes)| (is_last, code, bytes.unwrap_or_default())))
            }
            Err(ProtocolError::Overflow) => Err(Broken::TooLarge),
            Err(error) => Err(Broken::Protocol(error)),
        }
    }

    fn take(&mut self, (is_last, code, bytes): Frame) -> Result<Option<Incoming>, Broken> {
        match code {
            OpCode::Text | OpCode::Binary if self.partial.is_some() => {
                Err(Broken::Protocol(ProtocolError::ContinuationStarted))
            }
            OpCode::Text | OpCode::Binary => {
                let is_text = code == OpCode::Text;
                self.partial = Some(Partial { is_text, bytes });
                self.whole(is_last)
            }
            OpCode::Continue => {
                let Some(partial) = self.partial.as_mut() else {
                    return Err(Broken::Protocol(ProtocolError::ContinuationNotStarted));
                };
                if partial.bytes.len() + bytes.len() > self.limit {
                    return Err(Broken::TooLarge);
                }
                partial.bytes.extend_from_slice(&bytes);
                self.whole(is_last)
            }
            control if !is_last => Err(Broken::Protocol(ProtocolError::ContinuationFragment(
                control,
            ))),
            OpCode::Ping => Ok(Some(Incoming::Ping(bytes.freeze()))),
            OpCode::Pong => Ok(Some(Incoming::Pong)),
            OpCode::Close => Ok(Some(Incoming::Close)),
            OpCode::Bad => Err(Broken::Protocol(ProtocolError::BadOpCode)),
        }
    }

    fn whole(&mut self, is_last: bool) -> Result<Option<Incoming>, Broken> {
        if !is_last {
            return Ok(None);
        }
        match self.partial.take() {
            Some(Partial {
                is_text: true,
                bytes,
            }) => text(bytes.to_vec()).map(Some),
            _ => Ok(Some(Incoming::Binary)),
        }
    }
}

fn text(bytes: Vec<u8>) -> Result<Incoming, Broken> {
    String::from_utf8(bytes)
        .map(Incoming::Text)
        .map_err(|_| Broken::NotUtf8)
}

/// The payload's length as the frame's head gives it (RFC 6455, 5.2), once that much has arrived.
fn declared_length(buffer: &[u8]) -> Option<u64> {
    match buffer.get(1)? & 0x7f {
        126 => {
            let bytes: [u8; 2] = buffer.get(2..4)?.try_into().ok()?;
            Some(u64::from(u16::from_be_bytes(bytes)))
        }
        127 => {
            let bytes: [u8; 8] = buffer.get(2..10)?.try_into().ok()?;
            Some(u64::from_be_bytes(bytes))
        }
        short => Some(u64::from(short)),
    }
}
