//! What comes back over HTTP, as an attacker looks at it.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

/// Everything of an answer that a caller could tell two of them apart by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<String>,
    pub(super) body: String,
}

impl Answer {
    /// What the router answers.
    pub(super) async fn of(router: &Router, request: Request<Body>) -> Result<Self, String> {
        let (parts, body) = match router.clone().oneshot(request).await {
            Ok(response) => response.into_parts(),
            Err(never) => match never {},
        };
        let body = to_bytes(body, usize::MAX).await.map_err(|error| error.to_string())?;
        let headers = parts.headers.iter().filter(|(name, _)| *name != header::DATE).map(|(name, value)| format!("{name}: {value:?}"));
        Ok(Self { status: parts.status, headers: headers.collect(), body: String::from_utf8_lossy(&body).into_owned() })
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// All that is heard of it.
    pub(super) fn heard(&self) -> String {
        format!("{} {}", self.headers.join(" "), self.body)
    }

    /// The same, had it been asked about another id.
    pub(super) fn about(&self, asked: &str) -> Self {
        let without = |text: &String| text.replace(asked, "?");
        Self { status: self.status, headers: self.headers.iter().map(without).collect(), body: without(&self.body) }
    }

    /// Whether it is refused as a request that is at fault.
    pub(super) fn refuses(&self) -> bool {
        self.status.is_client_error()
    }

    /// What is wrong with it, whatever was asked: it carries what the victim is known by and the request has not said, or is the service's own
    /// failure.
    pub(super) fn fault(&self, said: &str, markers: &[String]) -> Option<String> {
        let heard = self.heard();
        let status = self.status;
        if let Some(marker) = markers.iter().find(|marker| heard.contains(marker.as_str()) && !said.contains(marker.as_str())) {
            return Some(format!("another tenant's {marker} in {status} {heard}"));
        }
        status.is_server_error().then(|| format!("{status} {heard}"))
    }
}

/// Not more of it than a person reads.
pub(super) fn shown(text: &str) -> String {
    if text.chars().count() > 400 { format!("{}…", text.chars().take(400).collect::<String>()) } else { text.to_owned() }
}
