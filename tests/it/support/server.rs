//! A server in this process, by the same path as `stockroom serve`, on a port of its own.

use std::collections::BTreeSet;

use entity::vocab::ApiTokenId;
use sea_orm::ConnectionTrait;
use stockroom::check::{self, Difference};
use stockroom::config::{Config, ServerSettings};
use stockroom::identity::token::ops::{CreateToken, create_as_operator};
use stockroom::identity::token::secret;
use stockroom::platform::actor::Scope;
use stockroom::platform::app::App;
use stockroom::platform::db::Db;
use stockroom::server::Server;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::client::Client;
use super::database::{self, Database, Engine};
use super::people;

/// A running server.
pub struct TestServer {
    engine: Engine,
    database_url: String,
    /// Of the server that was started first on it.
    database: Option<Database>,
    app: App,
    port: u16,
    /// Has every scope.
    token: String,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<std::io::Result<()>>>,
}

impl TestServer {
    /// A server on a fresh database.
    pub async fn start(engine: Engine) -> Self {
        Self::start_on(engine, Database::create(engine).await).await
    }

    /// A server on a database that goes away with it.
    pub async fn start_on(engine: Engine, database: Database) -> Self {
        let url = database.url().to_owned();
        Self::run(engine, url, Some(database), |_| {}).await
    }

    /// A server on a fresh database, configured otherwise.
    pub async fn start_with(engine: Engine, change: impl FnOnce(&mut Config)) -> Self {
        let database = Database::create(engine).await;
        let url = database.url().to_owned();
        Self::run(engine, url, Some(database), change).await
    }

    async fn run(
        engine: Engine,
        database_url: String,
        database: Option<Database>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = Config {
            server: ServerSettings {
                port: 0,
                ..ServerSettings::default()
            },
            database: database::settings(&database_url),
            ..Config::default()
        };
        people::make_passwords_cheap(&mut config);
        change(&mut config);
        let server = Server::build(&config)
            .await
            .unwrap_or_else(|error| panic!("the server does not start on {database_url}: {error}"));
        let (app, port) = (server.app().clone(), server.port());
        let token = token(&app.db, Scope::ALL).await;
        let (stop, stopping) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run_until_stopped(async move {
            // An error means that the sender is gone, which says the same.
            let _ = stopping.await;
        }));
        Self {
            engine,
            database_url,
            database,
            app,
            port,
            token,
            stop: Some(stop),
            running: Some(running),
        }
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/graphql", self.port)
    }

    pub fn ws_url(&self) -> String {
        format!("ws://127.0.0.1:{}/graphql", self.port)
    }

    pub fn database_url(&self) -> String {
        self.database_url.clone()
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    /// A client with a token that has every scope.
    pub fn client(&self) -> Client {
        Client::new(self.url(), Some(self.token.clone()))
    }

    /// A client with a token that has just these scopes.
    pub async fn client_with(&self, scopes: &[Scope]) -> Client {
        Client::new(self.url(), Some(token(&self.app.db, scopes).await))
    }

    /// A client without a token.
    pub fn anonymous(&self) -> Client {
        Client::new(self.url(), None)
    }

    /// A server on a database that another one made.
    pub async fn beside(engine: Engine, url: String, change: impl FnOnce(&mut Config)) -> Self {
        Self::run(engine, url, None, change).await
    }

    /// A second server on the same database. Stop it, or drop it, before the first.
    pub async fn second(&self) -> Self {
        assert_eq!(
            self.engine,
            Engine::Postgres,
            "a SQLite file has one server"
        );
        Self::run(self.engine, self.database_url(), None, |_| {}).await
    }

    /// Stops the server and starts another on the same database.
    pub async fn restart(mut self) -> Self {
        let database = self.database.take();
        let (engine, url) = (self.engine, self.database_url());
        self.end().await;
        Self::run(engine, url, database, |_| {}).await
    }

    /// Runs SQL on the database, past all rules.
    pub async fn sql(&self, statement: &str) {
        self.app
            .db
            .writer()
            .execute_unprepared(statement)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    /// What `stockroom check` says.
    pub async fn differences(&self) -> Vec<Difference> {
        check::run(&self.app.db)
            .await
            .expect("the books can be checked")
    }

    /// Stops the server in order, and removes its database.
    pub async fn stop(mut self) {
        self.end().await;
        if let Some(database) = self.database.take() {
            database.remove().await;
        }
    }

    /// Stops the server; its books must be right.
    pub async fn stop_with_right_books(self) {
        let differences = self.differences().await;
        let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
        assert!(
            lines.is_empty(),
            "the books are wrong:\n{}",
            lines.join("\n")
        );
        self.stop().await;
    }

    async fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            // When it ended by itself there is nobody to tell.
            let _ = stop.send(());
        }
        if let Some(running) = self.running.take() {
            running
                .await
                .expect("the server does not panic")
                .expect("the server ends in order");
        }
    }
}

/// Makes a token on behalf of whoever runs the server; its secret.
pub async fn token(db: &Db, scopes: &[Scope]) -> String {
    let secret = secret::generate();
    let command = CreateToken {
        id: ApiTokenId::generate(),
        name: "test".to_owned(),
        scopes: scopes.iter().copied().collect::<BTreeSet<Scope>>(),
        description: None,
        expires_at: None,
        secret: secret.clone(),
    };
    create_as_operator(db, &command)
        .await
        .unwrap_or_else(|error| panic!("no token can be made: {error:?}"));
    secret
}
