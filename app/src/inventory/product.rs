//! Something that is bought, kept in stock and sold.

use tenantry::{Id, Money, Stamps, tenant_model};

use super::Category;
use crate::purchase::Supplier;

/// Something that is bought, kept in stock and sold.
#[tenant_model(table = "products")]
pub struct Product {
    /// The key.
    pub id: Id<Product>,
    /// The article number, unique within the tenant.
    #[model(unique, max_len = 32)]
    pub code: String,
    /// The name on the invoice.
    #[model(max_len = 200, filter, sort)]
    pub name: String,
    /// The group that it belongs to.
    #[model(filter, references(on_delete = "set null"))]
    pub category: Option<Id<Category>>,
    /// Who delivers it.
    #[model(filter, references(on_delete = "set null"))]
    pub supplier: Option<Id<Supplier>>,
    /// What one unit is, such as `10 boxes x 20 bags`.
    #[model(max_len = 100)]
    pub quantity_per_unit: Option<String>,
    /// The price of one unit.
    pub unit_price: Money,
    /// How many units are in stock.
    #[model(default = 0)]
    pub units_in_stock: i32,
    /// How many units are on their way.
    #[model(default = 0)]
    pub units_on_order: i32,
    /// At how many units in stock more are ordered.
    #[model(default = 0)]
    pub reorder_level: i32,
    /// No longer sold.
    #[model(default = false, filter)]
    pub discontinued: bool,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}
