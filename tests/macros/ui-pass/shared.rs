//! What all tenants share has no tenant, and two routes.

use tenantry::schema::{Cells, ReadError, Scope, Source};
use tenantry::{Id, Model, Record, SharedModel, tenant_model};
use uuid::Uuid;

#[tenant_model(table = "countries", shared)]
struct Country {
    id: Id<Country>,
    #[model(filter, sort, max_len = 2)]
    code: String,
    #[model(references(on_delete = "restrict"))]
    within: Option<Id<Country>>,
}

#[tenant_model(table = "regions", shared, routes(list), permissions(read = "geography:read"))]
struct Region {
    id: Id<Region>,
}

/// What the server would send: who reads it, then the row.
struct Sent;

impl Source for Sent {
    fn cell(&self, index: usize) -> Result<Option<&[u8]>, ReadError> {
        const KEY: &[u8] = Uuid::from_u128(2).as_bytes();
        let cells = [Some(Uuid::from_u128(9).into_bytes().to_vec()), Some(KEY.to_vec()), Some(b"IS".to_vec()), None];
        cells.get(index).ok_or(ReadError::Missing).map(|cell| cell.clone().map(|bytes| &*bytes.leak()))
    }
}

fn country() -> Country {
    Country::read(&mut Cells::new(&Sent)).expect("a row")
}

#[test]
fn it_is_read_without_a_tenant() {
    let Country { id, code, within } = country();
    assert_eq!((id.uuid(), code.as_str(), within), (Uuid::from_u128(2), "IS", None));
    assert!(!format!("{:?}", country()).contains("tenant"));
    assert_eq!(serde_json::to_string(&country()).expect("JSON"), format!(r#"{{"id":"{}","code":"IS","within":null}}"#, Uuid::from_u128(2)));
}

#[test]
fn it_is_shared_and_has_the_routes_that_read() {
    const fn is_shared<M: SharedModel>() -> Scope {
        M::SCOPE
    }
    assert_eq!((is_shared::<Country>(), is_shared::<Region>()), (Scope::Shared, Scope::Shared));
    let words = |def: &'static tenantry::schema::ModelDef| def.routes.0.iter().map(|verb| verb.word()).collect::<Vec<_>>();
    assert_eq!((words(Country::DEF), words(Region::DEF)), (vec!["list", "get"], vec!["list"]));
    assert_eq!(Region::DEF.permissions.len(), 1);
}
