//! Placing an order: one call, one transaction, order and lines together, for this tenant only.

use proptest::prelude::*;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgConnection};
use tenantry::{Actor, ErrorKind, Id, Money};
use tenantry_app::sales::{NewSalesOrderLine, SalesOrderLine, line_total};
use tenantry_testkit::{column, execute};
use uuid::Uuid;

use crate::shop::Shop;

fn euros(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

#[tokio::test]
async fn an_order_and_its_lines_are_one_call_and_one_transaction() {
    let shop = Shop::open().await;
    let product = &shop.ours.product;
    let mut order = shop.ours.order(10_248);
    order["ship_name"] = json!("Ærøskøbing O'Neill");
    order["freight"] = euros(3_238);
    order["lines"] = json!([
        { "product": product, "quantity": 1, "discount_percent": 1 },
        { "product": product, "quantity": 1, "discount_percent": 3 },
        { "product": product, "quantity": 3, "unit_price": euros(999) },
        { "product": product, "quantity": 7, "discount_percent": 100 },
    ]);
    let answer = shop.order(&order).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let placed = answer.json();
    let id = placed["id"].as_str().unwrap();
    assert_eq!(answer.headers["location"], format!("/api/sales_orders/{id}"));

    // 247.5 and 242.5 cents go to their even neighbours.
    let lines = placed["lines"].as_array().unwrap();
    let totals: Vec<_> = lines.iter().map(|line| line["total"]["amount"].as_i64().unwrap()).collect();
    assert_eq!(totals, [248, 242, 2_997, 0]);
    let positions: Vec<_> = lines.iter().map(|line| line["position"].as_i64().unwrap()).collect();
    assert_eq!(positions, [1, 2, 3, 4]);
    assert_eq!(placed["total"], euros(3_487));

    let mut read = shop.send(shop.ours.tenant, "GET", &format!("/api/sales_orders/{id}"), "").await.json();
    read["lines"] = shop.send(shop.ours.tenant, "GET", &format!("/api/sales_order_lines?sales_order={id}&sort=position"), "").await.json()
        ["items"]
        .take();
    assert_eq!(read, placed, "what was answered is what is there");

    let xmin = "select distinct xmin::text from app.sales_orders where tenant_id = $1 \
                union select xmin::text from app.sales_order_lines where tenant_id = $1";
    let transactions = column(&mut shop.bed.observer().await, xmin, shop.ours.tenant.uuid()).await.unwrap();
    assert_eq!(transactions.len(), 1, "one transaction wrote them all");
}

#[tokio::test]
async fn a_thousand_lines_of_one_product_are_an_order() {
    let shop = Shop::open().await;
    let mut order = shop.ours.order(1);
    order["lines"] = vec![shop.ours.line(1); 1_000].into();
    let answer = shop.order(&order).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.json()["total"], euros(250_000));
    assert_eq!(shop.orders().await, [1, 1_000, 0, 0]);
}

#[tokio::test]
async fn another_tenants_product_or_customer_is_one_that_does_not_exist() {
    let shop = Shop::open().await;
    let nobody = Uuid::now_v7().to_string();
    let customer = |id: &str| {
        let mut order = shop.ours.order(1);
        order["customer"] = json!(id);
        order
    };
    let product = |id: &str| {
        let mut order = shop.ours.order(1);
        order["lines"] = json!([shop.ours.line(1), { "product": id, "quantity": 1 }]);
        order
    };
    let foreign = shop.order(&customer(&shop.theirs.customer)).await;
    assert_eq!(foreign.errors(), (422, vec!["/customer reference".to_owned()]));
    assert_eq!(foreign, shop.order(&customer(&nobody)).await, "status, headers and body are the same");
    let foreign = shop.order(&product(&shop.theirs.product)).await;
    assert_eq!(foreign.errors(), (422, vec!["/lines/1/product reference".to_owned()]));
    assert_eq!(foreign, shop.order(&product(&nobody)).await, "status, headers and body are the same");
    assert_eq!(shop.orders().await, [0; 4]);
}

/// A login of the application's role, in a transaction of the first tenant.
async fn psql(shop: &Shop) -> PgConnection {
    let mut connection = shop.bed.stage.url("app").options().unwrap().connect().await.unwrap();
    execute(&mut connection, &format!("begin; set local app.tenant_id = '{}'", shop.ours.tenant)).await.unwrap();
    connection
}

#[tokio::test]
async fn a_line_with_another_tenants_product_or_order_cannot_exist() {
    let shop = Shop::open().await;
    let ours = shop.order(&shop.ours.order(1)).await.json()["id"].as_str().unwrap().to_owned();
    let theirs = shop.send(shop.theirs.tenant, "POST", "/api/sales_orders", shop.theirs.order(1).to_string()).await;
    let theirs = theirs.json()["id"].as_str().unwrap().to_owned();
    let before = shop.orders().await;

    let db = shop.bed.tenancy.tenant(shop.ours.tenant, Actor::System);
    let price = Money::new(250, "EUR".parse().unwrap()).unwrap();
    let line = |order: &str, product: &str| NewSalesOrderLine {
        sales_order: Id::from_uuid(order.parse().unwrap()),
        position: 2,
        product: Id::from_uuid(product.parse().unwrap()),
        unit_price: price,
        quantity: 1,
        discount_percent: 0,
        total: price,
    };
    for (order, product, blamed) in [(&ours, &shop.theirs.product, "product"), (&theirs, &shop.ours.product, "sales_order")] {
        let refused = db.run(SalesOrderLine::repo().create(&line(order, product))).await.unwrap_err();
        assert_eq!(refused.kind(), &ErrorKind::Reference { column: Some(blamed) });
    }

    let insert = |tenant: &str, order: &str, product: &str| {
        format!(
            "insert into app.sales_order_lines (tenant_id, id, sales_order, position, product, unit_price, unit_price_currency, quantity, \
             total, total_currency) values ('{tenant}', gen_random_uuid(), '{order}', 2, '{product}', 1, 'EUR', 1, 1, 'EUR')"
        )
    };
    let (a, b) = (shop.ours.tenant.to_string(), shop.theirs.tenant.to_string());
    for (statement, sqlstate) in [
        (insert(&a, &ours, &shop.theirs.product), "23503"),
        (insert(&a, &theirs, &shop.ours.product), "23503"),
        (insert(&b, &theirs, &shop.theirs.product), "42501"),
        (insert(&b, &theirs, &shop.ours.product), "42501"),
        (format!("update app.sales_order_lines set product = '{}'", shop.theirs.product), "23503"),
    ] {
        let refused = execute(&mut psql(&shop).await, &statement).await.unwrap_err();
        assert_eq!(refused.as_database_error().and_then(|error| error.code()).as_deref(), Some(sqlstate), "{statement}");
    }
    assert_eq!(shop.orders().await, before);
    // The same statement with the tenant's own rows is taken, so it is the rows that were refused.
    execute(&mut psql(&shop).await, &insert(&a, &ours, &shop.ours.product)).await.unwrap();
}

#[tokio::test]
async fn the_lines_of_another_tenants_order_are_not_listed() {
    let shop = Shop::open().await;
    let theirs = shop.send(shop.theirs.tenant, "POST", "/api/sales_orders", shop.theirs.order(1).to_string()).await.json();
    let list = async |tenant, order: &str| shop.send(tenant, "GET", &format!("/api/sales_order_lines?sales_order={order}"), "").await;
    let theirs = theirs["id"].as_str().unwrap();
    assert_eq!(list(shop.theirs.tenant, theirs).await.json()["items"].as_array().unwrap().len(), 1);
    let foreign = list(shop.ours.tenant, theirs).await;
    assert_eq!((foreign.status, foreign.json()), (200, json!({ "items": [], "next": null })));
    assert_eq!(foreign, list(shop.ours.tenant, &Uuid::now_v7().to_string()).await);
    let order = async |id: &str| shop.send(shop.ours.tenant, "GET", &format!("/api/sales_orders/{id}"), "").await;
    assert_eq!(order(theirs).await, order(&Uuid::now_v7().to_string()).await);
}

#[tokio::test]
async fn a_number_is_taken_within_its_tenant_only_and_nothing_stays() {
    let shop = Shop::open().await;
    assert_eq!(shop.order(&shop.ours.order(7)).await.status, 201);
    let again = shop.order(&shop.ours.order(7)).await;
    assert_eq!(again.errors(), (409, vec!["/number unique".to_owned()]));
    assert_eq!(shop.orders().await, [1, 1, 0, 0]);
    let theirs = shop.send(shop.theirs.tenant, "POST", "/api/sales_orders", shop.theirs.order(7).to_string()).await;
    assert_eq!(theirs.status, 201, "{theirs:?}");
    assert_eq!(shop.orders().await, [1, 1, 1, 1]);

    let order = shop.ours.order(8);
    let (first, second) = tokio::join!(shop.order(&order), shop.order(&order));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "of two at once one is placed");
    assert_eq!(shop.orders().await, [2, 2, 1, 1]);
}

#[tokio::test]
async fn a_failure_in_the_middle_leaves_nothing() {
    let shop = Shop::open().await;
    // Order and first line are written by then.
    let rule = "alter table app.sales_order_lines add constraint sales_order_lines_quantity_check check (quantity <> 13)";
    execute(&mut shop.bed.observer().await, rule).await.unwrap();
    let mut order = shop.ours.order(1);
    order["lines"] = json!([shop.ours.line(1), shop.ours.line(13), shop.ours.line(1)]);
    assert_eq!(shop.order(&order).await.status, 422);
    assert_eq!(shop.orders().await, [0; 4]);
    order["lines"] = json!([shop.ours.line(1)]);
    assert_eq!(shop.order(&order).await.status, 201, "the number is still free");
    assert_eq!(shop.orders().await, [1, 1, 0, 0]);
}

#[tokio::test]
async fn the_lines_go_with_their_order() {
    let shop = Shop::open().await;
    let placed = shop.order(&shop.ours.order(1)).await.json();
    let path = format!("/api/sales_orders/{}", placed["id"].as_str().unwrap());
    assert_eq!(shop.send(shop.theirs.tenant, "DELETE", &path, "").await.status, 404);
    assert_eq!(shop.orders().await, [1, 1, 0, 0]);
    assert_eq!(shop.send(shop.ours.tenant, "DELETE", &path, "").await.status, 204);
    assert_eq!(shop.orders().await, [0; 4]);
}

/// Price × quantity × (100 − discount) ÷ 100, rounded half to even on the magnitude, as one does on paper.
fn on_paper(price: i64, quantity: i32, discount: i32) -> i128 {
    let hundredths = i128::from(price) * i128::from(quantity) * (100 - i128::from(discount));
    let (whole, rest) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    let rounded = match rest.cmp(&50) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole % 2,
    };
    hundredths.signum() * i128::try_from(rounded).unwrap()
}

/// Extremes, halves and everything between.
fn prices() -> impl Strategy<Value = i64> {
    prop_oneof![-Money::MAX..=Money::MAX, -500_i64..500, Just(Money::MAX), Just(-Money::MAX)]
}

fn integers() -> impl Strategy<Value = i32> {
    prop_oneof![any::<i32>(), 0..=100, -3..3, Just(50), Just(i32::MIN), Just(i32::MAX)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_total_of_a_line_is_exact_and_rounded_half_to_even(price in prices(), quantity in integers(), discount in integers()) {
        let unit_price = Money::new(price, "EUR".parse().unwrap()).unwrap();
        let exact = on_paper(price, quantity, discount);
        let expected = if exact.abs() > i128::from(Money::MAX) { None } else { Some(exact) };
        let total = line_total(unit_price, quantity, discount);
        prop_assert_eq!(total.map(|total| i128::from(total.amount())), expected);
        prop_assert!(total.is_none_or(|total| total.currency() == unit_price.currency()));
    }
}
