//! The check of a route's permission: before the body is read, and before anything has a connection.
//!
//! | the request | answer |
//! |---|---|
//! | nobody has said who asks | 401, with a challenge |
//! | the caller lacks the permission, or a scope for what is its own | 403, with its name |
//! | the caller sets a field that is read-only for it | 422, with the field's pointer and the code `permission` |
//! | the handler takes `TenantDb`, and the route has no permission, or is public | 403 without a word; the log says what to do |
//!
//! The first three say nothing about rows: they come before any is looked for.

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_core::future::BoxFuture;

use super::{Challenge, Problem};
use crate::mutants::mutant;
use crate::permissions::{Allowed, Caller, Needs, Permission};

/// Says in a request's extensions that nobody checks its permissions: every route is open to whoever comes this far.
///
/// It is for layers that know nobody, such as [`DevTenant`](crate::layers::DevTenant), and for a service whose gateway has checked already.
/// It is easy to search for.
#[derive(Clone, Copy, Debug)]
pub struct UncheckedPermissions;

/// What is asked of an [`Authorizer`]: may this caller do that?
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    caller: &'a Caller,
    permission: &'a Permission,
    is_own: bool,
    parts: &'a Parts,
}

impl<'a> Access<'a> {
    /// Who asks.
    #[must_use]
    pub const fn caller(&self) -> &'a Caller {
        self.caller
    }

    /// What the route needs.
    #[must_use]
    pub const fn permission(&self) -> &'a Permission {
        self.permission
    }

    /// Whether it is for what is the caller's own, so that no role has to cover it ([`Needs::Own`]).
    #[must_use]
    pub const fn is_own(&self) -> bool {
        self.is_own
    }

    /// The request without its body, which nobody has read.
    #[must_use]
    pub const fn parts(&self) -> &'a Parts {
        self.parts
    }

    /// What the caller's roles and scopes say.
    ///
    /// # Errors
    /// The refusal, when they do not cover the permission.
    pub fn by_roles(&self) -> Result<Allowed, Problem> {
        let allowed = if self.is_own { self.caller.allows_own(self.permission) } else { self.caller.allows(self.permission) };
        allowed.ok_or_else(|| self.denied())
    }

    /// The refusal that names the permission.
    #[must_use]
    pub fn denied(&self) -> Problem {
        Problem::forbidden(self.permission)
    }
}

/// Decides whether a caller may use a route. [`Api::authorizer`](super::Api::authorizer) takes one.
///
/// ```
/// use tenantry::http::{Access, Authorizer, Problem};
/// use tenantry::permissions::Allowed;
///
/// /// By roles, and nobody deletes anything.
/// struct Keeping;
///
/// impl Authorizer for Keeping {
///     async fn authorize(&self, access: &Access<'_>) -> Result<Allowed, Problem> {
///         if access.permission().action() == "delete" {
///             return Err(access.denied());
///         }
///         access.by_roles()
///     }
/// }
/// ```
pub trait Authorizer: Send + Sync + 'static {
    /// What the caller may do.
    ///
    /// # Errors
    /// The answer to the request, when it may not.
    fn authorize(&self, access: &Access<'_>) -> impl Future<Output = Result<Allowed, Problem>> + Send;
}

/// The authorizer where nothing else is said: the caller's own roles and scopes decide.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallerRoles;

impl Authorizer for CallerRoles {
    async fn authorize(&self, access: &Access<'_>) -> Result<Allowed, Problem> {
        access.by_roles()
    }
}

/// An [`Authorizer`] of any type.
trait Ask: Send + Sync {
    fn ask<'a>(&'a self, access: &'a Access<'a>) -> BoxFuture<'a, Result<Allowed, Problem>>;
}

impl<A: Authorizer> Ask for A {
    fn ask<'a>(&'a self, access: &'a Access<'a>) -> BoxFuture<'a, Result<Allowed, Problem>> {
        Box::pin(self.authorize(access))
    }
}

#[derive(Clone)]
pub(super) struct AnyAuthorizer(Arc<dyn Ask>);

impl AnyAuthorizer {
    pub(super) fn new(authorizer: impl Authorizer) -> Self {
        Self(Arc::new(authorizer))
    }
}

impl fmt::Debug for AnyAuthorizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorizer(..)")
    }
}

/// What stands in front of one route's handler. Each request clones it.
#[derive(Clone)]
pub(super) struct Guard {
    needs: Arc<Needs>,
    authorizer: AnyAuthorizer,
}

impl Guard {
    pub(super) fn new(needs: Needs, authorizer: AnyAuthorizer) -> Self {
        Self { needs: Arc::new(needs), authorizer }
    }

    /// What is known of the request behind the guard; nothing where nobody checks.
    async fn admit(&self, parts: &Parts) -> Result<Option<Passed>, Problem> {
        let (permission, is_own) = match &*self.needs {
            Needs::Nothing => return Ok(Some(Passed::Public)),
            Needs::Own(permission) => (permission, true),
            Needs::Role(permission) => (permission, false),
        };
        if parts.extensions.get::<UncheckedPermissions>().is_some() {
            return Ok(None);
        }
        self.ask(permission, is_own, parts).await.map(|allowed| Some(Passed::Checked(allowed)))
    }

    async fn ask(&self, permission: &Permission, is_own: bool, parts: &Parts) -> Result<Allowed, Problem> {
        let Some(caller) = parts.extensions.get::<Caller>() else {
            return if mutant!("permission_of_nobody") { Ok(Allowed::whole()) } else { Err(nobody(parts)) };
        };
        let access = Access { caller, permission, is_own, parts };
        let answer = self.authorizer.0.ask(&access).await;
        if let Err(problem) = &answer {
            let status = problem.status().as_u16();
            tracing::debug!(%permission, subject = ?caller.subject(), status, "a request is refused");
        }
        if mutant!("permission_unasked") { Ok(Allowed::whole()) } else { answer }
    }
}

fn nobody(parts: &Parts) -> Problem {
    Problem::no_caller().with_header(header::WWW_AUTHENTICATE, Challenge::of(&parts.extensions))
}

/// The layer around a handler.
pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (mut parts, mut body) = request.into_parts();
    if mutant!("permission_after_body") {
        body = axum::body::to_bytes(body, usize::MAX).await.map(Body::from).unwrap_or_default();
    }
    match guard.admit(&parts).await {
        Ok(Some(passed)) => {
            parts.extensions.insert(passed);
        }
        Ok(None) => {}
        Err(problem) => return problem.into_response(),
    }
    next.run(Request::from_parts(parts, body)).await
}

/// What a guard has let through. Nothing outside of this file can make one.
#[derive(Clone)]
enum Passed {
    /// Whoever it is: the route is public.
    Public,
    /// A caller who may.
    Checked(Allowed),
}

/// What the request may do, and so whether a handler may have its tenant.
pub(super) fn allowed(parts: &Parts) -> Result<Allowed, Problem> {
    let passed = parts.extensions.get::<Passed>();
    if let Some(Passed::Checked(allowed)) = passed {
        return Ok(allowed.clone());
    }
    // Of a public route nobody knows who asks, even where nobody checks the others.
    let is_public = passed.is_some();
    let is_open = parts.extensions.get::<UncheckedPermissions>().is_some() || mutant!("permission_unmounted");
    if if is_public { mutant!("login_public_tenant") } else { is_open } {
        return Ok(Allowed::whole());
    }
    let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    tracing::error!(
        method = %parts.method,
        route,
        is_public,
        "a handler takes its tenant on a route that has no permission: mount it with `http::Routes` and a permission, or let the layer in \
         front of it say `UncheckedPermissions`"
    );
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", "The caller lacks a permission"))
}

/// What the request may do: a hand-written route asks it which fields are read-only for the caller.
///
/// # Errors
/// 403, and a line in the log, when nobody has checked the route's permission.
impl<S: Sync> FromRequestParts<S> for Allowed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        allowed(parts)
    }
}
