//! What is sold: products and their categories.

mod category;
mod change_prices;
mod product;
mod product_ranking;
mod products_to_reorder;
mod top_products;

use axum::Router;
use axum::routing::{get, post};

pub use category::{Category, CategoryPatch, NewCategory};
pub use change_prices::{ChangePrices, ChangedPrices, NewPrice, change_prices};
pub use product::{NewProduct, Product, ProductPatch};
pub use product_ranking::{RankedProduct, product_ranking};
pub use products_to_reorder::{ProductToReorder, products_to_reorder};
pub use top_products::{TopProduct, top_products};

/// The hand-written routes.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/price_changes", post(change_prices::post))
        .route("/reports/product_ranking", get(product_ranking::get))
        .route("/reports/products_to_reorder", get(products_to_reorder::get))
        .route("/reports/top_products", get(top_products::get))
}
