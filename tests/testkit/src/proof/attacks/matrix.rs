//! Every attack of the matrix on every table, once: what it answers, what it does to the attacker's rows, and that the victim's stay.

use super::super::model::Outcome;
use super::super::observer::Digest;
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
    let digests = pair.look().await?;
    let mut bout = Bout { pair, model, draw: Draw::new(model as u64), digests };
    let mut found = 0;
    for attack in attacks {
        report.count(AttackKind::Sql(attack.form));
        let faults = bout.attempt(*attack).await?;
        found += faults.len();
        report.violations(AttackKind::Sql(attack.form), faults);
        if found >= ENOUGH {
            return bout.pair.clear().await;
        }
    }
    bout.pair.read_back(VICTIM, model).await?;
    bout.pair.clear().await
}

/// Attacks on one table, one after the other.
struct Bout<'a> {
    pair: Pair<'a>,
    model: usize,
    draw: Draw,
    /// What the observer saw last.
    digests: Vec<Digest>,
}

impl Bout<'_> {
    /// Tries one, says what is wrong about it, and leaves both tenants with rows for the next one.
    async fn attempt(&mut self, attack: Attack) -> Result<Vec<String>, String> {
        let (world, pair) = (self.pair.field.world, &mut self.pair);
        let scene = Scene { world, own: &pair.books[ATTACKER], others: Vec::new() };
        let victim = (pair.tenants[VICTIM].uuid(), &pair.books[VICTIM]);
        let assault = Assault::plan(&scene, Some(victim), attack, self.model, &mut self.draw);
        let connection = if attack.context == Context::Unset { &mut pair.blank } else { &mut pair.app };
        let seen = assault.perform(connection, world, pair.tenants[ATTACKER]).await;
        let mut faults = Vec::new();
        match &seen.outcome {
            Outcome::Fault(fault) => faults.push(fault.clone()),
            outcome => drop(assault.settle(world, &mut pair.books[ATTACKER], outcome)),
        }
        if !attack.only_reads() || !faults.is_empty() {
            faults.extend(self.looked_at(&assault).await?);
        }
        if assault.changes() && faults.is_empty() {
            let read = self.pair.read_back(ATTACKER, self.model).await;
            faults.extend(read.err().map(|fault| format!("{attack} => {fault}")));
        }
        if !faults.is_empty() {
            self.pair.furnish(VICTIM).await?;
        }
        if !faults.is_empty() || assault.resizes() && seen.outcome == Outcome::Done {
            self.pair.furnish(ATTACKER).await?;
            self.digests = self.pair.look().await?;
        }
        Ok(faults)
    }

    /// What the observer sees of the two afterwards.
    async fn looked_at(&mut self, assault: &Assault) -> Result<Vec<String>, String> {
        let now = self.pair.look().await?;
        let line = format!("{}: `{}`", assault.attack, assault.line(self.pair.field.world, self.pair.tenants[ATTACKER]));
        let mut faults = Vec::new();
        if now[VICTIM] != self.digests[VICTIM] {
            faults.push(format!("{line} => the victim's rows have changed, as the observer sees them"));
        }
        if !assault.changes() && now[ATTACKER] != self.digests[ATTACKER] {
            faults.push(format!("{line} => the attacker's rows have changed"));
        }
        self.digests = now;
        Ok(faults)
    }
}
