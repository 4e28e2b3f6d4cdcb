//! Who calls, and what they may do.

use std::collections::BTreeSet;

use entity::vocab::{ApiTokenId, PrincipalId};
use uuid::Uuid;

use super::rejection::OpError;

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// One thing a token may be allowed to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Scope { $($(#[$doc])* $name,)* }

        impl Scope {
            /// Every scope there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name used in tokens and descriptions.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

scopes! {
    /// See products, variants and units.
    ProductsRead = "products:read";
    /// Create and archive products and variants.
    ProductsWrite = "products:write";
    /// See warehouses, levels, movements and reservations.
    StockRead = "stock:read";
    /// Create and archive warehouses, adjust and transfer stock.
    StockWrite = "stock:write";
    /// Hold stock for somebody, extend and release holds.
    HoldsWrite = "holds:write";
    /// See unit costs and stock values.
    CostsRead = "costs:read";
    /// See customers.
    CustomersRead = "customers:read";
    /// Create and archive customers.
    CustomersWrite = "customers:write";
    /// See sales orders and fulfilments.
    SalesOrdersRead = "sales_orders:read";
    /// Place and cancel sales orders.
    SalesOrdersWrite = "sales_orders:write";
    /// Give a line a price or a discount of one's own.
    SalesOrdersPrice = "sales_orders:price";
    /// Ship goods.
    FulfilmentsWrite = "fulfilments:write";
    /// See goods receipts.
    GoodsReceiptsRead = "goods_receipts:read";
    /// Post goods receipts.
    GoodsReceiptsWrite = "goods_receipts:write";
    /// See suppliers and what they offer.
    SuppliersRead = "suppliers:read";
    /// Create, change and archive suppliers and what they offer.
    SuppliersWrite = "suppliers:write";
    /// See purchase orders.
    PurchaseOrdersRead = "purchase_orders:read";
    /// Create, change, send, cancel and close purchase orders.
    PurchaseOrdersWrite = "purchase_orders:write";
    /// Approve purchase orders of others.
    PurchaseOrdersApprove = "purchase_orders:approve";
    /// See price lists.
    PricesRead = "prices:read";
    /// Create and change price lists.
    PricesWrite = "prices:write";
    /// See invoices, credit notes and what is open.
    InvoicesRead = "invoices:read";
    /// Post invoices and credit notes.
    InvoicesWrite = "invoices:write";
    /// See payments.
    PaymentsRead = "payments:read";
    /// Post, allocate and reverse payments.
    PaymentsWrite = "payments:write";
    /// See the journal and the trial balance.
    JournalRead = "journal:read";
    /// See customer returns.
    ReturnsRead = "returns:read";
    /// Request, receive, inspect and settle customer returns.
    ReturnsWrite = "returns:write";
    /// Set customers' credit limits, and let an order pass one.
    CreditWrite = "credit:write";
    /// Change the company's settings: terms, taxes, rates, tolerances, approval.
    SettingsWrite = "settings:write";
    /// See users.
    UsersRead = "users:read";
    /// Create, change and disable users.
    UsersWrite = "users:write";
    /// See who changed what.
    AuditRead = "audit:read";
    /// Create and revoke API tokens, with at most one's own scopes.
    TokensWrite = "tokens:write";
}

impl Scope {
    /// The scope of that name, if there is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|scope| scope.as_str() == text)
    }
}

/// Whoever calls: a token with its scopes, or nobody in particular.
#[derive(Clone, Debug)]
pub struct Actor {
    token: Option<(PrincipalId, String)>,
    scopes: BTreeSet<Scope>,
}

/// Why a caller could not be identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unauthenticated {
    /// There is an `Authorization`, but not of the form `Bearer <token>`.
    Missing,
    /// The token is unknown, expired or revoked.
    Invalid,
    /// It could not be looked up just now.
    Unavailable,
}

impl Actor {
    /// A caller without a token: sees what is public.
    #[must_use]
    pub fn anonymous() -> Self {
        Self {
            token: None,
            scopes: BTreeSet::new(),
        }
    }

    /// The bearer of a token.
    #[must_use]
    pub fn token(id: ApiTokenId, name: String, scopes: BTreeSet<Scope>) -> Self {
        Self {
            token: Some((PrincipalId(id.0), name)),
            scopes,
        }
    }

    /// Whether a token was given.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.token.is_some()
    }

    /// The token's name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.token.as_ref().map(|(_, name)| name.as_str())
    }

    /// What the caller may do.
    #[must_use]
    pub fn scopes(&self) -> &BTreeSet<Scope> {
        &self.scopes
    }

    /// Whether the caller may do it.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// The token to write down as the author, when it has the scope.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] without a token, [`OpError::Forbidden`] without the scope.
    pub fn require(&self, scope: Scope) -> Result<PrincipalId, OpError> {
        let Some((id, _)) = &self.token else {
            return Err(OpError::Unauthenticated);
        };
        if self.may(scope) {
            Ok(*id)
        } else {
            Err(OpError::Forbidden(scope.as_str()))
        }
    }

    /// The id under which idempotency keys are kept; nil for nobody.
    #[must_use]
    pub fn caller_id(&self) -> PrincipalId {
        self.token
            .as_ref()
            .map_or(PrincipalId(Uuid::nil()), |(id, _)| *id)
    }
}
