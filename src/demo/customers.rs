//! Who buys from the demo: groups, terms, and 60 customers.

use super::table;

const CUSTOMERS: &str = include_str!("data/customers.txt");

/// Code, name, and instalments: each a share and the days until it is due.
type Terms = (&'static str, &'static str, &'static [(&'static str, i64)]);

/// Payment terms: code, name, and the instalments with their share and days.
pub const TERMS: &[Terms] = &[
    ("PREPAID", "Due at once", &[("1", 0)]),
    ("NET-14", "Net 14 days", &[("1", 14)]),
    ("NET-30", "Net 30 days", &[("1", 30)]),
    ("NET-60", "Net 60 days", &[("1", 60)]),
    (
        "SPLIT-30-60",
        "Half in 30, half in 60 days",
        &[("0.5", 30), ("0.5", 60)],
    ),
];

/// What a customer does, which decides what it buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trade {
    /// Cafés, hotels, canteens.
    Gastro,
    /// Shops.
    Retail,
    /// Offices.
    Office,
    /// Dealers abroad.
    Export,
}

/// The customer groups: code, name, and whether there is a price list of the same code.
pub const GROUPS: &[(Trade, &str, &str, bool)] = &[
    (Trade::Gastro, "GASTRO", "Cafés, hotels and canteens", true),
    (Trade::Retail, "RETAIL", "Shops", true),
    (Trade::Office, "OFFICE", "Offices", false),
    (Trade::Export, "EXPORT", "Dealers abroad", false),
];

impl Trade {
    /// How much it buys of a category, against others.
    #[must_use]
    pub fn preference(self, category: &str) -> i64 {
        let is_tea = category.starts_with("TEA");
        match (self, category) {
            (_, "SERVICES") => 0,
            (Self::Gastro, "COFFEE") => 8,
            (Self::Gastro, "PANTRY") => 5,
            (Self::Gastro, "CUPS" | "BREWING") => 2,
            (Self::Retail, "CUPS" | "POTS" | "HOUSEHOLD" | "STORAGE") => 3,
            (Self::Office, "COFFEE" | "PANTRY") => 6,
            (Self::Office, "CUPS") => 2,
            (Self::Retail | Self::Export, "COFFEE") => 3,
            (Self::Retail | Self::Export, _) if is_tea => 6,
            (Self::Gastro | Self::Office, _) if is_tea => 4,
            _ => 1,
        }
    }
}

/// How large a customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A corner shop.
    Small,
    /// A busy café.
    Medium,
    /// A hotel.
    Large,
}

/// How a customer pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pays {
    /// In time.
    Prompt,
    /// A few days late.
    Normal,
    /// Weeks late.
    Slow,
    /// Not any more.
    Never,
}

/// A customer.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub trade: Trade,
    /// The code of its group.
    pub group: &'static str,
    /// The place of the warehouse it is served from.
    pub warehouse: usize,
    /// How large it is.
    pub size: Size,
    /// How it pays.
    pub pays: Pays,
    /// The code of its payment terms.
    pub terms: &'static str,
    /// What it may owe.
    pub credit_limit: &'static str,
    /// Street, postal code, city, country.
    pub address: [&'static str; 4],
}

impl Customer {
    /// Days until a bill is due; the first part of it.
    #[must_use]
    pub fn term_days(&self) -> i64 {
        let terms = TERMS.iter().find(|(code, ..)| *code == self.terms);
        terms.map_or(0, |(.., instalments)| instalments[0].1)
    }
}

/// The warehouses: code and name. The first has everything; the others what sells well.
pub const WAREHOUSES: &[(&str, &str)] = &[
    ("MAIN", "Main warehouse"),
    ("NORTH", "Warehouse North"),
    ("SOUTH", "Warehouse South"),
];

/// Reads the table.
///
/// # Panics
/// When the table is wrong; it is part of the program, and tested.
#[must_use]
pub fn read() -> Vec<Customer> {
    table::records(CUSTOMERS).map(customer).collect()
}

fn customer(fields: [&'static str; 12]) -> Customer {
    let [code, name, group, warehouse, size, pays, terms, limit, ..] = fields;
    let [.., street, postal_code, city, country] = fields;
    let known = GROUPS.iter().find(|(_, code, ..)| *code == group);
    let place = WAREHOUSES.iter().position(|(code, _)| *code == warehouse);
    Customer {
        code,
        name,
        trade: known.expect("a table names groups").0,
        group,
        warehouse: place.expect("a table names warehouses"),
        size: match size {
            "L" => Size::Large,
            "M" => Size::Medium,
            _ => Size::Small,
        },
        pays: match pays {
            "prompt" => Pays::Prompt,
            "slow" => Pays::Slow,
            "never" => Pays::Never,
            _ => Pays::Normal,
        },
        terms,
        credit_limit: limit,
        address: [street, postal_code, city, country],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_60_customers_with_codes_and_terms_of_every_kind() {
        let customers = read();
        assert_eq!(customers.len(), 60);
        let codes: BTreeSet<&str> = customers.iter().map(|one| one.code).collect();
        assert_eq!(codes.len(), 60);
        for (code, ..) in TERMS {
            assert!(customers.iter().any(|one| one.terms == *code), "{code}");
        }
        for (place, (code, _)) in WAREHOUSES.iter().enumerate() {
            assert!(customers.iter().any(|one| one.warehouse == place), "{code}");
        }
        assert!(customers.iter().any(|one| one.pays == Pays::Never));
    }
}
