//! The proof on an application in which all tenants share some rows, and what the platform's writing of these is worth.

use sqlx::{Connection as _, PgConnection};
use tenantry::http::routes;
use tenantry::migrate::provision::Level;
use tenantry::schema::ir::Schema;
use tenantry::{
    Act, Actor, Config, Conventions, Entry, Error, ErrorKind, Field, Id, Platform, Registry, Stamps, Tenancy, migrate, tenant_model,
};
use tenantry_testkit::proof::Part;
use tenantry_testkit::{ACT, Proof, Stage, execute};
use tenantry_tests::server;

/// A part of the world.
#[tenant_model(table = "regions", shared, routes(list))]
struct Region {
    id: Id<Region>,
    #[model(unique, max_len = 40, filter, sort)]
    name: String,
}

/// A country.
#[tenant_model(table = "countries", shared, permissions(read = "geography:read"))]
struct Country {
    id: Id<Country>,
    #[model(unique, max_len = 2, filter, sort)]
    code: String,
    #[model(references(on_delete = "restrict"), filter)]
    region: Id<Region>,
    #[model(references(on_delete = "set null"))]
    currency_of: Option<Id<Country>>,
    members: i64,
    #[model(flatten)]
    stamps: Stamps,
}

/// A place of a tenant's.
#[tenant_model(table = "branches")]
struct Branch {
    id: Id<Branch>,
    #[model(unique, max_len = 40, filter, sort)]
    name: String,
    #[model(references(on_delete = "restrict"), filter)]
    country: Id<Country>,
    #[model(references(on_delete = "restrict"))]
    region: Option<Id<Region>>,
    #[model(flatten)]
    stamps: Stamps,
}

const MODELS: &[Entry] = &[Entry::of::<Branch>(), Entry::of::<Country>(), Entry::of::<Region>()];

const CONVENTIONS: Conventions = Conventions { shared: &["tenancy.regions", "tenancy.countries"], ..Conventions::DEFAULT };

/// The folder with the migrations of the models; it goes with the value.
fn migrations() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = Schema::of(&Registry::new(MODELS, CONVENTIONS).expect("the models keep the laws"));
    let next = migrate::next(folder.path(), &schema, None).expect("a migration");
    migrate::write(folder.path(), next.generated.as_ref(), &schema).expect("the files");
    folder
}

fn proof(folder: &tempfile::TempDir) -> Proof {
    Proof::new(MODELS, routes).conventions(CONVENTIONS).migrations(folder.path())
}

#[test]
fn every_tenant_reads_what_is_shared_and_none_writes_it() {
    let folder = migrations();
    let report = proof(&folder).parts(&[Part::Workload, Part::Attacks]).cases(16).seed(7).try_run_on(server()).expect("it is green");
    let text = report.to_string();
    assert!(text.contains("a change of what all tenants share"), "{text}");
}

/// A service that might write what all tenants share does not start, and so is not proven.
#[tokio::test]
async fn a_service_that_may_write_it_does_not_start() {
    let World { stage, .. } = world().await;
    let mut admin = PgConnection::connect_with(&stage.admin_url().options().expect("a URL")).await.expect("the administrator");
    let owner = if stage.level() == Level::Managed { "set role tenantry_owner; " } else { "" };
    for (more, less, about) in [
        ("grant update on tenancy.countries to tenantry_app", "revoke update on tenancy.countries from tenantry_app", "has UPDATE"),
        ("create policy mine on tenancy.countries to tenantry_app using (true)", "drop policy mine on tenancy.countries", "mine"),
        ("alter table tenancy.countries disable row level security", "alter table tenancy.countries enable row level security", "row"),
    ] {
        execute(&mut admin, &format!("{owner}{more}")).await.expect("it is weakened");
        let config = Config::new(stage.url("app").expose_with_password()).expect("a URL");
        let refused = Tenancy::start(&config, MODELS, CONVENTIONS).await.expect_err("it is refused");
        let told = format!("{refused} {refused:?}");
        assert!(told.contains("tenancy.countries") && told.contains(about), "{more}: {told}");
        execute(&mut admin, &format!("{owner}{less}")).await.expect("it is mended");
    }
}

/// A stage with two tenants, and both doors.
struct World {
    stage: Stage,
    tenancy: Tenancy,
    platform: Platform,
}

async fn world() -> World {
    let folder = migrations();
    let database = server().create_database("shared").expect("a database");
    let password = Stage::test_password(server()).expect("a password");
    let stage = Stage::set(database, &CONVENTIONS, folder.path(), password, &mut |_| {}).await.expect("a stage");
    let config = |role: &str| Config::new(stage.url(role).expose_with_password()).expect("a URL");
    let tenancy = Tenancy::start(&config("app"), MODELS, CONVENTIONS).await.expect("the service");
    let platform = Platform::start(&config("platform"), &CONVENTIONS).await.expect("the platform");
    World { stage, tenancy, platform }
}

fn country(code: &str, region: Id<Region>) -> NewCountry {
    NewCountry { code: code.to_owned(), region, currency_of: None, members: 0 }
}

fn kind<T>(result: Result<T, Error>) -> ErrorKind {
    result.err().expect("it fails").kind().clone()
}

#[tokio::test]
async fn the_platform_writes_what_all_tenants_read() {
    let World { tenancy, platform, stage: _stage } = world().await;
    let (regions, countries) = (platform.shared::<Region>(), platform.shared::<Country>());
    let [a, b] =
        ["a", "b"].map(async |slug| tenancy.tenant(platform.create_tenant(slug, slug, ACT).await.expect("a tenant"), Actor::System));
    let (a, b) = (a.await, b.await);

    let north = regions.create(&NewRegion { name: "North".to_owned() }, ACT).await.expect("a region");
    let made = countries.create_all(&[country("IS", north.id), country("NO", north.id)], ACT).await.expect("two countries");
    let [iceland, norway] = made.as_slice() else { panic!("{made:?}") };
    for db in [&a, &b] {
        let read = db.run(Country::repo().find(iceland.id)).await.expect("it is everybody's");
        assert_eq!((read.code.as_str(), read.region, read.stamps.version), ("IS", north.id, 1));
        let page =
            db.run(Country::repo().list().filter(Country::CODE.prefix("N")).sort(Country::CODE.desc()).unit()).await.expect("a page");
        assert_eq!(page.items.iter().map(|country| country.id).collect::<Vec<_>>(), [norway.id]);
        db.run(Branch::repo().create(&NewBranch { name: "First".to_owned(), country: iceland.id, region: None })).await.expect("a branch");
    }

    let patch = CountryPatch { code: Field::Set("XX".to_owned()), members: Field::Set(3), ..CountryPatch::default() };
    let changed = countries.update(norway.id, &patch, ACT).await.expect("it is changed");
    assert_eq!((changed.code.as_str(), changed.members, changed.stamps.version), ("XX", 3, 2));
    assert_eq!(countries.update(norway.id, &CountryPatch::default(), ACT).await.expect("it is read").stamps.version, 2);
    countries.delete(norway.id, ACT).await.expect("nothing refers to it");
    assert_eq!(kind(a.run(Country::repo().find(norway.id)).await), ErrorKind::NotFound);

    let past = platform.acts(None, 100).await.expect("what was done");
    let mut said: Vec<&str> = past.iter().map(|act| act.act.as_str()).filter(|act| act.starts_with("shared.")).collect();
    said.reverse();
    let (region, id) = (north.id, norway.id);
    let expected = [
        format!("shared.create regions {region}"),
        "shared.create countries, 2 rows".to_owned(),
        format!("shared.update countries {id}"),
        format!("shared.delete countries {id}"),
    ];
    assert_eq!(said, expected);
}

#[tokio::test]
async fn what_the_platform_cannot_write_says_why_and_leaves_no_trace() {
    let World { tenancy, platform, stage: _stage } = world().await;
    let (regions, countries) = (platform.shared::<Region>(), platform.shared::<Country>());
    let db = tenancy.tenant(platform.create_tenant("a", "a", ACT).await.expect("a tenant"), Actor::System);
    let north = regions.create(&NewRegion { name: "North".to_owned() }, ACT).await.expect("a region");
    let iceland = countries.create(&country("IS", north.id), ACT).await.expect("a country");
    db.run(Branch::repo().create(&NewBranch { name: "First".to_owned(), country: iceland.id, region: None })).await.expect("a branch");
    let before = platform.acts(None, 100).await.expect("what was done").len();

    assert_eq!(kind(countries.create(&country("IS", north.id), ACT).await), ErrorKind::Unique { columns: vec!["code"] });
    assert_eq!(kind(countries.create(&country("ISL", north.id), ACT).await), ErrorKind::Check { column: Some("code") });
    assert_eq!(kind(countries.create(&country("NO", Id::generate()), ACT).await), ErrorKind::Reference { column: Some("region") });
    assert_eq!(
        kind(countries.create_all(&[country("NO", north.id), country("IS", north.id)], ACT).await),
        ErrorKind::Unique { columns: vec!["code"] }
    );
    assert_eq!(kind(countries.delete(iceland.id, ACT).await), ErrorKind::Referenced { by: None }, "a branch is there");
    assert_eq!(kind(regions.delete(north.id, ACT).await), ErrorKind::Referenced { by: None }, "a country is there");
    assert_eq!(kind(countries.delete(Id::generate(), ACT).await), ErrorKind::NotFound);
    let patch = CountryPatch { members: Field::Set(1), ..CountryPatch::default() };
    assert_eq!(kind(countries.update(Id::generate(), &patch, ACT).await), ErrorKind::NotFound);
    assert!(matches!(kind(countries.update(iceland.id, &patch, Act { reason: "no", ..ACT }).await), ErrorKind::Rule(_)));
    assert!(platform.shared_values(<Branch as tenantry::Model>::DEF).is_none(), "a tenant's rows have another door");

    let all = countries.list(tenantry::List::new()).await.expect("all of them").items;
    assert_eq!(all.iter().map(|country| (country.id, country.stamps.version)).collect::<Vec<_>>(), [(iceland.id, 1)]);
    assert_eq!(platform.acts(None, 100).await.expect("what was done").len(), before);
    assert_eq!(
        kind(db.run(Branch::repo().create(&NewBranch { name: "Second".to_owned(), country: Id::generate(), region: None })).await),
        ErrorKind::Reference { column: Some("country") }
    );
}
