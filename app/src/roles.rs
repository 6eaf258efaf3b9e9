//! What people are at a trading business.

use tenantry::permissions::{Role, RoleError};

/// The roles that every tenant has. The suite `permissions` keeps a table of what each may do.
///
/// # Errors
/// When one of them is misspelt.
pub fn roles() -> Result<Vec<Role>, RoleError> {
    Ok(vec![
        Role::new("admin", ["*"])?,
        // How much may be open is not for those who sell to say.
        Role::new("sales", ["customers:*", "sales_orders:*", "products:read", "reports:sales"])?.readonly(["customers.credit_limit"])?,
        Role::new("purchase", ["suppliers:*", "products:*", "categories:*", "reports:stock"])?,
        Role::new("warehouse", ["products:read", "sales_orders:read", "sales_orders:ship", "reports:stock"])?,
        Role::new("auditor", ["*:read", "customers:statement", "reports:*"])?,
    ])
}
