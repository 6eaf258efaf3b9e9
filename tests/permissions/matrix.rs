//! Every role on every route. The table is a snapshot for people; HTTP must answer as it says.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use tenantry::permissions::{Caller, Matrix, Misfit, Role, Route};
use tenantry::{Actor, Registry};
use uuid::Uuid;

use crate::service::{Shop, answer, api, roles};

fn routes() -> Vec<Route> {
    tenantry_app::routes(&api()).listed().to_vec()
}

#[test]
fn roles_and_routes() {
    insta::assert_snapshot!(Matrix::new(&routes(), &roles()));
}

#[test]
fn no_role_names_what_is_not_there() {
    let registry = Registry::new(tenantry_app::MODELS, tenantry_app::CONVENTIONS).unwrap();
    assert_eq!(Matrix::new(&routes(), &roles()).misfits(registry.models()), Vec::<Misfit>::new());
}

/// The cells of the table as it is printed: what a person reads is what is compared.
fn cells() -> BTreeMap<(String, String, String), bool> {
    let (routes, roles) = (routes(), roles());
    let text = Matrix::new(&routes, &roles).to_string();
    let mut lines = text.lines().take_while(|line| !line.is_empty()).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let mut cells = BTreeMap::new();
    for line in lines {
        for (role, cell) in head.iter().zip(&line).skip(3) {
            cells.insert((line[0].to_owned(), line[1].to_owned(), (*role).to_owned()), *cell == "yes");
        }
    }
    assert_eq!(cells.len(), routes.len() * roles.len());
    cells
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_matrix_says() {
    let shop = Shop::open().await;
    let cells = cells();
    let (mut allowed, mut refused) = (0, 0);
    for Route { path, method, needs } in routes() {
        let permission = needs.permission().expect("the application has no public route").clone();
        let real = path.replace("{id}", &Uuid::now_v7().to_string());
        for role in roles() {
            let caller = Caller::new(Actor::System, [role.clone()]);
            let answer = shop.send(&caller, method, &real, "{}").await;
            if cells[&(method.to_owned(), path.clone(), role.name().to_owned())] {
                // Whatever the handler makes of an empty body or of a row that does not exist.
                assert!(matches!(answer.status, 200 | 201 | 204 | 400 | 404 | 422), "{} {method} {path}: {answer:?}", role.name());
                allowed += 1;
            } else {
                assert!(answer.names(&permission), "{} {method} {path}: {answer:?}", role.name());
                refused += 1;
            }
        }
        let nobody = answer(&shop.router, shop.request(shop.bed.a, None, method, &real, "{}")).await;
        assert_eq!((nobody.status, &*nobody.code()), (401, "no-caller"), "{method} {path}");
        assert_eq!(nobody.header("www-authenticate"), r#"Bearer realm="api""#, "{method} {path}");
        let without = Caller::new(Actor::System, Vec::<Role>::new());
        assert!(shop.send(&without, method, &real, "{}").await.names(&permission), "{method} {path}");
    }
    assert!(allowed > 50 && refused > 50, "{allowed} cells are open and {refused} closed");
}

/// The router itself is asked for its routes, by what `Debug` shows of it: one that was mounted beside [`tenantry::http::Routes`] has no
/// permission.
#[test]
fn a_route_without_a_permission_is_none_of_the_application() {
    let listed: BTreeSet<(String, String)> = routes().into_iter().map(|route| (route.path, route.method.to_owned())).collect();
    assert_eq!(served(&tenantry_app::router(&api())), listed);
    // The instrument sees what is mounted in another way.
    let beside = Router::new().route("/beside", axum::routing::put(async || ()).delete(async || ()));
    let router = tenantry_app::router(&api()).merge(beside);
    let more: Vec<_> = served(&router).difference(&listed).cloned().collect();
    assert_eq!(more, ["DELETE", "PUT"].map(|method| ("/beside".to_owned(), method.to_owned())));
    let service = tenantry_app::router(&api()).route_service("/service", axum::routing::get(async || ()));
    let more: Vec<_> = served(&service).difference(&listed).cloned().collect();
    assert_eq!(more, [("/service".to_owned(), "ANY".to_owned())]);
}

/// Path and method of every route that the router has.
fn served(router: &Router) -> BTreeSet<(String, String)> {
    let shown = format!("{router:?}");
    let (shown, _) = shown.split_once("fallback_router").unwrap();
    let (mut paths, mut methods) = (BTreeMap::new(), BTreeMap::new());
    for part in shown.split("RouteId(").skip(1) {
        let (id, what) = part.split_once("): ").unwrap();
        if let Some(path) = what.strip_prefix('"') {
            paths.insert(id, path.split('"').next().unwrap().to_owned());
        } else {
            let known = ["get", "delete", "options", "patch", "post", "put", "trace", "connect"];
            let own = known.into_iter().filter(|method| !what.contains(&format!("{method}: None"))).map(str::to_uppercase);
            methods.insert(id, if what.starts_with("MethodRouter") { own.collect() } else { vec!["ANY".to_owned()] });
        }
    }
    assert_eq!(paths.keys().collect::<Vec<_>>(), methods.keys().collect::<Vec<_>>(), "axum shows its routes in another way: {shown}");
    paths
        .into_iter()
        .flat_map(|(id, path)| methods[id].iter().map(move |method| (path.clone(), method.clone())).collect::<Vec<_>>())
        .collect()
}
