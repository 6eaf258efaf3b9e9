//! The layer that finds the tenant of a request, in an application that has nothing else of Tenantry: a list of tenants, and a handler that
//! says whose request it is.
#![expect(missing_debug_implementations, reason = "the code of docs/resolve.md is shown as it is, without it")]

pub mod another;
mod answers;
mod documented;
mod hosts;
mod paths;
mod remembered;
mod service;
mod trust;
