//! What the items of a batch have in common, loaded at once.
//!
//! A subscription resolves one item after another. Each would ask for its variant, its warehouse
//! and its cause in statements of its own, and a subscriber would fall behind as soon as stock
//! moves faster than that.

use std::collections::HashSet;

use async_graphql::{Context, Lookahead};
use entity::vocab::ProductId;

use super::stock_levels::StockLevelChanged;
use crate::graphql::Loaders;
use crate::graphql::fetch::LoadError;
use crate::stock::ledger::StockCause;

/// What a subscriber asked for of each item.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    variant: bool,
    product: bool,
    warehouse: bool,
    cause: bool,
}

impl Asked {
    /// Reads it from the subscription.
    #[must_use]
    pub fn of(ctx: &Context<'_>) -> Self {
        let item = ctx.look_ahead();
        let level: Lookahead<'_> = item.field("stockLevel");
        let variant = level.field("variant");
        Self {
            variant: variant.exists(),
            product: variant.field("product").exists(),
            warehouse: level.field("warehouse").exists(),
            cause: item.field("cause").exists(),
        }
    }

    /// Loads it for these items, all or nothing: on an error none of them is to be told yet, for it
    /// could not be told whole.
    ///
    /// # Errors
    /// The database's.
    pub async fn load(
        self,
        loaders: &Loaders,
        items: &[&StockLevelChanged],
    ) -> Result<(), LoadError> {
        loaders.remember_anew();
        tokio::try_join!(
            self.load_variants(loaders, items),
            self.load_warehouses(loaders, items),
            self.load_causes(loaders, items)
        )?;
        Ok(())
    }

    async fn load_variants(
        self,
        loaders: &Loaders,
        items: &[&StockLevelChanged],
    ) -> Result<(), LoadError> {
        if !self.variant {
            return Ok(());
        }
        let ids: HashSet<_> = items.iter().map(|item| item.level.variant_id).collect();
        let variants = loaders.load_many(ids).await?;
        if self.product {
            let ids: HashSet<ProductId> = variants.values().map(|row| row.product_id).collect();
            loaders.load_many(ids).await?;
        }
        Ok(())
    }

    async fn load_warehouses(
        self,
        loaders: &Loaders,
        items: &[&StockLevelChanged],
    ) -> Result<(), LoadError> {
        if self.warehouse {
            let ids: HashSet<_> = items.iter().map(|item| item.level.warehouse_id).collect();
            loaders.load_many(ids).await?;
        }
        Ok(())
    }

    async fn load_causes(
        self,
        loaders: &Loaders,
        items: &[&StockLevelChanged],
    ) -> Result<(), LoadError> {
        if !self.cause {
            return Ok(());
        }
        macro_rules! load {
            ($($kind:ident),+) => {{
                $({
                    let ids: HashSet<_> = items
                        .iter()
                        .filter_map(|item| match item.change {
                            Some((_, StockCause::$kind(id))) => Some(id),
                            _ => None,
                        })
                        .collect();
                    if !ids.is_empty() {
                        loaders.load_many(ids).await?;
                    }
                })+
            }};
        }
        load!(
            SalesOrder,
            PurchaseOrder,
            GoodsReceipt,
            Fulfilment,
            StockTransfer,
            StockAdjustment,
            CustomerReturn,
            StockHold
        );
        Ok(())
    }
}
