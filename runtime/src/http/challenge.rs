//! What a 401 says of how to be believed (RFC 9110, section 11.6.1).

use axum::http::{Extensions, HeaderValue};

/// The challenge of the layer that knows the realm, which leaves it in each request that it lets through.
#[derive(Clone, Debug)]
pub(crate) struct Challenge(HeaderValue);

impl Challenge {
    pub(crate) const fn new(value: HeaderValue) -> Self {
        Self(value)
    }

    /// The challenge for a request that has no credential, or one that is not believed here.
    pub(crate) fn of(extensions: &Extensions) -> HeaderValue {
        extensions.get::<Self>().map_or_else(Self::anywhere, |challenge| challenge.0.clone())
    }

    /// Where no layer has said what the API is called.
    pub(crate) const fn anywhere() -> HeaderValue {
        HeaderValue::from_static(r#"Bearer realm="api""#)
    }
}
