//! From whom the business buys.

mod supplier;
mod take_price_list;

use axum::Router;
use axum::routing::post;

pub use supplier::{NewSupplier, Supplier, SupplierPatch};
pub use take_price_list::{Item, PriceList, TakenPriceList, take_price_list};

/// The hand-written routes.
pub(crate) fn routes() -> Router {
    Router::new().route("/price_lists", post(take_price_list::post))
}
