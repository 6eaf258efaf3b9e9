//! What is sold: products and their categories.

mod category;
mod product;

pub use category::{Category, CategoryPatch, NewCategory};
pub use product::{NewProduct, Product, ProductPatch};
