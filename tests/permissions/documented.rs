//! What `docs/permissions.md` shows, run.

use std::time::{Duration, Instant};

use tenantry::permissions::{Matrix, Permission};
use uuid::Uuid;

use crate::another::{SecondFactor, service};
use crate::service::{Shop, answer, api, as_role, roles};

const PAGE: &str = include_str!("../../docs/permissions.md");

#[test]
fn the_page_shows_this_code() {
    let code = include_str!("another.rs");
    assert!(PAGE.contains(&format!("```rust\n{code}```")), "tests/permissions/another.rs is not in docs/permissions.md as it stands");
    assert!(code.lines().count() < 60, "another check has {} lines", code.lines().count());
}

#[test]
fn the_page_shows_lines_of_the_matrix() {
    let routes = tenantry_app::routes(&api()).listed().to_vec();
    let matrix = Matrix::new(&routes, &roles()).to_string();
    let shown: Vec<&str> = PAGE.split("```text\n").nth(1).unwrap().split("```").next().unwrap().lines().collect();
    assert!(shown.len() > 3);
    for line in shown {
        assert!(matrix.lines().any(|whole| whole == line), "this is no line of the matrix:\n{line}\n{matrix}");
    }
}

#[tokio::test]
async fn another_check_comes_on_top_of_the_roles() {
    let shop = Shop::open().await;
    let router = service(api(), tenantry_app::router);
    let path = format!("/customers/{}", Uuid::now_v7());
    let ask = async |role: &str, method: &str, path: &str, shown: Option<Duration>| {
        let mut request = shop.request(shop.bed.a, Some(&as_role(role)), method, path, "{}");
        if let Some(ago) = shown {
            request.extensions_mut().insert(SecondFactor(Instant::now().checked_sub(ago).unwrap()));
        }
        answer(&router, request).await
    };
    let (now, long_ago) = (Some(Duration::ZERO), Some(Duration::from_secs(301)));
    assert_eq!(ask("admin", "GET", "/customers", None).await.status, 200);
    assert_eq!(ask("admin", "DELETE", &path, now).await.status, 404);
    for shown in [None, long_ago] {
        assert_eq!(ask("admin", "DELETE", &path, shown).await.code(), "second-factor");
        assert_eq!(ask("admin", "POST", "/purges", shown).await.code(), "second-factor");
    }
    assert_eq!(ask("admin", "POST", "/purges", now).await.status, 422);
    // The roles still count, and so do their fields.
    assert!(ask("auditor", "DELETE", &path, now).await.names(&Permission::of("customers:delete")));
    let mut request = shop.request(shop.bed.a, Some(&as_role("sales")), "PATCH", &path, r#"{"credit_limit":null}"#);
    request.extensions_mut().insert(SecondFactor(Instant::now()));
    assert_eq!(answer(&router, request).await.errors().1, ["/credit_limit permission"]);
}
