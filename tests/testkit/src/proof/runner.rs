//! One case: fresh tenants, a sequence of steps, and after each step a look from every side.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use futures_util::future::join_all;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use tenantry::schema::{ColumnDef, Kind};
use tenantry::sql::Op;
use tenantry::{Platform, Tenancy, TenantId};

use super::executor::{Lane, Seen, id_of};
use super::model::{Book, Outcome, Row, World, completed, timeless};
use super::observer::{self, Digest};
use super::operation::{Act, Deed, Query, Scene, Step, Surface};
use super::script;
use super::value::{Draw, quoted};
use super::{Counts, Kindred};

/// What all cases share.
pub(super) struct Ground {
    pub(super) world: World,
    pub(super) surfaces: Vec<Surface>,
    pub(super) tenancy: Tenancy,
    pub(super) platform: Platform,
    pub(super) router: Router,
    pub(super) app: sqlx::postgres::PgConnectOptions,
    pub(super) admin: sqlx::postgres::PgConnectOptions,
    /// The connections of the case before: logging in costs more than a step does.
    pub(super) spare: Mutex<Option<Connections>>,
}

/// One connection per tenant as the application's role, and the observer's.
pub(super) struct Connections {
    app: Vec<PgConnection>,
    observer: PgConnection,
}

impl Connections {
    /// Ends whatever they are in the middle of after a failure; none when one of them cannot.
    async fn reset(mut self) -> Option<Self> {
        for connection in self.app.iter_mut().chain([&mut self.observer]) {
            crate::execute(connection, "rollback").await.ok()?;
        }
        Some(self)
    }
}

impl Ground {
    async fn connections(&self, tenants: usize) -> Result<Connections, sqlx::Error> {
        if let Some(spare) = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Ok(spare);
        }
        let mut app = Vec::new();
        for _ in 0..tenants {
            app.push(PgConnection::connect_with(&self.app).await?);
        }
        Ok(Connections { app, observer: PgConnection::connect_with(&self.admin).await? })
    }
}

/// Why a case failed, and the way there.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) script: Vec<String>,
    pub(super) fault: String,
}

/// A case that is being run.
struct Case<'a> {
    ground: &'a Ground,
    tenants: Vec<TenantId>,
    books: Vec<Book>,
    connections: Connections,
    digests: Vec<Digest>,
    counts: Counts,
    script: Vec<String>,
}

/// Runs a case to its end or to the first thing that is wrong.
pub(super) async fn run(ground: &Ground, tenants: usize, furnished: bool, steps: &[Step], seen: impl Fn()) -> Result<Counts, Broken> {
    let mut case = match Case::begin(ground, tenants).await {
        Ok(case) => case,
        Err(error) => return Err(Broken { script: Vec::new(), fault: format!("the case cannot begin: {error}") }),
    };
    let mut result = case.run(furnished, steps, seen).await;
    // What one case leaves behind would be in the next one's sight as soon as a fence is down, and a script would not say whose it is.
    if let Err(error) = case.clear().await {
        result = result.and(Err(format!("the observer cannot clear the rows away: {error}")));
    }
    let Case { counts, script, connections, .. } = case;
    *ground.spare.lock().unwrap_or_else(PoisonError::into_inner) = connections.reset().await;
    result.map(|()| counts).map_err(|fault| Broken { script, fault })
}

impl<'a> Case<'a> {
    async fn begin(ground: &'a Ground, tenants: usize) -> Result<Self, Box<dyn std::error::Error>> {
        let mut ids = Vec::new();
        for _ in 0..tenants {
            let slug = format!("t-{}", TenantId::generate());
            ids.push(ground.platform.create_tenant(&slug, &slug).await?);
        }
        Ok(Self {
            ground,
            books: vec![Book::new(&ground.world); tenants],
            digests: vec![Digest::new(); tenants],
            tenants: ids,
            connections: ground.connections(tenants).await?,
            counts: Counts::default(),
            script: Vec::new(),
        })
    }

    async fn run(&mut self, furnished: bool, steps: &[Step], seen: impl Fn()) -> Result<(), String> {
        if furnished {
            self.furnish().await?;
        }
        self.digests = self.look().await?;
        for step in steps {
            seen();
            self.step(step).await?;
        }
        Ok(())
    }

    /// A row of every model for every tenant, so that there is something to attack from the first step on.
    async fn furnish(&mut self) -> Result<(), String> {
        self.script.push("every tenant makes a row of each model [repository]".to_owned());
        for model in self.ground.world.by_dependency() {
            let acts = (0..self.tenants.len()).map(|who| {
                let scene = Scene { world: &self.ground.world, own: &self.books[who], others: Vec::new() };
                let row = scene.fresh(model, &mut Draw::new(who as u64));
                Some(Act { surface: Surface::Repository, model, deed: Deed::Create(row), foreign: Vec::new() })
            });
            let acts: Vec<Option<Act>> = acts.collect();
            self.perform(&acts).await?;
        }
        // They are all accepted, and would make the shares look better than they are.
        self.counts = Counts::default();
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        let acts: Vec<Option<Act>> = step.iter().enumerate().map(|(who, operation)| self.scene(who).act(operation)).collect();
        for (who, act) in acts.iter().enumerate() {
            self.script.extend(act.as_ref().map(|act| script::line(&self.ground.world, who, act)));
        }
        let before = self.books.clone();
        self.perform(&acts).await?;
        let digests = self.look().await?;
        for (who, digest) in digests.iter().enumerate() {
            if self.books[who] == before[who] && *digest != self.digests[who] {
                return Err(self.changed(who, digest));
            }
        }
        self.digests = digests;
        self.views().await
    }

    fn scene(&self, who: usize) -> Scene<'_> {
        let others = (0..self.tenants.len()).filter(|other| *other != who);
        let others = others.map(|other| (self.tenants[other].uuid(), &self.books[other])).collect();
        Scene { world: &self.ground.world, own: &self.books[who], others }
    }

    fn lanes(&mut self) -> Vec<Lane<'_>> {
        let ground = self.ground;
        let lane = |(connection, tenant): (_, &TenantId)| Lane::new(&ground.world, &ground.tenancy, &ground.router, connection, *tenant);
        self.connections.app.iter_mut().zip(&self.tenants).map(lane).collect()
    }

    /// Does all acts at once, and compares how each ended with what the model says.
    async fn perform(&mut self, acts: &[Option<Act>]) -> Result<(), String> {
        let lanes = self.lanes().into_iter().zip(acts);
        let running = lanes.map(async |(mut lane, act)| match act {
            Some(act) => Some(lane.perform(act).await),
            None => None,
        });
        let seen = join_all(running).await;
        for (who, (act, seen)) in acts.iter().zip(seen).enumerate() {
            if let (Some(act), Some(seen)) = (act, seen) {
                let told = |fault| format!("{}: {fault}", script::tenant(who));
                let seen = seen.map_err(told)?;
                self.counts.add(Kindred::of(act), seen.outcome == Outcome::Done, !act.foreign.is_empty());
                self.settle(who, act, &seen).map_err(told)?;
            }
        }
        Ok(())
    }

    /// Takes what was done into the model, which has its own opinion of how it should have ended.
    fn settle(&mut self, who: usize, act: &Act, seen: &Seen) -> Result<(), String> {
        let (world, book, model) = (&self.ground.world, &mut self.books[who], act.model);
        let def = world.models[model];
        let expected = match &act.deed {
            Deed::Create(row) => {
                let row = completed(def, row);
                let outcome = book.judge_new(world, model, &row);
                if outcome == Outcome::Done && seen.outcome == Outcome::Done {
                    let id = seen.rows.first().and_then(id_of).ok_or("the new row has no id")?;
                    book.insert(world, model, id, row);
                }
                outcome
            }
            Deed::Get(id) if book.tables[model].contains_key(id) => Outcome::Done,
            Deed::Get(_) => Outcome::NotFound,
            // A request is read before the row is looked for; a statement without a row checks no value.
            Deed::Patch(_, row) if act.surface == Surface::Http && !acceptable(def, row) => Outcome::Invalid,
            Deed::Patch(id, row) => book.patch(world, model, *id, row),
            Deed::Delete(id) if !book.tables[model].contains_key(id) => Outcome::NotFound,
            Deed::Delete(id) => book.delete(world, model, &[*id]),
            Deed::List(_) => Outcome::Done,
            Deed::Attack(assault) => assault.settle(world, book, &seen.outcome),
        };
        if seen.outcome != expected {
            return Err(format!("ended in {:?} where {expected:?} was due ({})", seen.outcome, seen.trace));
        }
        if let (Deed::List(query), Surface::Http | Surface::Repository) = (&act.deed, act.surface) {
            return listed(world, book, model, query, &seen.rows);
        }
        self.answered(who, act, seen)
    }

    /// A row that was answered is the row of the model.
    fn answered(&self, who: usize, act: &Act, seen: &Seen) -> Result<(), String> {
        let def = self.ground.world.models[act.model];
        for row in seen.rows.iter().filter(|row| row.len() > 1) {
            let own = id_of(row).and_then(|id| self.books[who].tables[act.model].get(&id));
            if own != Some(&timeless(def, row)) {
                return Err(format!("was answered {} where the row is {own:?}", Value::from_iter(row.clone())));
            }
        }
        Ok(())
    }

    /// Each tenant's rows, through every surface, are those of its model, in full.
    async fn views(&mut self) -> Result<(), String> {
        let surfaces = self.ground.surfaces.clone();
        let views = self.lanes().into_iter().map(async |mut lane| {
            let mut views = Vec::new();
            for surface in &surfaces {
                views.push((*surface, lane.view(*surface).await));
            }
            views
        });
        for (who, views) in join_all(views).await.into_iter().enumerate() {
            let mut clocks: BTreeMap<(usize, String), String> = BTreeMap::new();
            for (surface, view) in views {
                let place = |fault: String| format!("{} sees over {surface}: {fault}", script::tenant(who));
                for (model, rows) in view.map_err(place)?.into_iter().enumerate() {
                    self.same(who, model, rows, &mut clocks).map_err(place)?;
                }
            }
        }
        Ok(())
    }

    fn same(&self, who: usize, model: usize, rows: Option<Vec<Row>>, clocks: &mut BTreeMap<(usize, String), String>) -> Result<(), String> {
        let def = self.ground.world.models[model];
        let Some(rows) = rows else { return Ok(()) };
        let own = &self.books[who].tables[model];
        for row in &rows {
            let id = id_of(row).unwrap_or_default();
            match own.get(&id) {
                None => return Err(format!("a row of {} that is not its own: {id}{}", def.table, self.owner(who, model, id))),
                Some(expected) if *expected != timeless(def, row) => {
                    return Err(format!("{} {id} as {row:?} where it should be {expected:?}", def.table));
                }
                Some(_) => {}
            }
            // What the clock decided is the same on every surface.
            let whole = format!("{row:?}");
            if *clocks.entry((model, id.to_string())).or_insert_with(|| whole.clone()) != whole {
                return Err(format!("{} {id} otherwise than over another surface: {whole}", def.table));
            }
        }
        if rows.len() != own.len() {
            return Err(format!("{} rows of {} where it has {}", rows.len(), def.table, own.len()));
        }
        Ok(())
    }

    fn owner(&self, who: usize, model: usize, id: uuid::Uuid) -> String {
        let owner = (0..self.books.len()).find(|other| *other != who && self.books[*other].tables[model].contains_key(&id));
        owner.map(|owner| format!(" belongs to {}", script::tenant(owner))).unwrap_or_default()
    }

    async fn clear(&mut self) -> Result<(), sqlx::Error> {
        let world = &self.ground.world;
        let tenants: Vec<String> = self.tenants.iter().map(|tenant| quoted(&tenant.to_string())).collect();
        let (column, tenants) = (world.conventions.tenant_column, tenants.join(", "));
        let delete = |model| format!("delete from {} where \"{column}\" in ({tenants})", world.table(model));
        let statements: Vec<String> = world.by_dependency().into_iter().rev().map(delete).collect();
        crate::execute(&mut self.connections.observer, &statements.join("; ")).await
    }

    async fn look(&mut self) -> Result<Vec<Digest>, String> {
        observer::look(&mut self.connections.observer, &self.ground.world, &self.tenants)
            .await
            .map_err(|error| format!("the observer: {error}"))
    }

    fn changed(&self, who: usize, now: &Digest) -> String {
        let mut text = format!("{} did not write, and yet its rows have changed:", script::tenant(who));
        for (model, def) in self.ground.world.models.iter().enumerate() {
            if self.digests[who].get(&model) != now.get(&model) {
                let rows = |digest: &Digest| digest.get(&model).map_or(0, |(rows, _)| *rows);
                let _ = write!(text, " {} ({} rows, now {})", def.table, rows(&self.digests[who]), rows(now));
            }
        }
        text
    }
}

fn acceptable(def: &'static tenantry::schema::ModelDef, row: &Row) -> bool {
    def.updatable().all(|column| row.get(column.name).is_none_or(|value| super::value::takes(column, Some(value))))
}

/// A list is the tenant's rows that the filters let through, in the order of the sorts.
fn listed(world: &World, book: &Book, model: usize, query: &Query, rows: &[Row]) -> Result<(), String> {
    let def = world.models[model];
    let passes = |row: &&Row| query.filters.iter().all(|(column, op, value)| passes(column, *op, value.as_ref(), row.get(column.name)));
    let mut expected: Vec<&Row> = book.tables[model].values().filter(passes).collect();
    // The id ends every order, in the direction of the last key.
    let last = query.sorts.last().is_some_and(|(_, descending)| *descending);
    let keys: Vec<(&str, bool)> = query.sorts.iter().map(|(column, descending)| (column.name, *descending)).chain([("id", last)]).collect();
    expected.sort_by(|a, b| {
        let compare = |(name, descending): &(&str, bool)| {
            let order = compared(a.get(*name), b.get(*name));
            if *descending { order.reverse() } else { order }
        };
        keys.iter().map(compare).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    let rows: Vec<Row> = rows.iter().map(|row| timeless(def, row)).collect();
    if rows.iter().eq(expected.iter().copied()) {
        return Ok(());
    }
    let ids = |rows: Vec<&Row>| rows.iter().filter_map(|row| id_of(row)).map(|id| id.to_string()).collect::<Vec<_>>().join(", ");
    Err(format!("the list has the rows [{}] where [{}] were due", ids(rows.iter().collect()), ids(expected)))
}

fn compared(a: Option<&Value>, b: Option<&Value>) -> std::cmp::Ordering {
    match (a, b) {
        (Some(Value::String(a)), Some(Value::String(b))) => a.cmp(b),
        (Some(a), Some(b)) => a.as_i64().cmp(&b.as_i64()),
        _ => std::cmp::Ordering::Equal,
    }
}

fn passes(column: &ColumnDef, op: Op, wanted: Option<&Value>, value: Option<&Value>) -> bool {
    let null = matches!(value, None | Some(Value::Null));
    match op {
        Op::IsNull => null,
        Op::IsNotNull => !null,
        _ if null => false,
        Op::Eq => value == wanted,
        Op::Prefix => {
            value.and_then(Value::as_str).zip(wanted.and_then(Value::as_str)).is_some_and(|(value, start)| value.starts_with(start))
        }
        Op::Gt | Op::Gte | Op::Lt | Op::Lte => {
            debug_assert!(!matches!(column.kind, Kind::Money));
            let order = compared(value, wanted);
            match op {
                Op::Gt => order.is_gt(),
                Op::Gte => order.is_ge(),
                Op::Lt => order.is_lt(),
                _ => order.is_le(),
            }
        }
    }
}

/// Switches row security off on one table, as the observer: the proof must then stand on the predicate alone.
pub(super) async fn open(ground: &Ground, table: &str) -> Result<(), sqlx::Error> {
    let mut admin = PgConnection::connect_with(&ground.admin).await?;
    // The name is looked up, so that a misspelt one fails here and not silently.
    let text = format!(
        "do $$ begin execute format('alter table %s disable row level security', {}::regclass); end $$",
        quoted(&format!("{}.{table}", ground.world.conventions.schema))
    );
    crate::execute(&mut admin, &text).await?;
    admin.close().await
}
