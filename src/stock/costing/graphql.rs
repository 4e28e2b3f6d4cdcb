//! Methods of costing in the schema.

use async_graphql::{Context, Object, Result};
use entity::vocab::ProductVariantId;

use super::inputs::ProductVariantChangeCostingInput;
use super::ops;
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::Asked;
use crate::graphql::{app, payload};
use crate::platform::actor::Scope;

payload! {
    /// What changing the method of costing brought.
    ProductVariantChangeCostingPayload {
        /// The changed variant.
        product_variant: ProductVariant = ProductVariantId
    }
}

/// Changes methods of costing.
#[derive(Default)]
pub struct CostingMutation;

#[Object]
impl CostingMutation {
    /// Changes at which cost goods of a variant leave a warehouse. Only while nothing of it is on
    /// hand or on its way anywhere: no goods are valued by two methods.
    /// Scope: `products:write`.
    async fn product_variant_change_costing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which variant, and which method.")]
        input: ProductVariantChangeCostingInput,
    ) -> Result<ProductVariantChangeCostingPayload> {
        ctx.require(Scope::ProductsWrite)?;
        let verdict = ops::change(app(ctx), input.read(ctx)).await;
        ProductVariantChangeCostingPayload::answer(ctx, verdict).await
    }
}
