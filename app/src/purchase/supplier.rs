//! Who delivers products.

use tenantry::{Id, Stamps, tenant_model};

/// Who delivers products.
#[tenant_model(table = "suppliers")]
pub struct Supplier {
    /// The key.
    pub id: Id<Supplier>,
    /// The number that the business gave it, unique within the tenant.
    #[model(unique, max_len = 32)]
    pub code: String,
    /// The name of the company.
    #[model(max_len = 200, filter, sort)]
    pub name: String,
    /// Whom to call.
    #[model(max_len = 200)]
    pub contact_name: Option<String>,
    /// What that person does.
    #[model(max_len = 200)]
    pub contact_title: Option<String>,
    /// Street and number.
    #[model(max_len = 500)]
    pub address: Option<String>,
    /// The city.
    #[model(max_len = 100)]
    pub city: Option<String>,
    /// The state or province.
    #[model(max_len = 100)]
    pub region: Option<String>,
    /// The postal code.
    #[model(max_len = 20)]
    pub postal_code: Option<String>,
    /// The country.
    #[model(max_len = 100, filter)]
    pub country: Option<String>,
    /// The telephone number.
    #[model(max_len = 50)]
    pub phone: Option<String>,
    /// The fax number.
    #[model(max_len = 50)]
    pub fax: Option<String>,
    /// The page on the web.
    #[model(max_len = 500)]
    pub homepage: Option<String>,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}
