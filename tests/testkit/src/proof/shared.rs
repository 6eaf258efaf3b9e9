//! What all tenants share: the platform has written it before the first case, every tenant reads exactly that on every surface, and
//! whatever a tenant does to change it is refused.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgConnection;
use tenantry::schema::{Arg, ColumnDef, ModelDef, Verb};
use tenantry::{ErrorKind, Platform};
use uuid::Uuid;

use super::executor::{Lane, id_of};
use super::model::{Row, World, shown, timeless};
use super::operation::{Query, Surface};
use super::report::Kindred;
use super::repository::Door;
use super::runner::Turn;
use super::sql::{affected, code, enter, fetch, json};
use super::value::{Draw, literals, of_args, of_json};
use super::{handwritten, http, repository};
use crate::{ACT, draft, execute};

/// How many rows of each shared model there are, unless a key has fewer values.
const ROWS: u64 = 6;

/// The rows of a shared model.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) def: &'static ModelDef,
    rows: BTreeMap<Uuid, Row>,
}

impl Shared {
    pub(super) const fn new(def: &'static ModelDef) -> Self {
        Self { def, rows: BTreeMap::new() }
    }

    pub(super) fn ids(&self) -> Vec<Uuid> {
        self.rows.keys().copied().collect()
    }

    /// Whether these are the rows, in any order.
    fn same(&self, surface: Surface, rows: &[Row]) -> Result<(), String> {
        let table = self.def.table;
        if rows.len() != self.rows.len() {
            return Err(format!("{} rows of {table}, which all tenants share, where there are {}", rows.len(), self.rows.len()));
        }
        for row in rows {
            let own = id_of(row).and_then(|id| self.rows.get(&id)).map(|own| surface.sees(self.def, own));
            if own.as_ref() != Some(&timeless(self.def, row)) {
                return Err(format!("a row of {table}, which all tenants share, as {:?} where it is {own:?}", shown(self.def, row)));
            }
        }
        Ok(())
    }
}

impl World {
    /// The name of a shared table with its schema, quoted.
    fn shared_table(&self, shared: &Shared) -> String {
        format!("\"{}\".\"{}\"", self.conventions.platform_schema, shared.def.table)
    }
}

/// Makes the rows of the shared models, by the one role that may.
pub(super) async fn fill(platform: &Platform, world: &mut World) -> Result<(), String> {
    let mut left: Vec<usize> = (0..world.shared.len()).collect();
    while !left.is_empty() {
        let is_ready = |model: &usize| {
            let mut required = world.shared[*model].def.insertable().filter(|column| !column.nullable && column.reference().is_some());
            required.all(|column| world.given(column).is_some_and(|ids| !ids.is_empty()))
        };
        // What must refer to itself, or to what must refer to it, has no first row.
        let Some(next) = left.iter().position(is_ready) else { break };
        let model = left.remove(next);
        for seed in 1..=ROWS {
            row(platform, world, model, seed).await?;
        }
    }
    Ok(())
}

async fn row(platform: &Platform, world: &mut World, model: usize, seed: u64) -> Result<(), String> {
    let def = world.shared[model].def;
    let mut draw = Draw::new(seed);
    let led = |(column, values): (&ColumnDef, Vec<Arg>)| match world.given(column) {
        Some(ids) if !ids.is_empty() => vec![Arg::Uuid(draw.pick(&ids).copied())],
        _ => values,
    };
    let values = def.insertable().zip(draft::values(def, seed)).map(led).collect();
    let door = platform.shared_values(def).ok_or("it is not shared")?;
    let made = match door.create(values, ACT).await {
        Ok(made) => made,
        // A key of few values has fewer rows.
        Err(error) if matches!(error.kind(), ErrorKind::Unique { .. }) => return Ok(()),
        Err(error) => return Err(format!("no row of {} can be made by the platform: {error}", def.table)),
    };
    let row: Row = def.columns.iter().zip(&made.columns).map(|(column, args)| (column.name.to_owned(), of_args(args))).collect();
    let id = id_of(&row).ok_or("a shared row has no id")?;
    world.shared[model].rows.insert(id, timeless(def, &row));
    Ok(())
}

impl Lane<'_> {
    /// The rows of every shared table on that surface are those that the platform has made.
    pub(super) async fn view_shared(&mut self, surface: Surface) -> Result<(), String> {
        let world = self.world;
        for shared in &world.shared {
            let rows = match surface {
                Surface::Http if !shared.def.routes.has(Verb::List) => continue,
                Surface::Http => http::list(self, shared.def.table, &all()).await?,
                Surface::Repository => {
                    let rows = repository::list(&mut Door::Alone(&self.db), shared.def, &all()).await.map_err(|error| error.to_string())?;
                    repository::rows_of(shared.def, self.tenant, &rows)?
                }
                Surface::HandWritten => {
                    let text = format!("select to_jsonb(t)::text from {} t order by id", world.shared_table(shared));
                    let read = self.db.transaction(async |tx| handwritten::texts(tx, &text).await).await;
                    values(shared.def, &read.map_err(|error| error.to_string())?)?
                }
                Surface::Sql => {
                    let read = bare(self.connection, world, self.tenant, shared).await;
                    read.map_err(|error| error.to_string())?
                }
            };
            shared.same(surface, &rows)?;
        }
        Ok(())
    }
}

fn all() -> Query {
    Query { limit: 200, ..Query::default() }
}

fn values(def: &'static ModelDef, texts: &[String]) -> Result<Vec<Row>, String> {
    let row = |text: &String| -> Result<Row, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Ok(of(def, &value))
    };
    texts.iter().map(row).collect()
}

fn of(def: &'static ModelDef, row: &Value) -> Row {
    def.columns.iter().map(|column| (column.name.to_owned(), of_json(column, row))).collect()
}

/// What SQL without a predicate sees, as the application's role.
async fn bare(connection: &mut PgConnection, world: &World, tenant: tenantry::TenantId, shared: &Shared) -> Result<Vec<Row>, sqlx::Error> {
    enter(connection, world, tenant).await?;
    let rows = fetch(connection, &format!("select to_jsonb(t)::text from {} t", world.shared_table(shared))).await?;
    let rows = rows.iter().map(|row| Ok(of(shared.def, &json(row, 0)?))).collect::<Result<_, sqlx::Error>>()?;
    execute(connection, "commit").await?;
    Ok(rows)
}

/// How a tenant tries to change what is not its own, or to learn who uses it.
#[derive(Clone, Copy, Debug)]
enum Attempt {
    Insert,
    InsertOrUpdate,
    UpdateOne,
    UpdateAll,
    DeleteOne,
    DeleteAll,
    Merge,
    ForUpdate,
    Lock,
    Truncate,
    Copy,
    Disable,
    Policy,
    Owner,
    Trigger,
    Mark,
    Request,
}

const ATTEMPTS: &[Attempt] = &[
    Attempt::Insert,
    Attempt::InsertOrUpdate,
    Attempt::UpdateOne,
    Attempt::UpdateAll,
    Attempt::DeleteOne,
    Attempt::DeleteAll,
    Attempt::Merge,
    Attempt::ForUpdate,
    Attempt::Lock,
    Attempt::Truncate,
    Attempt::Copy,
    Attempt::Disable,
    Attempt::Policy,
    Attempt::Owner,
    Attempt::Trigger,
    Attempt::Mark,
    Attempt::Request,
];

impl Attempt {
    fn sql(self, world: &World, shared: &Shared, id: Uuid) -> String {
        let (table, def) = (world.shared_table(shared), shared.def);
        let row = shared.rows.values().next().cloned().unwrap_or_default();
        let (columns, literals): (Vec<String>, Vec<String>) =
            def.insertable().flat_map(|column| literals(column, row.get(column.name).unwrap_or(&Value::Null))).unzip();
        let first = columns.first().cloned().unwrap_or_else(|| "id".to_owned());
        let (columns, values) =
            ([vec!["id".to_owned()], columns].concat().join(", "), [vec![format!("'{id}'")], literals].concat().join(", "));
        match self {
            Self::Insert => format!("insert into {table} ({columns}) values ({values})"),
            Self::InsertOrUpdate => {
                format!("insert into {table} as t ({columns}) values ({values}) on conflict (id) do update set {first} = t.{first}")
            }
            Self::UpdateOne => format!("update {table} set {first} = {first} where id = '{id}'"),
            Self::UpdateAll => format!("update {table} set {first} = {first}"),
            Self::DeleteOne => format!("delete from {table} where id = '{id}'"),
            Self::DeleteAll => format!("delete from {table}"),
            Self::Merge => format!("merge into {table} t using (select '{id}'::uuid as id) s on t.id = s.id when matched then delete"),
            Self::ForUpdate => format!("select id from {table} for update"),
            Self::Lock => format!("lock table {table} in share mode"),
            Self::Truncate => format!("truncate {table}"),
            Self::Copy => format!("copy {table} (id) from program 'true'"),
            Self::Disable => format!("alter table {table} disable row level security"),
            Self::Policy => format!("create policy mine on {table} using (true)"),
            Self::Owner => format!("alter table {table} owner to {}", world.conventions.role("app")),
            Self::Trigger => format!("create trigger mine before update on {table} execute function suppress_redundant_updates_trigger()"),
            // Whether somebody has referred to it; as text, since sqlx would look up the type first, and lose the statement by that.
            Self::Mark => format!("select xmax::text from {table}"),
            // Over HTTP.
            Self::Request => String::new(),
        }
    }
}

impl Turn<'_> {
    /// Tries to change what all tenants share, and looks at it once more.
    pub(super) async fn shared(&mut self, draw: &mut Draw) -> Result<(), String> {
        let world = self.lane.world;
        let Some(shared) = draw.pick(&world.shared) else { return Ok(()) };
        let Some(attempt) = draw.pick(ATTEMPTS).copied() else { return Ok(()) };
        let id = draw.pick(&shared.ids()).copied().unwrap_or_else(|| draw.uuid());
        self.note(&format!("tries to change {}, which all tenants share: {attempt:?}", shared.def.table));
        self.notes.counts.add(Kindred::Shared, false, false);
        match attempt {
            Attempt::Request => self.request(shared, id).await,
            _ => self.try_sql(&attempt.sql(world, shared, id)).await,
        }
    }

    /// Privileges stand in the way of each.
    async fn try_sql(&mut self, text: &str) -> Result<(), String> {
        let Lane { connection, world, tenant, .. } = &mut self.lane;
        enter(connection, world, *tenant).await.map_err(|error| error.to_string())?;
        let result = affected(connection, text).await;
        execute(connection, "rollback").await.map_err(|error| error.to_string())?;
        match result {
            Err(error) if code(&error) == "42501" => Ok(()),
            Err(error) => Err(format!("is refused otherwise than by privilege: {error}: {text}")),
            Ok(rows) => Err(format!("may do what it may not with what all tenants share ({rows} rows): {text}")),
        }
    }

    /// A route shows it, and none changes it.
    async fn request(&mut self, shared: &Shared, id: Uuid) -> Result<(), String> {
        let table = shared.def.table;
        let (row, body) = (format!("/{table}/{id}"), json!({}));
        if let Some(own) = shared.rows.get(&id).filter(|_| shared.def.routes.has(Verb::Get)) {
            let answer = http::send(&self.lane, Method::GET, &row, None).await?;
            let seen: Row = answer.json().as_object().cloned().unwrap_or_default().into_iter().collect();
            if timeless(shared.def, &seen) != *own {
                return Err(format!("{row}, which all tenants share, is answered by {}", answer.trace()));
            }
        }
        for (method, uri) in [(Method::POST, format!("/{table}")), (Method::PATCH, row.clone()), (Method::DELETE, row)] {
            let answer = http::send(&self.lane, method.clone(), &uri, Some(&body)).await?;
            if !matches!(answer.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND) {
                return Err(format!("{method} {uri}, which all tenants share, is answered by {}", answer.trace()));
            }
        }
        Ok(())
    }
}
