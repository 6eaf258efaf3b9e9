//! The operator's side against a database: what is done, what is recorded of it, and who may neither.

mod acts;
mod challenged;
mod closed;
mod desk;
mod documented;
mod members;
mod onboard;
mod operators;
mod plans;
mod refused;
mod roles;
mod router;
pub mod served;
