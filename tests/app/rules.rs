//! The business rules that write by statements of their own: prices, price lists, shipments, purges; and two small reports about customers.

use serde_json::{Value, json};
use tenantry_testkit::{column, execute};
use uuid::Uuid;

use crate::shop::{Answer, Shop};

fn euros(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

impl Shop {
    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.ours.tenant, "POST", &format!("/api{path}"), body.to_string()).await
    }

    async fn made(&self, path: &str, body: Value) -> String {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.send(self.ours.tenant, "GET", &format!("/api{path}"), "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Every row of the other tenant, as the observer sees them.
    async fn theirs(&self) -> Vec<String> {
        let tables = ["categories", "suppliers", "products", "customers", "sales_orders", "sales_order_lines"];
        let text = tables.map(|table| format!("select t::text from app.{table} t where tenant_id = $1")).join(" union all ");
        column(&mut self.bed.observer().await, &text, self.theirs.tenant.uuid()).await.unwrap()
    }

    /// The prices of our products by their article numbers.
    async fn prices(&self) -> Vec<String> {
        let text = "select code || ' ' || name || ' ' || unit_price || ' ' || unit_price_currency from app.products where tenant_id = $1 order by code";
        column(&mut self.bed.observer().await, text, self.ours.tenant.uuid()).await.unwrap()
    }
}

#[tokio::test]
async fn prices_change_all_at_once_or_not_at_all() {
    let shop = Shop::open().await;
    shop.made("/products", json!({ "code": "Q", "name": "Other", "unit_price": euros(100) })).await;
    let before = shop.theirs().await;
    let new = |code: &str, amount| json!({ "code": code, "unit_price": { "amount": amount, "currency": "JPY" } });
    let changed = shop.post("/price_changes", json!({ "prices": [new("P", 7), new("Q", 8)] })).await;
    assert_eq!((changed.status, changed.json()), (200, json!({ "changed": 2 })));
    assert_eq!(shop.prices().await, ["P Product 7 JPY", "Q Other 8 JPY"]);

    let many: Vec<Value> = (0..1_001).map(|code| new(&code.to_string(), 1)).collect();
    for (prices, error) in [
        (json!([]), "/prices prices"),
        (json!(many), "/prices prices"),
        (json!([new("P", 1), new("P", 2)]), "/prices/1/code twice"),
        (json!([new("P", 1), new("Q", -1)]), "/prices/1/unit_price unit_price"),
        (json!([new("P\u{0}", 1)]), "/prices/0/code nul"),
        (json!([new("P", 1), new("NONE", 2)]), "/prices/1/code reference"),
    ] {
        assert_eq!(shop.post("/price_changes", json!({ "prices": prices })).await.errors(), (422, vec![error.to_owned()]));
    }
    assert_eq!(shop.prices().await, ["P Product 7 JPY", "Q Other 8 JPY"]);
    assert_eq!(shop.theirs().await, before, "a product of the same number is another tenant's");
}

#[tokio::test]
async fn a_price_list_makes_what_is_new_and_changes_what_is_there() {
    let shop = Shop::open().await;
    let supplier = shop.made("/suppliers", json!({ "code": "S", "name": "Supplier" })).await;
    let other = shop.made("/suppliers", json!({ "code": "T", "name": "Other" })).await;
    let foreign = shop.send(shop.theirs.tenant, "POST", "/api/suppliers", json!({ "code": "S", "name": "Theirs" }).to_string()).await;
    let foreign = foreign.json()["id"].as_str().unwrap().to_owned();
    let before = shop.theirs().await;
    let item = |code: &str, name: &str, amount| json!({ "code": code, "name": name, "unit_price": euros(amount) });
    let list = async |supplier: &str, items: Value| shop.post("/price_lists", json!({ "supplier": supplier, "items": items })).await;

    let first = list(&supplier, json!([item("A", "Anise", 1), item("B", "Basil", 2)])).await;
    assert_eq!((first.status, first.json()), (200, json!({ "new": 2, "changed": 0 })));
    let second = list(&supplier, json!([item("B", "Basil, fresh", 3), item("C", "Chive", 4)])).await;
    assert_eq!((second.status, second.json()), (200, json!({ "new": 1, "changed": 1 })));
    let due = ["A Anise 1 EUR", "B Basil, fresh 3 EUR", "C Chive 4 EUR", "P Product 250 EUR"];
    assert_eq!(shop.prices().await, due);

    // All or nothing.
    let taken = list(&other, json!([item("D", "Dill", 1), item("A", "Anise", 1)])).await;
    assert_eq!(taken.errors(), (422, vec!["/items/1/code supplier".to_owned()]));
    let refused = list(&foreign, json!([item("D", "Dill", 1)])).await;
    assert_eq!(refused.errors(), (422, vec!["/supplier reference".to_owned()]));
    assert_eq!(refused, list(&Uuid::now_v7().to_string(), json!([item("D", "Dill", 1)])).await, "as one that does not exist");
    for (items, error) in [
        (json!([]), "/items items"),
        (json!([item("D", "Dill", 1), item("D", "Dill", 2)]), "/items/1/code twice"),
        (json!([item("D", "Dill", -1)]), "/items/0/unit_price unit_price"),
        (json!([item("D", "Di\u{0}ll", 1)]), "/items/0/name nul"),
        (json!([item("D", &"x".repeat(201), 1)]), "/name check"),
    ] {
        assert_eq!(list(&supplier, items).await.errors(), (422, vec![error.to_owned()]));
    }
    assert_eq!(shop.prices().await, due);
    assert_eq!(shop.theirs().await, before);
}

#[tokio::test]
async fn two_packers_never_get_the_same_order() {
    let shop = Shop::open().await;
    for number in 1..=12 {
        assert_eq!(shop.order(&shop.ours.order(number)).await.status, 201);
    }
    let mut later = shop.ours.order(13);
    later["placed_on"] = json!("2026-12-24");
    assert_eq!(shop.order(&later).await.status, 201);
    let theirs = shop.send(shop.theirs.tenant, "POST", "/api/sales_orders", shop.theirs.order(1).to_string()).await;
    assert_eq!(theirs.status, 201);
    let before = shop.theirs().await;

    let ship = || async {
        let shipped = shop.post("/shipments", json!({ "shipped_on": "2026-11-25", "limit": 5 })).await;
        assert_eq!(shipped.status, 200, "{shipped:?}");
        shipped.json().as_array().unwrap().iter().map(|order| order["number"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    // Somebody has the first two in hand and does not let go.
    let mut packer = shop.bed.observer().await;
    let tenant = shop.ours.tenant;
    execute(&mut packer, &format!("begin; select 1 from app.sales_orders where tenant_id = '{tenant}' and number <= 2 for update"))
        .await
        .unwrap();
    let (first, second) = tokio::join!(ship(), ship());
    let mut both = [first, second].concat();
    both.sort_unstable();
    assert_eq!(both, (3..=12).collect::<Vec<_>>(), "each order once, and none that is in other hands");
    assert_eq!(ship().await, Vec::<i64>::new());
    execute(&mut packer, "rollback").await.unwrap();
    assert_eq!(ship().await, [1, 2]);
    assert_eq!(ship().await, Vec::<i64>::new(), "the last one is not placed yet");
    assert_eq!(shop.theirs().await, before);
}

#[tokio::test]
async fn an_order_of_a_customer_on_hold_does_not_leave() {
    let shop = Shop::open().await;
    assert_eq!(shop.order(&shop.ours.order(1)).await.status, 201);
    let customer = format!("/api/customers/{}", shop.ours.customer);
    let status = async |status: &str| {
        let body = json!({ "status": status }).to_string();
        assert_eq!(shop.send(shop.ours.tenant, "PATCH", &customer, body).await.status, 200);
    };
    let ship = async || shop.post("/shipments", json!({ "shipped_on": "2026-11-25" })).await.json().as_array().unwrap().len();
    status("on_hold").await;
    assert_eq!(ship().await, 0);
    status("active").await;
    assert_eq!(ship().await, 1);
}

#[tokio::test]
async fn what_a_closed_customer_has_had_long_ago_is_let_go() {
    let shop = Shop::open().await;
    for (number, shipped_on) in [(1, json!("2020-01-01")), (2, json!("2026-01-01")), (3, Value::Null)] {
        for side in [&shop.ours, &shop.theirs] {
            let mut order = side.order(number);
            order["shipped_on"] = shipped_on.clone();
            assert_eq!(shop.send(side.tenant, "POST", "/api/sales_orders", order.to_string()).await.status, 201);
        }
    }
    let close = json!({ "status": "closed" }).to_string();
    let purge = async || shop.post("/purges", json!({ "shipped_before": "2025-01-01" })).await.json();
    // The other tenant's customer is closed, too, and its order is as old.
    for side in [&shop.theirs, &shop.ours] {
        assert_eq!(purge().await, json!({ "orders": 0 }), "as long as ours is not closed");
        let path = format!("/api/customers/{}", side.customer);
        assert_eq!(shop.send(side.tenant, "PATCH", &path, close.clone()).await.status, 200);
    }
    assert_eq!(purge().await, json!({ "orders": 1 }));
    assert_eq!(purge().await, json!({ "orders": 0 }));
    assert_eq!(shop.orders().await, [2, 2, 3, 3], "the lines went with their order");
}

#[tokio::test]
async fn a_group_is_told_from_the_top_with_what_each_has_ordered() {
    let shop = Shop::open().await;
    let top = &shop.ours.customer;
    let below = async |name: &str, parent: &str| shop.made("/customers", json!({ "code": name, "name": name, "parent": parent })).await;
    let first = below("first", top).await;
    let deep = below("deep", &first).await;
    below("second", top).await;
    assert_eq!(shop.order(&shop.ours.order(1)).await.status, 201);
    let mut order = shop.ours.order(2);
    order["customer"] = json!(deep);
    order["lines"] = json!([shop.ours.line(3)]);
    assert_eq!(shop.order(&order).await.status, 201);
    let told = async |id: &str| {
        let group = shop.get(&format!("/customers/{id}/group")).await;
        let row = |row: &Value| json!([row["name"], row["depth"], row["orders"], row["ordered"]]);
        group.as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    let due = [
        json!(["Customer", 0, 1, euros(250)]),
        json!(["first", 1, 0, null]),
        json!(["deep", 2, 1, euros(750)]),
        json!(["second", 1, 0, null]),
    ];
    assert_eq!(told(top).await, due);
    assert_eq!(told(&first).await.len(), 2);

    // The company at the top says that it belongs to the one at the bottom.
    let circle = json!({ "parent": deep }).to_string();
    assert_eq!(shop.send(shop.ours.tenant, "PATCH", &format!("/api/customers/{top}"), circle).await.status, 200);
    assert_eq!(told(top).await, due);
    assert_eq!(told(&deep).await.len(), 4);
}

#[tokio::test]
async fn customers_that_may_be_one_are_told_as_pairs() {
    let shop = Shop::open().await;
    for (code, name, phone) in
        [("1", "Alfreds Futterkiste", "030-1"), ("2", "ALFREDS-Futterkiste.", "030-1"), ("3", "Alfred's Futter", "030-1")]
    {
        shop.made("/customers", json!({ "code": code, "name": name, "phone": phone })).await;
    }
    let pairs = shop.get("/reports/duplicate_customers").await;
    let row = |row: &Value| json!([row["first_code"], row["second_code"], row["same_phone"]]);
    assert_eq!(pairs.as_array().unwrap().iter().map(row).collect::<Vec<_>>(), [json!(["1", "2", true])]);
    // Both tenants have a customer `Customer`.
    assert_eq!(shop.send(shop.theirs.tenant, "GET", "/api/reports/duplicate_customers", "").await.json(), json!([]));
}
