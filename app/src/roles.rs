//! What people are at a trading business.

use tenantry::permissions::{Role, RoleError};

/// Whoever sells takes no order out of the books, and does not say how much a customer may owe.
const SALES: [&str; 7] = [
    "customers:*",
    "sales_orders:read",
    "sales_orders:create",
    "sales_orders:update",
    "sales_orders:ship",
    "products:read",
    "reports:sales",
];

/// The roles that every tenant has. The suite `permissions` keeps a table of what each may do.
///
/// # Errors
/// When one of them is misspelt.
pub fn roles() -> Result<Vec<Role>, RoleError> {
    Ok(vec![
        Role::new("admin", ["*"])?,
        Role::new("sales", SALES)?.readonly(["customers.credit_limit"])?,
        Role::new("purchase", ["suppliers:*", "products:*", "categories:*", "reports:stock"])?,
        Role::new("warehouse", ["products:read", "sales_orders:read", "sales_orders:ship", "reports:stock"])?,
        Role::new("auditor", ["*:read", "customers:statement", "reports:*"])?,
    ])
}
