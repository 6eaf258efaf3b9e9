//! What a tenant is about when the fault comes: one operation of each kind, or several units in one transaction.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use sqlx::PgConnection;
use tenantry::repo::Erased;
use tenantry::schema::Verb;
use tenantry::{Actor, Error, ErrorKind, Isolation, TenantId, TenantTx};
use uuid::Uuid;

use super::super::executor::Lane;
use super::super::model::{Book, Outcome, Row, World, completed, timeless};
use super::super::operation::{Act, Deed, Query, Scene, Surface};
use super::super::script;
use super::super::value::{Draw, args};
use super::bench::{Bench, Service};

/// How often something is drawn until the model accepts it.
const DRAWS: usize = 100;

/// A kind of operation.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kind {
    /// A verb, by its place in [`Verb::ALL`].
    Verb(Surface, usize),
    /// A transaction of several units, the last of them in a savepoint.
    Business,
    /// The same in a transaction that is repeated when another one is in its way.
    Repeated,
}

/// How the acts of an errand belong together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    /// There is one.
    Alone,
    /// In one transaction.
    Together,
    /// In one transaction that is repeated.
    Repeated,
}

impl Kind {
    /// All kinds, each with a model on which it can be done; which one goes round from kind to kind.
    pub(super) fn all(world: &World) -> Vec<(Self, usize)> {
        // Those with the most messages and awaits come first, so that what is wrong shows soon.
        let mut kinds = Vec::new();
        if let Some(model) = world.by_dependency().last() {
            kinds.extend([(Self::Repeated, *model), (Self::Business, *model)]);
        }
        for surface in [Surface::Http, Surface::Repository] {
            for (place, verb) in Verb::ALL.iter().enumerate() {
                let fits = |model: &usize| {
                    let def = world.models[*model];
                    let changes = *verb != Verb::Patch || def.updatable().any(|column| surface != Surface::Http || !column.readonly);
                    changes && (surface != Surface::Http || def.routes.has(*verb))
                };
                let models: Vec<usize> = (0..world.models.len()).filter(fits).collect();
                if let Some(model) = models.get((kinds.len() + 1) % models.len().max(1)) {
                    kinds.push((Self::Verb(surface, place), *model));
                }
            }
        }
        kinds
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verb(surface, place) => write!(f, "{} over {surface}", Verb::ALL.get(*place).map_or("", |verb| verb.word())),
            Self::Business => f.write_str("several units in a transaction"),
            Self::Repeated => f.write_str("several units, repeated"),
        }
    }
}

/// What is to be done, and by whom.
pub(super) struct Errand {
    pub(super) who: usize,
    acts: Vec<Act>,
    form: Form,
    lines: Vec<String>,
    /// The rows that it has made, once they have been looked at.
    made: Mutex<Vec<(usize, Uuid)>>,
    /// How often the work of its transaction was begun.
    begun: AtomicU32,
}

/// How it ended, for the caller.
#[derive(Debug)]
pub(super) enum Ended {
    /// The answer was that it is done, with these rows.
    Acknowledged(Vec<Row>),
    /// The answer was an error, or there was none.
    Failed(String),
}

impl From<Result<(), Error>> for Ended {
    fn from(done: Result<(), Error>) -> Self {
        done.map_or_else(|error| Self::Failed(error.to_string()), |()| Self::Acknowledged(Vec::new()))
    }
}

impl fmt::Display for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join(", and in the same transaction "))
    }
}

impl Errand {
    fn new(world: &World, who: usize, acts: Vec<Act>, form: Form) -> Self {
        let lines = acts.iter().map(|act| script::line(world, who, act)).collect();
        Self { who, acts, form, lines, made: Mutex::default(), begun: AtomicU32::new(0) }
    }

    /// One deed through the repository.
    pub(super) fn one(world: &World, who: usize, model: usize, deed: Deed) -> Self {
        Self::new(world, who, vec![Act { surface: Surface::Repository, model, deed, foreign: Vec::new() }], Form::Alone)
    }

    /// An errand of that kind that the system must accept.
    pub(super) async fn draw(bench: &mut Bench, service: &Service, kind: Kind, model: usize, who: usize) -> Result<Self, String> {
        let none = || format!("nothing can be drawn for {kind}");
        let (surface, verb) = match kind {
            Kind::Verb(surface, place) => (surface, Verb::ALL.get(place).copied()),
            Kind::Business | Kind::Repeated => {
                let form = if kind == Kind::Repeated { Form::Repeated } else { Form::Together };
                let acts = several(bench, who, model).ok_or_else(none)?;
                return Ok(Self::new(&bench.world, who, acts, form));
            }
        };
        let http = surface == Surface::Http;
        let any = |bench: &Bench| bench.books[who].tables[model].keys().next().copied();
        let (model, deed) = match verb {
            Some(Verb::Create) | None => (model, Deed::Create(fresh(bench, who, model, http).ok_or_else(none)?)),
            Some(Verb::Get) => (model, Deed::Get(any(bench).ok_or_else(none)?)),
            Some(Verb::List) => (model, Deed::List(Query { limit: 200, ..Query::default() })),
            Some(Verb::Patch) => (model, patch_of(bench, who, model, http, None).ok_or_else(none)?),
            Some(Verb::Delete) => (model, Deed::Delete(free(bench, service, who, model).await?)),
        };
        Ok(Self::new(&bench.world, who, vec![Act { surface, model, deed, foreign: Vec::new() }], Form::Alone))
    }

    /// The same errand without one of its units.
    pub(super) fn without(&self, world: &World, place: usize) -> Self {
        let acts = self.acts.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, act)| act.clone());
        Self::new(world, self.who, acts.collect(), self.form)
    }

    /// Whether its work was begun again, which takes another transaction that was in its way.
    pub(super) fn was_repeated(&self) -> bool {
        self.begun.load(Ordering::SeqCst) > 1
    }

    /// The rows that it has made, once.
    pub(super) fn take_made(&self) -> Vec<(usize, Uuid)> {
        std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many units it has.
    pub(super) fn len(&self) -> usize {
        self.acts.len()
    }

    /// Whether it changes anything.
    pub(super) fn writes(&self) -> bool {
        !self.acts.iter().all(|act| matches!(act.deed, Deed::Get(_) | Deed::List(_)))
    }

    /// The book of its tenant when all of it has been done. The ids of new rows are those that are seen.
    pub(super) fn done(&self, world: &World, book: &Book, seen: &Book) -> Result<Book, String> {
        let (mut after, mut made) = (book.clone(), Vec::new());
        for act in &self.acts {
            let model = act.model;
            let outcome = match &act.deed {
                Deed::Create(row) => {
                    let row = completed(world.models[model], row);
                    let is_new = |(id, seen): &(&Uuid, &Row)| {
                        !after.tables[model].contains_key(*id) && row.iter().all(|(name, value)| seen.get(name) == Some(value))
                    };
                    if let Some(id) = seen.tables[model].iter().find(is_new).map(|(id, _)| *id) {
                        after.insert(world, model, id, row);
                        made.push((model, id));
                    } else {
                        // Any id that is not seen: the books then differ.
                        after.insert(world, model, Uuid::nil(), row);
                    }
                    Outcome::Done
                }
                Deed::Patch(id, changes) => after.patch(world, model, *id, changes),
                Deed::Delete(id) => after.delete(world, model, &[*id]),
                _ => Outcome::Done,
            };
            if outcome != Outcome::Done {
                return Err(format!("the model does not accept {self}: {outcome:?}"));
            }
        }
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = made;
        Ok(after)
    }

    /// The rows of an answer are the tenant's own.
    pub(super) fn answered(&self, world: &World, book: &Book, rows: &[Row]) -> Result<(), String> {
        let Some(act) = self.acts.first() else { return Ok(()) };
        let def = world.models[act.model];
        for row in rows {
            let id: Option<Uuid> = row.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
            let own = id.and_then(|id| book.tables[act.model].get(&id)).map(|own| act.surface.sees(def, own));
            if own.as_ref() != Some(&timeless(def, row)) {
                return Err(format!("the answer to {self} holds a row that is not the tenant's: {row:?}"));
            }
        }
        match &act.deed {
            Deed::List(_) if rows.len() != book.tables[act.model].len() && self.form == Form::Alone => {
                Err(format!("{self}: {} rows", rows.len()))
            }
            _ => Ok(()),
        }
    }

    /// Does it, as its caller would.
    pub(super) async fn run(&self, world: &World, service: &Service, lane: &mut PgConnection, tenant: TenantId) -> Ended {
        if self.form != Form::Alone {
            let mut db = service.tenancy.tenant(tenant, Actor::System);
            let done = match self.form {
                // Rows of different tenants are not in each other's way at this level.
                Form::Repeated => {
                    let work = async |tx: &mut TenantTx<'_>| self.whole(world, tx).await;
                    db.transaction_retrying(Isolation::ReadCommitted, work).await
                }
                _ => db.transaction(async |tx| self.whole(world, tx).await).await,
            };
            return done.into();
        }
        let Some(act) = self.acts.first() else { return Ended::Failed("nothing to do".to_owned()) };
        let mut lane = Lane::new(world, &service.tenancy, &service.router, lane, tenant);
        match lane.perform(act).await {
            Ok(seen) if seen.outcome == Outcome::Done => Ended::Acknowledged(seen.rows),
            Ok(seen) => Ended::Failed(format!("{:?}", seen.outcome)),
            Err(fault) => Ended::Failed(fault),
        }
    }

    /// All of its units in a transaction, the last of them in a savepoint.
    async fn whole(&self, world: &World, tx: &mut TenantTx<'_>) -> Result<(), Error> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let last = self.len().saturating_sub(1);
        self.units(world, tx, last).await?;
        tx.savepoint(async |tx| self.unit(world, tx, last).await).await
    }

    /// The first of its units, in a transaction.
    pub(super) async fn units(&self, world: &World, tx: &mut TenantTx<'_>, first: usize) -> Result<(), Error> {
        for act in self.acts.iter().take(first) {
            let def = world.models[act.model];
            let repo = Erased::of(def);
            match &act.deed {
                Deed::Create(row) => {
                    let row = completed(def, row);
                    let value = |name| row.get(name).unwrap_or(&Value::Null);
                    tx.run(repo.create(def.insertable().map(|column| args(column, value(column.name))).collect())).await.map(drop)
                }
                Deed::Patch(id, changes) => {
                    let changes = def.updatable().map(|column| changes.get(column.name).map(|value| args(column, value)));
                    tx.run(repo.update(*id, changes.collect())).await.map(drop)
                }
                // No errand puts anything else into a transaction.
                _ => Err(ErrorKind::Internal.into()),
            }?;
        }
        Ok(())
    }

    /// One of its units, in a transaction.
    pub(super) async fn unit(&self, world: &World, tx: &mut TenantTx<'_>, place: usize) -> Result<(), Error> {
        let acts: Vec<Act> = self.acts.get(place).cloned().into_iter().collect();
        Self::new(world, self.who, acts, Form::Together).units(world, tx, 1).await
    }

    /// Reads the row that one of its units changes.
    pub(super) async fn look(&self, world: &World, tx: &mut TenantTx<'_>, place: usize) -> Result<(), Error> {
        match self.acts.get(place) {
            Some(Act { model, deed: Deed::Patch(id, _), .. }) => tx.run(Erased::of(world.models[*model]).find(*id)).await.map(drop),
            _ => Err(ErrorKind::Internal.into()),
        }
    }

    /// Two errands that change the same two rows, each to values of its own; none when these models have no two rows that can be changed.
    /// The rows are of two models where there are two, and else both of the same.
    pub(super) async fn pair(bench: &mut Bench, service: &Service, who: usize) -> Result<Option<[Self; 2]>, String> {
        if changes_of_two_rows(bench, who).is_none() {
            let changeable: Vec<usize> =
                (0..bench.world.models.len()).filter(|model| bench.world.models[*model].updatable().next().is_some()).collect();
            for model in changeable {
                // A model that allows a tenant one row only has no second one.
                if let Some(row) = fresh(bench, who, model, false) {
                    let errand = Self::one(&bench.world, who, model, Deed::Create(row));
                    bench.make(service, &errand).await?;
                }
            }
        }
        let Some(rows) = changes_of_two_rows(bench, who) else { return Ok(None) };
        let (mut ones, mut others) = (Vec::new(), Vec::new());
        for [one, other] in rows {
            ones.push(one);
            others.push(other);
        }
        Ok(Some([ones, others].map(|acts| Self::new(&bench.world, who, acts, Form::Together))))
    }

    /// The models that it is about.
    pub(super) fn models(&self) -> impl Iterator<Item = usize> {
        self.acts.iter().map(|act| act.model)
    }
}

/// Does it with the tenant's own lane.
pub(super) async fn run_alone(bench: &mut Bench, service: &Service, errand: &Errand) -> Ended {
    errand.run(&bench.world, service, &mut bench.lanes[errand.who], bench.tenants[errand.who]).await
}

/// A row that the model accepts.
pub(super) fn fresh(bench: &mut Bench, who: usize, model: usize, http: bool) -> Option<Row> {
    for _ in 0..DRAWS {
        let mut draw = Draw::new(bench.next_seed());
        let def = bench.world.models[model];
        let scene = Scene { world: &bench.world, own: &bench.books[who], others: Vec::new() };
        let mut row = scene.fresh(model, &mut draw);
        if http {
            row.retain(|name, _| !def.columns.iter().any(|column| column.name == *name && column.readonly));
        }
        if bench.books[who].judge_new(&bench.world, model, &completed(def, &row)) == Outcome::Done {
            return Some(row);
        }
    }
    None
}

/// A change of a row of that model, of that one or of any, that the model accepts.
fn patch_of(bench: &mut Bench, who: usize, model: usize, http: bool, only: Option<Uuid>) -> Option<Deed> {
    let def = bench.world.models[model];
    for _ in 0..DRAWS {
        let row = fresh(bench, who, model, false)?;
        let mut draw = Draw::new(bench.next_seed());
        let columns: Vec<&str> = def
            .updatable()
            .filter(|column| !(http && column.readonly))
            .map(|column| column.name)
            .filter(|name| row.contains_key(*name))
            .collect();
        let ids: Vec<Uuid> = match only {
            Some(id) => vec![id],
            None => bench.books[who].tables[model].keys().copied().collect(),
        };
        let (Some(name), Some(id)) = (draw.pick(&columns), draw.pick(&ids)) else { continue };
        let changes = Row::from([((*name).to_owned(), row.get(*name)?.clone())]);
        if bench.books[who].clone().patch(&bench.world, model, *id, &changes) == Outcome::Done {
            return Some(Deed::Patch(*id, changes));
        }
    }
    None
}

/// Two rows, each with two changes of it: the first rows of two models, or else the first two of one.
fn changes_of_two_rows(bench: &mut Bench, who: usize) -> Option<[[Act; 2]; 2]> {
    let ids = |place: usize| move |(model, rows): (usize, &BTreeMap<Uuid, Row>)| Some((model, *rows.keys().nth(place)?));
    let tables = &bench.books[who].tables;
    let rows: Vec<(usize, Uuid)> = [0, 1].into_iter().flat_map(|place| tables.iter().enumerate().filter_map(ids(place))).collect();
    let mut found = Vec::new();
    for (model, id) in rows {
        let mut change = || {
            let deed = patch_of(bench, who, model, false, Some(id))?;
            Some(Act { surface: Surface::Repository, model, deed, foreign: Vec::new() })
        };
        found.extend(change().zip(change()).map(|(one, other)| [one, other]));
        if let [one, other] = found.as_slice() {
            return Some([one.clone(), other.clone()]);
        }
    }
    None
}

/// What a transaction of several units does: it makes a row, changes one, if any can be changed, and makes another row.
fn several(bench: &mut Bench, who: usize, model: usize) -> Option<Vec<Act>> {
    let mut deeds = vec![(model, Deed::Create(fresh(bench, who, model, false)?))];
    let models = bench.world.models.len();
    deeds.extend((0..DRAWS).find_map(|_| {
        goes_with(bench, who, &deeds, |bench| (0..models).find_map(|model| Some((model, patch_of(bench, who, model, false, None)?))))
    }));
    deeds.extend(
        (0..DRAWS).find_map(|_| goes_with(bench, who, &deeds, |bench| Some((model, Deed::Create(fresh(bench, who, model, false)?))))),
    );
    let act = |(model, deed)| Act { surface: Surface::Repository, model, deed, foreign: Vec::new() };
    // One unit alone would show nothing of what belongs together.
    (deeds.len() > 1).then(|| deeds.into_iter().map(act).collect())
}

/// One more deed, drawn where those before it have been done. It must not name a row that is not there yet.
fn goes_with(
    bench: &mut Bench,
    who: usize,
    before: &[(usize, Deed)],
    draw: impl FnOnce(&mut Bench) -> Option<(usize, Deed)>,
) -> Option<(usize, Deed)> {
    let book = bench.books[who].clone();
    for (model, deed) in before {
        match deed {
            Deed::Create(row) => bench.books[who].insert(&bench.world, *model, Uuid::max(), completed(bench.world.models[*model], row)),
            Deed::Patch(id, changes) => drop(bench.books[who].patch(&bench.world, *model, *id, changes)),
            _ => {}
        }
    }
    let drawn = draw(bench);
    bench.books[who] = book;
    let refers = |row: &Row| row.values().any(|value| value.as_str() == Some(&Uuid::max().to_string()));
    drawn.filter(|(_, deed)| match deed {
        Deed::Create(row) => !refers(row),
        Deed::Patch(id, changes) => *id != Uuid::max() && !refers(changes),
        _ => true,
    })
}

/// A row that nothing holds back from being deleted; it is made for that.
async fn free(bench: &mut Bench, service: &Service, who: usize, model: usize) -> Result<Uuid, String> {
    // One that an earlier errand has left, when it takes nothing with it.
    let book = &bench.books[who];
    let goes_alone = |id: &&Uuid| {
        let mut after = book.clone();
        after.delete(&bench.world, model, &[**id]) == Outcome::Done && after.rows().len() + 1 == book.rows().len()
    };
    if book.tables[model].len() > 1
        && let Some(id) = book.tables[model].keys().find(goes_alone)
    {
        return Ok(*id);
    }
    let row = fresh(bench, who, model, false).ok_or("no row can be drawn")?;
    let errand = Errand::one(&bench.world, who, model, Deed::Create(row));
    bench.make(service, &errand).await?;
    let made = errand.take_made().first().map(|(_, id)| *id);
    made.ok_or_else(|| "the row that was made is not there".to_owned())
}
