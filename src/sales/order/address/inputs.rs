//! Addresses of orders, given and shown.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::graphql::Reading;
use crate::platform::input::{CODE_LENGTH_MAX, NAME_LENGTH_MAX};
use crate::platform::rejection::Path;

/// An address on an order, as it was when the order was written.
#[derive(Clone, Debug, SimpleObject, InputObject, Serialize, Deserialize)]
#[graphql(input_name = "OrderAddressInput")]
pub struct OrderAddress {
    /// Who receives it there, at most 200 characters.
    recipient: Option<String>,
    /// Street and number, at most 200 characters.
    street: String,
    /// The city, at most 200 characters.
    city: String,
    /// The state or province, at most 200 characters.
    region: Option<String>,
    /// The postal code, at most 64 characters.
    postal_code: Option<String>,
    /// The ISO 3166-1 code of the country, two letters such as "DE".
    country: String,
    /// A telephone number, at most 64 characters.
    phone: Option<String>,
}

impl OrderAddress {
    pub(in crate::sales) fn read(self, reading: &mut Reading, path: &Path) -> Value {
        let Self {
            recipient,
            street,
            city,
            region,
            postal_code,
            country,
            phone,
        } = self;
        let check = &mut reading.check;
        let mut text = |field: &str, text: Option<String>, most: usize| {
            text.map(|text| check.text(path.at(field), &text, most))
        };
        let read = Self {
            recipient: text("recipient", recipient, NAME_LENGTH_MAX),
            street: text("street", Some(street), NAME_LENGTH_MAX).unwrap_or_default(),
            city: text("city", Some(city), NAME_LENGTH_MAX).unwrap_or_default(),
            region: text("region", region, NAME_LENGTH_MAX),
            postal_code: text("postalCode", postal_code, CODE_LENGTH_MAX),
            country: country.trim().to_ascii_uppercase(),
            phone: text("phone", phone, CODE_LENGTH_MAX),
        };
        let letters = |code: &str| code.len() == 2 && code.bytes().all(|c| c.is_ascii_uppercase());
        if !letters(&read.country) {
            let message = "Is not a country; give its ISO 3166-1 code such as \"DE\".";
            reading.check.complain(path.at("country"), message);
        }
        serde_json::to_value(&read).expect("texts always serialize")
    }
}
