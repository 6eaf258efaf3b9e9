//! The reference application: its business rule, and the demo's data through its API.

mod hostile;
mod northwind;
mod order_refusals;
mod orders;
mod shop;
