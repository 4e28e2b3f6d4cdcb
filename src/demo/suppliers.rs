//! Who supplies the demo.

use super::table;

const SUPPLIERS: &str = include_str!("data/suppliers.txt");

/// A supplier.
#[derive(Clone, Debug)]
pub struct Supplier {
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it bills in.
    pub currency: &'static str,
    /// Days from order to delivery.
    pub lead_days: i64,
    /// Days from one order to the next.
    pub cycle_days: i64,
    /// The code of its payment terms.
    pub terms: &'static str,
    /// Street, postal code, city, country.
    pub address: [&'static str; 4],
    /// Who answers there.
    pub contact: &'static str,
}

/// Reads the table.
///
/// # Panics
/// When the table is wrong; it is part of the program, and tested.
#[must_use]
pub fn read() -> Vec<Supplier> {
    let days = |text: &str| text.parse().expect("a table has numbers");
    let supplier = |fields: [&'static str; 11]| {
        let [code, name, currency, lead, cycle, terms, ..] = fields;
        let [.., street, postal_code, city, country, contact] = fields;
        Supplier {
            code,
            name,
            currency,
            lead_days: days(lead),
            cycle_days: days(cycle),
            terms,
            address: [street, postal_code, city, country],
            contact,
        }
    };
    table::records(SUPPLIERS).map(supplier).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_are_12_suppliers() {
        assert_eq!(super::read().len(), 12);
    }
}
