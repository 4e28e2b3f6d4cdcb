//! The check in the schema.

use async_graphql::{Context, Enum, Error, ErrorExtensions, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::vocab::ProductVariantId;

use super::parts::Part;
use super::store::{self, Checked, Question};
use super::{Difference, Turn};
use crate::catalog::product::graphql::ProductVariantReference;
use crate::catalog::product::store::find_variants;
use crate::graphql::context::{Asked, bad_argument, date_time};
use crate::graphql::payload::internal;
use crate::graphql::{Reading, app};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::db::{Failure, failure_of};
use crate::platform::rejection::Path;

/// Differences of a rule that are told, at most.
const DIFFERENCES_MAX: usize = 100;

/// A part of the books that can be checked by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "IntegrityPart", remote = "Part")]
pub enum IntegrityPart {
    /// Levels, movements, transfers, adjustments, counts and alerts.
    Stock,
    /// Reservations, backorders, what is incoming, and holds.
    Commitments,
    /// Sales orders, fulfilments and customers' returns.
    Orders,
    /// Purchase orders and goods receipts.
    Purchasing,
    /// The journal, open items, invoices, credit notes and payments.
    Accounts,
    /// What records name is there, and who wrote them.
    References,
}

/// A stored number that is not what the books say.
#[derive(SimpleObject)]
pub struct IntegrityDifference {
    /// The record, by its ids.
    record: String,
    /// What is stored, as a decimal number.
    stored: String,
    /// What the books say.
    expected: String,
}

impl From<Difference> for IntegrityDifference {
    fn from(difference: Difference) -> Self {
        Self {
            record: difference.record,
            stored: difference.stored,
            expected: difference.expected,
        }
    }
}

/// Something that must hold, and whether it does.
#[derive(SimpleObject)]
pub struct IntegrityRule {
    /// What must hold.
    name: &'static str,
    /// The part it belongs to.
    part: IntegrityPart,
    /// Whether it holds for every record.
    is_sound: bool,
    /// The records for which it does not, in the order of their ids.
    #[graphql(complexity = "10 * child_complexity")]
    differences: Vec<IntegrityDifference>,
    /// Whether there are more than were asked for.
    has_more: bool,
}

impl From<Checked> for IntegrityRule {
    fn from(checked: Checked) -> Self {
        Self {
            name: checked.rule,
            part: checked.part.into(),
            is_sound: checked.differences.is_empty(),
            differences: checked.differences.into_iter().map(Into::into).collect(),
            has_more: checked.has_more,
        }
    }
}

/// What a check of the books found.
#[derive(SimpleObject)]
pub struct IntegrityReport {
    /// Whether every rule that was checked holds.
    is_sound: bool,
    /// When it was checked. All rules saw the books at one moment.
    checked_at: DateTime<Utc>,
    /// The rules, by part.
    #[graphql(complexity = "100 * child_complexity")]
    rules: Vec<IntegrityRule>,
}

/// Checks the books.
#[derive(Default)]
pub struct IntegrityQuery;

#[Object]
impl IntegrityQuery {
    /// Recomputes balances from the ledgers and documents while everything runs on, and names each
    /// difference; `stockroom check` does the same. It reads much: one check runs on a server at a
    /// time, and another one is told `UNAVAILABLE`. Null only with an error.
    /// Scope: `integrity:read`.
    #[graphql(complexity = "5_000 + child_complexity")]
    async fn integrity_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which parts; all when left out.")] parts: Option<Vec<IntegrityPart>>,
        #[graphql(
            desc = "Only the levels of this variant: rules about other records are left out."
        )]
        variant: Option<ProductVariantReference>,
        #[graphql(desc = "At most so many differences of each rule; at most 100, the default.")]
        first: Option<i32>,
    ) -> Option<Result<IntegrityReport>> {
        Some(check(ctx, parts, variant, first).await)
    }
}

async fn check(
    ctx: &Context<'_>,
    parts: Option<Vec<IntegrityPart>>,
    variant: Option<ProductVariantReference>,
    first: Option<i32>,
) -> Result<IntegrityReport> {
    ctx.require(Scope::IntegrityRead)?;
    let differences = match first.map(usize::try_from) {
        None => DIFFERENCES_MAX,
        Some(Ok(first)) if (1..=DIFFERENCES_MAX).contains(&first) => first,
        Some(_) => {
            let message =
                format!("first: ask for 1 to {DIFFERENCES_MAX} differences of each rule.");
            return Err(bad_argument(message));
        }
    };
    let variant = match variant {
        Some(by) => Some(find(ctx, by).await?),
        None => None,
    };
    let parts = parts.map_or_else(
        || Part::ALL.to_vec(),
        |parts| parts.into_iter().map(Into::into).collect(),
    );
    let question = Question {
        parts,
        variant,
        differences,
    };
    if question.rules().is_empty() {
        return Err(bad_argument(
            "parts: there is nothing to check. The levels of a variant belong to STOCK and \
             COMMITMENTS.",
        ));
    }
    let Some(_turn) = ctx.data_unchecked::<Turn>().take() else {
        return Err(unavailable(
            "Another check runs on this server. Ask again when it has ended.",
        ));
    };
    let checked_at = date_time(clock::now());
    let checked = store::ask(&app(ctx).db, &question).await;
    let checked = checked.map_err(|error| match failure_of(&error) {
        Failure::Unavailable | Failure::Conflict => unavailable(
            "The check was cut off: a rule took longer than database.statement_timeout_ms, or the \
             database is away. Check fewer parts at a time, or run stockroom check.",
        ),
        _ => internal(&error),
    })?;
    let rules: Vec<IntegrityRule> = checked.into_iter().map(Into::into).collect();
    Ok(IntegrityReport {
        is_sound: rules.iter().all(|rule| rule.is_sound),
        checked_at,
        rules,
    })
}

async fn find(ctx: &Context<'_>, by: ProductVariantReference) -> Result<ProductVariantId> {
    let mut reading = Reading::of("", &String::new());
    let variant = by.read(&mut reading, &Path::default().at("variant"));
    reading.usable()?;
    let found = find_variants(app(ctx).db.reader(), &[&variant]).await;
    let found = found.map_err(|error| internal(&error))?;
    let found = found.first();
    let found = found.ok_or_else(|| bad_argument("variant: there is no such variant."))?;
    Ok(found.variant.id)
}

fn unavailable(message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", "UNAVAILABLE"))
}
