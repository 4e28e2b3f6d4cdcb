//! The ledger lines of one command in the schema.

use async_graphql::{Context, Description, Object, Result};

use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::{Asked, company};
use crate::graphql::payload::internal;
use crate::graphql::{Decimal, Money, loaders};
use crate::platform::actor::Scope;
use crate::stock::ledger::{Commitment, Lines, Movement};
use crate::stock::movement::graphql::{StockPlaceKind, warehouse};
use crate::stock::warehouse::graphql::Warehouse;

/// The ledger lines of one command.
#[derive(Clone, Description)]
pub struct Posted(Lines);

impl From<Lines> for Posted {
    fn from(lines: Lines) -> Self {
        Self(lines)
    }
}

#[Object(use_type_description)]
impl Posted {
    /// What moves from where to where, in the order of writing.
    async fn movements(&self) -> Vec<PostedMovement> {
        let lines = self.0.movements.iter().cloned();
        lines.map(PostedMovement).collect()
    }

    /// What is promised or announced, or no longer.
    async fn commitments(&self) -> Vec<PostedCommitment> {
        let lines = self.0.commitments.iter().copied();
        lines.map(PostedCommitment).collect()
    }
}

async fn variant(ctx: &Context<'_>, id: entity::vocab::ProductVariantId) -> Result<ProductVariant> {
    ctx.require(Scope::ProductsRead)?;
    let row = loaders(ctx).load_one(id).await;
    let row = row.map_err(|error| internal(&error))?;
    row.map(ProductVariant::from)
        .ok_or_else(|| async_graphql::Error::new("a ledger line without a variant"))
}

/// A line of the physical ledger.
#[derive(Description)]
pub struct PostedMovement(Movement);

#[Object(use_type_description)]
impl PostedMovement {
    /// What moves.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        variant(ctx, self.0.variant_id).await
    }

    /// How much, in the base unit; always above zero.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// What it is worth, in the company's currency.
    /// Scope: `costs:read`.
    async fn value(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let value = || Money::base(self.0.value, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| value()))
    }

    /// Where it leaves.
    #[graphql(name = "fromPlace")]
    async fn source_place(&self) -> StockPlaceKind {
        self.0.from.kind().into()
    }

    /// The warehouse it leaves; null when it leaves none.
    /// Scope: `stock:read`.
    #[graphql(name = "fromWarehouse")]
    async fn source_warehouse(&self, ctx: &Context<'_>) -> Option<Result<Warehouse>> {
        if let Err(refused) = ctx.require(Scope::StockRead) {
            return Some(Err(refused));
        }
        warehouse(ctx, self.0.from.warehouse()).await.transpose()
    }

    /// Where it arrives.
    async fn to_place(&self) -> StockPlaceKind {
        self.0.to.kind().into()
    }

    /// The warehouse it reaches; null when it reaches none.
    /// Scope: `stock:read`.
    async fn to_warehouse(&self, ctx: &Context<'_>) -> Option<Result<Warehouse>> {
        if let Err(refused) = ctx.require(Scope::StockRead) {
            return Some(Err(refused));
        }
        warehouse(ctx, self.0.to.warehouse()).await.transpose()
    }

    /// Why, where the document alone does not say it.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
}

/// A line of the commitment ledger: by how much a level's promises change.
#[derive(Description)]
pub struct PostedCommitment(Commitment);

#[Object(use_type_description)]
impl PostedCommitment {
    /// Of what.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        variant(ctx, self.0.key.0).await
    }

    /// Where.
    /// Scope: `stock:read`.
    async fn warehouse(&self, ctx: &Context<'_>) -> Option<Result<Warehouse>> {
        if let Err(refused) = ctx.require(Scope::StockRead) {
            return Some(Err(refused));
        }
        warehouse(ctx, Some(self.0.key.1)).await.transpose()
    }

    /// By how much `reserved` changes, in the base unit.
    async fn reserved(&self) -> Decimal {
        self.0.reserved.into()
    }

    /// By how much `backordered` changes, in the base unit.
    async fn backordered(&self) -> Decimal {
        self.0.backordered.into()
    }

    /// By how much `incoming` changes, in the base unit.
    async fn incoming(&self) -> Decimal {
        self.0.incoming.into()
    }
}
