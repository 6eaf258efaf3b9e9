//! The layer that finds out who sends a request, in an application that has nothing else of Tenantry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use axum::routing::any;
use axum::{Extension, Router};
use serde_json::Value;
use tenantry::auth::key::{ApiKey, StoredKey};
use tenantry::auth::token::{KeyRing, TokenError};
use tenantry::layers::authenticate::{ApiKeys, Authenticate, Authenticated, By, SessionCookie, Tokens, same_origin};
use tenantry::layers::resolve::VerifiedClaim;
use tenantry::{Error, TenantId};
use tower::ServiceExt;
use uuid::Uuid;

use crate::forging::{Clock, ed25519, grant, ring};

/// Keys in memory.
#[derive(Default)]
struct Kept {
    keys: Mutex<HashMap<(TenantId, Uuid), StoredKey>>,
    used: Mutex<Vec<Uuid>>,
}

impl ApiKeys for Kept {
    async fn find(&self, tenant: TenantId, id: Uuid) -> Result<Option<StoredKey>, Error> {
        Ok(self.keys.lock().unwrap().get(&(tenant, id)).cloned())
    }

    async fn used(&self, tenant: TenantId, id: Uuid, now: SystemTime) -> Result<(), Error> {
        self.used.lock().unwrap().push(id);
        if let Some(key) = self.keys.lock().unwrap().get_mut(&(tenant, id)) {
            key.used = Some(now);
        }
        Ok(())
    }
}

struct Service {
    router: Router,
    ring: KeyRing,
    kept: Arc<Kept>,
    clock: Clock,
}

async fn who(who: Option<Extension<Authenticated>>, claim: Option<Extension<VerifiedClaim>>) -> String {
    match (who, claim) {
        (Some(Extension(who)), Some(Extension(claim))) if claim.0 == who.tenant => format!("{} {} {:?}", who.tenant, who.subject, who.by),
        (None, None) => "nobody".to_owned(),
        _ => "somebody without a claim".to_owned(),
    }
}

impl Service {
    fn new() -> Self {
        Self::with(false)
    }

    fn with(anonymous: bool) -> Self {
        let (clock, kept) = (Clock::new(), Arc::new(Kept::default()));
        let ring = ring(ed25519("one"), &clock);
        let moved = clock.clone();
        let mut builder = Authenticate::builder(ring.clone()).api_keys(Arc::clone(&kept)).clock(move || moved.now());
        builder = builder.cookie(SessionCookie::new("__Host-session").unwrap());
        if anonymous {
            builder = builder.anonymous();
        }
        let router = builder.build().around(Router::new().route("/", any(who)));
        Self { router, ring, kept, clock }
    }

    fn token(&self) -> String {
        self.ring.issue(&grant()).unwrap().expose().to_owned()
    }

    fn key(&self) -> (String, StoredKey) {
        let key = ApiKey::generate(TenantId::generate()).unwrap();
        let stored = StoredKey::new(&key, Uuid::now_v7(), "orders:read".parse().unwrap());
        self.kept.keys.lock().unwrap().insert((key.tenant(), key.id()), stored.clone());
        (key.expose().to_string(), stored)
    }

    async fn send(&self, method: Method, headers: &[(&str, &[u8])]) -> Response<Body> {
        let mut request = Request::builder().method(method).uri("/");
        for (name, value) in headers {
            request = request.header(*name, HeaderValue::from_bytes(value).unwrap());
        }
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn get(&self, headers: &[(&str, &str)]) -> (u16, String, String) {
        self.ask(Method::GET, headers).await
    }

    /// The status, the challenge and the body.
    async fn ask(&self, method: Method, headers: &[(&str, &str)]) -> (u16, String, String) {
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let response = self.send(method, &headers).await;
        let challenge = response.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = response.status().as_u16();
        (status, challenge, String::from_utf8(to_bytes(response.into_body(), 1 << 16).await.unwrap().to_vec()).unwrap())
    }

    async fn status(&self, method: Method, headers: &[(&str, &str)]) -> u16 {
        self.ask(method, headers).await.0
    }
}

const INVALID: &str = r#"Bearer realm="api", error="invalid_token""#;
const MALFORMED: &str = r#"Bearer realm="api", error="invalid_request""#;

#[tokio::test]
async fn each_credential_says_who_it_is_and_leaves_the_claim() {
    let service = Service::new();
    let granted = grant();
    let token = service.ring.issue(&granted).unwrap().expose().to_owned();
    let id = service.ring.verify(&token).unwrap().id;
    let (bearer, cookie) = (format!("Bearer {token}"), format!("a=b; __Host-session={token}"));
    let said = |by: By| format!("{} {} {by:?}", granted.tenant, granted.subject);
    assert_eq!(service.get(&[("authorization", &bearer)]).await.2, said(By::Token(id)));
    assert_eq!(service.get(&[("cookie", &cookie)]).await.2, said(By::Cookie(id)));
    let (key, stored) = service.key();
    let (status, _, body) = service.get(&[("authorization", &format!("bearer {key}"))]).await;
    assert_eq!((status, body), (200, format!("{} {} {:?}", stored.tenant, stored.owner, By::Key(stored.id))));
}

#[tokio::test]
async fn without_a_credential_there_is_a_challenge_without_an_error() {
    let service = Service::new();
    for headers in [&[][..], &[("authorization", "Basic YTpi")], &[("cookie", "a=b")], &[("x-authorization", "Bearer x")]] {
        let (status, challenge, _) = service.get(headers).await;
        assert_eq!((status, &*challenge), (401, r#"Bearer realm="api""#), "{headers:?}");
    }
    let response = service.send(Method::HEAD, &[]).await;
    assert_eq!(
        (response.status(), response.headers()["content-type"].as_bytes()),
        (StatusCode::UNAUTHORIZED, &b"application/problem+json"[..])
    );
    assert!(to_bytes(response.into_body(), 1).await.unwrap().is_empty());
}

/// Whatever is wrong with it: the same bytes, and nothing of it in them.
#[tokio::test]
async fn what_is_not_believed_is_one_answer() {
    let service = Service::new();
    let (token, (key, stored)) = (service.token(), service.key());
    let unknown = ApiKey::generate(stored.tenant).unwrap().expose().to_string();
    service.kept.keys.lock().unwrap().get_mut(&(stored.tenant, stored.id)).unwrap().revoke(service.clock.now());
    service.clock.pass(700);
    let one = service.get(&[("authorization", "Bearer x")]).await;
    assert_eq!((one.0, &*one.1), (401, INVALID));
    let long = "x".repeat(9_000);
    for credential in [&*token, &key, &unknown, "tk_", "tk_x_y_z", "a.b.c", "a.b.c.d.e", "eyJhbGciOiJub25lIn0.e30.", &long] {
        assert_eq!(service.get(&[("authorization", &format!("Bearer {credential}"))]).await, one, "{credential}");
    }
    for cookie in ["__Host-session=x", "__Host-session="] {
        assert_eq!(service.get(&[("cookie", cookie)]).await, one, "{cookie}");
    }
    let response = service.send(Method::GET, &[("cookie", b"__Host-session=\xff")]).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn two_credentials_are_refused() {
    let service = Service::new();
    let (token, (key, _)) = (service.token(), service.key());
    let (bearer, by_key, cookie) = (format!("Bearer {token}"), format!("Bearer {key}"), format!("__Host-session={token}"));
    let both = format!("{cookie}; {cookie}");
    for headers in [
        &[("authorization", &*bearer), ("authorization", &*bearer)][..],
        &[("authorization", &*bearer), ("authorization", &*by_key)],
        &[("authorization", &*bearer), ("cookie", &*cookie)],
        &[("authorization", &*by_key), ("cookie", "__Host-session=")],
        &[("authorization", "Basic YTpi"), ("cookie", &*cookie)],
        &[("cookie", &*cookie), ("cookie", &*cookie)],
        &[("cookie", &*both)],
    ] {
        let (status, challenge, body) = service.get(headers).await;
        assert_eq!((status, &*challenge), (400, MALFORMED), "{headers:?}");
        assert!(!body.contains(&token) && !body.contains(&key));
    }
}

#[tokio::test]
async fn a_malformed_header_is_refused() {
    let service = Service::new();
    let two = format!("Bearer {}, Bearer {}", service.token(), service.token());
    for value in ["", "Bearer", "Bearer ", "Bearer a b", &two, "Bearer \"x\"", "\u{e9}"] {
        let (status, challenge, _) = service.get(&[("authorization", value)]).await;
        assert_eq!((status, &*challenge), (400, MALFORMED), "{value:?}");
    }
    assert_eq!(service.send(Method::GET, &[("authorization", b"Bearer \xff\xfe")]).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_cookie_acts_from_its_own_origin_alone() {
    let service = Service::new();
    let cookie = format!("__Host-session={}", service.token());
    let post = async |more: &[(&str, &str)]| {
        service.status(Method::POST, &[&[("cookie", &*cookie), ("host", "acme.example.com")][..], more].concat()).await
    };
    assert_eq!(post(&[("sec-fetch-site", "same-origin")]).await, 200);
    assert_eq!(post(&[("sec-fetch-site", "none")]).await, 200);
    for site in ["cross-site", "", "SAME-ORIGIN", "same-origin, cross-site", "x"] {
        assert_eq!(post(&[("sec-fetch-site", site)]).await, 403, "{site}");
    }
    assert_eq!(post(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(post(&[("sec-fetch-site", "cross-site"), ("origin", "https://acme.example.com")]).await, 403, "the browser's word counts");
    // An older browser.
    assert_eq!(post(&[("origin", "https://acme.example.com")]).await, 200);
    for origin in [
        "null",
        "",
        "http://acme.example.com",
        "https://acme.example.com.evil.org",
        "https://evil.org",
        "https://globex.example.com",
        "https://acme.example.com:8443",
        "https://acme.example.com/",
        "https://x@acme.example.com",
        "https://acme.example.com https://evil.org",
    ] {
        assert_eq!(post(&[("origin", origin)]).await, 403, "{origin}");
    }
    assert_eq!(post(&[("origin", "https://acme.example.com"), ("origin", "https://evil.org")]).await, 403);
}

/// Two tenants' subdomains are one site.
#[tokio::test]
async fn another_tenants_subdomain_is_another_origin() {
    let service = Service::new();
    let cookie = format!("__Host-session={}", service.token());
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::from_bytes(b"MERGE").unwrap()] {
        assert_eq!(service.status(method.clone(), &[("cookie", &cookie), ("sec-fetch-site", "same-site")]).await, 403, "{method}");
    }
}

#[tokio::test]
async fn a_cookie_that_nothing_vouches_for_acts_not_at_all() {
    let service = Service::new();
    let cookie = format!("__Host-session={}", service.token());
    assert_eq!(service.status(Method::POST, &[("cookie", &cookie), ("host", "acme.example.com")]).await, 403);
    assert_eq!(service.status(Method::POST, &[("cookie", &cookie), ("referer", "https://acme.example.com/")]).await, 403);
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        assert_eq!(service.status(method, &[("cookie", &cookie), ("sec-fetch-site", "cross-site")]).await, 200, "a link from elsewhere");
    }
    let bearer = format!("Bearer {}", service.token());
    assert_eq!(
        service.status(Method::POST, &[("authorization", &bearer), ("sec-fetch-site", "cross-site")]).await,
        200,
        "no browser adds it"
    );
}

#[tokio::test]
async fn a_websocket_is_opened_from_its_own_origin_alone() {
    let service = Service::new();
    let cookie = format!("__Host-session={}", service.token());
    for opens in [("upgrade", "websocket"), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")] {
        let get = async |site: &str| service.status(Method::GET, &[("cookie", &*cookie), opens, ("sec-fetch-site", site)]).await;
        assert_eq!((get("same-origin").await, get("cross-site").await, get("same-site").await), (200, 403, 403), "{opens:?}");
    }
}

#[tokio::test]
async fn a_login_is_reached_without_a_credential_and_with_a_cookie_that_has_expired() {
    let service = Service::with(true);
    let (bearer, cookie) = (format!("Bearer {}", service.token()), format!("__Host-session={}", service.token()));
    service.clock.pass(700);
    assert_eq!(service.get(&[]).await.2, "nobody");
    assert_eq!(service.get(&[("cookie", &cookie)]).await.2, "nobody");
    assert_eq!(service.get(&[("authorization", &bearer)]).await.0, 401);
    assert_eq!(service.status(Method::POST, &[("cookie", &cookie), ("sec-fetch-site", "cross-site")]).await, 403);
}

#[test]
fn a_foreign_page_logs_nobody_in() {
    let of = |headers: &[(&str, &str)]| {
        let mut request = Request::builder().method(Method::POST).uri("/login").header("host", "acme.example.com");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        same_origin(&request.body(()).unwrap().into_parts().0).map_err(|problem| problem.status().as_u16())
    };
    assert_eq!((of(&[("sec-fetch-site", "same-origin")]), of(&[("origin", "https://acme.example.com")])), (Ok(()), Ok(())));
    assert_eq!((of(&[("sec-fetch-site", "cross-site")]), of(&[("origin", "https://evil.org")]), of(&[])), (Err(403), Err(403), Err(403)));
}

#[tokio::test]
async fn a_key_is_written_down_as_used_once_in_a_minute() {
    let service = Service::new();
    let (key, stored) = service.key();
    let bearer = format!("Bearer {key}");
    for _ in 0..5 {
        assert_eq!(service.get(&[("authorization", &bearer)]).await.0, 200);
    }
    service.clock.pass(60);
    assert_eq!(service.get(&[("authorization", &bearer)]).await.0, 200);
    assert_eq!(*service.kept.used.lock().unwrap(), [stored.id, stored.id]);
}

#[tokio::test]
async fn a_revoked_key_ends_with_the_next_request() {
    let service = Service::new();
    let (key, stored) = service.key();
    let bearer = format!("Bearer {key}");
    assert_eq!(service.get(&[("authorization", &bearer)]).await.0, 200);
    service.kept.keys.lock().unwrap().get_mut(&(stored.tenant, stored.id)).unwrap().revoke(service.clock.now());
    assert_eq!(service.get(&[("authorization", &bearer)]).await.0, 401);
}

/// A look-up that fails, and keys that cannot be had.
struct Failing;

impl Tokens for Failing {
    async fn verify(&self, _: &str) -> Result<Authenticated, TokenError> {
        Err(TokenError::KeysUnavailable)
    }
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_no_fault_of_the_client() {
    let router = Authenticate::builder(Failing).build().around(Router::new().route("/", any(who)));
    let request = Request::builder().uri("/").header("authorization", "Bearer x").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!((response.status(), response.headers()["retry-after"].as_bytes()), (StatusCode::SERVICE_UNAVAILABLE, &b"30"[..]));
}

#[tokio::test]
async fn without_keys_or_cookie_in_the_configuration_neither_is_taken() {
    let full = Service::new();
    let (token, (key, _)) = (full.token(), full.key());
    let router = Authenticate::builder(full.ring.clone()).build().around(Router::new().route("/", any(who)));
    let bare = Service { router, ..full };
    assert_eq!(bare.get(&[("authorization", &format!("Bearer {key}"))]).await.1, INVALID);
    let cookie = format!("__Host-session={token}");
    assert_eq!(bare.get(&[("cookie", &cookie)]).await.0, 401);
    assert_eq!(bare.get(&[("cookie", &cookie), ("authorization", &format!("Bearer {token}"))]).await.0, 200);
}

/// What a layer before has left there is no credential.
#[tokio::test]
async fn a_claim_that_nobody_has_verified_is_taken_away() {
    let service = Service::with(true);
    let request = Request::builder().uri("/").extension(VerifiedClaim(TenantId::generate())).body(Body::empty()).unwrap();
    let response = service.router.clone().oneshot(request).await.unwrap();
    assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "nobody");
}

#[tokio::test]
async fn a_credential_is_in_no_debug_of_the_headers() {
    let shown = any(async |headers: axum::http::HeaderMap| format!("{headers:?}"));
    let full = Service::new();
    let router = Authenticate::builder(full.ring.clone()).build().around(Router::new().route("/", shown));
    let token = full.token();
    let service = Service { router, ..full };
    let (status, _, body) = service.get(&[("authorization", &format!("Bearer {token}")), ("cookie", "other=secret")]).await;
    assert!(status == 200 && !body.contains(&token) && !body.contains("secret"), "{body}");
}

#[test]
fn the_cookie_is_of_this_host_alone_and_no_scripts() {
    let cookie = SessionCookie::new("__Host-session").unwrap();
    let token = ring(ed25519("one"), &Clock::new()).issue(&grant()).unwrap();
    let set = cookie.set(&token);
    assert_eq!(set.to_str().unwrap(), format!("__Host-session={}; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax", token.expose()));
    assert!(!format!("{set:?}").contains(token.expose()));
    assert_eq!(cookie.clear().to_str().unwrap(), "__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
    assert_eq!(token.lifetime(), Duration::from_secs(600));
}

#[tokio::test]
async fn a_handler_takes_who_sends_the_request() {
    let ring = ring(ed25519("one"), &Clock::new());
    let route = Router::new().route("/", any(async |who: Authenticated| who.scopes.to_string()));
    let router = Authenticate::builder(ring.clone()).anonymous().build().around(route);
    let send = async |token: Option<String>| {
        let mut request = Request::builder().uri("/");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        (response.status().as_u16(), to_bytes(response.into_body(), 1 << 16).await.unwrap())
    };
    assert_eq!(send(Some(ring.issue(&grant()).unwrap().expose().to_owned())).await, (200, "orders:read".into()));
    let (status, body) = send(None).await;
    assert_eq!((status, serde_json::from_slice::<Value>(&body).unwrap()["status"].as_u64()), (401, Some(401)));
}
