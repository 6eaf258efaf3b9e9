//! Who may do what: the application's routes and roles, all of them together, through HTTP; and what holds for any application.

pub mod another;
mod callers;
mod documented;
mod fields;
mod matrix;
mod mounted;
mod order;
mod service;
mod stack;
