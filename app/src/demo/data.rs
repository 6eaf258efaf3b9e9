//! What the files say, checked as a whole before anything has an id.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::{Value, json};
use tenantry::Id;
use uuid::Uuid;

use super::DataError;
use super::table::{Codes, Row, read};
use crate::sales::{OrderLine, PlaceOrder};

/// The rows of the files, each with its code.
pub(super) struct Data {
    pub(super) categories: Vec<(String, Value)>,
    pub(super) suppliers: Vec<(String, Value)>,
    pub(super) products: Vec<Product>,
    pub(super) customers: Vec<(String, Value)>,
    pub(super) orders: Vec<Order>,
}

/// A product, with the codes of what it refers to.
pub(super) struct Product {
    pub(super) code: String,
    pub(super) category: Option<String>,
    pub(super) supplier: Option<String>,
    pub(super) body: Value,
}

/// An order, with the code of its customer, and its lines with the codes of their products.
pub(super) struct Order {
    pub(super) customer: String,
    pub(super) lines: Lines,
    pub(super) body: PlaceOrder,
}

type Lines = Vec<(String, OrderLine)>;

impl Data {
    /// Reads the files, what is referred to before what refers. With `half`, only every second customer and its orders are kept.
    pub(super) fn read(folder: &Path, half: bool) -> Result<Self, DataError> {
        let (mut category, mut supplier) = (Codes::of("categories.csv"), Codes::of("suppliers.csv"));
        let (mut product, mut customer) = (Codes::of("products.csv"), Codes::of("customers.csv"));
        let categories = read(folder, "categories.csv", |row| {
            let body = json!({ "name": row.text("category_name")?, "description": row.optional("description")? });
            Ok((row.own("category_id", &mut category)?, body))
        })?;
        let suppliers = read(folder, "suppliers.csv", |row| {
            let mut body = company(row, "supplier_id")?;
            body["homepage"] = json!(row.optional("homepage")?);
            Ok((row.own("supplier_id", &mut supplier)?, body))
        })?;
        let products = read(folder, "products.csv", |row| {
            Ok(Product {
                code: row.own("product_id", &mut product)?,
                category: row.refers_optional("category_id", &category)?,
                supplier: row.refers_optional("supplier_id", &supplier)?,
                body: goods(row)?,
            })
        })?;
        let mut customers =
            read(folder, "customers.csv", |row| Ok((row.own("customer_id", &mut customer)?, company(row, "customer_id")?)))?;
        let mut orders = orders(folder, &customer, &product)?;
        if half {
            customers = customers.into_iter().step_by(2).collect();
            let kept: HashSet<&str> = customers.iter().map(|(code, _)| code.as_str()).collect();
            orders.retain(|order| kept.contains(order.customer.as_str()));
        }
        Ok(Self { categories, suppliers, products, customers, orders })
    }

    pub(super) fn rows(&self) -> usize {
        self.categories.len() + self.suppliers.len() + self.products.len() + self.customers.len() + self.orders.len()
    }
}

/// Customers and suppliers have the same columns.
fn company(row: &Row<'_>, code: &'static str) -> Result<Value, DataError> {
    Ok(json!({
        "code": row.text(code)?,
        "name": row.text("company_name")?,
        "contact_name": row.optional("contact_name")?,
        "contact_title": row.optional("contact_title")?,
        "address": row.optional("address")?,
        "city": row.optional("city")?,
        "region": row.optional("region")?,
        "postal_code": row.optional("postal_code")?,
        "country": row.optional("country")?,
        "phone": row.optional("phone")?,
        "fax": row.optional("fax")?,
    }))
}

fn goods(row: &Row<'_>) -> Result<Value, DataError> {
    let discontinued = match row.text("discontinued")? {
        "0" => false,
        "1" => true,
        other => return Err(row.wrong("discontinued", &format!("must be 0 or 1, not `{other}`"))),
    };
    Ok(json!({
        "code": row.text("product_id")?,
        "name": row.text("product_name")?,
        "quantity_per_unit": row.optional("quantity_per_unit")?,
        "unit_price": row.dollars("unit_price")?,
        "units_in_stock": row.parse::<i32>("units_in_stock")?,
        "units_on_order": row.parse::<i32>("units_on_order")?,
        "reorder_level": row.parse::<i32>("reorder_level")?,
        "discontinued": discontinued,
    }))
}

/// Orders and lines lie in two files that refer to each other: a line names its order, and an order has lines.
fn orders(folder: &Path, customers: &Codes, products: &Codes) -> Result<Vec<Order>, DataError> {
    let mut numbers = Codes::of("orders.csv");
    read(folder, "orders.csv", |row| row.own("order_id", &mut numbers))?;
    let mut lines: HashMap<String, Lines> = HashMap::new();
    read(folder, "order_details.csv", |row| {
        let line = OrderLine {
            product: Id::from_uuid(Uuid::nil()),
            quantity: row.parse("quantity")?,
            unit_price: Some(row.dollars("unit_price")?),
            discount_percent: row.percent("discount")?,
        };
        let product = row.refers("product_id", products)?;
        lines.entry(row.refers("order_id", &numbers)?).or_default().push((product, line));
        Ok(())
    })?;
    read(folder, "orders.csv", |row| {
        let own = lines.remove(row.text("order_id")?).ok_or_else(|| row.wrong("order_id", "has no line in order_details.csv"))?;
        Ok(Order { customer: row.refers("customer_id", customers)?, lines: own, body: order(row)? })
    })
}

fn order(row: &Row<'_>) -> Result<PlaceOrder, DataError> {
    Ok(PlaceOrder {
        number: row.parse("order_id")?,
        customer: Id::from_uuid(Uuid::nil()),
        placed_on: row.parse("order_date")?,
        required_on: row.parse_optional("required_date")?,
        shipped_on: row.parse_optional("shipped_date")?,
        freight: Some(row.dollars("freight")?),
        ship_name: row.optional("ship_name")?,
        ship_address: row.optional("ship_address")?,
        ship_city: row.optional("ship_city")?,
        ship_region: row.optional("ship_region")?,
        ship_postal_code: row.optional("ship_postal_code")?,
        ship_country: row.optional("ship_country")?,
        lines: Vec::new(),
    })
}
