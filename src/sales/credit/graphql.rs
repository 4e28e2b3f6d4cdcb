//! Credit limits in the schema.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use super::rules::CreditPolicy;
use super::store;
use crate::accounts::open_item::graphql::customer;
use crate::graphql::context::{Asked, actor};
use crate::graphql::payload::internal;
use crate::graphql::{Money, Reading, app, company};
use crate::party::customer::graphql::CustomerReference;
use crate::party::customer::store as customers;
use crate::platform::actor::Scope;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem};

/// What happens when the customer's credit limit would be passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "CreditPolicy", remote = "CreditPolicy")]
pub enum CreditPolicyKind {
    /// The order is refused.
    Reject,
    /// The order is accepted, and put on hold until somebody with the scope `credit:write` releases
    /// it.
    Hold,
    /// The order is accepted all the same; the audit log tells by whom.
    Ignore,
}

impl CreditPolicyKind {
    /// Reads it; who may not pass a limit is told so.
    pub(in crate::sales) fn read(self, ctx: &Context<'_>, reading: &mut Reading) -> CreditPolicy {
        if self == Self::Ignore && !actor(ctx).may(Scope::CreditWrite) {
            let problem = Problem::FieldForbidden(Scope::CreditWrite.as_str());
            reading
                .check
                .reject(Path::input().at("onCreditLimit"), problem);
        }
        self.into()
    }
}

/// What a customer may owe, owes and has ordered, in the company's currency.
#[derive(Clone, Debug, SimpleObject)]
pub struct CreditExposure {
    /// Up to what it may go; null when without limit.
    limit: Option<Money>,
    /// What is open on its account: the sum of its open items. Below zero when it has credit.
    open_balance: Money,
    /// What it has ordered in confirmed orders and was not invoiced, with tax.
    open_orders: Money,
    /// What is open and ordered.
    exposure: Money,
    /// What is left of the limit, below zero when it is passed; null when without limit.
    available: Option<Money>,
}

/// Reads exposures.
#[derive(Default)]
pub struct CreditQuery;

#[Object]
impl CreditQuery {
    /// What a customer may owe, owes and has ordered; what an order is checked against.
    /// Scope: `invoices:read`.
    #[graphql(complexity = "20 + child_complexity")]
    async fn credit_exposure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.", name = "customer")] of: CustomerReference,
    ) -> Result<CreditExposure> {
        ctx.require(Scope::InvoicesRead)?;
        let id = customer(ctx, &of).await?;
        let conn = app(ctx).db.reader();
        let base = company(ctx).base_currency;
        let found = customers::find(conn, &[&Reference::Id(id)]).await;
        let found = found.map_err(|error| internal(&error))?;
        let exposures = store::of(conn, &found, base).await;
        let exposures = exposures.map_err(|error| internal(&error))?;
        let exposure = exposures.get(&id).copied().unwrap_or_default();
        let money = |amount| Money::base(amount, base);
        Ok(CreditExposure {
            limit: exposure.limit.map(money),
            open_balance: money(exposure.open_balance),
            open_orders: money(exposure.open_orders),
            exposure: money(exposure.total()),
            available: exposure.available().map(money),
        })
    }
}
