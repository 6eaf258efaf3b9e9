//! What stands in front of a service: a gate lets a request through, with what it has found out, or answers it.

use std::fmt;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::Route;
use futures_core::future::BoxFuture;
use tower::Service;
use tower::layer::layer_fn;
use tracing::{Instrument, Span};

use crate::http::Problem;
use crate::mutants::mutant;

/// Judges a request by its head, before anybody reads the body.
pub(super) trait Gate: Clone + Send + Sync + 'static {
    /// Leaves in the request what was found out, and returns the span to serve it in, which may be [none](Span::none).
    ///
    /// # Errors
    /// The answer, when the request is not let through.
    fn admit(&self, parts: &mut Parts) -> impl Future<Output = Result<Span, Problem>> + Send;
}

/// A service behind one of the layers, which see each request before it does.
#[derive(Clone)]
pub struct Gated<G, S> {
    gate: G,
    inner: S,
}

impl<G, S> Gated<G, S> {
    pub(super) const fn new(gate: G, inner: S) -> Self {
        Self { gate, inner }
    }
}

impl<G, S> Service<Request> for Gated<G, S>
where
    G: Gate,
    S: Service<Request, Response: IntoResponse, Future: Send> + Clone + Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let gate = self.gate.clone();
        // The one that was asked whether it is ready is the one that is called.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let is_head = request.method() == Method::HEAD;
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match gate.admit(&mut parts).await {
                Ok(span) => inner.call(Request::from_parts(parts, body)).instrument(span).await.map(IntoResponse::into_response),
                Err(problem) => Ok(refusal(problem, is_head)),
            }
        })
    }
}

/// Puts the gate around each route, and around what answers for other paths: the router stays one that can be merged.
pub(super) fn around_each(gate: impl Gate, routes: Router) -> Router {
    routes.layer(layer_fn(move |inner: Route| Gated::new(gate.clone(), inner)))
}

/// A refusal as a route of axum gives it, which sets the length and takes the body off for HEAD: nothing may tell that the routes were not
/// asked.
fn refusal(problem: Problem, is_head: bool) -> Response {
    let mut response = problem.into_response();
    if mutant!("refusal_bare") {
        return response;
    }
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    if is_head {
        *response.body_mut() = Body::empty();
    }
    response
}

impl<G: fmt::Debug, S> fmt::Debug for Gated<G, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gated").field("gate", &self.gate).finish_non_exhaustive()
    }
}
