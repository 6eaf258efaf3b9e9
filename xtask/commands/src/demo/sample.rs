//! Sample requests: what a newcomer would try first, with the answers that must come.

use anyhow::{Context as _, ensure};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Map, Value, json};
use tenantry::schema::{Arg, ColumnDef, ModelDef, Verb};
use tenantry_testkit::draft;

use super::DemoTenant;
use super::house::House;
use crate::App;

/// What the requests are about: a model whose rows stand alone, with the routes that the sample uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) def: &'static ModelDef,
}

impl Subject {
    /// The model that the application names, or else its first that fits; none when there is none.
    pub(crate) fn of(app: &App) -> anyhow::Result<Option<Self>> {
        let models = || app.models.iter().map(|entry| entry.def()).filter(|def| fits(def));
        let Some(demo) = app.demo else { return Ok(models().next().map(|def| Self { def })) };
        let named = models().find(|def| def.table == demo.table);
        let def = named.with_context(|| {
            format!("`{}`, the table of the demo, is none whose rows stand alone and that has all routes but patch", demo.table)
        })?;
        Ok(Some(Self { def }))
    }

    /// Three lines to try: the rows of one tenant, those of another one, and a new row of its own.
    pub(super) fn curls(self, first: &DemoTenant, empty: &DemoTenant) -> [String; 3] {
        let rows = |tenant: &DemoTenant| format!("http://{}/api/{}", tenant.host, self.def.table);
        let bearer = |tenant: &DemoTenant| format!("-H 'Authorization: Bearer {}'", tenant.token);
        let sort = self.def.columns.iter().find(|column| column.sort).map(|column| format!("sort={}&", column.name));
        [
            format!("curl -s {} '{}?{}limit=2'", bearer(first), rows(first), sort.unwrap_or_default()),
            format!("curl -s {} '{}'", bearer(empty), rows(empty)),
            format!("curl -s {} -H 'Content-Type: application/json' -d '{}' {}", bearer(empty), self.body(1), rows(empty)),
        ]
    }

    /// A new row, as short as it can be.
    fn body(self, seed: u64) -> Value {
        let values = self.def.insertable().zip(draft::values(self.def, seed));
        let given = values.filter(|(column, _)| must_be_given(column));
        Value::Object(given.map(|(column, args)| (column.name.to_owned(), value(&args))).collect::<Map<_, _>>())
    }
}

fn fits(def: &ModelDef) -> bool {
    let routes = [Verb::List, Verb::Get, Verb::Create, Verb::Delete].into_iter().all(|verb| def.routes.has(verb));
    routes && def.insertable().filter(must_be_given_ref).all(|column| column.reference().is_none() && !column.readonly)
}

const fn must_be_given(column: &ColumnDef) -> bool {
    !column.nullable && column.default.is_none()
}

fn must_be_given_ref(column: &&'static ColumnDef) -> bool {
    must_be_given(column)
}

/// A drafted value as it stands in a body.
fn value(args: &[Arg]) -> Value {
    match args {
        [Arg::I64(amount), Arg::Text(currency)] => json!({ "amount": amount, "currency": currency }),
        [Arg::Uuid(value)] => json!(value.map(|value| value.to_string())),
        [Arg::Text(value)] => json!(value),
        [Arg::Bool(value)] => json!(value),
        [Arg::I32(value)] => json!(value),
        [Arg::I64(value)] => json!(value),
        [Arg::Date(value)] => json!(value.map(|value| value.to_string())),
        [Arg::Timestamp(value)] => json!(value.map(|value| value.to_string())),
        _ => Value::Null,
    }
}

/// The service is ready; a tenant makes a row and reads it; another one does not find it.
pub(super) async fn check(base: &str, house: &House, tenants: &[DemoTenant], subject: Option<&Subject>) -> anyhow::Result<()> {
    for path in ["live", "ready"] {
        let response = Client::new().get(format!("{base}/health/{path}")).send().await?;
        ensure!(response.status() == StatusCode::OK, "/health/{path} answered {}", response.status());
    }
    let Some(subject) = subject else { return Ok(()) };
    let [_, owner, stranger, ..] = tenants else {
        anyhow::bail!("the sample needs three tenants");
    };
    let (table, as_tenant) = (subject.def.table, |method, tenant: &DemoTenant, path: &str| {
        house.ask(method, tenant, &format!("api/{path}")).bearer_auth(&tenant.token)
    });
    // A seed that no loader has used: its keys are free.
    let created = as_tenant(Method::POST, owner, table).json(&subject.body(u64::from(u32::MAX))).send().await?;
    ensure!(created.status() == StatusCode::CREATED, "creating a row of {table} answered {}", created.status());
    let created: Value = created.json().await.context("the row that was created is no JSON")?;
    let row = format!("{table}/{}", created["id"].as_str().context("the row that was created has no id")?);

    let read = as_tenant(Method::GET, owner, &row).send().await?;
    ensure!(read.status() == StatusCode::OK, "reading it back answered {}", read.status());
    ensure!(read.json::<Value>().await? == created, "reading it back gave another row");
    let foreign = as_tenant(Method::GET, stranger, &row).send().await?;
    ensure!(foreign.status() == StatusCode::NOT_FOUND, "another tenant's read answered {} instead of 404", foreign.status());

    let deleted = as_tenant(Method::DELETE, owner, &row).send().await?;
    ensure!(deleted.status() == StatusCode::NO_CONTENT, "deleting it answered {}", deleted.status());
    Ok(())
}
