//! Every limit of the transport, in one place, so that a deployment can set and see them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What the transport puts up with. Sizes are in bytes, times in milliseconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TransportLimits {
    /// Largest body of a POST; a larger one is answered with 413.
    pub body_bytes: usize,
    /// Time in which a whole body must have arrived; a slower one is answered with 408.
    pub body_read_ms: u64,
    /// Largest GraphQL document.
    pub document_bytes: usize,
    /// Most lexical tokens in a document.
    pub document_tokens: usize,
    /// Longest name or bare number in a document.
    pub document_name_bytes: usize,
    /// Deepest nesting of braces, brackets and parentheses: the parser is recursive.
    pub document_nesting: usize,
    /// Most selections after every fragment is expanded, over all operations of a document.
    pub expanded_selections: usize,
    /// Longest run of a query, over HTTP and WebSocket alike. A mutation once begun is not cut:
    /// the database limits its statements.
    pub query_run_ms: u64,
    /// Most errors told in one response; a last one says how many were left out.
    pub errors_per_response: usize,
    /// Longest error message, in characters; a longer one is cut.
    pub error_message_chars: usize,
    /// Time in which a WebSocket client must have introduced itself (`connection_init`).
    pub ws_init_ms: u64,
    /// Largest WebSocket message, whether in one frame or in many.
    pub ws_message_bytes: usize,
    /// Most operations that run at once on one connection.
    pub ws_operations: usize,
    /// Outgoing messages that wait for the socket of one connection; while they do, no
    /// subscription of that connection is asked for its next event.
    pub ws_send_queue: usize,
    /// A reader that takes nothing for this long is disconnected.
    pub ws_send_ms: u64,
    /// Pause between pings; a client silent for two of them and a half is disconnected.
    pub ws_ping_ms: u64,
    /// Most WebSocket connections of one server.
    pub ws_connections: usize,
    /// Pause between checks that a connection's token is still good.
    pub ws_reauthentication_ms: u64,
}

impl Default for TransportLimits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            body_read_ms: 15_000,
            document_bytes: 256 * 1024,
            document_tokens: 20_000,
            document_name_bytes: 256,
            document_nesting: 100,
            expanded_selections: 5_000,
            query_run_ms: 30_000,
            errors_per_response: 20,
            error_message_chars: 1_000,
            ws_init_ms: 10_000,
            ws_message_bytes: 1024 * 1024,
            ws_operations: 50,
            ws_send_queue: 8,
            ws_send_ms: 10_000,
            ws_ping_ms: 20_000,
            ws_connections: 10_000,
            ws_reauthentication_ms: 30_000,
        }
    }
}

impl TransportLimits {
    /// Time for a whole body.
    pub fn body_read(&self) -> Duration {
        Duration::from_millis(self.body_read_ms)
    }

    /// Time for a query.
    pub fn query_run(&self) -> Duration {
        Duration::from_millis(self.query_run_ms)
    }

    /// Time for `connection_init`.
    pub fn ws_init(&self) -> Duration {
        Duration::from_millis(self.ws_init_ms)
    }

    /// Time in which a reader must take something.
    pub fn ws_send(&self) -> Duration {
        Duration::from_millis(self.ws_send_ms)
    }

    /// Pause between pings; never zero, which would ping without end.
    pub fn ws_ping(&self) -> Duration {
        Duration::from_millis(self.ws_ping_ms.max(1))
    }

    /// Pause between checks of a token; never zero.
    pub fn ws_reauthentication(&self) -> Duration {
        Duration::from_millis(self.ws_reauthentication_ms.max(1))
    }
}
