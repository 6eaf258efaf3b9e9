//! What `docs/tokens.md` and the example of the runtime show, run.

use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use axum::{Extension, Router};
use tenantry::auth::token::KeySet;
use tenantry::layers::authenticate::Authenticated;
use tower::ServiceExt;
use uuid::Uuid;

use crate::forging::{Clock, ISSUER, RSA, claims, der, rsa, with};
use crate::jwks::published;

const PAGE: &str = include_str!("../../docs/tokens.md");

#[path = "../../runtime/examples/authenticate.rs"]
#[expect(dead_code, reason = "its `main` reads the command line")]
mod example;

#[path = "partner.rs"]
mod partner;

#[test]
fn the_page_shows_this_code() {
    let code = include_str!("partner.rs");
    assert!(PAGE.contains(&format!("```rust\n{code}```")), "tests/auth/partner.rs is not in docs/tokens.md as it stands");
    assert!(code.lines().count() < 60);
}

/// Somebody else's tokens, whose subjects are users of ours.
#[tokio::test]
async fn an_outside_issuers_subject_is_a_user_of_ours() {
    let clock = Clock::new();
    let keys = KeySet::parse(&published(crate::forging::ring(rsa("theirs"), &clock)).await).unwrap();
    let (tenant, user) = (tenantry::TenantId::generate(), Uuid::now_v7());
    let known = [("ada@partner.example".to_owned(), (tenant, user))].into();
    let moved = clock.clone();
    let layer = partner::partners(ISSUER, keys, known, move || moved.now()).unwrap();
    let said = get(async |Extension(who): Extension<Authenticated>| format!("{} {}", who.tenant, who.subject));
    let router = layer.around(Router::new().route("/", said));
    let key = jsonwebtoken::EncodingKey::from_rsa_der(&der(RSA));
    let head = r#"{"alg":"RS256","typ":"JWT","kid":"theirs"}"#;
    let ask = async |subject: &str| {
        let claims = with(claims(&clock), "sub", serde_json::json!(subject));
        let token = crate::forging::signed_by(&key, jsonwebtoken::Algorithm::RS256, head, claims.to_string().as_bytes());
        let request = Request::builder().uri("/").header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        (response.status().as_u16(), axum::body::to_bytes(response.into_body(), 1_024).await.unwrap())
    };
    assert_eq!(ask("ada@partner.example").await, (200, format!("{tenant} {user}").into()));
    assert_eq!(ask("eve@partner.example").await.0, 401);
}

/// Over a socket, through HTTP's own parser.
#[tokio::test]
async fn the_example_shows_what_it_says() {
    insta::assert_snapshot!(example::tour().await.unwrap().join("\n"));
}
