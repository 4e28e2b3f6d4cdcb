//! A wholesaler's month as it lies in the files: every line, as it is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rust_decimal::{Decimal, RoundingStrategy};

use super::files::{self, number, text};

/// Names another folder than the default one.
const FOLDER: &str = "STOCKROOM_ONLINE_RETAIL";
/// What is billed and is no goods, beside vouchers.
const CHARGES: &[&str] = &[
    "POST",
    "DOT",
    "M",
    "C2",
    "D",
    "S",
    "BANK CHARGES",
    "AMAZONFEE",
];
/// Who buys without telling who it is.
pub const WALK_IN: &str = "WALK-IN";

/// A line of an invoice, a cancellation or a correction.
#[derive(Clone, Debug)]
pub struct Line {
    /// The file and the line in it.
    pub place: String,
    /// The number of the document; that of a cancellation begins with a C.
    pub invoice: String,
    /// The code of what it is about, in capitals: the files write some of them both ways.
    pub code: String,
    /// What it says of that; nothing, or a remark, where stock is corrected.
    pub description: String,
    /// How many pieces; below zero where they come back or are gone.
    pub quantity: Decimal,
    /// The day it belongs to.
    pub day: String,
    /// What one piece costs, in pounds with two decimals.
    pub unit_price: Decimal,
    /// The number of the customer; none when it is not known who it was.
    pub customer: Option<String>,
}

impl Line {
    /// The SKU it gets.
    pub fn sku(&self) -> String {
        sku(&self.code)
    }

    /// Quantity times price, rounded half away from zero to pence.
    pub fn money(&self) -> Decimal {
        pence(self.quantity * self.unit_price)
    }

    /// Whether its document takes something back.
    pub fn is_cancelled(&self) -> bool {
        self.invoice.starts_with('C')
    }

    /// Whether it is about a service and not about goods: postage, a fee, a voucher, a sum that was
    /// put in by hand.
    pub fn is_charge(&self) -> bool {
        CHARGES.contains(&self.code.as_str()) || self.code.starts_with("GIFT_")
    }

    /// Who it is, or that it is not known.
    pub fn customer(&self) -> &str {
        self.customer.as_deref().unwrap_or(WALK_IN)
    }
}

/// Something that is sold, with what is known of it.
#[derive(Clone, Debug)]
pub struct Article {
    /// What it is called where it is first sold; its code where it never is.
    pub name: String,
    /// The first price above zero that somebody paid for it.
    pub price: Option<Decimal>,
    /// Whether it is a service.
    pub is_charge: bool,
}

impl Article {
    /// What one piece costs us. The files do not say it, so this is a rule: half the first price,
    /// rounded to pence; nothing where there never was a price.
    pub fn cost(&self) -> Decimal {
        pence(self.price.unwrap_or_default() / Decimal::TWO)
    }
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Retail {
    /// As they lie in the files, day by day.
    pub lines: Vec<Line>,
    /// By code.
    pub articles: BTreeMap<String, Article>,
}

impl Retail {
    /// Reads the files, or says which one cannot be read and what to do.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let hint = format!("Put the files of the month there, or name their folder in {FOLDER}.");
        let cannot = |error| format!("{} cannot be read: {error}. {hint}", folder.display());
        let entries = std::fs::read_dir(folder).map_err(cannot)?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths: Vec<PathBuf> = paths.collect::<Result<_, _>>().map_err(cannot)?;
        paths.retain(|path| path.extension().is_some_and(|kind| kind == "csv"));
        paths.sort();
        let mut lines = Vec::new();
        for path in paths {
            for (index, row) in files::rows(&path, &hint)?.iter().enumerate() {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                lines.push(line(row, format!("{file}:{}", index + 2))?);
            }
        }
        if lines.is_empty() {
            return Err(format!("{} holds no lines. {hint}", folder.display()));
        }
        let articles = articles(&lines);
        Ok(Self { lines, articles })
    }

    /// The lines of each day.
    pub fn days(&self) -> impl Iterator<Item = &[Line]> {
        self.lines.chunk_by(|a, b| a.day == b.day)
    }

    /// The last day that anything happened on.
    pub fn last_day(&self) -> &str {
        self.lines.last().map_or("", |line| &line.day)
    }
}

/// The SKU of a code.
pub fn sku(code: &str) -> String {
    format!("OR-{code}")
}

/// Where the files are: `STOCKROOM_ONLINE_RETAIL`, or beside the project.
pub fn folder() -> PathBuf {
    files::place(FOLDER, "online-retail")
}

fn pence(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn line(row: &csv::StringRecord, place: String) -> Result<Line, String> {
    let customer = text(row, 6)?;
    let instant = text(row, 4)?;
    Ok(Line {
        place,
        invoice: text(row, 0)?,
        code: text(row, 1)?.trim().to_uppercase(),
        description: text(row, 2)?.trim().to_owned(),
        quantity: number(row, 3)?,
        day: instant.chars().take(10).collect(),
        unit_price: number(row, 5)?,
        // It is written as a number with a fraction.
        customer: Some(customer.trim_end_matches(".0").to_owned()).filter(|id| !id.is_empty()),
    })
}

fn articles(lines: &[Line]) -> BTreeMap<String, Article> {
    let mut articles: BTreeMap<String, Article> = BTreeMap::new();
    for line in lines {
        let article = articles
            .entry(line.code.clone())
            .or_insert_with(|| Article {
                name: line.code.clone(),
                price: None,
                is_charge: line.is_charge(),
            });
        if article.price.is_none() && line.unit_price > Decimal::ZERO {
            article.price = Some(line.unit_price);
            if !line.description.is_empty() {
                article.name.clone_from(&line.description);
            }
        }
    }
    articles
}
