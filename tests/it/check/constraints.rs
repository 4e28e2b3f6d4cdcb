//! What the database refuses by itself, so that `check` never has to name it.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::books::Books;
use super::corruption::{Corruption, Deed, corrupt, set, try_sql};
use super::rows::of_sku;
use crate::support::{Engine, TestServer};

both! {
    async fn what_can_never_be_is_refused_by_the_constraint_that_says_so(server: &TestServer) {
        Books::make(server).await;
        let client = server.client();
        let tax = json!({ "code": "FULL", "name": "Full", "rate": "0.2" });
        client.accept("taxClassCreate", tax, "taxClass { id }").await;
        let list = json!({ "code": "LIST", "name": "List" });
        client.accept("priceListCreate", list, "priceList { id }").await;
        let mut failures = Vec::new();
        for (constraint, row) in refused() {
            match try_sql(server, &row.statement()).await {
                Err(error) if error.contains(constraint) => {}
                other => failures.push(format!("{constraint}: {}: {other:?}", row.name)),
            }
        }
        assert!(failures.is_empty(), "not refused, or by another:\n{}", failures.join("\n"));
    }
}

/// Constraint, SKU, and what is done to its level. What is below zero is below what is reserved
/// too, and either constraint says so: hence the first one's short name.
const LEVELS: [(&str, &str, &str); 10] = [
    ("stock_level_policy_range", "BOLT", "safety_stock = -1"),
    (
        "stock_level_policy_order",
        "BOLT",
        "minimum = 2, maximum = 1",
    ),
    ("stock_level_", "SAND", "sellable = -1"),
    ("stock_level_quarantined_range", "BOLT", "quarantined = -1"),
    (
        "stock_level_reserved_range",
        "BOLT",
        "reserved = sellable + 1",
    ),
    ("stock_level_reserved_range", "SAND", "reserved = -1"),
    ("stock_level_backordered_range", "BOLT", "backordered = -1"),
    ("stock_level_incoming_range", "BOLT", "incoming = -1"),
    ("stock_level_value_range", "BOLT", "value = -1"),
    ("stock_level_value_range", "SAND", "value = 1"),
];

/// Tables whose records are archived: order lines name them without a foreign key.
const KEPT: [&str; 7] = [
    "customer",
    "principal",
    "price_list",
    "product_variant",
    "stock_level",
    "tax_class",
    "warehouse",
];

/// Constraint, table, and what is done to every row of it.
const TABLES: [(&str, &str, &str); 39] = [
    ("cost_layer_quantity_positive", "cost_layer", "quantity = 0"),
    ("cost_layer_value_range", "cost_layer", "value = -1"),
    (
        "product_variant_costing_known",
        "product_variant",
        "costing_method = 'LIFO'",
    ),
    // What is of no kind crossed no line of a kind either, and either constraint says so.
    ("stock_alert_", "stock_alert", "kind = 'NEVER'"),
    (
        "stock_alert_cleared_whole",
        "stock_alert",
        "cleared_at = raised_at, cleared_by = NULL",
    ),
    ("stock_alert_crossed", "stock_alert", "threshold = -1"),
    (
        "stock_movement_quantity_positive",
        "stock_movement",
        "quantity = 0",
    ),
    ("stock_movement_value_range", "stock_movement", "value = -1"),
    (
        "stock_movement_places_known",
        "stock_movement",
        "to_place = 'NOWHERE'",
    ),
    (
        "stock_movement_one_cause",
        "stock_movement",
        "goods_receipt_line_id = NULL",
    ),
    (
        "stock_movement_on_hand_given",
        "stock_movement",
        "from_on_hand = NULL, to_on_hand = NULL",
    ),
    (
        "supply_one_line",
        "supply",
        "purchase_order_line_id = NULL, stock_transfer_line_id = NULL",
    ),
    ("stock_day_kind_known", "stock_day", "kind = 'GIFT'"),
    ("stock_day_sums_range", "stock_day", "value_out = -1"),
    (
        "reservation_state_known",
        "reservation",
        "state = 'LOST', reserved = 0, backordered = 0",
    ),
    (
        "reservation_quantities_range",
        "reservation",
        "reserved = -1, backordered = 2",
    ),
    ("reservation_priority_range", "reservation", "priority = 10"),
    (
        "reservation_priority_of_orders",
        "reservation",
        "priority = 6, sales_order_line_id = NULL, stock_hold_line_id = id",
    ),
    (
        "stock_settings_sourcing_known",
        "stock_settings",
        "sourcing_strategy = 'NEAREST'",
    ),
    ("warehouse_priority_range", "warehouse", "priority = -1"),
    ("sales_order_priority_range", "sales_order", "priority = -1"),
    (
        "reservation_ended_holds_nothing",
        "reservation",
        "state = 'RELEASED'",
    ),
    (
        "reservation_ended_holds_nothing",
        "reservation",
        "state = 'ACTIVE'",
    ),
    (
        "commitment_says_something",
        "commitment",
        "reserved = 0, backordered = 0, incoming = 0",
    ),
    (
        "commitment_one_cause",
        "commitment",
        "sales_order_line_id = NULL",
    ),
    ("sales_order_status_known", "sales_order", "status = 'LOST'"),
    (
        "sales_order_fulfilment_known",
        "sales_order",
        "fulfilment = 'SOME'",
    ),
    (
        "sales_order_line_shipped_range",
        "sales_order_line",
        "shipped = quantity + 1",
    ),
    (
        "sales_order_line_shipped_range",
        "sales_order_line",
        "shipped = -1",
    ),
    (
        "sales_order_line_shipped_range",
        "sales_order_line",
        "allocated = quantity + 1",
    ),
    (
        "sales_order_line_shipped_range",
        "sales_order_line",
        "closed = -1",
    ),
    (
        "sales_order_line_price_range",
        "sales_order_line",
        "net = -1",
    ),
    (
        "fulfilment_line_quantity_positive",
        "fulfilment_line",
        "quantity = 0",
    ),
    ("fulfilment_line_cost_range", "fulfilment_line", "cost = -1"),
    ("stock_count_posted", "stock_count", "posted_at = NULL"),
    (
        "stock_count_line_counted",
        "stock_count_line",
        "times_counted = 0",
    ),
    (
        "stock_settings_approval_range",
        "stock_settings",
        "adjustment_approval_over = -1",
    ),
    (
        "goods_receipt_line_quantity_positive",
        "goods_receipt_line",
        "quantity = 0, accepted = 0, rejected = 0",
    ),
    (
        "goods_receipt_line_cost_range",
        "goods_receipt_line",
        "value = -1",
    ),
];

fn refused() -> Vec<(&'static str, Corruption)> {
    let levels = LEVELS.map(|(constraint, sku, what)| {
        (constraint, corrupt("stock_level", of_sku(sku), set(what)))
    });
    let tables =
        TABLES.map(|(constraint, table, what)| (constraint, corrupt(table, "1 = 1", set(what))));
    let kept = KEPT.map(|table| ("never deleted", corrupt(table, "1 = 1", Deed::Delete)));
    levels.into_iter().chain(tables).chain(kept).collect()
}

/// Lets a constraint be broken until it is put back.
pub async fn set_aside(server: &TestServer, table: &str, constraint: &str) {
    match server.engine() {
        Engine::Sqlite => server.sql("PRAGMA ignore_check_constraints = ON").await,
        Engine::Postgres => {
            // The definition is kept in the comment of the table until it is put back.
            let definition = definition(server, constraint).await.replace('\'', "''");
            server
                .sql(&format!("COMMENT ON TABLE {table} IS '{definition}'"))
                .await;
            server
                .sql(&format!("ALTER TABLE {table} DROP CONSTRAINT {constraint}"))
                .await;
        }
    }
}

/// Puts a constraint back; every row must meet it again.
pub async fn put_back(server: &TestServer, table: &str, constraint: &str) {
    match server.engine() {
        Engine::Sqlite => server.sql("PRAGMA ignore_check_constraints = OFF").await,
        Engine::Postgres => {
            let kept = format!("SELECT obj_description('{table}'::regclass) AS text");
            let definition = text(server, &kept).await;
            let add = format!("ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}");
            server.sql(&add).await;
        }
    }
}

async fn definition(server: &TestServer, constraint: &str) -> String {
    let sql = format!(
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = '{constraint}'"
    );
    text(server, &sql).await
}

async fn text(server: &TestServer, sql: &str) -> String {
    let db = server.app().db.writer();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db
        .query_one_raw(statement)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    let row = row.unwrap_or_else(|| panic!("nothing found by {sql}"));
    row.try_get("", "text")
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
}
