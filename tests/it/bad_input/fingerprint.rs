//! The whole content of a database, to be compared before and after a call that was refused.

use std::collections::BTreeMap;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::support::{Engine, TestServer};

/// Number of rows and their content, by table.
pub type Fingerprint = BTreeMap<String, (i64, String)>;

/// A statement that brings the fingerprint of every table there is, and a way to see that nothing
/// at all was written, which is the same and far quicker.
pub struct Fingerprinter {
    statement: String,
    writes: Writes,
}

impl Fingerprinter {
    /// Looks up the tables and their columns, so that none is left out but that of when tokens
    /// were used, which is written in the background.
    pub async fn of(server: &TestServer) -> Self {
        let parts = match server.engine() {
            Engine::Sqlite => sqlite_parts(server).await,
            Engine::Postgres => postgres_parts(server, "MD5").await,
        };
        assert!(parts.len() >= 20, "only {} tables were found", parts.len());
        Self {
            statement: parts.join(" UNION ALL "),
            writes: Writes::of(server).await,
        }
    }

    /// Changes with everything that is written and committed.
    pub async fn writes(&self, server: &TestServer) -> i64 {
        self.writes.number(server).await
    }

    /// What is in the database now.
    pub async fn take(&self, server: &TestServer) -> Fingerprint {
        let rows = query(server, &self.statement).await;
        let read = |row: &sea_orm::QueryResult| {
            let table: String = row.try_get("", "t").expect("a table's name");
            let count: i64 = row.try_get("", "n").expect("a number of rows");
            let body: String = row.try_get("", "body").expect("the rows' content");
            (table, (count, body))
        };
        rows.iter().map(read).collect()
    }
}

/// What tells writes apart from none.
enum Writes {
    /// A connection of its own, to which SQLite says whether others have committed.
    Sqlite(DatabaseConnection),
    /// A sequence that a trigger on every table advances for each row, when it is committed.
    Postgres,
}

impl Writes {
    async fn of(server: &TestServer) -> Self {
        match server.engine() {
            Engine::Sqlite => {
                let mut options = ConnectOptions::new(server.database_url());
                options.max_connections(1).sqlx_logging(false);
                Self::Sqlite(Database::connect(options).await.expect("a connection"))
            }
            Engine::Postgres => {
                query(server, COUNT_WRITES).await;
                Self::Postgres
            }
        }
    }

    async fn number(&self, server: &TestServer) -> i64 {
        match self {
            Self::Sqlite(connection) => {
                let sql = "SELECT data_version FROM pragma_data_version";
                let statement = Statement::from_string(connection.get_database_backend(), sql);
                let row = connection.query_one_raw(statement).await;
                let row = row.expect("a version").expect("a row");
                row.try_get("", "data_version").expect("a number")
            }
            Self::Postgres => {
                let rows = query(server, "SELECT last_value FROM test_write").await;
                rows[0].try_get("", "last_value").expect("a number")
            }
        }
    }
}

/// Makes every row that is written and committed advance a sequence.
const COUNT_WRITES: &str = "DO $do$
    DECLARE
        name TEXT;
    BEGIN
        CREATE SEQUENCE test_write;
        CREATE FUNCTION test_count_write() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM NEXTVAL('test_write'); RETURN NULL; END $$;
        FOR name IN SELECT table_name FROM information_schema.tables
                     WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
        LOOP
            EXECUTE FORMAT('CREATE CONSTRAINT TRIGGER test_write AFTER INSERT OR UPDATE OR DELETE
                ON %I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                EXECUTE FUNCTION test_count_write()', name);
        END LOOP;
    END $do$";

/// Everything that is stored, as text.
pub async fn contents(server: &TestServer) -> String {
    let parts = match server.engine() {
        Engine::Sqlite => sqlite_parts(server).await,
        Engine::Postgres => postgres_parts(server, "").await,
    };
    let rows = query(server, &parts.join(" UNION ALL ")).await;
    let body = |row: &sea_orm::QueryResult| -> String {
        row.try_get("", "body").expect("the rows' content")
    };
    rows.iter().map(body).collect::<Vec<String>>().join("\n")
}

/// The tables whose content differs.
pub fn differing(before: &Fingerprint, after: &Fingerprint) -> Vec<String> {
    let differs = |table: &&String| before.get(*table) != after.get(*table);
    before
        .keys()
        .chain(after.keys())
        .filter(differs)
        .cloned()
        .collect()
}

/// Rows of a statement, read beside the server.
pub async fn query(server: &TestServer, sql: &str) -> Vec<sea_orm::QueryResult> {
    let reader = server.app().db.reader();
    let statement = Statement::from_string(reader.get_database_backend(), sql);
    reader
        .query_all_raw(statement)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
}

async fn postgres_parts(server: &TestServer, digest: &str) -> Vec<String> {
    let tables = query(
        server,
        "SELECT table_name::text AS name FROM information_schema.tables
          WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
            AND table_name <> 'api_token_use' ORDER BY 1",
    );
    let part = |row: &sea_orm::QueryResult| {
        let table: String = row.try_get("", "name").expect("a table's name");
        format!(
            "SELECT '{table}' AS t, COUNT(*) AS n,
                    COALESCE({digest}(STRING_AGG(x::text, '|' ORDER BY x::text)), '') AS body
               FROM {table} AS x"
        )
    };
    tables.await.iter().map(part).collect()
}

async fn sqlite_parts(server: &TestServer) -> Vec<String> {
    let columns = query(
        server,
        "SELECT t.name AS name,
                GROUP_CONCAT('QUOTE(\"' || c.name || '\")', ' || '','' || ') AS body
           FROM sqlite_master AS t, PRAGMA_TABLE_INFO(t.name) AS c
          WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
            AND t.name <> 'api_token_use' GROUP BY t.name ORDER BY t.name",
    );
    let part = |row: &sea_orm::QueryResult| {
        let table: String = row.try_get("", "name").expect("a table's name");
        let body: String = row.try_get("", "body").expect("its columns");
        format!(
            "SELECT '{table}' AS t, COUNT(*) AS n, COALESCE(GROUP_CONCAT(body, '|'), '') AS body
               FROM (SELECT {body} AS body FROM {table} ORDER BY 1)"
        )
    };
    columns.await.iter().map(part).collect()
}
