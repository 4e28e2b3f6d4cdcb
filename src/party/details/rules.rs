//! Which address stands for a party where none is named: pure.

use entity::vocab::AddressPurpose;
use serde_json::{Value as Json, json};

use super::store::NewAddress;

/// The address for a purpose, as documents keep addresses: the first one of that purpose, else the
/// first of all; none when there are none.
#[must_use]
pub fn default_for(purpose: AddressPurpose, addresses: &[NewAddress]) -> Option<Json> {
    let own = addresses.iter().find(|one| one.purpose == purpose);
    let NewAddress {
        purpose: _,
        recipient,
        street,
        city,
        region,
        postal_code,
        country,
        phone,
    } = own.or(addresses.first())?;
    Some(json!({
        "recipient": recipient, "street": street, "city": city, "region": region,
        "postal_code": postal_code, "country": country, "phone": phone,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(purpose: AddressPurpose, street: &str) -> NewAddress {
        NewAddress {
            purpose,
            recipient: None,
            street: street.to_owned(),
            city: "Wien".to_owned(),
            region: None,
            postal_code: None,
            country: "AT".to_owned(),
            phone: None,
        }
    }

    #[test]
    fn the_first_address_of_a_purpose_stands_for_it_else_the_first_of_all() {
        let street = |purpose, all: &[NewAddress]| {
            let found = default_for(purpose, all)?;
            found["street"].as_str().map(ToOwned::to_owned)
        };
        let all = [
            address(AddressPurpose::Other, "Lane 1"),
            address(AddressPurpose::Shipping, "Dock 2"),
            address(AddressPurpose::Shipping, "Dock 3"),
        ];
        assert_eq!(
            street(AddressPurpose::Shipping, &all).as_deref(),
            Some("Dock 2")
        );
        assert_eq!(
            street(AddressPurpose::Billing, &all).as_deref(),
            Some("Lane 1")
        );
        assert_eq!(street(AddressPurpose::Billing, &[]), None);
    }
}
