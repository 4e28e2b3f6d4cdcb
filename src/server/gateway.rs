//! What every handler of the transport shares: the schema, the callers, the limits, the tasks.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{ObjectType, Request, Response, Schema, SubscriptionType};
use futures_util::{future::BoxFuture, stream::BoxStream};
use tokio::{runtime::Handle, sync::watch, task::JoinHandle};

use super::documents::Documents;
use super::limits::TransportLimits;
use crate::platform::actor::{Actor, Unauthenticated};
use crate::platform::meters::Meters;

/// Tells who calls from the bearer token, if one was given; without one, the anonymous actor.
pub type Authenticate =
    Arc<dyn Fn(Option<String>) -> BoxFuture<'static, Result<Actor, Unauthenticated>> + Send + Sync>;

/// Adds to a request what its resolvers need: the actor, loaders.
pub type Prepare = Arc<dyn Fn(Request, &Actor) -> Request + Send + Sync>;

type Execute = dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync;
type Subscribe = dyn Fn(Request) -> BoxStream<'static, Response> + Send + Sync;

/// Runs requests on some schema, whatever its types are.
#[derive(Clone)]
pub struct Executor {
    execute: Arc<Execute>,
    stream: Arc<Subscribe>,
}

impl Executor {
    /// An executor for this schema.
    pub fn of<Q, M, S>(schema: Schema<Q, M, S>) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let streaming = schema.clone();
        Self {
            execute: Arc::new(move |request| {
                let schema = schema.clone();
                Box::pin(async move { schema.execute(request).await })
            }),
            stream: Arc::new(move |request| streaming.execute_stream(request)),
        }
    }

    /// Runs a query or a mutation.
    pub fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        (self.execute)(request)
    }

    /// Starts a subscription.
    pub fn stream(&self, request: Request) -> BoxStream<'static, Response> {
        (self.stream)(request)
    }
}

/// The state that all handlers share.
pub struct Gateway {
    /// Runs the requests.
    pub executor: Executor,
    /// Tells who calls.
    pub authenticate: Authenticate,
    /// Adds the data of a request.
    pub prepare: Prepare,
    /// What is put up with.
    pub limits: TransportLimits,
    /// Where mutations run: it must outlive the workers of the HTTP server.
    pub runtime: Handle,
    /// Becomes true when the server is to stop: WebSockets are closed.
    pub shutdown: watch::Receiver<bool>,
    /// What is counted.
    pub meters: Meters,
    /// What takes as long as this is told in the log.
    pub slow: Duration,
    /// Documents that came before.
    pub documents: Documents,
    /// The open WebSockets of this server.
    pub connections: Connections,
    /// The mutations that run.
    pub commands: Commands,
}

/// Counts the open WebSockets of a server.
#[derive(Clone, Debug, Default)]
pub struct Connections(Arc<AtomicUsize>);

/// The place of one open WebSocket; freed when dropped.
#[derive(Debug)]
pub struct Seat(Arc<AtomicUsize>);

impl Connections {
    /// A place for one more connection, unless there are `most` already.
    pub fn take_seat(&self, most: usize) -> Option<Seat> {
        let seat = Seat(Arc::clone(&self.0));
        // Counted first and given back by the drop, so that two at once cannot both be the last.
        (self.0.fetch_add(1, Ordering::SeqCst) < most).then_some(seat)
    }

    /// How many are open.
    pub fn open(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Mutations in tasks of their own, so that a dropped connection cancels none half-way.
#[derive(Clone, Debug)]
pub struct Commands(Arc<watch::Sender<usize>>);

impl Default for Commands {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

struct Running(Arc<watch::Sender<usize>>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Commands {
    /// Starts a command that runs to its end whether or not anyone waits for it.
    pub fn spawn<F>(&self, runtime: &Handle, command: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.0.send_modify(|count| *count += 1);
        let running = Running(Arc::clone(&self.0));
        runtime.spawn(async move {
            let _running = running;
            command.await
        })
    }

    /// How many run.
    pub fn running(&self) -> usize {
        *self.0.borrow()
    }

    /// Waits until none runs: call it after the HTTP server has stopped, before the process ends.
    pub async fn idle(&self) {
        let mut count = self.0.subscribe();
        // The sender is ours, so the channel cannot be closed while we wait.
        let _ = count.wait_for(|count| *count == 0).await;
    }
}
