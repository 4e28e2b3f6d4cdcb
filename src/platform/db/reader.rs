//! Reading outside of transactions: each statement on a connection of a pool.
//!
//! The pool of sqlx asks the database after every statement whether the connection is still good,
//! in a task of its own. That is a second round trip for each, and as much work again as most of
//! our statements. Here a connection is trusted until it fails; then the statement, which only
//! reads, is sent again on another.

use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{
    BuildError, Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult,
};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::failure::is_lost;

/// Who is told of every statement.
pub(super) type Told = Arc<dyn Fn(&Statement) + Send + Sync>;

/// How connections are made.
pub(super) enum Target {
    Postgres(PgConnectOptions),
    Sqlite(SqliteConnectOptions),
}

enum Link {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// A connection of the pool.
pub(super) struct Reading {
    link: Link,
    /// A statement was sent and its answer is not complete: whoever waited for it went away, or
    /// the connection broke. Nobody else may use it.
    is_amid: bool,
}

impl Manager for Target {
    type Type = Reading;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Reading, sqlx::Error> {
        let link = match self {
            Self::Postgres(options) => Link::Postgres(options.connect().await?),
            Self::Sqlite(options) => Link::Sqlite(options.connect().await?),
        };
        let is_amid = false;
        Ok(Reading { link, is_amid })
    }

    async fn recycle(&self, reading: &mut Reading, _: &Metrics) -> RecycleResult<sqlx::Error> {
        if reading.is_amid {
            return Err(RecycleError::message("it is in the middle of a statement"));
        }
        Ok(())
    }
}

/// What is wanted of a statement.
#[derive(Clone, Copy)]
enum Wanted {
    Rows,
    Nothing,
}

/// What came of it.
enum Answer {
    Rows(Vec<QueryResult>),
    Done(ExecResult),
}

/// Sends a statement to either database, whose types differ.
macro_rules! send {
    ($link:expr, $statement:expr, $wanted:expr) => {{
        let values = $statement.values.clone().unwrap_or(Values(Vec::new()));
        let sql = AssertSqlSafe($statement.sql.as_str());
        let query = sqlx::query_with(sql, SqlxValues(values));
        match $wanted {
            Wanted::Rows => {
                let rows = query.fetch_all($link).await?;
                Answer::Rows(rows.into_iter().map(QueryResult::from).collect())
            }
            Wanted::Nothing => Answer::Done(query.execute($link).await?.into()),
        }
    }};
}

impl Reading {
    async fn send(&mut self, statement: &Statement, wanted: Wanted) -> Result<Answer, sqlx::Error> {
        Ok(match &mut self.link {
            Link::Postgres(link) => send!(link, statement, wanted),
            Link::Sqlite(link) => send!(link, statement, wanted),
        })
    }
}

/// The reading side of a database; clones share the connections.
#[derive(Clone)]
pub struct Reader {
    backend: DbBackend,
    pool: Pool<Target>,
    told: Told,
}

impl Reader {
    /// A pool of at most so many connections, which are made when they are needed; who waits for
    /// one longer than `wait` is told so.
    pub(super) fn new(
        target: Target,
        (connections, wait): (u32, Duration),
        told: Told,
    ) -> Result<Self, BuildError> {
        let backend = match target {
            Target::Postgres(_) => DbBackend::Postgres,
            Target::Sqlite(_) => DbBackend::Sqlite,
        };
        let pool = Pool::builder(target)
            .max_size(usize::try_from(connections).expect("a pool is small"))
            .wait_timeout(Some(wait))
            .create_timeout(Some(wait))
            .runtime(Runtime::Tokio1)
            .build()?;
        Ok(Self {
            backend,
            pool,
            told,
        })
    }

    /// The same connections, with somebody else told of the statements.
    pub(super) fn telling(&self, told: Told) -> Self {
        Self {
            told,
            ..self.clone()
        }
    }

    /// How many connections there are, and how many of them wait for work.
    pub(super) fn connections(&self) -> (u64, u64) {
        let status = self.pool.status();
        (status.size as u64, status.available as u64)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn ping(&self) -> Result<(), DbErr> {
        self.execute_unprepared("SELECT 1").await.map(|_| ())
    }

    /// Closes every connection that nobody uses; nobody gets one from now on.
    pub(super) async fn close(&self) {
        let idle = self.pool.retain(|_, _| false).removed;
        self.pool.close();
        for reading in idle {
            let closed = match reading.link {
                Link::Postgres(link) => link.close().await,
                Link::Sqlite(link) => link.close().await,
            };
            if let Err(error) = closed {
                tracing::debug!(%error, "a reading connection did not close cleanly");
            }
        }
    }

    async fn lease(&self) -> Result<Object<Target>, DbErr> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(_) => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            PoolError::Backend(error) => DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))),
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
            }
        })
    }

    /// Runs a statement on a connection, and on another one when that turns out to be lost: after
    /// a restart of the database all that were open are.
    async fn run(&self, statement: &Statement, wanted: Wanted) -> Result<Answer, DbErr> {
        (self.told)(statement);
        loop {
            let mut lease = self.lease().await?;
            let is_used = Object::metrics(&lease).recycle_count > 0;
            lease.is_amid = true;
            match lease.send(statement, wanted).await {
                Ok(answer) => {
                    lease.is_amid = false;
                    return Ok(answer);
                }
                // A new one that fails tells that it is not the connection.
                Err(error) if is_used && is_lost(&error) => {
                    tracing::debug!(%error, "a connection was lost; taking another");
                    drop(Object::take(lease));
                }
                Err(error) => {
                    lease.is_amid = is_lost(&error);
                    return Err(DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))));
                }
            }
        }
    }

    async fn rows(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self.run(statement, Wanted::Rows).await? {
            Answer::Rows(rows) => Ok(rows),
            Answer::Done(_) => Ok(Vec::new()),
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self.run(&statement, Wanted::Nothing).await? {
            Answer::Done(done) => Ok(done),
            Answer::Rows(_) => Err(DbErr::Custom("rows nobody asked for".to_owned())),
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let statement = Statement::from_string(self.backend, sql);
        self.execute_raw(statement).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.rows(&statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.rows(&statement).await
    }
}
