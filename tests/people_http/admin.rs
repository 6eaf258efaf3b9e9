//! Users, roles and invitations of a tenant, by whoever may.

use serde_json::{Value, json};
use tenantry::permissions::Permission;
use tenantry_tests::Answer;
use uuid::Uuid;

use crate::service::{PASSWORD, Town, text};

async fn send(town: &Town, session: &Value, method: &str, path: &str, body: Value) -> Answer {
    town.ask("a", method, path).of(session).json(body).await
}

/// An id that nobody has, one of another tenant's, and what is none.
async fn strangers(town: &Town) -> [String; 5] {
    let theirs = town.person("b", "bob@example.com", &["*"]).await;
    [Uuid::now_v7().to_string(), theirs.to_string(), "none".to_owned(), "%ff".to_owned(), "%00".to_owned()]
}

#[tokio::test]
async fn an_admin_builds_a_tenants_people() {
    let town = Town::open().await;
    let ada = town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let clerk = json!({ "name": "clerk", "grants": ["customers:*"], "readonly": ["customers.credit_limit"] });
    let made = send(&town, &session, "POST", "/roles", clerk).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{made:?}");
    let role = text(&made.json(), "id").to_owned();
    let roles = send(&town, &session, "GET", "/roles", Value::Null).await.json();
    let shown = json!({ "id": role, "name": "clerk", "grants": ["customers:*"], "readonly": ["customers.credit_limit"] });
    assert!(roles["items"].as_array().unwrap().contains(&shown), "{roles}");

    let invited = send(&town, &session, "POST", "/invitations", json!({ "email": "Carl@Example.com", "role": role })).await;
    assert_eq!(invited.status, 201, "{invited:?}");
    assert!(invited.json()["id"].is_string() && !invited.body.contains("iv_"), "the token is for the mailbox alone");
    town.people.settled().await;
    let (_, token) = town.mailbox.of("carl@example.com").pop().unwrap();
    let carl = town.post("a", "/auth/accept", json!({ "token": token, "name": "Carl", "password": PASSWORD })).await.json();
    let id = text(&carl["user"], "id");

    let users = send(&town, &session, "GET", "/users", Value::Null).await.json();
    let of = |email: &str| users["items"].as_array().unwrap().iter().find(|user| user["email"] == email).unwrap().clone();
    let expected =
        json!({ "id": id, "name": "Carl", "email": "carl@example.com", "is_active": true, "roles": [{ "id": role, "name": "clerk" }] });
    assert_eq!(of("carl@example.com"), expected);
    assert_eq!((users["items"].as_array().unwrap().len(), text(&of("ada@example.com"), "id")), (2, ada.to_string().as_str()));

    let given = format!("/users/{id}/roles/{role}");
    assert_eq!(send(&town, &session, "DELETE", &given, Value::Null).await.status, 204);
    assert_eq!(town.ask("a", "GET", "/customers").of(&carl).empty().await.status, 403);
    assert_eq!(send(&town, &session, "PUT", &given, Value::Null).await.status, 204);
    assert_eq!(send(&town, &session, "PUT", &given, Value::Null).await.status, 204, "who has it keeps it");
    assert_eq!(town.ask("a", "GET", "/customers").of(&carl).empty().await.status, 200);
    assert_eq!(send(&town, &session, "DELETE", &format!("/roles/{role}"), Value::Null).await.status, 409, "somebody has it");

    let path = format!("/users/{id}");
    assert_eq!(send(&town, &session, "PATCH", &path, json!({ "is_active": false })).await.status, 204);
    assert_eq!(town.ask("a", "GET", "/customers").of(&carl).empty().await.status, 403);
    assert_eq!(town.post("a", "/auth/refresh", json!({ "refresh_token": carl["refresh_token"] })).await.status, 401);
    assert_eq!(send(&town, &session, "PATCH", &path, json!({ "is_active": true })).await.status, 204);
    town.login("a", "carl@example.com").await;
    assert_eq!(send(&town, &session, "DELETE", &given, Value::Null).await.status, 204);
    assert_eq!(send(&town, &session, "DELETE", &format!("/roles/{role}"), Value::Null).await.status, 204);
}

#[tokio::test]
async fn each_of_it_needs_its_permission() {
    let town = Town::open().await;
    let ada = town.person("a", "ada@example.com", &["customers:*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let role = town.role("a", &["customers:read"]).await;
    for (method, path, body, needed) in [
        ("GET", "/users".to_owned(), Value::Null, "users:read"),
        ("PATCH", format!("/users/{ada}"), json!({ "is_active": false }), "users:update"),
        ("PUT", format!("/users/{ada}/roles/{role}"), Value::Null, "users:update"),
        ("DELETE", format!("/users/{ada}/roles/{role}"), Value::Null, "users:update"),
        ("POST", "/invitations".to_owned(), json!({ "email": "x@example.com", "role": role }), "users:create"),
        ("GET", "/roles".to_owned(), Value::Null, "roles:read"),
        ("POST", "/roles".to_owned(), json!({ "name": "x", "grants": ["customers:read"] }), "roles:create"),
        ("DELETE", format!("/roles/{role}"), Value::Null, "roles:delete"),
    ] {
        let answer = send(&town, &session, method, &path, body).await;
        assert!(answer.names(&needed.parse::<Permission>().unwrap()), "{method} {path}: {answer:?}");
    }
    town.people.settled().await;
    assert!(town.mailbox.of("x@example.com").is_empty());
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["users:*", "roles:*", "customers:read"]).await;
    let boss = town.person("a", "boss@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let strong = town.role("a", &["products:read"]).await;
    for (method, path, body) in [
        ("POST", "/invitations".to_owned(), json!({ "email": "x@example.com", "role": strong })),
        ("PUT", format!("/users/{boss}/roles/{strong}"), Value::Null),
        ("DELETE", format!("/users/{boss}/roles/{strong}"), Value::Null),
        ("PATCH", format!("/users/{boss}"), json!({ "is_active": false })),
        ("POST", "/roles".to_owned(), json!({ "name": "strong", "grants": ["*"] })),
        ("POST", "/roles".to_owned(), json!({ "name": "strong", "grants": ["customers:read", "customers:update"] })),
        ("DELETE", format!("/roles/{strong}"), Value::Null),
    ] {
        let answer = send(&town, &session, method, &path, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "not-given"), "{method} {path}: {answer:?}");
    }
    town.login("a", "boss@example.com").await;
}

#[tokio::test]
async fn another_tenants_users_and_roles_do_not_exist() {
    let town = Town::open().await;
    let ada = town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let (own, foreign) = (town.role("a", &["customers:read"]).await, town.role("b", &["customers:read"]).await);
    let nobody = send(&town, &session, "GET", "/nothing", Value::Null).await;
    for id in strangers(&town).await {
        for (method, path, body) in [
            ("PATCH", format!("/users/{id}"), json!({ "is_active": false })),
            ("PUT", format!("/users/{id}/roles/{own}"), Value::Null),
            ("DELETE", format!("/users/{id}/roles/{own}"), Value::Null),
            ("PUT", format!("/users/{ada}/roles/{id}"), Value::Null),
            ("DELETE", format!("/users/{ada}/roles/{id}"), Value::Null),
            ("DELETE", format!("/roles/{id}"), Value::Null),
        ] {
            let answer = send(&town, &session, method, &path, body).await;
            assert_eq!((answer.status, &answer.body), (404, &nobody.body), "{method} {path}: {answer:?}");
        }
    }
    for (method, path) in [("PUT", format!("/users/{ada}/roles/{foreign}")), ("DELETE", format!("/roles/{foreign}"))] {
        assert_eq!(send(&town, &session, method, &path, Value::Null).await.body, nobody.body, "{method} {path}");
    }
    let invited = send(&town, &session, "POST", "/invitations", json!({ "email": "x@example.com", "role": foreign })).await;
    assert_eq!((invited.status, &invited.body), (404, &nobody.body));
    let users = send(&town, &session, "GET", "/users", Value::Null).await;
    assert!(!users.body.contains("bob@example.com"));
}

#[tokio::test]
async fn what_is_no_role_and_no_invitation_is_refused_with_its_place() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let role = town.role("a", &["customers:read"]).await;
    let long: Vec<String> = (0..400).map(|number| format!("table{number}:read")).collect();
    for (body, error) in [
        (json!({ "name": "", "grants": [] }), "/name name"),
        (json!({ "name": "a\u{7}", "grants": [] }), "/name name"),
        (json!({ "name": "n".repeat(65), "grants": [] }), "/name name"),
        (json!({ "name": "x", "grants": ["everything"] }), "/grants grant"),
        (json!({ "name": "x", "grants": ["*:*"] }), "/grants grant"),
        (json!({ "name": "x", "grants": ["customers:read orders:*"] }), "/grants grant"),
        (json!({ "name": "x", "grants": long }), "/grants invalid"),
        (json!({ "name": "x", "grants": ["*"], "readonly": ["customers"] }), "/readonly field"),
    ] {
        assert_eq!(send(&town, &session, "POST", "/roles", body.clone()).await.errors(), (422, vec![error.to_owned()]), "{body}");
    }
    let clerk = json!({ "name": "clerk", "grants": ["customers:read"] });
    assert_eq!(send(&town, &session, "POST", "/roles", clerk.clone()).await.status, 201);
    assert_eq!(send(&town, &session, "POST", "/roles", clerk).await.errors(), (409, vec!["/name unique".to_owned()]));
    for (email, status, error) in [
        ("no address", 422, "/email email"),
        ("a@b@c", 422, "/email email"),
        ("x@example.com\r\nbcc: y@example.com", 422, "/email email"),
        ("ada@example.com", 409, "/email unique"),
        (" ADA@example.com ", 409, "/email unique"),
    ] {
        let answer = send(&town, &session, "POST", "/invitations", json!({ "email": email, "role": role })).await;
        assert_eq!(answer.errors(), (status, vec![error.to_owned()]), "{email}");
    }
}

/// One does not lock oneself out.
#[tokio::test]
async fn nobody_deactivates_oneself() {
    let town = Town::open().await;
    let ada = town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let answer = send(&town, &session, "PATCH", &format!("/users/{ada}"), json!({ "is_active": false })).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "not-given"));
}
