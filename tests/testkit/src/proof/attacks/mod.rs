//! What an attacker tries: SQL as the application's role, what the catalogue offers to that role, and requests that are not well
//! meant, to the application's routes and to those of people.
//!
//! The SQL matrix is data ([`Attack`]): each attack has an exact effect, so that it can be mixed into a workload. All of them together are
//! also run once on every table, beside what is no operation of a workload: the sweep over the catalogue and the classes of requests.

mod answer;
mod assault;
mod catalogue;
mod compared;
mod form;
mod matrix;
mod oracles;
mod pair;
mod people;
mod report;
mod send;
mod statement;
mod sweep;
mod verbs;
mod web;

pub(super) use assault::Assault;
pub(super) use compared::compared;
pub(super) use form::Attack;
pub(super) use matrix::{Extent, matrix};
pub(super) use pair::Field;
use pair::Pair;
pub(super) use report::AttackKind;
pub use report::AttackReport;

use super::ground::owner;
use super::log::Log;
use super::{Failure, Proof, setup};
use crate::{Postgres, execute};
use sqlx::Connection as _;

impl Proof {
    /// Tries the attacks in a new database of that server which was weakened first, to see them get through: by SQL that the administrator
    /// runs, at level `managed` as the tables' owner. Of the matrix the quick part is tried.
    ///
    /// # Errors
    /// When the database cannot be made or weakened. What got through is in the report.
    pub fn attacks_on(self, server: &Postgres, weakening: &str) -> Result<AttackReport, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(Failure::setup)?;
        let report = runtime.block_on(async {
            let (_stage, ground) = setup::ground(&self, server, Log::default()).await?;
            let mut admin = owner(&ground).await.map_err(Failure::setup)?;
            execute(&mut admin, weakening).await.map_err(Failure::setup)?;
            admin.close().await.map_err(Failure::setup)?;
            Ok(attacks(Field::of(&ground), Extent::Quick).await)
        });
        runtime.shutdown_background();
        report
    }
}

/// Every attack there is.
pub(super) async fn attacks(field: Field<'_>, extent: Extent) -> AttackReport {
    let mut report = matrix(field, extent).await;
    report.merge(catalogue(field).await);
    report.merge(requests(field).await);
    report.merge(of_people(field).await);
    report
}

/// What the catalogue offers to the application's role, what must be refused to it, and what could tell it that a row exists.
pub(super) async fn catalogue(field: Field<'_>) -> AttackReport {
    let mut report = AttackReport::default();
    let tried = async {
        let mut pair = Pair::new(field, field.world.by_dependency()).await?;
        sweep::sweep(field, &mut pair, &mut report).await?;
        verbs::verbs(field, &mut pair, &mut report).await?;
        oracles::oracles(field, &mut pair, &mut report).await?;
        pair.clear().await
    };
    let fault = tried.await.err();
    report.unfinished("the attacks by the catalogue", fault)
}

/// The classes of requests.
pub(super) async fn requests(field: Field<'_>) -> AttackReport {
    let mut report = AttackReport::default();
    let tried = async {
        let mut pair = Pair::new(field, field.world.by_dependency()).await?;
        web::web(field, &mut pair, &mut report).await?;
        pair.clear().await
    };
    let fault = tried.await.err();
    report.unfinished("the classes of requests", fault)
}

/// The requests to the routes of people, where the platform's tables are under proof.
async fn of_people(field: Field<'_>) -> AttackReport {
    let mut report = AttackReport::default();
    let Some(accounts) = field.accounts else { return report };
    let tried = async {
        let mut pair = Pair::new(field, Vec::new()).await?;
        people::people(accounts, &mut pair, &mut report).await?;
        pair.clear().await
    };
    let fault = tried.await.err();
    report.unfinished("the requests to the routes of people", fault)
}
