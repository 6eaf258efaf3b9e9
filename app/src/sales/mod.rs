//! To whom the business sells, and what.

mod customer;
mod order;
mod order_line;
mod place_order;

use axum::Router;
use axum::routing::post;

pub use customer::{Customer, CustomerPatch, CustomerStatus, NewCustomer};
pub use order::{NewSalesOrder, SalesOrder, SalesOrderPatch};
pub use order_line::{NewSalesOrderLine, SalesOrderLine, SalesOrderLinePatch};
pub use place_order::{OrderLine, PlaceOrder, PlacedOrder, line_total, place_order};

/// The hand-written routes, mounted where the generated ones leave a verb out.
pub(crate) fn routes() -> Router {
    Router::new().route("/sales_orders", post(place_order::post))
}
