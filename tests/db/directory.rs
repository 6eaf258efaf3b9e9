//! Whose a host, a slug or an id is, and what the operator can do about it.

use tenantry::db::Found;
use tenantry::layers::resolve::{Host, Lookup, Slug};
use tenantry::{Actor, ErrorKind, TenantId};
use tenantry_testkit::{ACT, column, execute};
use tenantry_tests::Bed;

fn kind(result: Result<(), tenantry::Error>) -> ErrorKind {
    result.unwrap_err().kind().clone()
}

const UNKNOWN: ErrorKind = ErrorKind::NotFound;

#[tokio::test]
async fn a_slug_and_an_id_are_whose_they_are_and_tell_whether_that_one_is_served() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let (platform, directory) = (bed.platform().await, bed.tenancy.directory());
    let found = |active| Some(Found { tenant: bed.a, active });
    for (active, change) in [(true, None), (false, Some(false)), (false, Some(false)), (true, Some(true)), (true, Some(true))] {
        match change {
            Some(true) => platform.resume(bed.a, ACT).await.unwrap(),
            Some(false) => platform.suspend(bed.a, ACT).await.unwrap(),
            None => {}
        }
        assert_eq!(directory.by_slug("a").await.unwrap(), found(active));
        assert_eq!(directory.by_id(bed.a).await.unwrap(), found(active));
    }
    assert_eq!(directory.by_slug("b").await.unwrap(), Some(Found { tenant: bed.b, active: true }));
    let nobody = TenantId::generate();
    assert_eq!((directory.by_slug("nobody").await.unwrap(), directory.by_id(nobody).await.unwrap()), (None, None));
    assert_eq!((kind(platform.suspend(nobody, ACT).await), kind(platform.resume(nobody, ACT).await)), (UNKNOWN, UNKNOWN));
    // What is still being made or going is not served, and no matter of suspending.
    let mut observer = bed.observer().await;
    for status in ["provisioning", "closing"] {
        execute(&mut observer, &format!("update tenancy.tenants set status = '{status}' where slug = 'a'")).await.unwrap();
        assert_eq!(directory.by_slug("a").await.unwrap(), found(false), "{status}");
        assert_eq!((kind(platform.suspend(bed.a, ACT).await), kind(platform.resume(bed.a, ACT).await)), (UNKNOWN, UNKNOWN), "{status}");
    }
}

#[tokio::test]
async fn a_tenant_that_says_nothing_of_its_status_is_not_served_yet() {
    let bed = Bed::new().await;
    let mut observer = bed.observer().await;
    execute(&mut observer, "insert into tenancy.tenants (id, slug, name) values (gen_random_uuid(), 'new', 'New')").await.unwrap();
    assert!(!bed.tenancy.directory().by_slug("new").await.unwrap().unwrap().active);
    let refused = execute(&mut observer, "update tenancy.tenants set status = 'gone' where slug = 'new'").await.unwrap_err();
    assert_eq!(refused.as_database_error().and_then(|error| error.constraint()), Some("tenants_status_check"));
}

#[tokio::test]
async fn a_domain_is_answered_at_once_it_is_verified_and_active() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let (platform, directory) = (bed.platform().await, bed.tenancy.directory());
    let (host, found) = ("shop.example", Some(Found { tenant: bed.a, active: true }));
    assert_eq!(directory.by_host(host).await.unwrap(), None);
    platform.add_domain(bed.a, host, ACT).await.unwrap();
    assert_eq!(directory.by_host(host).await.unwrap(), None, "neither");
    platform.activate_domain(bed.a, host, ACT).await.unwrap();
    assert_eq!(directory.by_host(host).await.unwrap(), None, "not verified");
    platform.verify_domain_by_hand(bed.a, host, ACT).await.unwrap();
    assert_eq!(directory.by_host(host).await.unwrap(), found);
    let first = platform.domains(bed.a).await.unwrap()[0].verified_at;
    platform.verify_domain_by_hand(bed.a, host, ACT).await.unwrap();
    assert_eq!(platform.domains(bed.a).await.unwrap()[0].verified_at, first);
    assert!(first.is_some());
    platform.deactivate_domain(bed.a, host, ACT).await.unwrap();
    assert_eq!(directory.by_host(host).await.unwrap(), None, "not active");
    platform.activate_domain(bed.a, host, ACT).await.unwrap();
    platform.suspend(bed.a, ACT).await.unwrap();
    assert_eq!(directory.by_host(host).await.unwrap(), Some(Found { tenant: bed.a, active: false }));

    // As the layer asks.
    for (text, due) in [("SHOP.example.:80", Some(Found { tenant: bed.a, active: false })), ("127.0.0.1", None)] {
        let host: Host = text.parse().unwrap();
        assert_eq!(Lookup::by_host(&directory, &host).await.unwrap(), due, "{text}");
    }
    let slug: Slug = "A".parse().unwrap();
    assert_eq!(Lookup::by_slug(&directory, &slug).await.unwrap().map(|found| found.tenant), Some(bed.a));

    platform.remove_domain(bed.a, host, ACT).await.unwrap();
    assert_eq!(directory.by_host(host).await.unwrap(), None);
    platform.add_domain(bed.b, host, ACT).await.unwrap();
}

#[tokio::test]
async fn a_host_is_one_tenants_in_one_spelling() {
    let bed = Bed::new().await;
    let platform = bed.platform().await;
    platform.add_domain(bed.a, "shop.example", ACT).await.unwrap();
    for tenant in [bed.a, bed.b] {
        assert!(matches!(kind(platform.add_domain(tenant, "shop.example", ACT).await), ErrorKind::Unique { .. }));
    }
    let long = format!("{0}.{0}.{0}.{0}", "a".repeat(63));
    let label = format!("{}.example", "a".repeat(64));
    let odd =
        ["", ".", "Shop.example", "shop.example.", ".shop.example", "a..b", "-a.example", "a-.example", "a_b.example", "bücher.example"];
    let hosts = odd.into_iter().chain([
        "shop.example:80",
        "a b",
        "*.example",
        "[::1]",
        "a\n",
        "a@b",
        "a,b",
        "a%2e",
        "a/b",
        long.as_str(),
        label.as_str(),
    ]);
    for host in hosts {
        assert!(matches!(kind(platform.add_domain(bed.a, host, ACT).await), ErrorKind::Check { .. }), "{host:?}");
    }
    let longest = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "a".repeat(61));
    assert_eq!(longest.len(), 253);
    for host in ["localhost", "a.b", "xn--bcher-kva.example", longest.as_str()] {
        platform.add_domain(bed.a, host, ACT).await.unwrap();
        assert_eq!(host.parse::<Host>().unwrap().name(), Some(host));
    }
    assert!(matches!(kind(platform.add_domain(TenantId::generate(), "new.example", ACT).await), ErrorKind::Reference { .. }));
}

#[tokio::test]
async fn a_tenant_has_one_primary_domain_at_most() {
    let bed = Bed::new().await;
    let platform = bed.platform().await;
    for (tenant, host) in [(bed.a, "one.example"), (bed.a, "two.example"), (bed.b, "other.example")] {
        platform.add_domain(tenant, host, ACT).await.unwrap();
    }
    let primary = async |tenant| {
        let domains = platform.domains(tenant).await.unwrap();
        domains.into_iter().filter(|domain| domain.is_primary).map(|domain| domain.host).collect::<Vec<_>>()
    };
    assert!(primary(bed.a).await.is_empty());
    platform.make_domain_primary(bed.b, "other.example", ACT).await.unwrap();
    for host in ["one.example", "two.example", "two.example"] {
        platform.make_domain_primary(bed.a, host, ACT).await.unwrap();
        assert_eq!(primary(bed.a).await, [host]);
    }
    assert_eq!(kind(platform.make_domain_primary(bed.a, "three.example", ACT).await), UNKNOWN);
    assert_eq!((primary(bed.a).await, primary(bed.b).await), (vec!["two.example".to_owned()], vec!["other.example".to_owned()]));
    let both = "update tenancy.domains set is_primary = true where host in ('one.example', 'two.example')";
    let refused = execute(&mut bed.observer().await, both).await.unwrap_err();
    assert_eq!(refused.as_database_error().and_then(|error| error.constraint()), Some("domains_is_primary_idx"));
}

#[tokio::test]
async fn another_tenants_domain_is_one_that_does_not_exist() {
    let bed = Bed::new().await;
    let platform = bed.platform().await;
    platform.add_domain(bed.b, "other.example", ACT).await.unwrap();
    for host in ["other.example", "none.example", ""] {
        assert_eq!(kind(platform.verify_domain_by_hand(bed.a, host, ACT).await), UNKNOWN);
        assert_eq!(kind(platform.activate_domain(bed.a, host, ACT).await), UNKNOWN);
        assert_eq!(kind(platform.deactivate_domain(bed.a, host, ACT).await), UNKNOWN);
        assert_eq!(kind(platform.make_domain_primary(bed.a, host, ACT).await), UNKNOWN);
        assert_eq!(kind(platform.remove_domain(bed.a, host, ACT).await), UNKNOWN);
    }
    assert!(platform.domains(bed.a).await.unwrap().is_empty());
    let other = platform.domains(bed.b).await.unwrap();
    assert!(matches!(other.as_slice(), [domain] if domain.host == "other.example" && !domain.is_active && domain.verified_at.is_none()));
    // A tenant sees its own, and changes none.
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    platform.add_domain(bed.a, "own.example", ACT).await.unwrap();
    let seen = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            Ok(sqlx::query_scalar::<_, String>("select host from tenancy.domains where tenant_id = $1").bind(tenant).fetch_all(tx).await?)
        })
        .await
        .unwrap();
    assert_eq!(seen, ["own.example"]);
}

/// What a look-up function reads, a statement's text does not show: people's statements go without them.
#[tokio::test]
async fn a_hand_written_statement_looks_nobody_up() {
    let bed = Bed::new().await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let refused = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let text = "select f.tenant from tenancy.tenant_by_slug('b') f where $1::uuid is not null";
            Ok(sqlx::query_scalar::<_, uuid::Uuid>(text).bind(tenant).fetch_all(tx).await?)
        })
        .await
        .unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::Statement(_)), "{refused}");
}

#[tokio::test]
async fn a_look_up_leaves_its_connection_as_it_was() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let directory = bed.tenancy.directory();
    for name in ["a", "nobody"] {
        directory.by_slug(name).await.unwrap();
        directory.by_host(name).await.unwrap();
    }
    assert!(directory.by_slug("a\0").await.is_err(), "a text that PostgreSQL does not take");
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let left = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let text = "select coalesce(current_setting('tenantry.lookup', true), '') || current_setting('app.tenant_id') where $1::uuid is not null";
            Ok(sqlx::query_scalar::<_, String>(text).bind(tenant).fetch_one(tx).await?)
        })
        .await
        .unwrap();
    assert_eq!(left, bed.a.to_string());
}

/// What a row says of a change, on the channel of the conventions: a hash of the tenant's id, so that whoever listens learns of no tenant.
#[tokio::test]
async fn every_change_of_a_tenant_or_its_domains_is_told_once_it_is_committed() {
    let bed = Bed::new().await;
    let platform = bed.platform().await;
    let mut listener = sqlx::postgres::PgListener::connect(bed.stage.url("app").expose_with_password()).await.unwrap();
    listener.listen(&tenantry_app::CONVENTIONS.changes_channel()).await.unwrap();
    let made = platform.create_tenant("made", "Made", ACT).await.unwrap();
    platform.suspend(bed.a, ACT).await.unwrap();
    platform.add_domain(bed.b, "b.example", ACT).await.unwrap();
    platform.activate_domain(bed.b, "b.example", ACT).await.unwrap();
    platform.remove_domain(bed.b, "b.example", ACT).await.unwrap();
    let mut observer = bed.observer().await;
    execute(&mut observer, "begin; update tenancy.tenants set name = 'x'; rollback").await.unwrap();
    column(&mut observer, "delete from tenancy.tenants where id = $1 returning slug", made.uuid()).await.unwrap();
    for due in [made, bed.a, bed.b, bed.b, bed.b, made] {
        let told = tokio::time::timeout(std::time::Duration::from_secs(30), listener.recv()).await.expect("in time").unwrap();
        assert_eq!(told.payload(), crate::changes::told(due));
    }
}
