//! The rows of contacts and addresses.

use entity::party::{address, contact};
use entity::vocab::{AddressId, AddressPurpose, ContactId, CustomerId, SupplierId};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};

use crate::graphql::loader_of_many;

loader_of_many!(
    /// The contacts of a customer.
    ContactsOfCustomer(CustomerId), entity::party::contact,
    CustomerId(|row| row.customer_id), by Position
);
loader_of_many!(
    /// The contacts of a supplier.
    ContactsOfSupplier(SupplierId), entity::party::contact,
    SupplierId(|row| row.supplier_id), by Position
);
loader_of_many!(
    /// The addresses of a customer.
    AddressesOfCustomer(CustomerId), entity::party::address,
    CustomerId(|row| row.customer_id), by Position
);
loader_of_many!(
    /// The addresses of a supplier.
    AddressesOfSupplier(SupplierId), entity::party::address,
    SupplierId(|row| row.supplier_id), by Position
);

/// Whose they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// A customer's.
    Customer(CustomerId),
    /// A supplier's.
    Supplier(SupplierId),
}

impl Party {
    fn ids(self) -> (Option<CustomerId>, Option<SupplierId>) {
        match self {
            Self::Customer(id) => (Some(id), None),
            Self::Supplier(id) => (None, Some(id)),
        }
    }
}

/// A contact as it was given.
#[derive(Clone, Debug, Default)]
pub struct NewContact {
    /// The person's or desk's name.
    pub name: String,
    /// What they are there for.
    pub role: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
}

/// An address as it was given.
#[derive(Clone, Debug)]
pub struct NewAddress {
    /// What it is for.
    pub purpose: AddressPurpose,
    /// Who receives there, when not the party itself.
    pub recipient: Option<String>,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State, province or district.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// A telephone number.
    pub phone: Option<String>,
}

/// The lists that take the place of those before; none where a list stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// All contacts.
    pub contacts: Option<Vec<NewContact>>,
    /// All addresses.
    pub addresses: Option<Vec<NewAddress>>,
}

fn position(index: usize) -> i32 {
    i32::try_from(index + 1).expect("a party has few contacts and addresses")
}

/// Writes the lists that were given.
///
/// # Errors
/// The database's.
pub async fn replace(
    conn: &impl ConnectionTrait,
    party: Party,
    details: &Details,
    is_new: bool,
) -> Result<(), DbErr> {
    let (customer_id, supplier_id) = party.ids();
    if let Some(contacts) = &details.contacts {
        let theirs = match party {
            Party::Customer(id) => contact::Column::CustomerId.eq(id),
            Party::Supplier(id) => contact::Column::SupplierId.eq(id),
        };
        if !is_new {
            contact::Entity::delete_many()
                .filter(theirs)
                .exec(conn)
                .await?;
        }
        let rows = contacts.iter().enumerate().map(|(index, given)| {
            let row = contact::Model {
                id: ContactId::generate(),
                customer_id,
                supplier_id,
                position: position(index),
                name: given.name.clone(),
                role: given.role.clone(),
                email: given.email.clone(),
                phone: given.phone.clone(),
            };
            row.into_active_model()
        });
        if !contacts.is_empty() {
            contact::Entity::insert_many(rows)
                .exec_without_returning(conn)
                .await?;
        }
    }
    if let Some(addresses) = &details.addresses {
        let theirs = match party {
            Party::Customer(id) => address::Column::CustomerId.eq(id),
            Party::Supplier(id) => address::Column::SupplierId.eq(id),
        };
        if !is_new {
            address::Entity::delete_many()
                .filter(theirs)
                .exec(conn)
                .await?;
        }
        insert_addresses(conn, (customer_id, supplier_id), addresses).await?;
    }
    Ok(())
}

async fn insert_addresses(
    conn: &impl ConnectionTrait,
    (customer_id, supplier_id): (Option<CustomerId>, Option<SupplierId>),
    addresses: &[NewAddress],
) -> Result<(), DbErr> {
    if addresses.is_empty() {
        return Ok(());
    }
    let rows = addresses.iter().enumerate().map(|(index, given)| {
        let row = address::Model {
            id: AddressId::generate(),
            customer_id,
            supplier_id,
            position: position(index),
            purpose: given.purpose,
            recipient: given.recipient.clone(),
            street: given.street.clone(),
            city: given.city.clone(),
            region: given.region.clone(),
            postal_code: given.postal_code.clone(),
            country: given.country.clone(),
            phone: given.phone.clone(),
        };
        row.into_active_model()
    });
    address::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// What a party's contacts and addresses are found by, as they are stored.
///
/// # Errors
/// The database's.
pub async fn texts(conn: &impl ConnectionTrait, party: Party) -> Result<Vec<String>, DbErr> {
    let (contacts, addresses) = match party {
        Party::Customer(id) => (
            contact::Column::CustomerId.eq(id),
            address::Column::CustomerId.eq(id),
        ),
        Party::Supplier(id) => (
            contact::Column::SupplierId.eq(id),
            address::Column::SupplierId.eq(id),
        ),
    };
    let contacts = contact::Entity::find().filter(contacts).all(conn).await?;
    let addresses = address::Entity::find().filter(addresses).all(conn).await?;
    let of_contact = |row: contact::Model| [Some(row.name), row.email];
    let mut texts: Vec<String> = contacts
        .into_iter()
        .flat_map(of_contact)
        .flatten()
        .collect();
    texts.extend(addresses.into_iter().map(|row| row.city));
    Ok(texts)
}
