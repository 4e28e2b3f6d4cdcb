//! The server: everything put together, a port to ask for, and an orderly end. Tests go through
//! the same door as `main`.

pub mod accept;
pub mod body;
pub mod bombs;
pub mod document;
pub mod documents;
pub mod errors;
pub mod frames;
pub mod gateway;
pub mod http;
pub mod identify;
pub mod limits;
pub mod operations;
pub mod outbox;
pub mod pages;
pub mod params;
pub mod reply;
pub mod run;
pub mod socket;
pub mod sse;
mod sweeper;
pub mod token;
pub mod trace;
pub mod watch;
pub mod websocket;
pub mod ws_clock;
pub mod ws_end;
pub mod ws_protocol;
pub mod ws_session;
pub mod ws_state;
pub mod ws_streams;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App as WebApp, HttpServer, web};
use async_graphql::{Request, Response};
use futures_util::future::BoxFuture;
use migration::{Migrator, MigratorTrait};
use tokio::runtime::Handle;
use tokio::sync::watch::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout_at};

use crate::check;
use crate::config::Config;
use crate::graphql::fetch;
use crate::identity::access::{Access, AccessError};
use crate::identity::company::store::{self as company, CompanyError};
use crate::identity::session::authenticate::Callers;
use crate::identity::session::keys::Keys;
use crate::identity::token::uses::Uses;
use crate::identity::user::first::{self, First};
use crate::identity::user::password::Passwords;
use crate::platform::actor::Actor;
use crate::platform::app::App;
use crate::platform::bus::Bus;
use crate::platform::db::{ConnectError, Db};
use crate::platform::meters::Meters;
use crate::sales::order::place;
use crate::schema;

pub use documents::Documents;
pub use gateway::{Authenticate, Commands, Connections, Executor, Gateway, Prepare};
pub use http::routes;
pub use limits::TransportLimits;
use operations::Operations;
use pages::Pages;

/// How long requests that were accepted may still take when the server stops.
const STOP_WITHIN: Duration = Duration::from_secs(8);
/// How much longer the commands of those whose connections are gone may take.
const STOP_GRACE: Duration = Duration::from_secs(1);

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The company.
    #[error(transparent)]
    Company(#[from] CompanyError),
    /// Signing in.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The tables.
    #[error("cannot bring the database up to date: {0}")]
    Migrate(sea_orm::DbErr),
    /// The events.
    #[error("cannot read events: {0}")]
    Events(sea_orm::DbErr),
    /// The port.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: String,
        /// Why.
        source: std::io::Error,
    },
}

/// A server that is ready to run.
pub struct Server {
    app: App,
    listener: TcpListener,
    port: u16,
    gateway: web::Data<Gateway>,
    stop: Sender<bool>,
    operations: web::Data<Operations>,
    pages: Pages,
    first: Option<First>,
}

impl Server {
    /// Connects, brings the tables up to date, opens the books, and binds the port.
    ///
    /// # Errors
    /// [`StartError`], with a line that says what to do.
    pub async fn build(config: &Config) -> Result<Self, StartError> {
        let db = Db::connect(&config.database).await?;
        migrate(&db).await.map_err(StartError::Migrate)?;
        let company = company::open(&db, &config.company).await?;
        let (access, first) = open_access(&db, config).await?;
        let (stop, stopping) = channel(false);
        let meters = Meters::counting(db.counts());
        let bus = Bus::start(db.apart(), stopping.clone(), meters.clone())
            .await
            .map_err(StartError::Events)?;
        let app = App {
            db,
            bus,
            company,
            meters,
        };
        let for_sweeping = App {
            db: app.db.apart(),
            ..app.clone()
        };
        tokio::spawn(sweeper::run(for_sweeping, stopping.clone()));
        let address = format!("{}:{}", config.server.host, config.server.port);
        let listening = TcpListener::bind(&address).and_then(|listener| {
            let port = listener.local_addr()?.port();
            Ok((listener, port))
        });
        let (listener, port) =
            listening.map_err(|source| StartError::Listen { address, source })?;
        let operations = Operations::of(&app, stopping.clone(), config.server.metrics);
        let operations = web::Data::new(operations);
        let gateway = web::Data::new(gateway(&app, access, config, stopping));
        Ok(Self {
            app,
            listener,
            port,
            gateway,
            stop,
            operations,
            pages: Pages {
                graphiql: config.server.graphiql,
                demo_token: None,
            },
            first,
        })
    }

    /// In demo mode: the pages use this token, and there is a stock board.
    #[must_use]
    pub fn in_demo_mode(mut self, token: &str) -> Self {
        self.pages.demo_token = Some(token.to_owned());
        self
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The database and the bus, for whoever runs the server in the same process.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The first administrator, when this start made it.
    #[must_use]
    pub fn first_administrator(&self) -> Option<&First> {
        self.first.as_ref()
    }

    /// Runs an operation as somebody, without the transport.
    pub async fn execute(&self, request: Request, actor: &Actor) -> Response {
        self.caller().execute(request, actor).await
    }

    /// For whoever runs operations in the same process while the server runs.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller(self.gateway.clone())
    }

    /// Ends without having served: lets what was begun end, and closes the database.
    pub async fn close(self) {
        self.stop.send_replace(true);
        end_commands(&self.gateway, Instant::now() + STOP_WITHIN).await;
        self.app.db.close().await;
    }

    /// Serves until `stop` resolves; then takes no new connection, closes sockets with a reason,
    /// and lets what was accepted end.
    ///
    /// # Errors
    /// When the HTTP server cannot run.
    pub async fn run_until_stopped(self, stop: impl Future<Output = ()>) -> std::io::Result<()> {
        let gateway = self.gateway.clone();
        let ending = gateway.clone();
        let operations = self.operations.clone();
        let pages = self.pages.clone();
        let http = HttpServer::new(move || {
            WebApp::new()
                .app_data(gateway.clone())
                .wrap(from_fn(watch::answers))
                .wrap(from_fn(identify::identify))
                .configure(|service| operations::routes(service, operations.clone()))
                .configure(|service| pages::routes(service, &pages))
                .configure(|service| routes(service, gateway.clone()))
        });
        let running = http
            .on_connect(socket::remember)
            .disable_signals()
            .shutdown_timeout(STOP_WITHIN.as_secs())
            .listen(self.listener)?
            .run();
        let handle = running.handle();
        let running = tokio::spawn(running);
        stop.await;
        tracing::info!("stopping");
        let until = Instant::now() + STOP_WITHIN + STOP_GRACE;
        self.stop.send_replace(true);
        handle.stop(true).await;
        end_commands(&ending, until).await;
        let ended = running.await;
        self.app.db.close().await;
        ended.unwrap_or_else(|error| Err(std::io::Error::other(error)))
    }
}

/// Runs operations without the transport; clones share the server.
#[derive(Clone)]
pub struct Caller(web::Data<Gateway>);

impl Caller {
    /// Runs an operation as somebody.
    pub async fn execute(&self, request: Request, actor: &Actor) -> Response {
        let request = (self.0.prepare)(request, actor);
        self.0.executor.execute(request).await
    }
}

/// Waits for the commands that run, until then.
async fn end_commands(gateway: &Gateway, until: Instant) {
    let idle = gateway.commands.idle();
    if timeout_at(until, idle).await.is_err() {
        tracing::warn!("some commands did not end in time; what they did is whole or absent");
    }
}

/// What signing in needs. Of several servers that start at once one makes what is made once.
async fn open_access(db: &Db, config: &Config) -> Result<(Access, Option<First>), StartError> {
    let turn = db.exclusive().await.map_err(StartError::Migrate)?;
    let access = Access {
        passwords: Passwords::new(&config.access)?,
        keys: Keys::open(&db.apart(), &config.access).await?,
    };
    let first = first::administrator(db, &access, &config.admin).await?;
    drop(turn);
    Ok((access, first))
}

/// The schema with everything it needs, behind the transport.
fn gateway(app: &App, access: Access, config: &Config, shutdown: Receiver<bool>) -> Gateway {
    let schema = schema::builder()
        .data(app.clone())
        .data(access.clone())
        .data(place::start_lane(app))
        .data(check::Turn::default())
        .finish();
    let for_loaders = app.db.clone();
    let uses = Uses::start(app.db.apart(), shutdown.clone());
    let callers = Callers::start(app.db.apart(), access, uses);
    let authenticate: Authenticate = Arc::new(move |token| -> BoxFuture<'static, _> {
        let callers = callers.clone();
        Box::pin(async move {
            match token {
                None => Ok(Actor::anonymous()),
                Some(token) => callers.of(&token).await,
            }
        })
    });
    let prepare: Prepare = Arc::new(move |request, actor: &Actor| {
        request
            .data(actor.clone())
            .data(fetch::Loaders::new(&for_loaders))
    });
    Gateway {
        executor: Executor::of(schema),
        authenticate,
        prepare,
        limits: config.transport.clone(),
        runtime: Handle::current(),
        shutdown,
        meters: app.meters.clone(),
        slow: config.log.slow(),
        documents: Documents::default(),
        connections: Connections::default(),
        commands: Commands::default(),
    }
}

/// Brings the tables up to date. Of several servers that start at once, one does it and the others
/// wait.
///
/// # Errors
/// The database's.
pub async fn migrate(db: &Db) -> Result<(), sea_orm::DbErr> {
    let _turn = db.exclusive().await?;
    Migrator::up(db.writer(), None).await
}
