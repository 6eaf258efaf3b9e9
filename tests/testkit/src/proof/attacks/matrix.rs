//! Every attack of the matrix on every table, once: what it answers, what it does to the attacker's rows, and that the victim's stay.

use super::super::model::Outcome;
use super::super::operation::Scene;
use super::super::value::Draw;
use super::assault::Assault;
use super::form::{Attack, Context};
use super::pair::{ATTACKER, Field, Pair, VICTIM, closure};
use super::report::{AttackKind, AttackReport};

/// After so many on one table the rest would say the same.
const ENOUGH: usize = 12;

/// How much of the matrix is tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) enum Extent {
    /// All of it.
    Whole,
    /// What most weakenings fall to, in a fifth of the time.
    Quick,
}

/// Tries the matrix on every table. A tenant that cannot make rows of its own is a violation, too.
pub(in super::super) async fn matrix(field: Field<'_>, extent: Extent) -> AttackReport {
    let attacks = match extent {
        Extent::Whole => Attack::all(),
        Extent::Quick => Attack::quick(),
    };
    let mut report = AttackReport::default();
    for model in 0..field.world.models.len() {
        if let Err(fault) = table(field, model, &attacks, &mut report).await {
            let name = field.world.models[model].table;
            report.broken("the attacks on a table", format!("{name} => {fault}"));
        }
    }
    report
}

/// The tenants of one table have rows in it and in what it must refer to, and nowhere else: a row that is referred to cannot be deleted,
/// which would hide that it could have been reached.
async fn table(field: Field<'_>, model: usize, attacks: &[Attack], report: &mut AttackReport) -> Result<(), String> {
    let mut pair = Pair::new(field, closure(field.world, model)).await?;
    let mut draw = Draw::new(model as u64);
    let mut digests = pair.look().await?;
    let mut found = 0;
    for attack in attacks {
        let scene = Scene { world: field.world, own: &pair.books[ATTACKER], others: Vec::new() };
        let assault = Assault::plan(&scene, Some((pair.tenants[VICTIM].uuid(), &pair.books[VICTIM])), *attack, model, &mut draw);
        report.count(AttackKind::Sql(attack.form));
        let connection = if attack.context == Context::Unset { &mut pair.blank } else { &mut pair.app };
        let seen = assault.perform(connection, field.world, pair.tenants[ATTACKER]).await;
        let mut faults = Vec::new();
        if let Outcome::Fault(fault) = &seen.outcome {
            faults.push(fault.clone());
        } else {
            assault.settle(field.world, &mut pair.books[ATTACKER], &seen.outcome);
        }
        if !attack.only_reads() || !faults.is_empty() {
            let now = pair.look().await?;
            let line = || format!("{attack}: `{}`", assault.line(field.world, pair.tenants[ATTACKER]));
            if now[VICTIM] != digests[VICTIM] {
                faults.push(format!("{} => the victim's rows have changed, as the observer sees them", line()));
            }
            if !assault.changes() && now[ATTACKER] != digests[ATTACKER] {
                faults.push(format!("{} => the attacker's rows have changed", line()));
            }
            digests = now;
        }
        if assault.changes() && faults.is_empty() {
            faults.extend(pair.read_back(ATTACKER, model).await.err().map(|fault| format!("{attack} => {fault}")));
        }
        let resized = assault.resizes() && seen.outcome == Outcome::Done;
        if !faults.is_empty() {
            pair.furnish(VICTIM).await?;
        }
        if resized || !faults.is_empty() {
            pair.furnish(ATTACKER).await?;
            digests = pair.look().await?;
        }
        found += faults.len();
        report.violations(AttackKind::Sql(attack.form), faults);
        if found >= ENOUGH {
            return pair.clear().await;
        }
    }
    pair.read_back(VICTIM, model).await?;
    pair.clear().await
}
