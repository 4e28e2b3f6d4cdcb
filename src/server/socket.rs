//! A second handle on a connection's socket, to end it when its peer takes nothing.
//!
//! Once the peer's window is full the HTTP layer waits for it for ever; only the socket itself can
//! still be shut.

use std::{any::Any, net::Shutdown, sync::Arc};

use actix_web::{dev::Extensions, rt::net::TcpStream};

/// The handle, kept with the connection.
#[derive(Clone, Debug)]
pub struct Socket(Arc<std::net::TcpStream>);

impl Socket {
    /// Ends the connection in both directions, whatever is still unsent.
    pub fn cut(&self) {
        // It fails only when the connection is gone already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// For `HttpServer::on_connect`: keeps a handle on each connection's socket.
#[cfg(unix)]
pub fn remember(connection: &dyn Any, kept: &mut Extensions) {
    use std::os::fd::AsFd;

    let Some(stream) = connection.downcast_ref::<TcpStream>() else {
        return;
    };
    match stream.as_fd().try_clone_to_owned() {
        Ok(handle) => {
            kept.insert(Socket(Arc::new(handle.into())));
        }
        Err(error) => tracing::warn!(%error, "no handle on a connection's socket could be kept"),
    }
}

/// For `HttpServer::on_connect`: keeps a handle on each connection's socket.
#[cfg(windows)]
pub fn remember(connection: &dyn Any, kept: &mut Extensions) {
    use std::os::windows::io::AsSocket;

    let Some(stream) = connection.downcast_ref::<TcpStream>() else {
        return;
    };
    match stream.as_socket().try_clone_to_owned() {
        Ok(handle) => {
            kept.insert(Socket(Arc::new(handle.into())));
        }
        Err(error) => tracing::warn!(%error, "no handle on a connection's socket could be kept"),
    }
}
