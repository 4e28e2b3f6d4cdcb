//! What the server counts for whoever watches it; `/metrics` tells it.
//!
//! Names end as Prometheus wants them: counters in `_total`, times in seconds. Labels have few
//! values: no caller, number or text of a request becomes one.

use std::time::{Duration, Instant};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::db::Counts;

/// What a request was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OperationLabels {
    /// Its root field; `many`, `invalid` or `none` where it has not exactly one.
    pub operation: String,
    /// query, mutation or subscription.
    pub kind: &'static str,
}

/// What a request was, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// Its root field.
    pub operation: String,
    /// query, mutation or subscription.
    pub kind: &'static str,
    /// ok, user_error, error or refused.
    pub outcome: &'static str,
}

/// A command of the business, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CommandLabels {
    /// The mutation's name.
    pub command: &'static str,
    /// accepted, replayed, tried (a dry run), refused, busy or failed.
    pub outcome: &'static str,
}

/// The status of an answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct StatusLabels {
    /// Such as 200.
    pub status: u16,
}

/// Why a WebSocket ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CloseLabels {
    /// The close code; `gone` when the connection broke, `stuck` when the client took nothing.
    pub reason: String,
}

/// Everything that is counted; clones share it.
#[derive(Clone, Debug)]
pub struct Meters {
    /// Operations by what they were and what became of them.
    pub requests: Family<RequestLabels, Counter>,
    /// How long operations took.
    pub request_seconds: Family<OperationLabels, Histogram>,
    /// Answers over HTTP.
    pub answers: Family<StatusLabels, Counter>,
    /// Commands of the business.
    pub commands: Family<CommandLabels, Counter>,
    /// What the database counts of its transactions.
    pub transactions: Counts,
    /// Commands that wait for their turn.
    pub lane_queue: Gauge,
    /// Commands in one transaction.
    pub lane_batch: Histogram,
    /// How long commands waited for their turn.
    pub lane_wait: Histogram,
    /// Subscriptions that run.
    pub subscribers: Gauge,
    /// WebSockets that are open.
    pub sockets: Gauge,
    /// WebSockets that ended.
    pub closed: Family<CloseLabels, Counter>,
    /// Events that this server read for its subscribers.
    pub events: Counter,
    /// How old the newest event was when this server read it.
    pub event_lag: Gauge<f64, std::sync::atomic::AtomicU64>,
}

/// From half a millisecond to about 16 seconds.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 16))
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(seconds),
            answers: Family::default(),
            commands: Family::default(),
            transactions: Counts::default(),
            lane_queue: Gauge::default(),
            lane_batch: Histogram::new(exponential_buckets(1.0, 2.0, 7)),
            lane_wait: seconds(),
            subscribers: Gauge::default(),
            sockets: Gauge::default(),
            closed: Family::default(),
            events: Counter::default(),
            event_lag: Gauge::default(),
        }
    }
}

impl Meters {
    /// With the counts that the database keeps.
    #[must_use]
    pub fn counting(transactions: Counts) -> Self {
        Self {
            transactions,
            ..Self::default()
        }
    }

    /// Adds everything to what `/metrics` tells.
    pub fn register(&self, registry: &mut Registry) {
        let Self {
            requests,
            request_seconds,
            answers,
            commands,
            transactions,
            lane_queue,
            lane_batch,
            lane_wait,
            subscribers,
            sockets,
            closed,
            events,
            event_lag,
        } = self.clone();
        let all = registry.sub_registry_with_prefix("stockroom");
        let text = "Operations by root field, kind and outcome";
        all.register("requests", text, requests);
        let text = "How long operations took";
        all.register("request_duration_seconds", text, request_seconds);
        all.register("http_requests", "Answers over HTTP by status", answers);
        all.register("commands", "Commands by mutation and outcome", commands);
        let text = "Transactions that ran again because of a conflict";
        all.register("transaction_retries", text, transactions.retries);
        let text = "How long transactions waited for what they lock";
        all.register("lock_wait_seconds", text, transactions.lock_waits);
        let text = "Commands that wait for their turn";
        all.register("lane_queue_length", text, lane_queue);
        let text = "Commands that shared one transaction";
        all.register("lane_batch_size", text, lane_batch);
        let text = "How long commands waited for their turn";
        all.register("lane_wait_seconds", text, lane_wait);
        all.register("subscribers", "Subscriptions that run", subscribers);
        all.register("sockets", "WebSockets that are open", sockets);
        let text = "WebSockets that ended, by close code or otherwise";
        all.register("socket_closed", text, closed);
        let text = "Events that this server read for its subscribers";
        all.register("events_delivered", text, events);
        let text = "How old the newest event was when this server read it";
        all.register("event_lag_seconds", text, event_lag);
    }

    /// Counts what became of a command.
    pub fn command(&self, command: &'static str, outcome: &'static str) {
        let labels = CommandLabels { command, outcome };
        self.commands.get_or_create(&labels).inc();
    }
}

/// One more of something while it lives.
#[derive(Debug)]
pub struct Present(Gauge);

impl Present {
    /// Counts one in, until it is dropped.
    #[must_use]
    pub fn in_gauge(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// When something began.
#[derive(Clone, Copy, Debug)]
pub struct Began(Instant);

impl Began {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        Self(Instant::now())
    }

    /// How long ago.
    #[must_use]
    pub fn ago(self) -> Duration {
        self.0.elapsed()
    }
}
