//! The layer that finds the tenant of a request, in an application that has nothing else of Tenantry: a list of tenants, and a handler that
//! says whose request it is.
#![expect(missing_docs, missing_debug_implementations, reason = "the code of docs/resolve.md is shown as it is, without them")]

pub mod another;
mod answers;
mod documented;
pub mod everything;
mod hosts;
mod paths;
mod remembered;
mod service;
mod trust;
