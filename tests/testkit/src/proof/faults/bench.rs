//! What every fault is tried on: a database with three tenants, what each of them must see, and services to break.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use tenantry::http::{Api, CursorKey};
use tenantry::{Actor, Config, Platform, Tenancy, TenantId};
use uuid::Uuid;

use super::super::model::{Book, Outcome, Row, World, timeless};
use super::super::observer::bypasses;
use super::super::operation::Deed;
use super::super::sql::enter;
use super::super::value::of_json;
use super::super::{Failure, Proof, script, setup};
use super::errand::{Ended, Errand, Kind, fresh, run_alone};
use super::report::Fate;
use crate::{ACT, DatabaseUrl, Stage, execute, made};

/// How many tenants there are. One acts, and the others must not notice.
pub(super) const TENANTS: usize = 3;

/// How long what a fault has interrupted may take to end, on a busy machine.
const REST: Duration = Duration::from_secs(10);

/// A service of its own, as it is started and served.
pub(super) struct Service {
    pub(super) tenancy: Tenancy,
    pub(super) router: Router,
}

/// The database and what must be in it.
pub(super) struct Bench {
    proof: Proof,
    pub(super) stage: Stage,
    pub(super) world: Arc<World>,
    pub(super) tenants: Vec<TenantId>,
    pub(super) books: Vec<Book>,
    /// One for each tenant, as a lane of the proof has it.
    pub(super) lanes: Vec<PgConnection>,
    pub(super) observer: PgConnection,
    /// Whether row security does not bind the observer. Where it does (level `managed`), the observer has become the tables' owner, who may
    /// lock them, and the lanes look at what is committed.
    bypasses: bool,
    seed: u64,
    /// With which kind of operation a fault begins.
    first: usize,
    /// When a fault falls on no further kinds of operation.
    until: Option<Instant>,
    /// What was done since the last look, for whoever must find out what went wrong.
    script: Vec<String>,
}

impl Bench {
    /// A migrated database with a row of every model for every tenant.
    pub(super) async fn new(proof: &Proof, stage: Stage, seed: u64) -> Result<Self, Failure> {
        let platform = Config::new(stage.url("platform").expose_with_password()).map_err(Failure::setup)?;
        let platform = Platform::start(&platform, &proof.conventions).await.map_err(Failure::setup)?;
        let (mut tenants, mut lanes) = (Vec::new(), Vec::new());
        for number in 0..TENANTS {
            let slug = format!("tenant-{number}");
            tenants.push(platform.create_tenant(&slug, &slug, ACT).await.map_err(Failure::setup)?);
            let app = stage.url("app").options().map_err(Failure::setup)?;
            lanes.push(PgConnection::connect_with(&app).await.map_err(Failure::setup)?);
        }
        platform.close().await;
        let admin = stage.admin_url().options().map_err(Failure::setup)?;
        let mut observer = PgConnection::connect_with(&admin).await.map_err(Failure::setup)?;
        let bypasses = bypasses(&mut observer).await.map_err(Failure::setup)?;
        if !bypasses {
            execute(&mut observer, &format!("set role {}", proof.conventions.role("owner"))).await.map_err(Failure::setup)?;
        }
        let world = Arc::new(setup::world(proof)?);
        let mut bench = Self {
            proof: proof.clone(),
            books: vec![Book::new(&world); TENANTS],
            observer,
            bypasses,
            stage,
            world,
            tenants,
            lanes,
            seed,
            first: 0,
            until: None,
            script: Vec::new(),
        };
        bench.furnish().await.map_err(Failure::setup)?;
        Ok(bench)
    }

    /// A service with that login and that configuration.
    pub(super) async fn service(&self, url: &DatabaseUrl, configure: impl FnOnce(Config) -> Config) -> Result<Service, String> {
        let config = configure(Config::new(url.expose_with_password()).map_err(text)?);
        let tenancy = Tenancy::start(&config, self.proof.models, self.proof.conventions).await.map_err(text)?;
        let cursors = CursorKey::random().map_err(text)?;
        let routes = (self.proof.router)(&Api::new(tenancy.registry(), cursors));
        let router = self.around(&tenancy, routes)?;
        Ok(Service { tenancy, router })
    }

    /// Who may end the server's processes of the application: an administrator whom nothing binds, and else that role itself.
    pub(super) async fn killer(&self) -> Result<PgConnection, String> {
        let url = if self.bypasses { self.stage.admin_url().clone() } else { self.stage.url("app") };
        PgConnection::connect_with(&url.options().map_err(text)?).await.map_err(text)
    }

    /// The next fault has until then. Where there is no time for all kinds of operation, the seed says with which it begins.
    pub(super) fn turn(&mut self, seed: u64, until: Option<Instant>) {
        self.first = if until.is_some() { seed as usize } else { 0 };
        self.until = until;
    }

    /// The kinds of operation that the fault falls on, each with a model. The first one has its turn in any case; those for which there is
    /// no time are for [`late`](Self::late) to leave out.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (bool, (Kind, usize))> + use<> {
        let mut kinds = Kind::all(&self.world);
        let first = self.first % kinds.len().max(1);
        kinds.rotate_left(first);
        kinds.into_iter().enumerate().map(|(number, of)| (number > 0, of))
    }

    /// Whether the time of the fault is over, for one that may be left out.
    pub(super) fn late(&self, may: bool) -> bool {
        may && self.until.is_some_and(|until| Instant::now() > until)
    }

    /// The layer that brings the tenant, around routes.
    pub(super) fn around(&self, tenancy: &Tenancy, routes: Router) -> Result<Router, String> {
        setup::around(&self.proof, tenancy, routes).map_err(text)
    }

    async fn furnish(&mut self) -> Result<(), String> {
        let service = self.service(&self.stage.url("app"), |config| config.max_connections(1)).await?;
        for model in self.world.by_dependency() {
            for who in 0..TENANTS {
                let row = fresh(self, who, model, false).ok_or("no row of a model can be drawn")?;
                let errand = Errand::one(&self.world, who, model, Deed::Create(row));
                self.make(&service, &errand).await?;
            }
        }
        service.tenancy.close().await;
        Ok(())
    }

    /// Does an errand that nothing disturbs, and keeps what it made.
    pub(super) async fn make(&mut self, service: &Service, errand: &Errand) -> Result<(), String> {
        match run_alone(self, service, errand).await {
            Ended::Acknowledged(_) => self.settle(service, errand, &Ended::Acknowledged(Vec::new()), true).await.map(drop),
            Ended::Failed(error) => Err(self.told(format!("{errand} is not accepted: {error}"))),
        }
    }

    /// A number that decides what is drawn next.
    pub(super) const fn next_seed(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(1);
        self.seed
    }

    /// Notes a line for whoever reads of a failure.
    pub(super) fn note(&mut self, line: impl fmt::Display) {
        self.script.push(line.to_string());
    }

    pub(super) fn told(&mut self, fault: impl fmt::Display) -> String {
        let lines: Vec<String> = self.script.drain(..).collect();
        format!("{}\n  => {fault}", lines.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n"))
    }

    /// After a fault: every tenant sees its own rows through the service, the others' first, and the observer, who sees what is committed,
    /// agrees; what was acknowledged is there, and what was not is there as a whole or not at all.
    pub(super) async fn settle(&mut self, service: &Service, errand: &Errand, ended: &Ended, keep: bool) -> Result<Fate, String> {
        let fate = self.look(service, &[(errand, ended)]).await.map_err(|fault| self.told(fault))?;
        self.script.clear();
        if !keep {
            self.tidy(service, errand).await?;
        }
        Ok(fate.first().copied().unwrap_or(Fate::Absent))
    }

    /// The same for several that ran at once, each of another tenant.
    pub(super) async fn settle_all(&mut self, service: &Service, done: &[(&Errand, &Ended)]) -> Result<Vec<Fate>, String> {
        let fates = self.look(service, done).await.map_err(|fault| self.told(fault))?;
        self.script.clear();
        for (errand, _) in done {
            self.tidy(service, errand).await?;
        }
        Ok(fates)
    }

    /// Two errands of one tenant that were both done: the one came wholly after the other.
    pub(super) async fn settle_either(&mut self, service: &Service, errands: [&Errand; 2], ended: &Ended) -> Result<(), String> {
        let [one, two] = errands;
        let book = self.books[one.who].clone();
        let mut last = String::new();
        for (first, second) in [(one, two), (two, one)] {
            self.books[one.who] = first.done(&self.world, &book, &book)?;
            match self.look(service, &[(second, ended)]).await {
                Ok(_) => {
                    self.script.clear();
                    return Ok(());
                }
                Err(fault) => last = fault,
            }
        }
        Err(self.told(format!("it is as neither order would leave it: {last}")))
    }

    async fn look(&mut self, service: &Service, done: &[(&Errand, &Ended)]) -> Result<Vec<Fate>, String> {
        self.at_rest().await?;
        let acting: Vec<usize> = done.iter().map(|(errand, _)| errand.who).collect();
        let mut order: Vec<usize> = (0..TENANTS).filter(|who| !acting.contains(who)).collect();
        order.extend(acting.iter().rev());
        let mut views = BTreeMap::new();
        for who in order {
            let place = |fault: String| format!("{}: {fault}", script::tenant(who));
            views.insert(who, self.view(service, who).await.map_err(place)?);
        }
        for (who, committed) in self.committed().await?.into_iter().enumerate() {
            if views.get(&who) != Some(&committed) {
                let seen = views.get(&who).map(sizes).unwrap_or_default();
                return Err(format!("{} sees {seen} where {} is committed", script::tenant(who), sizes(&committed)));
            }
        }
        for (who, view) in &views {
            if !acting.contains(who) && self.books.get(*who) != Some(view) {
                return Err(format!("the rows of {} have changed: {}", script::tenant(*who), sizes(view)));
            }
        }
        let mut fates = Vec::new();
        for (errand, ended) in done {
            let view = views.get(&errand.who).ok_or("a tenant that is not there")?;
            fates.push(self.judge(errand, ended, view)?);
        }
        Ok(fates)
    }

    fn judge(&mut self, errand: &Errand, ended: &Ended, view: &Book) -> Result<Fate, String> {
        let who = script::tenant(errand.who);
        if errand.was_repeated() {
            return Err(format!("{errand} is done again, though no other transaction was in its way"));
        }
        let book = &mut self.books[errand.who];
        let whole = errand.done(&self.world, book, view)? == *view;
        if let Ended::Acknowledged(rows) = ended {
            if !whole {
                return Err(format!("{who} was told that it is done, and has {} where {} was", sizes(view), sizes(book)));
            }
            errand.answered(&self.world, view, rows)?;
        } else if !whole && book != view {
            return Err(format!("a part of it is there: {who} has {} where {} was", sizes(view), sizes(book)));
        }
        book.clone_from(view);
        Ok(match ended {
            Ended::Acknowledged(_) => Fate::Acknowledged,
            Ended::Failed(_) if whole && errand.writes() => Fate::Whole,
            Ended::Failed(_) => Fate::Absent,
        })
    }

    /// Takes away what an errand has made, so that tables stay small.
    async fn tidy(&mut self, service: &Service, errand: &Errand) -> Result<(), String> {
        for (model, id) in errand.take_made() {
            let mut book = self.books[errand.who].clone();
            if book.delete(&self.world, model, &[id]) == Outcome::Done {
                self.books[errand.who] = book;
                let db = service.tenancy.tenant(self.tenants[errand.who], Actor::System);
                let repo = tenantry::repo::Erased::of(self.world.models[model]);
                db.run(repo.delete(id)).await.map_err(|error| self.told(format!("a row cannot be cleared away: {error}")))?;
            }
        }
        Ok(())
    }

    /// A query of every row that there is for whoever asks, with the place of its model.
    pub(super) fn every_row(&self) -> String {
        let parts =
            (0..self.world.models.len()).map(|model| format!("select {model}, to_jsonb(t)::text from {} t", self.world.table(model)));
        parts.collect::<Vec<_>>().join(" union all ")
    }

    /// Waits until no connection of the application stands in the midst of something. What a fault has interrupted ends soon; a transaction
    /// that was left open on a pooled connection does not, and the next request would find itself inside it.
    async fn at_rest(&mut self) -> Result<(), String> {
        let sql = "select state from pg_stat_activity where datname = current_database() and usename = $1 and state <> 'idle' \
                    and pid <> pg_backend_pid()";
        let role = self.world.conventions.role("app");
        let begin = Instant::now();
        loop {
            // Who is bound by row security may not see the others' states; the role itself may see its own, where this level lets it.
            let looker = if self.bypasses { &mut self.observer } else { &mut self.lanes[0] };
            let busy: Vec<String> = sqlx::query_scalar(sql).bind(&role).fetch_all(looker).await.map_err(text)?;
            let Some(state) = busy.first() else { return Ok(()) };
            if begin.elapsed() > REST {
                return Err(format!("a connection of the service is left `{state}`, so the next request does not start clean"));
            }
            tokio::task::yield_now().await;
        }
    }

    /// Every row that the tenant sees, by row security alone: a context that was left behind would show.
    async fn view(&self, service: &Service, who: usize) -> Result<Book, String> {
        let sql = self.every_row();
        let mut db = service.tenancy.tenant(self.tenants[who], Actor::System);
        let rows = db.transaction(async |tx| {
            let rows: Vec<(i32, String)> = sqlx::query_as(made(sql)).fetch_all(tx.without_predicate_check()).await?;
            Ok(rows)
        });
        let mut book = Book::new(&self.world);
        for (model, row) in rows.await.map_err(|error| format!("the next request on the pool fails: {error}"))? {
            let (owner, model, id, row) = self.row(model, &row)?;
            if owner != self.tenants[who].uuid() {
                return Err(format!("sees a row of {} that belongs to {owner}", self.world.models[model].table));
            }
            book.tables[model].insert(id, row);
        }
        Ok(book)
    }

    async fn committed(&mut self) -> Result<Vec<Book>, String> {
        let sql = self.every_row();
        let told = |error: sqlx::Error| format!("the observer: {error}");
        let mut rows: Vec<(i32, String)> = Vec::new();
        if self.bypasses {
            rows = sqlx::query_as(made(sql)).fetch_all(&mut self.observer).await.map_err(told)?;
        } else {
            for (lane, tenant) in self.lanes.iter_mut().zip(&self.tenants) {
                enter(lane, &self.world, *tenant).await.map_err(told)?;
                rows.extend(sqlx::query_as::<_, (i32, String)>(made(&*sql)).fetch_all(&mut *lane).await.map_err(told)?);
                execute(lane, "commit").await.map_err(told)?;
            }
        }
        let mut books = vec![Book::new(&self.world); TENANTS];
        for (model, row) in rows {
            let (owner, model, id, row) = self.row(model, &row)?;
            let place = self.tenants.iter().position(|tenant| tenant.uuid() == owner).ok_or("a row of a tenant that nobody has made")?;
            books[place].tables[model].insert(id, row);
        }
        Ok(books)
    }

    fn row(&self, model: i32, row: &str) -> Result<(Uuid, usize, Uuid, Row), String> {
        let value: Value = serde_json::from_str(row).map_err(text)?;
        let model = usize::try_from(model).map_err(text)?;
        let def = self.world.models[model];
        let uuid = |name: &str| value[name].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| format!("a row without {name}"));
        let all: Row = def.columns.iter().map(|column| (column.name.to_owned(), of_json(column, &value))).collect();
        Ok((uuid(self.world.conventions.tenant_column)?, model, uuid("id")?, timeless(def, &all)))
    }
}

fn sizes(book: &Book) -> String {
    format!("{:?} rows", book.tables.iter().map(BTreeMap::len).collect::<Vec<_>>())
}

pub(super) fn text(error: impl fmt::Display) -> String {
    error.to_string()
}
