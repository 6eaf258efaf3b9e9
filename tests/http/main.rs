//! The generated routes on a real PostgreSQL, as a role that row security binds: every verb, every refusal, two tenants, hostile input.

mod hostile;
mod isolation;
mod lists;
#[path = "../db/log.rs"]
mod log;
mod models;
mod refusals;
mod secrets;
mod service;
mod verbs;
