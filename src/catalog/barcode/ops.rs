//! Seeing that barcodes are free.

use entity::vocab::ProductVariantId;

use super::rules::{self, Code};
use super::store;
use crate::platform::db::{Tx, TxError};
use crate::platform::rejection::Rejection;

/// What is wrong with codes that a variant is to have, or several that do not exist yet.
///
/// # Errors
/// The database's.
pub async fn check(
    tx: &Tx,
    codes: &[&Code],
    own: Option<ProductVariantId>,
) -> Result<Vec<Rejection>, TxError> {
    let keys = codes.iter().map(|code| code.key.clone()).collect();
    let existing = store::find(tx.conn(), keys).await?;
    Ok(rules::check(codes.iter().copied(), own, &existing))
}
