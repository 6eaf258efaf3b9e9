//! What a proof says in the end, to people and to programs.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use tenantry::migrate::provision::{Level, Opening};
use tenantry::schema::{ModelDef, Verb};

use super::attacks::AttackReport;
use super::driver::Tally;
use super::failure::Failure;
use super::faults::FaultsReport;
use super::gaps;
use super::ground::{Ground, POOLS};
use super::mutants::{MutantsReport, Notice};
use super::parts::Part;
use super::report::Kind;
use super::settings::Profile;
use super::timing::Timing;

/// The form of `proof.json`.
const VERSION: u32 = 1;

/// What a proof has tried, on what, and what came of it. Its `Display` is for people, its [`Serialize`] for programs: `proof.json`.
///
/// # `proof.json`, version 1
/// Keys are added without a new version; none is taken away or gets another meaning.
///
/// | key | what it holds |
/// |---|---|
/// | `version` | 1 |
/// | `verdict` | `green` or `red` |
/// | `profile` | `push`, `ci`, `nightly` or null |
/// | `seed` | text, since JSON's numbers are not exact beyond 2^53; it repeats the run |
/// | `cases`, `seconds` | how many cases the workload had; how long all parts took |
/// | `parts` | all five in their order: `part`; `state`: `green`, `red`, `not_reached` after a red one, `not_chosen`; `seconds` |
/// | `server` | `version`; `origin` in words, without paths; `level`; `leaves_open`: what this level leaves open, each `lacks` and `leaves` |
/// | `models` | `name`, `table`, `routes` (the verbs) |
/// | `workload` | null, or `operations`, `tenants` (fewest and most in a case), `pools` (connections), `surfaces`, `hand_written`, `kinds`, `distinct_statements`, `log_lines`, `observer`, `views` |
/// | `workload.kinds` | `kind`, `attack` (meant to be refused, or to change nothing of others), `tried`, `accepted`, `share` (accepted, in percent), `with_foreign_id` |
/// | `attacks` | null, or `tried`, `kinds` (`kind`, `tried`), `violations` (what got through, a line each), `left_open` |
/// | `faults` | null, or `times`, `pooler` (whether PgBouncer was gone through), `kinds`, `left_out` (for want of time), `unfit` (what the models have no place for), `not_chosen` |
/// | `faults.kinds` | `fault`, `operation`, `times`, and what became of the operation: `acknowledged`, `whole`, `absent` |
/// | `timing` | null, or a list: `request`, `pairs`, `effect` (Cliff's `delta`, its 99 % interval `low` to `high`), `foreign_median_us`, `random_median_us` |
/// | `mutants` | null, or `tried`, `survivors`, `by_behaviour`, `by_start_up`, `by_linter`, `mutants`, `unfit` (`name`, `why`), `open` (what the level leaves open: `name`, `what`) |
/// | `mutants.mutants` | `name`, `kind` (`schema` or `role`), `what`, `sql`, `caught`: a list of `by`, `detector`, `place`, `seen`, `script`, `without`; an empty one for a survivor |
/// | `not_covered` | sentences |
/// | `failure` | null, or `part`, `seed`, `case`, `script`, `fault`, `shrinking` |
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    version: u32,
    verdict: Verdict,
    profile: Option<String>,
    seed: String,
    cases: u32,
    seconds: f64,
    parts: Vec<State>,
    server: Server,
    models: Vec<Model>,
    workload: Option<Workload>,
    attacks: Option<Attacks>,
    faults: Option<FaultsReport>,
    timing: Option<Vec<Timing>>,
    mutants: Option<Mutants>,
    not_covered: Vec<String>,
    failure: Option<Failure>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Green,
    Red,
    NotReached,
    NotChosen,
}

/// What became of a part.
#[derive(Clone, Debug, Serialize)]
struct State {
    part: Part,
    state: Verdict,
    seconds: f64,
}

/// A model in a report.
#[derive(Clone, Debug, Serialize)]
struct Model {
    name: &'static str,
    table: &'static str,
    /// The verbs of its generated routes.
    routes: Vec<&'static str>,
}

/// The server in a report.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Server {
    /// Such as `15.8`.
    pub(super) version: String,
    /// Where it comes from, in words: no path, no login.
    pub(super) origin: String,
    /// What the database was provisioned as.
    pub(super) level: String,
    /// What that level leaves open in this database.
    pub(super) leaves_open: Vec<Open>,
}

/// Something that a level leaves open.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Open {
    lacks: &'static str,
    leaves: &'static str,
}

impl Server {
    pub(super) fn new(version: String, origin: &str, level: Level, openings: &[&Opening]) -> Self {
        let open = |opening: &&Opening| Open { lacks: opening.lacks, leaves: opening.leaves };
        Self { version, origin: origin.to_owned(), level: level.to_string(), leaves_open: openings.iter().map(open).collect() }
    }
}

/// The workload in a report.
#[derive(Clone, Debug, Serialize)]
struct Workload {
    operations: u64,
    /// The fewest and the most in a case.
    tenants: (usize, usize),
    /// How many connections the service had, from case to case.
    pools: Vec<u32>,
    surfaces: Vec<String>,
    hand_written: Vec<&'static str>,
    kinds: Vec<Kind>,
    distinct_statements: usize,
    log_lines: u64,
    observer: &'static str,
    views: &'static str,
}

/// The attacks in a report.
#[derive(Clone, Debug, Serialize)]
struct Attacks {
    tried: u64,
    kinds: Vec<AttackCount>,
    violations: Vec<String>,
    left_open: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct AttackCount {
    kind: String,
    tried: u64,
}

/// The mutants in a report: the sums, and then each.
#[derive(Clone, Debug, Serialize)]
struct Mutants {
    tried: usize,
    survivors: usize,
    by_behaviour: usize,
    by_start_up: usize,
    by_linter: usize,
    #[serde(flatten)]
    each: MutantsReport,
}

/// What all parts are about.
pub(super) struct Subject<'a> {
    pub(super) proof: &'a super::Proof,
    pub(super) ground: &'a Ground,
    pub(super) server: Server,
    pub(super) profile: Option<Profile>,
    pub(super) seed: u64,
}

impl Report {
    /// A report in which nothing has run yet, of a proof with these parts.
    pub(super) fn new(subject: Subject<'_>, chosen: &[Part]) -> Self {
        let Subject { proof, ground, server, profile, seed } = subject;
        let routes = |def: &ModelDef| Verb::ALL.into_iter().filter(|verb| def.routes.has(*verb)).map(|verb| verb.word()).collect();
        let model = |def: &&'static ModelDef| Model { name: def.name, table: def.table, routes: routes(def) };
        let state = |part: Part| {
            let state = if chosen.contains(&part) { Verdict::NotReached } else { Verdict::NotChosen };
            State { part, state, seconds: 0.0 }
        };
        Self {
            version: VERSION,
            verdict: Verdict::Green,
            profile: profile.map(|profile| profile.to_string()),
            seed: seed.to_string(),
            cases: 0,
            seconds: 0.0,
            parts: Part::ALL.map(state).to_vec(),
            server,
            models: ground.world.models.iter().map(model).collect(),
            workload: None,
            attacks: None,
            faults: None,
            timing: None,
            mutants: None,
            not_covered: gaps::of(proof, ground, chosen),
            failure: None,
        }
    }

    pub(super) fn worked(&mut self, proof: &super::Proof, ground: &Ground, tally: &Tally) {
        self.cases = tally.cases;
        self.workload = Some(Workload {
            operations: tally.counts.operations(),
            tenants: (*proof.tenants.start(), *proof.tenants.end()),
            pools: POOLS.to_vec(),
            surfaces: ground.surfaces.iter().map(ToString::to_string).collect(),
            hand_written: ground.operations.iter().map(|operation| operation.name).collect(),
            kinds: tally.counts.kinds().collect(),
            distinct_statements: ground.log.statements(),
            log_lines: ground.log.lines(),
            observer: if ground.bypasses { OBSERVER } else { OBSERVER_IN_CONTEXT },
            views: VIEWS,
        });
    }

    pub(super) fn attacked(&mut self, report: &AttackReport) {
        self.attacks = Some(Attacks {
            tried: report.attacks(),
            kinds: report.kinds().map(|(kind, tried)| AttackCount { kind, tried }).collect(),
            violations: report.violations_found().to_vec(),
            left_open: report.left_open().to_vec(),
        });
    }

    pub(super) fn broken(&mut self, report: FaultsReport) {
        self.not_covered.extend(report.unfit().iter().cloned());
        if !report.not_chosen().is_empty() {
            self.not_covered.push(format!("faults that were not chosen: {}", report.not_chosen().join(", ")));
        }
        if !report.pooler() {
            self.not_covered.push("PgBouncer in transaction mode: it is not installed here".to_owned());
        }
        let left_out = report.left_out().join(", ");
        if !left_out.is_empty() {
            self.not_covered.push(format!("faults for which this profile has no time, other ones from seed to seed: {left_out}"));
        }
        self.faults = Some(report);
    }

    pub(super) fn timed(&mut self, timing: Vec<Timing>) {
        if timing.is_empty() {
            self.not_covered.push("how long an answer takes: no model has a route to compare".to_owned());
        }
        self.timing = Some(timing);
    }

    pub(super) fn weakened(&mut self, report: MutantsReport) {
        self.mutants = Some(Mutants {
            tried: report.mutants.len(),
            survivors: report.survivors().count(),
            by_behaviour: report.noticed_by(Notice::Behaviour),
            by_start_up: report.noticed_by(Notice::StartUp),
            by_linter: report.noticed_by(Notice::Linter),
            each: report,
        });
    }

    /// A part has ended, after so long.
    pub(super) fn ended(&mut self, part: Part, after: Duration, failure: Option<&Failure>) {
        self.seconds += after.as_secs_f64();
        let verdict = if failure.is_some() { Verdict::Red } else { Verdict::Green };
        for state in self.parts.iter_mut().filter(|state| state.part == part) {
            (state.state, state.seconds) = (verdict, after.as_secs_f64());
        }
        if let Some(failure) = failure {
            self.verdict = Verdict::Red;
            self.failure = Some(failure.clone());
        }
    }

    /// The seed; with it the same cases run again.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed.parse().unwrap_or_default()
    }

    /// How many operations the tenants of the workload did.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.workload.as_ref().map_or(0, |workload| workload.operations)
    }

    /// How many cases the workload had.
    #[must_use]
    pub const fn cases(&self) -> u32 {
        self.cases
    }

    /// What was broken; none when the faults were not chosen.
    #[must_use]
    pub const fn faults(&self) -> Option<&FaultsReport> {
        self.faults.as_ref()
    }

    /// Writes `proof.json` into the folder, which is made when it is not there.
    ///
    /// # Errors
    /// When the folder or the file cannot be written.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(folder.join("proof.json"), text + "\n")
    }
}

const OBSERVER: &str = "a login that row security does not bind, over the rows of all tenants at once";
const OBSERVER_IN_CONTEXT: &str =
    "the application's role in the context of one tenant after the other: no login of this level passes row security by";
const VIEWS: &str = "after each step every tenant's rows in SQL without a predicate and through one more surface, in turn; \
                     at the end of each case through all of them";

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Kind { kind, attack, tried, accepted, share, with_foreign_id } in &self.kinds {
            write!(f, "  {kind:<34} {tried:>6} tried")?;
            if !attack {
                write!(f, ", {accepted:>6} accepted ({share:>3} %)")?;
            }
            if *with_foreign_id > 0 {
                write!(f, ", {with_foreign_id:>5} with another tenant's id")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "  observed by {}", self.observer)?;
        writeln!(f, "  {} distinct statements; {} log lines without a value of a row", self.distinct_statements, self.log_lines)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(workload) = &self.workload {
            workload.fmt(f)?;
        }
        if let Some(attacks) = &self.attacks {
            for AttackCount { kind, tried } in &attacks.kinds {
                writeln!(f, "  {kind:<62} {tried:>6} tried")?;
            }
            for open in &attacks.left_open {
                writeln!(f, "  open at this level: {open}")?;
            }
        }
        if let Some(faults) = &self.faults {
            writeln!(f, "{faults}")?;
        }
        for timing in self.timing.iter().flatten() {
            writeln!(f, "  {timing}")?;
        }
        if let Some(mutants) = &self.mutants {
            writeln!(f, "{}", mutants.each)?;
        }
        writeln!(f, "  PostgreSQL {}, {}, level {}", self.server.version, self.server.origin, self.server.level)?;
        self.summary(f)
    }
}

impl Report {
    /// `proof: 5931 operations of 2 to 8 tenants in 64 cases, 3120 attacks, 801 faults, 71 s, seed 7: green`.
    fn summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("proof: ")?;
        if let Some(Workload { operations, tenants: (least, most), .. }) = &self.workload {
            write!(f, "{operations} operations of {least} to {most} tenants in {} cases, ", self.cases)?;
        }
        if let Some(attacks) = &self.attacks {
            write!(f, "{} attacks, ", attacks.tried)?;
        }
        if let Some(faults) = &self.faults {
            write!(f, "{} faults, ", faults.times())?;
        }
        if let Some(timing) = &self.timing {
            write!(f, "{} comparisons of time, ", timing.len())?;
        }
        if let Some(mutants) = &self.mutants {
            write!(f, "{} weakenings each noticed, ", mutants.tried)?;
        }
        write!(f, "{:.0} s, seed {}: green", self.seconds, self.seed)
    }
}
