//! Suppliers in the schema.

use async_graphql::{Context, Description, ID, Object, Result};
use entity::party::supplier::Model;
use entity::vocab::SupplierId;

use crate::graphql::reference_input;
use crate::purchasing::supplier_item::graphql::SupplierItem;

/// Somebody we buy from.
#[derive(Description)]
pub struct Supplier(pub(crate) Model);

impl From<Model> for Supplier {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Supplier {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its short code, unique whatever the case.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it offers, oldest first; archived items included.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn supplier_items(&self, ctx: &Context<'_>) -> Result<Vec<SupplierItem>> {
        SupplierItem::of_supplier(ctx, self.0.id).await
    }
}

reference_input!(
    /// Names a supplier.
    SupplierReference -> SupplierId,
    /// Its code.
    Code("code")
);
