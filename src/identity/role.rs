//! What each role may do: sets of scopes, as users of such systems expect them.

use std::collections::BTreeSet;

use entity::vocab::Role;

use crate::platform::actor::Scope;

const PURCHASING: &[Scope] = &[
    Scope::ProductsRead,
    Scope::ProductsWrite,
    Scope::StockRead,
    Scope::CostsRead,
    Scope::SuppliersRead,
    Scope::SuppliersWrite,
    Scope::PurchaseOrdersRead,
    Scope::PurchaseOrdersWrite,
    Scope::GoodsReceiptsRead,
    Scope::GoodsReceiptsWrite,
];

/// Sells at prices of its own, but does not see costs.
const SALES: &[Scope] = &[
    Scope::ProductsRead,
    Scope::StockRead,
    Scope::HoldsWrite,
    Scope::CustomersRead,
    Scope::CustomersWrite,
    Scope::SalesOrdersRead,
    Scope::SalesOrdersWrite,
    Scope::SalesOrdersPrice,
    Scope::PricesRead,
    Scope::InvoicesRead,
    Scope::ReturnsRead,
    Scope::ReturnsWrite,
];

/// Handles goods and sees whom they are from and for, but not what they cost.
const WAREHOUSE: &[Scope] = &[
    Scope::ProductsRead,
    Scope::StockRead,
    Scope::StockWrite,
    Scope::CustomersRead,
    Scope::SuppliersRead,
    Scope::SalesOrdersRead,
    Scope::FulfilmentsWrite,
    Scope::PurchaseOrdersRead,
    Scope::GoodsReceiptsRead,
    Scope::GoodsReceiptsWrite,
    Scope::ReturnsRead,
    Scope::ReturnsWrite,
];

/// Approves what others order, and keeps prices, taxes and terms.
const FINANCE: &[Scope] = &[
    Scope::ProductsRead,
    Scope::StockRead,
    Scope::CostsRead,
    Scope::CustomersRead,
    Scope::CustomersWrite,
    Scope::SuppliersRead,
    Scope::SuppliersWrite,
    Scope::SalesOrdersRead,
    Scope::PurchaseOrdersRead,
    Scope::PurchaseOrdersApprove,
    Scope::GoodsReceiptsRead,
    Scope::PricesRead,
    Scope::PricesWrite,
    Scope::InvoicesRead,
    Scope::InvoicesWrite,
    Scope::PaymentsRead,
    Scope::PaymentsWrite,
    Scope::JournalRead,
    Scope::PeriodsWrite,
    Scope::ReturnsRead,
    Scope::CreditWrite,
    Scope::SettingsWrite,
];

/// What a role may do.
#[must_use]
pub fn scopes_of(role: Role) -> BTreeSet<Scope> {
    match role {
        Role::Purchasing => PURCHASING.iter().copied().collect(),
        Role::Sales => SALES.iter().copied().collect(),
        Role::Warehouse => WAREHOUSE.iter().copied().collect(),
        Role::Finance => FINANCE.iter().copied().collect(),
        Role::Analyst => Scope::ALL
            .iter()
            .copied()
            .filter(is_of_the_business)
            .collect(),
        Role::Administrator => Scope::ALL.iter().copied().collect(),
    }
}

/// Whether a scope reads what the business does; who works in it, and whether the books were kept
/// well, is not for analysis.
fn is_of_the_business(scope: &Scope) -> bool {
    let of_the_house = [Scope::UsersRead, Scope::AuditRead, Scope::IntegrityRead];
    scope.as_str().ends_with(":read") && !of_the_house.contains(scope)
}

/// What all of these roles together may do.
#[must_use]
pub fn scopes(roles: &BTreeSet<Role>) -> BTreeSet<Scope> {
    roles.iter().copied().flat_map(scopes_of).collect()
}

const ALL: [Role; 6] = [
    Role::Purchasing,
    Role::Sales,
    Role::Warehouse,
    Role::Finance,
    Role::Analyst,
    Role::Administrator,
];

/// Reads roles as they are stored; one that is no longer known allows nothing.
#[must_use]
pub fn read(text: &str) -> BTreeSet<Role> {
    text.split(' ').filter_map(parse).collect()
}

/// The role of that name.
#[must_use]
pub fn parse(name: &str) -> Option<Role> {
    ALL.into_iter().find(|role| role.as_str() == name)
}

/// Writes roles as they are stored.
#[must_use]
pub fn write(roles: &BTreeSet<Role>) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_as_they_are_written() {
        let all: BTreeSet<Role> = ALL.into_iter().collect();
        assert_eq!(read(&write(&all)), all);
        assert!(read("").is_empty());
        assert!(read("NOBODY").is_empty());
    }

    #[test]
    fn who_sells_or_moves_goods_does_not_see_costs() {
        for role in [Role::Sales, Role::Warehouse] {
            assert!(!scopes_of(role).contains(&Scope::CostsRead), "{role:?}");
        }
    }

    #[test]
    fn nobody_approves_what_it_orders() {
        let buyer = scopes_of(Role::Purchasing);
        assert!(!buyer.contains(&Scope::PurchaseOrdersApprove));
        let approver = scopes_of(Role::Finance);
        assert!(!approver.contains(&Scope::PurchaseOrdersWrite));
    }

    #[test]
    fn an_analyst_reads_the_business_and_changes_nothing() {
        let scopes = scopes_of(Role::Analyst);
        assert!(scopes.contains(&Scope::CostsRead) && scopes.contains(&Scope::JournalRead));
        assert!(scopes.iter().all(|scope| scope.as_str().ends_with(":read")));
    }

    #[test]
    fn only_administrators_manage_users_and_tokens_and_check_the_books() {
        for role in ALL.into_iter().filter(|role| *role != Role::Administrator) {
            let scopes = scopes_of(role);
            let theirs = [Scope::UsersRead, Scope::UsersWrite, Scope::TokensWrite];
            for scope in theirs.into_iter().chain([Scope::IntegrityRead]) {
                assert!(!scopes.contains(&scope), "{role:?}");
            }
        }
    }
}
