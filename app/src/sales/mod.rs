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

use axum::Router;
use axum::routing::{get, post};

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

/// The hand-written routes, mounted beside the generated ones or where those leave a verb out.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/customers/{id}/group", get(customer_group::get))
        .route("/customers/{id}/statement", get(customer_statement::get))
        .route("/purges", post(purge_orders::post))
        .route("/reports/duplicate_customers", get(duplicate_customers::get))
        .route("/reports/overdue_orders", get(overdue_orders::get))
        .route("/reports/sales_by_month", get(sales_by_month::get))
        .route("/sales_orders", post(place_order::post))
        .route("/search/customers", get(search_customers::get))
        .route("/shipments", post(ship_orders::post))
}
