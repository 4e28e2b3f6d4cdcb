//! Contacts and addresses in the schema.

use async_graphql::{Description, Enum, ID, Object};
use entity::party::{address, contact};
use entity::vocab::AddressPurpose;

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "AddressPurpose", remote = "AddressPurpose")]
pub enum AddressPurposeKind {
    /// Where bills go.
    Billing,
    /// Where goods go.
    Shipping,
    /// Anything else.
    Other,
}

/// A person or desk at a customer or supplier.
#[derive(Description)]
pub struct Contact(pub(crate) contact::Model);

#[Object(use_type_description)]
impl Contact {
    /// Its id; a new one each time the list is given anew.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The person's or desk's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What they are there for.
    async fn role(&self) -> Option<&str> {
        self.0.role.as_deref()
    }

    /// An e-mail address.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// A telephone number.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }
}

/// An address of a customer or supplier.
#[derive(Description)]
pub struct Address(pub(crate) address::Model);

#[Object(use_type_description)]
impl Address {
    /// Its id; a new one each time the list is given anew.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What it is for.
    async fn purpose(&self) -> AddressPurposeKind {
        self.0.purpose.into()
    }

    /// Who receives there; null when it is the party itself.
    async fn recipient(&self) -> Option<&str> {
        self.0.recipient.as_deref()
    }

    /// Street and number.
    async fn street(&self) -> &str {
        &self.0.street
    }

    /// City.
    async fn city(&self) -> &str {
        &self.0.city
    }

    /// State, province or district.
    async fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    /// Postal code.
    async fn postal_code(&self) -> Option<&str> {
        self.0.postal_code.as_deref()
    }

    /// ISO 3166-1 alpha-2 code of the country.
    async fn country(&self) -> &str {
        &self.0.country
    }

    /// A telephone number.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }
}
