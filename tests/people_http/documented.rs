//! What `docs/people.md` says, held against the routes.

use std::collections::BTreeSet;

use serde_json::Value;
use tenantry_tests::root;

use crate::service::{Town, of_people};

const PAGE: &str = include_str!("../../docs/people.md");
const MODULE: &str = include_str!("../../runtime/src/people/http/mod.rs");

/// Method, path and needs of each line of a table of routes.
fn told(page: &str, prefix: &str) -> BTreeSet<(String, String, String)> {
    let lines = page.lines().filter_map(|line| line.strip_prefix(prefix)?.strip_prefix("| `"));
    let mut told = BTreeSet::new();
    for line in lines {
        let cells: Vec<&str> = line.split(" | ").collect();
        let Some((method, path)) = cells[0].trim_end_matches('`').split_once(' ') else { continue };
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) {
            continue;
        }
        let needs = cells[1].trim_matches('`').replace("nothing", "public");
        // Two methods of one path may share a line.
        let (path, more) = path.split_once("`, `").map_or((path, None), |(path, more)| (path, Some(more)));
        for method in std::iter::once(method).chain(more) {
            told.insert((method.to_owned(), path.to_owned(), needs.clone()));
        }
    }
    told
}

#[tokio::test]
async fn the_tables_have_every_route_and_what_it_needs() {
    let town = Town::open().await;
    let routes = of_people(&town.people);
    let there: BTreeSet<_> =
        routes.listed().iter().map(|route| (route.method.to_owned(), route.path.clone(), route.needs.to_string())).collect();
    assert_eq!(told(PAGE, ""), there);
    assert_eq!(told(MODULE, "//! "), there);
}

/// Each line that a reader may copy goes to a route that is there, with a body of its members.
#[tokio::test]
async fn the_lines_of_curl_are_requests_that_are_taken() {
    let town = Town::open().await;
    let routes = of_people(&town.people);
    let mut seen = 0;
    for line in PAGE.lines().filter_map(|line| line.strip_prefix("    curl https://acme.example.com/api")) {
        let (path, rest) = line.split_once(' ').unwrap();
        if path == "/customers" {
            continue;
        }
        assert!(routes.listed().iter().any(|route| route.path == path && route.method == "POST"), "{path}");
        let body = rest.split_once("--json '").unwrap().1.strip_suffix('\'').unwrap();
        let body: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{path}: {error}"));
        let row = PAGE.lines().find(|line| line.starts_with(&format!("| `POST {path}`"))).unwrap();
        for name in body.as_object().unwrap().keys() {
            assert!(row.contains(&format!("`{name}`")), "{path} takes no {name}");
        }
        seen += 1;
    }
    assert_eq!(seen, 10);
}

#[tokio::test]
async fn the_code_of_the_page_serves_people() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let router = crate::mounted::service(&town.bed.tenancy, &crate::service::api(), &town.people, town.ring.clone()).unwrap();
    let town = Town { router, ..town };
    let session = town.login("a", "ada@example.com").await;
    assert_eq!(town.ask("a", "GET", "/customers").of(&session).empty().await.status, 200);
    let jar = town.browser("a", "ada@example.com").await;
    assert_eq!(town.ask("a", "GET", "/users").header(("cookie", &jar.header())).empty().await.status, 200);
}

#[test]
fn the_page_shows_the_code_that_is_compiled() {
    let code = std::fs::read_to_string(root().join("tests/people_http/mounted.rs")).unwrap();
    assert!(PAGE.contains(&format!("```rust\n{code}```")), "tests/people_http/mounted.rs is not in docs/people.md as it stands");
}
