//! By what words products and variants are found.

use entity::catalog::{barcode, product, product_variant};
use entity::vocab::{ProductVariantId, SearchKind};

use super::store;
use crate::catalog::barcode::store as barcodes;
use crate::platform::db::{Tx, TxError};
use crate::platform::search;

/// Writes by what words a product and its variants are found, in place of what was there: a
/// variant by its SKU, its barcodes, its name and its product's name; a product by all of these.
///
/// # Errors
/// The database's.
pub async fn index(
    tx: &Tx,
    product: &product::Model,
    variants: &[product_variant::Model],
    codes: &[barcode::Model],
) -> Result<(), TxError> {
    let codes_of = |id: ProductVariantId| {
        let own = codes.iter().filter(move |row| row.variant_id == id);
        own.map(|row| row.code.as_str())
    };
    let own = |row: &'_ product_variant::Model| [row.sku.clone(), row.name.clone()];
    let mut of_product = vec![product.name.clone()];
    of_product.extend(variants.iter().flat_map(own));
    of_product.extend(codes.iter().map(|row| row.code.clone()));
    let of_product = of_product.iter().map(String::as_str);
    let product_id = product.id.0;
    search::index(tx.conn(), SearchKind::Product, [(product_id, of_product)]).await?;
    let of_variants = variants.iter().map(|row| {
        let texts = [row.sku.as_str(), row.name.as_str(), product.name.as_str()];
        (row.id.0, texts.into_iter().chain(codes_of(row.id)))
    });
    search::index(tx.conn(), SearchKind::ProductVariant, of_variants).await?;
    Ok(())
}

/// The same after something of a product there is has changed.
///
/// # Errors
/// The database's.
pub async fn index_again(tx: &Tx, product: &product::Model) -> Result<(), TxError> {
    let variants = store::variants_of(tx.conn(), product.id).await?;
    let ids = variants.iter().map(|row| row.id).collect();
    let codes = barcodes::of_variants(tx.conn(), ids).await?;
    index(tx, product, &variants, &codes).await
}
