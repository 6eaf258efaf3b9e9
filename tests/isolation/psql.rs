//! As the application's role over a plain connection, on every table of the registry, with rows of two tenants in place.
//!
//! A statement that returns rows is guarded by the policy for SELECT, too, which hides a hole in the one for writing: so the writes here
//! return nothing and have no WHERE, and what became of the rows is read back as the victim and as the observer.

use sqlx::Connection;
use sqlx::postgres::PgConnection;
use tenantry::migrate::provision::Level;
use tenantry::schema::ModelDef;
use tenantry::{Actor, Config, Field, Money, Tenancy, TenantId};
use tenantry_app::inventory::{Category, NewCategory, NewProduct, Product};
use tenantry_app::purchase::{NewSupplier, Supplier};
use tenantry_app::sales::{
    Customer, CustomerPatch, CustomerStatus, NewCustomer, NewSalesOrder, NewSalesOrderLine, SalesOrder, SalesOrderLine,
};
use tenantry_testkit::{DatabaseUrl, execute, made};
use tenantry_tests::Bed;
use uuid::Uuid;

/// A row of every model for a tenant; the values are the same for each tenant.
async fn furnish(bed: &Bed, tenant: TenantId) {
    let mut db = bed.tenancy.tenant(tenant, Actor::System);
    let euro = |amount| Money::new(amount, "EUR".parse().unwrap()).unwrap();
    let text = |text: &str| Some(text.to_owned());
    let made = db.transaction(async |tx| {
        let category = tx.run(Category::repo().create(&NewCategory { name: "Tea".to_owned(), description: None })).await?;
        let supplier = NewSupplier {
            code: "S1".to_owned(),
            name: "Exotic".to_owned(),
            contact_name: None,
            contact_title: None,
            address: None,
            city: text("London"),
            region: None,
            postal_code: None,
            country: None,
            phone: None,
            fax: None,
            homepage: None,
        };
        let supplier = tx.run(Supplier::repo().create(&supplier)).await?;
        let product = NewProduct {
            code: "P1".to_owned(),
            name: "Chai".to_owned(),
            category: Some(category.id),
            supplier: Some(supplier.id),
            quantity_per_unit: None,
            unit_price: euro(1_800),
            units_in_stock: 39,
            units_on_order: 0,
            reorder_level: 10,
            discontinued: false,
        };
        let product = tx.run(Product::repo().create(&product)).await?;
        let customer = NewCustomer {
            code: "C1".to_owned(),
            name: "Alfreds".to_owned(),
            status: CustomerStatus::Active,
            credit_limit: None,
            parent: None,
            contact_name: None,
            contact_title: None,
            address: None,
            city: None,
            region: None,
            postal_code: None,
            country: None,
            phone: None,
            fax: None,
        };
        let customer = tx.run(Customer::repo().create(&customer)).await?;
        // Its own parent, so that every reference of every table leads somewhere.
        let patch = CustomerPatch { parent: Field::Set(Some(customer.id)), ..CustomerPatch::default() };
        tx.run(Customer::repo().update(customer.id, &patch)).await?;
        let order = NewSalesOrder {
            number: 10_248,
            customer: customer.id,
            placed_on: "2026-11-24".parse().unwrap(),
            required_on: None,
            shipped_on: None,
            freight: None,
            ship_name: None,
            ship_address: None,
            ship_city: None,
            ship_region: None,
            ship_postal_code: None,
            ship_country: None,
            total: euro(1_800),
        };
        let order = tx.run(SalesOrder::repo().create(&order)).await?;
        let line = NewSalesOrderLine {
            sales_order: order.id,
            position: 1,
            product: product.id,
            unit_price: euro(1_800),
            quantity: 1,
            discount_percent: 0,
            total: euro(1_800),
        };
        tx.run(SalesOrderLine::repo().create(&line)).await
    });
    made.await.unwrap();
}

/// Two tenants with rows in every table, and a connection as the application's role.
struct Yard {
    bed: Bed,
    app: PgConnection,
    observer: PgConnection,
}

impl Yard {
    async fn new() -> Self {
        let bed = Bed::new().await;
        furnish(&bed, bed.a).await;
        furnish(&bed, bed.b).await;
        let app = PgConnection::connect_with(&bed.stage.url("app").options().unwrap()).await.unwrap();
        let observer = bed.observer().await;
        let mut yard = Self { bed, app, observer };
        for model in models() {
            for tenant in [yard.bed.a, yard.bed.b] {
                assert_eq!(yard.digest(model, tenant).await.0, 1, "{} has no row to attack", model.table);
            }
        }
        yard
    }

    /// Begins a transaction in the context of a tenant.
    async fn enter(&mut self, tenant: TenantId) {
        execute(&mut self.app, &format!("begin; set local app.tenant_id = '{tenant}'")).await.unwrap();
    }

    async fn leave(&mut self, how: &str) {
        execute(&mut self.app, how).await.unwrap();
    }

    /// Runs a statement in the context of A and commits. The number of rows, or the SQLSTATE of the refusal.
    async fn as_a(&mut self, statement: &str) -> Result<u64, String> {
        let a = self.bed.a;
        self.enter(a).await;
        let result = affected(&mut self.app, statement).await;
        self.leave(if result.is_ok() { "commit" } else { "rollback" }).await;
        result
    }

    /// The ids that a tenant reads without a predicate.
    async fn ids(&mut self, model: &ModelDef, tenant: TenantId) -> Vec<Uuid> {
        self.enter(tenant).await;
        let ids = sqlx::query_scalar(made(format!("select id from {} order by 1", table(model))));
        let ids = ids.fetch_all(&mut self.app).await.unwrap();
        self.leave("commit").await;
        ids
    }

    /// How many rows the observer sees, and a digest over all of them.
    async fn digest(&mut self, model: &ModelDef, tenant: TenantId) -> (i64, Option<String>) {
        let text = format!("select count(*), md5(string_agg(t::text, ';' order by id)) from {} t where tenant_id = $1", table(model));
        sqlx::query_as(made(text)).bind(tenant.uuid()).fetch_one(&mut self.observer).await.unwrap()
    }

    async fn digests(&mut self, tenant: TenantId) -> Vec<(i64, Option<String>)> {
        let mut digests = Vec::new();
        for model in models() {
            digests.push(self.digest(model, tenant).await);
        }
        digests
    }

    /// A statement that copies the only row of `from`, for another tenant, with a new id, and with some columns replaced.
    async fn copy(&mut self, model: &ModelDef, from: TenantId, tenant: TenantId, replaced: &[(&str, String)]) -> String {
        let text = "select quote_ident(attname) from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum";
        let columns: Vec<String> = sqlx::query_scalar(text).bind(table(model)).fetch_all(&mut self.observer).await.unwrap();
        let mut values = Vec::new();
        for column in &columns {
            let text = format!("select quote_nullable({column}) from {} where tenant_id = $1", table(model));
            let old: String = sqlx::query_scalar(made(text)).bind(from.uuid()).fetch_one(&mut self.observer).await.unwrap();
            let new = replaced.iter().find(|(name, _)| *name == column.trim_matches('"')).map(|(_, value)| value.clone());
            values.push(match column.as_str() {
                "tenant_id" => format!("'{tenant}'"),
                "id" => format!("'{}'", Uuid::now_v7()),
                _ => new.unwrap_or(old),
            });
        }
        format!("insert into {} ({}) values ({})", table(model), columns.join(", "), values.join(", "))
    }
}

fn models() -> impl Iterator<Item = &'static ModelDef> {
    tenantry_app::MODELS.iter().map(|entry| entry.def())
}

fn table(model: &ModelDef) -> String {
    format!("app.{}", model.table)
}

async fn affected(connection: &mut PgConnection, statement: &str) -> Result<u64, String> {
    let result = sqlx::query(made(statement.to_owned())).persistent(false).execute(connection).await;
    let state = |error: sqlx::Error| error.as_database_error().and_then(|error| error.code()).map_or_else(|| error.to_string(), Into::into);
    result.map(|done| done.rows_affected()).map_err(state)
}

/// An assignment that changes no value.
fn itself(model: &ModelDef) -> String {
    let column = model.updatable().next().unwrap().name;
    format!("\"{column}\" = \"{column}\"")
}

#[tokio::test]
async fn without_a_tenant_there_is_nothing() {
    let mut yard = Yard::new().await;
    let (a, b) = (yard.bed.a, yard.bed.b);
    let before = (yard.digests(a).await, yard.digests(b).await);
    for empty in [None, Some("set app.tenant_id = ''")] {
        if let Some(statement) = empty {
            execute(&mut yard.app, statement).await.unwrap();
        }
        for model in models() {
            let table = table(model);
            assert_eq!(affected(&mut yard.app, &format!("select from {table}")).await, Ok(0), "{table}");
            assert_eq!(affected(&mut yard.app, &format!("update {table} set {}", itself(model))).await, Ok(0), "{table}");
            assert_eq!(affected(&mut yard.app, &format!("delete from {table}")).await, Ok(0), "{table}");
            let insert = yard.copy(model, a, a, &[]).await;
            assert_eq!(affected(&mut yard.app, &insert).await, Err("42501".to_owned()), "{table}");
        }
        assert_eq!(affected(&mut yard.app, "select from tenancy.tenants").await, Ok(0));
    }
    assert_eq!((yard.digests(a).await, yard.digests(b).await), before);
}

#[tokio::test]
async fn a_tenant_reads_exactly_its_own_rows() {
    let mut yard = Yard::new().await;
    for tenant in [yard.bed.a, yard.bed.b] {
        for model in models() {
            let text = format!("select id from {} where tenant_id = $1 order by 1", table(model));
            let own: Vec<Uuid> = sqlx::query_scalar(made(text)).bind(tenant.uuid()).fetch_all(&mut yard.observer).await.unwrap();
            assert_eq!(own.len(), 1);
            assert_eq!(yard.ids(model, tenant).await, own, "{}", model.table);
        }
    }
    assert_eq!(yard.as_a("select from tenancy.tenants").await, Ok(1), "of the tenants it sees itself");
}

#[tokio::test]
async fn a_row_for_another_tenant_cannot_be_made() {
    let mut yard = Yard::new().await;
    let (a, b) = (yard.bed.a, yard.bed.b);
    let before = yard.digests(b).await;
    for model in models() {
        let insert = yard.copy(model, b, b, &[]).await;
        assert_eq!(yard.as_a(&insert).await, Err("42501".to_owned()), "{}", model.table);
        let moved = format!("update {} set tenant_id = '{b}'", table(model));
        assert_eq!(yard.as_a(&moved).await, Err("42501".to_owned()), "{}", model.table);
        let both = format!("update {} set id = id, {}", table(model), itself(model));
        assert_eq!(yard.as_a(&both).await, Err("42501".to_owned()), "the key of {} does not change", model.table);
    }
    assert_eq!(yard.digests(b).await, before);
    assert!(!yard.digests(a).await.is_empty());
}

#[tokio::test]
async fn another_tenants_row_cannot_be_referred_to() {
    let mut yard = Yard::new().await;
    let (a, b) = (yard.bed.a, yard.bed.b);
    let mut tried = 0;
    for model in models() {
        for column in model.columns.iter().filter(|column| column.reference().is_some()) {
            let target = column.reference().unwrap().table;
            let text = format!("select id from app.{target} where tenant_id = $1");
            let foreign: Uuid = sqlx::query_scalar(made(text)).bind(b.uuid()).fetch_one(&mut yard.observer).await.unwrap();
            let name = column.name;
            for id in [foreign, Uuid::now_v7()] {
                // Other values where a key would be taken, since keys are looked at before references.
                let fresh =
                    [("code", "'X9'".to_owned()), ("number", "99".to_owned()), ("position", "9".to_owned()), (name, format!("'{id}'"))];
                let insert = yard.copy(model, a, a, &fresh).await;
                assert_eq!(yard.as_a(&insert).await, Err("23503".to_owned()), "{}.{name}", model.table);
                let update = format!("update {} set {name} = '{id}'", table(model));
                assert_eq!(yard.as_a(&update).await, Err("23503".to_owned()), "{}.{name}", model.table);
                tried += 1;
            }
        }
    }
    assert!(tried >= 12, "six references of the application, twice each; {tried} were tried");
}

#[tokio::test]
async fn writing_without_where_stays_at_home() {
    let mut yard = Yard::new().await;
    let (a, b) = (yard.bed.a, yard.bed.b);
    let before = yard.digests(b).await;
    for model in models() {
        assert_eq!(yard.as_a(&format!("update {} set {}", table(model), itself(model))).await, Ok(1), "{}", model.table);
        for id in yard.ids(model, b).await {
            assert_eq!(yard.as_a(&format!("update {} set {} where id = '{id}'", table(model), itself(model))).await, Ok(0));
            assert_eq!(yard.as_a(&format!("delete from {} where id = '{id}'", table(model))).await, Ok(0));
            assert_eq!(yard.as_a(&format!("select from {} where id = '{id}' for update", table(model))).await, Ok(0));
        }
    }
    assert_eq!(yard.digests(b).await, before, "as the observer sees them");
    // Backwards, so that what refers goes first.
    let models: Vec<&ModelDef> = ["sales_order_lines", "sales_orders", "customers", "products", "suppliers", "categories"]
        .map(|table| models().find(|model| model.table == table).unwrap())
        .to_vec();
    assert_eq!(models.len(), tenantry_app::MODELS.len());
    for model in &models {
        assert_eq!(yard.as_a(&format!("delete from {}", table(model))).await, Ok(1), "{}", model.table);
        assert!(yard.ids(model, a).await.is_empty());
        assert_eq!(yard.ids(model, b).await.len(), 1, "as the victim reads them");
    }
    assert_eq!(yard.digests(b).await, before);
}

#[tokio::test]
async fn what_has_no_rows_is_refused() {
    let mut yard = Yard::new().await;
    let refused = Err("42501".to_owned());
    for model in models() {
        let table = table(model);
        for statement in [
            format!("truncate {table}"),
            format!("alter table {table} disable row level security"),
            format!("create policy open on {table} using (true)"),
            format!("create trigger t before insert on {table} for each row execute function tenancy.touch()"),
            format!("drop table {table}"),
        ] {
            assert_eq!(yard.as_a(&statement).await, refused, "{statement}");
        }
    }
    for statement in [
        "create table app.mine (id int)",
        "create table public.mine (id int)",
        "create temporary table mine (id int)",
        "create view app.mine as select * from app.customers",
        "create function app.mine() returns int language sql return 1",
        "set role tenantry_owner",
        "update tenancy.tenants set status = 'active'",
        "insert into tenancy.tenants (id, slug, name) values (gen_random_uuid(), 'x', 'x')",
    ] {
        assert_eq!(yard.as_a(statement).await, refused, "{statement}");
    }
    // What level `managed` leaves open, and says so.
    let switched = yard.as_a("select set_config('app.tenant_id', '', false)").await;
    assert_eq!(switched, if yard.bed.stage.level() == Level::Managed { Ok(1) } else { refused.clone() });
    // Not refused, and without effect: under FORCE nobody's row security is off.
    let a = yard.bed.a;
    yard.enter(a).await;
    affected(&mut yard.app, "set local row_security = off").await.unwrap();
    let off = affected(&mut yard.app, "select from app.customers").await;
    yard.leave("rollback").await;
    assert_eq!(off, refused);
}

#[tokio::test]
async fn a_login_that_is_stronger_than_the_applications_role_is_refused() {
    let bed = Bed::new().await;
    let start = async |url: &DatabaseUrl| {
        let config = Config::new(url.expose_with_password()).unwrap();
        Tenancy::start(&config, tenantry_app::MODELS, tenantry_app::CONVENTIONS).await
    };
    let refusal = start(bed.stage.admin_url()).await.expect_err("the administrator is no application").to_string();
    assert!(refusal.contains("superuser") && refusal.contains("remedy"), "{refusal}");
    assert!(start(&bed.stage.url("app")).await.is_ok(), "and the application is one");
}
