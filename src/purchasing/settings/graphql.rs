//! The settings of buying in the schema.

use async_graphql::{
    Context, Description, InputObject, MaybeUndefined, Object, Result, SimpleObject,
};
use entity::purchasing::{approval_tier, purchasing_settings};
use entity::stock::stock_settings;
use entity::vocab::{Amount, ApprovalKind};
use uuid::Uuid;

use super::ops::{NewTier, SetTiers, UpdateSettings};
use super::{ops, store};
use crate::graphql::context::{Asked, company};
use crate::graphql::payload::{Tell, cursor, internal, split, unread};
use crate::graphql::user_error::UserError;
use crate::graphql::{Decimal, Money, Reading, app};
use crate::platform::actor::Scope;
use crate::platform::command::{Envelope, Verdict};
use crate::platform::input::CODE_LENGTH_MAX;
use crate::platform::rejection::Path;
use crate::sales::sourcing::inputs::SourcingStrategyKind;
use crate::stock::settings::store as stock_settings_store;

/// Tiers, at most.
const TIERS_MAX: usize = 20;

/// What the company has settled on.
#[derive(Description)]
pub struct CompanySettings(purchasing_settings::Model, stock_settings::Model);

#[Object(use_type_description)]
impl CompanySettings {
    /// Share of an ordered quantity that may come in on top of it, 0 to 1; 0 by default: then not
    /// a piece more than ordered is received.
    async fn over_receipt_tolerance(&self) -> Decimal {
        self.0.over_receipt_tolerance.into()
    }

    /// Corrections of stock worth more than this, in the company's currency, need the scope
    /// `stock:approve`, and a count the posting by somebody who counted none of it;
    /// null: none does.
    async fn stock_adjustment_approval_over(&self, ctx: &Context<'_>) -> Option<Money> {
        let over = self.1.adjustment_approval_over;
        over.map(|over| Money::base(over, company(ctx).base_currency))
    }

    /// How warehouses are chosen for sales orders that name neither a warehouse nor a way of
    /// choosing one; GIVEN_WAREHOUSE by default.
    async fn sourcing_strategy(&self) -> SourcingStrategyKind {
        self.1.sourcing_strategy.into()
    }

    /// From which amounts on purchase orders must be approved by somebody else, lowest first; none:
    /// approving is one step.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn purchase_approval_tiers(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Vec<PurchaseApprovalTier>> {
        load_tiers(ctx).await
    }
}

/// From which amount on a purchase order must be approved by somebody else.
#[derive(Description)]
pub struct PurchaseApprovalTier(approval_tier::Model);

#[Object(use_type_description)]
impl PurchaseApprovalTier {
    /// From this gross amount on, in the company's currency.
    async fn from_amount(&self, ctx: &Context<'_>) -> Money {
        Money::base(self.0.from_amount, company(ctx).base_currency)
    }

    /// The scope that approving then needs, besides `purchase_orders:approve`.
    async fn scope(&self) -> &str {
        &self.0.scope
    }
}

/// What changes of the settings; what is left out stays as it is.
#[derive(InputObject)]
pub struct CompanySettingsUpdateInput {
    /// Share of an ordered quantity that may come in on top of it, 0 to 1; 0.05 is five per cent.
    over_receipt_tolerance: Option<Decimal>,
    /// Corrections of stock worth more than this need approval: an amount in the company's
    /// currency, zero or more. The values of what is found and of what is missing are added up, not
    /// set off. Null: none needs approval.
    stock_adjustment_approval_over: MaybeUndefined<Decimal>,
    /// How warehouses are chosen for sales orders that name neither a warehouse nor a way of
    /// choosing one.
    sourcing_strategy: Option<SourcingStrategyKind>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CompanySettingsUpdateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<UpdateSettings> {
        let mut reading = Reading::of("companySettingsUpdate", &self);
        let Self {
            over_receipt_tolerance,
            stock_adjustment_approval_over,
            sourcing_strategy,
            idempotency_key,
        } = self;
        let path = Path::input().at("overReceiptTolerance");
        let currency = company(ctx).base_currency;
        let command = UpdateSettings {
            over_receipt_tolerance: over_receipt_tolerance
                .map(|rate| reading.check.rate(path, &rate.0)),
            adjustment_approval_over: reading.optional(
                stock_adjustment_approval_over,
                |reading, over| {
                    let path = Path::input().at("stockAdjustmentApprovalOver");
                    reading.check.amount(path, &over.0, currency)
                },
            ),
            sourcing_strategy: sourcing_strategy.map(Into::into),
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}

/// From which amount on purchase orders need the approval of somebody else.
#[derive(InputObject)]
pub struct PurchaseApprovalTierInput {
    /// From this gross amount on, in the company's currency; zero or more.
    from_amount: Decimal,
    /// The scope that approving then needs, besides `purchase_orders:approve`: so large orders can
    /// be left to fewer people. `purchase_orders:approve` alone when left out.
    scope: Option<String>,
}

/// All approval tiers of purchase orders.
#[derive(InputObject)]
pub struct PurchaseApprovalTiersSetInput {
    /// The tiers, at most 20, instead of those there are; none: approving is one step. The highest
    /// one that an order's gross amount reaches applies to it.
    tiers: Vec<PurchaseApprovalTierInput>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PurchaseApprovalTiersSetInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<SetTiers> {
        let mut reading = Reading::of("purchaseApprovalTiersSet", &self);
        let Self {
            tiers,
            idempotency_key,
        } = self;
        let path = Path::input().at("tiers");
        if tiers.len() > TIERS_MAX {
            let message = format!("Must have at most {TIERS_MAX} tiers.");
            reading.check.complain(path.clone(), message);
        }
        let tiers = tiers.into_iter().take(TIERS_MAX).enumerate();
        let tiers = tiers
            .map(|(index, tier)| tier.read(&mut reading, &path.at(index)))
            .collect();
        reading.finish(ctx, idempotency_key, (Uuid::nil(), SetTiers { tiers }))
    }
}

impl PurchaseApprovalTierInput {
    fn read(self, reading: &mut Reading, path: &Path) -> NewTier {
        let Self { from_amount, scope } = self;
        let before = reading.check.complaint_count();
        let amount = reading.check.price(path.at("fromAmount"), &from_amount.0);
        let is_unread = reading.check.complaint_count() > before;
        let scope = scope.map(|text| {
            let before = reading.check.complaint_count();
            let path = path.at("scope");
            let text = reading.check.text(path.clone(), &text, CODE_LENGTH_MAX);
            let scope = Scope::parse(&text);
            if scope.is_none() && reading.check.complaint_count() == before {
                let message = "There is no such scope.";
                reading.check.complain(path, message);
            }
            scope
        });
        NewTier {
            from_amount: Amount(amount.0),
            scope: scope.flatten().unwrap_or(Scope::PurchaseOrdersApprove),
            is_unread,
        }
    }
}

/// What changing the settings brought.
#[derive(SimpleObject)]
pub struct CompanySettingsUpdatePayload {
    /// The settings.
    ///
    /// Null when there are errors: then nothing was changed.
    company_settings: Option<CompanySettings>,
    /// Everything that is wrong with the input, all at once.
    errors: Vec<UserError>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    replayed: bool,
    /// The place in the stream of events behind everything this call caused. Null when it caused
    /// none.
    event_cursor: Option<String>,
}

/// What setting the approval tiers brought.
#[derive(SimpleObject)]
pub struct PurchaseApprovalTiersSetPayload {
    /// The settings, with the tiers.
    ///
    /// Null when there are errors: then nothing was changed.
    company_settings: Option<CompanySettings>,
    /// Everything that is wrong with the input, all at once.
    errors: Vec<UserError>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    replayed: bool,
    /// The place in the stream of events behind everything this call caused. Null when it caused
    /// none.
    event_cursor: Option<String>,
}

async fn load_settings(ctx: &Context<'_>, tell: Tell) -> Result<CompanySettings> {
    let reader = app(ctx).db.reader();
    let buying = store::settings(reader)
        .await
        .map_err(|error| tell(&error))?;
    let stock = stock_settings_store::settings(reader).await;
    let stock = stock.map_err(|error| tell(&error))?;
    Ok(CompanySettings(buying, stock))
}

async fn load_tiers(ctx: &Context<'_>) -> Result<Vec<PurchaseApprovalTier>> {
    let rows = store::tiers(app(ctx).db.reader(), ApprovalKind::PurchaseOrder).await;
    let rows = rows.map_err(|error| internal(&error))?;
    Ok(rows.into_iter().map(PurchaseApprovalTier).collect())
}

/// Reads settings.
#[derive(Default)]
pub struct PurchasingSettingsQuery;

#[Object]
impl PurchasingSettingsQuery {
    /// What the company has settled on.
    /// Scope: `purchase_orders:read`.
    async fn company_settings(&self, ctx: &Context<'_>) -> Result<CompanySettings> {
        ctx.require(Scope::PurchaseOrdersRead)?;
        load_settings(ctx, internal).await
    }

    /// From which amounts on purchase orders must be approved by somebody else, lowest first; none:
    /// approving is one step.
    /// Scope: `purchase_orders:read`.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn purchase_approval_tiers(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Vec<PurchaseApprovalTier>> {
        ctx.require(Scope::PurchaseOrdersRead)?;
        load_tiers(ctx).await
    }
}

/// Changes settings.
#[derive(Default)]
pub struct PurchasingSettingsMutation;

#[Object]
impl PurchasingSettingsMutation {
    /// Changes what the company has settled on.
    /// Scope: `settings:write`.
    async fn company_settings_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: CompanySettingsUpdateInput,
    ) -> Result<CompanySettingsUpdatePayload> {
        ctx.require(Scope::SettingsWrite)?;
        let verdict: Verdict = ops::update(app(ctx), input.read(ctx)).await;
        let (accepted, errors) = split(verdict)?;
        let Some(accepted) = accepted else {
            return Ok(CompanySettingsUpdatePayload {
                company_settings: None,
                errors,
                replayed: false,
                event_cursor: None,
            });
        };
        Ok(CompanySettingsUpdatePayload {
            company_settings: Some(load_settings(ctx, unread).await?),
            errors,
            replayed: accepted.replayed,
            event_cursor: accepted.event_cursor.map(cursor),
        })
    }

    /// Sets from which amounts on purchase orders must be approved by somebody else than their
    /// author. Orders that were submitted before keep the way they were on.
    /// Scope: `settings:write`.
    async fn purchase_approval_tiers_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "All tiers.")] input: PurchaseApprovalTiersSetInput,
    ) -> Result<PurchaseApprovalTiersSetPayload> {
        ctx.require(Scope::SettingsWrite)?;
        let verdict: Verdict = ops::set_tiers(app(ctx), input.read(ctx)).await;
        let (accepted, errors) = split(verdict)?;
        let Some(accepted) = accepted else {
            return Ok(PurchaseApprovalTiersSetPayload {
                company_settings: None,
                errors,
                replayed: false,
                event_cursor: None,
            });
        };
        Ok(PurchaseApprovalTiersSetPayload {
            company_settings: Some(load_settings(ctx, unread).await?),
            errors,
            replayed: accepted.replayed,
            event_cursor: accepted.event_cursor.map(cursor),
        })
    }
}
