//! Inputs of supplier items, and how they become commands.

use async_graphql::{Context, ID, InputObject, Json, MaybeUndefined, OneofObject};
use entity::vocab::{Quantity, SupplierItemId};
use serde_json::Value;

use super::ops::{ArchiveItem, CreateItem, Price, UpdateItem};
use crate::catalog::product::graphql::ProductVariantReference;
use crate::graphql::{Decimal, Reading};
use crate::party::supplier::graphql::SupplierReference;
use crate::platform::command::Envelope;
use crate::platform::reference::Reference;
use crate::platform::rejection::Path;

/// Prices of an item, at most.
const PRICES_MAX: usize = 100;
/// Days of a lead time, at most.
const LEAD_TIME_MAX: i32 = 3_650;

/// Names a supplier item.
#[derive(Clone, Debug, OneofObject)]
pub enum SupplierItemReference {
    /// Its id.
    Id(ID),
    /// The id your own system knows it by.
    ExternalId(String),
}

impl SupplierItemReference {
    /// Reads the reference.
    pub fn read(&self, reading: &mut Reading, path: &Path) -> Reference<SupplierItemId> {
        match self {
            Self::Id(id) => reading.id_reference(path, id, SupplierItemId::parse),
            Self::ExternalId(id) => reading.external_reference(path, id),
        }
    }
}

/// A price from a quantity on.
#[derive(InputObject)]
pub struct SupplierItemPriceInput {
    /// From this quantity on, in the base unit; zero or more, and another one for each price. The
    /// highest one that an ordered quantity reaches gives its price.
    #[graphql(default_with = "Decimal(\"0\".to_owned())")]
    minimum_quantity: Decimal,
    /// Price of one base unit without tax, in the supplier's currency; zero or more, at most six
    /// decimals.
    unit_price: Decimal,
}

impl SupplierItemPriceInput {
    fn read_all(prices: Vec<Self>, reading: &mut Reading) -> Vec<Price> {
        let path = Path::input().at("prices");
        if prices.len() > PRICES_MAX {
            let message = format!("Must have at most {PRICES_MAX} prices.");
            reading.check.complain(path.clone(), message);
        }
        let prices = prices.into_iter().take(PRICES_MAX).enumerate();
        let read = |(index, price): (usize, Self)| {
            let Self {
                minimum_quantity,
                unit_price,
            } = price;
            let path = path.at(index);
            let before = reading.check.complaint_count();
            let minimum = path.at("minimumQuantity");
            let minimum_quantity = reading
                .check
                .quantity_not_negative(minimum, &minimum_quantity.0);
            Price {
                minimum_quantity,
                is_unread: reading.check.complaint_count() > before,
                unit_price: reading.check.price(path.at("unitPrice"), &unit_price.0),
            }
        };
        prices.map(read).collect()
    }
}

fn read_lead_time(reading: &mut Reading, days: i32) -> i32 {
    if !(0..=LEAD_TIME_MAX).contains(&days) {
        let message = format!("Must be 0 to {LEAD_TIME_MAX} days.");
        let path = Path::input().at("leadTimeDays");
        reading.check.complain(path, message);
        return 0;
    }
    days
}

fn read_multiple(reading: &mut Reading, text: &Decimal) -> Quantity {
    let path = Path::input().at("orderMultiple");
    reading.check.positive_quantity(path, &text.0)
}

/// What a supplier offers a variant for.
#[derive(InputObject)]
pub struct SupplierItemCreateInput {
    /// Who offers.
    supplier: SupplierReference,
    /// What is offered; once per supplier.
    variant: ProductVariantReference,
    /// The supplier's own SKU, at most 64 characters.
    supplier_sku: Option<String>,
    /// The least that can be ordered, in the base unit; zero or more.
    #[graphql(default_with = "Decimal(\"0\".to_owned())")]
    minimum_quantity: Decimal,
    /// What an ordered quantity must be a multiple of, in the base unit; above zero. Any quantity
    /// when left out.
    order_multiple: Option<Decimal>,
    /// Days from order to delivery, 0 to 3,650; the supplier's own when left out.
    lead_time_days: Option<i32>,
    /// Whether the variant is bought here first. Takes it from the item that had it.
    #[graphql(default = false)]
    is_preferred: bool,
    /// Its prices: at most 100. Without one, orders have to say the price.
    #[graphql(default)]
    prices: Vec<SupplierItemPriceInput>,
    /// The id your own system knows it by, unique among supplier items.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SupplierItemCreateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<CreateItem> {
        let mut reading = Reading::of("supplierItemCreate", &self);
        let Self {
            supplier,
            variant,
            supplier_sku,
            minimum_quantity,
            order_multiple,
            lead_time_days,
            is_preferred,
            prices,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let minimum = path.at("minimumQuantity");
        let command = CreateItem {
            id: SupplierItemId::generate(),
            supplier: supplier.read(&mut reading, &path.at("supplier")),
            variant: variant.read(&mut reading, &path.at("variant")),
            supplier_sku: supplier_sku.map(|sku| reading.code(path.at("supplierSku"), &sku)),
            minimum_quantity: reading
                .check
                .quantity_not_negative(minimum, &minimum_quantity.0),
            order_multiple: order_multiple.map(|text| read_multiple(&mut reading, &text)),
            lead_time_days: lead_time_days.map(|days| read_lead_time(&mut reading, days)),
            is_preferred,
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
            prices: SupplierItemPriceInput::read_all(prices, &mut reading),
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

/// What changes of a supplier item; what is left out stays as it is, null removes it.
#[derive(InputObject)]
pub struct SupplierItemUpdateInput {
    /// The supplier item; an archived one is refused.
    supplier_item: SupplierItemReference,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// The supplier's own SKU, at most 64 characters.
    supplier_sku: MaybeUndefined<String>,
    /// The least that can be ordered, in the base unit; zero or more.
    minimum_quantity: Option<Decimal>,
    /// What an ordered quantity must be a multiple of, in the base unit; above zero.
    order_multiple: MaybeUndefined<Decimal>,
    /// Days from order to delivery, 0 to 3,650; null for the supplier's own.
    lead_time_days: MaybeUndefined<i32>,
    /// Whether the variant is bought here first. `true` takes it from the item that had it.
    is_preferred: Option<bool>,
    /// All of its prices, instead of those it has: at most 100.
    prices: Option<Vec<SupplierItemPriceInput>>,
    /// The id your own system knows it by, unique among supplier items.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

/// What was given, null included.
pub(crate) fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

impl SupplierItemUpdateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<UpdateItem> {
        let mut reading = Reading::of("supplierItemUpdate", &self);
        let Self {
            supplier_item,
            expected_version,
            supplier_sku,
            minimum_quantity,
            order_multiple,
            lead_time_days,
            is_preferred,
            prices,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let minimum = |reading: &mut Reading, text: Decimal| {
            let path = path.at("minimumQuantity");
            reading.check.quantity_not_negative(path, &text.0)
        };
        let multiple = given(order_multiple);
        let days = given(lead_time_days);
        let sku = given(supplier_sku);
        let command = UpdateItem {
            item: supplier_item.read(&mut reading, &path.at("supplierItem")),
            expected_version,
            supplier_sku: sku.map(|sku| sku.map(|sku| reading.code(path.at("supplierSku"), &sku))),
            minimum_quantity: minimum_quantity.map(|text| minimum(&mut reading, text)),
            order_multiple: multiple
                .map(|given| given.map(|text| read_multiple(&mut reading, &text))),
            lead_time_days: days.map(|given| given.map(|one| read_lead_time(&mut reading, one))),
            is_preferred,
            external_id: reading.new_external_id(external_id),
            metadata: reading.new_metadata(metadata),
            prices: prices.map(|prices| SupplierItemPriceInput::read_all(prices, &mut reading)),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

/// Which supplier item to archive.
#[derive(InputObject)]
pub struct SupplierItemArchiveInput {
    /// The supplier item.
    supplier_item: SupplierItemReference,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SupplierItemArchiveInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ArchiveItem> {
        let mut reading = Reading::of("supplierItemArchive", &self);
        let Self {
            supplier_item,
            expected_version,
            idempotency_key,
        } = self;
        let item = supplier_item.read(&mut reading, &Path::input().at("supplierItem"));
        let command = ArchiveItem {
            item,
            expected_version,
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}
