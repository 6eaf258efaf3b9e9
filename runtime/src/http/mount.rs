//! Routes with their permissions.

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, on};

use super::access::{self, Guard};
use super::routes::{Api, mount_model};
use crate::permissions::{Needs, Route};
use crate::schema::ModelDef;

/// Routes that are mounted with the permission that each needs, generated and hand-written ones alike; and the list of all of them, of which
/// a [`Matrix`](crate::permissions::Matrix) is made. A route for those who have not logged in says [`Needs::Nothing`].
///
/// A handler that takes [`TenantDb`](crate::TenantDb) is mounted here. Anywhere else it is answered with 403, unless the layer in front says
/// [`UncheckedPermissions`](super::UncheckedPermissions).
///
/// ```
/// use axum::Router;
/// use tenantry::http::{Api, Json, Problem, Routes};
/// use tenantry::permissions::Permission;
///
/// const REPORT: Permission = Permission::of("reports:sales");
///
/// async fn sales(mut db: tenantry::TenantDb) -> Result<Json<i64>, Problem> {
///     # let _ = &mut db;
///     Ok(Json(0))
/// }
///
/// /// The models' routes, and a report.
/// fn router(api: &Api) -> Router {
///     Routes::generated(api).get("/reports/sales", REPORT, sales).into_router()
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "routes serve nothing until `into_router`"]
pub struct Routes {
    api: Api,
    router: Router,
    listed: Vec<Route>,
}

impl Routes {
    /// No route yet.
    pub fn new(api: &Api) -> Self {
        Self { api: api.clone(), router: Router::new(), listed: Vec::new() }
    }

    /// The routes of every model.
    pub fn generated(api: &Api) -> Self {
        api.models().iter().fold(Self::new(api), |routes, def| routes.model(def))
    }

    /// Adds the routes of one model: those that its `routes(…)` names.
    pub fn model(mut self, def: &'static ModelDef) -> Self {
        self.router = self.router.merge(mount_model(&self.api, def, &mut self.listed));
        self
    }

    /// Adds a route for `GET`, and so for `HEAD`.
    ///
    /// # Panics
    /// As [`Router::route`], and so do the others: when the path has such a route already, or is none.
    pub fn get<H: Handler<T, ()>, T: 'static>(self, path: &str, needs: impl Into<Needs>, handler: H) -> Self {
        self.on((MethodFilter::GET, "GET"), path, needs, handler)
    }

    /// Adds a route for `POST`.
    pub fn post<H: Handler<T, ()>, T: 'static>(self, path: &str, needs: impl Into<Needs>, handler: H) -> Self {
        self.on((MethodFilter::POST, "POST"), path, needs, handler)
    }

    /// Adds a route for `PUT`.
    pub fn put<H: Handler<T, ()>, T: 'static>(self, path: &str, needs: impl Into<Needs>, handler: H) -> Self {
        self.on((MethodFilter::PUT, "PUT"), path, needs, handler)
    }

    /// Adds a route for `PATCH`.
    pub fn patch<H: Handler<T, ()>, T: 'static>(self, path: &str, needs: impl Into<Needs>, handler: H) -> Self {
        self.on((MethodFilter::PATCH, "PATCH"), path, needs, handler)
    }

    /// Adds a route for `DELETE`.
    pub fn delete<H: Handler<T, ()>, T: 'static>(self, path: &str, needs: impl Into<Needs>, handler: H) -> Self {
        self.on((MethodFilter::DELETE, "DELETE"), path, needs, handler)
    }

    /// Gives each request to the routes so far a copy of the value, which their handlers take as [`axum::Extension`].
    pub fn with<V: Clone + Send + Sync + 'static>(mut self, value: V) -> Self {
        self.router = self.router.layer(axum::Extension(value));
        self
    }

    /// Adds the routes of others.
    ///
    /// # Panics
    /// As [`Router::merge`]: when both have a route for a method of a path.
    pub fn merge(mut self, others: Self) -> Self {
        self.router = self.router.merge(others.router);
        self.listed.extend(others.listed);
        self
    }

    /// Every route with what it needs, in the order in which they were added.
    #[must_use]
    pub fn listed(&self) -> &[Route] {
        &self.listed
    }

    /// The router. A layer around it puts a [`TenantSlot`](super::TenantSlot) and a [`Caller`](crate::permissions::Caller) into each request.
    pub fn into_router(self) -> Router {
        self.router
    }

    fn on<H: Handler<T, ()>, T: 'static>(
        mut self,
        (filter, method): (MethodFilter, &'static str),
        path: &str,
        needs: impl Into<Needs>,
        handler: H,
    ) -> Self {
        let needs = needs.into();
        let guard = Guard::new(needs.clone(), self.api.any_authorizer());
        self.listed.push(Route { path: path.to_owned(), method, needs });
        self.router = self.router.route(path, on(filter, handler.layer(from_fn_with_state(guard, access::check))));
        self
    }
}
