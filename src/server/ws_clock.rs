//! When something is due on a WebSocket connection.

use std::time::Duration;

use tokio::time::Instant;

use super::limits::TransportLimits;

/// The times of one connection.
pub struct Clock {
    /// Until when the client must have introduced itself; none once it has.
    pub init: Option<Instant>,
    /// When the next ping is due.
    pub ping: Instant,
    /// When the token is to be checked again.
    pub reauthentication: Option<Instant>,
    /// When the client last sent something.
    pub last_heard: Instant,
    /// Since when the queue of outgoing messages is full.
    full_since: Option<Instant>,
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub enum Due {
    /// The client takes nothing, or is silent for too long: it is given up.
    GiveUp,
    /// The client did not introduce itself.
    Init,
    /// A ping.
    Ping,
    /// A check of the token.
    Reauthentication,
}

impl Clock {
    /// The times of a connection that opens now.
    pub fn new(limits: &TransportLimits) -> Self {
        let now = Instant::now();
        Self {
            init: Some(now + limits.ws_init()),
            ping: now + limits.ws_ping(),
            reauthentication: None,
            last_heard: now,
            full_since: None,
        }
    }

    /// Notes whether the queue of outgoing messages is full.
    pub fn note_queue(&mut self, is_full: bool) {
        if is_full {
            self.full_since.get_or_insert_with(Instant::now);
        } else {
            self.full_since = None;
        }
    }

    /// Notes that the client took something, though the queue may be full again.
    pub fn note_progress(&mut self) {
        self.full_since = None;
    }

    /// When the next thing is due.
    pub fn next(&self, patience: Duration) -> Instant {
        let stuck = self.full_since.map(|since| since + patience);
        let due = [self.init, self.reauthentication, stuck];
        due.into_iter().flatten().fold(self.ping, Instant::min)
    }

    /// The next thing that is due now, noted as done.
    pub fn take(&mut self, limits: &TransportLimits) -> Option<Due> {
        let now = Instant::now();
        let is_past = |due: Option<Instant>| due.is_some_and(|due| now >= due);
        let pause = limits.ws_ping();
        if is_past(self.full_since.map(|since| since + limits.ws_send())) {
            Some(Due::GiveUp)
        } else if is_past(self.init) {
            Some(Due::Init)
        } else if is_past(self.reauthentication) {
            self.reauthentication = None;
            Some(Due::Reauthentication)
        } else if is_past(Some(self.ping)) {
            self.ping = now + pause;
            let is_silent = now >= self.last_heard + pause * 5 / 2;
            Some(if is_silent { Due::GiveUp } else { Due::Ping })
        } else {
            None
        }
    }
}
