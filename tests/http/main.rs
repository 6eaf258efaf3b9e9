//! The generated routes on a real PostgreSQL, as a role that row security binds: every verb, every refusal, two tenants, hostile input.

mod hostile;
mod isolation;
mod lists;
mod models;
mod refusals;
mod resolve;
mod service;
mod verbs;
