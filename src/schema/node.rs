//! Any record by its id: `node` and `nodes`, by the specification of global object identification.

use async_graphql::{Context, ID, Interface, Object, Result};
use entity::vocab::*;
use futures_util::future::join_all;

use crate::accounts::exchange_rate::graphql::ExchangeRate;
use crate::accounts::ledger::graphql::JournalEntry;
use crate::accounts::open_item::graphql::OpenItem;
use crate::accounts::payment::graphql::Payment;
use crate::catalog::category::graphql::Category;
use crate::catalog::price_list::graphql::{PriceList, PriceListItem};
use crate::catalog::product::graphql::{Product, ProductVariant};
use crate::catalog::tax::graphql::TaxClass;
use crate::graphql::context::{Asked, actor, bad_argument};
use crate::graphql::payload::internal;
use crate::graphql::{failed, loaders};
use crate::identity::audit::graphql::AuditEntry;
use crate::identity::token::graphql::ApiToken;
use crate::identity::user::graphql::User;
use crate::party::customer::graphql::Customer;
use crate::party::group::graphql::CustomerGroup;
use crate::party::supplier::graphql::Supplier;
use crate::party::terms::graphql::PaymentTerms;
use crate::platform::actor::Scope;
use crate::purchasing::order::graphql::PurchaseOrder;
use crate::purchasing::receipt::graphql::GoodsReceipt;
use crate::purchasing::supplier_item::graphql::SupplierItem;
use crate::sales::credit_note::graphql::CreditNote;
use crate::sales::customer_return::graphql::CustomerReturn;
use crate::sales::fulfilment::graphql::Fulfilment;
use crate::sales::invoice::graphql::Invoice;
use crate::sales::order::graphql::SalesOrder;
use crate::stock::adjustment::graphql::StockAdjustment;
use crate::stock::alert::graphql::StockAlert;
use crate::stock::count::graphql::StockCount;
use crate::stock::hold::graphql::StockHold;
use crate::stock::reservation::graphql::Reservation;
use crate::stock::transfer::graphql::StockTransfer;
use crate::stock::warehouse::graphql::Warehouse;

/// Ids that can be asked for at once, at most.
const NODES_MAX: usize = 250;

/// Declares the records that can be found by nothing but their ids: which id names them, and the
/// scope that reading them takes.
macro_rules! nodes {
    ($( $object:ident by $id:ident, $scope:expr; )*) => {
        /// A record that can be found by its id.
        #[derive(Interface)]
        #[graphql(field(name = "id", ty = "ID", desc = "Its id."))]
        pub enum Node {
            $(
                #[doc = concat!("See `", stringify!($object), "`.")]
                $object($object),
            )*
        }

        /// The record of an id, if the caller may see its kind.
        async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
            let prefix = id.rsplit_once('_').map_or("", |(prefix, _)| prefix);
            $(
                if prefix == $id::PREFIX {
                    ctx.require($scope)?;
                    let id = $id::parse(id).map_err(|error| bad_argument(error.to_string()))?;
                    let row = loaders(ctx).load_one(id).await;
                    let row = row.map_err(|error| internal(&error))?;
                    return Ok(row.map(|row| Node::$object(row.into())));
                }
            )*
            actor(ctx).require_identity().map_err(failed)?;
            Err(bad_argument("id: This is not the id of a record that `node` can find."))
        }
    };
}

nodes! {
    ApiToken by ApiTokenId, Scope::TokensWrite;
    AuditEntry by OperationId, Scope::AuditRead;
    Category by CategoryId, Scope::ProductsRead;
    CreditNote by CreditNoteId, Scope::InvoicesRead;
    Customer by CustomerId, Scope::CustomersRead;
    CustomerGroup by CustomerGroupId, Scope::CustomersRead;
    CustomerReturn by CustomerReturnId, Scope::ReturnsRead;
    ExchangeRate by ExchangeRateId, Scope::PricesRead;
    Fulfilment by FulfilmentId, Scope::SalesOrdersRead;
    GoodsReceipt by GoodsReceiptId, Scope::GoodsReceiptsRead;
    Invoice by InvoiceId, Scope::InvoicesRead;
    JournalEntry by JournalEntryId, Scope::JournalRead;
    OpenItem by OpenItemId, Scope::InvoicesRead;
    Payment by PaymentId, Scope::PaymentsRead;
    PaymentTerms by PaymentTermsId, Scope::CustomersRead;
    PriceList by PriceListId, Scope::PricesRead;
    PriceListItem by PriceListItemId, Scope::PricesRead;
    Product by ProductId, Scope::ProductsRead;
    ProductVariant by ProductVariantId, Scope::ProductsRead;
    PurchaseOrder by PurchaseOrderId, Scope::PurchaseOrdersRead;
    Reservation by ReservationId, Scope::StockRead;
    SalesOrder by SalesOrderId, Scope::SalesOrdersRead;
    StockAdjustment by StockAdjustmentId, Scope::StockRead;
    StockAlert by StockAlertId, Scope::StockRead;
    StockCount by StockCountId, Scope::StockRead;
    StockHold by StockHoldId, Scope::StockRead;
    StockTransfer by StockTransferId, Scope::StockRead;
    Supplier by SupplierId, Scope::SuppliersRead;
    SupplierItem by SupplierItemId, Scope::SuppliersRead;
    TaxClass by TaxClassId, Scope::ProductsRead;
    User by UserId, Scope::UsersRead;
    Warehouse by WarehouseId, Scope::StockRead;
}

/// Reads any record.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The record of an id, of whatever kind; null when there is none.
    /// Scope: the one that reading its kind takes.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Option<Result<Node>> {
        find(ctx, &id).await.transpose()
    }

    /// The records of several ids, of whatever kinds, in the order of the ids; null where there is
    /// none, and with an error where the caller may not see its kind.
    /// Scope: the one that reading their kinds takes.
    #[graphql(complexity = "ids.len() * child_complexity + 1")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their ids, at most 250.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        actor(ctx).require_identity().map_err(failed)?;
        if ids.len() > NODES_MAX {
            let message = format!("ids: At most {NODES_MAX} can be asked for at once.");
            return Err(bad_argument(message));
        }
        let found = join_all(ids.iter().map(|id| find(ctx, id))).await;
        Ok(found.into_iter().map(Result::transpose).collect())
    }
}
