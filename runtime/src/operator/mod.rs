//! The operator's side over HTTP, for a listener of its own: tenants, their domains, and what was done about them.
//!
//! [`router`] is no part of a service's routes and cannot be had from them: it works by a [`Platform`](crate::Platform), which has a role and connections of
//! its own. Who calls is an operator with a token, [`Operators`] knows whose it is, and every request that changes something says why:
//!
//! ```
//! use std::sync::Arc;
//!
//! use tenantry::Platform;
//! use tenantry::operator::{self, Listen, Operators};
//!
//! async fn serve(platform: Platform) -> Result<(), Box<dyn std::error::Error>> {
//!     let router = operator::router(Arc::new(platform), Operators::from_env()?);
//!     let listener = Listen::from_env()?.bind().await?;
//!     axum::serve(listener, router).await?;
//!     Ok(())
//! }
//! ```
//!
//! # Routes
//!
//! | request | body | answer |
//! |---|---|---|
//! | `GET /tenants` | | 200, all of them |
//! | `POST /tenants` | `slug`, `name`, `reason` | 201, `id` |
//! | `POST /tenants`, with a first admin | also `roles`, `admin`, perhaps `host` | 201, `id` and the token of the invitation, to be mailed |
//! | `POST /tenants/{id}/suspend`, `…/resume`, `…/close` | `reason` | 204 |
//! | `PUT /tenants/{id}/plan` | `plan`, a name or null, `reason` | 204 |
//! | `GET /plans` | | 200, all of them |
//! | `POST /plans` | `name`, `reason`, perhaps `users`, `api_keys` | 201; a limit that is left out is none |
//! | `PUT /plans/{name}` | `reason`, perhaps `users`, `api_keys` | 204 |
//! | `DELETE /plans/{name}` | `reason` | 204; 409 when a tenant has it |
//! | `GET /tenants/{id}/domains` | | 200, with the record that shows whose a domain is, where it is not verified |
//! | `POST /tenants/{id}/domains` | `host`, `reason` | 201, with that record |
//! | `POST /tenants/{id}/domains/{host}/verify` | `reason`, perhaps `by_hand` | 204; 422 `unproven` when the name servers do not say so |
//! | `POST /tenants/{id}/domains/{host}/activate`, `…/deactivate`, `…/primary` | `reason` | 204 |
//! | `DELETE /tenants/{id}/domains/{host}` | `reason` | 204 |
//! | `POST /tenants/{id}/members` | `reason`, perhaps `after` | 200, users with the names of their roles: a look into a tenant is an act |
//! | `GET /acts?tenant=…&limit=…` | | 200, the newest first; 100 unless it says otherwise |
//!
//! Bodies are JSON, and what they do not know they refuse. A reason stands in a body and in no URL, since URLs get into logs. Refusals are
//! [problems](crate::http::Problem). A request without a token that is somebody's is answered with 401 before anything else of it is read,
//! whatever its path.

mod authenticate;
mod bodies;
mod listen;
mod onboard;
mod operators;
mod plans;
mod routes;

pub use listen::{Listen, ListenError};
pub use onboard::{OnboardError, Onboarded, onboard};
pub use operators::{Operators, OperatorsError};
pub use routes::router;
