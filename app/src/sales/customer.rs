//! A customer of the tenant.

use tenantry::{Id, ModelEnum, Money, Stamps, tenant_model};

/// Whether a customer may order.
#[derive(Clone, Copy, Debug, Eq, ModelEnum, PartialEq)]
pub enum CustomerStatus {
    /// Orders are taken.
    Active,
    /// No orders until an invoice is paid.
    OnHold,
    /// No orders any more.
    Closed,
}

/// A customer of the tenant.
#[tenant_model(table = "customers")]
pub struct Customer {
    /// The key.
    pub id: Id<Customer>,
    /// The number that the business gave it, unique within the tenant.
    #[model(unique, max_len = 32)]
    pub code: String,
    /// The name of the company.
    #[model(max_len = 200, filter, sort)]
    pub name: String,
    /// Whether it may order.
    #[model(default = "active", filter)]
    pub status: CustomerStatus,
    /// How much may be unpaid.
    pub credit_limit: Option<Money>,
    /// The company that it belongs to.
    #[model(references(on_delete = "set null"))]
    pub parent: Option<Id<Customer>>,
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
    #[model(max_len = 100, filter)]
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
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}
