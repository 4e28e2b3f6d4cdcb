//! What policies are set with.

use async_graphql::{Context, InputObject};
use uuid::Uuid;

use super::ops::{PolicyLine, SetPolicies};
use super::rules::Policy;
use crate::catalog::product::graphql::ProductVariantReference;
use crate::graphql::context::company;
use crate::graphql::{Decimal, Reading};
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::LINES_MAX;
use crate::platform::rejection::Path;
use crate::stock::warehouse::graphql::WarehouseReference;

/// The policy of one variant, in place of all that was set before: what is left out is not set. A
/// line with nothing but its variant takes the policy away.
#[derive(Clone, Debug, InputObject)]
pub struct StockPolicyLineInput {
    /// The variant.
    variant: ProductVariantReference,
    /// The version its policy must have, 0 before the first; any when left out.
    expected_version: Option<i64>,
    /// The least that should be there, zero or more, in the base unit. Without a reorder point,
    /// LOW is raised when so much or less is available.
    minimum: Option<Decimal>,
    /// The most that should be there. OVERSTOCK is raised when more is on hand.
    maximum: Option<Decimal>,
    /// At how much available it is to be ordered again: LOW is raised there. At most the maximum.
    reorder_point: Option<Decimal>,
    /// What of the reorder point is kept for surprises; at most that. It is for planning, and
    /// raises nothing by itself.
    safety_stock: Option<Decimal>,
}

impl StockPolicyLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> PolicyLine {
        let Self {
            variant,
            expected_version,
            minimum,
            maximum,
            reorder_point,
            safety_stock,
        } = self;
        let mut quantity = |field: &str, given: Option<Decimal>| {
            let check = &mut reading.check;
            let before = check.complaint_count();
            let quantity = check.quantity_not_negative(path.at(field), &given?.0);
            // What was complained about contradicts nothing.
            (check.complaint_count() == before).then_some(quantity)
        };
        PolicyLine {
            policy: Policy {
                minimum: quantity("minimum", minimum),
                maximum: quantity("maximum", maximum),
                reorder_point: quantity("reorderPoint", reorder_point),
                safety_stock: quantity("safetyStock", safety_stock),
            },
            expected_version,
            variant: variant.read(reading, &path.at("variant")),
        }
    }
}

/// Policies of a warehouse to be set, all or none.
#[derive(Clone, Debug, InputObject)]
pub struct StockPolicySetInput {
    /// Where.
    pub(super) warehouse: WarehouseReference,
    /// The policies: 1 to 1,000 lines, each variant once.
    pub(super) lines: Vec<StockPolicyLineInput>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockPolicySetInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<SetPolicies> {
        let mut reading = Reading::of("stockPolicySet", &self);
        let Self {
            warehouse,
            lines,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        reading.check.line_count(path.at("lines"), lines.len());
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines
            .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
            .collect();
        let command = SetPolicies {
            warehouse: warehouse.read(&mut reading, &path.at("warehouse")),
            lines,
            today: company(ctx).day(clock::now()),
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}
