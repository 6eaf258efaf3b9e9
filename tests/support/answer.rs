//! What a router has answered.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use serde_json::Value;
use tenantry::permissions::Permission;
use tower::ServiceExt as _;

/// An answer, read to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

/// Sends a request to the router.
///
/// # Panics
/// When the body cannot be read, or is no text.
pub async fn answer(router: &Router, request: Request<Body>) -> Answer {
    let Ok(response) = router.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the body is read");
    let body = String::from_utf8(body.to_vec()).expect("the body is text");
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header; empty when it is not there.
    ///
    /// # Panics
    /// When it is no text.
    #[must_use]
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("the header is text"))
    }

    /// The last word of a problem's type.
    #[must_use]
    #[track_caller]
    pub fn code(&self) -> String {
        self.json()["type"].as_str().and_then(|text| text.rsplit(':').next()).unwrap_or_default().to_owned()
    }

    /// The errors of a problem as `place code`, behind its status.
    ///
    /// # Panics
    /// When it is no problem.
    #[must_use]
    #[track_caller]
    pub fn errors(&self) -> (u16, Vec<String>) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let json = self.json();
        assert_eq!(json["status"], self.status);
        let error = |error: &Value| {
            let place = error.get("pointer").or(error.get("parameter")).and_then(Value::as_str).expect("a place");
            format!("{place} {}", error["code"].as_str().expect("a code"))
        };
        (self.status, json["errors"].as_array().map(|errors| errors.iter().map(error).collect()).unwrap_or_default())
    }

    /// Whether it is the refusal that names the permission, and says nothing else.
    #[must_use]
    pub fn names(&self, permission: &Permission) -> bool {
        let expected = format!(
            concat!(
                r#"{{"type":"urn:tenantry:problem:forbidden","title":"The caller lacks a permission","status":403,"#,
                r#""detail":"the request needs the permission {}"}}"#
            ),
            permission
        );
        (self.status, self.body.as_str()) == (403, &expected)
    }
}
