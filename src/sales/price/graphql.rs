//! Prices in the schema.

use async_graphql::{Context, Description, InputObject, Object, Result};
use entity::vocab::{Quantity, Rate, SalesOrderId, SalesOrderLineId, ShortagePolicy};

use crate::catalog::price_list::graphql::PriceList;
use crate::catalog::product::graphql::{ProductVariant, ProductVariantReference};
use crate::graphql::context::{Asked, bad_argument, company};
use crate::graphql::payload::internal;
use crate::graphql::{Date, Decimal, Money, Reading, app, loaders};
use crate::party::customer::graphql::CustomerReference;
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::input::LINES_MAX;
use crate::platform::rejection::{Path, Rejection};
use crate::sales::credit::rules::CreditPolicy;
use crate::sales::order::document::{Details, NewLine, NewOrder};
use crate::sales::order::load::find_references;
use crate::sales::order::places::Purpose;
use crate::sales::order::pricing::{self, PricedLine, PricedOrder};
use crate::sales::order_line::graphql::PriceSourceKind;
use crate::stock::ledger::PRIORITY_NORMAL;

/// What is to be priced.
#[derive(InputObject)]
pub struct PriceLineInput {
    /// Of which variant.
    variant: ProductVariantReference,
    /// How much, in the base unit; above zero.
    quantity: Decimal,
}

/// What a customer would pay for some lines.
#[derive(Description)]
pub struct Prices {
    priced: PricedOrder,
    quantities: Vec<Quantity>,
}

#[Object(use_type_description)]
impl Prices {
    /// The ISO 4217 code of the customer's currency.
    async fn currency(&self) -> &str {
        self.priced.currency.code()
    }

    /// What one unit of it is worth in the company's on the day.
    async fn exchange_rate(&self) -> Decimal {
        self.priced.exchange_rate.into()
    }

    /// The lines, in the order in which they were asked for.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn lines(&self) -> Vec<PriceLine> {
        let currency = self.priced.currency.code();
        let line = |(line, quantity): (&PricedLine, &Quantity)| PriceLine {
            line: line.clone(),
            quantity: *quantity,
            currency: currency.to_owned(),
        };
        let lines = self.priced.lines.iter().zip(&self.quantities);
        lines.map(line).collect()
    }

    /// The sum of the lines without tax.
    async fn net(&self) -> Money {
        Money::new(
            self.priced.totals.net,
            self.priced.currency.code().to_owned(),
        )
    }

    /// The sum of the lines' taxes.
    async fn tax(&self) -> Money {
        Money::new(
            self.priced.totals.tax,
            self.priced.currency.code().to_owned(),
        )
    }

    /// The sum of the lines with tax.
    async fn gross(&self) -> Money {
        Money::new(
            self.priced.totals.gross,
            self.priced.currency.code().to_owned(),
        )
    }
}

/// What a customer would pay for a quantity of a variant.
#[derive(Description)]
pub struct PriceLine {
    line: PricedLine,
    quantity: Quantity,
    currency: String,
}

#[Object(use_type_description)]
impl PriceLine {
    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.line.wanted.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a line without a variant"))
    }

    /// How much, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.quantity.into()
    }

    /// Price of one base unit, with up to six decimals.
    async fn unit_price(&self) -> Decimal {
        self.line.quote.unit_price.into()
    }

    /// Where the price comes from.
    async fn source(&self) -> PriceSourceKind {
        self.line.quote.source.into()
    }

    /// The price list it comes from; null when it comes from none.
    async fn price_list(&self, ctx: &Context<'_>) -> Option<Result<PriceList>> {
        let row = loaders(ctx).load_one(self.line.quote.price_list_id?).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(PriceList::from))
            .transpose()
    }

    /// From which quantity on the price holds, in the base unit; null when it comes from no list.
    async fn minimum_quantity(&self) -> Option<Decimal> {
        self.line.quote.minimum_quantity.map(Decimal::from)
    }

    /// The rate it is taxed with, 0 to 1.
    async fn tax_rate(&self) -> Decimal {
        self.line.tax.rate.into()
    }

    /// What the line comes to without tax.
    async fn net(&self) -> Money {
        Money::new(self.line.amounts.net, self.currency.clone())
    }

    /// Its tax.
    async fn tax(&self) -> Money {
        Money::new(self.line.amounts.tax, self.currency.clone())
    }

    /// What it comes to with tax.
    async fn gross(&self) -> Money {
        Money::new(self.line.amounts.gross, self.currency.clone())
    }
}

/// Reads prices.
#[derive(Default)]
pub struct PriceQuery;

#[Object]
impl PriceQuery {
    /// What a customer would pay: the prices, taxes and totals that an order of these lines would
    /// get on a day. Nothing is stored or reserved. A variant without a price, or a currency
    /// without a rate, is an error.
    /// Scope: `prices:read`.
    #[graphql(complexity = "lines.len() * child_complexity + 10")]
    async fn prices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who would pay.")] customer: CustomerReference,
        #[graphql(desc = "What for: 1 to 1,000 lines.")] lines: Vec<PriceLineInput>,
        #[graphql(desc = "The day; today when left out.")] date: Option<Date>,
        #[graphql(desc = "Whether the unit prices are with tax; false by default.")]
        prices_include_tax: Option<bool>,
    ) -> Result<Prices> {
        ctx.require(Scope::PricesRead)?;
        let mut reading = Reading::of("", &String::new());
        let path = Path::default();
        reading.check.line_count(path.at("lines"), lines.len());
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines
            .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
            .collect();
        let order = NewOrder {
            id: SalesOrderId::generate(),
            customer: customer.read(&mut reading, &path.at("customer")),
            warehouse: None,
            date: match date {
                Some(date) => reading.check.day(path.at("date"), date.0),
                None => company(ctx).day(clock::now()),
            },
            on_shortage: ShortagePolicy::Reject,
            sourcing: None,
            priority: PRIORITY_NORMAL,
            on_credit_limit: CreditPolicy::Ignore,
            exchange_rate: None,
            prices_include_tax: prices_include_tax.unwrap_or(false),
            details: Details::default(),
            lines,
        };
        reading.usable()?;
        let base = company(ctx).base_currency;
        let found = find_references(app(ctx).db.reader(), &[&order], base).await;
        let found = found.map_err(|error| internal(&error))?;
        let priced = pricing::price(&order, &found, base, Purpose::Offer);
        let priced = priced.map_err(|reasons| bad_argument(told(&reasons)))?;
        Ok(Prices {
            priced,
            quantities: order.lines.iter().map(|line| line.quantity).collect(),
        })
    }
}

impl PriceLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> NewLine {
        NewLine {
            id: SalesOrderLineId::generate(),
            variant: self.variant.read(reading, &path.at("variant")),
            warehouse: None,
            description: None,
            quantity: reading
                .check
                .positive_quantity(path.at("quantity"), &self.quantity.0),
            unit_price: None,
            discount_rate: Rate::ZERO,
        }
    }
}

/// Everything that is wrong, with the arguments it is about.
pub(in crate::sales) fn told(reasons: &[Rejection]) -> String {
    let one = |reason: &Rejection| {
        let steps = reason.path.steps();
        let place = steps.strip_prefix(&["input".to_owned()]).unwrap_or(steps);
        format!("{}: {}", place.join("."), reason.problem)
    };
    reasons.iter().map(one).collect::<Vec<_>>().join(" ")
}
