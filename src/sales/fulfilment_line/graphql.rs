//! Lines of fulfilments in the schema.

use async_graphql::{Context, Description, ID, Object, Result};
use entity::sales::fulfilment_line;

use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::{Asked, company};
use crate::graphql::payload::internal;
use crate::graphql::{Decimal, Money, loaders};
use crate::platform::actor::Scope;

/// A line of a fulfilment.
#[derive(Description)]
pub struct FulfilmentLine(pub(in crate::sales) fulfilment_line::Model);

#[Object(use_type_description)]
impl FulfilmentLine {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The id of the order line it serves.
    async fn sales_order_line_id(&self) -> ID {
        ID(self.0.sales_order_line_id.to_string())
    }

    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.0.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a line without a variant"))
    }

    /// How much it takes, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// Exact cost at which it left, in the company's currency; zero before it was shipped.
    /// Scope: `costs:read`.
    async fn cost(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let cost = || Money::base(self.0.cost, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| cost()))
    }
}
