//! The Northwind data: categories, suppliers, products, customers, and orders with their lines.

use std::collections::HashMap;
use std::path::Path;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tenantry::Id;
use uuid::Uuid;

use super::DataError;
use super::data::{Data, Order, Product};

/// How many requests run at once.
const CONCURRENT: usize = 4;

/// What is loaded, and into which tenant.
pub struct Load<'a> {
    /// Where the API is: `http://127.0.0.1:8080/api`.
    pub base: &'a str,
    /// What each request says of its tenant, and of somebody who may make the rows: headers by name.
    pub headers: &'a [(&'static str, String)],
    /// The folder with the CSV files.
    pub data: &'a Path,
    /// Only every second customer, with its orders.
    pub half: bool,
    /// Is told how many rows are loaded, and of how many.
    pub progress: &'a (dyn Fn(u64, u64) + Send + Sync),
}

impl std::fmt::Debug for Load<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Load").field("base", &self.base).field("half", &self.half).finish_non_exhaustive()
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
    let products = data.products.into_iter().map(|Product { code, category, supplier, mut body }| {
        body["category"] = json!(category.map(|code| id(&categories, &code)));
        body["supplier"] = json!(supplier.map(|code| id(&suppliers, &code)));
        (code, body)
    });
    let products = client.create_all("products", products.collect()).await?;
    let customers = client.create_all("customers", data.customers).await?;
    let mut loaded = Loaded { customers: customers.len(), products: products.len(), orders: data.orders.len(), lines: 0 };
    let orders = data.orders.into_iter().map(|Order { customer, lines, mut body }| {
        body.customer = Id::from_uuid(id(&customers, &customer));
        body.lines.extend(lines.into_iter().map(|(product, mut line)| {
            line.product = Id::from_uuid(id(&products, &product));
            line
        }));
        loaded.lines += body.lines.len();
        (body.number.to_string(), json!(body))
    });
    let orders = orders.collect();
    client.create_all("sales_orders", orders).await?;
    Ok(loaded)
}

/// The id that a code has got. Every code has been looked up when the files were read; the nil id stands for no row, and is refused.
fn id(ids: &HashMap<String, Uuid>, code: &str) -> Uuid {
    ids.get(code).copied().unwrap_or_default()
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
        let create = |(code, body): (String, Value)| async move {
            let id = self.create(path, &code, &body).await?;
            Ok((code, id))
        };
        stream::iter(rows).map(create).buffer_unordered(CONCURRENT).try_collect().await
    }

    async fn create(&self, path: &str, code: &str, body: &Value) -> Result<Uuid, DataError> {
        let url = format!("{}/{path}", self.load.base);
        let request = self.load.headers.iter().fold(self.http.post(url), |request, (name, value)| request.header(*name, value)).json(body);
        let unreachable = |error: reqwest::Error| DataError::Http(error.without_url().to_string());
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let text = response.text().await.map_err(unreachable)?;
        let refused = |body: String| DataError::Refused { what: format!("row {code} of {path}"), status: status.as_u16(), body };
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
