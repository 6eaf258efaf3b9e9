//! Pages, orders and filters.

use serde_json::{Value, json};

use crate::service::{Caller, Service};

/// Ten customers, with ties in every column that a list is sorted by.
async fn ten(tenant: &Caller<'_>) {
    for number in 0..10_i64 {
        let name = if number % 4 == 0 { Value::Null } else { json!(format!("n{}", number % 3)) };
        let since = if number % 2 == 0 { json!(format!("2026-11-{:02}", number + 1)) } else { Value::Null };
        let body = json!({"code": format!("c{number}"), "rank": number % 3, "bought": number / 4, "name": name, "since": since, "letters": number < 5});
        tenant.created("/customers", body).await;
    }
}

/// The codes of all pages, and how many pages there were.
async fn codes(tenant: &Caller<'_>, query: &str) -> (Vec<String>, usize) {
    let (mut codes, mut pages, mut after) = (Vec::new(), 0, String::new());
    loop {
        let answer = tenant.get(&format!("/customers?{query}{after}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let page = answer.json();
        codes.extend(page["items"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()));
        pages += 1;
        assert!(pages < 20, "the list must end");
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return (codes, pages),
        }
    }
}

#[tokio::test]
async fn an_empty_list_is_a_page() {
    let service = Service::start().await;
    let answer = service.tenant().await.get("/customers").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"items":[],"next":null}"#));
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/json", "no-store"));
}

#[tokio::test]
async fn a_page_holds_the_bytes_of_its_rows() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let mut rows = Vec::new();
    for code in ["A", "B"] {
        rows.push(tenant.send("POST", "/customers", json!({ "code": code }).to_string()).await.body);
    }
    assert_eq!(tenant.get("/customers").await.body, format!(r#"{{"items":[{}],"next":null}}"#, rows.join(",")));
}

#[tokio::test]
async fn pages_give_every_row_once_in_every_order() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    ten(&tenant).await;
    let number = |code: &String| code[1..].parse::<i64>().unwrap();
    let created: Vec<String> = (0..10).map(|number| format!("c{number}")).collect();
    type Key = fn(i64) -> (i64, i64, i64);
    let orders: [(&str, Key); 7] = [
        ("", |n| (n, 0, 0)),
        ("sort=code", |n| (n, 0, 0)),
        ("sort=-code", |n| (-n, 0, 0)),
        ("sort=rank", |n| (n % 3, n, 0)),
        ("sort=-rank", |n| (-(n % 3), -n, 0)),
        ("sort=-rank,bought", |n| (-(n % 3), n / 4, n)),
        ("sort=bought,-rank", |n| (n / 4, -(n % 3), -n)),
    ];
    for (order, key) in orders {
        let mut expected = created.clone();
        expected.sort_by_key(|code| key(number(code)));
        for limit in [1, 3, 5, 10, 11] {
            let (codes, pages) = codes(&tenant, &format!("{order}&limit={limit}")).await;
            assert_eq!(codes, expected, "{order}, {limit}");
            assert_eq!(pages, 10_usize.div_ceil(limit), "{order}, {limit}");
        }
    }
}

#[tokio::test]
async fn filters_leave_what_they_say() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    ten(&tenant).await;
    for (query, expected) in [
        ("code=c3", vec![3]),
        ("code=nobody", vec![]),
        ("code=%27%20or%201=1%20--", vec![]),
        ("code[prefix]=c", (0..10).collect()),
        ("code[prefix]=%25", vec![]),
        ("rank[gt]=1", vec![2, 5, 8]),
        ("rank[lte]=0", vec![0, 3, 6, 9]),
        ("bought[gte]=1&bought[lt]=2", vec![4, 5, 6, 7]),
        ("letters=true&rank=0", vec![0, 3]),
        ("since[gte]=2026-11-05", vec![4, 6, 8]),
        ("since[null]=true", vec![1, 3, 5, 7, 9]),
        ("since[null]=false&letters=false", vec![6, 8]),
        ("name=n1", vec![1, 7]),
        ("name[null]=true", vec![0, 4, 8]),
        ("status=on_hold", vec![]),
        ("external=ffffffff-ffff-ffff-ffff-ffffffffffff", vec![]),
        ("called_at[lt]=2026-11-24T00:00:00Z", vec![]),
    ] {
        let expected: Vec<String> = expected.into_iter().map(|number: i64| format!("c{number}")).collect();
        assert_eq!(codes(&tenant, &format!("sort=code&limit=2&{query}")).await.0, expected, "{query}");
    }
}

#[tokio::test]
async fn a_row_that_is_written_between_two_pages_is_not_seen_twice() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    ten(&tenant).await;
    let first = tenant.get("/customers?sort=code&limit=4").await.json();
    tenant.customer("c00").await;
    let next = first["next"].as_str().unwrap();
    let second = tenant.get(&format!("/customers?sort=code&limit=200&after={next}")).await.json();
    let codes: Vec<&str> = second["items"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["c4", "c5", "c6", "c7", "c8", "c9"]);
}
