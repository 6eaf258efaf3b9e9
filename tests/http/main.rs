//! The generated routes on a real PostgreSQL, as a role that row security binds: every verb, every refusal, two tenants, hostile input.

#[path = "../resolve/everything.rs"]
pub mod everything;
mod hostile;
mod isolation;
mod lists;
#[path = "../db/log.rs"]
mod log;
mod models;
mod refusals;
mod resolve;
mod secrets;
mod service;
mod verbs;
