//! Exchange rates in the schema.

use async_graphql::{Context, Description, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use entity::accounts::exchange_rate;
use entity::accounts::exchange_rate::Model;
use entity::vocab::{ExchangeRate as Rate, ExchangeRateId};

use super::ops::{self, SetRate};
use super::store;
use crate::graphql::context::{Asked, date_time};
use crate::graphql::filter::TextFilter;
use crate::graphql::{Date, Decimal, Reading, app, company, listing, payload};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::rejection::Path;

/// What a currency is worth in the company's currency from a day on, until the next rate.
#[derive(Description)]
pub struct ExchangeRate(Model);

impl From<Model> for ExchangeRate {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl ExchangeRate {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The ISO 4217 code of the currency.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// The first day it holds.
    async fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }

    /// What one unit is worth in the company's currency, with at most twelve decimals.
    async fn rate(&self) -> Decimal {
        self.0.rate.into()
    }

    /// When it was recorded.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        date_time(self.0.updated_at)
    }

    /// Counts its changes, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// What a currency is worth.
#[derive(InputObject)]
pub struct ExchangeRateSetInput {
    /// The ISO 4217 code of the currency; not the company's own.
    currency: String,
    /// The first day it holds; today when left out, never in the future. A rate that was set for
    /// the same day gives way.
    valid_from: Option<Date>,
    /// What one unit is worth in the company's currency; above zero, at most twelve decimals.
    rate: Decimal,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl ExchangeRateSetInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<SetRate> {
        let mut reading = Reading::of("exchangeRateSet", &self);
        let Self {
            currency,
            valid_from,
            rate,
            idempotency_key,
        } = self;
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let valid_from = valid_from.map(|day| day.0);
        let check = &mut reading.check;
        let command = SetRate {
            id: ExchangeRateId::generate(),
            currency: check.currency_code(path.at("currency"), &currency),
            valid_from: check.past_day(path.at("validFrom"), valid_from, today),
            rate: check
                .exchange_rate(path.at("rate"), &rate.0)
                .unwrap_or(Rate::ONE),
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

payload! {
    /// What setting an exchange rate brought.
    ExchangeRateSetPayload {
        /// The rate.
        exchange_rate: ExchangeRate = ExchangeRateId
    }
}

listing! {
    /// Exchange rates, in the order in which they were first set unless ordered otherwise.
    /// Scope: `prices:read`.
    exchange_rates: ExchangeRate of exchange_rate, Scope::PricesRead;
    filter {
        /// By the currency's ISO 4217 code.
        currency: TextFilter => |given| given.numbered(Column::Currency),
    }
    order by Id {
        /// By when they were first set; the default.
        Created => [Id],
        /// By currency and day.
        Currency => [Currency, ValidFrom],
    }
    all store::all();
}

/// Changes exchange rates.
#[derive(Default)]
pub struct ExchangeRateMutation;

#[Object]
impl ExchangeRateMutation {
    /// Sets what a currency is worth from a day on; documents that were posted keep their rate.
    /// Scope: `settings:write`.
    async fn exchange_rate_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What a currency is worth.")] input: ExchangeRateSetInput,
    ) -> Result<ExchangeRateSetPayload> {
        ctx.require(Scope::SettingsWrite)?;
        let verdict = ops::set(app(ctx), input.read(ctx)).await;
        ExchangeRateSetPayload::answer(ctx, verdict).await
    }
}
