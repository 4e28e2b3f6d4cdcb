//! The books as they are in the database: rows of the tables that matter, read by plain SQL.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement,
};
use serde_json::Value;
use uuid::Uuid;

use crate::api::{Outcome, told};

/// A command that was carried out.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its id.
    pub id: Uuid,
    /// Under which key.
    pub key: Option<String>,
    /// The mutation.
    pub command: String,
    /// The record it made or changed.
    pub record: Uuid,
}

/// The balance of a variant in a warehouse.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// What is stored, and where.
    pub place: (Uuid, Uuid),
    /// Sellable, quarantined, reserved, backordered, incoming, value.
    pub state: [i64; 6],
    /// How often it changed.
    pub version: i64,
}

/// A line of the physical ledger.
#[derive(Clone, Debug)]
pub struct Movement {
    /// By which command.
    pub operation: Uuid,
    /// What.
    pub variant: Uuid,
    /// How much, and its value.
    pub amount: [i64; 2],
    /// Whence: the place, and the warehouse when it is one.
    pub from: (String, Option<Uuid>),
    /// Whither.
    pub to: (String, Option<Uuid>),
}

/// A line of the commitment ledger.
#[derive(Clone, Copy, Debug)]
pub struct Commitment {
    /// By which command.
    pub operation: Uuid,
    /// What, and where.
    pub place: (Uuid, Uuid),
    /// The document line it is for.
    pub line: Uuid,
    /// Changes of reserved, backordered, incoming.
    pub change: [i64; 3],
}

/// What a document line holds of a level.
#[derive(Clone, Copy, Debug)]
pub struct Reservation {
    /// What, and where.
    pub place: (Uuid, Uuid),
    /// The document line.
    pub line: Uuid,
    /// Reserved, backordered.
    pub held: [i64; 2],
}

/// A document.
#[derive(Clone, Debug)]
pub struct Document {
    /// In which table.
    pub table: &'static str,
    /// Its id.
    pub id: Uuid,
    /// Its number, where there is one.
    pub number: Option<String>,
    /// The command that made it.
    pub operation: Uuid,
}

/// A line of a document.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Its document.
    pub document: Uuid,
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub variant: Uuid,
    /// How much of it.
    pub quantity: i64,
}

/// A change of a level as subscribers are told.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// The level.
    pub place: (Uuid, Uuid),
    /// How it is after the change, like [`Level::state`].
    pub state: [i64; 6],
    /// By how much it changed.
    pub change: [i64; 6],
    /// The level's version after it.
    pub version: i64,
}

/// A line of the journal: its entry, its account, its amount.
pub type Posting = (Uuid, String, i64);

/// All that is checked.
#[derive(Debug, Default)]
pub struct Books {
    /// SKUs of the variants.
    pub skus: HashMap<Uuid, String>,
    /// Codes of the warehouses.
    pub warehouses: HashMap<Uuid, String>,
    /// Commands.
    pub operations: Vec<Operation>,
    /// Balances.
    pub levels: Vec<Level>,
    /// The physical ledger, in its order.
    pub movements: Vec<Movement>,
    /// The commitment ledger, in its order.
    pub commitments: Vec<Commitment>,
    /// What is held.
    pub reservations: Vec<Reservation>,
    /// Documents of all kinds.
    pub documents: Vec<Document>,
    /// Their lines.
    pub lines: Vec<Line>,
    /// Changes of levels, in the order of events.
    pub events: Vec<Event>,
    /// The journal.
    pub postings: Vec<Posting>,
    /// What customers owe: the amount of each open item, what is still open, and that in the base
    /// currency.
    pub owed: Vec<[i64; 3]>,
    /// Balances of customers.
    pub balances: Vec<i64>,
    /// The value on its way between warehouses.
    pub value_on_its_way: Vec<i64>,
    /// The last number of each series.
    pub series: BTreeMap<String, i64>,
}

/// Tables of documents: whether they have a number, their lines, and where a line says how much.
const DOCUMENTS: &[(&str, bool, &str, &str)] = &[
    ("sales_order", true, "sales_order_line", "quantity"),
    ("fulfilment", true, "fulfilment_line", "quantity"),
    ("goods_receipt", true, "goods_receipt_line", "quantity"),
    ("purchase_order", true, "purchase_order_line", "quantity"),
    ("stock_transfer", true, "stock_transfer_line", "quantity"),
    ("stock_adjustment", true, "stock_adjustment_line", "delta"),
    ("stock_count", true, "", ""),
    ("stock_hold", false, "stock_hold_line", "quantity"),
    ("customer_return", true, "customer_return_line", "quantity"),
    ("invoice", true, "invoice_line", "quantity"),
    ("payment", true, "", ""),
];

const MOVEMENTS: &str = "SELECT operation_id, variant_id, quantity, value, from_place, \
     from_warehouse_id, to_place, to_warehouse_id FROM stock_movement ORDER BY id";
const COMMITMENTS: &str = "SELECT operation_id, variant_id, warehouse_id, \
     COALESCE(sales_order_line_id, stock_transfer_line_id, stock_hold_line_id, \
     purchase_order_line_id), reserved, backordered, incoming FROM commitment ORDER BY id";
const RESERVATIONS: &str = "SELECT variant_id, warehouse_id, \
     COALESCE(sales_order_line_id, stock_transfer_line_id, stock_hold_line_id), \
     reserved, backordered FROM reservation";
const LEVELS: &str = "SELECT variant_id, warehouse_id, sellable, quarantined, reserved, \
     backordered, incoming, value, version FROM stock_level";

/// A database to check.
pub struct Source(DatabaseConnection);

impl Source {
    /// Opens it with one connection.
    pub async fn open(url: &str) -> Outcome<Self> {
        let mut options = ConnectOptions::new(url.to_owned());
        options.max_connections(1).sqlx_logging(false);
        Database::connect(options).await.map(Self).map_err(told)
    }

    /// Runs a statement without an answer.
    pub async fn execute(&self, sql: &str) -> Outcome<()> {
        let done = self.0.execute_unprepared(sql).await;
        done.map(|_| ()).map_err(|error| format!("{sql}: {error}"))
    }

    /// Closes it.
    pub async fn close(self) -> Outcome<()> {
        self.0.close().await.map_err(told)
    }

    async fn rows<T>(&self, sql: &str, read: impl Fn(&Row) -> Outcome<T>) -> Outcome<Vec<T>> {
        let statement = Statement::from_string(self.0.get_database_backend(), sql.to_owned());
        let rows = self.0.query_all_raw(statement).await;
        let rows = rows.map_err(|error| format!("{sql}: {error}"))?;
        rows.iter().map(|row| read(&Row(row))).collect()
    }

    /// Reads everything.
    pub async fn read(&self) -> Outcome<Books> {
        let mut books = Books {
            levels: self.rows(LEVELS, level).await?,
            movements: self.rows(MOVEMENTS, movement).await?,
            commitments: self.rows(COMMITMENTS, commitment).await?,
            reservations: self.rows(RESERVATIONS, reservation).await?,
            ..Books::default()
        };
        let named = |row: &Row| Ok((row.id(0)?, row.text(1)?));
        let skus = self.rows("SELECT id, sku FROM product_variant", named);
        books.skus = skus.await?.into_iter().collect();
        let codes = self.rows("SELECT id, code FROM warehouse", named);
        books.warehouses = codes.await?.into_iter().collect();
        let sql = "SELECT id, idempotency_key, command, record_id FROM operation";
        books.operations = self.rows(sql, operation).await?;
        let sql = "SELECT facts FROM event WHERE kind = 'stock_level.changed' ORDER BY sequence";
        books.events = self.rows(sql, event).await?;
        for (table, has_number, lines, quantity) in DOCUMENTS {
            let number = if *has_number { "number" } else { "NULL" };
            let sql = format!("SELECT id, {number}, operation_id FROM {table}");
            let documents = self.rows(&sql, |row| document(table, *has_number, row));
            books.documents.extend(documents.await?);
            if !lines.is_empty() {
                let sql = format!("SELECT {table}_id, id, variant_id, {quantity} FROM {lines}");
                books.lines.extend(self.rows(&sql, line).await?);
            }
        }
        self.read_money(&mut books).await?;
        Ok(books)
    }

    async fn read_money(&self, books: &mut Books) -> Outcome<()> {
        let sql = "SELECT entry_id, account, amount FROM journal_line";
        let posting = |row: &Row| Ok((row.id(0)?, row.text(1)?, row.number(2)?));
        books.postings = self.rows(sql, posting).await?;
        let sql = "SELECT amount, open_amount, open_base FROM open_item \
             WHERE customer_id IS NOT NULL";
        books.owed = self.rows(sql, |row| row.numbers(0)).await?;
        let sql = "SELECT open_amount FROM party_balance WHERE customer_id IS NOT NULL";
        books.balances = self.rows(sql, |row| row.number(0)).await?;
        let sql = "SELECT in_transit_value FROM stock_transfer_line";
        books.value_on_its_way = self.rows(sql, |row| row.number(0)).await?;
        let sql = "SELECT kind, last FROM number_series";
        let series = self.rows(sql, |row| Ok((row.text(0)?, row.number(1)?)));
        books.series = series.await?.into_iter().collect();
        Ok(())
    }
}

/// A row, by the places of its columns.
struct Row<'a>(&'a QueryResult);

impl Row<'_> {
    fn id(&self, at: usize) -> Outcome<Uuid> {
        self.0.try_get_by_index(at).map_err(told)
    }

    fn optional_id(&self, at: usize) -> Outcome<Option<Uuid>> {
        self.0.try_get_by_index(at).map_err(told)
    }

    fn text(&self, at: usize) -> Outcome<String> {
        self.0.try_get_by_index(at).map_err(told)
    }

    fn number(&self, at: usize) -> Outcome<i64> {
        self.0.try_get_by_index(at).map_err(told)
    }

    fn numbers<const N: usize>(&self, from: usize) -> Outcome<[i64; N]> {
        let mut numbers = [0; N];
        for (at, number) in numbers.iter_mut().enumerate() {
            *number = self.number(from + at)?;
        }
        Ok(numbers)
    }

    fn place(&self, at: usize) -> Outcome<(Uuid, Uuid)> {
        Ok((self.id(at)?, self.id(at + 1)?))
    }
}

fn operation(row: &Row) -> Outcome<Operation> {
    Ok(Operation {
        id: row.id(0)?,
        key: row.0.try_get_by_index(1).map_err(told)?,
        command: row.text(2)?,
        record: row.id(3)?,
    })
}

fn level(row: &Row) -> Outcome<Level> {
    Ok(Level {
        place: row.place(0)?,
        state: row.numbers(2)?,
        version: row.number(8)?,
    })
}

fn movement(row: &Row) -> Outcome<Movement> {
    Ok(Movement {
        operation: row.id(0)?,
        variant: row.id(1)?,
        amount: row.numbers(2)?,
        from: (row.text(4)?, row.optional_id(5)?),
        to: (row.text(6)?, row.optional_id(7)?),
    })
}

fn commitment(row: &Row) -> Outcome<Commitment> {
    Ok(Commitment {
        operation: row.id(0)?,
        place: row.place(1)?,
        line: row.id(3)?,
        change: row.numbers(4)?,
    })
}

fn reservation(row: &Row) -> Outcome<Reservation> {
    Ok(Reservation {
        place: row.place(0)?,
        line: row.id(2)?,
        held: row.numbers(3)?,
    })
}

fn document(table: &'static str, has_number: bool, row: &Row) -> Outcome<Document> {
    Ok(Document {
        table,
        id: row.id(0)?,
        number: if has_number { Some(row.text(1)?) } else { None },
        operation: row.id(2)?,
    })
}

fn line(row: &Row) -> Outcome<Line> {
    Ok(Line {
        document: row.id(0)?,
        id: row.id(1)?,
        variant: row.id(2)?,
        quantity: row.number(3)?,
    })
}

fn event(row: &Row) -> Outcome<Event> {
    let facts: Value = serde_json::from_str(&row.text(0)?).map_err(told)?;
    let id = |name: &str| {
        let text = facts["level"][name].as_str().unwrap_or_default();
        text.parse::<Uuid>().map_err(told)
    };
    Ok(Event {
        place: (id("variant_id")?, id("warehouse_id")?),
        state: state(&facts["level"])?,
        change: state(&facts["change"])?,
        version: facts["level"]["version"]
            .as_i64()
            .ok_or("an event without a version")?,
    })
}

fn state(facts: &Value) -> Outcome<[i64; 6]> {
    let names = [
        "sellable",
        "quarantined",
        "reserved",
        "backordered",
        "incoming",
        "value",
    ];
    let mut state = [0; 6];
    for (number, name) in state.iter_mut().zip(names) {
        *number = facts[name].as_i64().ok_or("an event without numbers")?;
    }
    Ok(state)
}
