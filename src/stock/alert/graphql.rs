//! Alerts in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::stock::stock_alert;
use entity::vocab::{ProductVariantId, StockAlertKind, WarehouseId};

use super::store;
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::{Asked, date_time};
use crate::graphql::filter::{Condition, IdFilter, enum_filter};
use crate::graphql::payload::internal;
use crate::graphql::{Decimal, listing, loaders};
use crate::platform::actor::Scope;
use crate::stock::warehouse::graphql::Warehouse;

/// What a level tells of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "StockAlertKind", remote = "StockAlertKind")]
pub enum StockAlertKindName {
    /// What is available has fallen to the reorder point of the level's policy, or to its minimum
    /// where it has no reorder point.
    Low,
    /// Nothing is available any more, where something was. Every level tells it, with a policy or
    /// without.
    Out,
    /// Something is available again after OUT. A moment, never open.
    BackInStock,
    /// More is on hand than the maximum of the level's policy.
    Overstock,
}

/// A level has run low, out or over. Raised once, when it crosses the line, and cleared when it
/// comes back.
#[derive(Clone, Description)]
pub struct StockAlert(stock_alert::Model);

impl From<stock_alert::Model> for StockAlert {
    fn from(row: stock_alert::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl StockAlert {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What it tells.
    async fn kind(&self) -> StockAlertKindName {
        self.0.kind.into()
    }

    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.0.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("an alert without a variant"))
    }

    /// The warehouse.
    async fn warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        let row = loaders(ctx).load_one(self.0.warehouse_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Warehouse)
            .ok_or_else(|| async_graphql::Error::new("an alert without a warehouse"))
    }

    /// What was available when it was raised; of OVERSTOCK, what was on hand. In the base unit.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// The line that was crossed: the reorder point or the minimum for LOW, the maximum for
    /// OVERSTOCK, zero for the others.
    async fn threshold(&self) -> Decimal {
        self.0.threshold.into()
    }

    /// When it was raised.
    async fn raised_at(&self) -> DateTime<Utc> {
        date_time(self.0.raised_at)
    }

    /// Whether it stands: it was not cleared.
    async fn is_open(&self) -> bool {
        self.0.cleared_at.is_none()
    }

    /// When it was cleared; null while it is open. BACK_IN_STOCK is cleared when it is raised.
    async fn cleared_at(&self) -> Option<DateTime<Utc>> {
        self.0.cleared_at.map(date_time)
    }

    /// What was available when it was cleared; of OVERSTOCK, what was on hand. Null while it is
    /// open.
    async fn cleared_quantity(&self) -> Option<Decimal> {
        self.0.cleared_quantity.map(Into::into)
    }
}

enum_filter!(
    /// Compares what an alert tells.
    StockAlertKindFilter: StockAlertKindName => StockAlertKind
);

listing! {
    /// Open alerts, oldest first unless ordered otherwise.
    /// Scope: `stock:read`.
    stock_alerts: StockAlert of stock_alert, Scope::StockRead;
    filter {
        /// By what they tell.
        kind: StockAlertKindFilter => |given| given.on(Column::Kind),
        /// By the variant.
        variant_id: IdFilter => |given| given.on(Column::VariantId, ProductVariantId::parse),
        /// By the warehouse.
        warehouse_id: IdFilter => |given| given.on(Column::WarehouseId, WarehouseId::parse),
    }
    order by Id {
        /// By when they were raised; the default.
        Raised => [Id],
    }
    with {
        include_cleared("Also those that were cleared, and with them BACK_IN_STOCK, which is \
            never open; false by default."): Option<bool> => with_cleared,
    }
    all store::all();
}

async fn with_cleared(_: &Context<'_>, include: Option<bool>) -> Result<Condition> {
    Ok(store::standing(include.unwrap_or_default()))
}
