//! Lines of purchase orders in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use entity::purchasing::purchase_order_line;
use entity::vocab::{Amount, Coverage, PurchaseOrderStatus, Quantity};

use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::Asked;
use crate::graphql::payload::internal;
use crate::graphql::{Date, Decimal, Money, loaders};
use crate::platform::actor::Scope;
use crate::purchasing::order::rules;
use crate::purchasing::supplier_item::graphql::SupplierItem;

/// How much of what was ordered has been received or billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Coverage", remote = "Coverage")]
pub enum CoverageKind {
    /// Nothing yet.
    None,
    /// Of some line less than ordered.
    Partial,
    /// Of every line what was ordered.
    Full,
    /// Of every line what was ordered, and of some more.
    Over,
}

/// A line of a purchase order. Quantities are in the base unit.
#[derive(Description)]
pub struct PurchaseOrderLine {
    pub(in crate::purchasing::order) row: purchase_order_line::Model,
    pub(in crate::purchasing::order) currency: String,
    pub(in crate::purchasing::order) status: PurchaseOrderStatus,
}

impl PurchaseOrderLine {
    fn money(&self, amount: Amount) -> Money {
        Money::new(amount, self.currency.clone())
    }
}

#[Object(use_type_description)]
impl PurchaseOrderLine {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.row.id.to_string())
    }

    /// Its place in the order, from 1.
    async fn position(&self) -> i32 {
        self.row.position
    }

    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.row.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a line without a variant"))
    }

    /// The supplier's offer it goes by; null when there was none.
    /// Scope: `suppliers:read`.
    async fn supplier_item(&self, ctx: &Context<'_>) -> Option<Result<SupplierItem>> {
        if let Err(error) = ctx.require(Scope::SuppliersRead) {
            return Some(Err(error));
        }
        let row = loaders(ctx).load_one(self.row.supplier_item_id?).await;
        let row = row.map_err(|error| internal(&error));
        row.map(|row| row.map(SupplierItem::from)).transpose()
    }

    /// The supplier's own SKU.
    async fn supplier_sku(&self) -> Option<&str> {
        self.row.supplier_sku.as_deref()
    }

    /// How much is ordered.
    async fn quantity(&self) -> Decimal {
        self.row.quantity.into()
    }

    /// How much came in and may be sold.
    async fn accepted(&self) -> Decimal {
        self.row.accepted.into()
    }

    /// How much came in and was rejected.
    async fn rejected(&self) -> Decimal {
        self.row.rejected.into()
    }

    /// How much was noted as missing when goods were received. It is still waited for.
    async fn short(&self) -> Decimal {
        self.row.short.into()
    }

    /// How much was given up when the order was closed.
    async fn closed(&self) -> Decimal {
        self.row.closed.into()
    }

    /// How much is still waited for: `quantity - accepted - rejected - closed`, at least zero; zero
    /// when the order is cancelled.
    async fn open(&self) -> Decimal {
        if self.status == PurchaseOrderStatus::Cancelled {
            return Quantity::ZERO.into();
        }
        rules::open(&self.row).into()
    }

    /// Price of one base unit without tax, with up to six decimals.
    async fn unit_price(&self) -> Decimal {
        self.row.unit_price.into()
    }

    /// Share taken off, 0 to 1.
    async fn discount_rate(&self) -> Decimal {
        self.row.discount_rate.into()
    }

    /// The tax rate on the order's date, 0 to 1.
    async fn tax_rate(&self) -> Decimal {
        self.row.tax_rate.into()
    }

    /// `quantity * unitPrice * (1 - discountRate)`, rounded once, half away from zero.
    async fn net(&self) -> Money {
        self.money(self.row.net)
    }

    /// `net * taxRate`, rounded half away from zero.
    async fn tax(&self) -> Money {
        self.money(self.row.tax)
    }

    /// `net + tax`.
    async fn gross(&self) -> Money {
        self.money(self.row.gross)
    }

    /// The day on which it is expected, as it was ordered.
    async fn expected_on(&self) -> Date {
        Date(self.row.expected_on)
    }

    /// How much the supplier confirmed; null before.
    async fn confirmed_quantity(&self) -> Option<Decimal> {
        self.row.confirmed_quantity.map(Into::into)
    }

    /// The day the supplier promised; null before.
    async fn promised_on(&self) -> Option<Date> {
        self.row.promised_on.map(Date)
    }
}
