//! A toy schema with one field per way to behave, and a server for it.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{App, HttpServer, dev::ServerHandle, web};
use async_graphql::{Context, Error, ErrorExtensions, Object, Result, Schema, Subscription};
use futures_util::{FutureExt, Stream, StreamExt, stream};
use stockroom::{
    platform::{
        actor::{Actor, Unauthenticated},
        meters::Meters,
        request_id::RequestId,
    },
    server::{
        Authenticate, Commands, Connections, Documents, Executor, Gateway, TransportLimits, routes,
        socket,
    },
};
use tokio::sync::{Semaphore, watch};

/// What a test sees and steers of its server.
pub struct Probe {
    /// How often the mutation took effect.
    pub bumps: watch::Sender<usize>,
    /// A permit for each slow field that was entered.
    pub entered: Semaphore,
    /// Slow fields wait for a permit of it.
    pub gate: Semaphore,
    /// Streams that are alive.
    pub alive: watch::Sender<usize>,
    /// Items that the flood has yielded.
    pub flooded: AtomicUsize,
    /// Tokens that are no longer good.
    pub revoked: Mutex<Vec<String>>,
    /// How often someone was authenticated.
    pub authentications: AtomicUsize,
}

impl Probe {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            bumps: watch::Sender::new(0),
            entered: Semaphore::new(0),
            gate: Semaphore::new(0),
            alive: watch::Sender::new(0),
            flooded: AtomicUsize::new(0),
            revoked: Mutex::default(),
            authentications: AtomicUsize::new(0),
        })
    }

    /// Waits until a slow field was entered.
    pub async fn someone_entered(&self) {
        self.entered
            .acquire()
            .await
            .expect("it is never closed")
            .forget();
    }

    /// Waits until this many streams are alive.
    pub async fn streams(&self, count: usize) {
        let mut alive = self.alive.subscribe();
        alive
            .wait_for(|alive| *alive == count)
            .await
            .expect("the probe is alive");
    }

    /// Waits until the mutation has taken effect this often.
    pub async fn bumped(&self, count: usize) {
        let mut bumps = self.bumps.subscribe();
        bumps
            .wait_for(|bumps| *bumps == count)
            .await
            .expect("the probe is alive");
    }

    async fn pass_gate(&self) {
        self.entered.add_permits(1);
        self.gate
            .acquire()
            .await
            .expect("it is never closed")
            .forget();
    }
}

/// Counts a stream as alive until it is dropped.
struct Alive(Arc<Probe>);

impl Alive {
    fn new(probe: &Arc<Probe>) -> Self {
        probe.alive.send_modify(|alive| *alive += 1);
        Self(Arc::clone(probe))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.alive.send_modify(|alive| *alive -= 1);
    }
}

fn probe<'a>(context: &Context<'a>) -> &'a Arc<Probe> {
    context.data_unchecked::<Arc<Probe>>()
}

fn explode() -> i32 {
    panic!("the inside: password=hunter2")
}

pub struct Query;

#[Object]
impl Query {
    async fn hello(
        &self,
        #[graphql(default_with = "String::from(\"world\")")] name: String,
    ) -> String {
        format!("hello {name}")
    }
    async fn required_fails(&self) -> Result<i32> {
        Err(Error::new("the inside: password=hunter2"))
    }
    async fn nullable_fails(&self) -> Option<Result<i32>> {
        Some(Err(Error::new("the inside: password=hunter2")))
    }
    async fn forbidden(&self) -> Option<Result<i32>> {
        let error = Error::new("you may not").extend_with(|_, e| e.set("code", "FORBIDDEN"));
        Some(Err(error))
    }
    async fn panics(&self) -> i32 {
        explode()
    }
    async fn slow(&self, context: &Context<'_>) -> i32 {
        probe(context).pass_gate().await;
        1
    }
    async fn request_id(&self, context: &Context<'_>) -> String {
        context.data_unchecked::<RequestId>().0.clone()
    }
    async fn even(&self, #[graphql(validator(multiple_of = 2))] number: i32) -> Option<i32> {
        Some(number)
    }
    async fn nest(&self) -> Query {
        Query
    }
}

pub struct Mutation;

#[Object]
impl Mutation {
    async fn bump(&self, context: &Context<'_>) -> usize {
        let bumps = &probe(context).bumps;
        bumps.send_modify(|bumps| *bumps += 1);
        *bumps.borrow()
    }
    async fn bump_slowly(&self, context: &Context<'_>) -> usize {
        probe(context).pass_gate().await;
        self.bump(context).await.unwrap_or_default()
    }
    async fn panics(&self) -> i32 {
        explode()
    }
}

pub struct Subscription_;

#[Subscription(name = "Subscription")]
impl Subscription_ {
    /// Counts from 1.
    async fn count(&self, context: &Context<'_>, to: i32) -> impl Stream<Item = i32> + use<> {
        let alive = Alive::new(probe(context));
        stream::iter(1..=to).map(move |number| {
            let _alive = &alive;
            number
        })
    }
    /// Never yields.
    async fn silence(&self, context: &Context<'_>) -> impl Stream<Item = i32> + use<> {
        let alive = Alive::new(probe(context));
        stream::pending().map(move |number| {
            let _alive = &alive;
            number
        })
    }
    /// Yields texts of a size without end.
    async fn flood(
        &self,
        context: &Context<'_>,
        size: usize,
    ) -> impl Stream<Item = String> + use<> {
        let alive = Alive::new(probe(context));
        stream::repeat_with(move || {
            alive.0.flooded.fetch_add(1, Ordering::SeqCst);
            "x".repeat(size)
        })
    }
    async fn fails(&self) -> Result<stream::Empty<i32>> {
        Err(Error::new("too old").extend_with(|_, e| e.set("code", "CURSOR_EXPIRED")))
    }
    async fn panics(&self) -> impl Stream<Item = i32> + use<> {
        stream::iter(1..3).map(|number| if number == 2 { explode() } else { number })
    }
}

/// A running server.
pub struct Toy {
    pub address: SocketAddr,
    pub probe: Arc<Probe>,
    pub connections: Connections,
    pub shutdown: watch::Sender<bool>,
    handle: ServerHandle,
}

impl Drop for Toy {
    fn drop(&mut self) {
        // The order to stop is given at once; nobody waits for its end.
        drop(self.handle.stop(false));
    }
}

impl Toy {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut TransportLimits)) -> Self {
        Self::bind("127.0.0.1:0", change)
    }

    pub fn bind(address: &str, change: impl FnOnce(&mut TransportLimits)) -> Self {
        let mut limits = TransportLimits::default();
        change(&mut limits);
        let probe = Probe::new();
        let schema = Schema::build(Query, Mutation, Subscription_)
            .data(Arc::clone(&probe))
            .limit_depth(20)
            .finish();
        let (shutdown, stopping) = watch::channel(false);
        let connections = Connections::default();
        let gateway = web::Data::new(Gateway {
            executor: Executor::of(schema),
            authenticate: authenticate(Arc::clone(&probe)),
            prepare: Arc::new(|request, _: &Actor| request),
            limits,
            runtime: tokio::runtime::Handle::current(),
            shutdown: stopping,
            meters: Meters::default(),
            slow: Duration::from_secs(60),
            documents: Documents::default(),
            connections: connections.clone(),
            commands: Commands::default(),
        });
        let server = HttpServer::new(move || {
            let gateway = gateway.clone();
            App::new().configure(|config| routes(config, gateway))
        })
        .on_connect(socket::remember)
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .bind(address)
        .expect("the address is free");
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            address,
            probe,
            connections,
            shutdown,
            handle,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }
}

/// `good` and what begins with it is a token, `down` meets a database that is away.
fn authenticate(probe: Arc<Probe>) -> Authenticate {
    Arc::new(move |token| {
        probe.authentications.fetch_add(1, Ordering::SeqCst);
        let revoked = probe.revoked.lock().expect("no test panics with it");
        let outcome = match token.as_deref() {
            None => Ok(Actor::anonymous()),
            Some("down") => Err(Unauthenticated::Unavailable),
            Some(token) if revoked.iter().any(|gone| gone == token) => {
                Err(Unauthenticated::Invalid)
            }
            Some(token) if token.starts_with("good") => Ok(Actor::anonymous()),
            Some(_) => Err(Unauthenticated::Invalid),
        };
        std::future::ready(outcome).boxed()
    })
}
