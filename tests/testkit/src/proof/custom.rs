//! Hand-written routes and functions under proof, and how callers are made: what a user tells the proof about an application.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use tenantry::{Error, Tenancy, TenantDb, TenantId};
use uuid::Uuid;

use super::model::{Book, Outcome, Row, World, completed};
use super::value::Draw;

/// The rows of one tenant, as the model has them.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    world: &'a World,
    book: &'a Book,
}

impl<'a> Rows<'a> {
    pub(super) const fn new(world: &'a World, book: &'a Book) -> Self {
        Self { world, book }
    }

    /// The rows of a table with their ids, in the order of the ids. A row is its columns as JSON values, without what the clock decides.
    ///
    /// # Panics
    /// When no model under proof has that table.
    pub fn of(self, table: &str) -> impl Iterator<Item = (Uuid, &'a Row)> + use<'a> {
        self.book.tables[self.world.position(table)].iter().map(|(id, row)| (*id, row))
    }

    /// The row with that id.
    ///
    /// # Panics
    /// When no model under proof has that table.
    #[must_use]
    pub fn get(self, table: &str, id: Uuid) -> Option<&'a Row> {
        self.book.tables[self.world.position(table)].get(&id)
    }

    /// The ids of a table's rows, to draw from.
    ///
    /// # Panics
    /// When no model under proof has that table.
    #[must_use]
    pub fn ids(self, table: &str) -> Vec<Uuid> {
        self.of(table).map(|(id, _)| id).collect()
    }
}

/// What a caller sends: to a route a method, a path and a body, to a function its input alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Value,
}

impl Request {
    /// A request with a JSON body; [`Value::Null`] sends none.
    #[must_use]
    pub fn new(method: Method, path: impl Into<String>, body: Value) -> Self {
        Self { method, path: path.into(), body }
    }

    /// The body of a request, or the input of a function.
    #[must_use]
    pub const fn body(&self) -> &Value {
        &self.body
    }

    /// The path with its query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub(super) accepted: bool,
    pub(super) status: Option<u16>,
    pub(super) body: Value,
}

impl Answer {
    /// Whether it was done: a status below 400, or `Ok`.
    #[must_use]
    pub const fn accepted(&self) -> bool {
        self.accepted
    }

    /// The status of a route's answer.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The JSON that came back; the words of the error when a function refused.
    #[must_use]
    pub const fn body(&self) -> &Value {
        &self.body
    }
}

#[derive(Clone, Debug)]
enum Change {
    Insert(String, Uuid, Row),
    Patch(String, Uuid, Row),
    Delete(String, Uuid),
}

/// What an operation has done to its tenant's rows, in this order.
#[derive(Clone, Debug, Default)]
#[must_use = "an effect says what to expect"]
pub struct Effect {
    changes: Vec<Change>,
}

impl Effect {
    /// Nothing was written.
    pub fn none() -> Self {
        Self::default()
    }

    /// A row was made. Columns that are left out have their default or are null.
    pub fn insert(mut self, table: &str, id: Uuid, row: Row) -> Self {
        self.changes.push(Change::Insert(table.to_owned(), id, row));
        self
    }

    /// These columns of a row were changed, which moved its version.
    pub fn patch(mut self, table: &str, id: Uuid, columns: Row) -> Self {
        self.changes.push(Change::Patch(table.to_owned(), id, columns));
        self
    }

    /// A row was deleted, with what goes with it.
    pub fn delete(mut self, table: &str, id: Uuid) -> Self {
        self.changes.push(Change::Delete(table.to_owned(), id));
        self
    }

    /// Takes the changes into the book; `Err` when the keys and references of the models would not have let one happen.
    pub(super) fn apply(&self, world: &World, book: &mut Book) -> Result<(), String> {
        for change in &self.changes {
            let (table, outcome) = match change {
                Change::Insert(table, id, row) => {
                    let model = world.position(table);
                    let row = completed(world.models[model], row);
                    let outcome = book.judge_new(world, model, &row);
                    book.insert(world, model, *id, row);
                    (table, outcome)
                }
                Change::Patch(table, id, columns) => (table, book.patch(world, world.position(table), *id, columns)),
                Change::Delete(table, id) => (table, book.delete(world, world.position(table), &[*id])),
            };
            if outcome != Outcome::Done {
                return Err(format!("its effect on {table} cannot be: {outcome:?}"));
            }
        }
        Ok(())
    }

    pub(super) fn is_none(&self) -> bool {
        self.changes.is_empty()
    }
}

type Make = dyn Fn(&mut Draw, Rows<'_>, &[Rows<'_>]) -> Option<Request> + Send + Sync;
type Run = dyn for<'a> Fn(&'a mut TenantDb, Value) -> LocalBoxFuture<'a, Result<Value, Error>> + Send + Sync;
type State = dyn Fn(Rows<'_>, &Request, &Answer) -> Result<Effect, String> + Send + Sync;

/// A hand-written route or function under proof.
///
/// Without [`effect`](Self::effect) the proof reads the tenant's rows again after each call and takes them as they are, while the rows of
/// every other tenant must be what they were. With it they must be exactly what the effect says.
///
/// ```
/// use serde_json::json;
/// use tenantry_testkit::proof::{Effect, Operation, Request};
///
/// let close = Operation::route("POST /orders/{id}/close", |draw, own, others| {
///     // Now and then another tenant's order: it must look like one that does not exist.
///     let ids = if draw.percent(10) { others.first()?.ids("orders") } else { own.ids("orders") };
///     Some(Request::new(axum::http::Method::POST, format!("/orders/{}/close", draw.pick(&ids)?), json!({})))
/// })
/// .effect(|own, request, answer| {
///     let id = request.path().split('/').nth(2).and_then(|id| id.parse().ok()).ok_or("a path with an id")?;
///     match (own.get("orders", id), answer.accepted()) {
///         (Some(_), true) => Ok(Effect::none().patch("orders", id, [("closed".to_owned(), json!(true))].into())),
///         (None, false) if answer.status() == Some(404) => Ok(Effect::none()),
///         _ => Err("an order that is there is closed, any other is not found".to_owned()),
///     }
/// });
/// # drop(close);
/// ```
#[derive(Clone)]
#[must_use = "give it to Proof::operation"]
pub struct Operation {
    pub(super) name: &'static str,
    pub(super) make: Arc<Make>,
    /// None: it is a route.
    pub(super) run: Option<Arc<Run>>,
    pub(super) effect: Option<Arc<State>>,
}

impl Operation {
    /// A route. `make` draws a request from the caller's own rows and the others'; with `None` there is nothing to do yet.
    ///
    /// A request that is refused and names rows of other tenants is sent a second time with random ids in their place, and the two answers
    /// must be the same.
    pub fn route(name: &'static str, make: impl Fn(&mut Draw, Rows<'_>, &[Rows<'_>]) -> Option<Request> + Send + Sync + 'static) -> Self {
        Self { name, make: Arc::new(make), run: None, effect: None }
    }

    /// A function over the tenant's handle. `input` draws what it is called with.
    pub fn function(
        name: &'static str,
        input: impl Fn(&mut Draw, Rows<'_>, &[Rows<'_>]) -> Option<Value> + Send + Sync + 'static,
        run: impl for<'a> Fn(&'a mut TenantDb, Value) -> LocalBoxFuture<'a, Result<Value, Error>> + Send + Sync + 'static,
    ) -> Self {
        let make = move |draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]| {
            Some(Request { method: Method::POST, path: String::new(), body: input(draw, own, others)? })
        };
        Self { name, make: Arc::new(make), run: Some(Arc::new(run)), effect: None }
    }

    /// What it must have done, given the rows from before, what was sent and what came back; `Err` when the answer is not one that it may
    /// give.
    pub fn effect(mut self, effect: impl Fn(Rows<'_>, &Request, &Answer) -> Result<Effect, String> + Send + Sync + 'static) -> Self {
        self.effect = Some(Arc::new(effect));
        self
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("name", &self.name).field("stated", &self.effect.is_some()).finish_non_exhaustive()
    }
}

type Around = dyn Fn(&Tenancy, Router) -> Router + Send + Sync;
type Caller = dyn Fn(TenantId, &mut Parts) + Send + Sync;

/// How a tenant's caller is made: the layers that find out the tenant of a request, and what a request carries for them.
///
/// ```
/// use tenantry_testkit::proof::Principals;
/// # fn layers(_: &tenantry::Tenancy, routes: axum::Router) -> axum::Router { routes }
/// # fn token(tenant: tenantry::TenantId) -> axum::http::HeaderValue { axum::http::HeaderValue::from_str(&tenant.to_string()).unwrap() }
///
/// let principals = Principals::new(layers, |tenant, request| {
///     request.headers.insert("authorization", token(tenant));
/// });
/// # drop(principals);
/// ```
#[derive(Clone)]
pub struct Principals {
    pub(super) around: Option<Arc<Around>>,
    pub(super) caller: Arc<Caller>,
}

impl Principals {
    /// `around` puts the application's own layers around its routes, and `caller` puts into a request what shows them its tenant. The
    /// routes stay where they are: the generated ones are asked for at `/{table}`.
    pub fn new(
        around: impl Fn(&Tenancy, Router) -> Router + Send + Sync + 'static,
        caller: impl Fn(TenantId, &mut Parts) + Send + Sync + 'static,
    ) -> Self {
        Self { around: Some(Arc::new(around)), caller: Arc::new(caller) }
    }
}

impl Default for Principals {
    /// The header of the development tenant layer, and that layer.
    fn default() -> Self {
        let caller = |tenant: TenantId, request: &mut Parts| {
            if let Ok(value) = HeaderValue::try_from(tenant.to_string()) {
                request.headers.insert(HeaderName::from_static(tenantry::layers::dev_tenant::HEADER), value);
            }
        };
        Self { around: None, caller: Arc::new(caller) }
    }
}

impl fmt::Debug for Principals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Principals").field("development", &self.around.is_none()).finish_non_exhaustive()
    }
}

type Rule = dyn Fn(&mut Row) -> bool + Send + Sync;

/// Rules of the application that drawn rows respect, by table.
#[derive(Clone, Default)]
pub(super) struct Domain(Vec<(String, Arc<Rule>)>);

impl Domain {
    pub(super) fn add(&mut self, table: &str, rule: Arc<Rule>) {
        self.0.push((table.to_owned(), rule));
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(table, _)| table.as_str())
    }

    /// Whether every rule takes the row, which they may have changed.
    pub(super) fn takes(&self, table: &str, row: &mut Row) -> bool {
        self.0.iter().filter(|(other, _)| other == table).all(|(_, rule)| rule(row))
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.tables()).finish()
    }
}
