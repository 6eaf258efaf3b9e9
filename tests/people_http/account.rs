//! What is a user's own, whatever its roles: other tenants, the password, API keys.

use serde_json::{Value, json};
use tenantry::permissions::Permission;
use tenantry_testkit::ACT;
use tenantry_tests::Answer;
use uuid::Uuid;

use crate::service::{PASSWORD, Town, admin, text};

const OWN: Permission = Permission::of("account:use");

async fn switch(town: &Town, session: &Value, slug: &str) -> Answer {
    town.ask("a", "POST", "/auth/switch").of(session).json(json!({ "tenant": slug })).await
}

#[tokio::test]
async fn a_person_goes_to_another_tenant_of_theirs() {
    let town = Town::open().await;
    let here = town.person("a", "ada@example.com", &["*"]).await;
    let there = town.person("b", "ada@example.com", &["customers:read"]).await;
    let session = town.login("a", "ada@example.com").await;
    let answer = switch(&town, &session, "b").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{answer:?}");
    assert!(answer.headers.get("set-cookie").is_none() && answer.headers.get("location").is_none());
    let other = answer.json();
    assert_eq!(text(&other["user"], "id"), there.to_string());
    assert_ne!(here, there);
    let at = async |slug: &str, session: &Value, method: &str| {
        town.ask(slug, method, "/customers").of(session).json(json!({ "code": "A", "name": "A" })).await.status
    };
    assert_eq!((at("b", &other, "GET").await, at("b", &other, "POST").await), (200, 403), "with the roles that it has there");
    assert_eq!((at("a", &other, "GET").await, at("b", &session, "GET").await), (404, 404));
    assert_eq!(at("a", &session, "POST").await, 201);
    // It lives by itself.
    let refreshed = town.post("b", "/auth/refresh", json!({ "refresh_token": other["refresh_token"] })).await;
    assert_eq!(refreshed.status, 200);
}

#[tokio::test]
async fn where_somebody_is_no_user_there_is_nothing() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    town.person("b", "bob@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let nobody = town.ask("a", "GET", "/nothing").of(&session).empty().await;
    for slug in ["b", "nobody", "", "B", " b", "b.example.com", "https://evil.example/", "//evil.example", "../b", "b\u{0}", "ß"] {
        let answer = switch(&town, &session, slug).await;
        assert_eq!((answer.status, &answer.body), (404, &nobody.body), "{slug:?}");
    }
    let there = town.person("b", "ada@example.com", &["*"]).await;
    town.people.set_active(town.bed.b, &admin(), there, false).await.unwrap();
    let inactive = switch(&town, &session, "b").await;
    assert_eq!((inactive.status, &inactive.body), (404, &nobody.body));
    let platform = town.bed.platform().await;
    town.people.set_active(town.bed.b, &admin(), there, true).await.unwrap();
    assert_eq!(switch(&town, &session, "b").await.status, 200);
    platform.suspend(town.bed.b, ACT).await.unwrap();
    assert_eq!(switch(&town, &session, "b").await.status, 404);
}

/// Whoever is a user has what is its own, and nothing else.
#[tokio::test]
async fn what_is_ones_own_needs_no_role() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &[]).await;
    let session = town.login("a", "ada@example.com").await;
    assert!(town.ask("a", "GET", "/users").of(&session).empty().await.names(&Permission::of("users:read")));
    assert_eq!(town.ask("a", "GET", "/api-keys").of(&session).empty().await.json(), json!({ "items": [] }));
    assert_eq!(switch(&town, &session, "b").await.status, 404);
    let changed = json!({ "old": PASSWORD, "new": "another password" });
    assert_eq!(town.ask("a", "POST", "/auth/password").of(&session).json(changed).await.status, 204);
}

#[tokio::test]
async fn a_narrow_token_has_not_all_that_is_its_users_own() {
    let town = Town::open().await;
    let ada = town.person("a", "ada@example.com", &["*"]).await;
    let narrow = town.token("a", ada, "customers:read *:read");
    for (method, path, body) in own() {
        let answer = town.ask("a", method, path).bearer(&narrow).json(body).await;
        assert!(answer.names(&OWN), "{method} {path}: {answer:?}");
    }
}

fn own() -> [(&'static str, &'static str, Value); 5] {
    [
        ("POST", "/auth/switch", json!({ "tenant": "b" })),
        ("POST", "/auth/password", json!({ "old": PASSWORD, "new": "another password" })),
        ("GET", "/api-keys", Value::Null),
        ("POST", "/api-keys", json!({ "name": "key", "scopes": ["*"] })),
        ("DELETE", "/api-keys/01890a5d-ac96-774b-bcce-b302099a8057", Value::Null),
    ]
}

#[tokio::test]
async fn an_api_key_is_no_person() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    town.person("b", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let made = town.ask("a", "POST", "/api-keys").of(&session).json(json!({ "name": "key", "scopes": ["*"] })).await.json();
    let key = text(&made, "key");
    assert_eq!(town.ask("a", "GET", "/customers").bearer(key).empty().await.status, 200);
    for (method, path, body) in own() {
        let path = path.replace("01890a5d-ac96-774b-bcce-b302099a8057", text(&made, "id"));
        let answer = town.ask("a", method, &path).bearer(key).json(body).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "person"), "{method} {path}: {answer:?}");
    }
    assert_eq!(town.ask("a", "GET", "/customers").bearer(key).empty().await.status, 200, "it has not revoked itself");
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_old_one() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let change =
        async |old: &str, new: &str| town.ask("a", "POST", "/auth/password").of(&session).json(json!({ "old": old, "new": new })).await;
    let long = "x".repeat(1_025);
    assert_eq!(change("wrong password", "another password").await.errors(), (422, vec!["/old wrong".to_owned()]));
    assert_eq!(change(PASSWORD, "7 chars").await.errors(), (422, vec!["/new too-short".to_owned()]));
    assert_eq!(change(PASSWORD, &long).await.errors(), (422, vec!["/new too-long".to_owned()]));
    assert_eq!(change(&long, "another password").await.errors(), (422, vec!["/old too-long".to_owned()]));
    town.login("a", "ada@example.com").await;
    let done = change(PASSWORD, "another password").await;
    assert_eq!((done.status, &*done.body, done.header("cache-control")), (204, "", "no-store"));
    let refreshed = town.post("a", "/auth/refresh", json!({ "refresh_token": session["refresh_token"] })).await;
    assert_eq!(refreshed.status, 401, "the logins from before have ended");
    let login =
        async |password: &str| town.post("a", "/auth/login", json!({ "email": "ada@example.com", "password": password })).await.status;
    assert_eq!((login(PASSWORD).await, login("another password").await), (401, 200));
}

#[tokio::test]
async fn an_api_key_is_made_shown_once_listed_and_revoked() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["customers:*"]).await;
    town.person("a", "bob@example.com", &["*"]).await;
    let (ada, bob) = (town.login("a", "ada@example.com").await, town.login("a", "bob@example.com").await);
    let body = json!({ "name": "export", "scopes": ["customers:read"], "expires": "2999-01-01T00:00:00Z" });
    let made = town.ask("a", "POST", "/api-keys").of(&ada).json(body).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{made:?}");
    let made = made.json();
    let names: Vec<&str> = made.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["created", "expires", "id", "key", "name", "revoked", "scopes", "used"]);
    assert_eq!(
        (&made["name"], &made["scopes"], &made["expires"]),
        (&json!("export"), &json!(["customers:read"]), &json!("2999-01-01T00:00:00Z"))
    );
    let key = text(&made, "key");
    let with_key =
        async |method: &str| town.ask("a", method, "/customers").bearer(key).json(json!({ "code": "A", "name": "A" })).await.status;
    assert_eq!((with_key("GET").await, with_key("POST").await), (200, 403));

    let listed = town.ask("a", "GET", "/api-keys").of(&ada).empty().await;
    assert_eq!((listed.status, &listed.json()["items"][0]["id"]), (200, &made["id"]));
    assert!(!listed.body.contains(key) && !listed.body.contains("tk_") && listed.json()["items"][0].get("key").is_none());
    assert_eq!(town.ask("a", "GET", "/api-keys").of(&bob).empty().await.json(), json!({ "items": [] }), "another user's are not shown");

    let path = format!("/api-keys/{}", text(&made, "id"));
    let revoke = async |session: &Value, path: &str| town.ask("a", "DELETE", path).of(session).empty().await;
    let nobody = town.ask("a", "GET", "/nothing").of(&ada).empty().await;
    let strange = format!("/api-keys/{}", Uuid::now_v7());
    for (session, path) in
        [(&bob, path.as_str()), (&ada, &strange), (&ada, "/api-keys/none"), (&ada, "/api-keys/%ff"), (&ada, "/api-keys/%2e%2e")]
    {
        let answer = revoke(session, path).await;
        assert_eq!((answer.status, &answer.body), (404, &nobody.body), "{path}");
    }
    assert_eq!(with_key("GET").await, 200);
    assert_eq!(revoke(&ada, &path).await.status, 204);
    assert_eq!(with_key("GET").await, 401);
    assert!(!town.ask("a", "GET", "/api-keys").of(&ada).empty().await.json()["items"][0]["revoked"].is_null());
}

#[tokio::test]
async fn a_key_has_a_name_scopes_of_its_owners_and_an_end_to_come() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["customers:*"]).await;
    let ada = town.login("a", "ada@example.com").await;
    let make = async |body: Value| town.ask("a", "POST", "/api-keys").of(&ada).json(body).await;
    for scopes in [json!(["*"]), json!(["products:read"]), json!(["*:read"])] {
        let refused = make(json!({ "name": "key", "scopes": scopes })).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "not-given"), "{scopes}");
    }
    let many: Vec<String> = (0..65).map(|number| format!("t{number}:read")).collect();
    for (body, error) in [
        (json!({ "name": "", "scopes": ["customers:read"] }), "/name invalid"),
        (json!({ "name": "a\nb", "scopes": ["customers:read"] }), "/name invalid"),
        (json!({ "name": "key", "scopes": [] }), "/scopes invalid"),
        (json!({ "name": "key", "scopes": ["openid"] }), "/scopes invalid"),
        (json!({ "name": "key", "scopes": [""] }), "/scopes scopes"),
        (json!({ "name": "key", "scopes": ["customers:read customers:create"] }), "/scopes scopes"),
        (json!({ "name": "key", "scopes": ["customers:read", "customers:read"] }), "/scopes scopes"),
        (json!({ "name": "key", "scopes": many }), "/scopes scopes"),
        (json!({ "name": "key", "scopes": ["customers:read"], "expires": "soon" }), "/expires timestamp"),
        (json!({ "name": "key", "scopes": ["customers:read"], "expires": "2001-01-01T00:00:00Z" }), "/expires invalid"),
    ] {
        assert_eq!(make(body.clone()).await.errors(), (422, vec![error.to_owned()]), "{body}");
    }
    assert_eq!(town.ask("a", "GET", "/api-keys").of(&ada).empty().await.json(), json!({ "items": [] }));
}
