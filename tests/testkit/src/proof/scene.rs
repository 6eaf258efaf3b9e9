//! Rows, changes and lists for an operation, drawn from what there is.

use serde_json::Value;
use tenantry::schema::{ColumnDef, Kind};
use tenantry::sql::Op;
use uuid::Uuid;

use super::model::{Outcome, Row, unique_keys};
use super::operation::{Query, Scene, Surface, Target};
use super::value::{Draw, broken, valid};

/// How often a row is drawn again that the application's rules refuse.
const REDRAWS: usize = 20;

impl Scene<'_> {
    /// A model whose required references have rows to lead to.
    pub(super) fn creatable(&self, draw: &mut Draw) -> usize {
        let possible = |model: &usize| {
            let mut required = self.world.references(*model).into_iter().filter(|(column, _)| !column.nullable);
            required.all(|(_, target)| !self.own.tables[target].is_empty())
        };
        let models: Vec<usize> = (0..self.world.models.len()).filter(possible).collect();
        draw.pick(&models).copied().unwrap_or_default()
    }

    /// A row by its owner. Without one, a random id.
    pub(super) fn row(&self, target: Target, draw: &mut Draw, foreign: &mut Vec<Uuid>) -> (usize, Uuid) {
        let rows = match target {
            Target::Own => self.own.rows(),
            Target::Foreign => self.others.iter().flat_map(|(_, book)| book.rows()).collect(),
            Target::Random => Vec::new(),
        };
        let (model, id) = self.row_of(&rows, draw);
        if matches!(target, Target::Foreign) && !rows.is_empty() {
            foreign.push(id);
        }
        (model, id)
    }

    /// One of the rows. Without any, a random id.
    pub(super) fn row_of(&self, rows: &[(usize, Uuid)], draw: &mut Draw) -> (usize, Uuid) {
        draw.pick(rows).copied().unwrap_or_else(|| (draw.below(self.world.models.len()), draw.uuid()))
    }

    /// The rows that nothing holds back from being deleted.
    pub(super) fn free_rows(&self) -> Vec<(usize, Uuid)> {
        let free = |(model, id): &(usize, Uuid)| self.own.clone().delete(self.world, *model, &[*id]) == Outcome::Done;
        self.own.rows().into_iter().filter(free).collect()
    }

    pub(super) fn values(
        &self,
        model: usize,
        target: Target,
        surface: Surface,
        draw: &mut Draw,
        foreign: &mut Vec<Uuid>,
        mischief: bool,
    ) -> Row {
        let mut row = Row::new();
        for _ in 0..REDRAWS {
            row = self.drawn(model, surface, draw);
            if self.within_domain(model, surface, &Row::new(), &mut row) {
                break;
            }
        }
        if mischief {
            self.spoil(model, target, draw, &mut row, foreign);
        }
        row
    }

    fn drawn(&self, model: usize, surface: Surface, draw: &mut Draw) -> Row {
        let mut row = Row::new();
        for column in self.world.models[model].insertable().filter(|column| surface != Surface::Http || !column.readonly) {
            let optional = column.nullable || column.default.is_some();
            if optional && surface == Surface::Http && draw.percent(20) {
                continue;
            }
            row.insert(column.name.to_owned(), self.value(model, column, draw));
        }
        row
    }

    fn value(&self, model: usize, column: &'static ColumnDef, draw: &mut Draw) -> Value {
        let target = self.world.references(model).into_iter().find(|(other, _)| other.name == column.name);
        let Some((_, target)) = target else {
            if let Some(given) = self.world.given(column) {
                let null = column.nullable && draw.percent(30);
                return draw.pick(&given).filter(|_| !null).map_or(Value::Null, |id| Value::String(id.to_string()));
            }
            let def = self.world.models[model];
            return self.own.mark.put(def, column, valid(draw, def, column));
        };
        if column.nullable && draw.percent(30) {
            return Value::Null;
        }
        let ids: Vec<Uuid> = self.own.tables[target].keys().copied().collect();
        match draw.pick(&ids) {
            Some(id) => Value::String(id.to_string()),
            None if column.nullable => Value::Null,
            None => Value::String(draw.uuid().to_string()),
        }
    }

    /// Puts something wrong into a row now and then: a reference that leads to another tenant or nowhere, a key that is taken, a value that
    /// the column does not take.
    fn spoil(&self, model: usize, target: Target, draw: &mut Draw, row: &mut Row, foreign: &mut Vec<Uuid>) {
        let references: Vec<_> = self.world.references(model).into_iter().filter(|(column, _)| row.contains_key(column.name)).collect();
        if let Some((column, referred)) = draw.pick(&references) {
            let ids: Vec<Uuid> = match target {
                Target::Own => return self.spoil_value(model, draw, row),
                Target::Foreign => self.others.iter().flat_map(|(_, book)| book.tables[*referred].keys().copied()).collect(),
                Target::Random => Vec::new(),
            };
            let id = draw.pick(&ids).copied().unwrap_or_else(|| draw.uuid());
            if ids.contains(&id) {
                foreign.push(id);
            }
            row.insert(column.name.to_owned(), Value::String(id.to_string()));
            return;
        }
        self.spoil_value(model, draw, row);
    }

    fn spoil_value(&self, model: usize, draw: &mut Draw, row: &mut Row) {
        let def = self.world.models[model];
        match draw.below(10) {
            0 => {
                let columns: Vec<&ColumnDef> = def.insertable().filter(|column| row.contains_key(column.name)).collect();
                let broken = draw.pick(&columns).and_then(|column| Some((column.name, broken(draw, column)?)));
                row.extend(broken.map(|(name, value)| (name.to_owned(), value)));
            }
            1 => {
                let others: Vec<&Row> = self.own.tables[model].values().collect();
                if let (Some(other), Some(key)) = (draw.pick(&others), draw.pick(&unique_keys(def))) {
                    let taken = key
                        .iter()
                        .filter(|name| row.contains_key(**name))
                        .filter_map(|name| Some(((*name).to_owned(), other.get(*name)?.clone())));
                    row.extend(taken.collect::<Vec<_>>());
                }
            }
            2 => {
                let given = |column: &&ColumnDef| row.contains_key(column.name) && self.world.given(column).is_some();
                if let Some(column) = draw.pick(&def.insertable().filter(given).collect::<Vec<_>>()) {
                    row.insert(column.name.to_owned(), Value::String(draw.uuid().to_string()));
                }
            }
            _ => {}
        }
    }

    /// Lets the application's rules see the row as it would be, and takes over what they changed. `false`, and an empty row, when they
    /// refuse it.
    fn within_domain(&self, model: usize, surface: Surface, before: &Row, row: &mut Row) -> bool {
        let def = self.world.models[model];
        let mut whole = before.clone();
        whole.extend(row.clone());
        if !self.world.domain.takes(def.table, &mut whole) {
            row.clear();
            return false;
        }
        let column = |name: &String| def.insertable().find(|column| column.name == name);
        let written = |name: &String| column(name).is_some_and(|column| surface != Surface::Http || !column.readonly);
        row.extend(whole.into_iter().filter(|(name, value)| written(name) && before.get(name) != Some(value)));
        true
    }

    /// Some of the columns of a row.
    pub(super) fn changes(&self, model: usize, id: Uuid, surface: Surface, draw: &mut Draw, foreign: &mut Vec<Uuid>) -> Row {
        let def = self.world.models[model];
        let columns: Vec<&'static ColumnDef> = def.updatable().filter(|column| surface != Surface::Http || !column.readonly).collect();
        let mut row = Row::new();
        for _ in 0..draw.below(4) {
            if let Some(column) = draw.pick(&columns) {
                row.insert(column.name.to_owned(), self.value(model, column, draw));
            }
        }
        if let Some(before) = self.own.tables[model].get(&id) {
            self.within_domain(model, surface, before, &mut row);
        }
        let target = if draw.percent(10) { Target::Foreign } else { Target::Own };
        self.spoil(model, target, draw, &mut row, foreign);
        row
    }

    pub(super) fn query(&self, model: usize, draw: &mut Draw) -> Query {
        let def = self.world.models[model];
        let mut query = Query { limit: u32::try_from(1 + draw.below(5)).unwrap_or(1), ..Query::default() };
        let filters: Vec<&'static ColumnDef> = def.columns.iter().filter(|column| column.filter).collect();
        if draw.percent(50)
            && let Some(column) = draw.pick(&filters)
        {
            query.filters.push(self.filter(model, column, draw));
        }
        for column in def.columns.iter().filter(|column| column.sort) {
            if draw.percent(40) {
                query.sorts.push((column, draw.percent(50)));
            }
        }
        query
    }

    fn filter(&self, model: usize, column: &'static ColumnDef, draw: &mut Draw) -> (&'static ColumnDef, Op, Option<Value>) {
        if column.nullable && draw.percent(30) {
            return (column, if draw.percent(50) { Op::IsNull } else { Op::IsNotNull }, None);
        }
        // A value that some row has finds more than a new one.
        let rows: Vec<&Row> = self.own.tables[model].values().collect();
        let known = draw.pick(&rows).and_then(|row| row.get(column.name)).filter(|value| !value.is_null()).cloned();
        let required = ColumnDef { nullable: false, ..*column };
        let made = || {
            if column.reference().is_some() {
                Value::String(Uuid::nil().to_string())
            } else {
                valid(&mut Draw::new(7), self.world.models[model], &required)
            }
        };
        let value = known.unwrap_or_else(made);
        let op = match column.kind {
            Kind::Text => *draw.pick(&[Op::Eq, Op::Prefix]).unwrap_or(&Op::Eq),
            Kind::I32 | Kind::I64 | Kind::Date | Kind::Timestamp => {
                *draw.pick(&[Op::Eq, Op::Gt, Op::Gte, Op::Lt, Op::Lte]).unwrap_or(&Op::Eq)
            }
            _ => Op::Eq,
        };
        let value = match (op, value) {
            (Op::Prefix, Value::String(text)) => Value::String(text.chars().take(2).collect()),
            (_, value) => value,
        };
        (column, op, Some(value))
    }
}
