//! What the items of a batch have in common, loaded at once.
//!
//! A subscription resolves one item after another. Each would ask for its variant, its warehouse
//! and its cause in statements of its own, and a subscriber would fall behind as soon as stock
//! moves faster than that.

use std::collections::HashSet;

use async_graphql::{Context, Lookahead};
use entity::vocab::{ProductId, ProductVariantId, WarehouseId};

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
    /// Reads it from the subscription: what is asked of this field of its items.
    #[must_use]
    pub fn of(ctx: &Context<'_>, field: &str) -> Self {
        let item = ctx.look_ahead();
        let record: Lookahead<'_> = item.field(field);
        let variant = record.field("variant");
        Self {
            variant: variant.exists(),
            product: variant.field("product").exists(),
            warehouse: record.field("warehouse").exists(),
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
        let keys = items
            .iter()
            .map(|item| (item.level.variant_id, item.level.warehouse_id));
        let (variants, warehouses) = keys.unzip();
        loaders.remember_anew();
        tokio::try_join!(
            self.load_variants(loaders, variants),
            self.load_warehouses(loaders, warehouses),
            self.load_causes(loaders, items)
        )?;
        Ok(())
    }

    /// Loads it for the levels of alerts, all or nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn load_of_levels(
        self,
        loaders: &Loaders,
        levels: impl Iterator<Item = (ProductVariantId, WarehouseId)>,
    ) -> Result<(), LoadError> {
        let (variants, warehouses) = levels.unzip();
        loaders.remember_anew();
        tokio::try_join!(
            self.load_variants(loaders, variants),
            self.load_warehouses(loaders, warehouses)
        )?;
        Ok(())
    }

    async fn load_variants(
        self,
        loaders: &Loaders,
        ids: HashSet<ProductVariantId>,
    ) -> Result<(), LoadError> {
        if !self.variant {
            return Ok(());
        }
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
        ids: HashSet<WarehouseId>,
    ) -> Result<(), LoadError> {
        if self.warehouse {
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
