//! Barcodes in the schema.

use async_graphql::{Context, Description, Object, Result};
use entity::catalog::barcode::Model;
use entity::vocab::ProductVariantId;

use super::rules::{self, BARCODES_MAX, Code};
use super::store::{self, BarcodesOf};
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::Asked;
use crate::graphql::filter::Condition;
use crate::graphql::payload::internal;
use crate::graphql::{Reading, app, loaders};
use crate::platform::actor::Scope;
use crate::platform::input::CODE_LENGTH_MAX;
use crate::platform::rejection::Path;

/// What a scanner reads, and what it names.
#[derive(Description)]
pub struct Barcode(Model);

#[Object(use_type_description)]
impl Barcode {
    /// The code as it was given, without spaces.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The variant that has it; archived ones keep theirs.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        let row = loaders(ctx).load_one(self.0.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a barcode without a variant"))
    }
}

/// Reads the barcodes of a variant.
pub fn read(reading: &mut Reading, path: &Path, given: Vec<String>) -> Vec<Code> {
    if given.len() > BARCODES_MAX {
        let message = format!("Must have at most {BARCODES_MAX} barcodes.");
        reading.check.complain(path.clone(), message);
    }
    let mut codes = Vec::with_capacity(given.len().min(BARCODES_MAX));
    for (index, text) in given.iter().take(BARCODES_MAX).enumerate() {
        let path = path.at(index);
        let text = reading.check.text(path.clone(), text, CODE_LENGTH_MAX);
        let code = Code::of(path, &text);
        // What was complained about is empty, and no twin of another.
        if !code.key.is_empty() {
            codes.push(code);
        }
    }
    codes
}

/// The barcodes of a variant, in their order.
///
/// # Errors
/// The database's.
pub async fn of_variant(ctx: &Context<'_>, id: ProductVariantId) -> Result<Vec<String>> {
    let rows = loaders(ctx).load_one(BarcodesOf(id)).await;
    let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
    Ok(rows.into_iter().map(|row| row.code).collect())
}

/// That a variant has this barcode; any when none is named.
///
/// # Errors
/// BAD_USER_INPUT for what cannot be a barcode.
pub async fn having(_: &Context<'_>, code: Option<String>) -> Result<Condition> {
    let Some(code) = code else {
        return Ok(Condition::all());
    };
    Ok(store::having(&rules::key(&readable("barcode", &code)?)))
}

/// A code that can be looked for.
fn readable(argument: &str, code: &str) -> Result<String> {
    let mut reading = Reading::of("", &String::new());
    let path = Path::default().at(argument);
    let code = reading.check.text(path, code, CODE_LENGTH_MAX);
    reading.usable()?;
    Ok(code)
}

/// Reads what barcodes name.
#[derive(Default)]
pub struct BarcodeQuery;

#[Object]
impl BarcodeQuery {
    /// What a scanned code names; null when nothing has it. Spaces do not count, and a GTIN is
    /// found with 12, 13 or 14 digits.
    /// Scope: `products:read`.
    async fn barcode(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code as it was scanned, at most 64 characters.")] code: String,
    ) -> Option<Result<Barcode>> {
        find(ctx, &code).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, code: &str) -> Result<Option<Barcode>> {
    ctx.require(Scope::ProductsRead)?;
    let key = rules::key(&readable("code", code)?);
    let found = store::find(app(ctx).db.reader(), vec![key]).await;
    let found = found.map_err(|error| internal(&error))?;
    Ok(found.into_iter().next().map(Barcode))
}
