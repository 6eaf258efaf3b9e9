//! Northwind through the API into two tenants, and data that is not as it should be.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions, PgConnection};
use tempfile::TempDir;
use tenantry::TenantId;
use tenantry_app::demo::{DataError, Load, Loaded, load};
use tenantry_testkit::{column, execute};
use tenantry_tests::{Bed, root, tenant};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::shop::router;

/// The tables that the data fills.
const TABLES: [&str; 6] = ["categories", "suppliers", "products", "customers", "sales_orders", "sales_order_lines"];

/// The service on a port of its own, for as long as the value lives.
pub(crate) struct Served {
    pub(crate) bed: Bed,
    base: String,
    server: JoinHandle<std::io::Result<()>>,
}

impl Served {
    pub(crate) async fn start() -> Self {
        let bed = Bed::new().await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = router(&bed.tenancy, address);
        let server = tokio::spawn(async move { axum::serve(listener, service).await });
        Self { bed, base: format!("http://{address}/api"), server }
    }

    pub(crate) async fn load(&self, tenant: TenantId, data: &Path, half: bool) -> Result<Loaded, DataError> {
        let headers = [("x-tenant", tenant.to_string())];
        load(Load { base: &self.base, headers: &headers, data, half, progress: &|done, total| assert!(done <= total) }).await
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub(crate) fn northwind() -> PathBuf {
    root().join("tests/data/northwind")
}

/// A login of the application's role, in a transaction of that tenant or of none.
async fn psql(bed: &Bed, tenant: Option<TenantId>) -> PgConnection {
    let mut connection = bed.stage.url("app").options().unwrap().connect().await.unwrap();
    execute(&mut connection, "begin").await.unwrap();
    if let Some(tenant) = tenant {
        execute(&mut connection, &format!("set local app.tenant_id = '{tenant}'")).await.unwrap();
    }
    connection
}

/// How many rows of each table the application's role sees in that context, with no predicate but the policy's.
async fn visible(bed: &Bed, context: Option<TenantId>) -> Vec<String> {
    let mut connection = psql(bed, context).await;
    let counts = TABLES.map(|table| format!("select count(*) || ' ' || count(*) filter (where tenant_id <> $1) from app.{table}"));
    column(&mut connection, &counts.join(" union all "), context.unwrap_or(bed.a).uuid()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn northwind_into_two_tenants_adds_up_and_stays_apart() {
    let served = Served::start().await;
    let (whole, half) = (served.bed.a, served.bed.b);
    let platform = served.bed.platform().await;
    let newcomer = tenant(&platform, "newcomer").await;
    let data = northwind();
    // Both at once, so that they could get into each other's way.
    let (loaded, halved) = tokio::join!(served.load(whole, &data, false), served.load(half, &data, true));
    assert_eq!(loaded.unwrap().to_string(), "91 customers, 77 products, 830 orders with 2155 lines");
    let halved = halved.unwrap();
    assert_eq!((halved.customers, halved.products), (46, 77));
    assert!((1..830).contains(&halved.orders) && (1..2_155).contains(&halved.lines), "{halved}");

    // Each sees its own rows and none of the others', without a predicate.
    assert_eq!(visible(&served.bed, Some(whole)).await, ["8 0", "29 0", "77 0", "91 0", "830 0", "2155 0"]);
    let (orders, lines) = (format!("{} 0", halved.orders), format!("{} 0", halved.lines));
    assert_eq!(visible(&served.bed, Some(half)).await, ["8 0", "29 0", "77 0", "46 0", orders.as_str(), lines.as_str()]);
    for context in [Some(newcomer), None] {
        assert_eq!(visible(&served.bed, context).await, ["0 0"; 6]);
    }

    let sums = "select trim_scale(sum(unit_price::numeric * quantity * (100 - discount_percent)) / 10000.0)::text
                  from app.sales_order_lines where tenant_id = $1
                union all select trim_scale(sum(total) / 100.0)::text from app.sales_order_lines where tenant_id = $1
                union all select trim_scale(sum(total) / 100.0)::text from app.sales_orders where tenant_id = $1";
    let sums = column(&mut psql(&served.bed, Some(whole)).await, sums, whole.uuid()).await.unwrap();
    assert_eq!(sums, ["1265793.0395", "1265793.02", "1265793.02"]);

    let differing = "select o.number::text
                       from app.sales_orders o left join app.sales_order_lines l on l.tenant_id = $1 and l.sales_order = o.id
                      where o.tenant_id = $1 group by o.number, o.total
                     having sum(l.total) is distinct from o.total";
    for tenant in [whole, half] {
        let differing = column(&mut psql(&served.bed, Some(tenant)).await, differing, tenant.uuid()).await.unwrap();
        assert_eq!(differing, [""; 0], "an order's total is the sum of its lines'");
    }

    // Text has come through as it was.
    let city = "select address || '|' || city from app.customers where tenant_id = $1 and code in ('ANATR', 'BONAP') order by code";
    let city = column(&mut psql(&served.bed, Some(whole)).await, city, whole.uuid()).await.unwrap();
    assert_eq!(city, ["Avda. de la Constitución 2222|México D.F.", "12, rue des Bouchers|Marseille"]);
}

/// A copy of the data, with one file changed.
fn spoilt(file: &str, change: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(northwind()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let path = folder.path().join(file);
    match change(fs::read(&path).unwrap()) {
        Some(bytes) => fs::write(path, bytes).unwrap(),
        None => fs::remove_file(path).unwrap(),
    }
    folder
}

#[tokio::test]
async fn data_that_is_wrong_is_refused_with_its_place_before_anything_is_sent() {
    let served = Served::start().await;
    let replace = |file: &'static str, from: &'static str, to: &'static str| {
        spoilt(file, |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(from), "{file} has {from}");
            Some(text.replacen(from, to, 1).into_bytes())
        })
    };
    let latin = |bytes: Vec<u8>| {
        let at = bytes.windows(2).position(|pair| pair == "ó".as_bytes()).unwrap();
        Some([&bytes[..at], b"\xf3", &bytes[at + 2..]].concat())
    };
    for (data, expected) in [
        (spoilt("orders.csv", |_| None), &["orders.csv", "No such file"][..]),
        (spoilt("customers.csv", latin), &["customers.csv", "line 3", "UTF-8"]),
        (replace("customers.csv", "company_name", "company"), &["customers.csv line 2", "company_name", "missing from the header"]),
        (replace("customers.csv", "\nANATR,", "\n"), &["customers.csv", "line: 3", "10 fields"]),
        (replace("customers.csv", "\nANATR,", "\nALFKI,"), &["customers.csv line 3", "customer_id", "`ALFKI` is there twice"]),
        (replace("orders.csv", ",VINET,", ",NOBODY,"), &["orders.csv line 2", "customer_id", "`NOBODY` is not in customers.csv"]),
        (replace("orders.csv", "1996-07-04", "1996-07-32"), &["orders.csv line 2", "order_date", "1996-07-32"]),
        (replace("orders.csv", "\n10249,", "\n10248,"), &["orders.csv line 3", "order_id", "twice"]),
        (replace("orders.csv", "\n10248,", "\n9,"), &["order_details.csv line 2", "order_id", "`10248` is not in orders.csv"]),
        (replace("order_details.csv", "10248,11,14,12,0", "10248,11,14.001,12,0"), &["order_details.csv line 2", "unit_price", "14.001"]),
        (replace("order_details.csv", "10248,11,14,12,0", "10248,11,14,a dozen,0"), &["order_details.csv line 2", "quantity", "a dozen"]),
        (replace("order_details.csv", "10248,11,14,12,0", "10248,11,14,12,1.5"), &["order_details.csv line 2", "discount", "1.5"]),
        (
            replace("order_details.csv", "10248,11,", "10248,78,"),
            &["order_details.csv line 2", "product_id", "`78` is not in products.csv"],
        ),
        (replace("products.csv", "1,Chai,8,1,", "1,Chai,8,9,"), &["products.csv line 2", "category_id", "`9` is not in categories.csv"]),
        (replace("products.csv", "1,Chai,8,1,", "1,Chai,80,1,"), &["products.csv line 2", "supplier_id", "`80` is not in suppliers.csv"]),
    ] {
        for half in [false, true] {
            let error = served.load(served.bed.a, data.path(), half).await.unwrap_err().to_string();
            assert!(expected.iter().all(|part| error.contains(part)), "{expected:?} in: {error}");
        }
    }
    for table in TABLES {
        assert_eq!(served.bed.count(table, served.bed.a).await, 0, "nothing was sent to {table}");
    }
}

#[tokio::test]
async fn a_row_that_the_service_refuses_is_named() {
    let served = Served::start().await;
    let data = spoilt("categories.csv", |mut bytes| {
        bytes.extend_from_slice(format!("99,{},\n", "x".repeat(101)).as_bytes());
        Some(bytes)
    });
    let error = served.load(served.bed.a, data.path(), false).await.unwrap_err().to_string();
    assert!(error.starts_with("row 99 of categories was refused with 422") && error.contains("/name"), "{error}");

    // A port that was free a moment ago.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base = format!("http://{nobody}/api");
    let data = northwind();
    let elsewhere = Load { base: &base, headers: &[], data: &data, half: false, progress: &|_, _| () };
    let error = load(elsewhere).await.unwrap_err().to_string();
    assert!(error.starts_with("the service cannot be reached"), "{error}");
    // The loader gave up while requests ran. A server process that waits for a login's next message keeps DROP DATABASE waiting, for the whole
    // of `authentication_timeout`, so the logins are finished first.
    served.bed.tenancy.close().await;
}
