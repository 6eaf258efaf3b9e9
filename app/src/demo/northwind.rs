//! The Northwind data: categories, suppliers, products, customers, and orders with their lines.

use std::collections::HashMap;
use std::path::Path;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tenantry::TenantId;
use uuid::Uuid;

use super::DataError;
use super::table::{Row, read};
use crate::sales::{OrderLine, PlaceOrder};

/// How many requests run at once.
const CONCURRENT: usize = 4;

/// What is loaded, and into which tenant.
pub struct Load<'a> {
    /// Where the API is: `http://127.0.0.1:8080/api`.
    pub base: &'a str,
    /// The tenant.
    pub tenant: TenantId,
    /// The folder with the CSV files.
    pub data: &'a Path,
    /// Only every second customer, with its orders.
    pub half: bool,
    /// Is told how many rows are loaded, and of how many.
    pub progress: &'a (dyn Fn(u64, u64) + Send + Sync),
}

impl std::fmt::Debug for Load<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Load").field("tenant", &self.tenant).field("half", &self.half).finish_non_exhaustive()
    }
}

/// How many rows were loaded.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Loaded {
    /// Customers.
    pub customers: usize,
    /// Products.
    pub products: usize,
    /// Orders.
    pub orders: usize,
    /// Lines of orders.
    pub lines: usize,
}

impl std::fmt::Display for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { customers, products, orders, lines } = self;
        write!(f, "{customers} customers, {products} products, {orders} orders with {lines} lines")
    }
}

/// Loads the data through the API.
///
/// # Errors
/// When a file cannot be read or a cell is wrong, with file, line and column, before anything is sent; when the service refuses a row.
pub async fn load(load: Load<'_>) -> Result<Loaded, DataError> {
    let data = Data::read(load.data, load.half)?;
    let client = Client::new(&load, data.rows());
    let categories = client.create_all("categories", data.categories).await?;
    let suppliers = client.create_all("suppliers", data.suppliers).await?;
    let products = data.products.into_iter().map(|(code, category, supplier, mut body)| {
        body["category"] = json!(category.and_then(|code| categories.get(&code)));
        body["supplier"] = json!(supplier.and_then(|code| suppliers.get(&code)));
        (code, body)
    });
    let products = client.create_all("products", products.collect()).await?;
    let customers = client.create_all("customers", data.customers).await?;
    let mut loaded = Loaded { customers: customers.len(), products: products.len(), ..Loaded::default() };
    let mut orders = Vec::with_capacity(data.orders.len());
    for (customer, mut order, lines) in data.orders {
        let missing =
            |what: &str, code: &str| DataError::Http(format!("order {} names the {what} {code}, which is not there", order.number));
        order.customer = (*customers.get(&customer).ok_or_else(|| missing("customer", &customer))?).into_id();
        for (product, mut line) in lines {
            line.product = (*products.get(&product).ok_or_else(|| missing("product", &product))?).into_id();
            order.lines.push(line);
        }
        loaded.lines += order.lines.len();
        loaded.orders += 1;
        orders.push((order.number.to_string(), json!(order)));
    }
    client.create_all("sales_orders", orders).await?;
    Ok(loaded)
}

/// A uuid as the key of whichever model the place wants.
trait IntoId {
    fn into_id<T>(self) -> tenantry::Id<T>;
}

impl IntoId for Uuid {
    fn into_id<T>(self) -> tenantry::Id<T> {
        tenantry::Id::from_uuid(self)
    }
}

/// An order as the files have it: the customer's code, the order, and its lines with the products' codes.
type Order = (String, PlaceOrder, Vec<(String, OrderLine)>);

/// What the files say, before anything has an id.
struct Data {
    categories: Vec<(String, Value)>,
    suppliers: Vec<(String, Value)>,
    products: Vec<(String, Option<String>, Option<String>, Value)>,
    customers: Vec<(String, Value)>,
    orders: Vec<Order>,
}

impl Data {
    fn read(folder: &Path, half: bool) -> Result<Self, DataError> {
        let mut customers = read(folder, "customers.csv", |row| Ok((row.text("customer_id")?.to_owned(), company(row, "customer_id")?)))?;
        let mut orders = orders(folder)?;
        if half {
            customers = customers.into_iter().step_by(2).collect();
            orders.retain(|(customer, ..)| customers.iter().any(|(code, _)| code == customer));
        }
        Ok(Self {
            categories: read(folder, "categories.csv", category)?,
            suppliers: read(folder, "suppliers.csv", |row| {
                let mut body = company(row, "supplier_id")?;
                body["homepage"] = json!(row.optional("homepage")?);
                Ok((row.text("supplier_id")?.to_owned(), body))
            })?,
            products: read(folder, "products.csv", product)?,
            customers,
            orders,
        })
    }

    fn rows(&self) -> usize {
        self.categories.len() + self.suppliers.len() + self.products.len() + self.customers.len() + self.orders.len()
    }
}

fn category(row: &Row<'_>) -> Result<(String, Value), DataError> {
    let body = json!({ "name": row.text("category_name")?, "description": row.optional("description")? });
    Ok((row.text("category_id")?.to_owned(), body))
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

fn product(row: &Row<'_>) -> Result<(String, Option<String>, Option<String>, Value), DataError> {
    let discontinued = match row.text("discontinued")? {
        "0" => false,
        "1" => true,
        other => return Err(row.wrong("discontinued", &format!("must be 0 or 1, not `{other}`"))),
    };
    let body = json!({
        "code": row.text("product_id")?,
        "name": row.text("product_name")?,
        "quantity_per_unit": row.optional("quantity_per_unit")?,
        "unit_price": row.dollars("unit_price")?,
        "units_in_stock": row.parse::<i32>("units_in_stock")?,
        "units_on_order": row.parse::<i32>("units_on_order")?,
        "reorder_level": row.parse::<i32>("reorder_level")?,
        "discontinued": discontinued,
    });
    Ok((row.text("product_id")?.to_owned(), row.optional("category_id")?, row.optional("supplier_id")?, body))
}

fn orders(folder: &Path) -> Result<Vec<Order>, DataError> {
    let mut lines: HashMap<i64, Vec<(String, OrderLine)>> = HashMap::new();
    read(folder, "order_details.csv", |row| {
        let line = OrderLine {
            product: Uuid::nil().into_id(),
            quantity: row.parse("quantity")?,
            unit_price: Some(row.dollars("unit_price")?),
            discount_percent: row.percent("discount")?,
        };
        lines.entry(row.parse("order_id")?).or_default().push((row.text("product_id")?.to_owned(), line));
        Ok(())
    })?;
    read(folder, "orders.csv", |row| {
        let order = PlaceOrder {
            number: row.parse("order_id")?,
            customer: Uuid::nil().into_id(),
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
        };
        let own = lines.remove(&order.number).unwrap_or_default();
        Ok((row.text("customer_id")?.to_owned(), order, own))
    })
}

/// Sends rows as a tenant, some at a time.
struct Client<'a> {
    http: reqwest::Client,
    load: &'a Load<'a>,
    total: u64,
    done: std::sync::atomic::AtomicU64,
}

impl<'a> Client<'a> {
    fn new(load: &'a Load<'a>, rows: usize) -> Self {
        Self { http: reqwest::Client::new(), load, total: rows as u64, done: 0.into() }
    }

    /// Creates the rows, and tells the id that each code has got.
    async fn create_all(&self, path: &str, rows: Vec<(String, Value)>) -> Result<HashMap<String, Uuid>, DataError> {
        let create = |(code, body)| async move { Ok((code, self.create(path, &body).await?)) };
        stream::iter(rows).map(create).buffer_unordered(CONCURRENT).try_collect().await
    }

    async fn create(&self, path: &str, body: &Value) -> Result<Uuid, DataError> {
        let url = format!("{}/{path}", self.load.base);
        let request = self.http.post(url).header("x-tenant", self.load.tenant.to_string()).json(body);
        let unreachable = |error: reqwest::Error| DataError::Http(error.without_url().to_string());
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let text = response.text().await.map_err(unreachable)?;
        let refused = |body: String| DataError::Refused { what: format!("a row for {path}"), status: status.as_u16(), body };
        if !status.is_success() {
            return Err(refused(text));
        }
        let row: Value = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
        let id = row["id"].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| refused("the answer has no id".to_owned()))?;
        let done = self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        (self.load.progress)(done, self.total);
        Ok(id)
    }
}
