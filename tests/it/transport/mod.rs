//! The transport, spoken to over real HTTP and WebSocket, on a toy schema.

mod client;
mod http;
mod limits;
mod sse;
mod toy;
mod websocket;
mod ws_limits;
