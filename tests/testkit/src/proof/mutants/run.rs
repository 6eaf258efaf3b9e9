//! Runs the mutants, each on a copy of its own, several at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::super::Proof;
use super::MutantsError;
use super::detect::{Detector, Finding, Notice};
use super::mutant::{Kind, Layer, Mutant, Open, Unfit};
use super::plan::Plan;
use super::report::{Caught, MutantReport, MutantsReport};
use super::site::{Session, Site};
use crate::{Postgres, Stage};
use tenantry::migrate::provision::Level;

/// How many mutants of the schema are looked at at the same time. Those of roles go one after the other: they share the roles.
const WORKERS: usize = 2;

/// Runs everything: the schema's on the server that is given, the roles' on a private one.
pub(super) fn all(
    proof: &Proof,
    plan: &Plan,
    mutants: Vec<Mutant>,
    detectors: &[Detector],
    server: &Postgres,
    unfit: Vec<Unfit>,
) -> Result<MutantsReport, MutantsError> {
    let (roles, schema): (Vec<Mutant>, Vec<Mutant>) = mutants.into_iter().partition(|mutant| mutant.kind == Kind::Role);
    let stop = AtomicBool::new(false);
    let (schema, roles) = thread::scope(|scope| {
        let roles = scope.spawn(|| {
            if roles.is_empty() {
                return Ok(Judged::default());
            }
            let server = Postgres::private()?;
            Ground::new(proof, plan, detectors, &server, &stop).and_then(|ground| ground.run(&roles, 1))
        });
        let schema = if schema.is_empty() {
            Ok(Judged::default())
        } else {
            Ground::new(proof, plan, detectors, server, &stop).and_then(|ground| ground.run(&schema, WORKERS))
        };
        (schema, joined(roles))
    });
    let (mut whole, roles) = (schema?, roles?);
    whole.mutants.extend(roles.mutants);
    whole.open.extend(roles.open);
    // Both servers have the level, and say the same of it.
    whole.open.sort();
    whole.open.dedup();
    Ok(MutantsReport { mutants: whole.mutants, unfit, open: whole.open })
}

/// What became of the mutants of one server.
#[derive(Default)]
struct Judged {
    mutants: Vec<MutantReport>,
    open: Vec<Open>,
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// What the database shows by itself once a layer is gone.
type Known = Arc<BTreeSet<(&'static str, String)>>;

/// A mutant's place in the list, and what became of it.
type Numbered = (usize, Result<MutantReport, MutantsError>);

/// A server with the database that all mutants copy.
struct Ground<'a> {
    plan: &'a Plan,
    detectors: &'a [Detector],
    template: Stage,
    /// By the layer's statements.
    known: Mutex<BTreeMap<Vec<String>, Known>>,
    /// What the level leaves open.
    open: BTreeSet<(&'static str, String)>,
    /// Something went wrong elsewhere: the rest need not be run.
    stop: &'a AtomicBool,
}

fn runtime() -> Result<tokio::runtime::Runtime, MutantsError> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

impl<'a> Ground<'a> {
    fn new(
        proof: &Proof,
        plan: &'a Plan,
        detectors: &'a [Detector],
        server: &Postgres,
        stop: &'a AtomicBool,
    ) -> Result<Self, MutantsError> {
        let made = runtime()?.block_on(template(proof, plan, server));
        let template = made.inspect_err(|_| stop.store(true, Ordering::SeqCst))?;
        Ok(Self { plan, detectors, template, known: Mutex::default(), open: BTreeSet::new(), stop })
    }

    /// Looks at the database as it is, where nothing may be found but what its level leaves open, and then at every mutant. All that goes
    /// wrong is told at once.
    fn run(mut self, mutants: &[Mutant], workers: usize) -> Result<Judged, MutantsError> {
        let mut open = runtime()?.block_on(self.control()).inspect_err(|_| self.stop.store(true, Ordering::SeqCst))?;
        let hardened = self.template.level() == Level::Hardened;
        let (run, none): (Vec<&Mutant>, Vec<&Mutant>) = mutants.iter().partition(|mutant| hardened || !mutant.only_hardened);
        open.extend(none.into_iter().map(|mutant| Open { name: mutant.name.clone(), what: mutant.what.clone() }));
        Ok(Judged { mutants: self.judged(&run, workers)?, open })
    }

    fn judged(&self, mutants: &[&Mutant], workers: usize) -> Result<Vec<MutantReport>, MutantsError> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<Vec<Numbered>, MutantsError> {
            let runtime = runtime()?;
            let mut reports = Vec::new();
            while !self.stop.load(Ordering::SeqCst) {
                let number = next.fetch_add(1, Ordering::SeqCst);
                let Some(mutant) = mutants.get(number) else { break };
                reports.push((number, runtime.block_on(self.judge(mutant))));
            }
            Ok(reports)
        };
        let threads = thread::scope(|scope| {
            let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(joined).collect::<Result<Vec<_>, _>>()
        });
        let mut reports: Vec<_> = threads?.into_iter().flatten().collect();
        reports.sort_by_key(|(number, _)| *number);
        let (mut whole, mut errors) = (Vec::new(), Vec::new());
        for (_, report) in reports {
            match report {
                Ok(report) => whole.push(report),
                Err(error) => errors.push(error),
            }
        }
        match errors.len() {
            0 => Ok(whole),
            1 => Err(errors.remove(0)),
            _ => Err(MutantsError::Several(errors)),
        }
    }

    /// What is found in the database as it is: at level `hardened` nothing, and elsewhere what only that level closes, which tells nothing of
    /// a mutant.
    async fn control(&mut self) -> Result<Vec<Open>, MutantsError> {
        let findings = self.look(None, None, self.detectors).await?;
        let hardened = self.template.level() == Level::Hardened;
        let (open, noise): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(|finding| !hardened && finding.only_hardened);
        let told = |finding: &Finding| format!("{} at {}: {}", finding.detector.name(), finding.place, finding.seen);
        if !noise.is_empty() {
            return Err(MutantsError::Noisy(noise.iter().map(told).collect::<Vec<_>>().join("; ")));
        }
        self.open = open.iter().map(|finding| (finding.detector.name(), finding.place.clone())).collect();
        let tell =
            |finding: Finding| Open { what: format!("{}: {}", finding.place, finding.seen), name: finding.detector.name().to_owned() };
        Ok(open.into_iter().map(tell).collect())
    }

    async fn judge(&self, mutant: &Mutant) -> Result<MutantReport, MutantsError> {
        let mut caught = shortest(self.look(Some(mutant), None, self.detectors).await?, None);
        let behaves = caught.iter().any(|caught| caught.by == Notice::Behaviour);
        if let Some(layer) = mutant.behind.as_ref().filter(|_| !behaves) {
            let behaviour: Vec<Detector> =
                self.detectors.iter().copied().filter(|detector| detector.notice() == Notice::Behaviour).collect();
            let known = self.known(mutant, layer, &behaviour).await?;
            let mut findings = self.look(Some(mutant), Some(layer), &behaviour).await?;
            findings.retain(|finding| !known.contains(&(finding.detector.name(), finding.place.clone())));
            let mut behind = shortest(findings, Some(&layer.what));
            behind.append(&mut caught);
            caught = behind;
        }
        Ok(MutantReport { name: mutant.name.clone(), kind: mutant.kind, what: mutant.what.clone(), sql: mutant.sql.clone(), caught })
    }

    /// What is found when only the layer is gone: that says nothing about a mutant.
    async fn known(&self, mutant: &Mutant, layer: &Layer, behaviour: &[Detector]) -> Result<Known, MutantsError> {
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&layer.sql) {
            return Ok(Arc::clone(known));
        }
        let unweakened = Mutant { sql: Vec::new(), ..mutant.clone() };
        let findings = self.look(Some(&unweakened), Some(layer), behaviour).await?;
        let known: Known = Arc::new(findings.into_iter().map(|finding| (finding.detector.name(), finding.place)).collect());
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(layer.sql.clone(), Arc::clone(&known));
        Ok(known)
    }

    /// Makes a copy, weakens it, looks at it, and takes back what is not the copy's own, also when something went wrong.
    async fn look(&self, mutant: Option<&Mutant>, layer: Option<&Layer>, detectors: &[Detector]) -> Result<Vec<Finding>, MutantsError> {
        let stage = self.template.copy("mutant").await?;
        let mut admin = Session::admin(&stage).await?;
        let before = match mutant {
            Some(mutant) => verified(mutant, &mut admin).await?,
            None => String::new(),
        };
        let mut found = self.weakened(mutant, layer, detectors, &stage).await;
        if let Ok(findings) = &mut found {
            findings.retain(|finding| !self.open.contains(&(finding.detector.name(), finding.place.clone())));
        }
        if let Some(mutant) = mutant.filter(|mutant| !mutant.undo.is_empty()) {
            admin.execute(&mutant.undo).await.map_err(not_applied(mutant, &mutant.undo))?;
            if verified(mutant, &mut admin).await? != before {
                return Err(MutantsError::Left { mutant: mutant.name.clone() });
            }
        }
        admin.close().await;
        found
    }

    async fn weakened(
        &self,
        mutant: Option<&Mutant>,
        layer: Option<&Layer>,
        detectors: &[Detector],
        stage: &Stage,
    ) -> Result<Vec<Finding>, MutantsError> {
        let mut admin = Session::admin(stage).await?;
        if let Some(mutant) = mutant {
            if let Some(layer) = layer {
                admin.execute(&layer.sql).await.map_err(not_applied(mutant, &layer.sql))?;
            }
            apply(mutant, &mut admin).await?;
        }
        let mut site = Site::enter(self.plan, stage, admin).await?;
        let mut findings = Vec::new();
        for detector in detectors {
            findings.append(&mut detector.look(&mut site).await?);
        }
        site.leave().await;
        Ok(findings)
    }
}

async fn verified(mutant: &Mutant, admin: &mut Session) -> Result<String, MutantsError> {
    admin.text(&mutant.verify).await.map_err(not_applied(mutant, std::slice::from_ref(&mutant.verify)))
}

/// Weakens the database, and sees that it has changed.
async fn apply(mutant: &Mutant, admin: &mut Session) -> Result<(), MutantsError> {
    let before = verified(mutant, admin).await?;
    for statement in &mutant.sql {
        let statement = std::slice::from_ref(statement);
        admin.execute(statement).await.map_err(not_applied(mutant, statement))?;
    }
    let after = verified(mutant, admin).await?;
    if before == after && !mutant.sql.is_empty() {
        return Err(MutantsError::Unchanged { mutant: mutant.name.clone(), verify: mutant.verify.clone(), seen: after });
    }
    Ok(())
}

fn not_applied(mutant: &Mutant, statements: &[String]) -> impl FnOnce(sqlx::Error) -> MutantsError {
    let (mutant, statement) = (mutant.name.clone(), statements.join("; "));
    move |source| MutantsError::NotApplied { mutant, statement, source }
}

/// Of what a detector has found, what takes the fewest words; in the order in which the detectors looked.
fn shortest(findings: Vec<Finding>, without: Option<&str>) -> Vec<Caught> {
    let mut caught: Vec<Caught> = Vec::new();
    for finding in findings {
        let name = finding.detector.name();
        let size = |script: &[String]| (script.len(), script.iter().map(String::len).sum::<usize>());
        let new = Caught {
            by: finding.detector.notice(),
            detector: name.to_owned(),
            place: finding.place,
            seen: finding.seen,
            script: finding.script,
            rules: finding.rules,
            without: without.map(str::to_owned),
        };
        match caught.iter_mut().find(|caught| caught.detector == name) {
            Some(old) if size(&new.script) < size(&old.script) => *old = new,
            Some(_) => {}
            None => caught.push(new),
        }
    }
    caught
}

async fn template(proof: &Proof, plan: &Plan, server: &Postgres) -> Result<Stage, MutantsError> {
    let password = Stage::test_password(server).map_err(crate::StageError::from)?;
    let database = server.create_database("mutants").map_err(crate::StageError::from)?;
    let stage = Stage::set(database, &plan.conventions, &proof.migrations, password, &mut |_| {}).await?;
    let mut admin = Session::admin(&stage).await?;
    let superuser = admin.text("select rolsuper::text from pg_roles where rolname = current_user").await;
    if superuser.map_err(MutantsError::server("look at the administrator"))? != "true" {
        return Err(MutantsError::NotSuperuser(stage.admin_url().to_string()));
    }
    let furnish = format!("begin; {}; commit", plan.furnish().join("; "));
    admin
        .execute(&[furnish])
        .await
        .map_err(MutantsError::server("give two tenants a row of every model: a check that the models do not tell of?"))?;
    admin.close().await;
    Ok(stage)
}
