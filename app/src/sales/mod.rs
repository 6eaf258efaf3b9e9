//! To whom the business sells, and what.

mod customer;
mod customer_group;
mod customer_statement;
mod duplicate_customers;
mod order;
mod order_line;
mod overdue_orders;
mod place_order;
mod purge_orders;
mod sales_by_month;
mod search_customers;
mod ship_orders;

use tenantry::http::Routes;
use tenantry::permissions::Permission;

pub use customer::{Customer, CustomerPatch, CustomerStatus, NewCustomer};
pub use customer_group::{Member, customer_group};
pub use customer_statement::{Statement, StatementLine, customer_statement};
pub use duplicate_customers::{Pair, duplicate_customers};
pub use order::{NewSalesOrder, SalesOrder, SalesOrderPatch};
pub use order_line::{NewSalesOrderLine, SalesOrderLine, SalesOrderLinePatch};
pub use overdue_orders::{OverdueOrder, overdue_orders};
pub use place_order::{OrderLine, PlaceOrder, PlacedOrder, line_total, place_order};
pub use purge_orders::{PurgeOrders, Purged, purge_orders};
pub use sales_by_month::{Month, sales_by_month};
pub use search_customers::{Found, Search, search_customers};
pub use ship_orders::{ShipOrders, Shipped, ship_orders};

/// To see customers, in whichever form.
const CUSTOMERS: Permission = Permission::of("customers:read");
/// To see what a customer owes.
const STATEMENT: Permission = Permission::of("customers:statement");
/// To see orders.
const ORDERS: Permission = Permission::of("sales_orders:read");
/// To place an order, with its lines.
const PLACE: Permission = Permission::of("sales_orders:create");
/// To ship what was ordered.
const SHIP: Permission = Permission::of("sales_orders:ship");
/// To delete old orders for good.
const PURGE: Permission = Permission::of("sales_orders:purge");
/// What is sold, and how well.
const SOLD: Permission = Permission::of("reports:sales");

/// Adds the hand-written routes, beside the generated ones or where those leave a verb out.
pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/customers/{id}/group", CUSTOMERS, customer_group::get)
        .get("/customers/{id}/statement", STATEMENT, customer_statement::get)
        .post("/purges", PURGE, purge_orders::post)
        .get("/reports/duplicate_customers", CUSTOMERS, duplicate_customers::get)
        .get("/reports/overdue_orders", ORDERS, overdue_orders::get)
        .get("/reports/sales_by_month", SOLD, sales_by_month::get)
        .post("/sales_orders", PLACE, place_order::post)
        .get("/search/customers", CUSTOMERS, search_customers::get)
        .post("/shipments", SHIP, ship_orders::post)
}
