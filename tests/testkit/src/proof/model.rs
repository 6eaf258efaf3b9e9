//! What the system should hold: a tenant's rows in memory, and what each operation does to them.
//!
//! It knows nothing of SQL. References, cascades, unique keys and versions are worked out from the definitions, so that the system is
//! compared with a second opinion and not with itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tenantry::schema::{ColumnDef, Literal, Managed, ModelDef, OnDelete, Scope, platform};
use tenantry::{Conventions, Entry};
use uuid::Uuid;

use super::canary::Mark;
use super::custom::{Domain, Principals};
use super::shared::Shared;

/// The people of a proof, as numbers of their ids. The same ones are users of many tenants.
pub(super) const PEOPLE: std::ops::Range<u128> = 0xffff_0000_0000_7000_8000_0000_0000_0000..0xffff_0000_0000_7000_8000_0000_0000_0040;

/// A row, or some columns of one, as JSON values by the name of the column.
pub type Row = BTreeMap<String, Value>;

/// The models under proof, and how they refer to each other.
#[derive(Debug)]
pub(super) struct World {
    pub(super) models: Vec<&'static ModelDef>,
    /// What the tenants share, which is the same for each of them.
    pub(super) shared: Vec<Shared>,
    pub(super) conventions: Conventions,
    /// What the application demands of rows beyond their definitions.
    pub(super) domain: Domain,
    /// How a request says whose it is.
    pub(super) principals: Principals,
}

impl World {
    pub(super) fn new(entries: &[Entry], conventions: Conventions) -> Self {
        let (shared, models): (Vec<_>, Vec<_>) = entries.iter().map(|entry| entry.def()).partition(|def| def.scope == Scope::Shared);
        let shared = shared.into_iter().map(Shared::new).collect();
        Self { models, shared, conventions, domain: Domain::default(), principals: Principals::default() }
    }

    /// With the platform's tables of the tenants' own people behind the application's models.
    pub(super) fn with_people(mut self) -> Self {
        self.models.extend(platform::of_tenants());
        self
    }

    /// What a reference may lead to that belongs to no tenant: what all of them share, and the people whom [`PEOPLE`] lists.
    pub(super) fn given(&self, column: &ColumnDef) -> Option<Vec<Uuid>> {
        let target = column.reference()?;
        if let Some(shared) = self.shared.iter().find(|shared| shared.def.table == target.table && target.scope == Scope::Shared) {
            return Some(shared.ids());
        }
        (target.scope != Scope::Tenant && target.table == platform::people().table).then(|| PEOPLE.map(Uuid::from_u128).collect())
    }

    /// The position of the model with that table.
    ///
    /// # Panics
    /// When there is none: a proof that passes over a misspelt name would prove less than it says.
    pub(super) fn position(&self, table: &str) -> usize {
        let known = || self.models.iter().map(|model| model.table).collect::<Vec<_>>().join(", ");
        let position = self.models.iter().position(|model| model.table == table);
        position.unwrap_or_else(|| panic!("no model under proof has the table `{table}`; there are {}", known()))
    }

    /// The columns of a model that refer to a model under proof, with its position.
    pub(super) fn references(&self, model: usize) -> Vec<(&'static ColumnDef, usize)> {
        let target = |column: &'static ColumnDef| {
            let table = column.reference()?.table;
            Some((column, self.models.iter().position(|model| model.table == table)?))
        };
        self.models[model].columns.iter().filter_map(target).collect()
    }

    /// The columns that refer to a model, each with the position of the model that has it.
    fn referring(&self, model: usize) -> Vec<(usize, &'static ColumnDef)> {
        let of =
            |other: usize| self.references(other).into_iter().filter(move |(_, target)| *target == model).map(move |(c, _)| (other, c));
        (0..self.models.len()).flat_map(of).collect()
    }

    /// The models so that each stands behind those that its rows must refer to.
    pub(super) fn by_dependency(&self) -> Vec<usize> {
        let mut order: Vec<usize> = Vec::new();
        while order.len() < self.models.len() {
            let ready = |model: &usize| {
                let required = self.references(*model).into_iter().filter(|(column, _)| !column.nullable);
                !order.contains(model) && required.into_iter().all(|(_, target)| order.contains(&target))
            };
            // A circle of required references has no first row; its models come in the order of the registry.
            let next = (0..self.models.len()).find(ready).or_else(|| (0..self.models.len()).find(|model| !order.contains(model)));
            order.extend(next);
        }
        order
    }

    /// The table's name with its schema, quoted.
    pub(super) fn table(&self, model: usize) -> String {
        let def = self.models[model];
        let schema = if def.scope == Scope::Tenant { self.conventions.schema } else { self.conventions.platform_schema };
        format!("\"{schema}\".\"{}\"", def.table)
    }
}

/// How an operation ended, seen alike on every surface.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// It was done.
    Done,
    /// There is no such row.
    NotFound,
    /// A unique key is taken.
    Unique,
    /// A reference leads nowhere.
    Reference,
    /// The row is still referred to.
    Referenced,
    /// A value is none that the column takes.
    Invalid,
    /// The database refuses it to this tenant.
    Denied,
    /// What no operation should end in.
    Fault(String),
}

/// The rows of one tenant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Book {
    /// By the position of the model.
    pub(super) tables: Vec<BTreeMap<Uuid, Row>>,
    /// What the tenant's values carry.
    pub(super) mark: Mark,
}

impl Book {
    pub(super) fn new(world: &World) -> Self {
        Self { tables: vec![BTreeMap::new(); world.models.len()], mark: Mark::default() }
    }

    /// All rows, as pairs of model and id.
    pub(super) fn rows(&self) -> Vec<(usize, Uuid)> {
        let of = |(model, table): (usize, &BTreeMap<Uuid, Row>)| table.keys().map(move |id| (model, *id)).collect::<Vec<_>>();
        self.tables.iter().enumerate().flat_map(of).collect()
    }

    /// Whether a new row with these values would be taken.
    pub(super) fn judge_new(&self, world: &World, model: usize, row: &Row) -> Outcome {
        self.judge(world, model, None, row)
    }

    /// Adds a row that the system has made.
    pub(super) fn insert(&mut self, world: &World, model: usize, id: Uuid, mut row: Row) {
        row.insert("id".to_owned(), Value::String(id.to_string()));
        if let Some(column) = version(world.models[model]) {
            row.insert(column.to_owned(), Value::from(1));
        }
        self.tables[model].insert(id, row);
    }

    /// Changes a row.
    pub(super) fn patch(&mut self, world: &World, model: usize, id: Uuid, changes: &Row) -> Outcome {
        let Some(row) = self.tables[model].get(&id) else { return Outcome::NotFound };
        if changes.is_empty() {
            return Outcome::Done;
        }
        let mut row = row.clone();
        row.extend(changes.clone());
        let outcome = self.judge(world, model, Some(id), &row);
        if outcome == Outcome::Done {
            touch(world.models[model], &mut row);
            self.tables[model].insert(id, row);
        }
        outcome
    }

    /// Writes every row of a table without changing a value.
    pub(super) fn touch_all(&mut self, world: &World, model: usize) {
        self.tables[model].values_mut().for_each(|row| touch(world.models[model], row));
    }

    /// Writes one row without changing a value.
    pub(super) fn touch(&mut self, world: &World, model: usize, id: Uuid) {
        if let Some(row) = self.tables[model].get_mut(&id) {
            touch(world.models[model], row);
        }
    }

    /// Deletes rows of a model in one statement, with what goes with them.
    pub(super) fn delete(&mut self, world: &World, model: usize, ids: &[Uuid]) -> Outcome {
        let mut going: BTreeSet<(usize, Uuid)> = ids.iter().map(|id| (model, *id)).collect();
        let mut new: Vec<(usize, Uuid)> = going.iter().copied().collect();
        let (mut unset, mut restricts) = (Vec::new(), Vec::new());
        while let Some((model, id)) = new.pop() {
            for (other, column) in world.referring(model) {
                for row in self.referring_rows(other, column, id) {
                    match column.on_delete {
                        OnDelete::Cascade if going.insert((other, row)) => new.push((other, row)),
                        OnDelete::Cascade => {}
                        OnDelete::SetNull => unset.push((other, row, column.name)),
                        OnDelete::Restrict => restricts.push((other, row)),
                    }
                }
            }
        }
        // Checked at the end of the statement: a row that goes itself holds nothing back.
        if restricts.iter().any(|row| !going.contains(row)) {
            return Outcome::Referenced;
        }
        for (model, id, column) in unset {
            if let Some(row) = self.tables[model].get_mut(&id) {
                row.insert(column.to_owned(), Value::Null);
                touch(world.models[model], row);
            }
        }
        for (model, id) in going {
            self.tables[model].remove(&id);
        }
        Outcome::Done
    }

    fn referring_rows(&self, model: usize, column: &ColumnDef, id: Uuid) -> Vec<Uuid> {
        let id = Value::String(id.to_string());
        self.tables[model].iter().filter(|(_, row)| row.get(column.name) == Some(&id)).map(|(id, _)| *id).collect()
    }

    /// Values first, then unique keys, then references: the order in which PostgreSQL looks.
    fn judge(&self, world: &World, model: usize, id: Option<Uuid>, row: &Row) -> Outcome {
        let def = world.models[model];
        if def.columns.iter().any(|column| column.is_insertable() && !super::value::takes(column, row.get(column.name))) {
            return Outcome::Invalid;
        }
        if unique_keys(def).iter().any(|key| self.taken(model, id, key, row)) {
            return Outcome::Unique;
        }
        let dangling = |(column, target): (&ColumnDef, usize)| match row.get(column.name) {
            Some(Value::String(id)) => !id.parse().is_ok_and(|id: Uuid| self.tables[target].contains_key(&id)),
            _ => false,
        };
        let strays = |column: &ColumnDef| match row.get(column.name) {
            Some(Value::String(id)) => world.given(column).is_some_and(|ids| !id.parse().is_ok_and(|id| ids.contains(&id))),
            _ => false,
        };
        let stray = world.references(model).into_iter().any(dangling) || def.columns.iter().any(strays);
        if stray { Outcome::Reference } else { Outcome::Done }
    }

    fn taken(&self, model: usize, id: Option<Uuid>, key: &[&str], row: &Row) -> bool {
        // Nulls are distinct.
        let null = |column: &&str| matches!(row.get(*column), None | Some(Value::Null));
        let same = |other: &Row| key.iter().all(|column| other.get(*column) == row.get(*column));
        !key.iter().any(null) && self.tables[model].iter().any(|(other, values)| Some(*other) != id && same(values))
    }
}

/// The unique keys of a model, without the tenant.
pub(super) fn unique_keys(def: &'static ModelDef) -> Vec<Vec<&'static str>> {
    let single = def.columns.iter().filter(|column| column.unique).map(|column| vec![column.name]);
    single.chain(def.uniques.iter().map(|unique| unique.columns.to_vec())).collect()
}

/// The values of a new row: what was given, and what the definition says of the rest.
pub(super) fn completed(def: &'static ModelDef, given: &Row) -> Row {
    let value = |column: &ColumnDef| match (given.get(column.name), column.default) {
        (Some(value), _) => value.clone(),
        (None, Some(Literal::Str(text))) => Value::from(text),
        (None, Some(Literal::Int(number))) => Value::from(number),
        (None, Some(Literal::Bool(truth))) => Value::from(truth),
        (None, None) => Value::Null,
    };
    def.insertable().map(|column| (column.name.to_owned(), value(column))).collect()
}

/// A row without what the server's clock decides.
pub(super) fn timeless(def: &'static ModelDef, row: &Row) -> Row {
    let clock = def.columns.iter().filter(|column| matches!(column.managed, Managed::CreatedAt | Managed::UpdatedAt));
    let clock: BTreeSet<&str> = clock.map(|column| column.name).collect();
    row.iter().filter(|(name, _)| !clock.contains(name.as_str())).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A row as an answer over HTTP has it: without what is secret.
pub(super) fn shown(def: &'static ModelDef, row: &Row) -> Row {
    let secret = |name: &str| def.column(name).is_some_and(|column| column.secret);
    row.iter().filter(|(name, _)| !secret(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn version(def: &'static ModelDef) -> Option<&'static str> {
    def.columns.iter().find(|column| column.managed == Managed::Version).map(|column| column.name)
}

fn touch(def: &'static ModelDef, row: &mut Row) {
    if let Some(version) = version(def) {
        let next = row.get(version).and_then(Value::as_i64).unwrap_or_default() + 1;
        row.insert(version.to_owned(), Value::from(next));
    }
}
