//! Keys with scopes, permissions that a model names itself, and grants that are nearly right.

use axum::Router;
use tenantry::http::{Api, CursorKey, routes};
use tenantry::permissions::{Caller, Grant, Permission, Role};
use tenantry::{Actor, Conventions, Entry, Id, Registry, tenant_model};

use crate::service::{Answer, answer, as_role, request, with_grants};

/// An article, which is shown with the catalogue and written by itself.
#[tenant_model(table = "articles", permissions(read = "catalogue:read", delete = "catalogue:thin_out"))]
pub(crate) struct Article {
    /// The key.
    pub(crate) id: Id<Article>,
}

/// An article that is gone.
#[tenant_model(table = "articles_archive")]
pub(crate) struct ArticleArchive {
    /// The key.
    pub(crate) id: Id<ArticleArchive>,
}

fn router() -> Router {
    let entries = [Entry::of::<Article>(), Entry::of::<ArticleArchive>()];
    let registry = Registry::new(&entries, Conventions::DEFAULT).unwrap();
    routes(&Api::new(&registry, CursorKey::from_secret(&[7; 32]).unwrap()))
}

/// Without a tenant: who may go on hears that there is none, and that is all that these tests need.
async fn ask(caller: &Caller, method: &str, path: &str) -> Answer {
    answer(&router(), request(Some(caller), method, path, "{}")).await
}

fn goes_on(answer: &Answer) -> bool {
    (answer.status, &*answer.code()) == (401, "no-tenant")
}

#[tokio::test]
async fn a_route_needs_what_its_model_says() {
    let (reader, writer) = (with_grants(&["catalogue:read"]), with_grants(&["articles:*"]));
    for path in ["/articles", "/articles/x"] {
        assert!(goes_on(&ask(&reader, "GET", path).await), "{path}");
        assert!(ask(&writer, "GET", path).await.names(&Permission::of("catalogue:read")), "{path}");
    }
    for (method, path, needed) in [("POST", "/articles", "articles:create"), ("PATCH", "/articles/x", "articles:update")] {
        assert!(goes_on(&ask(&writer, method, path).await), "{method}");
        assert!(ask(&reader, method, path).await.names(&Permission::of(needed)), "{method}");
    }
    assert!(ask(&writer, "DELETE", "/articles/x").await.names(&Permission::of("catalogue:thin_out")));
    assert!(goes_on(&ask(&with_grants(&["catalogue:*"]), "DELETE", "/articles/x").await));
}

#[tokio::test]
async fn what_begins_alike_is_not_covered() {
    let caller = with_grants(&["articles:*", "catalogue:*", "articles_archive:rea"]);
    assert!(ask(&caller, "GET", "/articles_archive").await.names(&Permission::of("articles_archive:read")));
    assert!(ask(&caller, "DELETE", "/articles_archive/x").await.names(&Permission::of("articles_archive:delete")));
    for grant in ["article:*", "*:creat", "articles_:*"] {
        assert!(ask(&with_grants(&[grant]), "POST", "/articles").await.names(&Permission::of("articles:create")), "{grant}");
    }
}

#[tokio::test]
async fn scopes_narrow_what_roles_cover() {
    let scopes = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Grant>>();
    let key = as_role("admin").with_scopes(scopes(&["articles:*"]));
    assert!(goes_on(&ask(&key, "POST", "/articles").await));
    assert!(ask(&key, "GET", "/articles").await.names(&Permission::of("catalogue:read")), "the role covers it, the scope does not");
    let wide = with_grants(&["catalogue:read"]).with_scopes(scopes(&["*"]));
    assert!(goes_on(&ask(&wide, "GET", "/articles").await));
    assert!(ask(&wide, "POST", "/articles").await.names(&Permission::of("articles:create")), "a scope grants nothing");
    let empty = as_role("admin").with_scopes([]);
    assert_eq!(ask(&empty, "GET", "/articles").await.status, 403);
}

#[tokio::test]
async fn roles_add_up() {
    let role = |name, grant| Role::new(name, [grant]).unwrap();
    let caller = Caller::new(Actor::System, [role("a", "catalogue:read"), role("b", "articles:create")]);
    assert!(goes_on(&ask(&caller, "GET", "/articles").await) && goes_on(&ask(&caller, "POST", "/articles").await));
    assert_eq!(ask(&caller, "PATCH", "/articles/x").await.status, 403);
}

/// What a tenant's admin asks before giving somebody a role.
#[test]
fn nobody_gives_what_they_do_not_have() {
    let role = |grants: &[&'static str], readonly: &[&'static str]| {
        Role::new("new", grants.iter().copied()).unwrap().readonly(readonly.iter().copied()).unwrap()
    };
    let sales = as_role("sales");
    assert!(sales.may_give(&role(&["customers:update"], &["customers.credit_limit"])));
    assert!(!sales.may_give(&role(&["customers:update"], &[])), "the field would be free");
    assert!(!sales.may_give(&role(&["products:update"], &["customers.credit_limit"])));
    assert!(!sales.may_give(&role(&["*"], &["customers.credit_limit"])));
    assert!(as_role("admin").may_give(&role(&["*"], &[])));
}
