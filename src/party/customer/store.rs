//! The rows of customers.

use entity::party::customer::{Entity, Model};
use entity::party::customer_group;
use entity::vocab::{CustomerId, RecordStatus};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, Select};

use crate::graphql::loader_by_id;
use crate::platform::master::{self, master};
use crate::platform::reference::{self, Referable, Reference, Stored};

loader_by_id!(entity::party::customer, CustomerId);
master!(
    entity::party::customer,
    CustomerId,
    "customer",
    code_key(CodeKey) = "code"
);

/// The customers that references name, in one statement.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<CustomerId>],
) -> Result<Vec<Model>, DbErr> {
    master::find::<Entity>(conn, references).await
}

/// All customers, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}

/// A customer, and the group whose prices it shares.
#[derive(Clone, Debug)]
pub struct Buyer {
    /// The customer.
    pub customer: Model,
    /// Its group.
    pub group: Option<customer_group::Model>,
}

impl Referable for Buyer {
    type Id = CustomerId;
    const NOUN: &'static str = "customer";

    fn id(&self) -> CustomerId {
        self.customer.id
    }

    fn key(&self) -> &str {
        &self.customer.code_key
    }

    fn external_id(&self) -> Option<&str> {
        self.customer.external_id.as_deref()
    }
}

impl master::Master for Buyer {
    const KEY: &'static str = "code";

    fn status(&self) -> RecordStatus {
        self.customer.status
    }

    fn version(&self) -> i64 {
        self.customer.version
    }
}

/// The customers that references name, with their groups, in one statement.
///
/// # Errors
/// The database's.
pub async fn find_buyers(
    conn: &impl ConnectionTrait,
    references: &[&Reference<CustomerId>],
) -> Result<Vec<Buyer>, DbErr> {
    let rows = Entity::find()
        .find_also_related(customer_group::Entity)
        .filter(reference::any_of(references, &Entity::COLUMNS))
        .all(conn)
        .await?;
    let buyer = |(customer, group)| Buyer { customer, group };
    Ok(rows.into_iter().map(buyer).collect())
}
