//! Contacts and addresses as they are given.

use async_graphql::{InputObject, MaybeUndefined};

use super::graphql::AddressPurposeKind;
use super::store::{Details, NewAddress, NewContact};
use crate::graphql::Reading;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::rejection::Path;

/// Contacts or addresses of a party, at most.
const LIST_MAX: usize = 50;

/// A person or desk.
#[derive(Clone, Debug, InputObject)]
pub struct ContactInput {
    /// The person's or desk's name, at most 200 characters.
    name: String,
    /// What they are there for, at most 200 characters.
    role: Option<String>,
    /// An e-mail address.
    email: Option<String>,
    /// A telephone number, at most 64 characters.
    phone: Option<String>,
}

impl ContactInput {
    fn read(self, reading: &mut Reading, path: &Path) -> NewContact {
        let Self {
            name,
            role,
            email,
            phone,
        } = self;
        let check = &mut reading.check;
        NewContact {
            name: check.text(path.at("name"), &name, NAME_LENGTH_MAX),
            role: check.optional_text(path.at("role"), role.as_deref(), NAME_LENGTH_MAX),
            email: email.map(|email| check.email(path.at("email"), &email)),
            phone: check.optional_text(path.at("phone"), phone.as_deref(), 64),
        }
    }
}

/// An address.
#[derive(Clone, Debug, InputObject)]
pub struct AddressInput {
    /// What it is for; SHIPPING when left out.
    purpose: Option<AddressPurposeKind>,
    /// Who receives there, when not the party itself.
    recipient: Option<String>,
    /// Street and number, at most 200 characters.
    street: String,
    /// City, at most 200 characters.
    city: String,
    /// State, province or district.
    region: Option<String>,
    /// Postal code, at most 64 characters.
    postal_code: Option<String>,
    /// ISO 3166-1 alpha-2 code of the country, such as "DE".
    country: String,
    /// A telephone number, at most 64 characters.
    phone: Option<String>,
}

impl AddressInput {
    fn read(self, reading: &mut Reading, path: &Path) -> NewAddress {
        let Self {
            purpose,
            recipient,
            street,
            city,
            region,
            postal_code,
            country,
            phone,
        } = self;
        let check = &mut reading.check;
        let purpose = purpose.unwrap_or(AddressPurposeKind::Shipping);
        NewAddress {
            purpose: purpose.into(),
            recipient: check.optional_text(
                path.at("recipient"),
                recipient.as_deref(),
                NAME_LENGTH_MAX,
            ),
            street: check.text(path.at("street"), &street, NAME_LENGTH_MAX),
            city: check.text(path.at("city"), &city, NAME_LENGTH_MAX),
            region: check.optional_text(path.at("region"), region.as_deref(), NAME_LENGTH_MAX),
            postal_code: check.optional_text(path.at("postalCode"), postal_code.as_deref(), 64),
            country: check.country(path.at("country"), &country),
            phone: check.optional_text(path.at("phone"), phone.as_deref(), 64),
        }
    }
}

fn list<G, N>(
    given: Option<Vec<G>>,
    reading: &mut Reading,
    path: &Path,
    read: impl Fn(G, &mut Reading, &Path) -> N,
) -> Option<Vec<N>> {
    let given = given?;
    if given.len() > LIST_MAX {
        let message = format!("Must have at most {LIST_MAX} entries.");
        reading.check.complain(path.clone(), message);
    }
    let given = given.into_iter().take(LIST_MAX).enumerate();
    let read = given.map(|(index, one)| read(one, reading, &path.at(index)));
    Some(read.collect())
}

/// Reads a list of contacts.
pub fn contacts(
    given: Option<Vec<ContactInput>>,
    reading: &mut Reading,
    path: &Path,
) -> Option<Vec<NewContact>> {
    list(given, reading, path, ContactInput::read)
}

/// Reads new lists, where they are given.
pub fn new_details(
    people: MaybeUndefined<Vec<ContactInput>>,
    places: MaybeUndefined<Vec<AddressInput>>,
    reading: &mut Reading,
) -> Details {
    let path = Path::input();
    let people = reading.required(path.at("contacts"), people);
    let places = reading.required(path.at("addresses"), places);
    Details {
        contacts: contacts(people, reading, &path.at("contacts")),
        addresses: addresses(places, reading, &path.at("addresses")),
    }
}

/// Reads a list of addresses.
pub fn addresses(
    given: Option<Vec<AddressInput>>,
    reading: &mut Reading,
    path: &Path,
) -> Option<Vec<NewAddress>> {
    list(given, reading, path, AddressInput::read)
}
