//! What is bought, stored and sold.

pub mod barcode;
pub mod category;
pub mod price_list;
pub mod price_list_item;
pub mod product;
pub mod product_variant;
pub mod tax_class;
pub mod tax_rate;
pub mod unit;
