//! Typed ids: one newtype per kind of record, a UUIDv7 underneath.
//!
//! On the wire an id is a TypeID (`variant_01jd…`): the prefix says what it names, so that an id
//! of the wrong kind is refused before anything is looked up.

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};
use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

/// The longest TypeID we accept: a prefix of at most 40 characters, `_`, 26 characters.
const TYPE_ID_LENGTH_MAX: usize = 67;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is a well-formed id of another kind of record.
    #[error("this is the id of a {found}; an id that starts with \"{expected}_\" is needed")]
    WrongType {
        /// The prefix that was needed.
        expected: &'static str,
        /// The prefix that was given.
        found: String,
    },
    /// The text is no id at all.
    #[error("this is not an id; ids of this kind look like \"{expected}_01jd…\"")]
    Malformed {
        /// The prefix that was needed.
        expected: &'static str,
    },
}

fn encode(prefix: &'static str, uuid: Uuid) -> String {
    let prefix = DynamicType::new(prefix).expect("every prefix below is lower-case letters");
    TypeSafeId::from_type_and_uuid(prefix, uuid).to_string()
}

/// The wire form of an id whose kind is known by its prefix alone; `None` when that is none.
#[must_use]
pub fn type_id(prefix: &str, uuid: Uuid) -> Option<String> {
    let prefix = DynamicType::new(prefix).ok()?;
    Some(TypeSafeId::from_type_and_uuid(prefix, uuid).to_string())
}

/// The UUID inside the wire form of an id of any kind.
#[must_use]
pub fn any_id(text: &str) -> Option<Uuid> {
    if text.len() > TYPE_ID_LENGTH_MAX || !text.is_ascii() {
        return None;
    }
    let id: TypeSafeId<DynamicType> = text.parse().ok()?;
    Some(id.uuid())
}

fn decode(expected: &'static str, text: &str) -> Result<Uuid, IdError> {
    // The length is checked first: the parser of the library slices long prefixes by bytes.
    if text.len() > TYPE_ID_LENGTH_MAX || !text.is_ascii() {
        return Err(IdError::Malformed { expected });
    }
    let id: TypeSafeId<DynamicType> = text.parse().map_err(|_| IdError::Malformed { expected })?;
    if id.type_prefix() != expected {
        return Err(IdError::WrongType {
            expected,
            found: id.type_prefix().to_owned(),
        });
    }
    Ok(id.uuid())
}

/// Reads the wire form of an id of any kind of record.
///
/// # Errors
/// [`IdError`] when the text is no id.
pub fn any_record(text: &str) -> Result<Uuid, IdError> {
    any_id(text).ok_or(IdError::Malformed { expected: "record" })
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            Serialize, Deserialize, DeriveValueType,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl $name {
            /// What every id of this kind starts with, before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id; ids made later sort later.
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            /// Reads the wire form.
            ///
            /// # Errors
            /// [`IdError`] when the text is no id, or the id of another kind of record.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                decode(Self::PREFIX, text).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&encode(Self::PREFIX, self.0))
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

typed_ids! {
    /// Whoever can act: a token or a user; the same UUID as its own.
    PrincipalId = "principal";
    /// A person who signs in.
    UserId = "user";
    /// A signed-in session of a user.
    SessionId = "session";
    /// An API token of a machine or a partner.
    ApiTokenId = "token";
    /// A product: what is shown.
    ProductId = "product";
    /// A variant: what is stocked, priced and ordered.
    ProductVariantId = "variant";
    /// A place that holds stock.
    WarehouseId = "warehouse";
    /// Somebody who buys.
    CustomerId = "customer";
    /// A sales order.
    SalesOrderId = "salesorder";
    /// A line of a sales order.
    SalesOrderLineId = "salesorderline";
    /// A hold on a sales order: why it must not be picked or shipped for now.
    SalesOrderHoldId = "salesorderhold";
    /// A shipment of a sales order's goods out of one warehouse.
    FulfilmentId = "fulfilment";
    /// A line of a fulfilment.
    FulfilmentLineId = "fulfilmentline";
    /// Goods that came in.
    GoodsReceiptId = "goodsreceipt";
    /// A line of a goods receipt.
    GoodsReceiptLineId = "goodsreceiptline";
    /// A demand that holds available stock, or waits for it.
    ReservationId = "reservation";
    /// Stock held for somebody for a while, for example a cart.
    StockHoldId = "stockhold";
    /// A line of a hold.
    StockHoldLineId = "stockholdline";
    /// Goods on their way from one warehouse to another.
    StockTransferId = "stocktransfer";
    /// A line of a transfer.
    StockTransferLineId = "stocktransferline";
    /// What is left of goods that came together, at their own cost.
    CostLayerId = "cost_layer";
    /// A correction of stock, with its reason.
    StockAdjustmentId = "stockadjustment";
    /// A line of an adjustment.
    StockAdjustmentLineId = "stockadjustmentline";
    /// A count of what is on the shelves.
    StockCountId = "stockcount";
    /// A warning that a level has run low, out or over.
    StockAlertId = "stockalert";
    /// A line of a stock count.
    StockCountLineId = "stockcountline";
    /// What is agreed on when to pay.
    PaymentTermsId = "paymentterms";
    /// Customers who share prices and terms.
    CustomerGroupId = "customergroup";
    /// Prices agreed on with a customer or a group.
    PriceListId = "pricelist";
    /// A price of a price list.
    PriceListItemId = "pricelistitem";
    /// Goods and services that are taxed alike.
    TaxClassId = "taxclass";
    /// A branch of the tree of products.
    CategoryId = "category";
    /// Somebody we buy from.
    SupplierId = "supplier";
    /// A person or desk at a customer or supplier.
    ContactId = "contact";
    /// An address of a customer or supplier.
    AddressId = "address";
    /// What a supplier offers a variant for.
    SupplierItemId = "supplieritem";
    /// An order to a supplier.
    PurchaseOrderId = "purchaseorder";
    /// A line of a purchase order.
    PurchaseOrderLineId = "purchaseorderline";
    /// A balanced entry of the journal.
    JournalEntryId = "journalentry";
    /// What a customer owes by one document, or is owed.
    OpenItemId = "openitem";
    /// What one open item paid of another.
    AllocationId = "allocation";
    /// An invoice to a customer.
    InvoiceId = "invoice";
    /// A line of an invoice.
    InvoiceLineId = "invoiceline";
    /// A credit note to a customer.
    CreditNoteId = "creditnote";
    /// A line of a credit note.
    CreditNoteLineId = "creditnoteline";
    /// Money that came in or went out.
    PaymentId = "payment";
    /// Goods that a customer sends back.
    CustomerReturnId = "customerreturn";
    /// A line of a customer return.
    CustomerReturnLineId = "customerreturnline";
    /// What a currency is worth from a day on.
    ExchangeRateId = "exchangerate";
    /// One accepted command.
    OperationId = "operation";
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_survives_the_wire() {
        let id = ProductVariantId::generate();
        assert_eq!(ProductVariantId::parse(&id.to_string()), Ok(id));
        assert!(id.to_string().starts_with("variant_"));
    }

    #[test]
    fn an_id_of_another_kind_is_named_as_such() {
        let id = ProductId::generate().to_string();
        assert!(matches!(
            ProductVariantId::parse(&id),
            Err(IdError::WrongType { expected: "variant", found }) if found == "product"
        ));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,120}") {
            let _ = WarehouseId::parse(&text);
            let _ = WarehouseId::parse(&format!("warehouse_{text}"));
        }
    }
}
