//! Loads what orders refer to.

use std::collections::BTreeSet;

use entity::stock::warehouse;
use entity::vocab::WarehouseId;
use entity::vocab::{CurrencyCode, RecordStatus, ShortagePolicy, SourcingStrategy};
use sea_orm::{ConnectionTrait, DbErr};

use super::document::NewOrder;
use super::pricing::{self, References};
use super::store;
use crate::accounts::exchange_rate::store as exchange_rates;
use crate::catalog::price_list::rules::Prices;
use crate::catalog::price_list::store as price_lists;
use crate::catalog::product::store as variants;
use crate::catalog::tax::store as taxes;
use crate::party::customer::store as customers;
use crate::platform::reference::Reference;
use crate::stock::settings::store as settings;
use crate::stock::warehouse::store as warehouses;

/// Everything that orders refer to; a fixed number of statements, however many orders and lines.
pub(in crate::sales) async fn find_references(
    conn: &impl ConnectionTrait,
    orders: &[&NewOrder],
    base: CurrencyCode,
) -> Result<References, DbErr> {
    let orders = || orders.iter().copied();
    let lines = || orders().flat_map(|order| &order.lines);
    let customers: Vec<_> = orders().map(|order| &order.customer).collect();
    let variants: Vec<_> = lines().map(|line| &line.variant).collect();
    let places: Vec<_> = orders()
        .filter_map(|order| order.warehouse.as_ref())
        .chain(lines().filter_map(|line| line.warehouse.as_ref()))
        .chain(orders().flat_map(listed))
        .collect();
    let open =
        orders().any(|order| order.on_shortage == ShortagePolicy::Split || leaves_open(order));
    let external_ids = orders()
        .filter_map(|order| order.details.external_id.clone())
        .collect();
    let mut found = References {
        buyers: customers::find_buyers(conn, &customers).await?,
        variants: variants::find_variants(conn, &variants).await?,
        warehouses: warehouses::find_and_active(conn, &places, open).await?,
        sourcing_strategy: SourcingStrategy::GivenWarehouse,
        rivals: store::by_external_ids(conn, external_ids).await?,
        prices: Prices::default(),
        tax_rates: Vec::new(),
        exchange_rates: Vec::new(),
    };
    find_prices(conn, &mut found).await?;
    let active = |row: &&warehouse::Model| row.status == RecordStatus::Active;
    let is_choice = found.warehouses.iter().filter(active).count() > 1;
    if is_choice && orders().any(|order| leaves_open(order) && order.sourcing.is_none()) {
        found.sourcing_strategy = settings::settings(conn).await?.sourcing_strategy;
    }
    let currencies = found
        .buyers
        .iter()
        .map(|buyer| &buyer.customer.currency[..]);
    let foreign = currencies.filter(|currency| *currency != base.code());
    let asked = foreign.flat_map(|currency| orders().map(move |order| (currency, order.date)));
    found.exchange_rates = exchange_rates::rates_on(conn, &asked.collect()).await?;
    Ok(found)
}

/// Whether neither the order nor every line of it says where it is served from.
fn leaves_open(order: &NewOrder) -> bool {
    order.warehouse.is_none() && order.lines.iter().any(|line| line.warehouse.is_none())
}

/// The warehouses among which an order wants one chosen.
fn listed(order: &NewOrder) -> impl Iterator<Item = &Reference<WarehouseId>> {
    order
        .sourcing
        .iter()
        .flat_map(|sourcing| &sourcing.warehouses)
}

/// Prices and tax rates of the variants that were found. No statement for prices unless a customer
/// or its group has a list, none for rates unless a variant has a tax class.
async fn find_prices(conn: &impl ConnectionTrait, found: &mut References) -> Result<(), DbErr> {
    let lists: BTreeSet<_> = found
        .buyers
        .iter()
        .map(pricing::lists_of)
        .flat_map(|lists| lists.customer.into_iter().chain(lists.group))
        .collect();
    let variants = found.variants.iter().map(|row| row.variant.id).collect();
    let steps = price_lists::steps(conn, lists.into_iter().collect(), variants).await?;
    found.prices = Prices::of(steps);
    let classes: BTreeSet<_> = found
        .variants
        .iter()
        .filter_map(|row| row.variant.tax_class_id)
        .collect();
    found.tax_rates = taxes::rates_of(conn, classes.into_iter().collect()).await?;
    Ok(())
}
