//! Rows that all tenants share: the platform runs the units that write them, each call an act. What is called stands in `repo/shared.rs`.

use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::super::constraints::Constraints;
use super::super::encode::encode;
use super::super::row::WireRow;
use super::super::{Error, ErrorKind, Fold, Unit};
use super::acting::Acting;
use super::{Act, Platform};
use crate::schema::{Arg, Cells, ModelDef, TenantId};
use crate::sql::Statement;

impl Platform {
    /// Runs a unit that reads what all tenants share.
    pub(crate) async fn read<T>(&self, unit: Unit<T>) -> Result<T, Error> {
        let (text, args) = (unit.statement.render(&self.conventions), encode(nobody(), unit.args)?);
        fold(unit.fold, &self.pool.rows(text, args).await?)
    }

    /// Runs units over a shared model as one act, which is recorded when all of them are done.
    pub(crate) async fn write<T>(&self, def: &'static ModelDef, units: Vec<Unit<T>>, act: Act<'_>) -> Result<Vec<T>, Error> {
        let act = act.checked()?;
        let mut all = Vec::with_capacity(units.len());
        let Some(what) = said(def, &units) else {
            // A patch without a change: it reads its row, and is no act.
            for unit in units {
                all.push(self.read(unit).await?);
            }
            return Ok(all);
        };
        let mut connection = self.pool.acquire().await?;
        let mut acting = self.begin(&mut connection, act, None).await?;
        for unit in units {
            let deletes = unit.statement.deletes();
            all.push(self.unit(&mut acting, unit).await.map_err(|error| self.explain(def, error, deletes))?);
        }
        acting.record(None, &what).await?;
        Ok(all)
    }

    async fn unit<T>(&self, acting: &mut Acting<'_>, unit: Unit<T>) -> Result<T, Error> {
        let (text, args) = (unit.statement.render(&self.conventions), encode(nobody(), unit.args)?);
        fold(unit.fold, &acting.rows(text, args).await?)
    }

    /// Which column it is about. What holds a row back is a key of another table.
    fn explain(&self, def: &'static ModelDef, error: Error, deletes: bool) -> Error {
        let error = Constraints::of_models(&[def], &self.conventions).explain(error, deletes);
        match error.kind() {
            ErrorKind::Reference { .. } if deletes => error.with_kind(ErrorKind::Referenced { by: None }),
            _ => error,
        }
    }
}

/// What stands in the place of the tenant that a statement begins with.
fn nobody() -> TenantId {
    TenantId::from(Uuid::nil())
}

/// What is recorded; none when nothing is written.
fn said<T>(def: &ModelDef, units: &[Unit<T>]) -> Option<String> {
    let written: Vec<&Unit<T>> = units.iter().filter(|unit| !matches!(unit.statement, Statement::Find(_))).collect();
    let word = match written.first()?.statement {
        Statement::Update { .. } => "update",
        Statement::Delete(_) => "delete",
        Statement::Insert(_) | Statement::Find(_) | Statement::List(..) => "create",
    };
    let table = def.table;
    Some(match (written.as_slice(), written.first()?.args.first()) {
        ([_], Some(Arg::Uuid(Some(id)))) => format!("shared.{word} {table} {id}"),
        (many, _) => format!("shared.{word} {table}, {} rows", many.len()),
    })
}

/// Every statement over a shared table answers with the rows that it is about.
fn fold<T>(mut fold: Box<dyn Fold<T>>, rows: &[PgRow]) -> Result<T, Error> {
    for row in rows {
        fold.row(&mut Cells::new(&WireRow(row)))?;
    }
    fold.finish(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}
