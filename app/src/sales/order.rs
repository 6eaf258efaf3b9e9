//! An order that a customer has placed.

use tenantry::{Date, Id, Money, Stamps, tenant_model};

use super::Customer;

/// An order that a customer has placed. It is made together with its lines by [`place_order`](super::place_order), so no create route is
/// generated.
#[tenant_model(table = "sales_orders", routes(list, get, patch, delete))]
pub struct SalesOrder {
    /// The key.
    pub id: Id<SalesOrder>,
    /// The number that the customer knows, unique within the tenant.
    #[model(unique, sort, readonly)]
    pub number: i64,
    /// Who placed it.
    #[model(filter, readonly)]
    pub customer: Id<Customer>,
    /// When it was placed.
    #[model(filter, sort, readonly)]
    pub placed_on: Date,
    /// When it must be there.
    pub required_on: Option<Date>,
    /// When it left.
    #[model(filter)]
    pub shipped_on: Option<Date>,
    /// What the transport costs.
    pub freight: Option<Money>,
    /// To whom it goes.
    #[model(max_len = 200)]
    pub ship_name: Option<String>,
    /// Street and number.
    #[model(max_len = 500)]
    pub ship_address: Option<String>,
    /// The city.
    #[model(max_len = 100)]
    pub ship_city: Option<String>,
    /// The state or province.
    #[model(max_len = 100)]
    pub ship_region: Option<String>,
    /// The postal code.
    #[model(max_len = 20)]
    pub ship_postal_code: Option<String>,
    /// The country.
    #[model(max_len = 100, filter)]
    pub ship_country: Option<String>,
    /// The sum of the lines' totals.
    #[model(readonly)]
    pub total: Money,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}
