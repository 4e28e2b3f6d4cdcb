//! The rows of customer groups.

use entity::party::customer_group;
use entity::vocab::CustomerGroupId;
use sea_orm::{EntityTrait, Select};

use crate::graphql::loader_by_id;
use crate::platform::master::master;

loader_by_id!(entity::party::customer_group, CustomerGroupId);
master!(
    entity::party::customer_group,
    CustomerGroupId,
    "customer group",
    code_key(CodeKey) = "code"
);

/// All customer groups, for a list.
#[must_use]
pub fn all() -> Select<customer_group::Entity> {
    customer_group::Entity::find()
}
