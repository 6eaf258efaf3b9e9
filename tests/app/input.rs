//! What the reports are asked wrongly: each refusal names the parameter and never what was sent.

use crate::shop::{Answer, Shop};

/// A problem's status, and its errors as `parameter or pointer, code: detail`.
fn told(answer: &Answer) -> String {
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{answer:?}");
    let json = answer.json();
    let error = &json["errors"][0];
    let place = error["parameter"].as_str().or_else(|| error["pointer"].as_str()).unwrap_or_else(|| panic!("{answer:?}"));
    format!("{} {place} {}: {}", answer.status, error["code"].as_str().unwrap(), error["detail"].as_str().unwrap())
}

#[tokio::test]
async fn a_report_that_is_asked_wrongly_says_what_it_takes() {
    let shop = Shop::open().await;
    let mut lines = Vec::new();
    for path in [
        "/reports/sales_by_month",
        "/reports/sales_by_month?from=1996-01-01",
        "/reports/sales_by_month?from=1996-01-01&to=yesterday",
        "/reports/sales_by_month?from=1996-01-01&from=1996-01-01&to=1996-01-01",
        "/reports/sales_by_month?from=1997-01-01&to=1996-12-31",
        "/reports/sales_by_month?from=0000-01-01&to=9999-12-31",
        "/reports/overdue_orders?on=2026-11-24&limit=0",
        "/reports/overdue_orders?on=2026-11-24&limit=201",
        "/reports/overdue_orders?on=2026-11-24&limit=99999999999999999999",
        "/reports/overdue_orders?on=2026-11-24&tenant_id=1",
        "/reports/overdue_orders?on=%ff",
        "/reports/top_products?currency=euro&count=1",
        "/reports/top_products?currency=EUR&count=11",
        "/search/customers?text=",
        "/search/customers?text=%00",
        "/search/customers?text=a&after=1",
        "/reports/duplicate_customers?order=name",
    ] {
        let answer = shop.send(shop.ours.tenant, "GET", &format!("/api{path}"), "").await;
        lines.push(format!("{path}\n    {}", told(&answer)));
    }
    let long = format!("/api/reports/overdue_orders?{}=1", "x".repeat(5_000));
    let answer = shop.send(shop.ours.tenant, "GET", &long, "").await;
    assert!(answer.status == 400 && answer.body.len() < 1_000, "{answer:?}");
    insta::assert_snapshot!(lines.join("\n"));
}
