//! From whom the business buys.

mod supplier;
mod take_price_list;

use tenantry::http::Routes;
use tenantry::permissions::Permission;

pub use supplier::{NewSupplier, Supplier, SupplierPatch};
pub use take_price_list::{Item, PriceList, TakenPriceList, take_price_list};

/// A supplier's list makes products and changes their prices.
const TAKE_PRICES: Permission = Permission::of("products:reprice");

/// Adds the hand-written routes.
pub(crate) fn routes(routes: Routes) -> Routes {
    routes.post("/price_lists", TAKE_PRICES, take_price_list::post)
}
