//! What is to change of an order, as it was said.

use chrono::NaiveDate;
use entity::vocab::{
    CustomerId, ExchangeRate, Quantity, Rate, SalesOrderId, SalesOrderLineId, ShortagePolicy,
    UnitPrice, WarehouseId,
};
use serde_json::Value as Json;

use crate::platform::reference::Reference;
use crate::sales::credit::rules::CreditPolicy;
use crate::sales::order::document::{NewLine, Sourcing};

/// A line that is to change; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct ChangeLine {
    /// Which one; none when its id was not readable.
    pub line_id: Option<SalesOrderLineId>,
    /// How much.
    pub quantity: Option<Quantity>,
    /// A price of the caller's own; `Some(None)` prices the line anew.
    pub unit_price: Option<Option<UnitPrice>>,
    /// Share taken off.
    pub discount_rate: Option<Rate>,
    /// What it is.
    pub description: Option<Option<String>>,
    /// Where it is served from; of drafts only.
    pub warehouse: Option<Option<Reference<WarehouseId>>>,
}

/// An order that is to change; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct UpdateOrder {
    /// Which one.
    pub order: Reference<SalesOrderId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// Who buys; of drafts only.
    pub customer: Option<Reference<CustomerId>>,
    /// The business day; of drafts only.
    pub date: Option<NaiveDate>,
    /// What the currency is worth; of drafts only.
    pub exchange_rate: Option<ExchangeRate>,
    /// Whether prices are with tax; of drafts only.
    pub prices_include_tax: Option<bool>,
    /// The last day a quotation can be confirmed; of drafts only.
    pub valid_until: Option<Option<NaiveDate>>,
    /// The customer's own number for it.
    pub customer_reference: Option<Option<String>>,
    /// When the customer wants it.
    pub requested_delivery_on: Option<Option<NaiveDate>>,
    /// Where the goods go.
    pub shipping_address: Option<Option<Json>>,
    /// Where the bill goes.
    pub billing_address: Option<Option<Json>>,
    /// A remark.
    pub note: Option<Option<String>>,
    /// The id a partner's system knows it by.
    pub external_id: Option<Option<String>>,
    /// What a partner keeps beside it.
    pub metadata: Option<Option<Json>>,
    /// Where new lines are served from that do not say.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// How warehouses are chosen for new lines that name none.
    pub sourcing: Option<Sourcing>,
    /// New lines.
    pub add: Vec<NewLine>,
    /// Changed lines.
    pub change: Vec<ChangeLine>,
    /// Lines to be taken off; none where an id was not readable.
    pub remove: Vec<Option<SalesOrderLineId>>,
    /// What happens when too little is available for what is added.
    pub on_shortage: ShortagePolicy,
    /// What happens when the customer's credit limit would be passed.
    pub on_credit_limit: CreditPolicy,
    /// Whether all prices are fixed anew, but those the caller gave.
    pub reprice: bool,
}

impl UpdateOrder {
    /// Whether it says anything about lines.
    #[must_use]
    pub fn is_about_lines(&self) -> bool {
        let several = self.add.len() + self.change.len() + self.remove.len();
        several > 0 || self.reprice
    }

    /// What only a draft can change, as the input calls it.
    pub(super) fn of_drafts(&self) -> impl Iterator<Item = &'static str> {
        let given = [
            ("customer", self.customer.is_some()),
            ("date", self.date.is_some()),
            ("exchangeRate", self.exchange_rate.is_some()),
            ("pricesIncludeTax", self.prices_include_tax.is_some()),
            ("validUntil", self.valid_until.is_some()),
        ];
        given
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(name, _)| name)
    }
}
