//! The audit log: what is written down beside every accepted command, in the row of its operation.
//!
//! It is the row that a command leaves anyway, so that it costs no statement of its own. Secrets
//! never reach it: they are taken out of the input before anything is kept or hashed.

use entity::platform::operation;
use entity::vocab::{
    AddressId, AllocationId, ApiTokenId, CategoryId, ContactId, CreditNoteId, CustomerGroupId,
    CustomerId, CustomerReturnId, ExchangeRateId, FulfilmentId, GoodsReceiptId, Instant, InvoiceId,
    JournalEntryId, OpenItemId, OperationId, PaymentId, PaymentTermsId, PriceListId, PrincipalId,
    ProductId, ProductVariantId, PurchaseOrderId, SalesOrderId, SessionId, StockAdjustmentId,
    StockCountId, StockHoldId, StockTransferId, SupplierId, SupplierItemId, TaxClassId, UserId,
    WarehouseId,
};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// What the audit log keeps of a call beside what the call is.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// The request it came with.
    pub request_id: Option<String>,
    /// The address of the connection it came by.
    pub remote_address: Option<String>,
    /// The input as it was given, without secrets, as JSON.
    pub input: Option<String>,
}

/// The address of the connection that a request came by.
#[derive(Clone, Debug, Default)]
pub struct RemoteAddress(pub Option<String>);

/// Fields that hold secrets, in whatever input.
const SECRETS: &[&str] = &[
    "currentPassword",
    "newPassword",
    "password",
    "refreshToken",
    "secret",
    "token",
];

/// Takes the secrets out of an input, wherever they are, and NULs, which PostgreSQL does not take.
pub fn redact(input: &mut Json) {
    match input {
        Json::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Json::Object(fields) => {
            if fields.keys().any(|name| name.contains('\0')) {
                let named = std::mem::take(fields).into_iter();
                *fields = named
                    .map(|(name, value)| (name.replace('\0', "\u{fffd}"), value))
                    .collect();
            }
            for (name, value) in fields {
                let is_secret = SECRETS.contains(&name.as_str()) && !value.is_null();
                // A reference to a record that is called token is no secret, and no text.
                if is_secret && !value.is_object() {
                    *value = json!("[redacted]");
                } else {
                    redact(value);
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(redact),
        _ => {}
    }
}

/// What kind of record a command is about, by how its name begins; the longest beginning counts.
const KINDS: &[(&str, &str)] = &[
    ("address", AddressId::PREFIX),
    ("apiToken", ApiTokenId::PREFIX),
    ("category", CategoryId::PREFIX),
    ("contact", ContactId::PREFIX),
    ("creditNote", CreditNoteId::PREFIX),
    ("customer", CustomerId::PREFIX),
    ("customerGroup", CustomerGroupId::PREFIX),
    ("customerReturn", CustomerReturnId::PREFIX),
    ("exchangeRate", ExchangeRateId::PREFIX),
    ("fulfilment", FulfilmentId::PREFIX),
    // Shipping answers with the order, which may have gone out in several parts.
    ("fulfilmentShip", SalesOrderId::PREFIX),
    ("goodsReceipt", GoodsReceiptId::PREFIX),
    ("invoice", InvoiceId::PREFIX),
    ("journalEntry", JournalEntryId::PREFIX),
    ("openItem", OpenItemId::PREFIX),
    ("passwordChange", UserId::PREFIX),
    ("payment", PaymentId::PREFIX),
    // A credit is an open item, whatever document it came from.
    ("paymentAllocate", OpenItemId::PREFIX),
    ("paymentDeallocate", AllocationId::PREFIX),
    ("paymentTerms", PaymentTermsId::PREFIX),
    ("priceList", PriceListId::PREFIX),
    ("product", ProductId::PREFIX),
    ("productVariant", ProductVariantId::PREFIX),
    ("purchaseOrder", PurchaseOrderId::PREFIX),
    // What is received becomes a receipt.
    ("purchaseOrderReceive", GoodsReceiptId::PREFIX),
    ("salesOrder", SalesOrderId::PREFIX),
    ("session", SessionId::PREFIX),
    ("sessionCreate.refused", UserId::PREFIX),
    ("stockAdjust", StockAdjustmentId::PREFIX),
    ("stockCount", StockCountId::PREFIX),
    ("stockHold", StockHoldId::PREFIX),
    ("stockHoldConvert", SalesOrderId::PREFIX),
    // Policies are set for a warehouse.
    ("stockPolicy", WarehouseId::PREFIX),
    ("stockTransfer", StockTransferId::PREFIX),
    ("supplier", SupplierId::PREFIX),
    ("supplierItem", SupplierItemId::PREFIX),
    ("taxClass", TaxClassId::PREFIX),
    ("taxRate", TaxClassId::PREFIX),
    ("user", UserId::PREFIX),
    ("warehouse", WarehouseId::PREFIX),
];

/// The prefix of the ids of the records that a command is about.
#[must_use]
pub fn record_kind(command: &str) -> Option<&'static str> {
    KINDS
        .iter()
        .filter(|(beginning, _)| command.starts_with(beginning))
        .max_by_key(|(beginning, _)| beginning.len())
        .map(|(_, prefix)| *prefix)
}

/// Something worth knowing that is no accepted command: a refused sign-in, or what whoever runs
/// the server did.
#[derive(Clone, Debug)]
pub struct Note {
    /// What it was.
    pub command: &'static str,
    /// Who did it; nobody for the operator and for strangers.
    pub caller: Option<PrincipalId>,
    /// The record it is about; nil for none.
    pub record_id: Uuid,
    /// Where it came from, and with what.
    pub audit: Audit,
}

/// Writes it down.
///
/// # Errors
/// The database's.
pub async fn note(conn: &impl ConnectionTrait, note: Note, now: Instant) -> Result<(), DbErr> {
    let kind = record_kind(note.command).filter(|_| !note.record_id.is_nil());
    let row = operation::Model {
        id: OperationId::generate(),
        caller_id: note.caller.unwrap_or(PrincipalId(Uuid::nil())),
        idempotency_key: None,
        command: note.command.to_owned(),
        input_hash: Vec::new(),
        record_id: note.record_id,
        record_kind: kind.map(str::to_owned),
        request_id: note.audit.request_id,
        remote_address: note.audit.remote_address,
        input: note.audit.input,
        changes: None,
        created_at: now,
    };
    operation::Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out_wherever_they_are() {
        let mut input = json!({
            "email": "a@b.c", "password": "hunter22222", "newPassword": null,
            "list": [{ "refreshToken": "x", "name": "n" }],
        });
        redact(&mut input);
        let wanted = json!({
            "email": "a@b.c", "password": "[redacted]", "newPassword": null,
            "list": [{ "refreshToken": "[redacted]", "name": "n" }],
        });
        assert_eq!(input, wanted);
    }

    #[test]
    fn no_nul_is_left_anywhere() {
        let mut input = json!({ "a\u{0}": ["b\u{0}", { "c": "\u{0}" }] });
        redact(&mut input);
        assert!(!input.to_string().contains("\\u0000"), "{input}");
    }

    #[test]
    fn the_longest_beginning_says_what_a_command_is_about() {
        let receipt = Some(GoodsReceiptId::PREFIX);
        assert_eq!(record_kind("purchaseOrderReceive"), receipt);
        assert_eq!(record_kind("customerCreate"), Some("customer"));
        assert_eq!(record_kind("customerReturnRequest"), Some("customerreturn"));
        assert_eq!(record_kind("stockHoldConvert"), Some("salesorder"));
        assert_eq!(record_kind("nonsense"), None);
    }
}
