//! The generated routes of the models.
//!
//! | request | answer |
//! |---|---|
//! | `GET /customers?…` | 200, `{"items":[…],"next":"…"}`; `next` is the cursor of the next page, or null |
//! | `GET /customers/{id}` | 200, the row |
//! | `POST /customers` | 201, the row, with its place in `Location` |
//! | `PATCH /customers/{id}` | 200, the row as it is now (RFC 7396); an empty patch writes nothing |
//! | `DELETE /customers/{id}` | 204 |

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;

use super::access::{self, AnyAuthorizer, Guard};
use super::{Authorizer, Buffer, CallerRoles, CursorKey, Problem, Routes, handlers};
use crate::mutants::mutant;
use crate::permissions::{self, Permission};
use crate::schema::{Conventions, ModelDef, Registry, Verb};

/// What the routes have in common: the models, who decides about permissions, the key of the cursors and the limits. Clones share it.
#[derive(Clone, Debug)]
pub struct Api {
    models: Arc<[&'static ModelDef]>,
    authorizer: AnyAuthorizer,
    shared: Shared,
}

/// What every handler needs.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    pub(super) conventions: Conventions,
    pub(super) cursors: Arc<CursorKey>,
    pub(super) body_limit: usize,
    pub(super) answer_limit: usize,
}

impl Api {
    /// The largest body that is read when nothing else is said: 1 MiB.
    pub const DEFAULT_BODY_LIMIT: usize = 1024 * 1024;

    /// The models of the registry, with the default limits. The roles of the caller decide.
    #[must_use]
    pub fn new(registry: &Registry, cursors: CursorKey) -> Self {
        let shared = Shared {
            conventions: *registry.conventions(),
            cursors: Arc::new(cursors),
            body_limit: Self::DEFAULT_BODY_LIMIT,
            answer_limit: Buffer::DEFAULT_LIMIT,
        };
        Self { models: registry.models().into(), authorizer: AnyAuthorizer::new(CallerRoles), shared }
    }

    /// Who decides whether a caller may use a route, in place of [`CallerRoles`].
    #[must_use]
    pub fn authorizer(mut self, authorizer: impl Authorizer) -> Self {
        self.authorizer = AnyAuthorizer::new(authorizer);
        self
    }

    /// The largest body that is read, in bytes.
    #[must_use]
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.shared.body_limit = bytes;
        self
    }

    /// The largest answer that is written, in bytes. Each request that is answered may take as much memory.
    #[must_use]
    pub const fn answer_limit(mut self, bytes: usize) -> Self {
        self.shared.answer_limit = bytes;
        self
    }

    pub(super) fn models(&self) -> &[&'static ModelDef] {
        &self.models
    }

    pub(super) fn any_authorizer(&self) -> AnyAuthorizer {
        self.authorizer.clone()
    }
}

/// A model's part of the routes: the state of its handlers.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) def: &'static ModelDef,
    pub(super) api: Shared,
}

/// The routes of every model, each with its permission. A layer around them puts a [`TenantSlot`](super::TenantSlot) and a
/// [`Caller`](permissions::Caller) into each request.
///
/// Hand-written routes are mounted beside them by [`Routes`]; one that takes the place of a generated route needs the verb left out of the
/// model's `routes(…)`. [`answer_with_problems`] comes last.
pub fn routes(api: &Api) -> Router {
    Routes::generated(api).into_router()
}

/// The router of a model, whose routes are added to the list.
pub(super) fn mount_model(api: &Api, def: &'static ModelDef, listed: &mut Vec<permissions::Route>) -> Router {
    let (mut collection, mut row) = (None, None);
    for &verb in if mutant!("http_all_verbs") { Verb::ALL.as_slice() } else { def.routes.0 } {
        let part = match verb {
            Verb::List | Verb::Create => &mut collection,
            Verb::Get | Verb::Patch | Verb::Delete => &mut row,
        };
        let route = permissions::Route::of_model(def, verb);
        let guard = from_fn_with_state(Guard::new(Permission::of_route(def, verb).into(), api.any_authorizer()), access::check);
        let none = || (route.path.clone(), MethodRouter::<Route>::new().fallback(method_not_allowed));
        let (path, methods) = part.take().unwrap_or_else(none);
        listed.push(route);
        let methods = match verb {
            Verb::List => methods.get(handlers::list.layer(guard)),
            Verb::Get => methods.get(handlers::get.layer(guard)),
            Verb::Create => methods.post(handlers::create.layer(guard)),
            Verb::Patch => methods.patch(handlers::patch.layer(guard)),
            Verb::Delete => methods.delete(handlers::delete.layer(guard)),
        };
        *part = Some((path, methods));
    }
    let state = Route { def, api: api.shared.clone() };
    collection.into_iter().chain(row).fold(Router::new(), |router, (path, methods)| router.route(&path, methods.with_state(state.clone())))
}

/// Answers paths and methods that the router does not know with problems, as everything else is answered. It comes after all routes.
pub fn answer_with_problems(router: Router) -> Router {
    router.fallback(not_found).method_not_allowed_fallback(method_not_allowed)
}

async fn not_found() -> Problem {
    Problem::not_found()
}

/// axum adds `Allow`, which the status demands (RFC 9110, section 15.5.6).
async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed()
}
