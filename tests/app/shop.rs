//! The application's service over a database of its own, and who calls it.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use tenantry::http::{Api, CursorKey};
use tenantry::layers::{self, dev_tenant};
use tenantry::{Tenancy, TenantId};
use tenantry_tests::Bed;
pub(crate) use tenantry_tests::{Answer, answer as send};

/// The whole service for development, as the application serves it.
pub(crate) fn router(tenancy: &Tenancy, address: SocketAddr) -> Router {
    let routes = tenantry_app::router(&Api::new(tenancy.registry(), CursorKey::from_secret(&[7; 32]).unwrap()));
    layers::development(tenancy, routes, "test", address).unwrap()
}

/// Two tenants who each have a customer `C` and a product `P` at 2.50 euros.
pub(crate) struct Shop {
    pub(crate) bed: Bed,
    pub(crate) ours: Side,
    pub(crate) theirs: Side,
    router: Router,
}

/// A tenant's part of it.
#[derive(Clone)]
pub(crate) struct Side {
    pub(crate) tenant: TenantId,
    pub(crate) customer: String,
    pub(crate) product: String,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let bed = Bed::new().await;
        let router = router(&bed.tenancy, (Ipv4Addr::LOCALHOST, 8080).into());
        let (ours, theirs) = (side(&router, bed.a).await, side(&router, bed.b).await);
        Self { bed, ours, theirs, router }
    }

    /// Sends a JSON body as the tenant; none when it is empty.
    pub(crate) async fn send(&self, tenant: TenantId, method: &str, path: &str, body: impl Into<String>) -> Answer {
        send(&self.router, request(tenant, method, path, body.into())).await
    }

    /// A request that is not made like all the others.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Answer {
        send(&self.router, request).await
    }

    /// Places an order as the first tenant.
    pub(crate) async fn order(&self, body: &Value) -> Answer {
        self.send(self.ours.tenant, "POST", "/api/sales_orders", body.to_string()).await
    }

    /// How many orders and lines the two tenants have: ours, theirs.
    pub(crate) async fn orders(&self) -> [usize; 4] {
        let count = async |table, side: &Side| self.bed.count(table, side.tenant).await;
        [
            count("sales_orders", &self.ours).await,
            count("sales_order_lines", &self.ours).await,
            count("sales_orders", &self.theirs).await,
            count("sales_order_lines", &self.theirs).await,
        ]
    }
}

impl Side {
    /// An order of one line, of one unit of the product.
    pub(crate) fn order(&self, number: i64) -> Value {
        json!({ "number": number, "customer": self.customer, "placed_on": "2026-11-24", "lines": [self.line(1)] })
    }

    pub(crate) fn line(&self, quantity: i32) -> Value {
        json!({ "product": self.product, "quantity": quantity })
    }
}

async fn side(router: &Router, tenant: TenantId) -> Side {
    let made = async |path: &str, body: Value| {
        let answer = send(router, request(tenant, "POST", path, body.to_string())).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    let customer = made("/api/customers", json!({ "code": "C", "name": "Customer" })).await;
    let price = json!({ "amount": 250, "currency": "EUR" });
    let product = made("/api/products", json!({ "code": "P", "name": "Product", "unit_price": price })).await;
    Side { tenant, customer, product }
}

pub(crate) fn request(tenant: TenantId, method: &str, path: &str, body: String) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(dev_tenant::HEADER, tenant.to_string());
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request.body(Body::from(body)).unwrap()
}
