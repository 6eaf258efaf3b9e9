//! The reference application: its business rules and reports, and the demo's data through its API.

mod hostile;
mod input;
mod northwind;
mod offline;
mod order_refusals;
mod orders;
mod reports;
mod rules;
mod shop;
