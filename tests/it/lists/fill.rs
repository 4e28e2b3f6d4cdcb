//! Long lists, made by multiplying the first row of each table.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::{Engine, TestServer};

/// What is done before and after rows are multiplied, without their references and triggers.
fn freely(backend: DbBackend, sql: &str) -> String {
    match backend {
        DbBackend::Postgres => format!(
            "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL session_replication_role = replica; \
             {sql}; COMMIT"
        ),
        _ => format!("PRAGMA foreign_keys = OFF; {sql}; PRAGMA foreign_keys = ON"),
    }
}

async fn columns(server: &TestServer, table: &str) -> Vec<(String, String)> {
    let db = &server.app().db;
    let sql = match server.engine() {
        Engine::Sqlite => format!("SELECT name, type FROM pragma_table_info('{table}')"),
        Engine::Postgres => format!(
            "SELECT column_name::text AS name, data_type::text AS type \
             FROM information_schema.columns WHERE table_name = '{table}' ORDER BY 1"
        ),
    };
    let rows = db
        .writer()
        .query_all_raw(Statement::from_string(db.backend(), sql))
        .await;
    let rows = rows.expect("a table has columns");
    let text = |row: &sea_orm::QueryResult, name| row.try_get::<String>("", name).expect("text");
    rows.iter()
        .map(|row| (text(row, "name"), text(row, "type")))
        .collect()
}

/// Multiplies one row of a table: what must be unique is made so, the rest is as it is.
pub async fn fill(server: &TestServer, table: &str, records: usize) {
    let postgres = server.engine() == Engine::Postgres;
    let (random, cast) = if postgres {
        ("gen_random_uuid()", "::text")
    } else {
        ("randomblob(16)", "")
    };
    let value = |(name, kind): &(String, String)| match name.as_str() {
        "id" if kind.to_uppercase().contains("INT") => "n + 1000000".to_owned(),
        "id" => random.to_owned(),
        "code" | "code_key" | "number" | "sku" | "sku_key" | "external_id" | "name_key"
        | "email" | "email_key" | "owner" => format!("'fill-' || n{cast}"),
        "stock_adjustment_id" if table == "stock_count" => "NULL".to_owned(),
        // A supplier offers a variant once, a list has one price of a step.
        "variant_id" if table == "supplier_item" => random.to_owned(),
        // A level has one open alert of a kind.
        "variant_id" if table == "stock_alert" => random.to_owned(),
        "minimum_quantity" if table == "price_list_item" => format!("{name} + n"),
        "document_id" | "customer_id" if table == "open_item" => random.to_owned(),
        "valid_from" if table == "exchange_rate" && postgres => format!("{name} + n::int"),
        "valid_from" if table == "exchange_rate" => format!("date({name}, n || ' days')"),
        "idempotency_key" => "NULL".to_owned(),
        "created_at" | "updated_at" | "expires_at" => format!("{name} + n"),
        "token_hash" if postgres => "decode(md5(n::text), 'hex')".to_owned(),
        "token_hash" => "randomblob(32)".to_owned(),
        _ => name.clone(),
    };
    let columns = columns(server, table).await;
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let values: Vec<String> = columns.iter().map(value).collect();
    let (names, values) = (names.join(", "), values.join(", "));
    let numbers = if postgres {
        format!("generate_series(1, {records}) AS many(n)")
    } else {
        format!(
            "(WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many \
             WHERE n < {records}) SELECT n FROM many)"
        )
    };
    let sql = format!(
        "INSERT INTO {table} ({names}) SELECT {values} \
         FROM (SELECT * FROM {table} LIMIT 1) AS one CROSS JOIN {numbers}"
    );
    run(server, &sql).await;
}

pub async fn run(server: &TestServer, sql: &str) {
    let db = &server.app().db;
    let sql = freely(db.backend(), sql);
    let done = db.writer().execute_unprepared(&sql).await;
    done.unwrap_or_else(|error| panic!("{sql}\n{error}"));
}
