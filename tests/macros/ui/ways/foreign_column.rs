//! A list is filtered and sorted by columns of its own model.

use tenantry_app::inventory::Product;
use tenantry_app::sales::Customer;

fn main() {
    let _ = Product::repo().list().filter(Customer::NAME.eq("Alfreds"));
    let _ = Product::repo().list().sort(Customer::NAME.asc());
}
