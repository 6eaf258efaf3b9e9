//! The reports, over Northwind's own figures. Another tenant, who has half of Northwind, is told its own; one who has nothing is told nothing.

use axum::Router;
use serde_json::{Value, json};
use sqlx::PgConnection;
use tenantry::TenantId;
use tenantry_testkit::column;
use tenantry_tests::tenant;
use uuid::Uuid;

use crate::northwind::{Served, northwind};
use crate::shop::{Answer, request, router, send};

/// The service with all of Northwind, with half of it, and with nothing.
struct Trade {
    served: Served,
    router: Router,
    whole: TenantId,
    half: TenantId,
    nothing: TenantId,
}

impl Trade {
    async fn open() -> Self {
        let served = Served::start().await;
        let platform = served.bed.platform().await;
        let nothing = tenant(&platform, "nothing").await;
        let (whole, half) = (served.bed.a, served.bed.b);
        let data = northwind();
        let (loaded, halved) = tokio::join!(served.load(whole, &data, false), served.load(half, &data, true));
        loaded.unwrap();
        halved.unwrap();
        let router = router(&served.bed.tenancy, ([127, 0, 0, 1], 8080).into());
        Self { served, router, whole, half, nothing }
    }

    async fn ask(&self, tenant: TenantId, path: &str) -> Answer {
        send(&self.router, request(tenant, "GET", &format!("/api{path}"), String::new())).await
    }

    /// What a tenant is told, in the order of the report.
    async fn told(&self, tenant: TenantId, path: &str) -> Vec<Value> {
        let answer = self.ask(tenant, path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert_eq!(answer.headers["cache-control"], "no-store");
        answer.json().as_array().unwrap_or_else(|| panic!("{path}: {answer:?}")).clone()
    }

    async fn observer(&self) -> PgConnection {
        self.served.bed.observer().await
    }

    /// The ids of a tenant's rows of that table.
    async fn ids(&self, table: &str, tenant: TenantId) -> Vec<String> {
        let text = format!("select id::text from app.{table} where tenant_id = $1");
        column(&mut self.observer().await, &text, tenant.uuid()).await.unwrap()
    }

    async fn customer(&self, tenant: TenantId, code: &str) -> String {
        let text = format!("select id::text from app.customers where tenant_id = $1 and code = '{code}'");
        column(&mut self.observer().await, &text, tenant.uuid()).await.unwrap().remove(0)
    }
}

fn dollars(cents: i64) -> Value {
    json!({ "amount": cents, "currency": "USD" })
}

fn pick(rows: &[Value], fields: &[&str]) -> Vec<Value> {
    rows.iter().map(|row| fields.iter().map(|field| row[*field].clone()).collect()).collect()
}

const REPORTS: &[&str] = &[
    "/reports/sales_by_month?from=1996-01-01&to=1998-12-31",
    "/reports/overdue_orders?on=1998-07-01&limit=200",
    "/reports/product_ranking?from=1996-01-01&to=1998-12-31&limit=200",
    "/reports/products_to_reorder",
    "/reports/top_products?currency=USD&count=3",
    "/reports/duplicate_customers",
    "/search/customers?text=a&limit=200",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_reports_tell_northwinds_figures_and_each_tenants_own() {
    let trade = Trade::open().await;
    months(&trade).await;
    overdue(&trade).await;
    ranking(&trade).await;
    top(&trade).await;
    reorder(&trade).await;
    statement(&trade).await;
    search(&trade).await;
    apart(&trade).await;
}

async fn months(trade: &Trade) {
    let months = trade.told(trade.whole, "/reports/sales_by_month?from=1996-01-01&to=1998-12-31").await;
    assert_eq!(months.len(), 23);
    let first = json!({ "month": "1996-07-01", "orders": 22, "revenue": dollars(2_786_189), "running_total": dollars(2_786_189) });
    let last = json!({ "month": "1998-05-01", "orders": 14, "revenue": dollars(1_833_362), "running_total": dollars(126_579_302) });
    assert_eq!((&months[0], &months[22]), (&first, &last));
    let some = trade.told(trade.whole, "/reports/sales_by_month?from=1997-02-01&to=1997-03-31").await;
    assert_eq!(pick(&some, &["orders", "running_total"]), [json!([29, dollars(3_848_364)]), json!([30, dollars(3_848_364 + 3_854_721)])]);
}

async fn overdue(trade: &Trade) {
    let overdue = trade.told(trade.whole, "/reports/overdue_orders?on=1998-05-15").await;
    let fields = ["number", "required_on", "days_late", "name"];
    let due = [json!([11_008, "1998-05-06", 9, "Ernst Handel"]), json!([11_019, "1998-05-11", 4, "Rancho grande"])];
    assert_eq!(pick(&overdue, &fields), due);
    assert_eq!(trade.told(trade.whole, "/reports/overdue_orders?on=1998-05-11").await.len(), 1, "one is due on that day and not late");
    assert_eq!(trade.told(trade.whole, "/reports/overdue_orders?on=2000-01-01").await.len(), 21, "all that have not left");
}

async fn ranking(trade: &Trade) {
    let ranked = trade.told(trade.whole, "/reports/product_ranking?from=1997-01-01&to=1997-12-31&limit=3").await;
    let due = [
        json!([1, "Côte de Blaye", 223, dollars(4_919_809), 7.97]),
        json!([2, "Raclette Courdavault", 752, dollars(3_577_530), 5.8]),
        json!([3, "Thüringer Rostbratwurst", 305, dollars(3_475_592), 5.63]),
    ];
    assert_eq!(pick(&ranked, &["rank", "name", "units", "revenue", "share"]), due);
}

async fn top(trade: &Trade) {
    let top = trade.told(trade.whole, "/reports/top_products?currency=USD&count=2").await;
    assert_eq!(top.len(), 16, "two of each of eight categories");
    let due = [
        json!(["Beverages", "Côte de Blaye", dollars(14_139_674)]),
        json!(["Beverages", "Ipoh Coffee", dollars(2_352_670)]),
        json!(["Condiments", "Vegie-spread", dollars(1_670_110)]),
        json!(["Condiments", "Sirop d'érable", dollars(1_435_260)]),
    ];
    assert_eq!(pick(&top[..4], &["category_name", "product_name", "revenue"]), due);
    assert_eq!(trade.told(trade.whole, "/reports/top_products?currency=EUR&count=2").await.len(), 0);
}

async fn reorder(trade: &Trade) {
    let lacking = trade.told(trade.whole, "/reports/products_to_reorder").await;
    let due = [
        json!(["30", "Nord-Ost Matjeshering", 10, 15, "Nord-Ost-Fisch Handelsgesellschaft mbH", "(04721) 8713"]),
        json!(["70", "Outback Lager", 25, 30, "Pavlova, Ltd.", "(03) 444-2343"]),
    ];
    assert_eq!(pick(&lacking, &["code", "name", "units", "reorder_level", "supplier", "phone"]), due);
}

async fn statement(trade: &Trade) {
    let period = "from=1997-01-01&to=1997-12-31";
    let (own, foreign) = (trade.customer(trade.whole, "ALFKI").await, trade.customer(trade.half, "ALFKI").await);
    let statement = trade.ask(trade.whole, &format!("/customers/{own}/statement?{period}")).await.json();
    assert_eq!((&statement["code"], &statement["name"]), (&json!("ALFKI"), &json!("Alfreds Futterkiste")));
    let orders = statement["orders"].as_array().unwrap();
    let due = [
        json!([10_643, "1997-08-25", "1997-09-02", 3, 38, dollars(81_450)]),
        json!([10_692, "1997-10-03", "1997-10-13", 1, 20, dollars(87_800)]),
        json!([10_702, "1997-10-13", "1997-10-21", 2, 21, dollars(33_000)]),
    ];
    assert_eq!(pick(orders, &["number", "placed_on", "shipped_on", "lines", "units", "total"]), due);

    let nobody = Uuid::now_v7();
    for path in ["statement?from=1997-01-01&to=1997-12-31", "group"] {
        let foreign = trade.ask(trade.whole, &format!("/customers/{foreign}/{path}")).await;
        assert_eq!(foreign.status, 404, "{foreign:?}");
        assert_eq!(foreign, trade.ask(trade.whole, &format!("/customers/{nobody}/{path}")).await, "status, headers and body are the same");
        assert_eq!(foreign, trade.ask(trade.whole, &format!("/customers/no-id/{path}")).await);
    }
}

async fn search(trade: &Trade) {
    let london = "/search/customers?text=LOND&limit=3";
    let mut found = trade.told(trade.whole, london).await;
    while let Some(last) = found.last().filter(|_| found.len() % 3 == 0) {
        let after = last["id"].as_str().unwrap().to_owned();
        let page = trade.told(trade.whole, &format!("{london}&after={after}")).await;
        assert!(!page.is_empty() || found.len() == 6, "the pages end");
        found.extend(page);
    }
    let mut codes: Vec<&str> = found.iter().map(|customer| customer["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["AROUT", "BLONP", "BSBEV", "CONSH", "EASTC", "NORTS", "SEVES"]);
    assert_eq!(trade.told(trade.whole, "/search/customers?text=%25").await.len(), 0, "a sign of patterns stands for itself");

    let (foreign, nobody) = (trade.customer(trade.half, "ALFKI").await, Uuid::now_v7());
    for after in [foreign, nobody.to_string()] {
        assert_eq!(trade.told(trade.whole, &format!("{london}&after={after}")).await.len(), 0, "behind a row that is not there is nothing");
    }
}

/// Every id that a tenant is told is one of its own rows', and who has nothing is told nothing.
async fn apart(trade: &Trade) {
    for tenant in [trade.whole, trade.half] {
        let mut own = Vec::new();
        for table in ["categories", "products", "customers", "sales_orders"] {
            own.extend(trade.ids(table, tenant).await);
        }
        for report in REPORTS {
            for id in trade.told(tenant, report).await.iter().flat_map(|row| row.as_object().unwrap().values()) {
                if let Some(id) = id.as_str().filter(|text| text.parse::<Uuid>().is_ok()) {
                    assert!(own.iter().any(|own| own == id), "{report} tells {id}, which is another tenant's");
                }
            }
        }
    }
    for report in REPORTS {
        assert_eq!(trade.told(trade.nothing, report).await, Vec::<Value>::new(), "{report}");
    }
    let total = "select (sum(total)::bigint)::text from app.sales_orders where tenant_id = $1";
    let total = column(&mut trade.observer().await, total, trade.half.uuid()).await.unwrap().remove(0);
    let months = trade.told(trade.half, REPORTS[0]).await;
    assert_eq!(months.last().unwrap()["running_total"], dollars(total.parse().unwrap()));
}
