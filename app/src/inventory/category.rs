//! A group of products.

use tenantry::{Id, Stamps, tenant_model};

/// A group of products.
#[tenant_model(table = "categories", permissions(read = "products:read"))]
pub struct Category {
    /// The key.
    pub id: Id<Category>,
    /// The name, unique within the tenant.
    #[model(unique, max_len = 100)]
    pub name: String,
    /// What belongs to it.
    #[model(max_len = 1000)]
    pub description: Option<String>,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}
