//! Asks a server whether it is ready: for health checks of containers, which have no other client.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::{FAILED, OK, Outcome, say};
use crate::config::Config;

/// A server that does not answer in this time is not well.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// Asks the server of this configuration, on this machine.
pub(super) fn ask(config: &Config) -> Outcome {
    let host = match config.server.host.as_str() {
        // It listens everywhere; here too.
        "0.0.0.0" | "::" | "[::]" => "127.0.0.1",
        host => host,
    };
    let address = format!("{host}:{}", config.server.port);
    let status = match status(&address) {
        Ok(status) => status,
        Err(error) => {
            say(&format!("{address}: {error}"));
            return Ok(FAILED);
        }
    };
    say(&format!("{address}: {status}"));
    Ok(if status.contains(" 200 ") { OK } else { FAILED })
}

/// The status line of the answer.
fn status(address: &str) -> std::io::Result<String> {
    let mut places = address.to_socket_addrs()?;
    let place = places.next().ok_or(std::io::ErrorKind::NotFound)?;
    let mut stream = TcpStream::connect_timeout(&place, ANSWERS_WITHIN)?;
    stream.set_read_timeout(Some(ANSWERS_WITHIN))?;
    write!(stream, "GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(1_024).read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}
