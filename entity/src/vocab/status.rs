//! Statuses and kinds: closed lists, stored as their GraphQL names.

use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$vdoc:meta])* $variant:ident = $text:literal,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            Serialize, Deserialize, EnumIter, DeriveActiveEnum,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text")]
        pub enum $name {
            $(
                $(#[$vdoc])*
                #[sea_orm(string_value = $text)]
                #[serde(rename = $text)]
                $variant,
            )*
        }

        impl $name {
            /// The name in the schema and in the database.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    )*};
}

statuses! {
    /// Whether a master record may be used in new documents.
    RecordStatus {
        /// In use.
        Active = "ACTIVE",
        /// Kept for history; refused in new documents.
        Archived = "ARCHIVED",
    }
    /// At which cost goods of a variant leave a warehouse.
    CostingMethod {
        /// At the average cost of all that is there.
        MovingAverage = "MOVING_AVERAGE",
        /// At the cost at which those came that came first.
        Fifo = "FIFO",
    }
    /// What kind of principal it is.
    PrincipalKind {
        /// A machine or a partner.
        Token = "TOKEN",
        /// A person.
        User = "USER",
    }
    /// What a user does in the company; each role is a set of scopes.
    Role {
        /// Buys: suppliers, purchase orders, goods receipts.
        Purchasing = "PURCHASING",
        /// Sells: customers, orders, returns.
        Sales = "SALES",
        /// Moves goods: receives, ships, transfers, counts.
        Warehouse = "WAREHOUSE",
        /// Keeps the books: invoices, payments, credit.
        Finance = "FINANCE",
        /// Reads everything but users and the audit log, costs included; changes nothing.
        Analyst = "ANALYST",
        /// May do everything.
        Administrator = "ADMINISTRATOR",
    }
    /// Whether a user may sign in.
    UserStatus {
        /// May sign in.
        Active = "ACTIVE",
        /// Kept for history; may not sign in.
        Disabled = "DISABLED",
    }
    /// What an address is for.
    AddressPurpose {
        /// Where bills go.
        Billing = "BILLING",
        /// Where goods go.
        Shipping = "SHIPPING",
        /// Anything else.
        Other = "OTHER",
    }
    /// A kind of record that is found by words.
    SearchKind {
        /// Products, by their names and their variants' names and SKUs.
        Product = "PRODUCT",
        /// Variants, by SKU, name and their product's name.
        ProductVariant = "PRODUCT_VARIANT",
        /// Customers, by code, name, contacts and city.
        Customer = "CUSTOMER",
        /// Suppliers, by code, name, contacts and city.
        Supplier = "SUPPLIER",
    }
    /// Where a sales order is in its life.
    SalesOrderStatus {
        /// A quotation: nothing is reserved, everything can still change.
        Draft = "DRAFT",
        /// Accepted; its demand stands.
        Confirmed = "CONFIRMED",
        /// Nothing more is to be done: all of it is shipped and invoiced, or the rest was given up.
        Closed = "CLOSED",
        /// Withdrawn before anything was shipped.
        Cancelled = "CANCELLED",
    }
    /// How much of something has been done.
    Progress {
        /// Nothing yet.
        None = "NONE",
        /// A part.
        Partial = "PARTIAL",
        /// Everything.
        Full = "FULL",
    }
    /// Where the price of a line came from.
    PriceSource {
        /// The caller gave it.
        Given = "GIVEN",
        /// The customer's own price list.
        CustomerList = "CUSTOMER_LIST",
        /// The price list of the customer's group.
        GroupList = "GROUP_LIST",
        /// The variant's own price on the day.
        Base = "BASE",
    }
    /// Why an order must not be picked or shipped for now.
    SalesOrderHoldKind {
        /// The customer owes too much, or too long.
        Credit = "CREDIT",
        /// Somebody has to look at it first.
        Review = "REVIEW",
        /// Something is unclear about the goods.
        Stock = "STOCK",
        /// Anything else; the reason says what.
        Other = "OTHER",
    }
    /// Where a fulfilment is in its life.
    FulfilmentStatus {
        /// To be picked: its goods are set aside for it alone.
        Pending = "PENDING",
        /// Taken from the shelves.
        Picked = "PICKED",
        /// Packed, ready to leave.
        Packed = "PACKED",
        /// The goods have left the warehouse.
        Shipped = "SHIPPED",
        /// The goods have arrived.
        Delivered = "DELIVERED",
        /// Given up before anything left.
        Cancelled = "CANCELLED",
    }
    /// Where a goods receipt is in its life.
    GoodsReceiptStatus {
        /// The goods are in stock.
        Posted = "POSTED",
        /// It was taken back: the goods have left again.
        Reversed = "REVERSED",
    }
    /// Where a purchase order is in its life.
    PurchaseOrderStatus {
        /// Being written; nobody else knows of it.
        Draft = "DRAFT",
        /// Waits for somebody else's approval.
        PendingApproval = "PENDING_APPROVAL",
        /// May be sent.
        Approved = "APPROVED",
        /// The supplier has it; what is open is incoming.
        Sent = "SENT",
        /// Nothing more is waited for.
        Closed = "CLOSED",
        /// Withdrawn before anything was received.
        Cancelled = "CANCELLED",
    }
    /// How much of what was ordered has been received or billed.
    Coverage {
        /// Nothing yet.
        None = "NONE",
        /// A part.
        Partial = "PARTIAL",
        /// Everything.
        Full = "FULL",
        /// Everything, and more.
        Over = "OVER",
    }
    /// A kind of document that may need approval.
    ApprovalKind {
        /// Orders to suppliers, by their gross amount.
        PurchaseOrder = "PURCHASE_ORDER",
    }
    /// What happens to a demand that finds too little available stock.
    ShortagePolicy {
        /// The whole command is refused.
        Reject = "REJECT",
        /// What is missing waits for stock.
        Backorder = "BACKORDER",
        /// What is missing is taken from other warehouses; what they all lack refuses the command.
        Split = "SPLIT",
    }
    /// How the warehouses are chosen that serve an order.
    SourcingStrategy {
        /// The one that the line or the order names, or the only one there is.
        GivenWarehouse = "GIVEN_WAREHOUSE",
        /// One after another, each taking what the one before lacks.
        Priority = "PRIORITY",
        /// As few as possible.
        FewestShipments = "FEWEST_SHIPMENTS",
    }
    /// Where a reservation is in its life.
    ReservationState {
        /// It holds stock, or waits for it.
        Active = "ACTIVE",
        /// Everything it asked for has left the warehouse.
        Consumed = "CONSUMED",
        /// It was given up.
        Released = "RELEASED",
        /// Its time ran out.
        Expired = "EXPIRED",
    }
    /// One side of a movement of goods.
    StockPlace {
        /// Goods of a warehouse that may be sold.
        Sellable = "SELLABLE",
        /// Goods of a warehouse that may not be sold: damaged, or awaiting inspection.
        Quarantine = "QUARANTINE",
        /// Goods on their way between two warehouses.
        Transit = "TRANSIT",
        /// Suppliers, customers, and what corrections find or lose.
        Outside = "OUTSIDE",
    }
    /// The kind of document that moves goods.
    MovementKind {
        /// Goods receipts.
        Receipt = "RECEIPT",
        /// Goods shipped to customers.
        Fulfilment = "FULFILMENT",
        /// Transfers between warehouses.
        Transfer = "TRANSFER",
        /// Corrections.
        Adjustment = "ADJUSTMENT",
        /// Goods that customers sent back.
        Return = "RETURN",
    }
    /// Where a hold is in its life.
    StockHoldStatus {
        /// It keeps its stock until it expires.
        Active = "ACTIVE",
        /// It became a sales order.
        Converted = "CONVERTED",
        /// It was given up.
        Released = "RELEASED",
        /// Its time ran out.
        Expired = "EXPIRED",
    }
    /// Where a transfer is in its life.
    StockTransferStatus {
        /// Its goods are reserved where they are.
        Draft = "DRAFT",
        /// Its goods are on their way.
        InTransit = "IN_TRANSIT",
        /// Everything that was sent is accounted for.
        Closed = "CLOSED",
        /// Given up before it was sent.
        Cancelled = "CANCELLED",
    }
    /// Where an adjustment is in its life.
    StockAdjustmentStatus {
        /// It has changed the stock.
        Posted = "POSTED",
        /// It was taken back.
        Reversed = "REVERSED",
    }
    /// Where a stock count is in its life.
    StockCountStatus {
        /// It is being counted.
        Open = "OPEN",
        /// Everything is counted; its differences wait to be posted.
        Counted = "COUNTED",
        /// Its differences are corrected.
        Posted = "POSTED",
        /// Given up; nothing was corrected.
        Cancelled = "CANCELLED",
    }
    /// Why stock was corrected.
    AdjustmentReason {
        /// Stock taken over when the books were opened.
        Opening = "OPENING",
        /// A count found another quantity.
        Count = "COUNT",
        /// Broken or spoilt.
        Damage = "DAMAGE",
        /// Gone without a trace.
        Loss = "LOSS",
        /// Turned up again.
        Found = "FOUND",
        /// Used by the company itself.
        InternalUse = "INTERNAL_USE",
        /// Anything else; say what in the note.
        Other = "OTHER",
    }
    /// An account of the journal.
    Account {
        /// What the goods in the warehouses are worth.
        Inventory = "INVENTORY",
        /// What the goods between two warehouses are worth.
        InventoryInTransit = "INVENTORY_IN_TRANSIT",
        /// Goods that came in and that no bill was booked for yet.
        GoodsReceivedNotBilled = "GOODS_RECEIVED_NOT_BILLED",
        /// What customers owe.
        AccountsReceivable = "ACCOUNTS_RECEIVABLE",
        /// What is owed to suppliers.
        AccountsPayable = "ACCOUNTS_PAYABLE",
        /// Money that came in and went out.
        Cash = "CASH",
        /// What was sold, before tax.
        Revenue = "REVENUE",
        /// What was given away on what was sold.
        Discounts = "DISCOUNTS",
        /// Tax on what was sold.
        TaxPayable = "TAX_PAYABLE",
        /// Tax on what was bought.
        TaxReceivable = "TAX_RECEIVABLE",
        /// What the goods that were sold had cost.
        CostOfGoodsSold = "COST_OF_GOODS_SOLD",
        /// What corrections of stock found or lost.
        InventoryAdjustment = "INVENTORY_ADJUSTMENT",
        /// The difference of a bill's price and the receipt's, for goods that have left.
        PriceVariance = "PRICE_VARIANCE",
        /// What changes of exchange rates brought or cost.
        ExchangeDifference = "EXCHANGE_DIFFERENCE",
        /// What will not be paid any more.
        WriteOff = "WRITE_OFF",
    }
    /// What kind of document an entry of the journal or an open item belongs to.
    DocumentKind {
        /// Goods came in.
        GoodsReceipt = "GOODS_RECEIPT",
        /// Goods were shipped.
        Fulfilment = "FULFILMENT",
        /// Goods went from one warehouse to another.
        StockTransfer = "STOCK_TRANSFER",
        /// Stock was corrected.
        StockAdjustment = "STOCK_ADJUSTMENT",
        /// A sales order.
        SalesOrder = "SALES_ORDER",
        /// An order to a supplier.
        PurchaseOrder = "PURCHASE_ORDER",
        /// Stock was held for somebody.
        StockHold = "STOCK_HOLD",
        /// Goods that a customer sends back.
        CustomerReturn = "CUSTOMER_RETURN",
        /// An invoice to a customer.
        Invoice = "INVOICE",
        /// A credit note to a customer.
        CreditNote = "CREDIT_NOTE",
        /// Money that came in or went out.
        Payment = "PAYMENT",
        /// A payment that was taken back.
        PaymentReversal = "PAYMENT_REVERSAL",
        /// A part of a credit was used for a debt, or that was taken back.
        Allocation = "ALLOCATION",
        /// A debt that will not be paid any more.
        WriteOff = "WRITE_OFF",
    }
    /// Where a customer return is in its life.
    CustomerReturnStatus {
        /// The customer asks for it.
        Requested = "REQUESTED",
        /// The goods may come back.
        Approved = "APPROVED",
        /// They may not.
        Rejected = "REJECTED",
        /// The goods are here, in quarantine.
        Received = "RECEIVED",
        /// It is decided what becomes of the goods.
        Inspected = "INSPECTED",
        /// It is settled.
        Closed = "CLOSED",
        /// Given up before anything came back.
        Cancelled = "CANCELLED",
    }
    /// Why goods come back.
    ReturnReason {
        /// They arrived broken.
        Damaged = "DAMAGED",
        /// They do not work.
        Defective = "DEFECTIVE",
        /// They are not what was ordered.
        WrongItem = "WRONG_ITEM",
        /// The customer does not want them.
        NotWanted = "NOT_WANTED",
        /// Anything else.
        Other = "OTHER",
    }
    /// What a level tells of itself.
    StockAlertKind {
        /// What is available has fallen to where it is to be ordered again.
        Low = "LOW",
        /// Nothing is available any more.
        Out = "OUT",
        /// Something is available again.
        BackInStock = "BACK_IN_STOCK",
        /// More is on hand than there should be.
        Overstock = "OVERSTOCK",
    }
    /// How a return was settled.
    ReturnSettlement {
        /// By credit notes, which are on the customer's account or were refunded.
        Credit = "CREDIT",
        /// By another order.
        Replacement = "REPLACEMENT",
        /// Not at all, or outside.
        None = "NONE",
    }
    /// Where an invoice is in its life.
    InvoiceStatus {
        /// It is owed, or was paid.
        Posted = "POSTED",
        /// Credit notes have taken back all of it.
        Void = "VOID",
    }
    /// Where a credit note is in its life.
    CreditNoteStatus {
        /// It counts.
        Posted = "POSTED",
    }
    /// Where a payment is in its life.
    PaymentStatus {
        /// The money has moved.
        Posted = "POSTED",
        /// It bounced, or was entered by mistake.
        Reversed = "REVERSED",
    }
    /// Which way money went.
    PaymentDirection {
        /// From a customer.
        In = "IN",
        /// Back to a customer.
        Out = "OUT",
    }
    /// A kind of document that has numbers of its own.
    NumberKind {
        /// `SO-2026-000001`
        SalesOrder = "SO",
        /// `GR-2026-000001`
        GoodsReceipt = "GR",
        /// `FF-2026-000001`
        Fulfilment = "FF",
        /// `TR-2026-000001`
        StockTransfer = "TR",
        /// `AD-2026-000001`
        StockAdjustment = "AD",
        /// `SC-2026-000001`
        StockCount = "SC",
        /// `PO-2026-000001`
        PurchaseOrder = "PO",
        /// `IN-2026-000001`
        Invoice = "IN",
        /// `CN-2026-000001`
        CreditNote = "CN",
        /// `PM-2026-000001`
        Payment = "PM",
        /// `RT-2026-000001`
        CustomerReturn = "RT",
    }
}
