//! Who calls, and what they may do.

use std::collections::BTreeSet;

use entity::vocab::{ApiTokenId, PrincipalId, Role, SessionId, UserId};
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
    /// Create and archive warehouses, adjust, count and transfer stock.
    StockWrite = "stock:write";
    /// Post corrections of stock, by adjustment or count, that are worth more than the company's
    /// limit.
    StockApprove = "stock:approve";
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
    /// Lock periods of the books, and open them again.
    PeriodsWrite = "periods:write";
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
    /// Have the books checked.
    IntegrityRead = "integrity:read";
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

impl Scope {
    fn noun(self) -> &'static str {
        let (noun, _) = self.as_str().split_once(':').unwrap_or_default();
        noun
    }

    /// What to say to a text that is no scope: the scopes of the same noun, or the nouns.
    #[must_use]
    pub fn none_like(text: &str) -> String {
        let (noun, _) = text.split_once(':').unwrap_or((text, ""));
        let alike = Self::ALL.iter().filter(|scope| scope.noun() == noun);
        let alike: Vec<&str> = alike.map(|scope| scope.as_str()).collect();
        if !alike.is_empty() {
            return format!("Is not a scope. Of {noun} there are: {}.", alike.join(", "));
        }
        let mut nouns: Vec<&str> = Self::ALL.iter().map(|scope| scope.noun()).collect();
        nouns.dedup();
        format!(
            "Is not a scope. A scope is what and how, such as stock:read; there are scopes of: {}.",
            nouns.join(", ")
        )
    }
}

/// Whoever calls: a token with its scopes, a user with those of its roles, or nobody in particular.
#[derive(Clone, Debug)]
pub struct Actor {
    identity: Option<(PrincipalId, String)>,
    scopes: BTreeSet<Scope>,
    sign_in: Option<SignIn>,
}

/// How a user is signed in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Who.
    pub user_id: UserId,
    /// In which session.
    pub session_id: SessionId,
    /// What the user does in the company.
    pub roles: BTreeSet<Role>,
    /// Whether the user may do nothing else before it has chosen a password of its own.
    pub must_change_password: bool,
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
            identity: None,
            scopes: BTreeSet::new(),
            sign_in: None,
        }
    }

    /// The bearer of a token.
    #[must_use]
    pub fn token(id: ApiTokenId, name: String, scopes: BTreeSet<Scope>) -> Self {
        Self {
            identity: Some((PrincipalId(id.0), name)),
            scopes,
            sign_in: None,
        }
    }

    /// A user who is signed in.
    #[must_use]
    pub fn user(sign_in: SignIn, name: String, scopes: BTreeSet<Scope>) -> Self {
        let scopes = if sign_in.must_change_password {
            BTreeSet::new()
        } else {
            scopes
        };
        Self {
            identity: Some((PrincipalId(sign_in.user_id.0), name)),
            scopes,
            sign_in: Some(sign_in),
        }
    }

    /// Whether a token was given.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.identity.is_some()
    }

    /// The token's or the user's name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.identity.as_ref().map(|(_, name)| name.as_str())
    }

    /// How the user is signed in; none for a token.
    #[must_use]
    pub fn sign_in(&self) -> Option<&SignIn> {
        self.sign_in.as_ref()
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

    /// Whom to write down as the author, when it is known at all.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] without a token.
    pub fn require_identity(&self) -> Result<PrincipalId, OpError> {
        let identity = self.identity.as_ref().ok_or(OpError::Unauthenticated)?;
        Ok(identity.0)
    }

    /// Whom to write down as the author, when it has the scope.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] without a token, [`OpError::Forbidden`] without the scope,
    /// [`OpError::PasswordChangeRequired`] for a user who has to choose a password first.
    pub fn require(&self, scope: Scope) -> Result<PrincipalId, OpError> {
        let Some((id, _)) = &self.identity else {
            return Err(OpError::Unauthenticated);
        };
        if self
            .sign_in
            .as_ref()
            .is_some_and(|of| of.must_change_password)
        {
            return Err(OpError::PasswordChangeRequired);
        }
        if self.may(scope) {
            Ok(*id)
        } else {
            Err(OpError::Forbidden(scope.as_str()))
        }
    }

    /// The id under which idempotency keys are kept; nil for nobody.
    #[must_use]
    pub fn caller_id(&self) -> PrincipalId {
        self.identity
            .as_ref()
            .map_or(PrincipalId(Uuid::nil()), |(id, _)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_misspells_a_scope_is_told_the_scopes_of_the_same_noun() {
        let told = Scope::none_like("stock:raed");
        assert_eq!(
            told,
            "Is not a scope. Of stock there are: stock:read, stock:write, stock:approve."
        );
        let told = Scope::none_like("everything");
        assert!(told.contains("products, stock, holds"), "{told}");
    }
}
