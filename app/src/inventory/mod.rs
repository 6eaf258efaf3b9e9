//! What is sold: products and their categories.

mod category;
mod change_prices;
mod product;
mod product_ranking;
mod products_to_reorder;
mod top_products;

use tenantry::http::Routes;
use tenantry::permissions::Permission;

pub use category::{Category, CategoryPatch, NewCategory};
pub use change_prices::{ChangePrices, ChangedPrices, NewPrice, change_prices};
pub use product::{NewProduct, Product, ProductPatch};
pub use product_ranking::{RankedProduct, product_ranking};
pub use products_to_reorder::{ProductToReorder, products_to_reorder};
pub use top_products::{TopProduct, top_products};

/// To change the prices of products, many at once.
const REPRICE: Permission = Permission::of("products:reprice");
/// What is sold, and how well.
const SOLD: Permission = Permission::of("reports:sales");
/// What is there, and what is missing.
const STOCK: Permission = Permission::of("reports:stock");

/// Adds the hand-written routes.
pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/price_changes", REPRICE, change_prices::post)
        .get("/reports/product_ranking", SOLD, product_ranking::get)
        .get("/reports/products_to_reorder", STOCK, products_to_reorder::get)
        .get("/reports/top_products", SOLD, top_products::get)
}
