//! The typed repository.

use tenantry::{Actor, ErrorKind, Field, Id, Money};
use tenantry_app::inventory::{Category, CategoryPatch, NewProduct, Product, ProductPatch};
use tenantry_tests::{Bed, category};

fn product(code: &str) -> NewProduct {
    NewProduct {
        code: code.to_owned(),
        name: "Chai".to_owned(),
        category: None,
        supplier: None,
        quantity_per_unit: None,
        unit_price: Money::new(1_800, "EUR".parse().unwrap()).unwrap(),
        units_in_stock: 39,
        units_on_order: 0,
        reorder_level: 10,
        discontinued: false,
    }
}

#[tokio::test]
async fn a_row_is_made_found_changed_and_deleted() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let db = bed.tenancy.tenant(bed.a, Actor::System);
    let tea = db.run(Category::repo().create(&category("Tea"))).await.unwrap();
    let made = db.run(Product::repo().create(&NewProduct { category: Some(tea.id), ..product("1") })).await.unwrap();
    assert_eq!((made.code.as_str(), made.unit_price.amount(), made.category), ("1", 1_800, Some(tea.id)));
    assert_eq!(made.stamps.version, 1);

    let patch = ProductPatch { category: Field::Set(None), units_in_stock: Field::Set(40), ..ProductPatch::default() };
    let changed = db.run(Product::repo().update(made.id, &patch)).await.unwrap();
    assert_eq!((changed.category, changed.units_in_stock, changed.code.as_str()), (None, 40, "1"));
    assert_eq!(changed.stamps.version, 2);
    assert!(changed.stamps.updated_at >= made.stamps.updated_at);

    let renamed =
        db.run(Product::repo().update(made.id, &ProductPatch { code: "2".to_owned().into(), ..Default::default() })).await.unwrap();
    assert_eq!((renamed.code.as_str(), renamed.units_in_stock, renamed.stamps.version), ("2", 40, 3));

    let same = db.run(Product::repo().update(made.id, &ProductPatch::default())).await.unwrap();
    assert_eq!(same.stamps.version, 3, "an empty patch writes nothing");

    db.run(Product::repo().delete(made.id)).await.unwrap();
    assert_eq!(db.run(Product::repo().find(made.id)).await.unwrap_err().kind(), &ErrorKind::NotFound);
    assert_eq!(db.run(Product::repo().delete(made.id)).await.unwrap_err().kind(), &ErrorKind::NotFound);
}

#[tokio::test]
async fn another_tenants_row_is_a_row_that_does_not_exist() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let (a, b) = (bed.tenancy.tenant(bed.a, Actor::System), bed.tenancy.tenant(bed.b, Actor::System));
    let foreign = b.run(Category::repo().create(&category("Tea"))).await.unwrap().id;
    let patch = CategoryPatch { name: "Mine".to_owned().into(), ..Default::default() };
    for id in [foreign, Id::generate()] {
        assert_eq!(a.run(Category::repo().find(id)).await.unwrap_err().kind(), &ErrorKind::NotFound);
        assert_eq!(a.run(Category::repo().update(id, &patch)).await.unwrap_err().kind(), &ErrorKind::NotFound);
        assert_eq!(a.run(Category::repo().delete(id)).await.unwrap_err().kind(), &ErrorKind::NotFound);
        let refers = a.run(Product::repo().create(&NewProduct { category: Some(id), ..product("1") })).await;
        assert_eq!(refers.unwrap_err().kind(), &ErrorKind::Reference { column: Some("category") });
    }
    assert_eq!(bed.names("categories", bed.b).await, ["Tea"]);
}

#[tokio::test]
async fn broken_constraints_name_the_column() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let db = bed.tenancy.tenant(bed.a, Actor::System);
    let tea = db.run(Category::repo().create(&category("Tea"))).await.unwrap();
    let taken = db.run(Category::repo().create(&category("Tea"))).await.unwrap_err();
    assert_eq!(taken.kind(), &ErrorKind::Unique { columns: vec!["name"] });
    let long = db.run(Category::repo().create(&category(&"x".repeat(101)))).await.unwrap_err();
    assert_eq!(long.kind(), &ErrorKind::Check { column: Some("name") });
    assert!(db.run(Category::repo().delete(tea.id)).await.is_ok());
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let (a, b) = (bed.tenancy.tenant(bed.a, Actor::System), bed.tenancy.tenant(bed.b, Actor::System));
    for number in 0..25 {
        let name = format!("{}", char::from(b'A' + number % 3));
        a.run(Product::repo().create(&NewProduct { name, ..product(&number.to_string()) })).await.unwrap();
        b.run(Product::repo().create(&product(&number.to_string()))).await.unwrap();
    }
    for descending in [false, true] {
        let sort = if descending { Product::NAME.desc() } else { Product::NAME.asc() };
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let mut list = Product::repo().list().sort(sort).limit(4);
            if let Some(after) = after.take() {
                list = list.after(after);
            }
            let page = a.run(list.unit()).await.unwrap();
            assert!(page.items.len() <= 4);
            seen.extend(page.items.into_iter().map(|product| (product.name, product.id)));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let mut sorted = seen.clone();
        sorted.sort();
        if descending {
            sorted.reverse();
        }
        assert_eq!(seen, sorted);
        assert_eq!(seen.len(), 25);
    }
    let prefixed =
        a.run(Product::repo().list().filter(Product::NAME.prefix("A")).filter(Product::DISCONTINUED.eq(false)).unit()).await.unwrap();
    assert_eq!(prefixed.items.len(), 9);
}
