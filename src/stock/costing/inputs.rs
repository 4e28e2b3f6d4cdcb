//! The input of changing the method of costing, and how it becomes a command.

use async_graphql::{Context, InputObject};
use uuid::Uuid;

use super::ops::ChangeCosting;
use crate::catalog::product::graphql::{CostingMethodKind, ProductVariantReference};
use crate::graphql::Reading;
use crate::platform::command::Envelope;
use crate::platform::rejection::Path;

/// A variant whose goods are to leave at another cost.
#[derive(InputObject)]
pub struct ProductVariantChangeCostingInput {
    /// Which one.
    variant: ProductVariantReference,
    /// At which cost its goods are to leave a warehouse.
    costing_method: CostingMethodKind,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl ProductVariantChangeCostingInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ChangeCosting> {
        let mut reading = Reading::of("productVariantChangeCosting", &self);
        let Self {
            variant,
            costing_method,
            expected_version,
            idempotency_key,
        } = self;
        let command = ChangeCosting {
            variant: variant.read(&mut reading, &Path::input().at("variant")),
            method: costing_method.into(),
            expected_version,
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}
