//! A line of an order.

use tenantry::{Id, Money, Stamps, tenant_model};

use super::SalesOrder;
use crate::inventory::Product;

/// A line of an order. Lines come and go with their order, so that its total stays their sum.
#[tenant_model(table = "sales_order_lines", unique(sales_order, position), routes(list, get), permissions(read = "sales_orders:read"))]
pub struct SalesOrderLine {
    /// The key.
    pub id: Id<SalesOrderLine>,
    /// The order.
    #[model(filter, references(on_delete = "cascade"))]
    pub sales_order: Id<SalesOrder>,
    /// The place within the order, from 1.
    #[model(sort)]
    pub position: i32,
    /// What was ordered.
    #[model(filter)]
    pub product: Id<Product>,
    /// The price of one unit when the order was placed.
    pub unit_price: Money,
    /// How many units.
    pub quantity: i32,
    /// What is taken off, in whole percent.
    #[model(default = 0)]
    pub discount_percent: i32,
    /// Price × quantity less the discount, rounded half to even to minor units.
    pub total: Money,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}
