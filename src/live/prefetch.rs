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

    /// Loads it for these items. What fails here is asked for again by its item, and told there.
    pub async fn load(self, loaders: &Loaders, items: &[&StockLevelChanged]) {
        loaders.remember_anew();
        tokio::join!(
            self.load_variants(loaders, items),
            self.load_warehouses(loaders, items),
            self.load_causes(loaders, items)
        );
    }

    async fn load_variants(self, loaders: &Loaders, items: &[&StockLevelChanged]) {
        if !self.variant {
            return;
        }
        let ids: HashSet<_> = items.iter().map(|item| item.level.variant_id).collect();
        let Ok(variants) = loaders.load_many(ids).await else {
            return;
        };
        if self.product {
            let ids: HashSet<ProductId> = variants.values().map(|row| row.product_id).collect();
            let _ = loaders.load_many(ids).await;
        }
    }

    async fn load_warehouses(self, loaders: &Loaders, items: &[&StockLevelChanged]) {
        if self.warehouse {
            let ids: HashSet<_> = items.iter().map(|item| item.level.warehouse_id).collect();
            let _ = loaders.load_many(ids).await;
        }
    }

    async fn load_causes(self, loaders: &Loaders, items: &[&StockLevelChanged]) {
        if !self.cause {
            return;
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
                        let _ = loaders.load_many(ids).await;
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
    }
}
