//! Every route, with and without an id, where nothing is the caller's, and by callers of whom nothing is known.

use tenantry::permissions::Route;
use uuid::Uuid;

use crate::service::{Elsewhere, Service};
use crate::wire::{NONE, NOT_FOUND, Request, as_answer_to, json, status};

/// A path of each route, with an id of nobody where it has one; and one that no route has.
fn paths(service: &Service) -> Vec<(&'static str, String)> {
    let path = |Route { path, method, .. }: &Route| (*method, path.replace("{id}", &Uuid::now_v7().to_string()));
    let mut paths: Vec<_> = service.routes.iter().map(path).collect();
    paths.extend(["GET", "HEAD", "POST", "DELETE"].map(|method| (method, "/nothing/at/all".to_owned())));
    paths
}

#[tokio::test]
async fn a_host_of_nobody_is_one_answer_on_every_route() {
    let service = Service::start().await;
    let paths = paths(&service);
    assert!(paths.len() > 40, "{} routes", paths.len());
    for (method, path) in &paths {
        for Elsewhere { host, prefix, token, .. } in service.elsewhere() {
            let target = format!("/api{prefix}{path}");
            let answer = service.send(&Request { host, token: Some(token), method, target: &target, body: json("{}") }).await;
            assert_eq!(answer, as_answer_to(method, NOT_FOUND), "{method} {target} at {host}");
        }
    }
    // A path that does not exist is the same at home.
    let (method, path) = paths.last().unwrap();
    assert_eq!(service.ask(method, &format!("/api{path}"), NONE).await, NOT_FOUND);
}

/// The own tenant is there, by whichever name, so that what is said above is said of something.
#[tokio::test]
async fn the_own_host_answers() {
    let service = Service::start().await;
    for (host, prefix) in [("a.example.com", ""), ("a.org", ""), ("example.com", "/t/a"), ("example.com", ""), ("A.Example.com:80", "")] {
        for (table, id) in &service.a.rows {
            let target = format!("/api{prefix}/{table}/{id}");
            let request = Request { host, token: Some(&service.a.admin), method: "GET", target: &target, body: NONE };
            assert_eq!(status(&service.send(&request).await), 200, "{target} at {host}");
        }
    }
}

/// Who nobody is, or says with a credential that is none, hears the same of every host, every row and every path.
#[tokio::test]
async fn whoever_is_not_known_learns_nothing_of_hosts_and_rows() {
    let service = Service::start().await;
    let hosts = ["a.example.com", "a.org", "b.example.com", "b.org", "c.example.com", "nobody.example.com", "nobody.org", "example.com"];
    let mut asked = paths(&service);
    for tenant in [&service.a, &service.b, &service.c] {
        asked.extend(tenant.rows.iter().map(|(table, id)| ("GET", format!("/{table}/{id}"))));
    }
    for (token, error) in [(None, ""), (Some("Bearer a.b.c"), r#", error="invalid_token""#)] {
        let refusal = unauthenticated(error);
        for (method, path) in &asked {
            for host in hosts {
                let target = format!("/api{path}");
                let answer = service.send(&Request { host, token, method, target: &target, body: json("{}") }).await;
                assert_eq!(answer, as_answer_to(method, &refusal), "{method} {target} at {host}");
            }
        }
    }
}

fn unauthenticated(error: &str) -> String {
    let body = r#"{"type":"urn:tenantry:problem:unauthenticated","title":"The request needs a credential that is valid","status":401}"#;
    let head = "HTTP/1.1 401 Unauthorized\ncontent-type: application/problem+json\ncache-control: no-store";
    format!("{head}\nwww-authenticate: Bearer realm=\"api\"{error}\ncontent-length: {}\nconnection: close\n\n{body}", body.len())
}
