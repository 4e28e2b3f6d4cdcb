//! The schema: the roots of all modules, merged, and its limits.

pub mod batch;
pub mod commands;
mod node;

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema, SchemaBuilder};

use crate::accounts::aging::graphql::AgingQuery;
use crate::accounts::exchange_rate::graphql::{ExchangeRateList, ExchangeRateMutation};
use crate::accounts::ledger::graphql::{JournalEntryList, JournalQuery};
use crate::accounts::open_item::graphql::{OpenItemList, OpenItemMutation};
use crate::accounts::payment::graphql::{PaymentList, PaymentMutation, PaymentQuery};
use crate::accounts::period::graphql::{PeriodMutation, PeriodQuery};
use crate::accounts::statement::graphql::StatementQuery;
use crate::catalog::barcode::graphql::BarcodeQuery;
use crate::catalog::category::graphql::{CategoryList, CategoryMutation, CategoryQuery};
use crate::catalog::price_list::graphql::{
    PriceListItemList, PriceListList, PriceListMutation, PriceListQuery,
};
use crate::catalog::product::graphql::{
    CatalogMutation, CatalogQuery, ProductList, ProductVariantList,
};
use crate::catalog::tax::graphql::{TaxClassList, TaxMutation, TaxQuery};
use crate::check::graphql::IntegrityQuery;
use crate::identity::audit::graphql::AuditEntryList;
use crate::identity::session::graphql::SessionMutation;
use crate::identity::token::graphql::{ApiTokenList, TokenMutation, TokenQuery};
use crate::identity::user::graphql::{UserList, UserMutation, UserQuery};
use crate::live::stock_alerts::StockAlertSubscription;
use crate::live::stock_levels::StockLevelSubscription;
use crate::party::customer::graphql::{CustomerList, CustomerMutation, CustomerQuery};
use crate::party::group::graphql::{CustomerGroupList, CustomerGroupMutation};
use crate::party::supplier::graphql::{SupplierList, SupplierMutation, SupplierQuery};
use crate::party::terms::graphql::{PaymentTermsList, PaymentTermsMutation};
use crate::purchasing::order::graphql::{PurchaseOrderList, PurchaseOrderQuery};
use crate::purchasing::order::life::graphql::PurchaseOrderMutation;
use crate::purchasing::receipt::graphql::{
    GoodsReceiptList, GoodsReceiptMutation, GoodsReceiptQuery,
};
use crate::purchasing::settings::graphql::{PurchasingSettingsMutation, PurchasingSettingsQuery};
use crate::purchasing::supplier_item::graphql::{
    SupplierItemList, SupplierItemMutation, SupplierItemQuery,
};
use crate::sales::credit::graphql::CreditQuery;
use crate::sales::credit_note::graphql::{CreditNoteList, CreditNoteMutation, CreditNoteQuery};
use crate::sales::customer_return::graphql::{
    CustomerReturnList, CustomerReturnMutation, CustomerReturnQuery,
};
use crate::sales::fulfilment::graphql::{FulfilmentList, FulfilmentMutation, FulfilmentQuery};
use crate::sales::invoice::graphql::{InvoiceList, InvoiceMutation, InvoiceQuery};
use crate::sales::order::graphql::{SalesOrderList, SalesOrderMutation, SalesOrderQuery};
use crate::sales::order_hold::graphql::SalesOrderHoldMutation;
use crate::sales::price::graphql::PriceQuery;
use crate::sales::quotation::graphql::QuotationMutation;
use crate::sales::sourcing::graphql::SourcingQuery;
use crate::stock::adjustment::graphql::{
    StockAdjustmentList, StockAdjustmentMutation, StockAdjustmentQuery,
};
use crate::stock::alert::graphql::StockAlertList;
use crate::stock::costing::graphql::CostingMutation;
use crate::stock::count::graphql::{StockCountList, StockCountMutation, StockCountQuery};
use crate::stock::hold::graphql::{StockHoldList, StockHoldMutation, StockHoldQuery};
use crate::stock::level::graphql::StockLevelQuery;
use crate::stock::movement::graphql::StockMovementList;
use crate::stock::policy::graphql::StockPolicyMutation;
use crate::stock::reservation::graphql::ReservationList;
use crate::stock::transfer::graphql::{
    StockTransferList, StockTransferMutation, StockTransferQuery,
};
use crate::stock::warehouse::graphql::{WarehouseList, WarehouseMutation, WarehouseQuery};
use batch::BatchMutation;
use node::NodeQuery;

/// Levels of nesting; introspection by real tools needs 15.
pub const DEPTH_MAX: usize = 20;
/// Cost of one operation. Introspection by real tools needs a few hundred; a page of 250 records
/// with ten fields and a nested list needs about ten thousand.
pub const COMPLEXITY_MAX: usize = 25_000;
/// Directives per field.
const DIRECTIVES_MAX: usize = 10;

/// What can be asked.
#[derive(Default, MergedObject)]
pub struct Query(
    NodeQuery,
    AccessQuery,
    MasterQuery,
    PartyQuery,
    StockQuery,
    BuyingQuery,
    ListQuery,
);

#[derive(Default, MergedObject)]
struct ListQuery(StockListQuery, DocumentQuery, AccountsQuery);

#[derive(Default, MergedObject)]
struct StockListQuery(
    WarehouseList,
    StockHoldList,
    StockTransferList,
    StockAdjustmentList,
    StockCountList,
    ReservationList,
    StockAlertList,
    CustomerReturnList,
);

#[derive(Default, MergedObject)]
struct AccessQuery(
    TokenQuery,
    ApiTokenList,
    UserQuery,
    UserList,
    AuditEntryList,
    IntegrityQuery,
);

#[derive(Default, MergedObject)]
struct MasterQuery(
    ProductRoot,
    CategoryQuery,
    CategoryList,
    PriceListRoot,
    TaxQuery,
    TaxClassList,
);

#[derive(Default, MergedObject)]
struct ProductRoot(CatalogQuery, ProductList, ProductVariantList, BarcodeQuery);

#[derive(Default, MergedObject)]
struct PriceListRoot(PriceListQuery, PriceListList, PriceListItemList, PriceQuery);

#[derive(Default, MergedObject)]
struct PartyQuery(
    CustomerQuery,
    CustomerList,
    CustomerGroupList,
    PaymentTermsList,
    SupplierQuery,
    SupplierList,
);

#[derive(Default, MergedObject)]
struct StockQuery(
    WarehouseQuery,
    StockLevelQuery,
    StockMovementList,
    StockHoldQuery,
    StockTransferQuery,
    StockAdjustmentQuery,
    StockCountQuery,
    SourcingQuery,
);

#[derive(Default, MergedObject)]
struct BuyingQuery(
    SupplierItemQuery,
    SupplierItemList,
    PurchasingSettingsQuery,
    PurchaseOrderQuery,
    PurchaseOrderList,
    GoodsReceiptQuery,
    GoodsReceiptList,
);

#[derive(Default, MergedObject)]
struct DocumentQuery(
    SalesOrderQuery,
    SalesOrderList,
    FulfilmentQuery,
    FulfilmentList,
    InvoiceQuery,
    InvoiceList,
    CreditNoteQuery,
    CreditNoteList,
);

#[derive(Default, MergedObject)]
struct AccountsQuery(
    CustomerReturnQuery,
    CreditQuery,
    JournalQuery,
    PeriodQuery,
    JournalEntryList,
    OpenItemList,
    PaymentQuery,
    PaymentList,
    AgingQuery,
    StatementQuery,
    ExchangeRateList,
);

/// What can be done.
#[derive(Default, MergedObject)]
pub struct Mutation(
    AccessMutation,
    MasterMutation,
    PartyMutation,
    StockMutation,
    BuyingMutation,
    DocumentMutation,
);

#[derive(Default, MergedObject)]
struct AccessMutation(TokenMutation, UserMutation, SessionMutation);

#[derive(Default, MergedObject)]
struct MasterMutation(
    CatalogMutation,
    CategoryMutation,
    PriceListMutation,
    TaxMutation,
    WarehouseMutation,
    CostingMutation,
);

#[derive(Default, MergedObject)]
struct PartyMutation(
    CustomerMutation,
    CustomerGroupMutation,
    PaymentTermsMutation,
    SupplierMutation,
);

#[derive(Default, MergedObject)]
struct StockMutation(
    StockHoldMutation,
    StockTransferMutation,
    StockAdjustmentMutation,
    StockCountMutation,
    StockPolicyMutation,
);

#[derive(Default, MergedObject)]
struct BuyingMutation(
    SupplierItemMutation,
    PurchasingSettingsMutation,
    PurchaseOrderMutation,
    GoodsReceiptMutation,
);

#[derive(Default, MergedObject)]
struct DocumentMutation(
    BatchMutation,
    QuotationMutation,
    SalesOrderMutation,
    SalesOrderHoldMutation,
    FulfilmentMutation,
    InvoiceMutation,
    CreditNoteMutation,
    CustomerReturnMutation,
    AccountsMutation,
);

#[derive(Default, MergedObject)]
struct AccountsMutation(
    OpenItemMutation,
    PaymentMutation,
    ExchangeRateMutation,
    PeriodMutation,
);

/// What can be heard.
#[derive(Default, MergedSubscription)]
pub struct Subscription(StockLevelSubscription, StockAlertSubscription);

/// The whole schema.
pub type AppSchema = Schema<Query, Mutation, Subscription>;

/// The schema with its limits, before anything is at hand.
#[must_use]
pub fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
    .limit_depth(DEPTH_MAX)
    .limit_complexity(COMPLEXITY_MAX)
    .limit_directives(DIRECTIVES_MAX)
}

/// The schema as text, sorted, as `schema.graphql` holds it.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by();
    builder().finish().sdl_with_options(options)
}
