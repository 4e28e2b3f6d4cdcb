//! The Northwind files: a small trading company's products, customers and orders, as they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rust_decimal::{Decimal, RoundingStrategy};

/// Names another folder than the default one.
const FOLDER: &str = "STOCKROOM_NORTHWIND";

/// Something that is kept in stock.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its number in the files.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// What one piece costs in the list.
    pub list_price: Decimal,
    /// How much is there at the end.
    pub in_stock: Decimal,
}

impl Product {
    /// The SKU it gets.
    pub fn sku(&self) -> String {
        sku(self.id)
    }
}

/// Somebody who buys.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// What was ordered of one product.
#[derive(Clone, Debug)]
pub struct Line {
    /// The product's number.
    pub product: u32,
    /// How many pieces.
    pub quantity: Decimal,
    /// What one piece costs.
    pub unit_price: Decimal,
    /// The share that is taken off.
    pub discount_rate: Decimal,
}

impl Line {
    fn exact(&self) -> Decimal {
        self.quantity * self.unit_price * (Decimal::ONE - self.discount_rate)
    }
}

/// An order; days are written as the API takes them.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its number in the files.
    pub id: u32,
    /// The customer's code.
    pub customer: String,
    /// When it was placed.
    pub ordered_on: String,
    /// When it was shipped; none while it is open.
    pub shipped_on: Option<String>,
    /// What was ordered.
    pub lines: Vec<Line>,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Northwind {
    /// By number.
    pub products: Vec<Product>,
    /// By code.
    pub customers: Vec<Customer>,
    /// By day and number.
    pub orders: Vec<Order>,
}

/// The SKU of a product.
pub fn sku(product: u32) -> String {
    format!("NW-{product}")
}

/// Where the files are: `STOCKROOM_NORTHWIND`, or beside the project.
pub fn folder() -> PathBuf {
    std::env::var_os(FOLDER).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/northwind"),
        PathBuf::from,
    )
}

impl Northwind {
    /// Reads the files, or says which one cannot be read and what to do.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let mut lines = read_lines(folder)?;
        let mut orders = Vec::new();
        for row in rows(folder, "orders.csv")? {
            // Addresses have commas without quotes; what is needed comes before them.
            let id = number(&row, 0)?;
            orders.push(Order {
                id,
                customer: text(&row, 1)?,
                ordered_on: day(&row, 3)?.ok_or_else(|| format!("order {id} has no day"))?,
                shipped_on: day(&row, 5)?,
                lines: lines.remove(&id).unwrap_or_default(),
            });
        }
        orders.sort_by(|a, b| (&a.ordered_on, a.id).cmp(&(&b.ordered_on, b.id)));
        let products = rows(folder, "products.csv")?
            .iter()
            .map(|row| {
                Ok(Product {
                    id: number(row, 0)?,
                    name: text(row, 1)?,
                    list_price: number(row, 5)?,
                    in_stock: number(row, 6)?,
                })
            })
            .collect::<Result<_, String>>()?;
        let customers = rows(folder, "customers.csv")?
            .iter()
            .map(|row| {
                Ok(Customer {
                    code: text(row, 0)?,
                    name: text(row, 1)?,
                })
            })
            .collect::<Result<_, String>>()?;
        Ok(Self {
            products,
            customers,
            orders,
        })
    }

    /// Orders that were shipped, by day.
    pub fn shipped(&self) -> impl Iterator<Item = &Order> {
        self.orders
            .iter()
            .filter(|order| order.shipped_on.is_some())
    }

    /// Orders that still wait, by day.
    pub fn open(&self) -> impl Iterator<Item = &Order> {
        self.orders
            .iter()
            .filter(|order| order.shipped_on.is_none())
    }

    /// How much of a product must come in, so that it is `in_stock` when all is shipped.
    pub fn received(&self, product: &Product) -> Decimal {
        product.in_stock + demand(self.shipped(), product.id)
    }

    /// What is left for others when everybody who waits has been served.
    pub fn available(&self, product: &Product) -> Decimal {
        product.in_stock - demand(self.open(), product.id)
    }

    /// What all lines are worth, not rounded at all.
    pub fn exact_revenue(&self) -> Decimal {
        self.lines().map(Line::exact).sum()
    }

    /// What all lines are worth, each rounded half away from zero to cents.
    pub fn net_revenue(&self) -> Decimal {
        let cents = |line: &Line| {
            line.exact()
                .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
        };
        self.lines().map(cents).sum()
    }

    /// Every line of every order.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.orders.iter().flat_map(|order| &order.lines)
    }
}

fn demand<'a>(orders: impl Iterator<Item = &'a Order>, product: u32) -> Decimal {
    orders
        .flat_map(|order| &order.lines)
        .filter(|line| line.product == product)
        .map(|line| line.quantity)
        .sum()
}

fn read_lines(folder: &Path) -> Result<BTreeMap<u32, Vec<Line>>, String> {
    let mut lines: BTreeMap<u32, Vec<Line>> = BTreeMap::new();
    for row in rows(folder, "order-details.csv")? {
        lines.entry(number(&row, 0)?).or_default().push(Line {
            product: number(&row, 1)?,
            unit_price: number(&row, 2)?,
            quantity: number(&row, 3)?,
            discount_rate: number(&row, 4)?,
        });
    }
    Ok(lines)
}

fn rows(folder: &Path, file: &str) -> Result<Vec<csv::StringRecord>, String> {
    let path = folder.join(file);
    let failed = |error: csv::Error| {
        format!(
            "{} cannot be read: {error}. Put the Northwind files there, or name their folder in \
             {FOLDER}.",
            path.display()
        )
    };
    csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(&path)
        .map_err(failed)?
        .into_records()
        .collect::<Result<_, _>>()
        .map_err(failed)
}

fn text(row: &csv::StringRecord, column: usize) -> Result<String, String> {
    row.get(column)
        .map(str::to_owned)
        .ok_or_else(|| format!("{row:?} has no column {column}"))
}

fn number<T: std::str::FromStr>(row: &csv::StringRecord, column: usize) -> Result<T, String> {
    text(row, column)?
        .parse()
        .map_err(|_| format!("column {column} of {row:?} is no number"))
}

/// `1996-07-04 00:00:00.000` is a day; `NULL` is none.
fn day(row: &csv::StringRecord, column: usize) -> Result<Option<String>, String> {
    let text = text(row, column)?;
    Ok(text
        .split_whitespace()
        .next()
        .filter(|day| *day != "NULL")
        .map(str::to_owned))
}
