//! What is bought, stored and sold: products, their categories, prices and taxes.

pub mod barcode;
pub mod category;
pub mod price_list;
pub mod product;
pub mod tax;
