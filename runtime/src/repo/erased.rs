//! Units over a definition instead of a type. The typed repository and the HTTP handlers both come through here, so that there is one way
//! to make a statement's arguments.

use uuid::Uuid;

use super::ListQuery;
use crate::db::{Error, ErrorKind, Fold, Unit};
use crate::mutants::mutant;
use crate::schema::{Arg, Cells, ColumnDef, ModelDef};
use crate::sql::{Statement, assigned};

/// The row with that key.
pub(crate) fn find<T>(model: &'static ModelDef, id: Uuid, fold: impl Fold<T> + 'static) -> Unit<T> {
    Unit::new(Statement::Find(model), vec![Arg::Uuid(Some(id))], fold)
}

/// A new row; `values` are those of [`ModelDef::insertable`], in order.
pub(crate) fn create<T>(model: &'static ModelDef, values: Vec<Arg>, fold: impl Fold<T> + 'static) -> Unit<T> {
    let mut args = Vec::with_capacity(values.len() + 1);
    args.push(Arg::Uuid(Some(Uuid::now_v7())));
    args.extend(values);
    Unit::new(Statement::Insert(model), args, fold)
}

/// A changed row; `changes` are those of [`ModelDef::updatable`], in order. When nothing changes, nothing is written and the row is read.
pub(crate) fn update<T>(model: &'static ModelDef, id: Uuid, changes: Vec<Option<Vec<Arg>>>, fold: impl Fold<T> + 'static) -> Unit<T> {
    if changes.iter().all(Option::is_none) && !mutant!("empty_patch_writes") {
        return find(model, id, fold);
    }
    let changes: Vec<(&'static ColumnDef, Option<Vec<Arg>>)> = model.updatable().zip(changes).collect();
    let keys = changes.iter().any(|(column, change)| change.is_some() && model.in_unique_key(column.name));
    let mut args = vec![Arg::Uuid(Some(id))];
    let mut changes = changes.into_iter();
    for column in assigned(model, keys) {
        // Both walk the columns in the same order; those that are not assigned are passed over.
        let change = changes.find(|(other, _)| other.name == column.name).and_then(|(_, change)| change);
        args.push(Arg::Bool(Some(change.is_some() || mutant!("patch_overwrites"))));
        match change {
            Some(values) => args.extend(values),
            None => column.kind.bind_null(&mut args),
        }
    }
    Unit::new(Statement::Update { model, keys }, args, fold)
}

/// No row with that key any more.
pub(crate) fn delete(model: &'static ModelDef, id: Uuid) -> Unit<()> {
    Unit::new(Statement::Delete(model), vec![Arg::Uuid(Some(id))], Deleted)
}

/// The rows of a page and one more, by which it is known whether there is a next one.
pub(crate) fn list<T>(model: &'static ModelDef, mut query: ListQuery, fold: impl FnOnce(ListQuery) -> Box<dyn Fold<T>>) -> Unit<T> {
    query.limit = query.limit.clamp(1, super::MAX_LIMIT);
    let shape = query.canonical(model);
    let mut args: Vec<Arg> = query.filters.iter().filter_map(|filter| filter.arg.clone()).collect();
    args.extend(query.after.iter().flatten().cloned());
    args.push(Arg::I64(Some(i64::from(query.limit) + 1)));
    Unit { statement: Statement::List(model, shape), args, fold: fold(query) }
}

struct Deleted;

impl Fold<()> for Deleted {
    fn row(&mut self, _: &mut Cells<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn finish(self: Box<Self>, affected: u64) -> Result<(), Error> {
        match affected {
            0 if mutant!("affected_unchecked") => Ok(()),
            0 => Err(ErrorKind::NotFound.into()),
            1 => Ok(()),
            // The key is unique, so this is no table of ours.
            _ => Err(ErrorKind::Internal.into()),
        }
    }
}
