//! Stockroom's database schema, one step per file, each with its way back.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod dialect;
mod m0001_operations;
mod m0002_principals;
mod m0003_masters;
mod m0004_sales_papers;
mod m0005_warehouse_papers;
mod m0006_levels_and_ledgers;
mod m0007_books;
mod m0008_purchasing;
mod m0010_access;
mod m0011_returns;
mod m0012_stock_alerts;
mod m0013_barcodes;

/// Every step, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_operations::Migration),
            Box::new(m0002_principals::Migration),
            Box::new(m0003_masters::Migration),
            Box::new(m0013_barcodes::Migration),
            // Receipts and ledgers refer to purchase orders.
            Box::new(m0008_purchasing::Migration),
            Box::new(m0004_sales_papers::Migration),
            // The stock ledger refers to returns.
            Box::new(m0011_returns::Migration),
            Box::new(m0005_warehouse_papers::Migration),
            Box::new(m0006_levels_and_ledgers::Migration),
            Box::new(m0012_stock_alerts::Migration),
            Box::new(m0007_books::Migration),
            Box::new(m0010_access::Migration),
        ]
    }
}
