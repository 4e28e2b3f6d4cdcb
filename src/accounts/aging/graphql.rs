//! Aging in the schema.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use chrono::{Days, NaiveDate};
use entity::vocab::{Amount, CustomerId};

use super::rules::Buckets;
use super::store::{self, Question, Sum};
use crate::accounts::open_item::graphql::{OpenItem, customer};
use crate::accounts::open_item::store as open_items;
use crate::graphql::context::{Asked, bad_argument};
use crate::graphql::payload::internal;
use crate::graphql::{Date, Money, Reading, app, company, loaders};
use crate::party::customer::graphql::{Customer, CustomerReference};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::page::{PAGE_DEFAULT, PAGE_MAX};
use crate::platform::rejection::Path;

/// What customers owed on a day, by how long it was overdue then.
#[derive(Description)]
pub struct ReceivablesAging {
    question: Question,
    buckets: Buckets,
    sums: Vec<Sum>,
    currency: String,
}

/// What is owed in a bucket.
#[derive(SimpleObject)]
pub struct AgingBucket {
    /// Its place, from 0: not due.
    index: i32,
    /// Its name: "not due", "1-30", …, "over 90".
    label: String,
    /// By how many days it is overdue at least; null for what is not due.
    from_days: Option<i32>,
    /// By how many days it is overdue at most; null for the last.
    to_days: Option<i32>,
    /// How much.
    amount: Money,
}

/// What one customer owed.
#[derive(Description)]
pub struct CustomerAging {
    customer_id: CustomerId,
    sums: Vec<Sum>,
    buckets: Buckets,
    currency: String,
}

/// An open item as it was on the day.
#[derive(SimpleObject)]
pub struct AgedItem {
    /// The item, as it is now.
    item: OpenItem,
    /// What was open of it on the day, in the currency of the aging.
    open: Money,
    /// By how many days it was overdue then; 0 when it was not due.
    days_overdue: i32,
    /// The place of its bucket; null for a credit.
    bucket: Option<i32>,
}

fn total<'s>(sums: impl IntoIterator<Item = &'s Sum>) -> Amount {
    Amount(sums.into_iter().map(|sum| sum.amount.0).sum())
}

fn figures(sums: &[Sum], buckets: &Buckets, currency: &str) -> Vec<AgingBucket> {
    let figure = |bucket: usize| {
        let (from_days, to_days) = buckets.days(bucket);
        let inside = sums.iter().filter(|sum| sum.bucket == Some(bucket));
        AgingBucket {
            index: i32::try_from(bucket).expect("there are few buckets"),
            label: buckets.label(bucket),
            from_days,
            to_days: to_days.filter(|_| bucket > 0),
            amount: Money::new(total(inside), currency),
        }
    };
    (0..buckets.count()).map(figure).collect()
}

fn credit(sums: &[Sum], currency: &str) -> Money {
    let credits = sums.iter().filter(|sum| sum.bucket.is_none());
    Money::new(total(credits), currency)
}

#[Object(use_type_description)]
impl CustomerAging {
    /// Who owes.
    /// Scope: `customers:read`.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        ctx.require(Scope::CustomersRead)?;
        let row = loaders(ctx).load_one(self.customer_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Customer)
            .ok_or_else(|| async_graphql::Error::new("an item without a customer"))
    }

    /// The id of the customer; pass that of the last one as `after` to go on.
    async fn customer_id(&self) -> ID {
        ID(self.customer_id.to_string())
    }

    /// What is owed, by how long it is overdue.
    async fn buckets(&self) -> Vec<AgingBucket> {
        figures(&self.sums, &self.buckets, &self.currency)
    }

    /// Credit on account that was not used yet; below zero.
    async fn credit(&self) -> Money {
        credit(&self.sums, &self.currency)
    }

    /// The buckets and the credit together.
    async fn total(&self) -> Money {
        Money::new(total(&self.sums), self.currency.clone())
    }
}

#[Object(use_type_description)]
impl ReceivablesAging {
    /// The day, included.
    async fn as_of(&self) -> Date {
        Date(self.question.as_of)
    }

    /// The currency of all its amounts.
    async fn currency(&self) -> &str {
        &self.currency
    }

    /// What is owed by all together, by how long it is overdue.
    async fn buckets(&self) -> Vec<AgingBucket> {
        figures(&self.sums, &self.buckets, &self.currency)
    }

    /// Credit on account that was not used yet; below zero.
    async fn credit(&self) -> Money {
        credit(&self.sums, &self.currency)
    }

    /// The buckets and the credit together.
    async fn total(&self) -> Money {
        Money::new(total(&self.sums), self.currency.clone())
    }

    /// The same for each customer, in the order of their ids.
    #[graphql(complexity = "first.unwrap_or(50).max(1) as usize * child_complexity + 1")]
    async fn customers(
        &self,
        #[graphql(desc = "At most so many; 50 by default, at most 250.")] first: Option<i32>,
        #[graphql(desc = "Only those behind the customer of this id.")] after: Option<ID>,
    ) -> Result<Vec<CustomerAging>> {
        let limit = limit(first)?;
        let after = match after {
            None => None,
            Some(id) => Some(
                CustomerId::parse(&id).map_err(|error| bad_argument(format!("after: {error}.")))?,
            ),
        };
        let mut found: Vec<CustomerAging> = Vec::new();
        for sum in self.sums.iter().filter(|sum| Some(sum.customer_id) > after) {
            let is_full = found.len() == limit;
            match found.last_mut() {
                Some(last) if last.customer_id == sum.customer_id => last.sums.push(*sum),
                _ if is_full => break,
                _ => found.push(CustomerAging {
                    customer_id: sum.customer_id,
                    sums: vec![*sum],
                    buckets: self.buckets.clone(),
                    currency: self.currency.clone(),
                }),
            }
        }
        Ok(found)
    }

    /// The items behind a figure, those due first at the front.
    #[graphql(complexity = "first.unwrap_or(50).max(1) as usize * child_complexity + 1")]
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this customer.", name = "customer")] of: Option<
            CustomerReference,
        >,
        #[graphql(desc = "Only those of the bucket at this place.")] bucket: Option<i32>,
        #[graphql(desc = "At most so many; 50 by default, at most 250.")] first: Option<i32>,
    ) -> Result<Vec<AgedItem>> {
        let limit = u64::try_from(limit(first)?).unwrap_or(PAGE_MAX);
        let due = bucket.map(|bucket| self.due_days(bucket)).transpose()?;
        let mut question = self.question.clone();
        if let Some(of) = of {
            question.customer = Some(customer(ctx, &of).await?);
        }
        let conn = app(ctx).db.reader();
        let found = store::items(conn, &question, due, limit).await;
        let found = found.map_err(|error| internal(&error))?;
        let ids = found.iter().map(|one| one.id).collect();
        let rows = open_items::by_ids(conn, ids).await;
        let rows = rows.map_err(|error| internal(&error))?;
        let aged = found.iter().filter_map(|one| {
            let row = rows.iter().find(|row| row.id == one.id)?.clone();
            let days = (question.as_of - row.due_on).num_days().max(0);
            let bucket = self.buckets.of(row.due_on, question.as_of);
            let is_debt = row.amount.is_positive();
            Some(AgedItem {
                open: Money::new(one.open, self.currency.clone()),
                days_overdue: i32::try_from(days).unwrap_or(i32::MAX),
                bucket: i32::try_from(bucket).ok().filter(|_| is_debt),
                item: row.into(),
            })
        });
        Ok(aged.collect())
    }
}

impl ReceivablesAging {
    /// The first and the last due day of a bucket.
    fn due_days(&self, bucket: i32) -> Result<(Option<NaiveDate>, Option<NaiveDate>)> {
        let bucket = usize::try_from(bucket).ok();
        let Some(bucket) = bucket.filter(|bucket| *bucket < self.buckets.count()) else {
            return Err(bad_argument("bucket: there is no bucket at this place."));
        };
        let firsts = self.buckets.first_days(self.question.as_of);
        let before = bucket.checked_sub(1).map(|at| firsts[at]);
        let last = before.and_then(|first| first.checked_sub_days(Days::new(1)));
        Ok((firsts.get(bucket).copied(), last))
    }
}

fn limit(first: Option<i32>) -> Result<usize> {
    let default = usize::try_from(PAGE_DEFAULT).expect("a page is small");
    let Some(first) = first else {
        return Ok(default);
    };
    let first = u64::try_from(first).ok();
    let first = first.filter(|first| (1..=PAGE_MAX).contains(first));
    first
        .and_then(|first| usize::try_from(first).ok())
        .ok_or_else(|| bad_argument(format!("first: a page has 1 to {PAGE_MAX} records.")))
}

/// Reads what is overdue.
#[derive(Default)]
pub struct AgingQuery;

#[Object]
impl AgingQuery {
    /// What customers owed on a day, by how long it was overdue then: in total, by customer, and
    /// with the items behind each figure.
    /// Scope: `invoices:read`.
    #[graphql(complexity = "10 + child_complexity")]
    async fn receivables_aging(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day, included; today when left out.")] as_of: Option<Date>,
        #[graphql(
            desc = "Only items in this currency, in it; when left out, all of them in the \
                    company's currency, at the rates of their documents."
        )]
        currency: Option<String>,
        #[graphql(desc = "Days at which buckets end, rising; [30, 60, 90] when left out.")]
        buckets: Option<Vec<i32>>,
    ) -> Result<ReceivablesAging> {
        ctx.require(Scope::InvoicesRead)?;
        let company = company(ctx);
        let mut reading = Reading::of("", &String::new());
        let path = Path::default().at("currency");
        let currency = currency.and_then(|code| reading.check.currency_code(path, &code));
        reading.usable()?;
        let buckets = Buckets::read(buckets).map_err(bad_argument)?;
        let question = Question {
            as_of: as_of.map_or_else(|| company.day(clock::now()), |day| day.0),
            currency: currency.map(|currency| currency.code().to_owned()),
            customer: None,
        };
        let sums = store::sums(app(ctx).db.reader(), &question, &buckets).await;
        let currency = currency.unwrap_or(company.base_currency);
        Ok(ReceivablesAging {
            question,
            buckets,
            sums: sums.map_err(|error| internal(&error))?,
            currency: currency.code().to_owned(),
        })
    }
}
