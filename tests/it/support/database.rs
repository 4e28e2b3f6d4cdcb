//! A database per test: a file on SQLite; on PostgreSQL a copy of a template that is migrated once.

use std::hash::{DefaultHasher, Hash, Hasher};

use sqlx::{Connection, Executor, PgConnection, Row};
use stockroom::platform::db::{DatabaseSettings, Db};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::cluster;

/// Which of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Connections of a server in a test: few, so that many tests at once fit.
pub const CONNECTIONS: u32 = 4;
/// The lock under which the template is made.
const TEMPLATE_LOCK: i64 = 0x5374_6f63_6b74_0001;

/// A database that goes away with the test.
pub struct Database {
    url: String,
    home: Home,
}

enum Home {
    Folder(#[expect(dead_code, reason = "it is removed when dropped")] TempDir),
    Cluster { admin_url: String, name: String },
}

impl Database {
    /// A fresh database, migrated on PostgreSQL; on SQLite the first server migrates it.
    pub async fn create(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = TempDir::with_prefix("stockroom-").expect("a folder for the database");
                let url = format!("sqlite://{}", folder.path().join("test.db").display());
                let home = Home::Folder(folder);
                Self { url, home }
            }
            Engine::Postgres => {
                static TEMPLATE: OnceCell<String> = OnceCell::const_new();
                let admin_url = cluster::shared_url();
                let template = TEMPLATE.get_or_init(|| template(admin_url)).await;
                Self::create_in(admin_url, Some(template)).await
            }
        }
    }

    /// A fresh, empty database in a cluster, or a copy of a template there.
    pub async fn create_in(admin_url: &str, template: Option<&str>) -> Self {
        let name = format!("stockroom_{}", Uuid::now_v7().simple());
        let of = template.map_or(String::new(), |template| format!(" TEMPLATE {template}"));
        run(admin_url, &format!("CREATE DATABASE {name}{of}")).await;
        Self {
            url: url_of(admin_url, &name),
            home: Home::Cluster {
                admin_url: admin_url.to_owned(),
                name,
            },
        }
    }

    /// How servers reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Removes it. A test that fails leaves its database to the end of the cluster.
    pub async fn remove(self) {
        if let Home::Cluster { admin_url, name } = &self.home {
            run(admin_url, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// The settings of a database in a test.
pub fn settings(url: &str) -> DatabaseSettings {
    DatabaseSettings {
        url: url.to_owned(),
        connections: CONNECTIONS,
        // With everything at once on a small machine a free connection may be long in coming.
        acquire_timeout_ms: 10_000,
        ..DatabaseSettings::default()
    }
}

fn url_of(admin_url: &str, name: &str) -> String {
    let (server, _) = admin_url
        .rsplit_once('/')
        .expect("the URL of a cluster ends in /database");
    format!("{server}/{name}")
}

async fn connect(admin_url: &str) -> PgConnection {
    PgConnection::connect(admin_url)
        .await
        .unwrap_or_else(|error| panic!("cannot reach PostgreSQL at {admin_url}: {error}"))
}

async fn run(admin_url: &str, sql: &str) {
    let mut admin = connect(admin_url).await;
    execute(&mut admin, sql).await;
    let _ = admin.close().await;
}

async fn execute(admin: &mut PgConnection, sql: &str) {
    admin
        .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql)))
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Makes the migrated template unless it is there. Processes that come at once take turns; each
/// build of the tests has a template of its own, because its migrations may differ.
async fn template(admin_url: &str) -> String {
    let name = format!("stockroom_template_{:016x}", this_build());
    let mut admin = connect(admin_url).await;
    execute(
        &mut admin,
        &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})"),
    )
    .await;
    let exists = sqlx::query("SELECT count(*) FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_one(&mut admin)
        .await
        .expect("the databases can be listed")
        .get::<i64, _>(0)
        > 0;
    if !exists {
        let unfinished = format!("{name}_unfinished");
        execute(
            &mut admin,
            &format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"),
        )
        .await;
        execute(&mut admin, &format!("CREATE DATABASE {unfinished}")).await;
        let db = Db::connect(&settings(&url_of(admin_url, &unfinished)))
            .await
            .expect("the new database can be reached");
        stockroom::server::migrate(&db)
            .await
            .expect("an empty database can be migrated");
        db.close().await;
        execute(
            &mut admin,
            &format!("ALTER DATABASE {unfinished} RENAME TO {name}"),
        )
        .await;
    }
    let _ = admin.close().await;
    name
}

/// Tells builds of the tests apart.
fn this_build() -> u64 {
    let path = std::env::current_exe().expect("a test knows its own file");
    let file = path.metadata().expect("a test's file can be looked at");
    let mut hasher = DefaultHasher::new();
    (path, file.len(), file.modified().ok()).hash(&mut hasher);
    hasher.finish()
}
