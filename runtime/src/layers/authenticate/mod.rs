//! Who sends a request: a bearer token or an API key for machines, a cookie for the browser.
//!
//! [`Authenticate`] is a tower layer. It reads the one credential of a request and verifies it, and leaves [`Authenticated`] in the
//! request's extensions, and the [`VerifiedClaim`](super::resolve::VerifiedClaim) that [`Resolve`](super::Resolve) holds against the other
//! names of the tenant; so it stands around that layer. It does not ask what somebody may do.
//!
//! ```
//! use axum::Router;
//! use axum::routing::get;
//! use tenantry::auth::token::{KeyRing, SigningKey};
//! use tenantry::layers::authenticate::{Authenticate, Authenticated, SessionCookie};
//!
//! async fn whoami(who: Authenticated) -> String {
//!     format!("{} of {}", who.subject, who.tenant)
//! }
//!
//! fn serve(key: SigningKey) -> Result<Router, Box<dyn std::error::Error>> {
//!     let ring = KeyRing::builder("https://api.example.com", "orders", key).build()?;
//!     let authenticate = Authenticate::builder(ring).cookie(SessionCookie::new("__Host-session")?).build();
//!     Ok(authenticate.around(Router::new().route("/whoami", get(whoami))))
//! }
//! ```
//!
//! # Credentials
//!
//! | credential | the request | verified by |
//! |---|---|---|
//! | access token | `Authorization: Bearer eyJ…` | the [`Tokens`] of the builder, a [`KeyRing`](crate::auth::token::KeyRing) as a rule |
//! | API key | `Authorization: Bearer tk_…` | [`judge`](crate::auth::key::judge), with what [`ApiKeys`] finds; when the builder has [them](AuthenticateBuilder::api_keys) |
//! | cookie | `Cookie: __Host-session=eyJ…` | as an access token; when the builder has [one](AuthenticateBuilder::cookie) |
//!
//! A token in the query or the body is none: URLs get into logs (RFC 6750, section 5.3). Headers that hold a credential are marked as
//! sensitive, so that no `Debug` of them shows it.
//!
//! # The browser
//!
//! A browser sends a cookie whoever asked it to. So a request with the cookie, by a method other than GET, HEAD or OPTIONS, or one that
//! opens a WebSocket, must come from the same origin: `Sec-Fetch-Site`, which no script can write (Fetch Metadata, section 2.3), says
//! `same-origin` or `none`. Where there is no such header, `Origin` (Fetch, section 3.2) must be `https://` and the request's `Host`.
//! `same-site` is not enough: other tenants' subdomains are the same site. That is the defence by Fetch Metadata of OWASP's Cross-Site
//! Request Forgery Prevention Cheat Sheet, with its fallback; a request with neither header is refused, since a machine has no cookie.
//!
//! The [`SessionCookie`] is `__Host-`, which a sibling domain cannot set (RFC 6265bis, section 4.1.3.2), so nobody gets another's session
//! planted; `HttpOnly`, `Secure` and `SameSite=Lax`.
//!
//! A login has no cookie yet, and a foreign page could log a browser in as somebody else: call [`same_origin`] in the route that sets one.
//!
//! # Answers
//!
//! | request | answer |
//! |---|---|
//! | no credential, or one of another scheme | 401, `WWW-Authenticate: Bearer realm="…"`; or on it goes, when that is [allowed](AuthenticateBuilder::anonymous), and a route that needs somebody answers so |
//! | a credential that is not believed, whatever the reason | 401, with `error="invalid_token"` |
//! | two credentials, one header twice, a header that is malformed | 400, with `error="invalid_request"` |
//! | a cookie from another origin | 403 |
//! | keys that cannot be had, a look-up that fails | 503, or what the [error](crate::Error) says |
//!
//! The reason stands in the log, at `debug`, and of the credential nothing but an API key's id.

mod builder;
mod cookie;
mod credential;
mod layer;
mod origin;
mod verify;

pub use builder::{AuthenticateBuilder, RealmError};
pub(crate) use cookie::values_of;
pub use cookie::{CookieNameError, SessionCookie};
pub use layer::{Authenticate, AuthenticateService};
pub use origin::same_origin;
pub use verify::{ApiKeys, Authenticated, By, Tokens};
