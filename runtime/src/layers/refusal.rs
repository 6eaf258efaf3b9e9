//! How a layer refuses a request in front of the routes.

use axum::body::{Body, HttpBody};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::http::Problem;

/// A refusal as a route of axum gives it, which sets the length and takes the body off for HEAD: nothing may tell that the routes were not
/// asked.
pub(super) fn refusal(problem: Problem, is_head: bool) -> Response {
    let mut response = problem.into_response();
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    if is_head {
        *response.body_mut() = Body::empty();
    }
    response
}
