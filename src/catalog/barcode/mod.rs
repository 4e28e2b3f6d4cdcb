//! Barcodes: what a scanner reads. A variant has as many as it is sold under, and each names one
//! variant, for as long as the variant has it.
//!
//! Any printable code is taken: goods bear codes of suppliers and of shops beside those of GS1, so
//! no check digit is asked for. Spaces do not count. A GTIN is one code however many leading zeros
//! it is written with: scanners read the same label as UPC-A of 12 digits and as EAN of 13.

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
