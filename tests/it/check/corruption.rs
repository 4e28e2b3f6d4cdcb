//! A corruption of one kind of row, and how it is undone.

use sea_orm::ConnectionTrait;

use crate::support::TestServer;

/// One piece, in the millionths that are stored.
pub const PIECE: i64 = 1_000_000;

/// What is done to a table past all rules.
#[derive(Clone, Debug)]
pub enum Deed {
    /// `SET` of an UPDATE.
    Set(String),
    /// The rows are deleted.
    Delete,
    /// The rows are there twice.
    Duplicate,
}

/// One corruption, and what `check` must say: exactly these rules and records.
#[derive(Clone, Debug)]
pub struct Corruption {
    pub name: String,
    pub table: &'static str,
    pub told: Vec<(String, String)>,
    /// A constraint that has to be set aside first.
    pub past: Option<&'static str>,
    deed: Deed,
    pub wanted: String,
}

/// A corruption of the rows of a table that a condition names.
pub fn corrupt(table: &'static str, wanted: impl Into<String>, deed: Deed) -> Corruption {
    let wanted = wanted.into();
    let name = format!("{table}, {deed:?}, where {wanted}");
    Corruption {
        name,
        table,
        told: Vec::new(),
        past: None,
        deed,
        wanted,
    }
}

/// `SET` of an UPDATE.
pub fn set(assignments: impl Into<String>) -> Deed {
    Deed::Set(assignments.into())
}

impl Corruption {
    /// One more difference that must be told.
    pub fn breaks(mut self, rule: &str, record: &str) -> Self {
        self.told.push((rule.to_owned(), record.to_owned()));
        self
    }

    /// Possible only without this constraint.
    pub fn past(mut self, constraint: &'static str) -> Self {
        self.past = Some(constraint);
        self
    }

    /// The SQL of it, for both databases.
    pub fn statement(&self) -> String {
        let Self { table, wanted, .. } = self;
        match &self.deed {
            Deed::Set(assignments) => format!("UPDATE {table} SET {assignments} WHERE {wanted}"),
            Deed::Delete => format!("DELETE FROM {table} WHERE {wanted}"),
            Deed::Duplicate => {
                let columns = columns(table);
                format!(
                    "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE {wanted}"
                )
            }
        }
    }
}

/// The columns of a ledger, without the number that the database gives.
fn columns(table: &str) -> &'static str {
    match table {
        "stock_movement" => {
            "operation_id, variant_id, quantity, value, from_place, from_warehouse_id, to_place,
             to_warehouse_id, goods_receipt_line_id, fulfilment_line_id, stock_transfer_line_id,
             stock_adjustment_line_id, customer_return_line_id, reverses_id, cost_layer_id,
             from_on_hand, to_on_hand, happened_on, recorded_at, recorded_by"
        }
        "commitment" => {
            "operation_id, variant_id, warehouse_id, sales_order_line_id, stock_transfer_line_id,
             stock_hold_line_id, purchase_order_line_id, reserved, backordered, incoming, due_on,
             recorded_at"
        }
        other => panic!("{other} is no ledger"),
    }
}

/// Tables that nothing refers to: they are restored whole.
const LEDGERS: [&str; 14] = [
    "cost_layer",
    "stock_alert",
    "stock_movement",
    "stock_day",
    "commitment",
    "supply",
    "reservation",
    "operation",
    "journal_line",
    "account_day",
    "number_series",
    "party_balance",
    "allocation",
    "credit_note_line",
];

/// Tables that others refer to, with the columns that are corrupted.
const RECORDS: [(&str, &[&str]); 22] = [
    (
        "stock_level",
        &[
            "sellable",
            "quarantined",
            "reserved",
            "backordered",
            "incoming",
            "value",
            "costing_method",
            "minimum",
            "maximum",
            "reorder_point",
        ],
    ),
    (
        "sales_order",
        &[
            "status",
            "net",
            "tax",
            "gross",
            "fulfilment",
            "billing",
            "customer_id",
            "created_by",
        ],
    ),
    (
        "sales_order_line",
        &[
            "variant_id",
            "warehouse_id",
            "price_list_id",
            "tax_class_id",
            "price_source",
            "quantity",
            "net",
            "tax",
            "gross",
            "allocated",
            "shipped",
            "invoiced",
            "closed",
        ],
    ),
    ("fulfilment", &["status", "shipped_on"]),
    ("fulfilment_line", &["quantity", "cost"]),
    ("goods_receipt", &["status", "reversed_at"]),
    (
        "goods_receipt_line",
        &[
            "quantity",
            "accepted",
            "rejected",
            "short",
            "value",
            "reversed_value",
        ],
    ),
    (
        "purchase_order",
        &["status", "net", "tax", "gross", "receiving", "due_on"],
    ),
    (
        "purchase_order_line",
        &[
            "quantity", "net", "tax", "accepted", "rejected", "short", "closed",
        ],
    ),
    ("stock_transfer", &["status"]),
    (
        "stock_transfer_line",
        &[
            "quantity",
            "dispatched",
            "received",
            "lost",
            "in_transit_value",
        ],
    ),
    ("stock_adjustment", &["status", "reversed_at"]),
    (
        "stock_adjustment_line",
        &["delta", "value", "reversed_value"],
    ),
    ("stock_count", &["status", "stock_adjustment_id"]),
    ("stock_count_line", &["counted", "open_warehouse_id"]),
    ("customer_return_line", &["received", "cost", "restocked"]),
    ("stock_hold", &["status"]),
    ("open_item", &["open_amount", "open_base"]),
    (
        "invoice",
        &["net", "tax", "gross", "base_net", "base_gross"],
    ),
    (
        "invoice_line",
        &["quantity", "credited_quantity", "credited_net"],
    ),
    (
        "credit_note",
        &["net", "tax", "gross", "base_net", "base_gross"],
    ),
    ("payment", &["amount", "base_amount"]),
];

/// Copies of the tables as they were.
pub struct Saved(());

impl Saved {
    /// Copies them.
    pub async fn make(server: &TestServer) -> Self {
        let records = RECORDS.iter().map(|(table, _)| *table);
        for table in LEDGERS.into_iter().chain(records) {
            server
                .sql(&format!(
                    "CREATE TABLE saved_{table} AS SELECT * FROM {table}"
                ))
                .await;
        }
        Self(())
    }

    /// Undoes a corruption.
    pub async fn restore(&self, server: &TestServer, row: &Corruption) {
        let table = row.table;
        if LEDGERS.contains(&table) {
            server.sql(&format!("DELETE FROM {table}")).await;
            server
                .sql(&format!("INSERT INTO {table} SELECT * FROM saved_{table}"))
                .await;
            return;
        }
        let columns = RECORDS.iter().find(|(name, _)| *name == table);
        let (_, columns) = columns.unwrap_or_else(|| panic!("{table} was not saved"));
        let key = match table {
            "stock_level" => "s.variant_id = t.variant_id AND s.warehouse_id = t.warehouse_id",
            _ => "s.id = t.id",
        };
        // One statement, so that no constraint sees half of it.
        let all: Vec<String> = columns
            .iter()
            .map(|column| {
                format!("{column} = (SELECT s.{column} FROM saved_{table} AS s WHERE {key})")
            })
            .collect();
        server
            .sql(&format!("UPDATE {table} AS t SET {}", all.join(", ")))
            .await;
    }
}

/// How many rows a statement changed, or why the database refused it.
pub async fn try_sql(server: &TestServer, statement: &str) -> Result<u64, String> {
    let done = server.app().db.writer().execute_unprepared(statement).await;
    done.map(|done| done.rows_affected())
        .map_err(|error| error.to_string())
}
